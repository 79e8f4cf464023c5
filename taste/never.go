package taste

import (
	"math"

	"segue"
)

// half is where the plane's axes are split into moods.
const half = .5

// without returns the mean and standard deviation of a Gaussian place, with independent
// axes, that is known not to lie in the quadrants of never. A quadrant's part of the
// Gaussian is a product of two truncated ones, so that with m its mass
//
//	mean = Σm·μ/Σm,  variance = Σm·(second moment)/Σm − mean²
//
// over the quadrants that are left. Where the mean of that still lies in a quadrant that
// is ruled out, the place is the nearest point of its border; and so it is where what is
// left has no mass. A deviation never grows by it. All four quadrants cannot be ruled out
// of a place: then it stays, and whoever chooses tracks leaves it out.
func without(at, sd segue.Affect, never segue.MoodSet) (segue.Affect, segue.Affect) {
	if never == 0 || never == segue.AllMoods {
		return at, sd
	}
	v, a := truncated(at.Valence, sd.Valence), truncated(at.Arousal, sd.Arousal)
	mass := 0.
	var first, second segue.Affect
	for _, q := range segue.Moods() {
		if never.Has(q) {
			continue
		}
		x, y := v[side(q == segue.Calm || q == segue.Happy)], a[side(q == segue.Angry || q == segue.Happy)]
		m := x.mass * y.mass
		mass += m
		first.Valence += m * x.mean
		first.Arousal += m * y.mean
		second.Valence += m * x.square
		second.Arousal += m * y.square
	}
	if mass > math.SmallestNonzeroFloat64*1e10 {
		at = segue.Affect{Valence: first.Valence / mass, Arousal: first.Arousal / mass}
		sd.Valence = min(sd.Valence, math.Sqrt(max(0, second.Valence/mass-at.Valence*at.Valence)))
		sd.Arousal = min(sd.Arousal, math.Sqrt(max(0, second.Arousal/mass-at.Arousal*at.Arousal)))
	}
	return outside(at, never), sd
}

// side returns 1 for the upper half of an axis.
func side(upper bool) int {
	if upper {
		return 1
	}
	return 0
}

// A part is one half of a Gaussian cut at the middle: its mass, and first and second
// moment of what lies there.
type part struct{ mass, mean, square float64 }

// truncated returns the lower and the upper half of a Gaussian. (Johnson, Kotz &
// Balakrishnan 1994, Continuous Univariate Distributions 1, 13.10.1)
func truncated(mean, sd float64) [2]part {
	if sd == 0 {
		is := part{1, mean, mean * mean}
		if mean >= half {
			return [2]part{{}, is}
		}
		return [2]part{is, {}}
	}
	z := (half - mean) / sd
	density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
	lower, upper := math.Erfc(-z/math.Sqrt2)/2, math.Erfc(z/math.Sqrt2)/2
	one := func(mass, sign float64) part {
		if mass == 0 {
			return part{}
		}
		h := sign * density / mass
		m := mean + sd*h
		return part{mass, m, sd*sd*(1+z*h-h*h) + m*m}
	}
	return [2]part{one(lower, -1), one(upper, 1)}
}

// outside moves a point to the nearest one in a quadrant that is not ruled out: across
// one border or, where both neighbours are ruled out too, across both.
func outside(at segue.Affect, never segue.MoodSet) segue.Affect {
	if never == segue.AllMoods || !never.Has(segue.QuadrantOf(at)) {
		return at
	}
	best, nearest := at, math.Inf(1)
	for _, to := range [...]segue.Affect{{Valence: across(at.Valence), Arousal: at.Arousal}, {Valence: at.Valence, Arousal: across(at.Arousal)}, {Valence: across(at.Valence), Arousal: across(at.Arousal)}} {
		if d := to.Distance(at); !never.Has(segue.QuadrantOf(to)) && d < nearest {
			best, nearest = to, d
		}
	}
	return best
}

// across returns the nearest coordinate in the other half. One of exactly ½ is pleasant,
// energetic.
func across(x float64) float64 {
	if x >= half {
		return math.Nextafter(half, 0)
	}
	return half
}
