package playlist

import (
	"fmt"
	"math"
	"slices"

	"segue"
)

// Defaults of the arc. (d)
const (
	DefaultHold    = .15 // share of the time spent at the start
	DefaultSustain = .25 // share of the time spent at the target
	LeadEnd        = .70 // share of the shift in which the leading coordinate arrives
	LagStart       = .20 // share of the shift in which the other one still waits
	Clearance      = .30 // distance a two-speed arc keeps from moods it does not serve
)

// Curve is how the shift between two points is eased.
type Curve string

// The curves; u and w run from 0 to 1.
const (
	Smoothstep  Curve = "smoothstep"   // w = 3u² − 2u³, the default
	Linear      Curve = "linear"       // w = u
	MinimumJerk Curve = "minimum-jerk" // w = 10u³ − 15u⁴ + 6u⁵ (Flash & Hogan 1985)
)

// ease returns w(u) for u in [0, 1].
func (c Curve) ease(u float64) float64 {
	switch c {
	case Smoothstep:
		return u * u * (3 - 2*u)
	case Linear:
		return u
	case MinimumJerk:
		return u * u * u * (10 + u*(6*u-15))
	}
	panic(fmt.Sprintf("playlist: no curve %q", string(c)))
}

// Lead says which coordinate moves first.
type Lead string

// The leads.
const (
	LeadNone    Lead = "none"
	LeadArousal Lead = "arousal"
	LeadValence Lead = "valence"
)

// ArcOptions shape the arc. Their zero value asks for the defaults.
type ArcOptions struct {
	Hold    float64 `json:"hold"`    // share of the time at the start, [0, 1); 0 means DefaultHold, negative none
	Sustain float64 `json:"sustain"` // share of the time at the target, [0, 1); 0 means DefaultSustain, negative none
	Curve   Curve   `json:"curve"`   // empty means Smoothstep

	// Lead and Waypoints are chosen by start and target (see RouteBetween) while
	// Lead is empty; otherwise both are taken as given.
	Lead      Lead           `json:"lead,omitempty"`
	Waypoints []segue.Affect `json:"waypoints,omitempty"` // points between start and target, in order
}

// An arc is the planned position at every moment of the playlist.
type arc struct {
	start, target segue.Affect
	hold, sustain float64
	curve         Curve
	lead          Lead
	waypoints     []segue.Affect
	strength      float64 // of the lead after softening, [0, 1]
	limits        limits
	level         bool // the target from the first moment: the compensatory arm
}

// newArc returns the arc between two points that already obey the limits.
func newArc(start, target segue.Affect, o ArcOptions, l limits) arc {
	a := arc{
		start: start, target: target, hold: max(0, o.Hold), sustain: max(0, o.Sustain),
		curve: o.Curve, lead: o.Lead, strength: 1, limits: l,
	}
	for _, w := range o.Waypoints {
		a.waypoints = append(a.waypoints, l.allow(w))
	}
	if a.lead != LeadNone {
		a.soften()
	}
	return a
}

// matched returns the arc with a hold so long that the first k of n slots lie in
// it, as far as that leaves a tenth of the time before the sustain to move in.
func (a arc) matched(k, n int) arc {
	a.hold = max(a.hold, min(float64(k)/float64(n), .9*(1-a.sustain)))
	return a
}

// at returns p(τ), the planned position at share τ of the time, [0, 1].
func (a arc) at(tau float64) segue.Affect {
	p := a.target
	if !a.level {
		p = a.shift(min(1, max(0, (tau-a.hold)/(1-a.hold-a.sustain))))
	}
	return a.limits.clip(p, tau)
}

// shift returns the position at share u of the shift. With waypoints the shift
// is a chain of arcs, each given a share of u in proportion to its length.
func (a arc) shift(u float64) segue.Affect {
	from, total := a.start, 0.0
	for _, to := range a.waypoints {
		total += from.Distance(to)
		from = to
	}
	total += from.Distance(a.target)
	if total == 0 || u >= 1 {
		return a.target
	}
	from = a.start
	for _, to := range a.waypoints {
		part := from.Distance(to) / total
		if u < part {
			return a.piece(from, to, u/part)
		}
		u -= part
		from = to
	}
	part := from.Distance(a.target) / total
	if part == 0 {
		return a.target
	}
	return a.piece(from, a.target, min(1, u/part))
}

// piece returns the position at share u of one arc from s to t: "arousal first"
// moves arousal by w(min(1, u/.7)) and valence by w(max(0, (u − .2)/.8)), with
// the offsets .3 and .2 shrunk by the strength; "valence first" swaps them.
func (a arc) piece(s, t segue.Affect, u float64) segue.Affect {
	first := a.curve.ease(min(1, u/(1-(1-LeadEnd)*a.strength)))
	second := a.curve.ease(max(0, (u-LagStart*a.strength)/(1-LagStart*a.strength)))
	v, ar := a.curve.ease(u), a.curve.ease(u)
	switch a.lead {
	case LeadArousal:
		v, ar = second, first
	case LeadValence:
		v, ar = first, second
	}
	return segue.Affect{Valence: s.Valence + v*(t.Valence-s.Valence), Arousal: s.Arousal + ar*(t.Arousal-s.Arousal)}
}

