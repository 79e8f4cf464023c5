// Package guard checks what the clustering packages are given, in one wording:
// tables that cannot be clustered are errors, tables of the wrong shape panics.
package guard

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"segue/internal/parallel"
	"segue/matrix"
)

// ErrTooFewRows reports fewer rows than clusters, or fewer than one cluster. The
// clustering packages share it under their own names.
var ErrTooFewRows = errors.New("too few rows")

// largest and largest32 are magnitudes whose squares can still be summed, the one
// over any table, the other over 1,000 columns in float32.
const (
	largest   = 1e140
	largest32 = 1e17
)

// heaviest is a weight by which squares of largest can be multiplied and summed.
const heaviest = 1e20

// Table returns an error wrapping ErrTooFewRows if k < 1 or x has fewer than k
// rows, and one wrapping matrix.ErrNotFinite, naming row and column, if a value
// is NaN, infinite, or so large that distances would be infinite: above 1e140, or
// 1e17 in float32. It panics if x has rows but no columns.
func Table[F matrix.Float](x matrix.Table[F], k int) error {
	n, d := x.Dims()
	if err := Size(n, d, k); err != nil {
		return err
	}
	return Finite(x, 0)
}

// Size is the part of Table that needs no values: n rows, d columns, k clusters.
func Size(n, d, k int) error {
	if k < 1 || n < k {
		return fmt.Errorf("%w: %d for %d clusters; ask for between 1 and n clusters", ErrTooFewRows, n, k)
	}
	if d == 0 {
		panic("cluster: a table without columns")
	}
	return nil
}

// Finite is the part of Table about values, for a piece whose first row is row
// first of the whole table.
func Finite[F matrix.Float](piece matrix.Table[F], first int) error {
	limit := float64(largest)
	if _, small := any(F(0)).(float32); small {
		limit = largest32
	}
	n, d := piece.Dims()
	var bad atomic.Bool
	// Without a deadline Chunks cannot fail.
	_ = parallel.Chunks(context.Background(), n, 16*matrix.PieceRows, func(_, lo, hi int) {
		for j := range d {
			if beyond(piece.Col(j)[lo:hi], F(limit)) >= 0 {
				bad.Store(true)
			}
		}
	})
	if !bad.Load() {
		return nil
	}
	for j := range d { // which is the first
		col := piece.Col(j)
		if row := beyond(col, F(limit)); row >= 0 {
			if v := col[row]; v-v != 0 {
				return fmt.Errorf("row %d, column %d: %w: %v", first+row, j, matrix.ErrNotFinite, v)
			}
			return fmt.Errorf("row %d, column %d: squared distance: %w: value is %g; standardize first", first+row, j, matrix.ErrNotFinite, col[row])
		}
	}
	return nil
}

// beyond returns the first row whose magnitude is not at most most, or −1.
func beyond[F matrix.Float](col []F, most F) int {
	for i, v := range col {
		if !(v <= most && v >= -most) {
			return i
		}
	}
	return -1
}

// Weights returns an error naming the row if weights, one per row, are not n in
// number, or one is negative, NaN, infinite or above 1e20, and one wrapping
// ErrTooFewRows if fewer than k of them are above 0. nil weights pass.
func Weights(weights []float64, n, k int) error {
	if weights == nil {
		return nil
	}
	if len(weights) != n {
		return fmt.Errorf("%d weights for %d rows; give each row one", len(weights), n)
	}
	positive := 0
	for i, w := range weights {
		if !(w >= 0 && w <= heaviest) {
			return fmt.Errorf("row %d: weight is %v; give one between 0 and %g", i, w, heaviest)
		}
		if w > 0 {
			positive++
		}
	}
	if positive < k || positive == 0 {
		return fmt.Errorf("%w: %d of weight above 0 for %d clusters", ErrTooFewRows, positive, k)
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

// Start panics in the name of the calling package and function unless start
// holds k centers, or any number if k is 0, of d columns.
func Start(caller string, start [][]float64, k, d int) {
	if k != 0 && k != len(start) {
		panic(fmt.Sprintf("%s: %d start centers for K = %d", caller, len(start), k))
	}
	for _, c := range start {
		if len(c) != d {
			panic(fmt.Sprintf("%s: a start center has %d columns, x has %d", caller, len(c), d))
		}
	}
}

// Centers returns an error like Finite's, with centers for rows, if one to start
// from or to go on from has a value that F cannot hold or that cannot be clustered.
func Centers[F matrix.Float](centers [][]float64) error {
	held := make([][]F, len(centers))
	for c, center := range centers {
		for _, v := range center {
			held[c] = append(held[c], F(v))
		}
	}
	if err := Finite(matrix.FromRows(held), 0); err != nil {
		return fmt.Errorf("start centers: %w", err)
	}
	return nil
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
