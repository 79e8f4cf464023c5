package stats

import (
	"fmt"
	"math"
)

// A Term is a named column of a model, one value for each observation.
type Term struct {
	Name   string
	Values []float64
}

// collinear is how much of a column, relative to its length, must be left when the
// columns before it are taken out of it; less is rounding. It is that of R's lm.
const collinear = 1e-7

// A basis is the thin QR decomposition of an intercept and terms, X = Q·R, without
// the columns that those before them already hold.
type basis struct {
	n    int
	q    [][]float64 // rank columns of length n, orthonormal
	r    [][]float64 // rank × rank, upper triangular, by row
	kept []int       // the column of X that each column of Q comes from; 0 is the intercept
	at   []int       // for each column of X its place in kept, or −1
}

// newBasis decomposes by Gram–Schmidt, each column taken through twice, which keeps
// Q orthonormal to rounding (Giraud, Langou & Rozložník 2005,
// doi:10.1016/j.camwa.2005.08.009). O(n·p²) for p columns.
func newBasis(n int, terms []Term) *basis {
	b := &basis{n: n, at: make([]int, len(terms)+1)}
	for j := 0; j <= len(terms); j++ {
		v := make([]float64, n)
		if j == 0 {
			for i := range v {
				v[i] = 1
			}
		} else {
			copy(v, terms[j-1].Values)
		}
		whole := length(v)
		along := make([]float64, len(b.q), len(b.q)+1)
		for range 2 {
			for k, q := range b.q {
				d := dot(q, v)
				along[k] += d
				for i := range v {
					v[i] -= d * q[i]
				}
			}
		}
		left := length(v)
		if !(left > collinear*whole) {
			b.at[j] = -1
			continue
		}
		for i := range v {
			v[i] /= left
		}
		b.at[j] = len(b.kept)
		b.kept = append(b.kept, j)
		b.q = append(b.q, v)
		for k := range b.r {
			b.r[k] = append(b.r[k], along[k])
		}
		row := make([]float64, len(b.q))
		row[len(row)-1] = left
		b.r = append(b.r, row)
	}
	return b
}

func (b *basis) rank() int { return len(b.q) }

// along returns Q'y.
func (b *basis) along(y []float64) []float64 {
	c := make([]float64, b.rank())
	for k, q := range b.q {
		c[k] = dot(q, y)
	}
	return c
}

// turn returns R⁻ᵀw of weights on the columns of X, so that w'β = turn(w)'·(Q'y).
// ok is false if w weighs a column that was left out.
func (b *basis) turn(weights []float64) (c []float64, ok bool) {
	c = make([]float64, b.rank())
	for j, w := range weights {
		if w == 0 {
			continue
		}
		if b.at[j] < 0 {
			return nil, false
		}
		c[b.at[j]] = w
	}
	for i := range c {
		for j := range i {
			c[i] -= b.r[j][i] * c[j]
		}
		c[i] /= b.r[i][i]
	}
	return c, true
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

func length(v []float64) float64 { return math.Sqrt(dot(v, v)) }

// grouping says which cluster each observation is of, as numbers from 0 in the order
// in which the clusters appear, so that no sum depends on their names.
type grouping struct {
	of    []int
	count int
}

func groupsOf(labels []int) grouping {
	seen := make(map[int]int, len(labels))
	g := grouping{of: make([]int, len(labels))}
	for i, l := range labels {
		k, ok := seen[l]
		if !ok {
			k = len(seen)
			seen[l] = k
		}
		g.of[i] = k
	}
	g.count = len(seen)
	return g
}

// rows returns the observations of each cluster.
func (g grouping) rows() [][]int {
	size := make([]int, g.count)
	for _, k := range g.of {
		size[k]++
	}
	all, rows, at := make([]int, len(g.of)), make([][]int, g.count), 0
	for k, s := range size {
		rows[k] = all[at : at : at+s]
		at += s
	}
	for i, k := range g.of {
		rows[k] = append(rows[k], i)
	}
	return rows
}

// mustFit panics if the parts of a model are not of one length or not finite.
func mustFit(y []float64, terms []Term, clusters []int) {
	mustBeFinite(y)
	for _, t := range terms {
		if len(t.Values) != len(y) {
			panic(fmt.Sprintf("stats: term %q has %d values for %d observations", t.Name, len(t.Values), len(y)))
		}
		mustBeFinite(t.Values)
	}
	if clusters != nil && len(clusters) != len(y) {
		panic(fmt.Sprintf("stats: %d cluster labels for %d observations", len(clusters), len(y)))
	}
}

// fitReason returns why numbers of a model cannot be squared: they are finite, but so
// large or so near to 0 that squares overflow or vanish.
func fitReason(y []float64, terms []Term) string {
	beyond := func(values []float64) bool {
		most := 0.0
		for _, v := range values {
			most = max(most, math.Abs(v))
		}
		return most > 1e100 || (most > 0 && most < 1e-100)
	}
	if beyond(y) {
		return tooFar
	}
	for _, t := range terms {
		if beyond(t.Values) {
			return tooFar
		}
	}
	return ""
}
