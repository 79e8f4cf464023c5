package scale

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"segue/matrix"
)

// maxKnots bounds the table an ECDF keeps, and so the size of a model file.
const maxKnots = 4096

// An ECDF is a mid-rank empirical cumulative distribution function of a sample:
//
//	F(v) = (#less than v + ½·#equal to v) / n, in [0, 1].
//
// The half makes F symmetric (F of the negated sample at −v is 1 − F(v)) and its
// mean over the sample exactly ½, whatever the ties.
//
// It is a table of at most 4096 knots. With no more distinct values than that it
// is exact. With more, some values are left out and F runs straight between the
// knots around them; knots are chosen so that no gap holds more than a share
// 1/4094 + 1/n of the sample, which is the largest error at any v (values
// repeated more often than that are always knots). The zero ECDF knows no value
// and answers NaN.
type ECDF struct {
	n      int       // sample size
	knots  []float64 // increasing
	less   []int     // less[j] sample values are < knots[j]
	atMost []int     // atMost[j] sample values are ≤ knots[j]
}

// NewECDF sorts a copy of values, O(n log n).
//
// It returns ErrTooFewRows if values is empty, and matrix.ErrNotFinite, naming
// the row, if one is NaN or infinite.
func NewECDF(values []float64) (ECDF, error) {
	n := len(values)
	if n < 1 {
		return ECDF{}, fmt.Errorf("scale: %w: got %d, need at least 1", ErrTooFewRows, n)
	}
	if err := matrix.FromColumns(values).CheckFinite(); err != nil {
		return ECDF{}, fmt.Errorf("scale: %w", err)
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	distinct := 1
	for i := 1; i < n; i++ {
		if sorted[i] != sorted[i-1] {
			distinct++
		}
	}
	gap := 0 // sample values allowed strictly between two knots
	if distinct > maxKnots {
		gap = (n + maxKnots - 3) / (maxKnots - 2)
	}
	return tabulate(sorted, gap), nil
}

// tabulate walks the distinct values and keeps one when leaving it out would put
// more than gap sample values between two knots. Each knot but the first and the
// last then accounts for more than gap values, so there are at most n/gap + 2.
func tabulate(sorted []float64, gap int) ECDF {
	n := len(sorted)
	e := ECDF{n: n}
	for lo := 0; lo < n; {
		hi := lo + 1
		for hi < n && sorted[hi] == sorted[lo] {
			hi++
		}
		kept := 0 // sample values up to and with the last knot
		if len(e.atMost) > 0 {
			kept = e.atMost[len(e.atMost)-1]
		}
		if lo == 0 || hi == n || hi-kept > gap {
			e.knots = append(e.knots, sorted[lo])
			e.less = append(e.less, lo)
			e.atMost = append(e.atMost, hi)
		}
		lo = hi
	}
	return e
}

// Len returns the size of the sample, not of the table.
func (e ECDF) Len() int { return e.n }

// At returns F(v), in [0, 1]; 0 below the sample, 1 above it; NaN for NaN, and
// for the zero ECDF. O(log 4096).
func (e ECDF) At(v float64) float64 {
	if e.n == 0 || math.IsNaN(v) {
		return math.NaN()
	}
	j := sort.SearchFloat64s(e.knots, v) // first knot ≥ v
	n := float64(e.n)
	switch {
	case j == len(e.knots):
		return 1
	case e.knots[j] == v:
		return float64(e.less[j]+e.atMost[j]) / 2 / n
	case j == 0:
		return 0
	case e.atMost[j-1] == e.less[j]: // nothing lies between
		return float64(e.less[j]) / n
	}
	// Halved first: the distance of two finite knots may overflow.
	below, above := e.knots[j-1]/2, e.knots[j]/2
	t := (v/2 - below) / (above - below)
	return (float64(e.atMost[j-1]) + t*float64(e.less[j]-e.atMost[j-1])) / n
}

// table is the file form of an ECDF: parallel arrays.
type table struct {
	N      int       `json:"n"`
	Knots  []float64 `json:"knots"`
	Less   []int     `json:"less"`
	AtMost []int     `json:"at_most"`
}

// MarshalJSON writes sample size, knots and the counts at them.
func (e ECDF) MarshalJSON() ([]byte, error) {
	return json.Marshal(table{e.n, e.knots, e.less, e.atMost})
}

// UnmarshalJSON reads what MarshalJSON wrote, and refuses a table that is not a
// distribution function, so that At need not check.
func (e *ECDF) UnmarshalJSON(data []byte) error {
	var t table
	if err := json.Unmarshal(data, &t); err != nil {
		return fmt.Errorf("scale: reading an ECDF: %w", err)
	}
	if err := t.check(); err != nil {
		return fmt.Errorf("scale: reading an ECDF: %w", err)
	}
	*e = ECDF{t.N, t.Knots, t.Less, t.AtMost}
	return nil
}

func (t table) check() error {
	m := len(t.Knots)
	if len(t.Less) != m || len(t.AtMost) != m {
		return fmt.Errorf("%d knots but %d and %d counts; fit it again", m, len(t.Less), len(t.AtMost))
	}
	if (m == 0) != (t.N == 0) {
		return fmt.Errorf("%d knots for %d values; fit it again", m, t.N)
	}
	if m == 0 {
		return nil
	}
	if t.Less[0] != 0 || t.AtMost[m-1] != t.N {
		return errors.New("counts do not run from 0 to n; fit it again")
	}
	for j := range m {
		if t.AtMost[j] <= t.Less[j] || j > 0 && (t.Knots[j] <= t.Knots[j-1] || t.Less[j] < t.AtMost[j-1]) {
			return fmt.Errorf("knot %d is out of order; fit it again", j)
		}
	}
	return nil
}
