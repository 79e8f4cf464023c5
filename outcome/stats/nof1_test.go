package stats_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"segue/outcome/stats"
)

// pairsOf makes a crossover of pairs with the differences given, arm 1 first in every
// other pair.
func pairsOf(d ...float64) []stats.Period {
	var p []stats.Period
	for i, x := range d {
		one, other := stats.Period{Block: i, Arm: 1, Y: 1 + x}, stats.Period{Block: i, Arm: 0, Y: 1}
		if i%2 == 0 {
			p = append(p, one, other)
		} else {
			p = append(p, other, one)
		}
	}
	return p
}

// TestCrossoverByHand: six pairs that all favour arm 1. One order of 64 gives as much,
// so p = 2/64. The 1.6th smallest of the 63 means of subsets is the smallest difference.
func TestCrossoverByHand(t *testing.T) {
	c := stats.Crossover(pairsOf(1, 2, 3, 4, 5, 6), stats.CrossoverOptions{})
	if c.P != 2./64 || c.SmallestP != 2./64 || !c.CanTell || !c.Exact || c.N != 6 || c.Sessions != 12 || c.Enough {
		t.Errorf("six pairs: %+v", c)
	}
	same(t, "difference", c.Difference.Value, 3.5, 1e-12)
	same(t, "lo", c.Difference.Lo, 1, 1e-12)
	same(t, "hi", c.Difference.Hi, 6, 1e-12)
	same(t, "Hodges–Lehmann", c.Pairs.Value, 3.5, 1e-12)

	// One block of four with arm 1 in two sessions: 6 orders. T = 3.5 − 1.5 = 2 is the
	// largest of them, so p = 2/6.
	c = stats.Crossover([]stats.Period{{1, 0, 1}, {1, 0, 2}, {1, 1, 3}, {1, 1, 4}}, stats.CrossoverOptions{})
	same(t, "p of one block", c.P, 2./6, 1e-12)
	same(t, "difference of one block", c.Difference.Value, 2, 1e-12)

	// Five pairs can show nothing.
	c = stats.Crossover(pairsOf(9, 9, 9, 9, 9.5), stats.CrossoverOptions{})
	if c.CanTell || c.P != 2./32 || c.Difference.Lo.Known() || !strings.Contains(c.Difference.Reason, "5 blocks") || !strings.Contains(strings.Join(c.Notes, " "), "cannot be below 0.062") {
		t.Errorf("five pairs: %+v", c)
	}
}

// TestCrossoverAgainstAllOrders tries all orders of blocks of several sizes, at 0 and at
// many differences taken off arm 1: those within the interval are not rejected, those
// outside are.
func TestCrossoverAgainstAllOrders(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 30 {
		var periods []stats.Period
		for b := range 4 + rng.IntN(3) {
			size := 2 + rng.IntN(2)
			ones := 1 + rng.IntN(size-1)
			for i, at := range rng.Perm(size) {
				arm := 0
				if at < ones {
					arm = 1
				}
				_ = i
				periods = append(periods, stats.Period{Block: b, Arm: arm, Y: math.Round(10*(rng.NormFloat64()+float64(arm))) / 10})
			}
		}
		for _, level := range []float64{.95, .8} {
			c := stats.Crossover(periods, stats.CrossoverOptions{Level: level})
			up, down, total := allOrders(periods, 0)
			same(t, "p", c.P, min(1, 2*math.Min(up, down)/total), 1e-12)
			for range 40 {
				delta := 6*rng.Float64() - 2
				up, down, total := allOrders(periods, delta)
				rejected := up <= (1-level)/2*total || down <= (1-level)/2*total
				if rejected == c.Difference.Holds(delta) {
					t.Fatalf("%v at %v: the interval %v to %v, rejected %v (%v, %v of %v)", periods, delta, c.Difference.Lo, c.Difference.Hi, rejected, up, down, total)
				}
			}
		}
	}
}

func allOrders(periods []stats.Period, delta float64) (up, down, total float64) {
	blocks := map[int][]int{}
	y := make([]float64, len(periods))
	arm := make([]int, len(periods))
	for i, p := range periods {
		blocks[p.Block] = append(blocks[p.Block], i)
		y[i], arm[i] = p.Y-delta*float64(p.Arm), p.Arm
	}
	statistic := func(arm []int) float64 {
		s := 0.0
		for b := range len(blocks) {
			var sum, n [2]float64
			for _, i := range blocks[b] {
				sum[arm[i]] += y[i]
				n[arm[i]]++
			}
			s += sum[1]/n[1] - sum[0]/n[0]
		}
		return s / float64(len(blocks))
	}
	seen := statistic(arm)
	order := slices.Clone(arm)
	var walk func(b int)
	walk = func(b int) {
		if b == len(blocks) {
			s := statistic(order)
			total++
			if s >= seen-1e-9 {
				up++
			}
			if s <= seen+1e-9 {
				down++
			}
			return
		}
		rows := blocks[b]
		ones := 0
		for _, i := range rows {
			ones += arm[i]
		}
		for mask := range 1 << len(rows) {
			n := 0
			for k, i := range rows {
				order[i] = mask >> k & 1
				n += order[i]
			}
			if n == ones {
				walk(b + 1)
			}
		}
	}
	walk(0)
	return up, down, total
}

