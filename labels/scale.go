package labels

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"segue"
)

// A Scale is the interval on which a table gives valence and arousal.
type Scale struct {
	Lo segue.Number `json:"lo"` // missing where the values have both signs: the scale is open
	Hi segue.Number `json:"hi"`

	// Middle parts pleasant from unpleasant and energetic from quiet: what lies on it
	// is pleasant, energetic.
	Middle float64 `json:"middle"`

	Given bool `json:"given"` // by the caller, not found
}

// String returns the scale as ParseScale reads it, "around 0" for an open one.
func (s Scale) String() string {
	if s.Lo != s.Lo {
		return fmt.Sprintf("around %g", s.Middle)
	}
	return fmt.Sprintf("%g to %g", float64(s.Lo), float64(s.Hi))
}

// ParseScale reads a scale as people give it, its ends with a comma between: "1,9".
// The error wraps segue.ErrUsage.
func ParseScale(text string) (*Scale, error) {
	lo, hi, ok := strings.Cut(text, ",")
	a, errA := strconv.ParseFloat(strings.TrimSpace(lo), 64)
	b, errB := strconv.ParseFloat(strings.TrimSpace(hi), 64)
	if !ok || errA != nil || errB != nil || math.IsNaN(a+b) || math.IsInf(a, 0) || math.IsInf(b, 0) || a >= b {
		return nil, fmt.Errorf("%w: %q is no scale; give its ends, such as 1,9", segue.ErrUsage, text)
	}
	return &Scale{Lo: segue.Number(a), Hi: segue.Number(b), Middle: a + (b-a)/2, Given: true}, nil
}

// inUse are the scales of published tables, the smallest first; among those of one
// size the first is preferred. (d)
func inUse() [][2]float64 {
	return [][2]float64{{0, 1}, {1, 5}, {0, 5}, {1, 7}, {1, 9}, {0, 10}, {1, 10}, {0, 100}, {1, 100}}
}

// What tells a scale, in shares of its size. (d)
const (
	leastFilled = 0.60 // the values of an axis fill at least so much of it
	sureEnd     = 0.05 // a value so near its end is of no larger one
	sameMiddle  = 0.10 // two scales whose middles are so near do not differ
)

// A span is the interval in which values lie.
type span struct{ lo, hi float64 }

func nothing() span { return span{math.Inf(1), math.Inf(-1)} }

func (s *span) add(v float64) { s.lo, s.hi = min(s.lo, v), max(s.hi, v) }

func (s span) signed() bool { return s.lo < 0 && s.hi > 0 }

// detect finds the scale of valence and arousal that lie in these spans. The error says
// which scales would do.
func detect(file string, valence, arousal span) (Scale, error) {
	unsure := func(text string, args ...any) (Scale, error) {
		return Scale{}, &segue.InputError{File: file, Problem: text, Args: args, Hint: "say which scale it is with --scale LO,HI"}
	}
	both := valence
	both.add(arousal.lo)
	both.add(arousal.hi)
	switch {
	case valence.signed() && arousal.signed():
		return Scale{Lo: segue.Missing(), Hi: segue.Missing()}, nil
	case both.lo < 0:
		return unsure("valence lies in %.4g to %.4g and arousal in %.4g to %.4g: their middle cannot be told", valence.lo, valence.hi, arousal.lo, arousal.hi)
	}
	var fit [][2]float64
	for _, s := range inUse() {
		if both.lo >= s[0] && both.hi <= s[1] && max(valence.hi-valence.lo, arousal.hi-arousal.lo) >= leastFilled*(s[1]-s[0]) {
			fit = append(fit, s)
		}
	}
	// Of those that hold the values the smallest is meant, unless they stay below its end
	// and another with quite another middle is as likely: 1 to 6.5 is of 7 points or of 9.
	for i, other := range fit {
		size := fit[0][1] - fit[0][0]
		if i > 0 && both.hi < fit[0][1]-sureEnd*size && math.Abs(middle(other)-middle(fit[0])) > sameMiddle*size {
			return unsure("valence and arousal lie in %.4g to %.4g: the scale may be %g to %g or %g to %g", both.lo, both.hi, fit[0][0], fit[0][1], other[0], other[1])
		}
	}
	if len(fit) == 0 {
		return unsure("valence and arousal lie in %.4g to %.4g, which tells no scale", both.lo, both.hi)
	}
	s := fit[0]
	return Scale{Lo: segue.Number(s[0]), Hi: segue.Number(s[1]), Middle: middle(s)}, nil
}

func middle(s [2]float64) float64 { return s[0] + (s[1]-s[0])/2 }
