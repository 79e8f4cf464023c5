package stats

import (
	"math"
	"testing"

	"segue/internal/racetest"
)

// TestRateEvidence holds M to its integral over the angle whose squared sine is the
// share, which is uniform under a Beta(½, ½) distribution: slow and obvious.
func TestRateEvidence(t *testing.T) {
	racetest.Alone(t)
	for _, c := range []struct {
		k, n        int
		null        float64
		alternative Alternative
	}{{0, 1, .5, TwoSided}, {3, 7, .2, TwoSided}, {60, 100, .5, TwoSided}, {3, 7, .2, Greater}, {3, 7, .6, Greater}, {9, 60, .1, Greater}, {3, 7, .2, Less}, {40, 60, .8, Less}} {
		s := RateSequence{null: c.null, alternative: c.alternative, k: c.k, n: c.n}
		const steps = 400_000
		lo, hi := 0.0, math.Pi/2
		switch c.alternative {
		case Greater:
			lo = math.Asin(math.Sqrt(c.null))
		case Less:
			hi = math.Asin(math.Sqrt(c.null))
		}
		sum := 0.0
		for i := range steps {
			q := math.Pow(math.Sin(lo+(float64(i)+.5)/steps*(hi-lo)), 2)
			sum += math.Pow(q/c.null, float64(c.k)) * math.Pow((1-q)/(1-c.null), float64(c.n-c.k))
		}
		if got, want := s.evidence(c.null), math.Log(sum/steps); math.Abs(got-want) > 1e-8 {
			t.Errorf("%+v: ln M is %v, not %v", c, got, want)
		}
	}
}

// TestRateSequenceExact computes, over all ways the answers can go, how often a
// sequence of 300 claims falsely: at most 5 %, at the null and, one-sided, beyond it.
func TestRateSequenceExact(t *testing.T) {
	for _, c := range []struct {
		null, truth float64
		alternative Alternative
	}{{.5, .5, TwoSided}, {.05, .05, TwoSided}, {.9, .9, TwoSided}, {.1, .1, Greater}, {.1, .07, Greater}, {.8, .8, Less}} {
		s := RateSequence{null: c.null, alternative: c.alternative}
		// alive[k] is how likely k of n are yes with nothing claimed yet.
		alive, claimed := []float64{1}, 0.0
		for s.n = 1; s.n <= 300; s.n++ {
			next := make([]float64, s.n+1)
			for k, p := range alive {
				next[k] += p * (1 - c.truth)
				next[k+1] += p * c.truth
			}
			for s.k = range next {
				if next[s.k] > 0 && s.evidence(c.null) >= math.Log(20) {
					claimed += next[s.k]
					next[s.k] = 0
				}
			}
			alive = next
		}
		if claimed > .05 || (c.null == c.truth && claimed < .005) {
			t.Errorf("%+v: claims falsely in %.4f", c, claimed)
		}
		t.Logf("%+v: %.4f", c, claimed)
	}
}

// TestRateDifferenceExact does the same for two arms of equal shares that answer in
// turn, over all ways their answers can go.
func TestRateDifferenceExact(t *testing.T) {
	for _, truth := range []float64{.5, .1} {
		d := NewRateDifference(.95)
		a, b := d.arms[0], d.arms[1]
		const n = 60
		alive, claimed := square(n+1), 0.0
		alive[0][0] = 1
		for m := 1; m <= n; m++ {
			next := square(n + 1)
			for x := range m {
				for y := range m {
					p := alive[x][y]
					next[x][y] += p * (1 - truth) * (1 - truth)
					next[x+1][y] += p * truth * (1 - truth)
					next[x][y+1] += p * (1 - truth) * truth
					next[x+1][y+1] += p * truth * truth
				}
			}
			a.n, b.n = m, m
			for a.k = range m + 1 {
				for b.k = range m + 1 {
					pooled := float64(a.k+b.k) / float64(2*m)
					if next[a.k][b.k] > 0 && a.evidence(pooled)+b.evidence(pooled) >= math.Log(20) {
						claimed += next[a.k][b.k]
						next[a.k][b.k] = 0
					}
				}
			}
			alive = next
		}
		if claimed > .05 || claimed < .0005 {
			t.Errorf("at %v: claims falsely in %.4f", truth, claimed)
		}
		t.Logf("at %v: %.4f", truth, claimed)
	}
}

// TestRateDifferenceInterval: the evidence against the ends of the interval is 20, and
// that against no difference is the one at the pooled share.
func TestRateDifferenceInterval(t *testing.T) {
	d := NewRateDifference(.95)
	for i := range 80 {
		d.Add(0, i%4 == 0)
		d.Add(1, i%2 == 0)
	}
	got := d.Read()
	for _, end := range []float64{float64(got.Estimate.Lo), float64(got.Estimate.Hi)} {
		if e := d.evidence(end); math.Abs(e-math.Log(20)) > 1e-6 {
			t.Errorf("the evidence against the end %v is %v", end, math.Exp(e))
		}
	}
	pooled := 60. / 160
	if e := d.arms[0].evidence(pooled) + d.arms[1].evidence(pooled); math.Abs(e-d.evidence(0)) > 1e-9 {
		t.Errorf("the evidence against no difference is %v, and %v at the pooled share", d.evidence(0), e)
	}
}