// TestCrossoverDrawn: 21 pairs have too many orders; the p of those drawn lies near that
// of the signed sums' normal approximation, in its own interval, and depends on the
// seed alone.
func TestCrossoverDrawn(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	d := make([]float64, 21)
	for i := range d {
		d[i] = .5 + rng.NormFloat64()
	}
	a := stats.Crossover(pairsOf(d...), stats.CrossoverOptions{Seed: 4})
	b := stats.Crossover(pairsOf(d...), stats.CrossoverOptions{Seed: 4})
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) != string(y) {
		t.Error("the same seed gives another answer")
	}
	// All 2²⁰ orders of 20 pairs, and the drawn ones of the same.
	all := stats.Crossover(pairsOf(d[:20]...), stats.CrossoverOptions{})
	if !all.Exact || a.Exact || a.PError == nil || all.PError != nil || !a.PError.Holds(float64(a.P)) {
		t.Errorf("drawn %+v, all %+v", a.Result, all.Result)
	}
	ss, sum := 0.0, 0.0
	for _, x := range d[:20] {
		ss += x * x
		sum += x
	}
	normal := math.Erfc(sum / math.Sqrt(ss) / math.Sqrt2)
	if p := float64(all.P); math.Abs(p-normal) > .03 {
		t.Errorf("p = %v of all orders, %v by the normal approximation", p, normal)
	}
}

// TestCrossoverHoldsItsLevel: with nothing between the arms p is at most .05 in at most
// 5 % of all orders, whatever the outcomes; here of a listener who gets better and better.
func TestCrossoverHoldsItsLevel(t *testing.T) {
	wrong, runs := 0, 0
	for mask := range 1 << 8 {
		var p []stats.Period
		for b := range 8 {
			first := mask >> b & 1
			p = append(p, stats.Period{Block: b, Arm: first, Y: float64(2*b) + math.Sqrt(float64(b))}, stats.Period{Block: b, Arm: 1 - first, Y: float64(2*b + 1)})
		}
		runs++
		if stats.Crossover(p, stats.CrossoverOptions{}).P <= .05 {
			wrong++
		}
	}
	if float64(wrong) > .05*float64(runs) || wrong == 0 {
		t.Errorf("%d of %d orders reject", wrong, runs)
	}
}

func TestCrossoverEdges(t *testing.T) {
	none := stats.Crossover(nil, stats.CrossoverOptions{})
	if none.P.Known() || none.Reason != "no sessions" || none.Difference.Value.Known() {
		t.Errorf("of nothing: %+v", none)
	}
	if b, err := json.Marshal(none); err != nil || strings.Contains(string(b), "NaN") {
		t.Errorf("as JSON: %s %v", b, err)
	}
	one := stats.Crossover([]stats.Period{{1, 1, .5}, {2, 1, .4}, {3, 0, .2}}, stats.CrossoverOptions{})
	if one.P.Known() || one.Incomplete != 3 || one.Reason != "no block has both arms" {
		t.Errorf("no whole block: %+v", one)
	}
	pair := stats.Crossover(pairsOf(.5), stats.CrossoverOptions{})
	if pair.P != 1 || pair.SmallestP != 1 || pair.CanTell || pair.Difference.Value != .5 {
		t.Errorf("one pair: %+v", pair)
	}
	equal := stats.Crossover(pairsOf(0, 0, 0, 0, 0, 0, 0, 0, 0, 0), stats.CrossoverOptions{})
	if equal.P != 1 || !equal.Enough || equal.Difference.Lo != 0 || equal.Difference.Hi != 0 || equal.Trend.SE.Known() || equal.Trend.Reason == "" {
		t.Errorf("all equal: %+v", equal)
	}
	// Going up whatever the arm is said.
	var up []stats.Period
	for i := range 12 {
		up = append(up, stats.Period{Block: i / 2, Arm: (i + i/2) % 2, Y: float64(i) + .01*float64(i*i%7)})
	}
	if got := stats.Crossover(up, stats.CrossoverOptions{}); !strings.Contains(strings.Join(got.Notes, " "), "went up over the sessions") {
		t.Errorf("a trend is not said: %v", got.Notes)
	}
	defer func() {
		if recover() == nil {
			t.Error("arm 2 passes")
		}
	}()
	stats.Crossover([]stats.Period{{1, 2, 0}}, stats.CrossoverOptions{})
}
