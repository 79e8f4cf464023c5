package metric

import (
	"fmt"
	"slices"
)

// An experiment is whose arms are read.
type experiment struct {
	*table
	number   int32
	listener map[int32]exposure // of listeners, by the order of names
	hour     map[int32]exposure // of playlists, by number
	arms     []int32
}

// experiment finds the experiment that the options mean; nil if they need none and the
// records know none, or several.
func (t *table) experiment(o ReadOptions) (*experiment, error) {
	known := map[int32]bool{}
	var names []string
	for u := range t.exposures {
		if !known[u.experiment] {
			known[u.experiment] = true
			names = append(names, t.names[u.experiment])
		}
	}
	needed := o.By == Arm || o.Holdout != "" || o.Experiment != ""
	number, named := t.nameOf[o.Experiment]
	switch {
	case o.Experiment != "" && named && known[number]:
	case o.Experiment != "" && len(names) == 0, needed && len(names) == 0:
		return nil, fmt.Errorf("no exposure is on record, so that there are no arms")
	case o.Experiment != "":
		return nil, fmt.Errorf("there is no exposure to an experiment %q; there are %s", o.Experiment, quoted(names))
	case len(names) == 1:
		number = t.nameOf[names[0]]
	case needed:
		return nil, fmt.Errorf("exposures of several experiments are on record; name one of %s", quoted(names))
	default:
		return nil, nil
	}
	x := &experiment{table: t, number: number, listener: map[int32]exposure{}, hour: map[int32]exposure{}}
	rank := make(map[int32]int32, len(t.who))
	for i, n := range t.who {
		rank[n] = int32(i)
	}
	for u, e := range t.exposures {
		if u.experiment != number {
			continue
		}
		if u.hour < 0 {
			x.listener[rank[u.listener]] = e
		} else {
			x.hour[u.hour] = e
		}
		if !slices.Contains(x.arms, e.arm) {
			x.arms = append(x.arms, e.arm)
		}
	}
	slices.SortFunc(x.arms, func(a, b int32) int {
		if t.names[a] < t.names[b] {
			return -1
		}
		return 1
	})
	t.exposedFrom = x.listener
	if o.Holdout != "" {
		if arm, ok := t.nameOf[o.Holdout]; !ok || !slices.Contains(x.arms, arm) {
			var arms []string
			for _, a := range x.arms {
				arms = append(arms, t.names[a])
			}
			return nil, fmt.Errorf("nobody was exposed to an arm %q; there are %s", o.Holdout, quoted(arms))
		}
	}
	return x, nil
}

// exposedWeek returns the first whole week after a listener's exposure.
func (t *table) exposedWeek(i int32) int32 {
	e, ok := t.exposedFrom[i]
	if !ok {
		return noWeek
	}
	return weekOf(e.day) + 1
}

// against returns which listeners are in the holdout, and which in other arms.
func (x *experiment) against(holdout string) func(i int32) (exposed, held bool) {
	arm := x.nameOf[holdout]
	return func(i int32) (bool, bool) {
		e, ok := x.listener[i]
		return ok && e.arm != arm, ok && e.arm == arm
	}
}

// armOf returns the arm of a cell: that of its playlist, or of its listener from the day
// of their exposure on.
func (x *experiment) armOf(c *cell) (arm int32, ok bool) {
	if c.hour >= 0 {
		if e, ok := x.hour[c.hour]; ok {
			return e.arm, true
		}
	}
	e, ok := x.listener[c.listener]
	return e.arm, ok && c.day >= e.day
}

// byArm puts cells into arms.
func (t *table) byArm(x *experiment, holdout string) []*grouped {
	const drawn = "the arm is drawn for each playlist, so that it is the listener's in no arm"
	var parts []*grouped
	of := map[int32]*grouped{}
	for _, arm := range x.arms {
		g := &grouped{name: t.names[arm], week: noWeek, experiment: x.number, since: t.exposedWeek}
		g.in = func(i int32) bool { e, ok := x.listener[i]; return ok && e.arm == arm }
		if holdout != "" {
			held := t.nameOf[holdout]
			g.arms = func(i int32) (bool, bool) {
				e, ok := x.listener[i]
				return ok && e.arm == arm, ok && e.arm == held
			}
			if t.names[arm] == holdout {
				g.without = map[Key]string{ActiveUplift: "it is the holdout"}
			}
		}
		if len(x.listener) == 0 {
			g.without = map[Key]string{SkipChange: drawn, WeeklyActive: drawn, ActiveUplift: drawn, ShareRate: drawn, OptOut: drawn}
		}
		of[arm] = g
		parts = append(parts, g)
	}
	for i := range t.cells {
		if arm, ok := x.armOf(&t.cells[i]); ok {
			of[arm].cells = append(of[arm].cells, int32(i))
		}
	}
	return parts
}

// optedOutOf reports whether the opt-out of a day is of an experiment, or of everything.
func (t *table) optedOutOf(c *cell, experiment int32) bool {
	who := t.who[c.listener]
	_, all := t.optOuts[optOut{who, c.day, -1}]
	_, one := t.optOuts[optOut{who, c.day, experiment}]
	return all || one
}
