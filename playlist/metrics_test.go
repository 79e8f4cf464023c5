package playlist

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"segue"
)

// By hand: of the six pairs of (1,2,3,4) and (1,3,2,4) one is discordant:
// (5 − 1)/6. With a tie in y, (1,2,2,3): 5 concordant, one tied:
// 5/√(6·5) = .9128709.
func TestKendallByHand(t *testing.T) {
	x := []float64{1, 2, 3, 4}
	if got := KendallTau(x, []float64{1, 3, 2, 4}); !near(got, 4.0/6) {
		t.Errorf("got %g", got)
	}
	if got := KendallTau(x, []float64{1, 2, 2, 3}); math.Abs(got-.9128709) > 1e-6 {
		t.Errorf("with a tie got %g", got)
	}
	if got := KendallTau(x, []float64{1, 1, 1, 1}); !math.IsNaN(got) {
		t.Errorf("a constant has τ %g", got)
	}
}

// Against the definition in counts: concordant, discordant and tied pairs.
func TestKendallIsTheCountOfPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "n")
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = float64(rapid.IntRange(0, 4).Draw(t, "x")), float64(rapid.IntRange(0, 4).Draw(t, "y"))
		}
		var c, d, tx, ty, pairs float64
		for i := range x {
			for j := i + 1; j < n; j++ {
				pairs++
				switch s := (x[i] - x[j]) * (y[i] - y[j]); {
				case s > 0:
					c++
				case s < 0:
					d++
				}
				if x[i] == x[j] {
					tx++
				}
				if y[i] == y[j] {
					ty++
				}
			}
		}
		want := (c - d) / math.Sqrt((pairs-tx)*(pairs-ty))
		if got := KendallTau(x, y); !near(got, want) && !(math.IsNaN(got) && pairs == max(tx, ty)) {
			t.Fatalf("got %g, want %g", got, want)
		}
	})
}

// By hand: four tracks of 5 minutes on the line from (0,0) to (1,0), hold and
// sustain half each, at .1, .0, .6, .8 in valence, planned at 0, 0, 1, 1.
//
//	first 6 min: (5·.1 + 1·0)/6 = 1/12; last 10 min (half): (.8 + .6)/2, error .3
//	rmse √((.01 + 0 + .16 + .04)/4) = .2291288; step .6; back .1
//	τ: one of six pairs is discordant: 4/6
func TestMetricsByHand(t *testing.T) {
	a := arc{target: segue.Affect{Valence: 1}, hold: .5, sustain: .5}
	p := &problem{n: 4, m: 4, arc: a, tailFloor: math.Inf(-1), points: []segue.Affect{{}, {}, {Valence: 1}, {Valence: 1}}}
	for _, v := range []float64{.1, 0, .6, .8} {
		p.sounds = append(p.sounds, Sound{At: segue.Affect{Valence: v}, Tempo: math.NaN()})
		p.ms = append(p.ms, 300_000)
		p.artists = append(p.artists, []int32{int32(len(p.ms) / 2)}) // 0, 1, 1, 2
		p.progress = append(p.progress, v)
	}
	m := p.metrics([]int32{0, 1, 2, 3}, a, [3]float64{}, 21)
	for name, c := range map[string][2]float64{
		"start": {*m.StartError, 1.0 / 12}, "end": {*m.EndError, .3}, "rmse": {*m.RMSE, .229128785}, "step": {*m.MaxStep, .6},
		"tau": {*m.ProgressTau, 4.0 / 6}, "back": {*m.Backtrack, .1}, "duration": {m.DurationErr, -60}, "artists": {m.UniqueArtist, .75},
	} {
		if math.Abs(c[0]-c[1]) > 1e-8 {
			t.Errorf("%s: %g, want %g", name, c[0], c[1])
		}
	}
	if m.Familiarity != nil || m.FamiliarShare != nil {
		t.Error("familiarity without a history")
	}
}

// By hand: 17 slots have thirds of 6, 5 and 6 (τ = .5/17 …: 6 below ⅓, slot 12
// of 17 at 11.5/17 = .676 begins the last). .80·6 ± .6 holds 5 only; .60·5 ± .5
// holds 3 only; .60·6 ± .6 holds 3 and 4.
func TestBandsByHand(t *testing.T) {
	got := newBands(17, [3]float64{.8, .6, .6})
	want := []band{{5, 5, 6}, {3, 3, 5}, {3, 4, 6}}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("third %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	// Every schedule has an answer at every length.
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64Range(0, 1)
		for i, b := range newBands(rapid.IntRange(1, 60).Draw(t, "n"), [3]float64{f.Draw(t, "a"), f.Draw(t, "b"), f.Draw(t, "c")}) {
			if b.lo > b.hi {
				t.Fatalf("third %d: %+v", i, b)
			}
		}
	})
}

// TestProgressTies: (.1, .3) and (.3, .1) are side by side on the way from (0, 0) to
// (.6, .6), and (.2, .2) is with them: .4/√2, in whichever order the products add up.
func TestProgressTies(t *testing.T) {
	for _, to := range []float64{.3, .6, .7, .9} {
		w := newWay(segue.Affect{}, segue.Affect{Valence: to, Arousal: to})
		want := w.progress(segue.Affect{Valence: .2, Arousal: .2})
		for _, x := range []segue.Affect{{Valence: .1, Arousal: .3}, {Valence: .3, Arousal: .1}, {Valence: .05, Arousal: .35}, {Valence: .4}} {
			if got := w.progress(x); got != want {
				t.Errorf("to (%g, %g): %v makes %.17g, (.2, .2) %.17g", to, to, x, got, want)
			}
		}
	}
}
