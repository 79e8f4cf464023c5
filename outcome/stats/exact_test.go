package stats

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"segue"
)

func near(t *testing.T, what string, got segue.Number, want, within float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= within) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

var alternatives = []Alternative{TwoSided, Less, Greater}

// choose is n over k.
func choose(n, k int) float64 {
	c := 1.
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return math.Round(c)
}

// extreme adds up the probabilities of the outcomes as extreme as the observed one.
func extreme(a Alternative, prob []float64, at int) float64 {
	p := 0.
	for i, v := range prob {
		if a == Less && i <= at || a == Greater && i >= at || a == TwoSided && v <= prob[at]*(1+1e-9) {
			p += v
		}
	}
	return p
}

// TestBinomialBySums holds the exact test against the sum over all outcomes, for every
// count of up to 14 and several shares.
func TestBinomialBySums(t *testing.T) {
	for n := 1; n <= 14; n++ {
		for _, p0 := range []float64{0, .07, .25, 1. / 3, .5, .81, 1} {
			prob := make([]float64, n+1)
			for k := range prob {
				prob[k] = choose(n, k) * math.Pow(p0, float64(k)) * math.Pow(1-p0, float64(n-k))
			}
			for k := range prob {
				for _, a := range alternatives {
					want := extreme(a, prob, k)
					r := Binomial(k, n, p0, Options{Alternative: a})
					near(t, fmt.Sprintf("%d of %d at %v, %s", k, n, p0, a), r.P, want, 1e-12)
					same := 0.
					for i, v := range prob {
						if i == k || a == TwoSided && math.Abs(v-prob[k]) <= 1e-9*v {
							same += v
						}
					}
					near(t, fmt.Sprintf("mid-p of %d of %d at %v, %s", k, n, p0, a), r.MidP, want-same/2, 1e-12)
				}
			}
		}
	}
}

// TestFisherByTables tries all tables of up to 7 in each group.
func TestFisherByTables(t *testing.T) {
	for n1 := 1; n1 <= 7; n1++ {
		for n2 := 1; n2 <= 7; n2++ {
			for k := 1; k < n1+n2; k++ {
				prob := make([]float64, n1+1)
				for x := range prob {
					if k-x >= 0 && k-x <= n2 {
						prob[x] = choose(n1, x) * choose(n2, k-x) / choose(n1+n2, k)
					}
				}
				for x, v := range prob {
					if v == 0 {
						continue
					}
					for _, a := range alternatives {
						near(t, fmt.Sprintf("%d of %d, %d of %d, %s", x, n1, k-x, n2, a), Fisher(x, n1, k-x, n2, Options{Alternative: a}).P, extreme(a, prob, x), 1e-12)
					}
				}
			}
		}
	}
}

// TestSignedRankBySigns tries all signs of up to 12 differences, with and without ties and
// zeros, by both rules for zeros.
func TestSignedRankBySigns(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 12; n++ {
		for range 6 {
			d := make([]float64, n)
			for i := range d {
				d[i] = float64(rng.IntN(7)) - 2.5
				if rng.IntN(2) == 0 {
					d[i] = float64(rng.IntN(9)) - 4
				}
			}
			for _, zeros := range []Zeros{Wilcox, Pratt} {
				for _, a := range alternatives {
					r := SignedRank(d, RankOptions{Options: Options{Alternative: a}, Zeros: zeros})
					want, w := signsTried(d, zeros, a)
					if math.IsNaN(want) != !r.P.Known() {
						t.Fatalf("%v, %s: got %v (%s), want %v", d, zeros, r.P, r.Reason, want)
					}
					if r.P.Known() {
						near(t, fmt.Sprintf("p of %v, %s, %s", d, zeros, a), r.P, want, 1e-12)
						near(t, "W+", r.Statistic, w, 0)
					}
				}
			}
		}
	}
}

// signsTried is the p of W+ over all signs, slowly, and W+.
func signsTried(d []float64, zeros Zeros, a Alternative) (p, w float64) {
	var kept []float64
	for _, v := range d {
		if v != 0 || zeros == Pratt {
			kept = append(kept, v)
		}
	}
	var ranks []float64
	for _, v := range kept {
		r := .5
		for _, u := range kept {
			switch {
			case math.Abs(u) < math.Abs(v):
				r++
			case math.Abs(u) == math.Abs(v):
				r += .5
			}
		}
		if v != 0 {
			ranks = append(ranks, r)
			if v > 0 {
				w += r
			}
		}
	}
	if len(ranks) == 0 {
		return math.NaN(), 0
	}
	total := 0.
	for _, r := range ranks {
		total += r
	}
	hits := 0
	for signs := range 1 << len(ranks) {
		s := 0.
		for i, r := range ranks {
			if signs>>i&1 == 1 {
				s += r
			}
		}
		if a == Less && s <= w || a == Greater && s >= w || a == TwoSided && math.Abs(s-total/2) >= math.Abs(w-total/2) {
			hits++
		}
	}
	return float64(hits) / float64(int(1)<<len(ranks)), w
}

