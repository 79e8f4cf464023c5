package catalog_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"segue"
	"segue/catalog"
)

func TestExplore(t *testing.T) {
	c, _ := read(t, "id,name,artist,energy,valence,tempo,mode,genre\n"+
		"1,A,X,0,.5,100,1,pop;rock\n2,B,X,.25,.4,,1,pop\n3,C,X,.5,.3,140,1,jazz\n4,D,X,1,0,120,1,\n")
	s := catalog.Explore(c)
	// Energies 0 .25 .5 1: mean 1.75/4 = .4375; squares .4375² + .1875² +
	// .0625² + .5625² = .546875, over 3 = .182292, root .426956. Quartiles of
	// four values lie at ranks .75, 1.5 and 2.25: .1875, .375 and .625.
	e := s.Features[segue.Energy]
	for name, pair := range map[string][2]float64{
		"mean": {*e.Mean, .4375}, "sd": {*e.SD, math.Sqrt(.546875 / 3)}, "min": {*e.Min, 0}, "max": {*e.Max, 1},
		"p25": {*e.P25, .1875}, "median": {*e.Median, .375}, "p75": {*e.P75, .625},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-12 {
			t.Errorf("%s %v, want %v", name, pair[0], pair[1])
		}
	}
	// Bins of 1/40: 0 in bin 0, .25 in bin 10, .5 in bin 20, 1 in the last.
	want := make([]int, catalog.HistogramBins)
	want[0], want[10], want[20], want[39] = 1, 1, 1, 1
	if !slices.Equal(e.Histogram, want) || e.N != 4 || e.Missing != 0 {
		t.Errorf("%+v", e)
	}
	if v := s.Features[segue.Valence]; v.N != 3 || v.Missing != 1 {
		t.Errorf("valence %+v", v)
	}
	if k := s.Features[segue.Key]; k.N != 0 || k.Missing != 4 || k.Mean != nil || k.Median != nil || len(k.Histogram) != catalog.HistogramBins {
		t.Errorf("key %+v", k)
	}
	// Over rows 1–3 energy rises by .25 and valence falls by .1 a row: r = −1.
	// Tempo and energy share rows 1, 3, 4: dx −.5 0 .5, dy −20 20 0:
	// 10/√(.5·800) = .5.
	r := s.Correlations
	if got := *r[segue.Energy][segue.Valence]; math.Abs(got+1) > 1e-6 {
		t.Errorf("r of energy and valence %v, want -1", got)
	}
	if got := *r[segue.Tempo][segue.Energy]; math.Abs(got-.5) > 1e-6 {
		t.Errorf("r of tempo and energy %v, want .5", got)
	}
	if r[segue.Mode][segue.Energy] != nil || r[segue.Key][segue.Energy] != nil || r[segue.Mode][segue.Mode] != nil {
		t.Error("r with a constant or an empty column is not nil")
	}
	if *r[segue.Energy][segue.Energy] != 1 {
		t.Error("r with itself is not 1")
	}
	if got := fmt.Sprint(s.Genres); got != "[{pop 2} {jazz 1} {rock 1}]" {
		t.Errorf("genres %s", got)
	}
}

// Few tracks far from the mean of their column keep all digits: over the last three dx is
// −h 0 h and dy −¼ ¼ 0, so r = ¼h/√(2h²·⅛) = ½.
func TestCorrelationOfFewRows(t *testing.T) {
	const h = 1. / 512
	c := &segue.Catalog{ID: make([]string, 103)}
	for f := range c.Feature {
		c.Feature[f] = slices.Repeat([]float32{nan}, 103)
	}
	c.Feature[segue.Loudness] = append(slices.Repeat([]float32{-60}, 100), 7-2*h, 7-h, 7)
	copy(c.Feature[segue.Valence][100:], []float32{.25, .75, .5})
	r := catalog.Explore(c).Correlations[segue.Loudness][segue.Valence]
	if r == nil {
		t.Fatal("no r")
	}
	if math.Abs(*r-.5) > 1e-12 {
		t.Errorf("r is %v, want .5", *r)
	}
}

// Mean, deviation and correlation are gonum's.
func TestExploreAgrees(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 60).Draw(rt, "n")
		c := &segue.Catalog{ID: make([]string, n)}
		for f := range c.Feature {
			lo, hi := segue.Feature(f).Interval()
			c.Feature[f] = make([]float32, n)
			for i := range c.Feature[f] {
				c.Feature[f][i] = rapid.OneOf(rapid.Float32Range(float32(lo), float32(hi)), rapid.Just(nan)).Draw(rt, "v")
			}
		}
		s := catalog.Explore(c)
		for a := range segue.AllFeatures() {
			for b := range segue.AllFeatures() {
				var x, y []float64
				for i := range n {
					if v, w := c.Feature[a][i], c.Feature[b][i]; v == v && w == w {
						x, y = append(x, float64(v)), append(y, float64(w))
					}
				}
				got := s.Correlations[segue.Feature(a)][segue.Feature(b)]
				if a == b && len(x) > 0 {
					mean, sd := stat.MeanStdDev(x, nil)
					d := s.Features[segue.Feature(a)]
					if math.Abs(*d.Mean-mean) > 1e-9*math.Abs(mean)+1e-12 || len(x) > 1 && math.Abs(*d.SD-sd) > 1e-9*sd+1e-9 {
						rt.Errorf("%v: %v ± %v, want %v ± %v", segue.Feature(a), *d.Mean, *d.SD, mean, sd)
					}
				}
				// Where columns hardly vary, gonum's r is of rounding errors.
				if a == b || len(x) < 2 || stat.StdDev(x, nil) < 1e-3 || stat.StdDev(y, nil) < 1e-3 {
					continue
				}
				if want := stat.Correlation(x, y, nil); got == nil || math.Abs(*got-want) > 1e-9 {
					rt.Errorf("r of %v and %v over %d rows: %v, want %v", segue.Feature(a), segue.Feature(b), len(x), got, want)
				}
			}
		}
	})
}
