// Package quantile reads quantiles off sorted values.
package quantile

import (
	"math"

	"segue/matrix"
)

// Of returns the p-quantile, p in [0, 1], of values that are sorted,
// ascending, and hold no NaN, by linear interpolation between order statistics;
// NaN if there are none.
//
// Reference: type 7 of Hyndman & Fan 1996, doi:10.2307/2684934.
func Of[F matrix.Float](sorted []F, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	h := p * float64(len(sorted)-1)
	i := int(h)
	q := float64(sorted[i])
	if i+1 < len(sorted) {
		q += (h - float64(i)) * (float64(sorted[i+1]) - q)
	}
	return q
}
