package playlist

import (
	"context"
	"math"
	"slices"
)

// Numbers of the search. (d)
const (
	firstWidth = 24  // of the beam that finds a first sequence
	beamWidth  = 160 // of the one that follows prices
	kept       = 6   // sequences that local search goes on with

	assignRounds = 25 // of setting prices by assignment
	priceSpells  = 5  // of setting prices while songs may repeat, at most
	memoryRounds = 14 // … while they are remembered
)

// openings returns how many candidates of each kind a search opens in a slot: the
// nearest first, and more if these make no sequence, as far as the steps between
// them can be laid out.
func (p *problem) openings() []int {
	most := int(math.Sqrt(float64(mostSteps) / float64(p.n)))
	if p.bands != nil {
		most /= 2 // there are familiar and other ones
	}
	return []int{min(48, most), min(240, most)}
}

// An answer is what a search found.
type answer struct {
	seqs  [][]int32 // that meet every rule, cheapest first
	price []float64 // of the tallies, found on the way
}

// cost returns the least cost found, +Inf if nothing was.
func (a *answer) cost(p *problem) float64 {
	if a == nil || len(a.seqs) == 0 {
		return math.Inf(1)
	}
	return p.cost(a.seqs[0])
}

// search looks for cheap sequences under the rules among the candidates nearest
// to each slot: a narrow beam finds a first one, prices are set against it, and a
// wider beam follows them; local search ends it. An answer without sequences
// means that it found none.
func (p *problem) search(ctx context.Context) (*answer, error) {
	t := p.newTallies()
	out := &answer{}
	for _, k := range p.openings() {
		open := p.nearest(k)
		if empty(open) {
			return out, nil
		}
		l := p.newLattice(open)
		if err := l.layOut(ctx, p.step); err != nil {
			return nil, err
		}
		if err := p.searchIn(ctx, l, t, out); err != nil {
			return nil, err
		}
		if len(out.seqs) > 0 || p.m <= 2*k {
			return out, nil
		}
	}
	return out, nil
}

// closeEnough is how many times the cost of the hour without bars the hour with them
// may cost without being searched for on. (d)
const closeEnough = 1.02

// mended is how many sequences of each search are repaired. (d)
const mended = 3

// backPrices returns what going back on the way is made to cost where a bar limits
// it, in units of cost a unit of the plane, one after another. (d)
func backPrices() []float64 { return []float64{.02, .05, .1, .2, .5} }

// searchBarred looks for cheap sequences under rules that hold bars too, which are
// no sums. Those found under the hard constraints are repaired; then those found
// where the first and last tracks must be near themselves; then those found with
// ever higher prices on going back, which most bars come down to, until one passes
// as it was found. Least is what the hour costs without bars: one that costs hardly
// more is searched for no further.
func (p *problem) searchBarred(ctx context.Context, found *answer, hard rules, least float64) (*answer, error) {
	out := &answer{}
	misplaced, err := p.mend(ctx, found, hard, out)
	if err != nil {
		return nil, err
	}
	enough := closeEnough * least
	if out.cost(p) <= enough {
		return out, nil
	}
	q := *p
	q.rules = hard
	q.rules.maxStep = p.rules.maxStep
	prices := backPrices()
	if misplaced {
		if len(out.seqs) > 0 {
			return out, nil
		}
		prices = []float64{0}
	}
	for _, q.backPrice = range prices {
		found, err := q.search(ctx)
		if err != nil {
			return nil, err
		}
		if _, err := p.mend(ctx, found, hard, out); err != nil {
			return nil, err
		}
		if len(found.seqs) == 0 || p.feasible(found.seqs[0]) || out.cost(p) <= enough || math.IsInf(p.rules.backtrack, 1) {
			break
		}
	}
	return out, nil
}

// mend repairs the cheapest sequences found and adds those that then pass the bars
// to an answer. It reports whether the cheapest of all misses a bar that its order
// has no part in.
func (p *problem) mend(ctx context.Context, found *answer, hard rules, out *answer) (misplaced bool, err error) {
	var passing [][]int32
	for at, seq := range found.seqs[:min(mended, len(found.seqs))] {
		misplaced = misplaced || at == 0 && p.misplaced(seq)
		seq = slices.Clone(seq)
		passes, err := p.repair(ctx, seq, hard)
		if err != nil {
			return false, err
		}
		if passes {
			passing = append(passing, seq)
		}
	}
	return misplaced, p.add(ctx, out, passing)
}

// searchIn searches a lattice, and adds to an answer.
func (p *problem) searchIn(ctx context.Context, l *lattice, t *tallies, out *answer) error {
	d := p.newDual(ctx, l, t, out.price)
	found, _, err := d.search(firstWidth, math.Inf(1), 1)
	if err != nil {
		return err
	}
	if err := p.add(ctx, out, found); err != nil {
		return err
	}
	most := out.cost(p)
	if math.IsInf(most, 1) {
		// No cost is known to be reachable: prices are set against a guess, and
		// nothing is closed.
		guess, path := d.value(math.Inf(1))
		if path == nil {
			return nil
		}
		guess += max(guess/2, .01*float64(p.n))
		d.assign(assignRounds, guess)
		if err := d.climb(1, priceSpells, math.MaxInt64, guess, false); err != nil {
			return err
		}
		for _, width := range [...]int{beamWidth, 4 * beamWidth} {
			found, _, err = d.search(width, math.Inf(1), kept)
			if err != nil {
				return err
			}
			if err := p.add(ctx, out, found); err != nil {
				return err
			}
			if len(out.seqs) > 0 {
				break
			}
		}
		out.price = d.bestPrice
		return nil
	}
	d.assign(assignRounds, most)
	if err := d.climb(1, priceSpells, math.MaxInt64, most, true); err != nil {
		return err
	}
	if d.best < most && !empty(d.l.open) {
		d.memory = d.newMemory()
		if err := d.ascend(memoryRounds, math.MaxInt64, most, true); err != nil {
			return err
		}
	}
	if d.best < most && !empty(d.l.open) {
		found, _, err = d.search(beamWidth, most, kept)
		if err != nil {
			return err
		}
	}
	out.price = d.bestPrice
	return p.add(ctx, out, found)
}

// add puts sequences through local search and into an answer: as they were found
// and as they became, each once.
func (p *problem) add(ctx context.Context, out *answer, found [][]int32) error {
	for _, seq := range found {
		better := slices.Clone(seq)
		if err := p.improve(ctx, better); err != nil {
			return err
		}
		for _, s := range [...][]int32{better, seq} {
			if !slices.ContainsFunc(out.seqs, func(o []int32) bool { return slices.Equal(o, s) }) {
				out.seqs = append(out.seqs, s)
			}
		}
	}
	slices.SortStableFunc(out.seqs, func(a, b []int32) int {
		x, y := p.cost(a), p.cost(b)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return nil
}
