package stats

import (
	"math"

	"segue"

	"gonum.org/v1/gonum/stat/distuv"
)

// Least is how many observations it takes to claim anything, in each group where
// there are several. Below it estimates are shown and called too few to tell.
// (docs/science.md §7)
const Least = 10

// Level is the confidence level of intervals where none is asked for.
const Level = .95

// An Estimate is a quantity with its confidence interval. What is not defined is
// missing, null as JSON, and Reason says why; an interval may be missing or open
// (one end missing) where the value is known.
type Estimate struct {
	Name   string       `json:"name"`  // what is estimated: "share", "difference of means"
	Value  segue.Number `json:"value"` // the point estimate
	Lo     segue.Number `json:"lo"`    // the interval, two-sided
	Hi     segue.Number `json:"hi"`    // …
	Level  float64      `json:"level"` // the interval's confidence level, in (0, 1)
	N      int          `json:"n"`     // observations behind it: pairs, listeners, hours; of all groups together
	Enough bool         `json:"enough"`
	Method string       `json:"method"` // how value and interval were made
	Reason string       `json:"reason,omitempty"`
}

// Defined reports whether there is a value with both ends of its interval.
func (e Estimate) Defined() bool { return e.Value.Known() && e.Lo.Known() && e.Hi.Known() }

// Holds reports whether v lies in the interval. A missing end bounds nothing.
func (e Estimate) Holds(v float64) bool {
	return !(e.Lo.Known() && v < float64(e.Lo)) && !(e.Hi.Known() && v > float64(e.Hi))
}

// Undefined returns the estimate of what is not defined, with the reason in words.
// It is not Enough.
func Undefined(name, method string, n int, level float64, reason string) Estimate {
	return Estimate{Name: name, Value: segue.Missing(), Lo: segue.Missing(), Hi: segue.Missing(), Level: level, N: n, Method: method, Reason: reason}
}

// estimate returns value in [lo, hi], with what is not finite missing.
func estimate(name, method string, n int, level, value, lo, hi float64) Estimate {
	return Estimate{Name: name, Value: finite(value), Lo: finite(lo), Hi: finite(hi), Level: level, N: n, Enough: n >= Least, Method: method}
}

// finite is v, or missing if v is NaN or infinite.
func finite(v float64) segue.Number {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return segue.Missing()
	}
	return segue.Number(v)
}

// An Alternative is what a test holds against its null hypothesis.
type Alternative string

const (
	TwoSided Alternative = "two-sided" // also the empty string
	Less     Alternative = "less"      // the quantity is less than under the null
	Greater  Alternative = "greater"   // the quantity is greater than under the null
)

// Options are what tests and intervals have in common. The zero value is two-sided
// at 95 %.
type Options struct {
	Alternative Alternative // default TwoSided
	Level       float64     // confidence level of the intervals, in (0, 1); default Level
}

// whole returns the options with their defaults filled in. It panics on what
// cannot be.
func (o Options) whole() Options {
	switch o.Alternative {
	case "":
		o.Alternative = TwoSided
	case TwoSided, Less, Greater:
	default:
		panic("stats: an alternative is two-sided, less or greater")
	}
	o.Level = wholeLevel(o.Level)
	return o
}

func wholeLevel(level float64) float64 {
	if level == 0 {
		return Level
	}
	if !(level > 0 && level < 1) {
		panic("stats: a confidence level lies between 0 and 1")
	}
	return level
}

// normal is the standard normal distribution.
var normal = distuv.UnitNormal

// zOf is the two-sided critical value of the standard normal: 1.959964 at 95 %.
func zOf(level float64) float64 {
	if level == .95 {
		return 1.959963984540054
	}
	return -normal.Quantile((1 - level) / 2)
}

// mustBeFinite panics if a value is NaN or infinite: samples are checked where they
// are read, and there the row can be named.
func mustBeFinite(samples ...[]float64) {
	for _, s := range samples {
		for _, v := range s {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				panic("stats: a value is not finite")
			}
		}
	}
}
