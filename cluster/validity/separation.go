package validity

import (
	"fmt"
	"math"

	"segue/matrix"
)

// DaviesBouldin returns the Davies–Bouldin index of a labeling of x, n×d, in
// [0, ∞), lower being better separated: O(n·d + k²·d).
//
// It returns ErrBadLabel for a label outside [0, n), ErrUndefined unless
// 2 ≤ k ≤ n−1 or where two centers coincide (to rounding), and
// matrix.ErrNotFinite for a NaN or an infinity. It panics if there are not n
// labels.
//
// Reference: Davies & Bouldin 1979, doi:10.1109/TPAMI.1979.4766909, with their
// p = q = 1: distances, not squares.
func DaviesBouldin(x matrix.Columns, labels []int32) (float64, error) {
	c, err := check(x, labels)
	if err != nil {
		return 0, err
	}
	n, d := x.Dims()
	k := len(c.size)
	centers, scale := centersOf(x, c)

	spread := make([]float64, k) // mean distance of a cluster's rows to its center
	squares := make([]float64, n)
	for j := range d {
		center := centers.Col(j)
		for i, v := range x.Col(j) {
			dv := math.Ldexp(v, scale) - center[c.cluster[i]]
			squares[i] += dv * dv
		}
	}
	for i, sq := range squares {
		spread[c.cluster[i]] += math.Sqrt(sq)
	}
	for a := range spread {
		spread[a] /= float64(c.size[a])
	}

	// Coordinates are at most 1 here, so means are good to a few times 2⁻⁵³.
	const same = 0x1p-50
	worst := make([]float64, k)
	for a := range k {
		for b := range a {
			apart := 0.0
			for j := range d {
				apart = math.Hypot(apart, centers.At(a, j)-centers.At(b, j))
			}
			if apart <= same {
				return 0, fmt.Errorf("%w: clusters %d and %d have the same center", ErrUndefined, c.label[b], c.label[a])
			}
			r := (spread[a] + spread[b]) / apart
			worst[a], worst[b] = max(worst[a], r), max(worst[b], r)
		}
	}
	sum := 0.0
	for _, w := range worst {
		sum += w
	}
	return sum / float64(k), nil
}

// CalinskiHarabasz returns the ratio of the variance between clusters to the
// variance within them, (B/(k−1))/(W/(n−k)), of a labeling of x, n×d, in
// [0, ∞), higher being better separated: O(n·d).
//
// It returns ErrBadLabel for a label outside [0, n), ErrUndefined unless
// 2 ≤ k ≤ n−1 or where every row is its cluster's center (to rounding), and
// matrix.ErrNotFinite for a NaN or an infinity. It panics if there are not n
// labels.
//
// Reference: Calinski & Harabasz 1974, doi:10.1080/03610927408827101.
func CalinskiHarabasz(x matrix.Columns, labels []int32) (float64, error) {
	c, err := check(x, labels)
	if err != nil {
		return 0, err
	}
	n, d := x.Dims()
	k := len(c.size)
	centers, scale := centersOf(x, c)
	between, within := 0.0, 0.0
	for j := range d {
		center := centers.Col(j)
		mean := 0.0
		for a, v := range center {
			mean += v * float64(c.size[a]) / float64(n)
		}
		for a, v := range center {
			between += float64(c.size[a]) * (v - mean) * (v - mean)
		}
		for i, v := range x.Col(j) {
			dv := math.Ldexp(v, scale) - center[c.cluster[i]]
			within += dv * dv
		}
	}
	// Coordinates are at most 1, so a difference that should be 0 is below 2⁻⁵⁰.
	if within <= float64(n*d)*0x1p-100 {
		return 0, fmt.Errorf("%w: no cluster has any spread", ErrUndefined)
	}
	return between / float64(k-1) / (within / float64(n-k)), nil
}

// centersOf returns the k×d cluster means of x multiplied by 2^scale, the power
// that brings x's largest magnitude below 1, so that no sum or square
// overflows. A second pass adds the mean of what the first pass left over,
// which makes the means good to the last digit or two in any row order.
func centersOf(x matrix.Columns, c census) (centers matrix.Columns, scale int) {
	_, d := x.Dims()
	k := len(c.size)
	centers = matrix.New(k, d)
	scale = powerToUnit(x)
	for j := range d {
		center := centers.Col(j)
		for range 2 {
			left := make([]float64, k)
			for i, v := range x.Col(j) {
				a := c.cluster[i]
				left[a] += math.Ldexp(v, scale) - center[a]
			}
			for a := range left {
				center[a] += left[a] / float64(c.size[a])
			}
		}
	}
	return centers, scale
}
