package playlist

import (
	"context"
	"math"
	"slices"
)

// Numbers of the proof. (d)
const (
	leastSpells = 4       // of setting prices among the nearest candidates, at least
	proofSpells = 10      // … and at most
	proofRounds = 30      // … among all, while songs may repeat
	proofSpell  = 10      // rounds of setting prices between two looks at how far they led
	proofWork   = 250e6   // steps looked at before it gives up
	proofWidth  = 400     // of its first beam; each that follows is twice as wide
	proofNodes  = 1 << 20 // of a beam, at most: about 200 MB
	nearEnough  = .08     // of the cost: from here on a beam may close the gap,
	stalled     = .02     // … or where a spell of prices gains less than this
)

// prove returns lower bounds of the cost under the rules, the last being the best,
// and the cheapest sequence it met that is cheaper than most, nil for none. Most
// is the cost of a sequence that keeps the rules, price what its search ended with.
//
// The bounds are of all n-sequences of the m candidates under the rules that are
// sums and the steps' limits: each relaxation leaves some of these out, so that
// its least cost cannot be above the problem's. What cannot be part of a cheaper
// sequence than most is closed on the way, in every slot; the beam at the end looks
// at all that is left, and where its width drops something the least bound of that
// counts. Its work is limited by a count of steps, not by the clock: the same
// problem has the same certificate everywhere.
func (p *problem) prove(ctx context.Context, most float64, price []float64) (Certificate, []int32, error) {
	c := Certificate{}
	open := p.below(most)
	if empty(open) || most <= nothing {
		c.Assignment, c.Viterbi, c.Lagrangian, c.Search, c.Optimal = most, most, most, most, true
		return c, nil, ctx.Err()
	}
	table := p.newStepTable(open)
	l := p.newLattice(open)
	t := p.newTallies()
	c.Assignment = min(most, p.assigned(l, table))
	plain := p.newDual(ctx, l, t, nil)
	if err := table.sweep(plain, sweepWork); err != nil {
		return c, nil, err
	}
	c.Viterbi = min(most, plain.least())
	// Prices are found cheaply among few candidates, and hold among all nearly as well.
	near := p.newLattice(p.nearest(p.openings()[0]))
	if err := near.layOut(ctx, p.step); err != nil {
		return c, nil, err
	}
	first := p.newDual(ctx, near, t, price)
	if price == nil {
		first.assign(assignRounds, most)
	}
	if err := first.climb(leastSpells, proofSpells, proofWork/4, most, false); err != nil {
		return c, nil, err
	}
	d := p.newDual(ctx, l, t, first.bestPrice)
	d.work, d.rounds = first.work, first.rounds
	if err := table.sweep(d, sweepWork); err != nil {
		return c, nil, err
	}
	d.plain = d.least()
	d.best = max(c.Assignment, c.Viterbi, d.plain)
	d.shut(most)
	best, err := d.settle(table, most)
	if err != nil {
		return c, nil, err
	}
	c.Lagrangian = min(most, max(d.plain, c.Viterbi))
	c.Rounds = d.rounds
	if best != nil {
		most = min(most, p.cost(best))
	}
	c.Search = min(most, max(d.best, c.Lagrangian, c.Assignment))
	c.Optimal = c.Search >= most-nothing
	return c, best, nil
}

// settle sets prices and searches in turn until nothing cheaper than most is open,
// its work is done, or what is open does not fit into memory. It leaves the best
// bound in d.best.
func (d *dual) settle(table *stepTable, most float64) (best []int32, err error) {
	p := d.p
	if empty(d.l.open) {
		d.best = most
		return nil, nil
	}
	if d.l.size() > mostSteps {
		return nil, nil
	}
	if err := d.l.layOut(d.ctx, table.step); err != nil {
		return nil, err
	}
	if err := d.ascend(proofRounds, proofWork/4, most, true); err != nil {
		return nil, err
	}
	d.plain = max(d.plain, d.best)
	if !empty(d.l.open) && d.best < most {
		d.memory = d.newMemory()
	}
	for width := proofWidth; d.best < most && d.work < proofWork && width*p.n <= proofNodes; {
		before := d.best
		if err := d.ascend(proofSpell, proofWork-d.work, most, true); err != nil {
			return nil, err
		}
		if d.best >= most || empty(d.l.open) {
			d.best = most
			break
		}
		if most-d.best > nearEnough*most && d.best-before > stalled*most && d.work < proofWork {
			continue
		}
		found, b, err := d.search(width, most, 1)
		if err != nil {
			return nil, err
		}
		width *= 2
		left := min(b.dropped, most) // nothing else is cheaper than this
		if len(found) > 0 {
			best = found[0]
			most = min(most, p.cost(best))
			if err := p.improve(d.ctx, best); err != nil {
				return nil, err
			}
			// Local search may find what the lattice no longer holds.
			left, most = min(left, most), min(most, p.cost(best))
		}
		d.best = min(most, max(d.best, left))
	}
	return best, nil
}

// least returns the least priced cost of a sequence by the sums of the first slot.
func (d *dual) least() float64 {
	best := math.Inf(1)
	for a, v := range d.priced[0] {
		best = min(best, v+d.togo[0][a])
	}
	return best + d.constant
}

// assigned returns the bound of giving each slot a song of its own: each step's
// cost is shared by the two tracks it joins, and each takes its cheapest. O(n²·m).
func (p *problem) assigned(l *lattice, table *stepTable) float64 {
	half := make([]float64, p.m) // of the cheapest step from or to each candidate
	if table.cost != nil && p.n > 1 {
		for c, i := range table.index {
			if i >= 0 {
				half[c] = slices.Min(table.cost[int(i)*table.size:][:table.size]) / 2
			}
		}
	}
	cost := make([][]float64, p.n)
	for i, slot := range l.open {
		cost[i] = make([]float64, p.songs)
		for g := range cost[i] {
			cost[i][g] = math.Inf(1)
		}
		steps := 2.0
		if i == 0 || i == p.n-1 {
			steps = 1
		}
		for a, c := range slot {
			if v := l.cost[i][a] + steps*half[c]; v < cost[i][p.song[c]] {
				cost[i][p.song[c]] = v
			}
		}
	}
	total, _, _ := assignment(cost)
	return total
}
