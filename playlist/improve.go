package playlist

import (
	"context"
	"math"
	"slices"
)

// longestMoved is how many tracks in a row are moved at once. (d)
const longestMoved = 3

// improve lowers the cost of a feasible sequence by local search until no move
// helps: replace a track by an unused one, swap two, reverse a stretch (2-opt), or
// move up to three in a row elsewhere (or-opt). Each move keeps every rule. It
// changes seq. O(n·m + n³) a round.
func (p *problem) improve(ctx context.Context, seq []int32) error {
	m := mover{ctx: ctx, p: p, seq: seq, try: slices.Clone(seq), cost: p.cost(seq)}
	for improved := true; improved && ctx.Err() == nil; {
		improved = m.replace()
		improved = m.reorder() || improved
	}
	return ctx.Err()
}

// mover tries moves on a copy, until its ctx ends.
type mover struct {
	ctx      context.Context
	p        *problem
	seq, try []int32
	cost     float64
	extra    func(seq []int32) float64 // added to the cost; nil for nothing
	slack    float64                   // the most a move may save of that
	open     [][]int32                 // what replace tries in each slot; nil for every candidate
}

// better takes the trial over if it is cheaper and keeps the rules, and undoes it
// otherwise.
func (m *mover) better() bool {
	c := m.p.costBelow(m.try, m.cost-1e-12)
	if c < m.cost-1e-12 && m.extra != nil {
		c += m.extra(m.try)
	}
	if c < m.cost-1e-12 && m.p.feasible(m.try) {
		copy(m.seq, m.try)
		m.cost = c
		return true
	}
	copy(m.try, m.seq)
	return false
}

// replace tries every candidate in every slot, or what is open there.
func (m *mover) replace() (improved bool) {
	p := m.p
	for i := range m.seq {
		if m.ctx.Err() != nil {
			return improved
		}
		here := p.around(m.seq, i, m.seq[i]) + m.slack
		try := func(c int32) {
			if p.unary[i*p.m+int(c)] >= here || p.around(m.seq, i, c) >= here-1e-12 {
				return
			}
			m.try[i] = c
			if m.better() {
				improved, here = true, p.around(m.seq, i, m.seq[i])+m.slack
			}
		}
		if m.open != nil {
			for _, c := range m.open[i] {
				try(c)
			}
			continue
		}
		for c := range int32(p.m) {
			try(c)
		}
	}
	return improved
}

// around returns what candidate c costs in slot i between its neighbours.
func (p *problem) around(seq []int32, i int, c int32) float64 {
	cost := p.unary[i*p.m+int(c)]
	if math.IsInf(cost, 1) {
		return cost
	}
	if i > 0 {
		cost += p.step(seq[i-1], c)
	}
	if i+1 < len(seq) {
		cost += p.step(c, seq[i+1])
	}
	return cost
}

// reorder tries every swap, reversal and move of a stretch.
func (m *mover) reorder() (improved bool) {
	n := len(m.seq)
	for i := range n {
		if m.ctx.Err() != nil {
			return improved
		}
		for j := i + 1; j < n; j++ {
			m.try[i], m.try[j] = m.try[j], m.try[i]
			improved = m.better() || improved
			if j > i+1 { // a reversal of two is a swap
				slices.Reverse(m.try[i : j+1])
				improved = m.better() || improved
			}
		}
	}
	for length := 1; length <= longestMoved; length++ {
		for i := 0; i+length <= n && m.ctx.Err() == nil; i++ {
			for to := 0; to+length <= n; to++ {
				if to == i || length == 1 && (to == i-1 || to == i+1) {
					continue // nothing moves, or it is a swap of neighbours
				}
				shift(m.try, i, to, length)
				improved = m.better() || improved
			}
		}
	}
	return improved
}

// shift moves length elements from place i to place to.
func shift(s []int32, i, to, length int) {
	var held [longestMoved]int32
	copy(held[:], s[i:i+length])
	if to > i {
		copy(s[i:to], s[i+length:to+length])
	} else {
		copy(s[to+length:i+length], s[to:i])
	}
	copy(s[to:to+length], held[:length])
}

// costBelow returns the cost of a sequence, or something no lower than limit as
// soon as it is known to be so.
func (p *problem) costBelow(seq []int32, limit float64) float64 {
	j := 0.0
	for i, c := range seq {
		if j += p.unary[i*p.m+int(c)]; i > 0 {
			if j >= limit {
				return j
			}
			j += p.step(seq[i-1], c)
		}
	}
	return j
}
