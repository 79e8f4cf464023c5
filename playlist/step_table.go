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

// sweep fills togo and sofar of a dual whose lattice is not laid out yet. Sums
// sorted let most steps go unasked: no step costs less than 0.
func (t *stepTable) sweep(d *dual) {
	n := d.p.n
	d.apply()
	clear(d.togo[n-1])
	clear(d.sofar[0])
	for i := n - 2; i >= 0; i-- {
		t.cheapest(d, i, i+1, d.togo)
	}
	for i := 1; i < n; i++ {
		t.cheapest(d, i, i-1, d.sofar)
	}
}

// cheapest fills sum[i] from sum[next], of the slot before or after.
func (t *stepTable) cheapest(d *dual, i, next int, sum [][]float64) {
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
	for a, c := range d.l.open[i] {
		best := math.Inf(1)
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
