package mood

import (
	"math"

	"segue"
)

// An Assignment is what a model says of some tracks, a row each.
type Assignment struct {
	Cluster    []int32        // 0…k−1; −1 where a feature of the model is missing
	Membership [][]float64    // n×k, as Model.Membership gives it; nil where Cluster is −1
	Margin     []float64      // [0, 1], see Assign; NaN where Cluster is −1
	At         []segue.Affect // the place on the model's plane; Nowhere where unknown
}

// Assign says of every track of c which cluster it is in, how much it belongs to
// each, and by how much the first leads the second: near 0 it might as well be
// in the other. For soft memberships the margin is the lead of the largest over
// the second; for k-means, whose memberships are hard, 1 − d₁/d₂ with the
// distances to the nearest center and the second. With one cluster it is 1.
// O(n·k·d²).
//
// Only the features of c are looked at, so c may be a part of a catalogue, as
// catalog.Each reads it.
func (m *Model) Assign(c *segue.Catalog) *Assignment {
	x, rows := m.Space(c)
	a := &Assignment{Cluster: make([]int32, c.Len()), Membership: make([][]float64, c.Len()), Margin: make([]float64, c.Len()), At: m.Plane().Positions(c)}
	for i := range a.Cluster {
		a.Cluster[i], a.Margin[i] = -1, math.NaN()
	}
	labels, memberships := m.Fitted.predict(x), m.Fitted.memberships(x)
	row := make([]float64, len(m.Features))
	for i, r := range rows {
		if labels[i] < 0 { // a value too large to compare
			continue
		}
		a.Cluster[r], a.Membership[r] = labels[i], memberships[i]
		if m.Fitted.KMeans != nil {
			a.Margin[r] = hardMargin(m.Fitted.KMeans.Centers, x.Row(row, i))
		} else {
			a.Margin[r] = lead(memberships[i])
		}
	}
	return a
}

// lead returns the largest of shares less the second.
func lead(shares []float64) float64 {
	first, second := 0.0, 0.0
	for _, v := range shares {
		if v > first {
			first, second = v, first
		} else if v > second {
			second = v
		}
	}
	return first - second
}

// hardMargin is 1 − d₁/d₂ of a row's distances to the nearest center and the
// second; 0 if it is on two centers.
func hardMargin(centers [][]float64, row []float64) float64 {
	first, second := math.Inf(1), math.Inf(1)
	for _, center := range centers {
		d := 0.0
		for j, v := range row {
			d += (v - center[j]) * (v - center[j])
		}
		if d < first {
			first, second = d, first
		} else if d < second {
			second = d
		}
	}
	switch {
	case second == 0:
		return 0
	case math.IsInf(second, 1):
		return 1
	}
	return 1 - math.Sqrt(first/second)
}
