package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segue/catalog"
	"segue/internal/titles"
)

// A song of the test below; an empty change leaves the value.
func songRow(id int, title, artists string, energy, valence, dance, acoustic, tempo float64, ms int) string {
	return fmt.Sprintf("%d,\"%s\",%s,%v,%v,%v,%v,%v,%d", id, title, artists, energy, valence, dance, acoustic, tempo, ms)
}

const songHeader = "id,name,artists,energy,valence,danceability,acousticness,tempo,duration_ms\n"

func TestRecordings(t *testing.T) {
	first := songRow(0, "Song", "Ana;Ben", .5, .4, .6, .2, 120, 200_000)
	for name, test := range map[string]struct {
		other string
		same  bool
	}{
		"identical":             {songRow(1, "Song", "Ana", .5, .4, .6, .2, 120, 200_000), true},
		"remaster":              {songRow(1, "Song - Remastered 2011", "ANA;Cid", .55, .42, .6, .25, 120.3, 201_500), true},
		"guest":                 {songRow(1, "Song (feat. Ben)", "Ana", .5, .4, .6, .2, 120, 200_000), true},
		"half tempo":            {songRow(1, "Song", "Ana", .5, .4, .6, .2, 60.1, 200_000), true},
		"unknown length":        {songRow(1, "Song", "Ana", .5, .4, .6, .2, 120, 0), true},
		"2 % longer":            {songRow(1, "Song", "Ana", .5, .4, .6, .2, 120, 203_900), true},
		"longer":                {songRow(1, "Song", "Ana", .5, .4, .6, .2, 120, 205_000), false},
		"other energy":          {songRow(1, "Song", "Ana", .59, .4, .6, .2, 120, 200_000), false},
		"other acousticness":    {songRow(1, "Song", "Ana", .5, .4, .6, .3, 120, 200_000), false},
		"other tempo":           {songRow(1, "Song", "Ana", .5, .4, .6, .2, 125, 200_000), false},
		"other artist":          {songRow(1, "Song", "Ben", .5, .4, .6, .2, 120, 200_000), false},
		"other title":           {songRow(1, "Song II", "Ana", .5, .4, .6, .2, 120, 200_000), false},
		"live":                  {songRow(1, "Song - Live", "Ana", .5, .4, .6, .2, 120, 200_000), false},
		"live remaster":         {songRow(1, "Song - Live / Remastered 2011", "Ana", .5, .4, .6, .2, 120, 200_000), false},
		"remix":                 {songRow(1, "Song - Cid Remix", "Ana", .5, .4, .6, .2, 120, 200_000), false},
		"acoustic":              {songRow(1, "Song (Acoustic)", "Ana", .5, .4, .6, .2, 120, 200_000), false},
		"instrumental":          {songRow(1, "Song - Instrumental", "Ana", .5, .4, .6, .2, 120, 200_000), false},
		"sped up":               {songRow(1, "Song - sped up", "Ana", .5, .4, .6, .2, 120, 200_000), false},
		"too little to compare": {"1,Song,Ana,.5,.4,,,,200000", false},
		"three to compare":      {"1,Song,Ana,.5,.4,.6,,,200000", true},
	} {
		c, r := read(t, songHeader+first+"\n"+test.other+"\n")
		if same := c.Recording[1] == 0; same != test.same {
			t.Errorf("%s: one recording %v, want %v", name, same, test.same)
		}
		if c.Len() != 2 || r.Tracks != 2 || r.Recordings != map[bool]int{true: 1, false: 2}[test.same] {
			t.Errorf("%s: %d rows, report %+v", name, c.Len(), r)
		}
	}
}

func TestRecordingsChain(t *testing.T) {
	// 0 and 2 are too far apart, but 1 is near both; 3 is alone.
	c, _ := read(t, songHeader+strings.Join([]string{
		songRow(0, "Song", "Ana", .50, .4, .6, .2, 120, 200_000),
		songRow(1, "Song", "Ana", .63, .4, .6, .2, 120, 200_000),
		songRow(2, "Song", "Ana", .56, .4, .6, .2, 120, 200_000),
		songRow(3, "Song", "Ana", .80, .4, .6, .2, 120, 200_000),
	}, "\n")+"\n")
	if got := fmt.Sprint(c.Recording); got != "[0 0 0 3]" {
		t.Errorf("groups %s", got)
	}
}

// A thousand rows of one title cost no million comparisons and group all the same.
func TestRecordingsOfOneTitle(t *testing.T) {
	var b strings.Builder
	b.WriteString(songHeader)
	for i := range 3000 {
		b.WriteString(songRow(i, "Intro", "Ana", float64(i%3)*.3+.1, .4, .6, .2, 120, 60_000) + "\n")
	}
	c, r := read(t, b.String())
	for i, g := range c.Recording {
		if int(g) != i%3 {
			t.Fatalf("row %d is in group %d", i, g)
		}
	}
	if r.Recordings != 3 {
		t.Errorf("%d recordings", r.Recordings)
	}
}

// Groups are those of the obvious slow grouping, never mix versions, and are
// numbered by their lowest row.
func TestRecordingsLaw(t *testing.T) {
	tolerance := catalog.DefaultTolerance()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 25).Draw(rt, "n")
		var b strings.Builder
		b.WriteString(songHeader)
		for i := range n {
			title := "Song" + rapid.SampledFrom([]string{"", " - Live", " - Remastered", " (Acoustic)", " - Radio Edit", " - Remix"}).Draw(rt, "suffix")
			step := func(label string) float64 { return float64(rapid.IntRange(0, 4).Draw(rt, label))*.07 + .1 }
			b.WriteString(songRow(i, title, rapid.SampledFrom([]string{"Ana", "ana;Ben", "Ben"}).Draw(rt, "artist"), step("energy"), step("valence"), .5, .5, 120, 200_000) + "\n")
		}
		c, _ := read(t, b.String())
		group := make([]int, n)
		for i := range group {
			group[i] = i
		}
		for changed := true; changed; {
			changed = false
			for i := range n {
				for j := range n {
					near := titles.Version(c.Title[i]) == titles.Version(c.Title[j]) && titles.Fold(c.Artists.First(i)) == titles.Fold(c.Artists.First(j))
					for _, column := range c.Feature[:3] {
						d := float64(column[i]) - float64(column[j])
						near = near && !(d > tolerance.Unit || -d > tolerance.Unit)
					}
					if near && group[j] < group[i] {
						group[i], changed = group[j], true
					}
				}
			}
		}
		if fmt.Sprint(group) != fmt.Sprint(c.Recording) {
			rt.Errorf("groups %v, want %v of\n%s", c.Recording, group, b.String())
		}
	})
}