// soften lowers the strength of the lead just until every point of the shift
// keeps Clearance from the anchors of the moods that are neither start nor
// target. Where even the arc without a lead comes nearer, because a waypoint
// asks for it, no point may come nearer than that.
func (a *arc) soften() {
	const steps = 64
	type keep struct {
		anchor   segue.Affect
		distance float64
	}
	var keeps []keep
	plain := *a
	plain.strength = 0
	for _, m := range segue.Moods() {
		if m == segue.QuadrantOf(a.start) || m == segue.QuadrantOf(a.target) {
			continue
		}
		at := segue.AnchorOf(m)
		// The margin forgives rounding, not distance.
		d := min(Clearance, plain.nearest(at)) - 1e-9
		keeps = append(keeps, keep{at, d})
	}
	clear := func(strength float64) bool {
		b := *a
		b.strength = strength
		for _, k := range keeps {
			if b.nears(k.anchor, k.distance) {
				return false
			}
		}
		return true
	}
	if clear(1) {
		return
	}
	for i := steps - 1; i >= 0; i-- {
		lo := float64(i) / steps
		if !clear(lo) {
			continue
		}
		hi := lo + 1.0/steps
		for range 20 {
			if mid := (lo + hi) / 2; clear(mid) {
				lo = mid
			} else {
				hi = mid
			}
		}
		a.strength = lo
		return
	}
	a.strength = 0
}

// nearest returns how near the shift comes to a point: sampled, at every turn
// too, and searched for around each sample nearer than its neighbours.
func (a arc) nearest(to segue.Affect) float64 {
	us := a.samples()
	d := make([]float64, len(us))
	for i, u := range us {
		d[i] = a.shift(u).Distance(to)
	}
	best := math.Inf(1)
	for i := range d {
		if before, after, low := lowest(d, i); low {
			best = min(best, d[i], a.least(to, us[before], us[i]), a.least(to, us[i], us[after]))
		}
	}
	return best
}

// nears reports whether nearest is below a distance, and is sooner done. Between two
// samples both coordinates rise or fall all the way, so that the shift stays in the box
// of the two: where that is far enough there is nothing to search for.
func (a arc) nears(to segue.Affect, than float64) bool {
	us := a.samples()
	at, d := make([]segue.Affect, len(us)), make([]float64, len(us))
	for i, u := range us {
		at[i] = a.shift(u)
		if d[i] = at[i].Distance(to); d[i] < than {
			return true
		}
	}
	below := func(i, k int) bool {
		dv, da := outside(to.Valence, at[i].Valence, at[k].Valence), outside(to.Arousal, at[i].Arousal, at[k].Arousal)
		return math.Hypot(dv, da) <= than+1e-9 && a.least(to, us[i], us[k]) < than // a little, for rounding
	}
	for i := range d {
		if before, after, low := lowest(d, i); low && (below(before, i) || below(i, after)) {
			return true
		}
	}
	return false
}

// lowest reports whether a value is no higher than those beside it, whose places it
// returns.
func lowest(d []float64, i int) (before, after int, low bool) {
	before, after = max(0, i-1), min(len(d)-1, i+1)
	return before, after, d[i] <= d[before] && d[i] <= d[after]
}

// outside returns how far x lies outside of what is between a and b.
func outside(x, a, b float64) float64 { return max(0, min(a, b)-x, x-max(a, b)) }

// least returns the least distance to a point between two shares of the shift, if it
// falls and then rises.
func (a arc) least(to segue.Affect, lo, hi float64) float64 {
	f := func(u float64) float64 { return a.shift(u).Distance(to) }
	for range 30 { // each step keeps two thirds: 1e-5 of the width in the end
		x, y := lo+(hi-lo)/3, hi-(hi-lo)/3
		if f(x) <= f(y) {
			hi = y
		} else {
			lo = x
		}
	}
	return f((lo + hi) / 2)
}

// samples returns shares of the shift, ascending from 0 to 1: evenly, and where it
// turns, at its waypoints and where a lead's coordinates start and arrive.
func (a arc) samples() []float64 {
	const points = 100
	var us []float64
	for i := range points + 1 {
		us = append(us, float64(i)/points)
	}
	length, from := 0.0, a.start
	stops := append(slices.Clone(a.waypoints), a.target)
	for _, to := range stops {
		length += from.Distance(to)
		from = to
	}
	if length == 0 {
		return us
	}
	from = a.start
	done := 0.0
	for _, to := range stops {
		part := from.Distance(to) / length
		us = append(us, done, done+part*LagStart*a.strength, done+part*(1-(1-LeadEnd)*a.strength))
		done, from = min(1, done+part), to
	}
	slices.Sort(us)
	return us
}

// slots returns the planned positions of n slots, slot i (from 0) at
// τ = (i + ½)/n.
func (a arc) slots(n int) []segue.Affect {
	ps := make([]segue.Affect, n)
	for i := range ps {
		ps[i] = a.at(slotTime(i, n))
	}
	return ps
}

// slotTime returns the time τ of slot i (from 0) of n, in (0, 1).
func slotTime(i, n int) float64 { return (float64(i) + .5) / float64(n) }

// largestStep returns the largest distance between neighbouring points, 0 if
// there are fewer than two.
func largestStep(ps []segue.Affect) float64 {
	d := 0.0
	for i := 1; i < len(ps); i++ {
		d = max(d, ps[i].Distance(ps[i-1]))
	}
	return d
}

// Phase is a part of the arc.
type Phase string

// The phases in order.
const (
	Hold    Phase = "hold"    // meets the start
	Shift   Phase = "shift"   // moves in small steps
	Sustain Phase = "sustain" // stays at the target
)

// phase returns the phase at share τ of the time.
func (a arc) phase(tau float64) Phase {
	switch {
	case a.level || tau >= 1-a.sustain:
		return Sustain
	case tau < a.hold:
		return Hold
	}
	return Shift
}
