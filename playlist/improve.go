package playlist

import (
	"context"
	"slices"
)

// improve lowers the cost of a feasible sequence by local search until no move
// helps: replace a track by an unused one, swap two, or reverse a stretch
// (2-opt). Each move keeps every rule. It changes seq. O(n·m + n³) a round.
func (p *problem) improve(ctx context.Context, seq []int32) error {
	cost := p.cost(seq)
	try := slices.Clone(seq)
	better := func() bool {
		c := p.cost(try)
		if c < cost-1e-12 && p.feasible(try) {
			copy(seq, try)
			cost = c
			return true
		}
		copy(try, seq)
		return false
	}
	for improved := true; improved; {
		improved = false
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range seq {
			for c := range int32(p.m) {
				if p.replaceGain(seq, i, c) > 1e-12 {
					try[i] = c
					improved = better() || improved
				}
			}
		}
		for i := range seq {
			for j := i + 1; j < len(seq); j++ {
				try[i], try[j] = try[j], try[i]
				improved = better() || improved
				slices.Reverse(try[i : j+1])
				improved = better() || improved
			}
		}
	}
	return nil
}

// replaceGain returns how much cheaper slot i becomes with candidate c.
func (p *problem) replaceGain(seq []int32, i int, c int32) float64 {
	old, new := p.unary[i*p.m+int(seq[i])], p.unary[i*p.m+int(c)]
	if i > 0 {
		old += p.step(seq[i-1], seq[i])
		new += p.step(seq[i-1], c)
	}
	if i+1 < len(seq) {
		old += p.step(seq[i], seq[i+1])
		new += p.step(c, seq[i+1])
	}
	return old - new
}
