package playlist

import (
	"testing"

	"segue"
	"segue/internal/titles"
)

func TestSeasonalTitles(t *testing.T) {
	x := newSeasonIndex()
	for title, want := range map[string]bool{
		"Last Christmas": true,
		"Happy Xmas (War Is Over) - Remastered 2010": true,
		"Wonderful Christmastime":                    true,
		"X'mas Time":                                 true,
		"Jingle Bells":                               true,
		"Jingle Bell Rock":                           true,
		"Silent Night, Holy Night":                   true,
		"Stille Nacht, heilige Nacht":                true,
		"Am Weihnachtsabend fehlst du mir":           true,
		"Feliz Navidad":                              true,
		"Popurrí Navideño":                           true,
		"Petit Papa Noël":                            true,
		"Noël":                                       true,
		"Noel - Instrumental":                        true,
		"The First Noël":                             true,
		"Giáng Sinh Buồn":                            true,
		"Đêm thánh vô cùng":                          true,
		"God jul!":                                   true,
		"Cicha Noc":                                  true,
		"クリスマス・イブ":                                   true,
		"平安夜":                                        true,
		"В лесу родилась ёлочка":                     true,
		"Santa Claus Is Comin' to Town":              true,
		"Let It Snow! Let It Snow! Let It Snow!":     true,
		"Halloween":                                  true,
		"The Chanukah Song":                          true,
		"冬の妖精 (Seiko Matsuda Christmas Songs)":       true,

		"December":                         false,
		"A Long December":                  false,
		"Winter":                           false,
		"Snow":                             false,
		"Solo Para Ti - Noel Holler Remix": false,
		"Merry Christmas, Mr. Lawrence":    false,
		"Oh! Carol":                        false,
		"Caroline, No":                     false,
		"Santa Monica":                     false,
		"Santa Cruz":                       false,
		"Holiday":                          false,
		"Holiday in Cambodia":              false,
		"Soy Feliz":                        false,
		"Julia":                            false,
		"July Dawn":                        false,
		"Joy to the World":                 false,
		"Hallelujah":                       false,
		"Thriller":                         false,
		"Natalie":                          false,
		"Jingle Jangle":                    false,
		"Silent Nights":                    false,
		"":                                 false,
	} {
		if got := x.title(title); got != want {
			t.Errorf("%q: %v", title, got)
		}
	}
	for genre, want := range map[string]bool{"Christmas": true, "Villancicos": true, "Holiday": true, "Noël": true, "carols": true, "Winter": false, "Holidaycore": false, "rock": false} {
		if got := x.genre(titles.Fold(genre)); got != want {
			t.Errorf("genre %q: %v", genre, got)
		}
	}
}

// A genre tells where the title does not; an artist's name never does.
func TestSeasonalByGenre(t *testing.T) {
	b := newTable()
	b.add("a", "Rest", "", []string{"Noel Gallagher's High Flying Birds"}, 200_000, segue.NoFeatures())
	b.add("b", "Rest", "Christmas Party", []string{"One"}, 200_000, segue.NoFeatures())
	b.c.Genres = segue.Lists{Values: []string{"rock", "Christmas Jazz"}, Index: []int32{0, 0, 1}, Offset: []int32{0, 1, 3}}
	lib, err := NewLibrary(Library{Catalog: &b.c, Positions: make([]segue.Affect, 2)})
	if err != nil {
		t.Fatal(err)
	}
	if lib.seasonal(0) || !lib.seasonal(1) {
		t.Errorf("%v, %v", lib.seasonal(0), lib.seasonal(1))
	}
}

// Of real tracks about one in a hundred is seasonal: a word that names other music
// would show here.
func TestSeasonalShareOfRealTracks(t *testing.T) {
	lib := realLibrary(t, "*.csv")
	n := 0
	for row := range int32(lib.Catalog.Len()) {
		if lib.seasonal(row) {
			n++
		}
	}
	if share := float64(n) / float64(lib.Catalog.Len()); share < .008 || share > .015 {
		t.Errorf("%d of %d tracks", n, lib.Catalog.Len())
	}
}

// No word of the table is lost or doubled by folding.
func TestSeasonWords(t *testing.T) {
	w := wordsOfSeasons()
	seen := map[string]bool{}
	for _, list := range [][]string{w.parts, w.phrases} {
		for _, p := range list {
			key := titles.Fold(p)
			if seen[key] || key == "" {
				t.Errorf("%q is there twice, or nothing is left of it", p)
			}
			seen[key] = true
		}
	}
}
