package adapt

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// Of an even share and one with density 2x, the second is larger with the probability
// ∫ x·2x dx = 2/3; of three that are even, each with 1/3; of Beta(3, 1) and two even ones
// the first with ∫ 3x²·x² dx = 3/5.
func TestBestByHand(t *testing.T) {
	for _, c := range []struct {
		of   []Beta
		want []float64
	}{
		{[]Beta{{7, 3}}, []float64{1}},
		{[]Beta{{1, 1}, {2, 1}}, []float64{1. / 3, 2. / 3}},
		{[]Beta{{1, 1}, {1, 1}, {1, 1}}, []float64{1. / 3, 1. / 3, 1. / 3}},
		{[]Beta{{3, 1}, {1, 1}, {1, 1}}, []float64{.6, .2, .2}},
	} {
		for i, p := range Best(c.of) {
			if math.Abs(p-c.want[i]) > 1e-12 {
				t.Errorf("%v: %v, want %v", c.of, p, c.want[i])
			}
		}
	}
}

// beats is the probability that X ~ Beta(a, b) is larger than Y ~ Beta(c, d) for whole a,
// as a finite sum: Σ_{i<a} B(c + i, b + d)/((b + i)·B(1 + i, b)·B(c, d)).
func beats(x, y Beta) float64 {
	sum := 0.
	for i := 0.; i < x.A; i++ {
		sum += math.Exp(mathext.Lbeta(y.A+i, x.B+y.B) - math.Log(x.B+i) - mathext.Lbeta(1+i, x.B) - mathext.Lbeta(y.A, y.B))
	}
	return sum
}

// TestBestOfTwoIsTheFiniteSum, with shapes from one hour to a hundred thousand.
func TestBestOfTwoIsTheFiniteSum(t *testing.T) {
	for _, c := range [][2]Beta{
		{{1, 1}, {1, 5}}, {{12, 7}, {9, 11}}, {{3, 400}, {2, 1}}, {{1, 90}, {90, 1}}, {{2000, 1900}, {50, 55}}, {{500, 500}, {50_000, 50_010}}, {{2, .5}, {1, .5}},
	} {
		got, want := Best(c[:]), beats(c[0], c[1])
		if math.Abs(got[0]-want) > 1e-9 {
			t.Errorf("%v: %v, want %v", c, got[0], want)
		}
	}
}

// TestBestAgreesWithDraws: the share of draws in which each is the largest.
func TestBestAgreesWithDraws(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, of := range [][]Beta{
		{{12, 7}, {9, 11}, {30, 22}, {1, 1}},
		{{.5, .5}, {.5, 3}, {2, .7}},
		{{600, 500}, {580, 510}, {61, 50}, {3, 2}, {1, 1}, {9, 30}, {220, 200}, {4, 4}},
	} {
		const draws = 100_000
		won := make([]int, len(of))
		for range draws {
			best, at := -1., 0
			for i, b := range of {
				if x := (distuv.Beta{Alpha: b.A, Beta: b.B, Src: rng}).Rand(); x > best {
					best, at = x, i
				}
			}
			won[at]++
		}
		for i, p := range Best(of) {
			seen := float64(won[i]) / draws
			if math.Abs(seen-p) > 5*math.Sqrt(p*(1-p)/draws)+1e-5 {
				t.Errorf("%v: %d is the best in %v of the draws, and %v was computed", of, i, seen, p)
			}
		}
	}
}

// The laws: chances are chances, and sum to 1; the order of the shares does not matter;
// another success makes an action likelier to be the best and no other.
func TestBestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := rapid.Custom(func(t *rapid.T) Beta {
			scale := math.Pow(10, rapid.Float64Range(0, 4).Draw(t, "hours"))
			m := rapid.Float64Range(.001, .999).Draw(t, "mean")
			return Beta{max(leastShape, scale*m), max(leastShape, scale*(1-m))}
		})
		of := rapid.SliceOfN(one, 2, 6).Draw(t, "of")
		best := Best(of)
		sum := 0.
		for _, p := range best {
			if !(p >= 0 && p <= 1) {
				t.Fatalf("%v: %v", of, best)
			}
			sum += p
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Fatalf("%v sum to %v", best, sum)
		}
		turned := append([]Beta{of[len(of)-1]}, of[:len(of)-1]...)
		for i, p := range Best(turned) {
			if q := best[(i+len(of)-1)%len(of)]; math.Abs(p-q) > 1e-9 {
				t.Fatalf("%v: %v in one order, %v in another", of, q, p)
			}
		}
		more := append([]Beta(nil), of...)
		more[0] = more[0].Seen(Count{Better: 1})
		for i, p := range Best(more) {
			if i == 0 && p < best[0]-1e-9 || i > 0 && p > best[i]+1e-9 {
				t.Fatalf("%v: a success of the first changes %v to %v", of, best[i], p)
			}
		}
	})
}

func TestBestPanics(t *testing.T) {
	for name, of := range map[string][]Beta{"nothing": nil, "shape": {{.1, 1}}, "NaN": {{math.NaN(), 1}}, "infinite": {{math.Inf(1), 1}}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			Best(of)
		}()
	}
}

func BenchmarkBest(b *testing.B) {
	of := []Beta{{12, 7}, {9, 11}, {30, 22}, {1, 1}, {600, 500}, {61, 50}, {220, 200}, {9, 30}}
	b.Run("3", func(b *testing.B) {
		for b.Loop() {
			Best(of[:3])
		}
	})
	b.Run("8", func(b *testing.B) {
		for b.Loop() {
			Best(of)
		}
	})
}
