package stats

import (
	"fmt"
	"math"

	"segue"
)

// Selected is who was measured before and after without a control, and from whom they
// were chosen.
type Selected struct {
	Mean        float64 // of those chosen, before
	SD          float64 // of those chosen, before; 0 if they were chosen for one value
	Population  float64 // mean of all whom they were chosen from
	Spread      float64 // standard deviation of all, > 0
	Reliability float64 // correlation of two measurements of one person, with nothing done between, [0, 1]
}

// Drift is how far those chosen come back to the mean though nothing is done.
type Drift struct {
	Expected segue.Number `json:"expected"` // change of the mean, after − before, with nothing done
	SD       segue.Number `json:"sd"`       // standard deviation of the changes
	D        segue.Number `json:"d"`        // Expected/SD: the d_z that a study without control would find
	Warning  string       `json:"warning"`
}

// RegressionToTheMean returns the change that a mean shows between two measurements of
// people chosen for where they stood at the first, though nothing happens to them
// (Galton 1886; Barnett, van der Pols & Dobson 2005, doi:10.1093/ije/dyh299):
//
//	(1 − reliability)·(population − mean),
//
// with changes of variance (1 − reliability)²·SD² + (1 − reliability²)·spread², both
// measurements normal with one mean and variance. Who starts 1.5 deviations away and is
// measured with a reliability of .3 comes back by d of about 1. It says so in Warning,
// with the number.
//
// It panics unless Spread is above 0, SD at least 0, and Reliability in [0, 1].
func RegressionToTheMean(s Selected) Drift {
	if !(s.Spread > 0) || !(s.SD >= 0) || !(s.Reliability >= 0 && s.Reliability <= 1) {
		panic("stats: a spread is above 0, a standard deviation at least 0, a reliability in [0, 1]")
	}
	mustBeFinite([]float64{s.Mean, s.SD, s.Population, s.Spread})
	away := 1 - s.Reliability
	change := away * (s.Population - s.Mean)
	sd := math.Sqrt(away*away*s.SD*s.SD + (1-s.Reliability*s.Reliability)*s.Spread*s.Spread)
	d := Drift{Expected: finite(change), SD: finite(sd), D: segue.Missing()}
	if sd > 0 {
		d.D = finite(change / sd)
	}
	switch {
	case !d.D.Known():
		d.Warning = "Measured without error, nobody comes back to the mean; without a control other things than the music may still have changed them."
	case math.Abs(change) < .01*sd:
		d.Warning = "Those measured stand where everybody stands, so that they hardly come back to the mean; without a control other things than the music may still have changed them."
	default:
		d.Warning = fmt.Sprintf("Without a control this says little of the music: those measured began %.2g away from the mean of everybody, and would come back by %.2g (d = %.2g) though nothing were done.", math.Abs(s.Population-s.Mean), math.Abs(change), math.Abs(float64(d.D)))
	}
	return d
}

// Reliability estimates the correlation of two measurements of one person from people
// measured twice with nothing done between: the intra-class correlation of FitMixed.
func Reliability(values []float64, person []int, level float64) Estimate {
	return FitMixed(values, nil, person, MixedOptions{Level: level}).ICC
}
