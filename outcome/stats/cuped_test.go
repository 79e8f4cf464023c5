package stats_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"segue/outcome/stats"
)

// TestCupedByHand: the control has x = 0, 2 and y = 1, 3; the arm x = 2, 4 and y = 4, 8.
// Within arms the products of deviations are 2 and 4, the squares of x 2 and 2, of y 2
// and 8: θ = 6/4, r² = 36/(4·10). Raw 6 − 2 = 4; before 3 − 1 = 2; adjusted 4 − 1.5·2 = 1.
func TestCupedByHand(t *testing.T) {
	c := stats.CUPED([]float64{1, 3, 4, 8}, []float64{0, 2, 2, 4}, []int{0, 0, 1, 1}, nil, 0)
	same(t, "θ", c.Theta, 1.5, 1e-12)
	same(t, "raw", c.Raw.Value, 4, 1e-12)
	same(t, "before", c.Before.Value, 2, 1e-12)
	same(t, "adjusted", c.Adjusted.Value, 1, 1e-12)
	same(t, "reduction", c.Reduction.Value, .9, 1e-12)
	if c.Reduction.Lo.Known() || c.Reduction.Reason == "" {
		t.Errorf("four observations have an interval: %+v", c.Reduction)
	}
	// Twice the same session of each listener changes nothing when listeners count once.
	d := stats.CUPED([]float64{1, 1, 3, 4, 8, 8}, []float64{0, 0, 2, 2, 4, 4}, []int{0, 0, 0, 1, 1, 1}, []int{7, 7, 3, 9, 5, 5}, 0)
	if d.N != 4 || math.Abs(float64(d.Adjusted.Value-1)) > 1e-12 || d.Adjusted.SE != c.Adjusted.SE {
		t.Errorf("by listener: %+v", d)
	}
}

// TestCupedSaves: with a correlation of .8 the squared error is that much smaller, and
// the truth is in the interval as often as it says.
func TestCupedSaves(t *testing.T) {
	const runs = 300
	held, saved, reduced := 0, 0.0, 0
	for run := range runs {
		r := rand.New(rand.NewPCG(uint64(run), 1))
		var y, x []float64
		var arm []int
		for i := range 60 {
			v := r.NormFloat64()
			x = append(x, v)
			arm = append(arm, i%2)
			y = append(y, .8*v+.6*r.NormFloat64()+.5*float64(i%2))
		}
		c := stats.CUPED(y, x, arm, nil, 0)
		saved += float64(c.Saved) / runs
		if c.Adjusted.Holds(.5) {
			held++
		}
		if c.Reduction.Holds(.64) {
			reduced++
		}
	}
	if math.Abs(saved-.64) > .03 {
		t.Errorf("%.3f of the variance is saved, not .64", saved)
	}
	for what, k := range map[string]int{"effect": held, "reduction": reduced} {
		if ci := stats.ClopperPearson(k, runs, .99); !ci.Holds(.95) {
			t.Errorf("the %s is in its interval %d of %d times", what, k, runs)
		}
	}
}

func TestCupedEdges(t *testing.T) {
	none := stats.CUPED(nil, nil, nil, nil, 0)
	if none.Reason != "no observations" || none.Adjusted.Value.Known() || none.Reduction.Reason == "" {
		t.Errorf("of nothing: %+v", none)
	}
	constant := stats.CUPED([]float64{1, 2, 3, 4}, []float64{5, 5, 5, 5}, []int{0, 1, 0, 1}, nil, 0)
	if constant.Theta.Known() || constant.Reason == "" || math.Abs(float64(constant.Adjusted.Value-constant.Raw.Value)) > 1e-12 || !strings.Contains(constant.Reduction.Reason, "covariate") {
		t.Errorf("a constant covariate: %+v", constant)
	}
	flat := stats.CUPED([]float64{1, 1, 1, 1}, []float64{5, 2, 5, 1}, []int{0, 1, 0, 1}, nil, 0)
	if flat.Adjusted.SE.Known() || flat.Adjusted.Reason == "" || flat.Reduction.Value.Known() {
		t.Errorf("a constant outcome: %+v", flat)
	}
	alone := stats.CUPED([]float64{1, 2, 3, 4}, []float64{5, 2, 5, 1}, []int{1, 1, 1, 1}, nil, 0)
	if alone.Adjusted.Value.Known() || !strings.Contains(alone.Adjusted.Reason, "nobody") {
		t.Errorf("one arm: %+v", alone.Adjusted)
	}
	defer func() {
		if recover() == nil {
			t.Error("a listener in both arms passes")
		}
	}()
	stats.CUPED([]float64{1, 2}, []float64{1, 2}, []int{0, 1}, []int{3, 3}, 0)
}

