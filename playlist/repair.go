package playlist

import (
	"context"
	"math"
	"slices"
)

// Weights of missing a bar by as much as the bar itself, as shares of the cost. (d)
const (
	firstWeight   = .05
	weightGrowth  = 2.5
	weights       = 7
	openForRepair = 32 // candidates of each kind, the nearest to each slot
	hopeful       = .8 // three weights without getting the misses below this share of them is the last
)

// repair changes a sequence that meets the hard constraints but misses bars until
// it passes them, at as little cost as local search can: what is missed is priced,
// ever more dearly, and improve's moves are made against the sum. It reports
// whether the bars are passed; the rules are those that hold them, and hard those
// without. O(n⁴) a round.
func (p *problem) repair(ctx context.Context, seq []int32, hard rules) (bool, error) {
	q := *p
	q.rules = hard
	if math.IsInf(q.cost(seq), 1) {
		return false, nil
	}
	m := mover{ctx: ctx, p: &q, seq: seq, try: slices.Clone(seq), open: q.nearest(openForRepair)}
	weight, missed, vain := firstWeight*q.cost(seq), p.misses(seq), 0
	for range weights {
		m.extra = func(seq []int32) float64 { return weight * p.misses(seq) }
		m.cost, m.slack = q.cost(seq)+m.extra(seq), m.extra(seq)
		for improved := true; improved && ctx.Err() == nil; {
			improved = m.replace()
			improved = m.reorder() || improved
			m.slack = m.extra(seq)
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if p.feasible(seq) {
			return true, p.improve(ctx, seq)
		}
		if now := p.misses(seq); now > hopeful*missed {
			if vain++; vain == 3 {
				break
			}
		} else {
			missed, vain = now, 0
		}
		weight *= weightGrowth
	}
	return false, nil
}

// misplaced reports whether a sequence misses a bar that no order of its tracks
// passes, or hardly any.
func (p *problem) misplaced(seq []int32) bool {
	return !p.inPlace(seq) || p.leads(seq) < p.rules.lead
}

// misses returns by how much a sequence misses the bars of its rules, each as a
// share of the bar; 0 if it passes them.
func (p *problem) misses(seq []int32) float64 {
	r := p.rules
	over := func(x, bar, least float64) float64 { return max(0, x-bar) / max(bar, least) }
	sum := over(p.longestStep(seq), r.maxStep+1e-12, .01)
	if !math.IsInf(r.backtrack, 1) {
		sum += over(p.backtrack(seq), r.backtrack, .01) + over(float64(p.discord(seq)), float64(r.discord), 1)
	}
	if !math.IsInf(r.place, 1) {
		sum += over(p.endError(seq), r.place, .01) + over(p.rmse(seq), r.place, .01)
		if !p.arc.level {
			sum += over(p.startError(seq), r.place, .01)
		}
	}
	return sum + float64(max(0, r.lead-p.leads(seq)))/float64(max(1, r.lead))
}
