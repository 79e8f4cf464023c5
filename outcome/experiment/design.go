package experiment

import "time"

// Schema is the version of the design files that this package writes. It reads all
// versions up to it.
const Schema = 1

// Kind is how units meet the arms.
type Kind string

// The kinds.
const (
	Parallel       Kind = "parallel"         // each listener stays in one arm
	WithinListener Kind = "within_listener"  // each listener's sessions are spread over the arms
	Crossover      Kind = "crossover"        // one listener, pairs of sessions in random order (N-of-1)
	PrePost        Kind = "pre_post"         // before and after, nobody to compare with
	PrePostControl Kind = "pre_post_control" // before and after in each listener's one arm, adjusted for before
	AA             Kind = "a_a"              // the arms are the same: what differs is the machinery or chance
)

// Unit is what is assigned to an arm.
type Unit string

// The units.
const (
	Session  Unit = "session"  // an hour, within its listener
	Listener Unit = "listener" // …
)

// Mode is when the data may be read.
type Mode string

// The modes.
const (
	FixedHorizon Mode = "fixed_horizon" // once, when all units have been exposed
	AlwaysValid  Mode = "always_valid"  // at any time: intervals are wider for it
)

// A Design is what is declared before anybody is exposed, and not changed after.
// Fields that may be left out are zero then, or have the default named here.
type Design struct {
	Schema     int    `json:"schema"`
	ID         string `json:"id"`         // small letters, digits, - and _; at most 64
	Title      string `json:"title"`      //
	Question   string `json:"question"`   // what is asked, in words
	Hypothesis string `json:"hypothesis"` // what is expected, in words
	Kind       Kind   `json:"kind"`
	Unit       Unit   `json:"unit"`
	Population string `json:"population"` // who takes part, in words; cohorts are declared elsewhere

	Arms        []Arm        `json:"arms"`
	Control     string       `json:"control,omitempty"`     // the arm that others are compared with; none in pre_post
	Comparisons []Comparison `json:"comparisons,omitempty"` // default: each other arm against the control

	Primary    Primary     `json:"primary"`
	Secondary  []Secondary `json:"secondary,omitempty"`
	Rule       Rule        `json:"multiplicity,omitempty"` // among the secondary measures; default holm
	Guardrails []Guardrail `json:"guardrails,omitempty"`

	Horizon Horizon `json:"horizon"`
	Alpha   float64 `json:"alpha"` // two-sided, of the primary measure, (0, .2]
	Power   float64 `json:"power"` // wanted for the least effect, [.5, 1)
	Reading Mode    `json:"reading"`
	Salt    string  `json:"salt"` // of the draws; whoever knows it can foretell arms
}

// An Arm is one of the ways in which units are dealt with.
type Arm struct {
	Name   string `json:"name"`           // as an exposure names it; small letters, digits, - and _; at most 40
	Text   string `json:"text,omitempty"` // what it is
	Weight int    `json:"weight"`         // its part of the units, 1 … MaxWeight
}

// A Comparison is of one arm with another.
type Comparison struct {
	Arm     string `json:"arm"`
	Against string `json:"against"`
}

// Primary is the one measure that decides.
type Primary struct {
	Measure     Measure  `json:"measure"`
	LeastEffect float64  `json:"least_effect"` // the least difference between arms that would matter, > 0, in the measure's unit
	Assumed     Assumed  `json:"assumed"`      // of which the sample size is computed
	Adjust      []Adjust `json:"adjust"`       // null: before, where the measure has one; none if the list is empty
}

// Assumed is what has to be assumed to compute a sample size.
type Assumed struct {
	SD       float64 `json:"sd,omitempty"`                  // of a mean: between units of one arm, > 0
	Share    float64 `json:"share,omitempty"`               // of a share: in the control arm, (0, 1)
	Sessions float64 `json:"sessions_a_listener,omitempty"` // where sessions are the unit; default 1
	Within   float64 `json:"intraclass,omitempty"`          // correlation of the arms' difference within a listener, [0, 1)
	Answered float64 `json:"answered,omitempty"`            // share of units with an outcome, (0, 1]; default 1
	Usual    *Usual  `json:"usual,omitempty"`               // of pre_post: where listeners stand when nobody asks them to take part
}

// Usual is where listeners stand at any time: what those who begin far from it come back
// to without any music.
type Usual struct {
	Mean        float64 `json:"mean"`        // distance from the target, [0, √2]
	SD          float64 `json:"sd"`          // between times of one listener and between listeners, > 0
	Reliability float64 `json:"reliability"` // correlation of two check-ins with nothing in between, [0, 1]
}

// Adjust is what a difference is adjusted for: known before the exposure, so that it
// cannot be a part of the effect.
type Adjust string

// The adjustments.
const (
	Before Adjust = "before" // distance from the target before the session: ANCOVA
	Prior  Adjust = "prior"  // the listener's mean of the measure before their first exposure: CUPED
)

// Secondary is a measure that informs and does not decide.
type Secondary struct {
	Measure Measure `json:"measure"`
}

// Rule is how the tests of several secondary measures are held together.
type Rule string

// The rules.
const (
	Holm      Rule = "holm"               // of one false claim among all, Holm 1979
	Benjamini Rule = "benjamini_hochberg" // of the false ones among the claims, Benjamini & Hochberg 1995
)

// A Guardrail stops an arm that does harm.
type Guardrail struct {
	Measure Measure `json:"measure"`         // one of harm
	Limit   float64 `json:"limit"`           // more than this, for sure, stops the arm; in the measure's unit, > 0
	Alpha   float64 `json:"alpha,omitempty"` // one-sided, at whatever time it is looked at; default .05
}

// Horizon is when the experiment ends: at whichever of the two comes first.
type Horizon struct {
	Units int    `json:"units,omitempty"` // exposed, of all arms together; 0 is no bound
	Until string `json:"until,omitempty"` // a day, 2006-01-02, whose end in UTC is the end; empty is no bound
}

// End returns the time at which the horizon's day ends; ok is false where none is
// named.
func (h Horizon) End() (end time.Time, ok bool) {
	day, err := time.Parse(time.DateOnly, h.Until)
	if err != nil {
		return time.Time{}, false
	}
	return day.AddDate(0, 0, 1), true
}

// Contrasts returns what is compared with what: the comparisons of the file, or each
// arm with the control in the order of the arms.
func (d *Design) Contrasts() []Comparison {
	if len(d.Comparisons) > 0 {
		return d.Comparisons
	}
	var all []Comparison
	for _, a := range d.Arms {
		if d.Control != "" && a.Name != d.Control {
			all = append(all, Comparison{a.Name, d.Control})
		}
	}
	return all
}

// arm returns the index of an arm, −1 if there is none of that name.
func (d *Design) arm(name string) int {
	for i, a := range d.Arms {
		if a.Name == name {
			return i
		}
	}
	return -1
}

// weights returns the sum of the arms' weights.
func (d *Design) weights() int {
	sum := 0
	for _, a := range d.Arms {
		sum += a.Weight
	}
	return sum
}

// Share returns the part of the units that an arm is drawn for, (0, 1]; 0 if there is
// no such arm.
func (d *Design) Share(arm string) float64 {
	i := d.arm(arm)
	if i < 0 {
		return 0
	}
	return float64(d.Arms[i].Weight) / float64(d.weights())
}
