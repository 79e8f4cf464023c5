package playlist

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"segue"
	"segue/internal/racetest"
	"segue/internal/titles"
)

// large returns a catalogue of n tracks as real ones are: crowded moods, few
// artists and genres with many tracks and many with few, several to a track.
func large(n int) (*segue.Catalog, []segue.Affect) {
	rng := rand.New(rand.NewPCG(uint64(n), 11))
	artists, genres := max(2, n/8), 400
	c := &segue.Catalog{
		ID: make([]string, n), Title: make([]string, n), DurationMS: make([]int32, n),
		Recording: make([]int32, n), Explicit: make([]segue.Tristate, n), Popularity: make([]int8, n),
	}
	for i := range artists {
		c.Artists.Values = append(c.Artists.Values, fmt.Sprintf("Artist No. %d", i))
	}
	for i := range genres {
		c.Genres.Values = append(c.Genres.Values, fmt.Sprintf("genre-%d", i))
	}
	c.Artists.Offset, c.Genres.Offset = make([]int32, 1, n+1), make([]int32, 1, n+1)
	for _, f := range segue.AllFeatures() {
		c.Feature[f] = make([]float32, n)
	}
	// Few have most: u⁴ of a uniform u.
	skewed := func(m int) int32 { u := rng.Float64(); return int32(float64(m) * u * u * u * u) }
	at := make([]segue.Affect, n)
	for i := range n {
		c.ID[i] = fmt.Sprintf("%022d", i)
		c.Title[i] = fmt.Sprintf("A Song of Number %d", i-rng.IntN(2)*rng.IntN(3))
		c.DurationMS[i] = int32(120_000 + rng.IntN(220_000))
		c.Recording[i] = int32(i)
		c.Explicit[i] = segue.Tristate(rng.IntN(3))
		for range 1 + rng.IntN(4)/3 {
			c.Artists.Index = append(c.Artists.Index, skewed(artists))
		}
		c.Artists.Offset = append(c.Artists.Offset, int32(len(c.Artists.Index)))
		for range 1 + rng.IntN(2) {
			c.Genres.Index = append(c.Genres.Index, skewed(genres))
		}
		c.Genres.Offset = append(c.Genres.Offset, int32(len(c.Genres.Index)))
		unit := func(v float64) float64 { return min(1, max(0, v)) }
		at[i] = segue.Affect{Valence: unit(.5 + .25*rng.NormFloat64()), Arousal: unit(.6 + .25*rng.NormFloat64())}
		c.Feature[segue.Energy][i], c.Feature[segue.Valence][i] = float32(at[i].Arousal), float32(at[i].Valence)
		c.Feature[segue.Acousticness][i] = float32(unit(1 - at[i].Arousal + .2*rng.NormFloat64()))
		c.Feature[segue.Tempo][i] = float32(60 + 120*rng.Float64())
		c.Feature[segue.Key][i], c.Feature[segue.Mode][i] = float32(rng.IntN(12)), float32(rng.IntN(2))
		c.Feature[segue.Speechiness][i] = float32(math.Pow(rng.Float64(), 3))
		c.Feature[segue.Liveness][i] = float32(math.Pow(rng.Float64(), 2))
	}
	return c, at
}

// heardOf returns a history of recordings played, most of them bright.
func heardOf(c *segue.Catalog, at []segue.Affect, recordings int) *Heard {
	rng := rand.New(rand.NewPCG(5, 12))
	counts := map[int32]HeardCount{}
	for len(counts) < recordings {
		row := int32(rng.IntN(c.Len()))
		if rng.Float64() < at[row].Valence {
			done := 1 + rng.IntN(8)
			counts[row] = HeardCount{done + rng.IntN(4), done, rng.IntN(done)}
		}
	}
	return NewHeard(c, counts)
}

