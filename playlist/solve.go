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

	priceRounds  = 30 // of setting prices while songs may repeat
	memoryRounds = 14 // … while they are remembered
)

// openings returns how many candidates of each kind a search opens in a slot:
// the nearest first, and more if these make no sequence.
func openings() []int { return []int{48, 240} }

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
	for _, k := range openings() {
		open := p.nearest(k)
		if empty(open) {
			return out, nil
		}
		l := p.newLattice(open)
		l.layOut(p.step)
		if err := p.searchIn(ctx, l, t, out); err != nil {
			return nil, err
		}
		if len(out.seqs) > 0 || p.m <= 2*k {
			return out, nil
		}
	}
	return out, nil
}

// backPrices returns what going back on the way is made to cost, one after another,
// in units of cost a unit of the plane, until a sequence passes the bars.
func backPrices() []float64 { return []float64{.03, .08, .2, .5} }

// searchBarred is search under rules that hold bars too, which no sum and no price
// of a track speaks of. Going back, which most of them come down to, is given a
// price first; what that does not lead to, a wide beam may find.
func (p *problem) searchBarred(ctx context.Context) (*answer, error) {
	out := &answer{}
	if !math.IsInf(p.rules.backtrack, 1) {
		q := *p
		q.rules.backtrack, q.rules.discord = math.Inf(1), math.MaxInt32
		for _, q.backPrice = range backPrices() {
			found, err := q.search(ctx)
			if err != nil {
				return nil, err
			}
			if len(found.seqs) == 0 {
				return out, nil // nor will any pass that goes back less
			}
			passing := slices.DeleteFunc(found.seqs, func(seq []int32) bool { return !p.feasible(seq) })
			if err := p.add(ctx, out, passing); err != nil {
				return nil, err
			}
			if len(out.seqs) > 0 {
				return out, nil
			}
		}
	}
	return p.search(ctx)
}

// searchIn searches a lattice, and adds to an answer.
func (p *problem) searchIn(ctx context.Context, l *lattice, t *tallies, out *answer) error {
	d := p.newDual(l, t, out.price)
	found, _, err := d.search(ctx, firstWidth, math.Inf(1), 1)
	if err != nil {
		return err
	}
	if err := p.add(ctx, out, found); err != nil {
		return err
	}
	most := out.cost(p)
	if ordered := !math.IsInf(p.rules.backtrack, 1); ordered || math.IsInf(most, 1) {
		// No cost is known to be reachable, or the rules are not those the bound is
		// of: prices are set against a guess, and nothing is closed.
		guess, path := d.value(math.Inf(1))
		if path == nil {
			return nil
		}
		guess += max(guess/2, .01*float64(p.n))
		d.ascend(priceRounds, math.MaxInt64, guess, false)
		for _, width := range [...]int{beamWidth, 4 * beamWidth} {
			found, _, err = d.search(ctx, width, math.Inf(1), kept)
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
	d.ascend(priceRounds, math.MaxInt64, most, true)
	if d.best < most && !empty(d.l.open) {
		d.memory = d.newMemory()
		d.ascend(memoryRounds, math.MaxInt64, most, true)
	}
	if d.best < most && !empty(d.l.open) {
		found, _, err = d.search(ctx, beamWidth, most, kept)
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
