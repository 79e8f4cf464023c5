package knn

import (
	"math"
	"math/bits"
	"runtime"
	"sort"
	"sync"

	"segue/matrix"
)

// build grows the tree over x. Where each row ends up depends on x alone, so the
// halves of a large node are built at the same time.
func build(ix *Index, x matrix.Columns) {
	n, d := ix.n, ix.d
	ix.rows = make([]int32, n)
	ix.points = make([]float64, n*d)
	ix.nodes = make([]node, nodesOver(n))
	ix.box = make([]float64, len(ix.nodes)*2*d)
	for i := range ix.rows {
		ix.rows[i] = int32(i)
	}
	for j := range d {
		for i, v := range x.Col(j) {
			ix.points[i*d+j] = v // row by row while rows move, by leaf columns at last
		}
	}
	depth := bits.Len(uint(runtime.GOMAXPROCS(0))) // up to twice as many branches as processors
	ix.grow(0, 0, n, depth)
}

// nodesOver returns how many nodes a tree over n > 0 rows has.
func nodesOver(n int) int { return 2*((n+leafRows-1)/leafRows) - 1 }

// grow makes node i of the rows at places [lo, hi), splitting the widest side of
// its box in the middle row, and in parallel while parallel > 0.
func (ix *Index) grow(i, lo, hi, parallel int) {
	low, high := ix.measure(i, lo, hi)
	ix.nodes[i] = node{lo: int32(lo), hi: int32(hi)}
	if hi-lo <= leafRows {
		ix.transpose(lo, hi)
		return
	}
	axis, widest := 0, -1.0
	for j := range low {
		// Halved, so that the width of the widest table is still finite.
		if w := high[j]/2 - low[j]/2; w > widest {
			axis, widest = j, w
		}
	}
	// All leaves but the last are full.
	half := (hi - lo + 1) / 2
	mid := lo + (half+leafRows-1)/leafRows*leafRows
	run := run{d: ix.d, axis: axis, rows: ix.rows[lo:hi], points: ix.points[lo*ix.d : hi*ix.d]}
	run.split(mid - lo)

	left, right := i+1, i+1+nodesOver(mid-lo)
	ix.nodes[i].right = int32(right)
	if parallel <= 0 || hi-lo < 1<<14 {
		ix.grow(left, lo, mid, 0)
		ix.grow(right, mid, hi, 0)
		return
	}
	var wg sync.WaitGroup
	wg.Go(func() { ix.grow(left, lo, mid, parallel-1) })
	ix.grow(right, mid, hi, parallel-1)
	wg.Wait()
}

// measure computes the box of node i.
func (ix *Index) measure(i, lo, hi int) (low, high []float64) {
	d := ix.d
	low, high = ix.box[2*i*d:][:d], ix.box[(2*i+1)*d:][:d]
	for j := range d {
		low[j], high[j] = math.Inf(1), math.Inf(-1)
	}
	for p := lo; p < hi; p++ {
		for j, v := range ix.points[p*d:][:d] {
			if v < low[j] {
				low[j] = v
			}
			if v > high[j] {
				high[j] = v
			}
		}
	}
	return low, high
}

// transpose turns the leaf at places [lo, hi) from rows to columns.
func (ix *Index) transpose(lo, hi int) {
	m := hi - lo
	leaf := ix.points[lo*ix.d : hi*ix.d]
	rows := append([]float64(nil), leaf...)
	for t := range m {
		for j := range ix.d {
			leaf[j*m+t] = rows[t*ix.d+j]
		}
	}
}

// run is a stretch of rows, moved about by their coordinate on one axis.
type run struct {
	d, axis int
	rows    []int32
	points  []float64
}

func (r run) at(i int) float64   { return r.points[i*r.d+r.axis] }
func (r run) Len() int           { return len(r.rows) }
func (r run) Less(a, b int) bool { return r.at(a) < r.at(b) }
func (r run) Swap(a, b int) {
	r.rows[a], r.rows[b] = r.rows[b], r.rows[a]
	pa, pb := r.points[a*r.d:][:r.d], r.points[b*r.d:][:r.d]
	for j, v := range pa {
		pa[j], pb[j] = pb[j], v
	}
}

// split moves rows until none before mid has a larger coordinate than any from
// mid on: Hoare's quickselect, which passes over runs of equal coordinates
// evenly, falling back on sorting should the pivots be unlucky too often.
func (r run) split(mid int) {
	lo, hi := 0, len(r.rows)-1
	for tries := 4 * bits.Len(uint(len(r.rows))); lo < hi; tries-- {
		if tries == 0 {
			sort.Sort(r)
			return
		}
		pivot := median(r.at(lo), r.at(lo+(hi-lo)/2), r.at(hi))
		a, b := lo, hi
		for a <= b {
			for r.at(a) < pivot {
				a++
			}
			for r.at(b) > pivot {
				b--
			}
			if a <= b {
				r.Swap(a, b)
				a++
				b--
			}
		}
		switch { // [lo, b] ≤ pivot ≤ [a, hi], and what lies between equals it
		case mid <= b:
			hi = b
		case mid >= a:
			lo = a
		default:
			return
		}
	}
}

func median(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }
