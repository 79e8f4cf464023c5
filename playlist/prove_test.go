package playlist

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"segue"
	"segue/internal/racetest"
)

// smallProblem makes an instance of few tracks with every kind of rule: songs of
// several recordings, tracks of up to three artists, locks, wishes, a sad path's end,
// and lengths from one to ten minutes that bind.
func smallProblem(t *testing.T, rng *rand.Rand) *problem {
	m := 2 + rng.IntN(7)
	n := min(m, 1+rng.IntN(5))
	if m >= 7 && rng.IntN(3) == 0 {
		n = 6
	}
	lib := syntheticLibrary(t, m, rng.Uint64(), 1+rng.IntN(8), rng.IntN(2) == 0)
	rows := make([]int32, m)
	for i := range rows {
		rows[i] = int32(i)
	}
	pick := func() (v float64) { return float64(rng.IntN(101)) / 100 }
	from, to := lib.Positions[rng.IntN(m)], lib.Positions[rng.IntN(m)]
	if rng.IntN(3) == 0 {
		to = from // nothing but the order of tempi and keys decides
	}
	l, s, e := newLimits(from, to, rng.IntN(4) == 0)
	p := newProblem(lib, rows, n, newArc(s, e, defaultArc(t), l), [3]float64{pick(), pick(), pick()}, newEligible(lib, Exclusions{}, l))
	for c := range m {
		if rng.IntN(4) == 0 {
			p.song[c] = p.song[rng.IntN(m)]
		}
		if p.ms[c] = int64(60_000 + rng.IntN(120_000)); rng.IntN(2) == 0 {
			p.ms[c] = int64(180_000 + rng.IntN(420_000))
		}
		for rng.IntN(3) == 0 && len(p.artists[c]) < 3 {
			if a := int32(rng.IntN(p.names)); !credits(p.artists[c], a) {
				p.artists[c] = append(p.artists[c], a)
			}
		}
	}
	p.ruminant[rng.IntN(m)], p.ruminant[rng.IntN(m)] = true, true
	drawn := make([]int32, n) // about as long as these the hour shall be, and its end as bright
	for i, c := range rng.Perm(m)[:n] {
		drawn[i] = int32(c)
	}
	if rng.IntN(2) == 0 {
		p.tailFloor = p.tailValence(drawn) - .02*rng.Float64()
	}
	p.rules = rules{
		minutes: max(1, int(p.total(drawn)/60_000)-1+rng.IntN(3)), tolerance: int64(30_000 + rng.IntN(300_000)), cap: 1 + rng.IntN(3), spacing: 1 + rng.IntN(3),
		familiar: rng.IntN(2) == 0, maxStep: .2 + 1.3*rng.Float64(), backtrack: math.Inf(1), discord: math.MaxInt32, place: math.Inf(1),
	}
	if rng.IntN(3) == 0 {
		p.rules.fewer = .5
	}
	if rng.IntN(3) == 0 {
		p.locked[rng.IntN(n)] = int32(rng.IntN(m))
	}
	for range rng.IntN(5) / 2 {
		p.wished[rng.IntN(m)] = true
	}
	if rng.IntN(4) == 0 { // some are never of a mood
		p.never = make([]segue.MoodSet, m)
		for c := range p.never {
			if rng.IntN(3) == 0 {
				p.never[c] = p.never[c].With(segue.Mood(rng.IntN(segue.NumMoods)))
			}
		}
	}
	p.price(l.night)
	return p
}

// everySequence calls f with each sequence of n different candidates.
func (p *problem) everySequence(f func(seq []int32)) {
	seq := make([]int32, 0, p.n)
	var walk func()
	walk = func() {
		if len(seq) == p.n {
			f(seq)
			return
		}
		for c := range int32(p.m) {
			if !slices.Contains(seq, c) {
				seq = append(seq, c)
				walk()
				seq = seq[:len(seq)-1]
			}
		}
	}
	walk()
}

