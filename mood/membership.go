package mood

import (
	"fmt"
	"math"

	"segue"
)

// How far a track's place on the plane is likely off: standard deviations, in
// the plane's units. Estimates from audio features agree with people only
// roughly, so a track is never simply in a quadrant. (d; docs/science.md §2)
const (
	SigmaValence = 0.20
	SigmaArousal = 0.17
)

// middle splits each axis of the plane into its two halves.
const middle = 0.5

// MembershipOf returns how much a position belongs to each of the four moods:
// the mass that a normal distribution around at, with standard deviations sd
// and independent axes, has in each quadrant of the plane split at (0.5, 0.5).
//
//	happy = Φ(v)·Φ(a)   calm = Φ(v)·Φ(−a)   v = (at.Valence − ½)/sd.Valence
//	angry = Φ(−v)·Φ(a)  sad  = Φ(−v)·Φ(−a)  a = (at.Arousal − ½)/sd.Arousal
//
// The four sum to 1 to rounding. With a deviation of 0 an axis is certain, and
// exactly ½ then counts as pleasant, energetic, as in segue.QuadrantOf. The
// memberships of an unknown position, or of one with an unknown deviation, are
// NaN. It panics if a deviation is negative.
func MembershipOf(at, sd segue.Affect) segue.Membership {
	pleasant, unpleasant := halves(at.Valence, sd.Valence)
	energetic, quiet := halves(at.Arousal, sd.Arousal)
	if !at.Known() || !sd.Known() {
		nan := math.NaN()
		return segue.Membership{nan, nan, nan, nan}
	}
	var m segue.Membership
	m[segue.Angry] = unpleasant * energetic
	m[segue.Sad] = unpleasant * quiet
	m[segue.Calm] = pleasant * quiet
	m[segue.Happy] = pleasant * energetic
	return m
}

// TrackMembership is MembershipOf for a track's position, with the placement
// error of a track: SigmaValence and SigmaArousal.
func TrackMembership(at segue.Affect) segue.Membership {
	return MembershipOf(at, segue.Affect{Valence: SigmaValence, Arousal: SigmaArousal})
}

// halves returns the mass of a normal distribution above and below the middle.
// Each tail has its own erfc, so that the small one keeps its digits.
func halves(mean, sd float64) (above, below float64) {
	switch {
	case sd < 0:
		panic(fmt.Sprintf("mood: MembershipOf: standard deviation %v is negative", sd))
	case sd == 0 && mean >= middle:
		return 1, 0
	case sd == 0:
		return 0, 1
	}
	z := (mean - middle) / sd / math.Sqrt2
	return math.Erfc(-z) / 2, math.Erfc(z) / 2
}
