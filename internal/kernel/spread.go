package kernel

import "segue/matrix"

// MeanVariance returns the mean over the columns of x, n×d with n, d ≥ 1, of
// their population variances: the unit in which the tolerances of the clustering
// packages are stated, so that they do not depend on the columns' unit.
func MeanVariance(x matrix.Columns) float64 {
	n, d := x.Dims()
	total := 0.0
	for j := range d {
		col := x.Col(j)
		mean := 0.0
		for _, v := range col {
			mean += v
		}
		mean /= float64(n)
		squares := 0.0
		for _, v := range col {
			squares += (v - mean) * (v - mean)
		}
		total += squares / float64(n)
	}
	return total / float64(d)
}
