package taste

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
	"segue/matrix"
	"segue/mood"
)

var day = time.Date(2026, 5, 1, 20, 0, 0, 0, time.UTC)

// ground makes n tracks in a space of two features; the last has no place, the one
// before it no sound, and the two before that are one recording.
func ground(n int, seed uint64) Ground {
	rng := rand.New(rand.NewPCG(seed, 1))
	g := Ground{X: matrix.New(n-1, 2)}
	for i := range n {
		g.Positions = append(g.Positions, segue.Affect{Valence: rng.Float64(), Arousal: rng.Float64()})
		g.Recording = append(g.Recording, int32(i))
		g.XRow = append(g.XRow, int32(i))
		if i < n-1 {
			g.X.Col(0)[i], g.X.Col(1)[i] = rng.NormFloat64(), rng.NormFloat64()
		}
	}
	g.Positions[n-1] = segue.Nowhere()
	g.XRow[n-1], g.XRow[n-2] = n2(n), -1
	g.Recording[n-3] = int32(n - 4)
	return g
}

// n2 is the row of the space that the track without a place has.
func n2(n int) int32 { return int32(n - 2) }

func feels(row int32, v, a float64, after time.Duration) Said {
	return Said{Row: row, Correction: Correction{Track: "t", When: day.Add(after), Feels: &segue.Affect{Valence: v, Arousal: a}}}
}

func never(row int32, m segue.Mood) Said {
	return Said{Row: row, Correction: Correction{Track: "t", When: day, Never: &m}}
}

func fit(t testing.TB, g Ground, said ...Said) *Taste {
	learned, err := Fit(context.Background(), g, said)
	if err != nil {
		t.Fatal(err)
	}
	return learned
}

func (t *Taste) at(tb testing.TB, row int32) (at, sd segue.Affect) {
	all, err := t.Errors(context.Background(), []int32{row})
	if err != nil {
		tb.Fatal(err)
	}
	return t.Place(row), all[0]
}

