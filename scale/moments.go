package scale

import (
	"math"

	"segue/matrix"
)

// moments are those of some values of one column. Unlike a kernel.Spread they hold
// for values of any size, whose squares may overflow or vanish: deviations are
// in units of about the largest where that is far from 1.
type moments struct {
	n       float64
	lo, hi  float64
	mean    float64
	unit    float64 // 1, or a power of 2; 0 if all values are equal
	squares float64 // squared deviations from mean, in unit², added up
}

// momentsOf returns the moments of col, at least one value and at most
// matrix.PieceRows, in two passes, and whether all are finite. The sum of the
// deviations, zero but for rounding, corrects both mean and squares.
//
// Reference: Chan, Golub & LeVeque 1983, Algorithms for computing the sample
// variance: the corrected two-pass algorithm.
func momentsOf[F matrix.Float](col []F) (m moments, finite bool) {
	lo, hi := col[0], col[0]
	var s0, s1 float64
	var none F // NaN once a value is not finite
	rest := col
	for ; len(rest) >= 2; rest = rest[2:] {
		a, b := rest[0], rest[1]
		none += (a - a) + (b - b)
		s0 += float64(a)
		s1 += float64(b)
		if a < lo {
			lo = a
		}
		if b < lo {
			lo = b
		}
		if a > hi {
			hi = a
		}
		if b > hi {
			hi = b
		}
	}
	for _, v := range rest {
		none += v - v
		s0 += float64(v)
		lo, hi = min(lo, v), max(hi, v)
	}
	m = moments{n: float64(len(col)), lo: float64(lo), hi: float64(hi), mean: float64(lo)}
	if none != 0 || lo == hi { // rounding in mean must not make a constant column vary
		return m, none == 0
	}
	m.mean = (s0 + s1) / m.n
	if max(m.hi, -m.lo) > 0x1p1000 { // the sum may have overflowed
		m.mean = 0
		for _, v := range col {
			m.mean += float64(v) / m.n
		}
	}
	m.unit = unitOf(max(m.hi-m.mean, m.mean-m.lo))
	m.deviate(sums(col, m.mean, m.unit))
	return m, true
}

// sums returns the deviations of col from mean, in unit, and their squares, added
// up.
func sums[F matrix.Float](col []F, mean, unit float64) (sum, squares float64) {
	if unit != 1 {
		for _, v := range col {
			off := (float64(v) - mean) / unit
			sum += off
			squares += off * off
		}
		return sum, squares
	}
	var s, q float64
	for ; len(col) >= 2; col = col[2:] {
		a, b := float64(col[0])-mean, float64(col[1])-mean
		sum += a
		s += b
		squares += a * a
		q += b * b
	}
	for _, v := range col {
		off := float64(v) - mean
		sum += off
		squares += off * off
	}
	return sum + s, squares + q
}

// deviate corrects mean and squares by the deviations from mean.
func (m *moments) deviate(sum, squares float64) {
	m.mean += m.unit * (sum / m.n)
	m.squares = squares - sum*sum/m.n
}

// unitOf returns what to measure deviations in if the largest is so large: 1
// where squares can be added up as they are, 0 where there are none.
func unitOf(largest float64) float64 {
	switch {
	case largest == 0 || math.IsInf(largest, 1):
		return largest
	case largest >= 0x1p-400 && largest <= 0x1p400:
		return 1
	}
	_, exponent := math.Frexp(largest)
	return math.Ldexp(1, exponent-1)
}

// merge adds the values of t to m.
//
// Reference: Chan, Golub & LeVeque 1979, Updating formulae and a pairwise
// algorithm for computing sample variances.
func (m *moments) merge(t *moments) {
	if m.n == 0 {
		*m = *t
		return
	}
	n, delta := m.n+t.n, t.mean-m.mean
	if unit := max(m.unit, t.unit, unitOf(math.Abs(delta))); unit != 0 {
		a, b, between := m.unit/unit, t.unit/unit, delta/unit
		m.squares = m.squares*a*a + t.squares*b*b + between*between*(m.n/n)*t.n
		m.unit = unit
	}
	m.mean += delta * (t.n / n)
	m.n, m.lo, m.hi = n, min(m.lo, t.lo), max(m.hi, t.hi)
}

// sd is the population standard deviation; not a finite number if it overflows.
func (m *moments) sd() float64 { return m.unit * math.Sqrt(m.squares/m.n) }
