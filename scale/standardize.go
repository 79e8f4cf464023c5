// Package scale puts variables of different units on one footing: Standardizer
// makes mean 0 and standard deviation 1, ECDF makes ranks in [0, 1]. Both
// remember what they were fitted on, so that what is seen later is measured
// with the same ruler, and both survive a round trip through JSON.
package scale

import (
	"errors"
	"fmt"
	"math"
	"slices"

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
// in two passes, O(n·d).
//
// It returns ErrTooFewRows if n < 1, and matrix.ErrNotFinite, naming row and
// column, if x holds a NaN or an infinity, or naming the column if it is spread so
// wide that its standard deviation overflows. A constant column is not an error.
func FitStandardizer(x matrix.Columns) (Standardizer, error) {
	n, d := x.Dims()
	if n < 1 {
		return Standardizer{}, fmt.Errorf("scale: %w: got %d, need at least 1", ErrTooFewRows, n)
	}
	if err := x.CheckFinite(); err != nil {
		return Standardizer{}, fmt.Errorf("scale: %w", err)
	}
	s := Standardizer{Mean: make([]float64, d), SD: make([]float64, d)}
	for j := range d {
		s.Mean[j], s.SD[j] = moments(x.Col(j))
		if !(s.SD[j] <= math.MaxFloat64) {
			return Standardizer{}, fmt.Errorf("scale: column %d: standard deviation: %w: values from %g to %g; use a smaller unit", j, matrix.ErrNotFinite, slices.Min(x.Col(j)), slices.Max(x.Col(j)))
		}
	}
	return s, nil
}

// moments returns mean and population standard deviation of col. The sum of
// deviations, zero but for rounding, corrects both (the corrected two-pass
// algorithm of Chan, Golub & LeVeque 1983, as gonum's stat.MeanVariance).
// Deviations are in units of the largest, so that no square overflows or
// vanishes; v/n, so that no sum does.
func moments(col []float64) (mean, sd float64) {
	n := float64(len(col))
	lo, hi := col[0], col[0]
	for _, v := range col {
		lo, hi = min(lo, v), max(hi, v)
		mean += v / n
	}
	if lo == hi { // rounding in mean must not make a constant column vary
		return lo, 0
	}
	unit := max(hi-mean, mean-lo)
	var sum, squares float64
	for _, v := range col {
		dev := (v - mean) / unit
		sum += dev
		squares += dev * dev
	}
	return mean + unit*(sum/n), unit * math.Sqrt((squares-sum*sum/n)/n)
}

// Transform returns a new n×d table of standardized columns; x is not changed.
// It panics if x has another number of columns than the fit.
func (s Standardizer) Transform(x matrix.Columns) matrix.Columns {
	n, d := x.Dims()
	s.checkWidth("Transform", d)
	out := matrix.New(n, d)
	for j := range d {
		mean, sd := s.Mean[j], s.SD[j]
		if sd == 0 {
			continue // zeros already
		}
		src, dst := x.Col(j), out.Col(j)
		for i, v := range src {
			dst[i] = (v - mean) / sd
		}
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
