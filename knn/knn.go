// Package knn finds the exact nearest neighbours of a point, by Euclidean
// distance, in a table held in memory.
//
// It is a k-d tree with up to 64 rows in a leaf (Bentley 1975,
// doi:10.1145/361002.361007; leaves and search as in Friedman, Bentley & Finkel
// 1977, doi:10.1145/355744.355745), made for 2 to 16 columns and up to a few
// million rows. Columns of differing units must be standardized first (package
// scale). The answer is that of comparing with every row, in full: no
// approximation, and ties are decided by row number, whatever the tree's shape.
package knn

import (
	"fmt"
	"math"
	"slices"

	"segue/matrix"
)

// leafRows is how many rows a leaf holds: enough that scanning one outweighs
// finding it, few enough to stay in the first-level cache.
const leafRows = 64

// Index is a table prepared for Nearest. It does not change after New, so any
// number of goroutines may share it.
type Index struct {
	n, d   int
	rows   []int32   // the caller's row of each place, leaf by leaf
	points []float64 // each leaf's rows, column by column
	nodes  []node    // preorder: a node's left child follows it
	box    []float64 // for each node d lowest, then d highest coordinates
}

// node is a run of places [lo, hi) of the tree.
type node struct {
	lo, hi int32
	right  int32 // index of the right child; 0 for a leaf
}

// Neighbor is one answer of Nearest.
type Neighbor struct {
	Row      int     // in the table given to New
	Distance float64 // Euclidean, in the table's units
}

// New indexes the rows of x, n×d, which it copies: O(n·log n·d) time, about
// n·(8d + 4) bytes. An empty table is no error: it has no neighbours. New
// returns matrix.ErrNotFinite, naming row and column, for a NaN or an infinity.
// It panics if d is 0 and n is not, or n is 2³¹ or more.
func New(x matrix.Columns) (*Index, error) {
	n, d := x.Dims()
	if n > math.MaxInt32 || n > 0 && d == 0 {
		panic(fmt.Sprintf("knn: New: a table of %d×%d", n, d))
	}
	if err := x.CheckFinite(); err != nil {
		return nil, fmt.Errorf("nearest neighbours: %w", err)
	}
	ix := &Index{n: n, d: d}
	if n > 0 {
		build(ix, x)
	}
	return ix, nil
}

// Len returns the number of rows.
func (ix *Index) Len() int { return ix.n }

// Nearest returns the k rows nearest to query, length d, among those keep
// accepts (all, if keep is nil), ordered by distance and then by row. Of rows
// equally far the lowest are taken. There are fewer than k if the table has
// fewer to offer, and none if k is 0. A row of the table finds itself, at
// distance 0, unless keep refuses it.
//
// keep is called with rows near the query only, in no promised order, at most
// once each; it must be a pure function of the row. A keep that accepts few rows
// makes the search wide: in the worst case it visits all n.
//
// It panics if query does not have d finite values or k is negative.
func (ix *Index) Nearest(query []float64, k int, keep func(row int) bool) []Neighbor {
	if ix.n > 0 && len(query) != ix.d {
		panic(fmt.Sprintf("knn: Nearest: query of %d values, table of %d columns", len(query), ix.d))
	}
	if k < 0 {
		panic(fmt.Sprintf("knn: Nearest: k = %d", k))
	}
	for j, q := range query {
		if math.IsNaN(q) || math.IsInf(q, 0) {
			panic(fmt.Sprintf("knn: Nearest: query[%d] is %v", j, q))
		}
	}
	if k == 0 || ix.n == 0 {
		return nil
	}
	s := search{ix: ix, query: query, keep: keep, best: make([]Neighbor, 0, min(k, ix.n)), limit: math.Inf(1)}
	s.visit(0, ix.boxDistance(0, query))
	slices.SortFunc(s.best, compare)
	return s.best
}

// compare orders neighbours by distance, then row.
func compare(a, b Neighbor) int {
	switch {
	case a.Distance < b.Distance:
		return -1
	case a.Distance > b.Distance:
		return 1
	}
	return a.Row - b.Row
}
