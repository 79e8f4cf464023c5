package outcome

import (
	"segue"
	"segue/outcome/stats"

	"gonum.org/v1/gonum/stat"
)

// Least is how many hours it takes to claim anything; below it estimates are shown
// and it is said that they are too few to tell. (docs/science.md §7)
const Least = stats.Least

// Change returns Δ = ‖before − target‖ − ‖after − target‖ on the plane: how much
// nearer to the target a listener was after an hour, [−√2, √2]; above 0 is nearer.
// (docs/science.md §7)
func Change(before, after, target segue.Affect) float64 {
	return before.Distance(target) - after.Distance(target)
}

// A Summary describes changes. What could not be computed is missing, null as JSON.
type Summary struct {
	N       int          `json:"n"`
	Mean    segue.Number `json:"mean"`    // missing if N is 0
	SD      segue.Number `json:"sd"`      // of the sample; missing if N is below 2
	Lo      segue.Number `json:"lo"`      // the 95 % interval of the mean (stats.Mean); missing if N is below 2
	Hi      segue.Number `json:"hi"`      // …
	Enough  bool         `json:"enough"`  // N is at least Least: not too few to tell
	Unclear bool         `json:"unclear"` // the interval holds 0, or there is none
}

// Summarize returns the mean of changes with its 95 % interval of Student's t, mean
// ± t(.975; n−1)·s/√n, which takes changes to be independent and their mean to be
// nearly normal. The interval of equal changes is one point: that they are equal is
// all that is known of them, so that one should not be read as certainty. O(n).
//
// It panics if a change is not finite: a change comes from points of the plane.
func Summarize(changes []float64) Summary {
	e := stats.Mean(changes, .95)
	s := Summary{N: e.N, Mean: e.Value, SD: segue.Missing(), Lo: e.Lo, Hi: e.Hi, Enough: e.Enough, Unclear: true}
	if e.N < 2 {
		return s
	}
	s.SD = segue.Number(stat.StdDev(changes, nil))
	s.Unclear = s.Lo <= 0 && s.Hi >= 0
	return s
}