// TestDifferenceInDifferencesByHand: the others go from 1.5 to 2, the exposed from 3 to
// 5.5: 2.5 − .5 = 2.
func TestDifferenceInDifferencesByHand(t *testing.T) {
	p := stats.Panel{
		Y:        []float64{1, 2, 1, 3, 2, 4, 5, 6},
		Exposed:  []bool{false, false, false, false, true, true, true, true},
		After:    []bool{false, false, true, true, false, false, true, true},
		Clusters: []int{1, 2, 1, 2, 3, 4, 3, 4},
	}
	d := stats.DifferenceInDifferences(p, 0)
	same(t, "others", d.Others.Value, .5, 1e-12)
	same(t, "exposed", d.Exposed.Value, 2.5, 1e-12)
	same(t, "difference", d.Difference.Value, 2, 1e-12)
	if d.Difference.Enough || d.Clusters != 4 || d.Means[3].N != 2 || float64(d.Means[3].Mean) != 5.5 {
		t.Errorf("%+v", d)
	}
	// Every listener is once before and once after, so their changes are all there is:
	// 0, 1 and 3, 2. Welch's error of the changes is that of CR2.
	w := stats.WelchT([]float64{0, 1}, []float64{3, 2}, stats.Options{})
	se := 2 / math.Abs(float64(w.Statistic))
	same(t, "se", d.Difference.SE, se, 1e-9)
	same(t, "df", d.Difference.DF, float64(w.DF), 1e-9)
}

func TestDifferenceInDifferencesEdges(t *testing.T) {
	none := stats.DifferenceInDifferences(stats.Panel{}, 0)
	if none.Reason != "no observations" || none.Difference.Value.Known() {
		t.Errorf("of nothing: %+v", none)
	}
	before := stats.DifferenceInDifferences(stats.Panel{Y: []float64{1, 2, 3}, Exposed: []bool{true, true, false}, After: []bool{false, true, false}}, 0)
	if before.Difference.Value.Known() || !strings.Contains(before.Difference.Reason, "after the change of the others") {
		t.Errorf("nobody else after: %+v", before)
	}
	one := stats.DifferenceInDifferences(stats.Panel{Y: []float64{1, 2, 3, 5}, Exposed: []bool{false, false, true, true}, After: []bool{false, true, false, true}, Clusters: []int{1, 1, 2, 2}}, 0)
	if one.Difference.Value != 1 || one.Difference.SE.Known() || one.Difference.Reason == "" {
		t.Errorf("one listener each: %+v", one.Difference)
	}
}

// TestRegressionToTheMean: by hand, and in a simulated null.
func TestRegressionToTheMean(t *testing.T) {
	// (1 − .5)·(.5 − .3) = .1; √(.25·0 + .75·.04) = .1732.
	d := stats.RegressionToTheMean(stats.Selected{Mean: .3, Population: .5, Spread: .2, Reliability: .5})
	same(t, "expected", d.Expected, .1, 1e-12)
	same(t, "d", d.D, .1/math.Sqrt(.03), 1e-12)
	if !strings.Contains(d.Warning, "would come back by 0.1 (d = 0.58)") {
		t.Error(d.Warning)
	}
	r := rand.New(rand.NewPCG(2, 2))
	var pre, post []float64
	for range 200_000 {
		truth := math.Sqrt(.3) * r.NormFloat64()
		a := truth + math.Sqrt(.7)*r.NormFloat64()
		if a < -1 { // those who feel worst come
			pre, post = append(pre, a), append(post, truth+math.Sqrt(.7)*r.NormFloat64())
		}
	}
	change := stats.PairedT(pre, post, stats.Options{})
	before := stats.Mean(pre, .95)
	sd := 0.0
	for _, x := range pre {
		sd += math.Pow(x-float64(before.Value), 2) / float64(len(pre)-1)
	}
	d = stats.RegressionToTheMean(stats.Selected{Mean: float64(before.Value), SD: math.Sqrt(sd), Spread: 1, Reliability: .3})
	found := change.Effects[1]
	if math.Abs(float64(d.D-found.Value)) > .03 || math.Abs(float64(found.Value)-1) > .2 {
		t.Errorf("a null shows d = %v, expected %v", found.Value, d.D)
	}
	for _, s := range []stats.Selected{{Spread: 1, Reliability: 1}, {Spread: 1, Reliability: .3}} {
		if d := stats.RegressionToTheMean(s); d.Warning == "" || d.Expected != 0 {
			t.Errorf("%+v: %+v", s, d)
		}
	}
}
