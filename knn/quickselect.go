package knn

import (
	"math/bits"
	"sort"

	"segue/matrix"
)

// run is a stretch of rows, moved about by their coordinate on one axis.
type run[F matrix.Float] struct {
	d, axis int
	rows    []int32
	points  []F
}

func (r run[F]) at(i int) F         { return r.points[i*r.d+r.axis] }
func (r run[F]) Len() int           { return len(r.rows) }
func (r run[F]) Less(a, b int) bool { return r.at(a) < r.at(b) }
func (r run[F]) Swap(a, b int) {
	r.rows[a], r.rows[b] = r.rows[b], r.rows[a]
	pa, pb := r.points[a*r.d:][:r.d], r.points[b*r.d:][:r.d]
	for j, v := range pa {
		pa[j], pb[j] = pb[j], v
	}
}

// split moves rows until none before mid has a larger coordinate than any from
// mid on: Hoare's quickselect, which passes over runs of equal coordinates
// evenly, falling back on sorting should the pivots be unlucky too often.
func (r run[F]) split(mid int) {
	lo, hi := 0, len(r.rows)-1
	for tries := 4 * bits.Len(uint(len(r.rows))); lo < hi; tries-- {
		if tries == 0 {
			sort.Sort(r)
			return
		}
		pivot := r.pivot(lo, hi, mid)
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

// pivot returns a coordinate of [lo, hi] that is about as large as that which
// belongs at mid.
func (r run[F]) pivot(lo, hi, mid int) F {
	a, b, c := r.at(lo), r.at(lo+(hi-lo)/2), r.at(hi)
	return max(min(a, b), min(max(a, b), c))
}
