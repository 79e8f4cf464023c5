// Package scale puts variables of different units on one footing: Standardizer
// makes mean 0 and standard deviation 1, ECDF makes ranks in [0, 1]. Both
// remember what they were fitted on, so that what is seen later is measured
// with the same ruler, and both survive a round trip through JSON.
package scale

import (
	"context"
	"errors"
	"fmt"

	"segue/matrix"
)

// ErrTooFewRows reports that there is nothing to fit on.
var ErrTooFewRows = errors.New("too few rows")

// A Standardizer maps each of d columns to z = (x − Mean) / SD.
//
// SD is the population standard deviation (divisor n, as scikit-learn's
// StandardScaler). A column of one repeated value has SD 0: it carries no
// information, every value of it is transformed to 0, and 0 back to its mean.
type Standardizer struct {
	Mean []float64 `json:"mean"` // length d, in the columns' units
	SD   []float64 `json:"sd"`   // length d, in the columns' units; 0 for a constant column
}

// FitStandardizer takes mean and standard deviation of every column of x, n×d,
// O(n·d), as FitStandardizerStream does, to the same bits.
//
// It returns ErrTooFewRows if n < 1, and matrix.ErrNotFinite, naming row and
// column, if x holds a NaN or an infinity, or naming the column if it is spread so
// wide that its standard deviation overflows. A constant column is not an error.
func FitStandardizer(x matrix.Columns) (Standardizer, error) {
	return FitStandardizerStream(context.Background(), x)
}

// Transform returns a new n×d table of standardized columns; x is not changed.
// It panics if x has another number of columns than the fit.
func (s Standardizer) Transform(x matrix.Columns) matrix.Columns {
	n, d := x.Dims()
	s.checkWidth("Transform", d)
	out := matrix.New(n, d)
	for j := range d {
		standardize(out.Col(j), x.Col(j), s.Mean[j], s.SD[j])
	}
	return out
}

// TransformRow writes the standardized row, length d, to dst and returns it. A
// nil dst is allocated; dst may be row itself. It panics if a length is not d.
func (s Standardizer) TransformRow(dst, row []float64) []float64 {
	dst = s.destination("TransformRow", dst, row)
	for j, v := range row {
		if s.SD[j] == 0 {
			dst[j] = 0
		} else {
			dst[j] = (v - s.Mean[j]) / s.SD[j]
		}
	}
	return dst
}

// Inverse writes the row, length d, in the columns' own units to dst and returns
// it: Mean + z·SD. A nil dst is allocated; dst may be row itself. It panics if a
// length is not d.
func (s Standardizer) Inverse(dst, row []float64) []float64 {
	dst = s.destination("Inverse", dst, row)
	for j, z := range row {
		dst[j] = s.Mean[j] + z*s.SD[j]
	}
	return dst
}

func (s Standardizer) destination(method string, dst, row []float64) []float64 {
	s.checkWidth(method, len(row))
	if dst == nil {
		return make([]float64, len(row))
	}
	s.checkWidth(method, len(dst))
	return dst
}

func (s Standardizer) checkWidth(method string, d int) {
	if d != len(s.Mean) || d != len(s.SD) {
		panic(fmt.Sprintf("scale: %s: got %d columns, fitted on %d", method, d, len(s.Mean)))
	}
}
