package calibrate

import (
	"cmp"
	"math"
	"slices"
)

// A Forecast is a probability that was given to something, and whether it came true.
type Forecast struct {
	Row  int     // it is of
	P    float64 // [0, 1]
	Came bool
}

// SortForecasts puts forecasts in the order in which bins take them: the least probable
// first, of equal ones those that came true last, so that bins do not depend on the order
// of the rows.
func SortForecasts(f []Forecast) {
	slices.SortFunc(f, func(a, b Forecast) int {
		return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(truth(a.Came), truth(b.Came)))
	})
}

// WeightedECE returns the calibration error of forecasts, sorted by SortForecasts, in
// DefaultBins bins of equal mass, where each is there weight[Row] times: the ECE that
// Reliable gives of as many copies, without making them. So rows are resampled in O(n).
// It is NaN if all weights are 0.
func WeightedECE(sorted []Forecast, weight []int) float64 {
	total := 0
	for i := range sorted {
		total += weight[sorted[i].Row]
	}
	if total == 0 {
		return math.NaN()
	}
	sum, gap := 0., 0.
	bin, seen, end := 0, 0, total/DefaultBins
	for i := range sorted {
		f := &sorted[i]
		for w := weight[f.Row]; w > 0; {
			for seen == end { // the bin is full; with fewer rows than bins, empty
				sum += math.Abs(gap)
				gap = 0
				bin++
				end = total * (bin + 1) / DefaultBins
			}
			take := min(w, end-seen)
			gap += float64(take) * (truth(f.Came) - f.P)
			seen += take
			w -= take
		}
	}
	return (sum + math.Abs(gap)) / float64(total)
}
