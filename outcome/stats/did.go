package stats

import (
	"segue"
)

// Panel is what a difference in differences is made from: one row for each observation.
type Panel struct {
	Y          []float64
	Exposed    []bool // of each observation: it is of the group that something changed for
	After      []bool // it is from after the change
	Clusters   []int  // which listener it is of; nil: each is of its own
	Covariates []Term
}

// PanelMean is one of the four means of a panel.
type PanelMean struct {
	Exposed  bool         `json:"exposed"`
	After    bool         `json:"after"`
	N        int          `json:"n"`
	Clusters int          `json:"clusters"`
	Mean     segue.Number `json:"mean"`
}

// DifferenceOfChanges is what DifferenceInDifferences found.
type DifferenceOfChanges struct {
	Method     string       `json:"method"`
	N          int          `json:"n"`
	Clusters   int          `json:"clusters"`
	Means      [4]PanelMean `json:"means"`      // before and after, of the others and then of the exposed
	Others     Coefficient  `json:"others"`     // how the others changed
	Exposed    Coefficient  `json:"exposed"`    // how the exposed changed
	Difference Coefficient  `json:"difference"` // how much more the exposed changed
	Notes      []string     `json:"notes"`
	Reason     string       `json:"reason,omitempty"`
}

// alike is what no difference in differences can tell.
const alike = "it is the effect of the change only if both groups would otherwise have changed alike, which these data cannot show"

// DifferenceInDifferences returns how much more the exposed changed than the others,
//
//	(after − before of the exposed) − (after − before of the others),
//
// the coefficient of exposed × after beside both, by FitLinear with CR2 errors by
// cluster, HC2 without clusters. Without clusters several observations of one listener
// would count as so many listeners, and before and after as unrelated (Bertrand, Duflo &
// Mullainathan 2004, doi:10.1162/003355304772839588).
//
// Each group needs observations before and after, and for an interval two clusters or
// more; the difference is Enough if each group has Least clusters. It panics if the
// columns are not of one length or not finite.
func DifferenceInDifferences(p Panel, level float64) *DifferenceOfChanges {
	n := len(p.Y)
	if len(p.Exposed) != n || len(p.After) != n {
		panic("stats: a panel says of each observation whether it is exposed and after")
	}
	mustFit(p.Y, p.Covariates, p.Clusters)
	d := &DifferenceOfChanges{N: n, Notes: []string{alike}}
	var g grouping
	if p.Clusters != nil {
		g = groupsOf(p.Clusters)
		d.Clusters = g.count
	}
	exposed, after, both := make([]float64, n), make([]float64, n), make([]float64, n)
	var sums [4]float64
	var members, groups [4]map[int]bool
	for c := range members {
		members[c], groups[c] = map[int]bool{}, map[int]bool{}
	}
	for i := range n {
		cell := 0
		if p.After[i] {
			after[i] = 1
			cell++
		}
		if p.Exposed[i] {
			exposed[i] = 1
			cell += 2
		}
		both[i] = exposed[i] * after[i]
		sums[cell] += p.Y[i]
		d.Means[cell].N++
		id := i
		if g.count > 0 {
			id = g.of[i]
		}
		members[cell][id] = true
		groups[cell/2][id] = true
	}
	empty := ""
	for c := range d.Means {
		m := &d.Means[c]
		m.Exposed, m.After, m.Mean = c >= 2, c%2 == 1, segue.Missing()
		if g.count > 0 {
			m.Clusters = len(members[c])
		}
		if m.N > 0 {
			m.Mean = finite(sums[c] / float64(m.N))
		} else if empty == "" {
			empty = "there is nothing " + map[bool]string{true: "after", false: "before"}[m.After] + " the change of " + map[bool]string{true: "the exposed", false: "the others"}[m.Exposed]
		}
	}
	if n == 0 {
		empty = "no observations"
	}

	terms := append([]Term{{"exposed", exposed}, {"after", after}, {"exposed × after", both}}, p.Covariates...)
	fit := FitLinear(p.Y, terms, LinearOptions{Clusters: p.Clusters, Level: level})
	d.Method, d.Reason = "difference in differences, "+fit.Method, fit.Reason
	for _, name := range fit.LeftOut {
		if empty == "" {
			d.Notes = append(d.Notes, name+" does not vary, or says the same as the columns before it: left out")
		}
	}
	w := make([]float64, len(terms)+1)
	w[2] = 1
	d.Others = fit.Contrast("change of the others", w)
	w[3] = 1
	d.Exposed = fit.Contrast("change of the exposed", w)
	w[2] = 0
	d.Difference = fit.Contrast("difference in differences", w)
	d.Others.Enough = len(groups[0]) >= Least
	d.Exposed.Enough = len(groups[1]) >= Least
	d.Difference.Enough = d.Others.Enough && d.Exposed.Enough
	if empty != "" {
		d.Reason = empty
		d.Difference = nothing(d.Difference, empty)
		if d.Means[0].N == 0 || d.Means[1].N == 0 {
			d.Others = nothing(d.Others, empty)
		}
		if d.Means[2].N == 0 || d.Means[3].N == 0 {
			d.Exposed = nothing(d.Exposed, empty)
		}
	}
	return d
}