func places(t testing.TB, learned *Taste) []segue.Affect {
	out, err := learned.Places(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// With one report all has a closed form: under a model its prior variance is p = (cσ)²,
// its mean moves by D·p/(p + τ²), and the evidence is the density of N(0, p + τ²) at D;
// the models' answers are averaged by prior times evidence. Of other tracks it says
// nothing yet.
func TestOneReportByHand(t *testing.T) {
	g := Ground{Positions: []segue.Affect{{Valence: .5, Arousal: .4}, {Valence: .3, Arousal: .6}}}
	at := segue.Affect{Valence: .8, Arousal: .35}
	learned := fit(t, g, feels(0, at.Valence, at.Arousal, 0))
	for axis, sigma := range [2]float64{mood.SigmaValence, mood.SigmaArousal} {
		d := coordinate(at, axis) - coordinate(g.Positions[0], axis)
		var sum, said float64
		for _, own := range []float64{.25, .5, 1} {
			p := sigma * sigma * own * own
			v := p + ReportError*ReportError
			w := math.Exp(-d*d/(2*v)) / math.Sqrt(2*math.Pi*v)
			sum += w
			said += w * d * p / v
		}
		// A model of a hundredth of the best one's weight would be left out.
		if moved := coordinate(learned.Place(0), axis) - coordinate(g.Positions[0], axis); math.Abs(moved-said/sum) > 1e-2*math.Abs(d) {
			t.Errorf("axis %d: moved by %.5f, by hand %.5f", axis, moved, said/sum)
		}
	}
	if got := learned.Place(1); got != g.Positions[1] {
		t.Errorf("the other track moved to %v", got)
	}
	if !math.IsNaN(learned.Shared()) {
		t.Errorf("one report is a pattern, to %.2f", learned.Shared())
	}
}

// A plane whose error was measured says where a taste begins: what a correction moves
// depends on it as the formula has it, and nothing is surer than the catalogue was.
func TestErrorOfThePlane(t *testing.T) {
	g := ground(40, 3)
	for _, e := range []segue.Affect{{Valence: .05, Arousal: .1}, {Valence: .4, Arousal: .3}} {
		g.Error = e
		if _, sd := fit(t, g).at(t, 3); sd != e {
			t.Errorf("an error of %v began as %v", e, sd)
		}
	}
	moved := func(e float64) float64 {
		g.Error = segue.Affect{Valence: e, Arousal: e}
		from := g.Positions[3]
		at, _ := fit(t, g, feels(3, 1, 1, 0)).at(t, 3)
		return at.Valence - from.Valence
	}
	if small, large := moved(.05), moved(.4); !(small > 0 && large > 2*small) {
		t.Errorf("a sure place moved by %.3f, an unsure one by %.3f", small, large)
	}
}

// No corrections: the catalogue's own slice, and its own deviations.
func TestNothingSaid(t *testing.T) {
	g := ground(40, 3)
	learned := fit(t, g)
	if got := places(t, learned); &got[0] != &g.Positions[0] {
		t.Error("the places are not the catalogue's")
	}
	if learned.Learned() || !math.IsNaN(learned.Shared()) {
		t.Error("something was learned of nothing")
	}
	at, sd := learned.at(t, 3)
	if at != g.Positions[3] || sd != (segue.Affect{Valence: mood.SigmaValence, Arousal: mood.SigmaArousal}) {
		t.Errorf("at %v ± %v", at, sd)
	}
	if at, sd := learned.at(t, 39); at.Known() || sd.Known() {
		t.Errorf("a track without a place lies at %v ± %v", at, sd)
	}
}

// Whatever is said: the order does not matter, deviations are the catalogue's at most,
// places lie on the plane and in no quadrant that was ruled out, Places agrees with At,
// nothing passed in is changed.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g := ground(rapid.IntRange(8, 40).Draw(r, "tracks"), rapid.Uint64().Draw(r, "seed"))
		before := slices.Clone(g.Positions)
		said := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) Said {
			row := int32(rapid.IntRange(0, len(g.Positions)-1).Draw(r, "row"))
			hours := time.Duration(rapid.IntRange(0, 5).Draw(r, "hours")) * time.Hour
			switch rapid.IntRange(0, 2).Draw(r, "kind") {
			case 0:
				return never(row, segue.Mood(rapid.IntRange(0, 3).Draw(r, "mood")))
			case 1:
				cell := segue.Cell{rapid.IntRange(1, 9).Draw(r, "v"), rapid.IntRange(1, 9).Draw(r, "a")}
				return Said{Row: row, Correction: Correction{Track: "t", When: day.Add(hours), Cell: &cell}}
			}
			return feels(row, rapid.Float64Range(0, 1).Draw(r, "v"), rapid.Float64Range(0, 1).Draw(r, "a"), hours)
		}), 0, 12).Draw(r, "said")
		learned, err := Fit(context.Background(), g, said)
		if err != nil {
			r.Fatal(err)
		}
		turned := slices.Clone(said)
		slices.Reverse(turned)
		again, err := Fit(context.Background(), g, turned)
		if err != nil {
			r.Fatal(err)
		}
		all, err := learned.Places(context.Background())
		if err != nil {
			r.Fatal(err)
		}
		var rows []int32
		for row := range all {
			rows = append(rows, int32(row))
		}
		sds, err := learned.Errors(context.Background(), rows)
		if err != nil {
			r.Fatal(err)
		}
		for row, at := range all {
			one, sd := learned.Place(int32(row)), sds[row]
			if at.Known() != one.Known() || at.Known() && at != one {
				r.Fatalf("row %d: Places %v, Place %v", row, at, one)
			}
			if other := again.Place(int32(row)); at.Known() && other != one {
				r.Fatalf("row %d: %v in one order, %v in another", row, one, other)
			}
			if !at.Known() {
				continue
			}
			if sd.Valence > mood.SigmaValence || sd.Arousal > mood.SigmaArousal || sd.Valence < 0 || sd.Arousal < 0 {
				r.Fatalf("row %d: deviation %v", row, sd)
			}
			if at.Valence < 0 || at.Valence > 1 || at.Arousal < 0 || at.Arousal > 1 {
				r.Fatalf("row %d lies at %v", row, at)
			}
			if ban := learned.Never(int32(row)); ban != segue.AllMoods && ban.Has(segue.QuadrantOf(at)) {
				r.Fatalf("row %d lies at %v, and is never %v", row, at, segue.QuadrantOf(at))
			}
		}
		for i := range before {
			if before[i].Known() && before[i] != g.Positions[i] {
				r.Fatal("the catalogue's places were changed")
			}
		}
	})
}

// Saying the same less surely moves less, under every model.
func TestMoreNoiseMovesLess(t *testing.T) {
	g := ground(30, 5)
	var reports []report
	for row := range int32(6) {
		reports = append(reports, report{head: row, row: row})
	}
	d := g.squares(reports)
	y := []float64{.2, .25, .1, .3, .15, .2}
	for _, m := range models() {
		last := math.Inf(1)
		for _, noise := range []float64{.005, .01, .03, .1, 1} {
			f, _ := m.posterior(.2, 2, y, slices.Repeat([]float64{noise}, 6), d, 6)
			moved := 0.
			f.weight = 1
			a := axis{sigma: .2, noise: make([]float64, 6), models: []fitted{f}}
			a.sum()
			for row := range 6 {
				moved += a.mean(2, d[row*6:row*6+6], row)
			}
			if moved > last {
				t.Errorf("%+v: noise %g moves by %g in all, less noise by %g", m, noise, moved, last)
			}
			last = moved
		}
	}
}