func BenchmarkCandidates(b *testing.B) {
	c, at := large(1_200_000)
	x, rows := standardized(c)
	nobody, err := NewLibrary(Library{Catalog: c, Positions: at, Space: x, SpaceRows: rows})
	if err != nil {
		b.Fatal(err)
	}
	heard := heardOf(c, at, 5000)
	somebody, err := nobody.For(heard, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("view", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := nobody.For(heard, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	var out Exclusions
	for i := range 40 {
		out.Artists = append(out.Artists, fmt.Sprintf("artist no %d", i))
		out.Genres = append(out.Genres, fmt.Sprintf("Genre %d", i/4))
	}
	way := request(b, "angry", "calm", 60)
	stay := request(b, "calm", "calm", 60)
	for _, k := range []struct {
		name string
		lib  *Library
		r    Request
		out  Exclusions
	}{
		{"new", nobody, way, Exclusions{}}, {"new, excluding", nobody, way, out}, {"new, staying", nobody, stay, out},
		{"known", somebody, way, Exclusions{}}, {"known, excluding", somebody, way, out}, {"known, staying", somebody, stay, out},
		{"season", nobody, way, Exclusions{Seasonal: true}},
	} {
		b.Run(k.name, func(b *testing.B) {
			b.ReportAllocs()
			k.r.Exclude = k.out
			for b.Loop() {
				k.r.Seed++
				CandidateRows(b, k.lib, k.r)
			}
		})
	}
}

// So many candidates as are asked for, each once, ascending, all of which may be
// played; the same again for the same seed, others for another.
func TestCandidatesAreAsManyAsAsked(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.SampledFrom([]int{30, 400, 1500}).Draw(rt, "tracks")
		lib := syntheticLibrary(t, n, rapid.Uint64().Draw(rt, "catalogue"), rapid.IntRange(1, n).Draw(rt, "artists"), rapid.Bool().Draw(rt, "heard"))
		r := request(t, rapid.SampledFrom([]string{"angry", "sad", "calm"}).Draw(rt, "from"), "calm", 60)
		r.Candidates = rapid.SampledFrom([]int{0, MinAsked, 100, MinCandidates, 1000, MaxAsked}).Draw(rt, "asked")
		r.Arm = rapid.SampledFrom([]Arm{Iso, Compensatory, Shuffle}).Draw(rt, "arm")
		r.Night = rapid.Bool().Draw(rt, "night")
		r.Exclude.Artists = []string{"artist 0", "ARTIST 1"}
		if rapid.Bool().Draw(rt, "few") {
			r.Exclude.MinLength = 280 * 1e9 // of 150 to 300 s
		}
		full, err := r.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		limits, _, _ := newLimits(full.From, full.To, full.Night)
		ok := newEligible(lib, full.Exclude, limits)
		// The slow obvious version of what may be played.
		var may, own []int32
		for row := range int32(n) {
			if ok.reason(row) == mayBePlayed {
				may = append(may, row)
				if lib.Heard != nil && lib.Heard.Completed(row) > 0 {
					own = append(own, row)
				}
			}
		}
		if full.Arm == Shuffle && len(own) >= MinCandidates/6 {
			may = own
		}
		if len(may) < 2 {
			return
		}
		rows := CandidateRows(t, lib, r)
		want := min(full.Candidates, len(may))
		if len(may) < full.Candidates {
			want = max(min(len(may), MinCandidates), len(may)-len(may)/4)
		}
		if len(rows) != want {
			t.Fatalf("%d candidates of %d, asked for %d: want %d", len(rows), len(may), full.Candidates, want)
		}
		for i, row := range rows {
			if i > 0 && rows[i-1] >= row {
				t.Fatalf("row %d after %d", row, rows[i-1])
			}
			if _, is := slices.BinarySearch(may, row); !is {
				t.Fatalf("row %d may not be played: %d", row, ok.reason(row))
			}
		}
		if !slices.Equal(rows, CandidateRows(t, lib, r)) {
			t.Error("other candidates for the same seed")
		}
		if want == len(may) || want < MinAsked {
			return
		}
		// Where one of 101 is left out, another seed may well leave out the same.
		for range 8 {
			r.Seed++
			if !slices.Equal(rows, CandidateRows(t, lib, r)) {
				return
			}
		}
		t.Errorf("the same %d candidates of %d for eight other seeds", want, len(may))
	})
}

func TestCandidatesAskedFor(t *testing.T) {
	for asked, fine := range map[int]bool{0: true, MinAsked: true, MaxAsked: true, MinAsked - 1: false, MaxAsked + 1: false, -1: false} {
		r := request(t, "sad", "calm", 60)
		r.Candidates = asked
		r, err := r.withDefaults()
		if (err == nil) != fine || err != nil && !errors.Is(err, segue.ErrUsage) {
			t.Errorf("%d candidates: %v", asked, err)
		}
		if asked == 0 && r.Candidates != GoodCandidates {
			t.Errorf("by default %d", r.Candidates)
		}
	}
}

// Whatever the seed, candidates lie as near to the arc.
func TestCandidatesOfAnotherSeedAreAsNear(t *testing.T) {
	lib := syntheticLibrary(t, 8000, 6, 2000, true)
	r := request(t, "angry", "calm", 60)
	var first []int32
	var off []float64
	for r.Seed = range uint64(5) {
		rows := CandidateRows(t, lib, r)
		a := newArc(r.From, r.To, ArcOptions{Hold: DefaultHold, Sustain: DefaultSustain, Curve: Smoothstep, Lead: LeadArousal}, limits{})
		sum := 0.0
		for _, row := range rows {
			sum += (&finder{spots: spots(a)}).offWay(lib.Positions[row])
		}
		off = append(off, sum/float64(len(rows)))
		if r.Seed == 0 {
			first = rows
		} else if n := shared(first, rows); n > 3*len(rows)/4 {
			t.Errorf("seed %d shares %d of %d candidates with the first", r.Seed, n, len(rows))
		}
	}
	if lo, hi := slices.Min(off), slices.Max(off); hi > 1.15*lo || hi > .1 {
		t.Errorf("on average %.4f off the way", off)
	}
}

func shared(a, b []int32) (n int) {
	for _, row := range a {
		if _, is := slices.BinarySearch(b, row); is {
			n++
		}
	}
	return n
}

// Half of the candidates are familiar where there are as many, all of the familiar
// where there are fewer.
func TestCandidatesBalanceKnownAndNew(t *testing.T) {
	lib := syntheticLibrary(t, 9000, 3, 9000, true)
	count := func(l *Library) (n int) {
		for _, row := range CandidateRows(t, l, request(t, "angry", "calm", 60)) {
			if l.isFamiliar(row) {
				n++
			}
		}
		return n
	}
	if n := count(lib); n < GoodCandidates*45/100 || n > GoodCandidates*55/100 {
		t.Errorf("%d of %d are familiar", n, GoodCandidates)
	}
	few, err := lib.For(NewHeard(lib.Catalog, map[int32]HeardCount{5: {9, 9, 0}, 6: {9, 9, 0}, 7: {9, 2, 0}}), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := count(few); n != 2 {
		t.Errorf("%d of the two familiar tracks are among them", n)
	}
}

// flooded returns a catalogue of which some 60 % are by one artist, in one genre,
// or recordings of one song, which lie anywhere on the plane.
func flooded(t testing.TB, artist, genre, song bool) *Library {
	t.Helper()
	c, at := synthetic(6000, 5, 1500)
	rng := rand.New(rand.NewPCG(5, 5))
	c.Genres = segue.Lists{Values: []string{"flood", "g1", "g2", "g3", "g4", "g5"}, Offset: []int32{0}}
	for i := range at {
		in := rng.IntN(10) < 6
		if in && artist {
			c.Artists.Index[c.Artists.Offset[i]] = 0
		}
		if in && song {
			c.Artists.Index[c.Artists.Offset[i]] = int32(i % 300) // twelve takes of a standard each
			c.Title[i] = fmt.Sprintf("Standard - Take %d", i)
		}
		g := int32(1 + rng.IntN(5))
		if in && genre {
			g = 0
		}
		c.Genres.Index = append(c.Genres.Index, g)
		c.Genres.Offset = append(c.Genres.Offset, int32(len(c.Genres.Index)))
	}
	x, rows := standardized(c)
	lib, err := NewLibrary(Library{Catalog: c, Positions: at, Space: x, SpaceRows: rows})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// No flood fills the candidates. The bounds are those of the quotas: 2 % of 640
// are 13, a third is 214.
func TestCandidatesOfAFloodAreDiverse(t *testing.T) {
	most := func(lib *Library, r Request, key func(row int) string) (most int) {
		n := map[string]int{}
		rows := CandidateRows(t, lib, r)
		if len(rows) != GoodCandidates {
			t.Errorf("%d candidates", len(rows))
		}
		for _, row := range rows {
			n[key(int(row))]++
		}
		for _, k := range n {
			most = max(most, k)
		}
		return most
	}
	for _, ends := range [][2]string{{"angry", "calm"}, {"calm", "calm"}} {
		r := request(t, ends[0], ends[1], 60)
		lib := flooded(t, true, false, false)
		if n := most(lib, r, lib.Catalog.Artists.First); n > 13 {
			t.Errorf("%v: %d tracks by one artist", ends, n)
		}
		lib = flooded(t, false, true, false)
		if n := most(lib, r, lib.Catalog.Genres.First); n > 214 {
			t.Errorf("%v: %d tracks of one genre", ends, n)
		}
		lib = flooded(t, false, false, true)
		if n := most(lib, r, func(i int) string {
			return titles.Fold(baseTitle(lib.Catalog.Title[i])) + lib.Catalog.Artists.First(i)
		}); n > songPlaces {
			t.Errorf("%v: %d recordings of one song", ends, n)
		}
	}
}

// Where there is nothing else, a flood is better than too few candidates.
func TestCandidatesOfOneArtist(t *testing.T) {
	lib := syntheticLibrary(t, 1000, 5, 1, false)
	if n := len(CandidateRows(t, lib, request(t, "sad", "calm", 60))); n != GoodCandidates {
		t.Errorf("%d candidates", n)
	}
}

// What is held or wished for is a candidate, however far off.
func TestFixedTracksAreCandidates(t *testing.T) {
	for _, heard := range []bool{false, true} {
		lib := syntheticLibrary(t, 5000, 8, 900, heard)
		r := request(t, "happy", "calm", 60)
		r.Candidates = 40
		want := []int32{7, 8, 4321}
		r.Locks = []Lock{{1, lib.Catalog.ID[7]}, {-1, lib.Catalog.ID[8]}}
		r.Wishes = []string{lib.Catalog.ID[4321], lib.Catalog.ID[8]}
		for _, r.Arm = range []Arm{Iso, Shuffle} {
			rows := CandidateRows(t, lib, r)
			if n := shared(want, rows); n != 3 || len(rows) != 40 {
				t.Errorf("heard %v, %s: %d of 3 fixed tracks among %d candidates", heard, r.Arm, n, len(rows))
			}
		}
	}
}

// The neighbours of what a listener keeps join: a library whose model space tells
// other tracks apart than the plane has candidates that the plane does not bring.
func TestModelNeighboursJoin(t *testing.T) {
	racetest.Alone(t)
	lib := syntheticLibrary(t, 20000, 2, 6000, true)
	plain := *lib
	plain.model, plain.modelOf = nil, nil
	r := request(t, "sad", "calm", 60)
	with, without := CandidateRows(t, lib, r), CandidateRows(t, &plain, r)
	if n := shared(with, without); n == len(with) {
		t.Error("the model's space changes nothing")
	}
	for _, row := range with {
		a := newArc(r.From, r.To, ArcOptions{Hold: DefaultHold, Sustain: DefaultSustain, Curve: Smoothstep}, limits{})
		if d := (&finder{spots: spots(a)}).offWay(lib.Positions[row]); d > reach+.05 {
			t.Errorf("row %d lies %.2f off the way", row, d)
		}
	}
}
