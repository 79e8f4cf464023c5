package playlist

import (
	"encoding/json"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"segue"
)

// shelf is a library of tracks by two artists, of each so many plays and completions.
func shelf(t *testing.T, counts map[int32]HeardCount) *Library {
	t.Helper()
	lib := syntheticLibrary(t, 40, 3, 4, false)
	view, err := lib.For(NewHeard(lib.Catalog, counts), nil)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

// evenRows counts the rows of even number among the candidates of five seeds.
func evenRows(t *testing.T, l *Library, r Request) (n int) {
	t.Helper()
	for seed := range uint64(5) {
		r.Seed = seed
		for _, row := range CandidateRows(t, l, r) {
			if row%2 == 0 {
				n++
			}
		}
	}
	return n
}

// One track played: its artist has no other plays, so the prior is the listener's own
// share m at strength κₜ: Beta(κₜ·m + c, κₜ·(1 − m) + n − c), whose mean is m again.
func TestFinishingByHand(t *testing.T) {
	lib := shelf(t, map[int32]HeardCount{5: {Plays: 8, Completed: 6}})
	f, ok := lib.Finishing(5)
	k := lib.finishes().track
	beta := distuv.Beta{Alpha: k*.75 + 6, Beta: k*.25 + 2}
	if !ok || math.Abs(f.Mean-.75) > 1e-12 || math.Abs(f.Lo-beta.Quantile(.05)) > 1e-9 || math.Abs(f.Hi-beta.Quantile(.95)) > 1e-9 || f.Rarely || f.Usual != .75 || f.Plays != 8 || f.Artists != 0 {
		t.Errorf("%+v with a strength of %g", f, k)
	}
	if _, ok := shelf(t, nil).Finishing(5); ok {
		t.Error("who heard nothing finishes something")
	}
}

// The likelihood of the counts is the Beta–Binomial's, by its gamma functions.
func TestBetaBinomial(t *testing.T) {
	for _, c := range []struct {
		k, n int
		a, b float64
	}{{0, 0, 1, 1}, {0, 5, .3, 2}, {5, 5, .3, 2}, {3, 9, 4, 1.5}, {40, 100, 7, 9}} {
		lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
		want := lg(c.a+float64(c.k)) + lg(c.b+float64(c.n-c.k)) - lg(c.a+c.b+float64(c.n)) - lg(c.a) - lg(c.b) + lg(c.a+c.b)
		if got := betaBinomial(c.k, c.n, c.a, c.b); math.Abs(got-want) > 1e-10 {
			t.Errorf("%+v: %.12f, by gamma functions %.12f", c, got, want)
		}
	}
}

// What is skipped again and again is rarely finished, what was skipped once is not, and
// more completions never make a track look less finished.
func TestRarely(t *testing.T) {
	counts := map[int32]HeardCount{}
	for row := range int32(30) {
		counts[row] = HeardCount{Plays: 6, Completed: 5}
	}
	counts[3], counts[4] = HeardCount{Plays: 12, Completed: 1}, HeardCount{Plays: 1}
	lib := shelf(t, counts)
	if lib.rarely(3) != byThem || lib.rarely(4) != usually || lib.rarely(7) != usually || lib.rarely(35) != usually {
		t.Errorf("rarely: %v %v %v %v", lib.rarely(3), lib.rarely(4), lib.rarely(7), lib.rarely(35))
	}
	last := -1.
	for done := range 13 {
		counts[3] = HeardCount{Plays: 12, Completed: done}
		f, _ := shelf(t, counts).Finishing(3)
		if f.Mean < last || f.Lo > f.Mean || f.Hi < f.Mean {
			t.Errorf("%d of 12: %+v after %g", done, f, last)
		}
		last = f.Mean
	}
}

// Rows of one recording by different artists are finished alike: plays count for one artist.
func TestFinishingOfARecording(t *testing.T) {
	lib := syntheticLibrary(t, 40, 3, 4, false)
	low, other := int32(5), int32(6)
	for lib.leadOf(other) == lib.leadOf(low) {
		other++
	}
	recording := make([]int32, lib.Catalog.Len())
	for row := range recording {
		recording[row] = int32(row)
	}
	recording[other] = low
	lib.Catalog.Recording = recording
	view, err := lib.For(NewHeard(lib.Catalog, map[int32]HeardCount{low: {Plays: 40, Completed: 30}, 30: {Plays: 10, Completed: 2}}), nil)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := view.Finishing(low)
	if b, ok := view.Finishing(other); !ok || a != b {
		t.Errorf("%+v of the lowest row, %+v of the other", a, b)
	}
}

// The weight is bounded and moves nothing: places, moods and what may be played are the
// same whatever was skipped; rarely finished tracks are fewer among the candidates.
func TestSkipsChooseCandidatesOnly(t *testing.T) {
	lib := syntheticLibrary(t, 1500, 4, 80, false)
	skipped, finished := map[int32]HeardCount{}, map[int32]HeardCount{}
	for row := range int32(1500) {
		skipped[row] = HeardCount{Plays: 30, Completed: 4 + 26*int(row%2)} // all are familiar
		finished[row] = HeardCount{Plays: 30, Completed: 30}
	}
	a, err := lib.For(NewHeard(lib.Catalog, skipped), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := lib.For(NewHeard(lib.Catalog, finished), nil)
	if err != nil {
		t.Fatal(err)
	}
	if &a.Positions[0] != &b.Positions[0] {
		t.Error("skips move places")
	}
	r := Request{From: segue.AnchorOf(segue.Angry), To: segue.AnchorOf(segue.Calm), Minutes: 30, Candidates: 100}
	if s, f := evenRows(t, a, r), evenRows(t, b, r); s == 0 || s > f*3/4 {
		t.Errorf("of 500 candidates %d are rarely finished ones, and %d where all are finished", s, f)
	}
	for row := range int32(1500) {
		if w := finishWeight(a, row); w != 1 && w != rarelyWeight {
			t.Fatalf("row %d weighs %g", row, w)
		}
	}
	x, _ := json.Marshal(mustPlan(t, a, r))
	if y, _ := json.Marshal(mustPlan(t, a, r)); string(x) != string(y) {
		t.Error("two plans differ")
	}
}
