package playlist

import (
	"math"

	"segue"
)

// The weights of the cost
//
//	J = Σ‖x_i − p_i‖² + Σ [4·max(0, ‖x_{i+1} − x_i‖ − .15)² + .02·r² + .002·key]
//
// of a sequence of tracks at x_i on an arc with points p_i. (docs/science.md §6; d)
const (
	StepFree    = .15  // a step up to this long costs nothing
	StepWeight  = 4    // of the square of what a step is longer
	TempoWeight = .02  // of the square of the folded log2 tempo ratio
	KeyWeight   = .002 // of a step on the Camelot wheel: a tie-break, keys have no known effect on mood
	KeyCut      = 3    // Camelot distances are cut here
)

// A Sound is what the cost needs to know of a track.
type Sound struct {
	At    segue.Affect
	Tempo float64 // beats per minute; NaN if unknown
	Key   Camelot // 0 if unknown
}

// Cost returns J of sounds placed at points, which must be as many. O(n).
func Cost(sounds []Sound, points []segue.Affect) float64 {
	if len(sounds) != len(points) {
		panic("playlist: Cost: as many sounds as points are needed")
	}
	j := 0.0
	for i, s := range sounds {
		j += PlaceCost(s.At, points[i])
		if i > 0 {
			j += StepCost(sounds[i-1], s)
		}
	}
	return j
}

// PlaceCost returns the cost ‖x − p‖² of a track at x in a slot planned at p.
func PlaceCost(x, p segue.Affect) float64 {
	dv, da := x.Valence-p.Valence, x.Arousal-p.Arousal
	return dv*dv + da*da
}

// StepCost returns the cost of going from one track to the next, ≥ 0; it is
// the same both ways.
func StepCost(a, b Sound) float64 {
	step, tempo, key := stepTerms(a, b)
	return step + tempo + key
}

// stepTerms returns the three terms of StepCost.
func stepTerms(a, b Sound) (step, tempo, key float64) {
	if over := math.Sqrt(PlaceCost(a.At, b.At)) - StepFree; over > 0 {
		step = StepWeight * over * over
	}
	r := TempoGap(a.Tempo, b.Tempo)
	return step, TempoWeight * r * r, KeyWeight * float64(a.Key.Distance(b.Key))
}

// PartsOf returns the terms of Cost, each summed by itself. O(n).
func PartsOf(sounds []Sound, points []segue.Affect) CostParts {
	if len(sounds) != len(points) {
		panic("playlist: PartsOf: as many sounds as points are needed")
	}
	var p CostParts
	for i, s := range sounds {
		p.Place += PlaceCost(s.At, points[i])
		if i > 0 {
			step, tempo, key := stepTerms(sounds[i-1], s)
			p.Step += step
			p.Tempo += tempo
			p.Key += key
		}
	}
	return p
}

// TempoGap returns |q − round(q)| of q = log2(b/a), [0, 0.5]: how far two tempi
// are from being each other's double, half or same. It is 0 (not a cost) if
// one is unknown.
func TempoGap(a, b float64) float64 {
	if !(a > 0) || !(b > 0) {
		return 0
	}
	q := math.Log2(b / a)
	return math.Abs(q - math.Round(q))
}

// Camelot is a key on the Camelot wheel: 1 to 12 for the minor keys 1A to 12A,
// 13 to 24 for the major keys 1B to 12B, 0 if unknown.
type Camelot int8

// CamelotOf returns the wheel's name of a pitch class (0 = C) and mode (1
// major, 0 minor); NaN in either gives 0. C major is 8B, A minor 8A.
func CamelotOf(key, mode float32) Camelot {
	if !(key >= 0 && key <= 11) || !(mode == 0 || mode == 1) {
		return 0
	}
	if mode == 1 {
		return Camelot(13 + (7*int(key)+7)%12)
	}
	return Camelot(1 + (7*(int(key)+3)+7)%12)
}

// Distance returns min(|n − n′|, 12 − |n − n′|) + [letter differs], cut at
// KeyCut; 0 if either key is unknown.
func (c Camelot) Distance(d Camelot) int {
	if c == 0 || d == 0 {
		return 0
	}
	n := int(c-1)%12 - int(d-1)%12
	if n < 0 {
		n = -n
	}
	n = min(n, 12-n)
	if (c > 12) != (d > 12) {
		n++
	}
	return min(n, KeyCut)
}
