package playlist

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestBoundAgainstEverySequence tries all sequences of few tracks: none that has
// each song once is cheaper than the bound, whatever cost it was given to beat.
func TestBoundAgainstEverySequence(t *testing.T) {
	var bounded, tight int
	rapid.Check(t, func(rt *rapid.T) {
		m, n := rapid.IntRange(2, 7).Draw(rt, "m"), rapid.IntRange(1, 4).Draw(rt, "n")
		lib := syntheticLibrary(t, m, rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(1, 6).Draw(rt, "artists"), false)
		l, s, e := newLimits(drawAffect(rt, "from"), drawAffect(rt, "to"), rapid.Bool().Draw(rt, "night"))
		rows := make([]int32, m)
		for i := range rows {
			rows[i] = int32(i)
		}
		p := newProblem(lib, rows, min(n, m), newArc(s, e, defaultArc(t), l), [3]float64{}, newEligible(lib, Exclusions{}, l))
		p.song[m-1] = p.song[0] // two recordings of one song
		p.rules = rules{minutes: 60, maxStep: rapid.Float64Range(.2, 1.5).Draw(rt, "step"), place: math.Inf(1)}
		p.price(l.night)
		best, worst := math.Inf(1), 0.0
		seq := make([]int32, 0, p.n)
		var walk func()
		walk = func() {
			if len(seq) == p.n {
				if j := p.cost(seq); p.songsDiffer(seq) && !math.IsInf(j, 1) {
					best, worst = min(best, j), max(worst, j)
				}
				return
			}
			for c := range int32(m) {
				if !slices.Contains(seq, c) {
					seq = append(seq, c)
					walk()
					seq = seq[:len(seq)-1]
				}
			}
		}
		walk()
		if math.IsInf(best, 1) {
			return
		}
		for _, most := range []float64{best, (best + worst) / 2, worst} {
			got, err := p.bound(context.Background(), l.night, most)
			if err != nil {
				rt.Fatal(err)
			}
			if got > best+1e-9 || got < 0 {
				rt.Fatalf("the bound is %g, a sequence costs %g", got, best)
			}
			if most == best {
				bounded++
				if got > .9*best {
					tight++
				}
			}
		}
	})
	t.Logf("within a tenth of the least cost %d times in %d", tight, bounded)
	if tight < bounded/2 {
		t.Errorf("within a tenth of the least cost only %d times in %d", tight, bounded)
	}
}

func TestBoundStopsWhenCancelled(t *testing.T) {
	lib := syntheticLibrary(t, 20, 1, 20, false)
	l, s, e := newLimits(lib.Positions[0], lib.Positions[1], false)
	p := newProblem(lib, []int32{0, 1, 2, 3}, 2, newArc(s, e, defaultArc(t), l), [3]float64{}, newEligible(lib, Exclusions{}, l))
	p.rules.maxStep = math.Inf(1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.bound(ctx, false, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
