// Package knn finds the exact nearest neighbours of a point, by Euclidean
// distance, in a table held in memory or in a file.
//
// It is a k-d tree (Bentley 1975, doi:10.1145/361002.361007; leaves and search as
// in Friedman, Bentley & Finkel 1977, doi:10.1145/355744.355745) for 1 to 16
// columns and up to tens of millions of rows, shaped for vector instructions: a
// node has sixteen children, whose boxes are measured at once, and a leaf's rows
// are first measured by codes of one byte a column, places in a grid over the
// leaf's box, as in the VA-file (Weber, Schek & Blott 1998). What a code leaves
// open is bounded, so a row is passed over only if it cannot be an answer; the
// few rows that remain are measured in full. Beyond sixteen columns it still
// works, but little is passed over.
//
// Columns of differing units must be standardized first (package scale). The
// answer is that of comparing with every row, in full, bit for bit: no
// approximation, and ties are decided by row number, whatever the tree's shape,
// the processor or the number of goroutines. A squared distance is added up in
// float64 in the order of the columns, each square rounded before it is added.
package knn

import (
	"fmt"
	"math"
	"sync"

	"segue/matrix"
)

// Index is a table prepared for Nearest. It does not change after New or Open, so
// any number of goroutines may share it until Close.
type Index struct {
	shape
	center []float64 // of each column's interval
	scale  float64   // a power of two: (x − center)·scale lies in [−1, 1]

	// For each node of each level and each column, the lowest and the highest
	// scaled coordinates of its children, rounded outward.
	bounds []float32
	// For each leaf the scaled coordinates of code 0 in the coded columns, how far
	// apart codes are, and how far a row may lie from its code.
	leaves []float64
	codes  []uint8 // blocks, as kernel.Codes takes them
	rows   []int32 // the caller's row of each place, leaf by leaf

	// The table, row by row in the order of places, in one of two precisions.
	points   []float64
	points32 []float32

	source   *file // what the slices are views of, if not of memory
	searches sync.Pool
}

// Neighbor is one answer of Nearest.
type Neighbor struct {
	Row      int     // in the table given to New
	Distance float64 // Euclidean, in the table's units
}

// New indexes the rows of x, n×d, which it copies: O(n·log n·d) time, about
// n·(9d + 5) bytes. An empty table is no error: it has no neighbours. New
// returns matrix.ErrNotFinite, naming row and column, for a NaN or an infinity.
// It panics if d is 0 and n is not, or n is 2³¹ or more.
func New(x matrix.Columns) (*Index, error) {
	ix, err := build("New", x)
	if err != nil || ix.n == 0 {
		return ix, err
	}
	ix.points = grow(ix, x)
	return ix, nil
}

// New32 is New for a table of float32, in about n·(5d + 5) bytes. Distances are
// those of the stored values, computed in float64: the same as of a float64 table
// with these values.
func New32(x matrix.Columns32) (*Index, error) {
	ix, err := build("New32", x)
	if err != nil || ix.n == 0 {
		return ix, err
	}
	ix.points32 = grow(ix, x)
	return ix, nil
}

// Len returns the number of rows.
func (ix *Index) Len() int { return ix.n }

// Dims returns the number of rows n and of columns d.
func (ix *Index) Dims() (n, d int) { return ix.n, ix.d }

// Nearest returns the k rows nearest to query, length d, among those keep
// accepts (all, if keep is nil), ordered by distance and then by row. Of rows
// equally far the lowest are taken. There are fewer than k if the table has
// fewer to offer, and none if k is 0. A row of the table finds itself, at
// distance 0, unless keep refuses it.
//
// keep is called with rows near the query only, in no promised order, at most
// once each; it must be a pure function of the row. A keep that accepts few rows
// makes the search wide: in the worst case it visits all n. Where the same rows
// are refused again and again, Subset is faster.
//
// It panics if query does not have d finite values, k is negative or the index
// is closed.
func (ix *Index) Nearest(query []float64, k int, keep func(row int) bool) []Neighbor {
	ix.check("Nearest", len(query), k)
	for j, q := range query {
		if math.IsNaN(q) || math.IsInf(q, 0) {
			panic(fmt.Sprintf("knn: Nearest: query[%d] is %v", j, q))
		}
	}
	return ix.nearest(query, k, keep, nil)
}

// check panics if a search for k neighbours of points of d columns is none.
func (ix *Index) check(caller string, d, k int) {
	if ix.source != nil && ix.source.data == nil {
		panic(fmt.Sprintf("knn: %s: the index is closed", caller))
	}
	if ix.n > 0 && d != ix.d {
		panic(fmt.Sprintf("knn: %s: query of %d values, table of %d columns", caller, d, ix.d))
	}
	if k < 0 {
		panic(fmt.Sprintf("knn: %s: k = %d", caller, k))
	}
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
