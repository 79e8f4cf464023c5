package gmm

import "math"

// square returns a d×d matrix of zeros.
func square(d int) [][]float64 {
	m := make([][]float64, d)
	for j := range m {
		m[j] = make([]float64, d)
	}
	return m
}

// finite reports whether a is a d×d matrix of numbers, neither NaN nor infinite.
func finite(a [][]float64, d int) bool {
	if len(a) != d {
		return false
	}
	for _, row := range a {
		if len(row) != d {
			return false
		}
		for _, v := range row {
			if v-v != 0 {
				return false
			}
		}
	}
	return true
}

// cholesky returns the lower triangular L with L·Lᵀ = a, or nil if a, symmetric,
// is not positive definite. L[j][j]² is the variance of column j given the columns
// before it.
func cholesky(a [][]float64) [][]float64 {
	l := square(len(a))
	for i := range a {
		for j := range i + 1 {
			v := a[i][j]
			for m := range j {
				v -= l[i][m] * l[j][m]
			}
			if i > j {
				l[i][j] = v / l[j][j]
				continue
			}
			if !(v > 0) {
				return nil
			}
			l[i][i] = math.Sqrt(v)
		}
	}
	return l
}

// invertLower returns the inverse of the lower triangular l, itself lower
// triangular, packed row by row.
func invertLower(l [][]float64) []float64 {
	inverse := square(len(l))
	var packed []float64
	for i, row := range l {
		for j := range i {
			v := 0.0
			for m := j; m < i; m++ {
				v -= row[m] * inverse[m][j]
			}
			inverse[i][j] = v / row[i]
		}
		inverse[i][i] = 1 / row[i]
		packed = append(packed, inverse[i][:i+1]...)
	}
	return packed
}