// Tracks alike in sound to those that were said to feel brighter go along, others stay.
func TestAlikeGoAlong(t *testing.T) {
	const n = 60
	g := Ground{X: matrix.New(n, 2)}
	var said []Said
	for i := range n {
		g.Positions = append(g.Positions, segue.Affect{Valence: .4, Arousal: .5})
		g.XRow = append(g.XRow, int32(i))
		side := float64(1 - 2*(i%2))
		g.X.Col(0)[i], g.X.Col(1)[i] = 2*side+.01*float64(i%7), 2*side-.01*float64(i%5)
		if i < 30 {
			at := .4
			if i%2 == 0 {
				at = .75
			}
			said = append(said, feels(int32(i), at, .5, time.Duration(i)*time.Hour))
		}
	}
	learned := fit(t, g, said...)
	like := learned.Place(40)
	unlike := learned.Place(41)
	if like.Valence < .65 || math.Abs(unlike.Valence-.4) > .06 || math.Abs(like.Arousal-.5) > .03 {
		t.Errorf("alike %v, unlike %v", like, unlike)
	}
	if p := learned.Shared(); p < .99 {
		t.Errorf("shared with %.3f", p)
	}
}

// A recording's rows are one track; the later of two reports counts twice the earlier,
// and a contradiction makes the place less sure.
func TestReportsOfOneTrack(t *testing.T) {
	g := ground(20, 9)
	agree := fit(t, g, feels(2, .6, .5, 0), feels(2, .6, .5, time.Hour))
	against := fit(t, g, feels(2, .1, .5, 0), feels(2, .85, .5, time.Hour))
	if got := agree.reports[0]; got.at != (segue.Affect{Valence: .6, Arousal: .5}) || math.Abs(got.variance.Valence-.01*1.25/2.25) > 1e-12 {
		t.Errorf("agreeing: %+v", got)
	}
	if got := against.reports[0]; math.Abs(got.at.Valence-(.1*.5+.85)/1.5) > 1e-12 || math.Abs(got.variance.Valence-(.01*1.25/2.25+2./9*.75*.75)) > 1e-12 {
		t.Errorf("contradicting: %+v", got) // 2/9 = (⅓)(⅔): variance of two points with these weights
	}
	_, sure := agree.at(t, 2)
	_, unsure := against.at(t, 2)
	if sure.Valence >= unsure.Valence {
		t.Errorf("± %v where they agree, ± %v where they contradict", sure, unsure)
	}
	one := fit(t, g, feels(16, .9, .9, 0)) // 16 and 17 are one recording
	x := one.Place(17)
	if !(x.Valence > g.Positions[17].Valence) && g.Positions[17].Valence < .9 {
		t.Errorf("the reissue stayed at %v", x)
	}
	if one.Tracks() != 1 {
		t.Errorf("%d tracks", one.Tracks())
	}
}

// A place that the catalogue does not know becomes the one that was said, and teaches
// nothing.
func TestPlaceUnknownToTheCatalogue(t *testing.T) {
	g := ground(20, 11)
	learned := fit(t, g, feels(19, .7, .3, 0))
	at, sd := learned.at(t, 19)
	if at != (segue.Affect{Valence: .7, Arousal: .3}) || math.Abs(sd.Valence-ReportError) > 1e-12 {
		t.Errorf("at %v ± %v", at, sd)
	}
	for row := range int32(19) {
		if at := learned.Place(row); at != g.Positions[row] {
			t.Errorf("row %d moved to %v", row, at)
		}
	}
}

// Beyond MaxTracks the latest count, and the work stays bounded.
func TestManyCorrections(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand corrections take a while")
	}
	g := ground(1500, 13)
	var said []Said
	for row := range int32(1200) {
		said = append(said, feels(row, min(1, g.Positions[row].Valence+.2), g.Positions[row].Arousal, time.Duration(row)*time.Minute))
	}
	learned := fit(t, g, said...)
	if learned.Tracks() != MaxTracks || learned.report(0) != nil || learned.report(1199) == nil {
		t.Errorf("%d tracks, the first %v", learned.Tracks(), learned.report(0))
	}
	at, sd := learned.at(t, 1300)
	if d := at.Valence - g.Positions[1300].Valence; g.Positions[1300].Valence < .7 && (d < .1 || d > .25) || sd.Valence > .2 {
		t.Errorf("moved by %v ± %v", d, sd)
	}
}

// The end of the context ends the fit.
func TestCalledOff(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g := ground(20, 1)
	if _, err := Fit(ctx, g, []Said{feels(1, .5, .5, 0)}); err == nil {
		t.Error("no error")
	}
	if _, err := fit(t, g, feels(1, .5, .5, 0)).Places(ctx); err == nil {
		t.Error("no error of Places")
	}
}

// The result does not depend on the number of cores, and a second fit is the same.
func TestSameAgain(t *testing.T) {
	g := ground(3000, 17)
	var said []Said
	for row := range int32(25) {
		said = append(said, feels(row, float64(row)/25, .5, time.Duration(row)*time.Hour))
	}
	said = append(said, never(100, segue.Sad))
	if a, b := places(t, fit(t, g, said...)), places(t, fit(t, g, said...)); !reflect.DeepEqual(a[:2990], b[:2990]) {
		t.Error("two fits differ")
	}
}
