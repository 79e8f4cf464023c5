package playlist

import (
	"cmp"
	"math"
	"slices"
)

// mostTabled is the largest number of candidates whose steps are all tabled: 32 MB.
const mostTabled = 2048

// A stepTable holds the costs of all steps between some candidates, so that each
// is computed once.
type stepTable struct {
	p     *problem
	index []int32   // of each candidate of the problem, −1 if it is not in the table
	size  int       // candidates in the table
	cost  []float64 // size×size; nil if there are too many: steps are then computed when asked for
}

// newStepTable lays out the steps between the candidates that any slot still
// has. O(size²).
func (p *problem) newStepTable(open [][]int32) *stepTable {
	t := &stepTable{p: p, index: make([]int32, p.m)}
	for c := range t.index {
		t.index[c] = -1
	}
	var members []int32
	for _, slot := range open {
		for _, c := range slot {
			if t.index[c] < 0 {
				t.index[c] = int32(len(members))
				members = append(members, c)
			}
		}
	}
	if t.size = len(members); t.size > mostTabled {
		return t
	}
	t.cost = make([]float64, t.size*t.size)
	for i, a := range members {
		t.cost[i*t.size+i] = math.Inf(1)
		for j := i + 1; j < t.size; j++ {
			v := p.step(a, members[j])
			t.cost[i*t.size+j], t.cost[j*t.size+i] = v, v
		}
	}
	return t
}

// step returns the cost of a step between two candidates of the table.
func (t *stepTable) step(a, b int32) float64 {
	if t.cost == nil {
		return t.p.step(a, b)
	}
	return t.cost[int(t.index[a])*t.size+int(t.index[b])]
}

// sweepWork is how many steps a sweep looks at in each direction, at most. (d)
const sweepWork = 60e6

// sweep fills togo and sofar of a dual whose lattice is not laid out yet, looking at
// as many steps in each direction as work allows. Sums sorted let most steps go
// unasked: no step costs less than 0. Where that would still be too many the dearest
// count as free, so that no sum is too high. An ended ctx gives its error; the sums
// are then none.
func (t *stepTable) sweep(d *dual, work int) error {
	n := d.p.n
	d.apply()
	clear(d.togo[n-1])
	clear(d.sofar[0])
	rows := 0
	for _, slot := range d.l.open {
		rows += len(slot)
	}
	most := max(1, work/max(1, rows))
	for i := n - 2; i >= 0; i-- {
		t.cheapest(d, i, i+1, d.togo, most)
	}
	for i := 1; i < n; i++ {
		t.cheapest(d, i, i-1, d.sofar, most)
	}
	return d.ctx.Err()
}

// rowsAtOnce is how many rows are summed between two looks at the ctx.
const rowsAtOnce = 128

// cheapest fills sum[i] from sum[next], of the slot before or after, looking at most
// steps of each candidate.
func (t *stepTable) cheapest(d *dual, i, next int, sum [][]float64, most int) {
	type option struct {
		cost float64
		c    int32
	}
	options := make([]option, 0, len(d.l.open[next]))
	for b, c := range d.l.open[next] {
		if v := d.priced[next][b] + sum[next][b]; !math.IsInf(v, 1) {
			options = append(options, option{v, c})
		}
	}
	slices.SortFunc(options, func(x, y option) int {
		return cmp.Or(cmp.Compare(x.cost, y.cost), cmp.Compare(x.c, y.c))
	})
	free := math.Inf(1) // the least of what is not looked at
	if len(options) > most {
		free, options = options[most].cost, options[:most]
	}
	for a, c := range d.l.open[i] {
		if a%rowsAtOnce == 0 && d.ctx.Err() != nil {
			return
		}
		best := free
		if t.cost == nil {
			for _, o := range options {
				if o.cost >= best {
					break
				}
				best = min(best, o.cost+t.p.step(c, o.c))
			}
		} else {
			row := t.cost[int(t.index[c])*t.size:][:t.size]
			for _, o := range options {
				if o.cost >= best {
					break
				}
				if v := o.cost + row[t.index[o.c]]; v < best {
					best = v
				}
			}
		}
		sum[i][a] = best
	}
}
