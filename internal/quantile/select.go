package quantile

import (
	"math"
	"slices"

	"segue/matrix"
)

// Select is Of for values in any order, which it changes: O(n) mostly, and
// O(n·log n) at worst, where sorting always takes that.
//
// Reference: Hoare 1961, doi:10.1145/366622.366647 (FIND).
func Select[F matrix.Float](values []F, p float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	h := p * float64(len(values)-1)
	i := int(h)
	place(values, i)
	q := float64(values[i])
	if i+1 < len(values) {
		q += (h - float64(i)) * (float64(slices.Min(values[i+1:])) - q)
	}
	return q
}

// place moves values so that the one at k is the one sorting would put there, with
// none larger before and none smaller behind it.
func place[F matrix.Float](values []F, k int) {
	const few = 16
	for rounds := 0; len(values) > few; rounds++ {
		if rounds == 64 { // the pivots were bad ones throughout
			break
		}
		pivot := middle(values[0], values[len(values)/2], values[len(values)-1])
		i, j := 0, len(values)-1
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch { // values[j+1:i] equal the pivot
		case k <= j:
			values = values[:j+1]
		case k >= i:
			values, k = values[i:], k-i
		default:
			return
		}
	}
	slices.Sort(values)
}

// middle returns the median of three.
func middle[F matrix.Float](a, b, c F) F {
	return max(min(a, b), min(max(a, b), c))
}