// TestMannWhitneyBySplits tries all ways to part up to 12 values, with and without ties.
func TestMannWhitneyBySplits(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for m := 1; m <= 6; m++ {
		for n := 1; n <= 6; n++ {
			for _, levels := range []int{2, 4, 1000} {
				all := make([]float64, m+n)
				for i := range all {
					all[i] = float64(rng.IntN(levels)) / 3
				}
				u := func(first int) float64 {
					s := 0.
					for i := range all {
						for j := range all {
							if first>>i&1 == 1 && first>>j&1 == 0 {
								switch {
								case all[i] > all[j]:
									s++
								case all[i] == all[j]:
									s += .5
								}
							}
						}
					}
					return s
				}
				observed, middle := u(1<<m-1), float64(m*n)/2
				for _, a := range alternatives {
					r := MannWhitney(all[:m], all[m:], RankOptions{Options: Options{Alternative: a}})
					if slices.Min(all) == slices.Max(all) {
						if r.P.Known() || r.Reason == "" {
							t.Errorf("equal values: %+v", r)
						}
						continue
					}
					hits, splits := 0, 0
					for first := range 1 << (m + n) {
						if bits.OnesCount(uint(first)) != m {
							continue
						}
						splits++
						s := u(first)
						if a == Less && s <= observed || a == Greater && s >= observed || a == TwoSided && math.Abs(s-middle) >= math.Abs(observed-middle) {
							hits++
						}
					}
					near(t, fmt.Sprintf("%v | %v, %s", all[:m], all[m:], a), r.P, float64(hits)/float64(splits), 1e-12)
					near(t, "U", r.Statistic, observed, 0)
				}
			}
		}
	}
}

// TestRankEstimatesBySorting holds the Hodges–Lehmann estimates and their ends against
// all averages and differences, sorted, and the ends against the tests they invert.
func TestRankEstimatesBySorting(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for n := 1; n <= 30; n++ {
		x, y := make([]float64, n), make([]float64, n/2+1)
		for i := range x {
			x[i] = rng.NormFloat64() - .2
		}
		for i := range y {
			y[i] = math.Round(rng.NormFloat64() * 3)
		}
		var averages, differences []float64
		for i := range x {
			for j := i; j < n; j++ {
				averages = append(averages, x[i]/2+x[j]/2)
			}
			for _, v := range y {
				differences = append(differences, x[i]-v)
			}
		}
		hold := func(e Estimate, all []float64, p func(shift float64) float64) {
			slices.Sort(all)
			m := len(all)
			if want := all[(m-1)/2]/2 + all[m/2]/2; float64(e.Value) != want {
				t.Fatalf("n = %d, %s: got %v, want %v", n, e.Name, e.Value, want)
			}
			if !e.Lo.Known() {
				if e.Reason == "" {
					t.Fatalf("n = %d: no interval and no reason", n)
				}
				return
			}
			k := slices.Index(all, float64(e.Lo))
			if k < 0 || all[m-1-k] != float64(e.Hi) {
				t.Fatalf("n = %d, %s: %v to %v are not opposite", n, e.Name, e.Lo, e.Hi)
			}
			// A shift a little outside is rejected, one a little inside is not.
			if out := p(float64(e.Lo) - 1e-9); out > .05 {
				t.Errorf("n = %d, %s: p = %v outside", n, e.Name, out)
			}
			if in := p(float64(e.Lo) + 1e-9); in <= .05 {
				t.Errorf("n = %d, %s: p = %v inside", n, e.Name, in)
			}
		}
		hold(HodgesLehmann(x, 0), averages, func(shift float64) float64 {
			d := make([]float64, n)
			for i := range d {
				d[i] = x[i] - shift
			}
			return float64(SignedRank(d, RankOptions{}).P)
		})
		z := slices.Clone(y) // distinct, so that the test without ties is the one inverted
		for i := range z {
			z[i] += float64(i) * 1e-3
		}
		differences = differences[:0]
		for _, a := range x {
			for _, b := range z {
				differences = append(differences, a-b)
			}
		}
		hold(Shift(x, z, 0), differences, func(shift float64) float64 {
			d := make([]float64, n)
			for i := range d {
				d[i] = x[i] - shift
			}
			return float64(MannWhitney(d, z, RankOptions{}).P)
		})
	}
}

// TestIntervalsCover counts, over all outcomes of small samples, how often intervals hold
// the truth: exact ones at least as often as they say.
func TestIntervalsCover(t *testing.T) {
	for _, n := range []int{1, 2, 5, 12, 30} {
		wilsonMean, points := 0., 0.
		for p := .005; p < 1; p += .005 {
			exact, score := 0., 0.
			for k := range n + 1 {
				w := binomialProb(k, n, p)
				if ClopperPearson(k, n, 0).Holds(p) {
					exact += w
				}
				if Wilson(k, n, 0).Holds(p) {
					score += w
				}
			}
			if exact < .95-1e-9 {
				t.Errorf("Clopper–Pearson of %d covers %v with %v", n, p, exact)
			}
			wilsonMean += score
			points++
		}
		if wilsonMean /= points; wilsonMean < .94 || wilsonMean > .98 {
			t.Errorf("Wilson of %d covers %v on the average", n, wilsonMean)
		}
	}
	for _, mean := range []float64{.1, 1, 3.3, 12} {
		cover := 0.
		for k := range 100 {
			if Rate(k, 1, 0).Holds(mean) {
				cover += poissonProb(k, mean)
			}
		}
		if cover < .95-1e-9 {
			t.Errorf("Garwood covers %v with %v", mean, cover)
		}
	}
}

// TestSpearmanByHand: of 1, 2, 3 against 1, 3, 2, four of the six pairings are as far
// from none: rho = .5 in absolute value or 1.
func TestSpearmanByHand(t *testing.T) {
	r := Spearman([]float64{1, 2, 3}, []float64{1, 3, 2}, Options{})
	near(t, "rho", r.Effects[0].Value, .5, 1e-15)
	near(t, "p", r.P, 1, 1e-15) // |rho| is .5 or 1 in all six
	r = Spearman([]float64{1, 2, 3, 4}, []float64{10, 20, 30, 40}, Options{})
	near(t, "p", r.P, 2./24, 1e-15)
	if !r.Exact {
		t.Error("four pairs are exact")
	}
}
