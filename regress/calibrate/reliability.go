package calibrate

import (
	"fmt"
	"math"

	"segue/matrix"
)

// A Binning says how confidences are put into bins.
type Binning string

const (
	// EqualMass gives every bin as many rows, up to one; rows of one confidence may
	// lie in two. The error of bins is then about alike.
	EqualMass Binning = "equal_mass"
	// EqualWidth cuts [0, 1] into bins of one width, whose upper ends are theirs.
	// Some may be empty.
	EqualWidth Binning = "equal_width"
)

// DefaultBins is in how many bins confidences are put. (d)
const DefaultBins = 10

// A Bin sets what was promised for some rows beside what came true.
type Bin struct {
	Lo         float64 `json:"lo"`         // least confidence in it, or its lower end if of equal width
	Hi         float64 `json:"hi"`         // largest, or its upper end
	N          int     `json:"n"`          // rows
	Confidence float64 `json:"confidence"` // their mean, [0, 1]; 0 of none
	Frequency  float64 `json:"frequency"`  // share of them that came true, [0, 1]; 0 of none
}

// A Reliability says how far confidences are from how often they come true.
type Reliability struct {
	Binning Binning `json:"binning"`
	N       int     `json:"n"`
	Bins    []Bin   `json:"bins"`

	// ECE is the expected calibration error, [0, 1]: the mean over the rows of
	// |Frequency − Confidence| of their bin. MCE is the largest of a bin.
	ECE float64 `json:"ece"`
	MCE float64 `json:"mce"`

	// Expected is about what the ECE would be if every confidence came true as often
	// as it says: of chance alone, as bins have few rows.
	Expected float64 `json:"expected"`
}

// Reliable compares confidences, each in [0, 1], with what came true, in the given
// number of bins, O(n log n). Confidences of the top class and whether it was right
// give the calibration error that is usually meant; those of one class, and whether
// the row is of it, that of the class. Of no rows all is 0.
//
// It panics if the two differ in length, a confidence is outside [0, 1], bins is
// below 1, or the binning is none.
//
// Reference: Naeini, Cooper & Hauskrecht 2015, Obtaining well calibrated
// probabilities using Bayesian binning.
func Reliable(confidence []float64, came []bool, bins int, by Binning) *Reliability {
	n := len(confidence)
	if len(came) != n || bins < 1 {
		panic(fmt.Sprintf("calibrate: Reliable: %d confidences, %d outcomes, %d bins", n, len(came), bins))
	}
	sorted := make([]Forecast, n)
	for i, p := range confidence {
		sorted[i] = Forecast{i, p, came[i]}
		if !(p >= 0 && p <= 1) {
			panic(fmt.Sprintf("calibrate: Reliable: confidence %d is %v", i, p))
		}
	}
	SortForecasts(sorted)
	out := &Reliability{Binning: by, N: n}
	lo := 0
	for b := range bins {
		var hi int
		switch by {
		case EqualMass:
			if hi = n * (b + 1) / bins; hi == lo { // fewer rows than bins
				continue
			}
			out.Bins = append(out.Bins, Bin{Lo: sorted[lo].P, Hi: sorted[hi-1].P})
		case EqualWidth:
			end := float64(b+1) / float64(bins)
			for hi = lo; hi < n && (sorted[hi].P <= end || b == bins-1); hi++ {
			}
			out.Bins = append(out.Bins, Bin{Lo: float64(b) / float64(bins), Hi: end})
		default:
			panic(fmt.Sprintf("calibrate: Reliable: no binning is called %q", by))
		}
		out.fill(len(out.Bins)-1, sorted[lo:hi])
		lo = hi
	}
	return out
}

// fill counts the forecasts of a bin.
func (r *Reliability) fill(bin int, forecasts []Forecast) {
	b := &r.Bins[bin]
	if b.N = len(forecasts); b.N == 0 {
		return
	}
	n, variance := float64(b.N), 0.0
	for _, f := range forecasts {
		b.Confidence += f.P / n
		b.Frequency += truth(f.Came) / n
		variance += f.P * (1 - f.P)
	}
	gap, share := math.Abs(b.Frequency-b.Confidence), n/float64(r.N)
	r.ECE += share * gap
	r.MCE = max(r.MCE, gap)
	// The mean absolute value of a normal with the deviation of a frequency.
	r.Expected += share * math.Sqrt(2/math.Pi) * math.Sqrt(variance) / n
}

func truth(came bool) float64 {
	if came {
		return 1
	}
	return 0
}

// Top returns the largest probability of each row of p, n×k, and whether its class,
// the first of equals, is the row's: what Reliable takes. It panics if y are not
// classes of the rows.
func Top(p matrix.Columns, y []int32) (confidence []float64, right []bool) {
	n, k := p.Dims()
	checkClasses("Top", y, n, k)
	confidence, right = make([]float64, n), make([]bool, n)
	for i := range n {
		best := 0
		for c := range k {
			if p.At(i, c) > p.At(i, best) {
				best = c
			}
		}
		confidence[i], right[i] = min(p.At(i, best), 1), best == int(y[i])
	}
	return confidence, right
}

// least is the smallest probability LogLoss takes: one of 0 that came true would
// make all others vanish.
const least = 1e-15

// LogLoss returns the mean of −log of the probability, at least 1e-15, that rows of
// p, n×k, give their class, ≥ 0; NaN of no rows. Low is good. It panics as Top does.
func LogLoss(p matrix.Columns, y []int32) float64 {
	n, k := p.Dims()
	checkClasses("LogLoss", y, n, k)
	sum := 0.0
	for i, c := range y {
		sum -= math.Log(min(max(p.At(i, int(c)), least), 1))
	}
	return sum / float64(n)
}

// Brier returns the mean over the rows of Σ꜀ (p꜀ − [row is of c])², [0, 2]; NaN of no
// rows. Low is good. It panics as Top does.
//
// Reference: Brier 1950, Verification of forecasts expressed in terms of probability.
func Brier(p matrix.Columns, y []int32) float64 {
	n, k := p.Dims()
	checkClasses("Brier", y, n, k)
	sum := 0.0
	for c := range k {
		for i, v := range p.Col(c) {
			d := v
			if int(y[i]) == c {
				d--
			}
			sum += d * d
		}
	}
	return sum / float64(n)
}
