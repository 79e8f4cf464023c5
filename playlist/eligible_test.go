package playlist

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"segue"
)

// Each reason by itself, and the first of several.
func TestWhyATrackMayNotBePlayed(t *testing.T) {
	b := newTable()
	f := segue.NoFeatures()
	b.add("a", "A Song", "", []string{"Björk"}, 200_000, f)
	b.add("carol", "Silent Night (Remastered)", "", []string{"Choir"}, 200_000, f)
	f[segue.Speechiness] = .9
	b.add("talk", "A Talk", "", []string{"One"}, 200_000, f)
	f[segue.Speechiness], f[segue.Liveness] = float32(math.NaN()), .9
	b.add("live", "A Concert", "", []string{"One"}, 200_000, f)
	f = segue.NoFeatures()
	b.add("short", "An Interlude", "", []string{"Björk"}, 59_999, f)
	b.add("nowhere", "Nowhere", "", []string{"One"}, 200_000, f)
	c := &b.c
	c.Genres = segue.Lists{Values: []string{"Drum & Bass"}, Index: []int32{0}, Offset: []int32{0, 1, 1, 1, 1, 1, 1}}
	c.Explicit = []segue.Tristate{segue.Yes, 0, 0, 0, 0, 0}
	at := make([]segue.Affect, 6)
	for i := range at {
		at[i] = segue.Affect{Valence: .3, Arousal: .7}
	}
	at[5] = segue.Nowhere()
	lib, err := NewLibrary(Library{Catalog: c, Positions: at})
	if err != nil {
		t.Fatal(err)
	}
	night, _, _ := newLimits(at[0], at[0], true)
	sad, _, _ := newLimits(segue.Affect{Valence: .2, Arousal: .2}, at[0], false)
	for _, k := range []struct {
		name   string
		row    int32
		x      Exclusions
		limits limits
		want   exclusion
	}{
		{"none", 0, Exclusions{}, limits{}, mayBePlayed},
		{"no place", 5, Exclusions{}, limits{}, byPlace},
		{"short", 4, Exclusions{}, limits{}, byLength},
		{"long", 0, Exclusions{MaxLength: 199e9}, limits{}, byLength},
		{"speech", 2, Exclusions{}, limits{}, bySpeech},
		{"speech allowed", 2, Exclusions{MaxSpeech: 1}, limits{}, mayBePlayed},
		{"live", 3, Exclusions{}, limits{}, byLive},
		{"night", 0, Exclusions{}, night, byNight},
		{"sad path", 0, Exclusions{}, sad, bySadPath},
		{"explicit", 0, Exclusions{Explicit: true}, limits{}, byExplicit},
		{"explicit unknown", 1, Exclusions{Explicit: true}, limits{}, mayBePlayed},
		{"track", 0, Exclusions{Tracks: []string{"a"}}, limits{}, byTrack},
		{"artist", 0, Exclusions{Artists: []string{"BJORK"}}, limits{}, byArtist},
		{"no such artist", 0, Exclusions{Artists: []string{"Nobody"}}, limits{}, mayBePlayed},
		{"genre", 0, Exclusions{Genres: []string{"drum and bass"}}, limits{}, byGenre},
		{"season", 1, Exclusions{Seasonal: true}, limits{}, bySeason},
		{"no season", 0, Exclusions{Seasonal: true}, limits{}, mayBePlayed},
		{"the first of two", 4, Exclusions{Artists: []string{"Björk"}}, limits{}, byLength},
	} {
		x, err := k.x.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		ok := newEligible(lib, x, k.limits)
		if got := ok.reason(k.row); got != k.want || ok.has(k.row) != (k.want == mayBePlayed) {
			t.Errorf("%s: %d, want %d; may be played: %v", k.name, got, k.want, ok.has(k.row))
		}
	}
	x, _ := Exclusions{Seasonal: true}.withDefaults()
	n := newEligible(lib, x, limits{}).near(newArc(at[0], at[0], ArcOptions{Curve: Linear}, limits{}), 10)
	if want := [exclusions]int{mayBePlayed: 1, byLength: 1, bySpeech: 1, byLive: 1, bySeason: 1}; n != want {
		t.Errorf("near the arc %v, want %v", n, want)
	}
}

// However a track is asked about, the answer is the same.
func TestEligibleIsTheSameHoweverAsked(t *testing.T) {
	c, at := large(3000)
	lib, err := NewLibrary(Library{Catalog: c, Positions: at})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		x := Exclusions{Explicit: rapid.Bool().Draw(t, "explicit"), Seasonal: rapid.Bool().Draw(t, "seasonal")}
		if rapid.Bool().Draw(t, "names") {
			x.Artists, x.Genres, x.Tracks = []string{"artist no 0"}, []string{"GENRE 0", "genre 1"}, []string{c.ID[5]}
		}
		x.MaxSpeech = rapid.SampledFrom([]float64{0, .2}).Draw(t, "speech")
		x, err := x.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		l, _, _ := newLimits(segue.Affect{Valence: rapid.Float64Range(0, 1).Draw(t, "from"), Arousal: .2}, at[0], rapid.Bool().Draw(t, "night"))
		asked, settled := newEligible(lib, x, l), newEligible(lib, x, l)
		settled.settle()
		may := 0
		for row := range int32(c.Len()) {
			want := asked.reason(row) == mayBePlayed
			if asked.has(row) != want || settled.has(row) != want {
				t.Fatalf("row %d: %d, %v, settled %v", row, asked.reason(row), asked.has(row), settled.has(row))
			}
			if want {
				may++
			}
		}
		if share := float64(may) / float64(c.Len()); math.Abs(asked.share()-share) > .15 {
			t.Errorf("share %g, estimated %g", share, asked.share())
		}
	})
}
