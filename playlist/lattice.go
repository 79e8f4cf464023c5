package playlist

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// A lattice is what is still open: the candidates of each slot, and the steps
// between those of neighbouring slots, laid out so that a pass over all of them
// reads memory in order.
type lattice struct {
	p    *problem
	open [][]int32   // candidates of each slot, ascending
	cost [][]float64 // of each of them in its slot
	step [][]float64 // step[i][a·w + b]: from the a-th of slot i to the b-th of the w of slot i+1
}

// mostSteps is the largest number of steps that are laid out at once: 192 MB.
const mostSteps = 24 << 20

// newLattice lays out open candidates, their steps aside.
func (p *problem) newLattice(open [][]int32) *lattice {
	l := &lattice{p: p, open: open, cost: make([][]float64, p.n), step: make([][]float64, p.n-1)}
	for i, slot := range open {
		l.cost[i] = make([]float64, len(slot))
		for a, c := range slot {
			l.cost[i][a] = p.unary[i*p.m+int(c)]
		}
	}
	return l
}

// size returns how many steps there are to lay out.
func (l *lattice) size() int {
	n := 0
	for i := range l.step {
		n += len(l.open[i]) * len(l.open[i+1])
	}
	return n
}

// layOut fills in the steps. O(size).
func (l *lattice) layOut(ctx context.Context, step func(a, b int32) float64) error {
	for i := range l.step {
		if err := ctx.Err(); err != nil {
			return err
		}
		from, to := l.open[i], l.open[i+1]
		t := make([]float64, 0, len(from)*len(to))
		for _, x := range from {
			for _, y := range to {
				t = append(t, step(x, y))
			}
		}
		l.step[i] = t
	}
	return nil
}

// steps returns the costs from the a-th of slot i to all of slot i+1.
func (l *lattice) steps(i, a int) []float64 {
	w := len(l.open[i+1])
	return l.step[i][a*w : (a+1)*w : (a+1)*w]
}

// keep closes what is not marked.
func (l *lattice) keep(mark [][]bool) {
	for i := range len(l.open) - 1 {
		if l.step[i] == nil {
			continue // not laid out yet
		}
		w := len(l.open[i+1])
		out := l.step[i][:0]
		for a := range l.open[i] {
			if !mark[i][a] {
				continue
			}
			for b, v := range l.step[i][a*w : (a+1)*w] {
				if mark[i+1][b] {
					out = append(out, v)
				}
			}
		}
		l.step[i] = out
	}
	for i := range l.open {
		open, cost := l.open[i][:0], l.cost[i][:0]
		for a, c := range l.open[i] {
			if mark[i][a] {
				open, cost = append(open, c), append(cost, l.cost[i][a])
			}
		}
		l.open[i], l.cost[i] = open, cost
	}
}

// nearest opens in each slot the k familiar and the k other candidates that cost
// least there, and every wished one. O(n·m·log m).
func (p *problem) nearest(k int) [][]int32 {
	open := make([][]int32, p.n)
	var kinds [2][]int32
	for i := range p.n {
		costs := p.unary[i*p.m : (i+1)*p.m]
		kinds[0], kinds[1] = kinds[0][:0], kinds[1][:0]
		for c, u := range costs {
			switch {
			case math.IsInf(u, 1):
			case p.wished[c]:
				open[i] = append(open[i], int32(c))
			case p.familiar[c] && p.bands != nil:
				kinds[1] = append(kinds[1], int32(c))
			default:
				kinds[0] = append(kinds[0], int32(c))
			}
		}
		for _, list := range kinds {
			if len(list) > k {
				slices.SortFunc(list, func(a, b int32) int {
					return cmp.Or(cmp.Compare(costs[a], costs[b]), cmp.Compare(a, b))
				})
				list = list[:k]
			}
			open[i] = append(open[i], list...)
		}
		slices.Sort(open[i])
	}
	return open
}

// below opens in each slot the candidates whose cost there, with the least cost
// of every other slot, is below most: no cheaper sequence holds another.
func (p *problem) below(most float64) [][]int32 {
	least, sum := make([]float64, p.n), 0.0
	for i := range p.n {
		least[i] = slices.Min(p.unary[i*p.m : (i+1)*p.m])
		sum += least[i]
	}
	open := make([][]int32, p.n)
	for i := range p.n {
		for c, u := range p.unary[i*p.m : (i+1)*p.m] {
			if sum-least[i]+u < most {
				open[i] = append(open[i], int32(c))
			}
		}
	}
	return open
}

// empty reports whether a slot has nothing open.
func empty(open [][]int32) bool {
	return slices.ContainsFunc(open, func(slot []int32) bool { return len(slot) == 0 })
}
