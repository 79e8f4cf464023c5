// Package matrix holds the one table type every numeric package of Segue
// shares: n observations in rows, d variables in columns, stored column by
// column so that a kernel scans one variable in one contiguous run.
package matrix

import (
	"errors"
	"fmt"
	"math"
)

// ErrNotFinite reports a NaN or an infinity in a table that must hold numbers
// only. The wrapping error names row and column.
var ErrNotFinite = errors.New("value is not finite")

// Columns is an n×d table of float64, one contiguous slice per column. Its
// zero value is the empty table. Fitting never changes a Columns it is given.
type Columns struct {
	rows int
	cols [][]float64
}

// New returns the n×d table of zeros. It panics if n or d is negative.
func New(n, d int) Columns {
	if n < 0 || d < 0 {
		panic(fmt.Sprintf("matrix: New(%d, %d): negative size", n, d))
	}
	data := make([]float64, n*d)
	cols := make([][]float64, d)
	for j := range cols {
		cols[j] = data[j*n : (j+1)*n : (j+1)*n]
	}
	return Columns{rows: n, cols: cols}
}

// FromColumns wraps cols, one slice per variable, without copying. It panics
// if their lengths differ.
func FromColumns(cols ...[]float64) Columns {
	n := 0
	for j, c := range cols {
		if j == 0 {
			n = len(c)
		} else if len(c) != n {
			panic(fmt.Sprintf("matrix: FromColumns: column %d has %d rows, column 0 has %d", j, len(c), n))
		}
	}
	return Columns{rows: n, cols: cols}
}

// FromRows copies rows, one slice per observation, into a table. It panics if
// their lengths differ.
func FromRows(rows [][]float64) Columns {
	if len(rows) == 0 {
		return Columns{}
	}
	m := New(len(rows), len(rows[0]))
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
func (m Columns) Dims() (n, d int) { return m.rows, len(m.cols) }

// Col returns column j, length n, sharing memory with the table.
func (m Columns) Col(j int) []float64 { return m.cols[j] }

// At returns the value in row i, column j.
func (m Columns) At(i, j int) float64 { return m.cols[j][i] }

// Row copies row i into dst, length d, and returns it; a nil dst is allocated.
func (m Columns) Row(dst []float64, i int) []float64 {
	if dst == nil {
		dst = make([]float64, len(m.cols))
	}
	for j, c := range m.cols {
		dst[j] = c[i]
	}
	return dst
}

// Select returns a new table of the given rows, in the given order.
func (m Columns) Select(rows []int) Columns {
	out := New(len(rows), len(m.cols))
	for j, c := range m.cols {
		for i, r := range rows {
			out.cols[j][i] = c[r]
		}
	}
	return out
}

// CheckFinite returns an error wrapping ErrNotFinite that names the first row
// and column holding a NaN or an infinity, or nil.
func (m Columns) CheckFinite() error {
	for j, c := range m.cols {
		for i, v := range c {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("row %d, column %d: %w: %v", i, j, ErrNotFinite, v)
			}
		}
	}
	return nil
}