// TestAgainstEverySequence tries all sequences of thousands of small instances:
// the search finds the cheapest that keeps every rule, each bound of the
// certificate is at most that, and the best one equals it.
func TestAgainstEverySequence(t *testing.T) {
	racetest.Alone(t)
	instances := 20_000
	if testing.Short() {
		instances = 2000
	}
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(20, 26))
	solved, none, looser := 0, 0, 0
	for at := range instances {
		p := smallProblem(t, rng)
		best, worst := math.Inf(1), 0.0
		p.everySequence(func(seq []int32) {
			if j := p.cost(seq); p.feasible(seq) {
				best, worst = min(best, j), max(worst, j)
			}
		})
		found, err := p.search(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if math.IsInf(best, 1) {
			none++
			if len(found.seqs) > 0 {
				t.Fatalf("%d: found %v where nothing is feasible", at, found.seqs[0])
			}
			continue
		}
		if len(found.seqs) == 0 {
			t.Fatalf("%d: missed a sequence of cost %g", at, best)
		}
		if j := found.cost(p); j < best-1e-12 || j > best+1e-9 {
			t.Fatalf("%d: found %g, the least is %g", at, j, best)
		}
		solved++
		// Whatever sequence is known, good or bad, the bounds hold.
		for _, most := range []float64{best, (best + worst) / 2, worst} {
			c, better, err := p.prove(ctx, most, found.price)
			if err != nil {
				t.Fatal(err)
			}
			for name, bound := range map[string]float64{"assignment": c.Assignment, "viterbi": c.Viterbi, "lagrangian": c.Lagrangian, "search": c.Search} {
				if bound > best+1e-9 || bound < 0 {
					t.Fatalf("%d: the %s bound is %g, a sequence costs %g", at, name, bound, best)
				}
				if bound > c.Search+1e-12 {
					t.Fatalf("%d: the %s bound %g is above the last, %g", at, name, bound, c.Search)
				}
			}
			if !c.Optimal || c.Search < best-1e-9 {
				looser++
			}
			if better != nil {
				if !p.feasible(better) || p.cost(better) > most-1e-12 {
					t.Fatalf("%d: %v at %v is not cheaper than %v within the rules (%v)", at, better, p.cost(better), most, p.broken(better, false))
				}
				if c.Optimal && p.cost(better) > best+1e-9 {
					t.Fatalf("%d: %g is called the least, which is %g", at, p.cost(better), best)
				}
			} else if c.Optimal && most > best+1e-9 {
				t.Fatalf("%d: nothing is said to be cheaper than %g, but %g is", at, most, best)
			}
		}
	}
	t.Logf("%d instances solved, %d without a sequence, %d bounds below the least cost", solved, none, looser)
	if solved < instances/8 {
		t.Errorf("only %d of %d instances have a sequence", solved, instances)
	}
	if looser > 0 {
		t.Errorf("%d bounds of such small instances are not the least cost", looser)
	}
}

// TestBoundsOfNarrowSearches cripples the proof: beams of width 1 to 5, prices drawn
// at random or by assignment alone, any songs remembered anywhere. Its bounds are poor
// and still bounds.
func TestBoundsOfNarrowSearches(t *testing.T) {
	racetest.Alone(t)
	instances := 20_000
	if testing.Short() {
		instances = 2000
	}
	rng := rand.New(rand.NewPCG(20, 27))
	for at := range instances {
		p := smallProblem(t, rng)
		best := math.Inf(1)
		p.everySequence(func(seq []int32) {
			if p.feasible(seq) {
				best = min(best, p.cost(seq))
			}
		})
		if math.IsInf(best, 1) {
			continue
		}
		most := best + rng.Float64()*.1
		open := p.below(most)
		if empty(open) {
			if most > best+1e-12 {
				t.Fatalf("%d: everything cheaper than %g was closed, %g is", at, most, best)
			}
			continue
		}
		table := p.newStepTable(open)
		ts := p.newTallies()
		price := make([]float64, len(ts.rules))
		for k, r := range ts.rules {
			price[k] = rng.Float64() * .02
			if !math.IsInf(r.lo, -1) && rng.IntN(2) == 0 {
				price[k] = -price[k]
			}
		}
		l := p.newLattice(open)
		d := p.newDual(context.Background(), l, ts, price)
		if assigned := p.assigned(l, table); assigned > best+1e-9 {
			t.Fatalf("%d: assigned, the least is %g, of all %g", at, assigned, best)
		}
		if err := table.sweep(d, rng.IntN(500)); err != nil || min(d.least(), most) > best+1e-9 {
			t.Fatalf("%d: swept, the least is %g, of all %g (%v)", at, d.least(), best, err)
		}
		if err := l.layOut(context.Background(), table.step); err != nil {
			t.Fatal(err)
		}
		if rng.IntN(2) == 0 {
			d.assign(1+rng.IntN(assignRounds), most)
		}
		if rng.IntN(2) == 0 {
			if err := d.ascend(1+rng.IntN(30), math.MaxInt64, most, false); err != nil {
				t.Fatal(err)
			}
			d.best = math.Inf(-1)
		}
		if rng.IntN(2) == 0 {
			d.memory = d.newMemory()
			d.memory.most = 1 + rng.IntN(4)
			d.memory.bits = min(64, p.songs)
			for s := range d.memory.bits {
				d.memory.bit[s] = int8(s)
				d.memory.near[s] = rng.Uint64() & (1<<d.memory.bits - 1)
			}
		}
		value, _ := d.value(most)
		if !(min(value, most) <= best+1e-9) || math.IsInf(value, -1) {
			t.Fatalf("%d: priced, the least is %g, of all %g", at, value, best)
		}
		if rng.IntN(2) == 0 {
			d.close(most)
			if empty(l.open) {
				if most > best+1e-9 {
					t.Fatalf("%d: everything cheaper than %g was closed at prices, %g is", at, most, best)
				}
				continue
			}
		}
		found, b, err := d.search(1+rng.IntN(5), most, 1)
		if err != nil {
			t.Fatal(err)
		}
		left := min(most, b.dropped)
		if len(found) > 0 {
			left = min(left, p.cost(found[0]))
		}
		if left > best+1e-9 {
			t.Fatalf("%d: nothing is left below %g, but %g is there", at, left, best)
		}
	}
}

