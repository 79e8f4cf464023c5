// Package guard checks what the clustering packages are given, in one wording:
// tables that cannot be clustered are errors, tables of the wrong shape panics.
package guard

import (
	"errors"
	"fmt"
	"math"

	"segue/matrix"
)

// ErrTooFewRows reports fewer rows than clusters, or fewer than one cluster. The
// clustering packages share it under their own names.
var ErrTooFewRows = errors.New("too few rows")

// largest is a magnitude whose squares can still be summed over any table.
const largest = 1e140

// Table returns an error wrapping ErrTooFewRows if k < 1 or x has fewer than k
// rows, and one wrapping matrix.ErrNotFinite, naming row and column, if a value
// is NaN, infinite, or so large (above 1e140) that distances would be infinite. It panics
// if x has rows but no columns.
func Table(x matrix.Columns, k int) error {
	n, d := x.Dims()
	if k < 1 || n < k {
		return fmt.Errorf("%w: %d for %d clusters; ask for between 1 and n clusters", ErrTooFewRows, n, k)
	}
	if d == 0 {
		panic("cluster: a table without columns")
	}
	if err := x.CheckFinite(); err != nil {
		return err
	}
	for j := range d {
		for i, v := range x.Col(j) {
			if math.Abs(v) > largest {
				return fmt.Errorf("row %d, column %d: squared distance: %w: value is %g; standardize first", i, j, matrix.ErrNotFinite, v)
			}
		}
	}
	return nil
}

// Width panics in the name of the calling package and method if the centers,
// and so what the model was fitted on, have not d columns.
func Width(caller string, d int, centers [][]float64) {
	for _, c := range centers {
		if len(c) != d {
			panic(fmt.Sprintf("%s: got %d columns, fitted on %d", caller, d, len(c)))
		}
	}
}

// Room returns dst, or k zeros if it is nil; it panics in the name of the calling
// package and method if dst has another length.
func Room(caller string, dst []float64, k int) []float64 {
	if dst == nil {
		return make([]float64, k)
	}
	if len(dst) != k {
		panic(fmt.Sprintf("%s: dst has length %d, there are %d clusters", caller, len(dst), k))
	}
	return dst
}
