// Package matrix holds the one table type every numeric package of Segue
// shares: n observations in rows, d variables in columns, stored column by
// column so that a kernel scans one variable in one contiguous run.
package matrix

import (
	"errors"
	"fmt"
)

// ErrNotFinite reports a NaN or an infinity in a table that must hold numbers
// only. The wrapping error names row and column.
var ErrNotFinite = errors.New("value is not finite")

// Float is what a table may hold: float64, or float32 where half the memory
// and twice the speed are worth more than the last nine digits.
type Float interface{ float32 | float64 }

// Table is an n×d table, one contiguous slice per column. Its zero value is the
// empty table. Fitting never changes a Table it is given.
type Table[F Float] struct {
	rows int
	cols [][]F
}

// Columns is the usual table, Columns32 the one of half the size.
type (
	Columns   = Table[float64]
	Columns32 = Table[float32]
)

// New returns the n×d table of zeros. It panics if n or d is negative.
func New(n, d int) Columns { return zeros[float64](n, d) }

// New32 is New for float32.
func New32(n, d int) Columns32 { return zeros[float32](n, d) }

func zeros[F Float](n, d int) Table[F] {
	if n < 0 || d < 0 {
		panic(fmt.Sprintf("matrix: New(%d, %d): negative size", n, d))
	}
	data := make([]F, n*d)
	cols := make([][]F, d)
	for j := range cols {
		cols[j] = data[j*n : (j+1)*n : (j+1)*n]
	}
	return Table[F]{rows: n, cols: cols}
}

// FromColumns wraps cols, one slice per variable, without copying. It panics
// if their lengths differ.
func FromColumns[F Float](cols ...[]F) Table[F] {
	n := 0
	for j, c := range cols {
		if j == 0 {
			n = len(c)
		} else if len(c) != n {
			panic(fmt.Sprintf("matrix: FromColumns: column %d has %d rows, column 0 has %d", j, len(c), n))
		}
	}
	return Table[F]{rows: n, cols: cols}
}

// FromRows copies rows, one slice per observation, into a table. It panics if
// their lengths differ.
func FromRows[F Float](rows [][]F) Table[F] {
	if len(rows) == 0 {
		return Table[F]{}
	}
	m := zeros[F](len(rows), len(rows[0]))
	for i, r := range rows {
		if len(r) != len(m.cols) {
			panic(fmt.Sprintf("matrix: FromRows: row %d has %d columns, row 0 has %d", i, len(r), len(m.cols)))
		}
		for j, v := range r {
			m.cols[j][i] = v
		}
	}
	return m
}

// Dims returns the number of rows n and of columns d.
func (m Table[F]) Dims() (n, d int) { return m.rows, len(m.cols) }

// Col returns column j, length n, sharing memory with the table.
func (m Table[F]) Col(j int) []F { return m.cols[j] }

// At returns the value in row i, column j.
func (m Table[F]) At(i, j int) F { return m.cols[j][i] }

// Row copies row i into dst, length d, and returns it; a nil dst is allocated.
func (m Table[F]) Row(dst []F, i int) []F {
	if dst == nil {
		dst = make([]F, len(m.cols))
	}
	for j, c := range m.cols {
		dst[j] = c[i]
	}
	return dst
}

// Select returns a new table of the given rows, in the given order.
func (m Table[F]) Select(rows []int) Table[F] {
	out := zeros[F](len(rows), len(m.cols))
	for j, c := range m.cols {
		for i, r := range rows {
			out.cols[j][i] = c[r]
		}
	}
	return out
}

// CheckFinite returns an error wrapping ErrNotFinite that names the first row
// and column holding a NaN or an infinity, or nil.
func (m Table[F]) CheckFinite() error {
	for j, c := range m.cols {
		for i, v := range c {
			if v-v != 0 { // NaN, or ±Inf
				return fmt.Errorf("row %d, column %d: %w: %v", i, j, ErrNotFinite, v)
			}
		}
	}
	return nil
}

// Slice returns rows [lo, hi) of m, sharing memory with it. It panics unless
// 0 ≤ lo ≤ hi ≤ n.
func (m Table[F]) Slice(lo, hi int) Table[F] {
	if lo < 0 || lo > hi || hi > m.rows {
		panic(fmt.Sprintf("matrix: Slice(%d, %d) of %d rows", lo, hi, m.rows))
	}
	cols := make([][]F, len(m.cols))
	for j, c := range m.cols {
		cols[j] = c[lo:hi:hi]
	}
	return Table[F]{rows: hi - lo, cols: cols}
}

// To32 returns a copy of m rounded to float32, at half the size. A magnitude
// above 3.4e38 becomes an infinity.
func To32(m Columns) Columns32 {
	out := New32(m.rows, len(m.cols))
	for j, c := range m.cols {
		for i, v := range c {
			out.cols[j][i] = float32(v)
		}
	}
	return out
}