// TestStepIsStepCost: a step costs what the cost says, or is forbidden for the reasons
// there are, however short it may be at most.
func TestStepIsStepCost(t *testing.T) {
	rng := rand.New(rand.NewPCG(20, 28))
	for range 2000 {
		p := smallProblem(t, rng)
		p.rules.maxStep = .05 + rng.Float64()
		for a := range int32(p.m) {
			for b := range int32(p.m) {
				shared := slices.ContainsFunc(p.artists[a], func(x int32) bool { return slices.Contains(p.artists[b], x) })
				want := StepCost(p.sounds[a], p.sounds[b])
				if p.song[a] == p.song[b] || p.sounds[a].At.Distance(p.sounds[b].At) > p.rules.maxStep || shared && p.rules.spacing > 1 {
					want = math.Inf(1)
				}
				if got := p.step(a, b); got != want && !(math.Abs(got-want) <= 1e-14) {
					t.Fatalf("a step costs %g, not %g", got, want)
				}
			}
		}
	}
}

// TestAssignmentByHand: slots 0 and 1 both want song 0. Giving it to slot 1
// costs 2 + 1 = 3, to slot 0 1 + 4 = 5; slot 2 has song 3 at 7 either way.
func TestAssignmentByHand(t *testing.T) {
	inf := math.Inf(1)
	if got, _, _ := assignment([][]float64{{1, 2, inf, inf}, {1, 5, 4, 9}, {inf, inf, inf, 7}}); got != 10 {
		t.Errorf("got %g, want 2 + 1 + 7 = 10", got)
	}
	if got, _, _ := assignment([][]float64{{1, inf}, {1, inf}}); !math.IsInf(got, 1) {
		t.Errorf("one song for two slots costs %g", got)
	}
	if got, _, _ := assignment(nil); got != 0 {
		t.Errorf("no slots cost %g", got)
	}
}

// TestAssignmentAgainstEveryOne agrees with trying all assignments.
func TestAssignmentAgainstEveryOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(rt, "n")
		m := rapid.IntRange(n, 7).Draw(rt, "m")
		cost := make([][]float64, n)
		for i := range cost {
			for range m {
				v := float64(rapid.IntRange(0, 20).Draw(rt, "cost"))
				if v > 17 {
					v = math.Inf(1)
				}
				cost[i] = append(cost[i], v)
			}
		}
		var least func(i int, used uint) float64
		least = func(i int, used uint) float64 {
			if i == n {
				return 0
			}
			best := math.Inf(1)
			for g, v := range cost[i] {
				if used>>g&1 == 0 {
					best = min(best, v+least(i+1, used|1<<g))
				}
			}
			return best
		}
		got, slot, worth := assignment(cost)
		if want := least(0, 0); got != want {
			rt.Fatalf("got %g, want %g", got, want)
		}
		if math.IsInf(got, 1) {
			return
		}
		// What a song is worth makes its own slot the cheapest of all songs there.
		for g, i := range slot {
			if worth[g] > 0 || i < 0 && worth[g] != 0 {
				rt.Fatalf("song %d in slot %d is worth %g", g, i, worth[g])
			}
			for h := range slot {
				if i >= 0 && cost[i][h]-worth[h] < cost[i][g]-worth[g]-1e-9 {
					rt.Fatalf("slot %d would rather have song %d", i, h)
				}
			}
		}
	})
}

func TestProofStopsWhenCancelled(t *testing.T) {
	p := smallProblem(t, rand.New(rand.NewPCG(1, 1)))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.search(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the search ended with %v", err)
	}
	if _, _, err := p.prove(ctx, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the proof ended with %v", err)
	}
}
