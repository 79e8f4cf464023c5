package experiment

import (
	"fmt"
	"slices"
	"time"

	"segue"
	"segue/outcome/stats"
)

// A Reading is what an experiment says as of a time. What may not be read is missing,
// and says why.
type Reading struct {
	Design    string    `json:"design"` // id
	Hash      string    `json:"hash"`
	Kind      Kind      `json:"kind"`
	Mode      Mode      `json:"reading"`
	AsOf      time.Time `json:"as_of"`
	Units     int       `json:"units"` // exposed
	Horizon   int       `json:"horizon_units"`
	Until     string    `json:"horizon_until"`
	Reached   bool      `json:"horizon_reached"`
	Listeners int       `json:"listeners"`
	Arms      []ArmRow  `json:"arms"`

	Ratio  stats.Result `json:"sample_ratio"`
	Gaps   stats.Result `json:"answers_by_arm"` // whether arms differ in how many units have no outcome
	Counts Counts       `json:"counts"`

	Primary    []Effect    `json:"primary"`   // one a comparison
	Secondary  []Effect    `json:"secondary"` // comparisons of the first measure, then of the next
	PrePost    *PrePostRow `json:"pre_post"`  // null unless the kind has a before and after
	Crossover  *Own        `json:"crossover"` // null unless the kind is one
	Guardrails []Guard     `json:"guardrails"`
	Cautions   []string    `json:"cautions"`
	Verdict    Verdict     `json:"verdict"`
}

// ArmRow is what became of an arm's units.
type ArmRow struct {
	Arm       string         `json:"arm"`
	Share     float64        `json:"share"` // planned, of the units
	Units     int            `json:"units"`
	Listeners int            `json:"listeners"`
	Answered  stats.Estimate `json:"answered"` // share of the units with an outcome of the primary measure
	Mean      stats.Estimate `json:"mean"`     // of the primary measure; missing where nothing may be read
}

// Finding is what may be said of one comparison.
type Finding string

// The findings.
const (
	Better   Finding = "better"          // the interval lies on the better side of 0
	Worse    Finding = "worse"           // … on the worse side
	NotShown Finding = "not shown"       // the interval holds 0
	TooFew   Finding = "too few to tell" // fewer than stats.Least in an arm
	NotRead  Finding = "not read"        // not yet, or not at all
)

// An Effect is one arm's difference from another.
type Effect struct {
	Measure  Measure        `json:"measure"`
	Arm      string         `json:"arm"`
	Against  string         `json:"against"`
	Estimate stats.Estimate `json:"estimate"` // arm less against, in the measure's unit
	P        segue.Number   `json:"p"`        // two-sided, of no difference
	Adjusted segue.Number   `json:"p_adjusted"`
	Rule     string         `json:"adjusted_by"` // how P was adjusted for several tests
	ArmMean  segue.Number   `json:"arm_mean"`    // as it is, not adjusted
	Other    segue.Number   `json:"against_mean"`
	Finding  Finding        `json:"finding"`
	Beside   []Beside       `json:"beside,omitempty"` // the same by other ways, to see whether it hangs on the method
}

// Beside is an estimate that stands beside the one that decides.
type Beside struct {
	Name     string         `json:"name"`
	Estimate stats.Estimate `json:"estimate"`
}

// Read reads a table under its design. Before anything else the sample-ratio check has
// its say: if it stops, no estimate is made. At a fixed horizon nothing is estimated
// before all units are exposed or the last day is over; always valid, estimates hold at
// whatever time and however often they are read. Guardrails are looked at always.
//
// The primary measure's level is shared by its comparisons (Bonferroni), so that what
// is claimed is what lies outside its interval. Cost is linear in the table for each
// measure and comparison.
func Read(d *Design, t *Table) *Reading {
	r := &Reading{
		Design: d.ID, Hash: d.Hash(), Kind: d.Kind, Mode: d.Reading, AsOf: t.AsOf, Units: len(t.Rows), Horizon: d.Horizon.Units, Until: d.Horizon.Until,
		Counts: t.Counts, Arms: []ArmRow{}, Primary: []Effect{}, Secondary: []Effect{}, Guardrails: []Guard{}, Cautions: []string{},
	}
	end, dated := d.Horizon.End()
	r.Reached = (d.Horizon.Units > 0 && r.Units >= d.Horizon.Units) || (dated && !t.AsOf.Before(end))
	stop := r.count(d, t)
	why := ""
	switch {
	case stop:
		why = "the sample-ratio check stops the reading"
	case d.Reading == FixedHorizon && !r.Reached:
		why = "withheld until the horizon: a fixed horizon is read once"
	}
	r.guard(d, t)
	if why == "" {
		for i := range r.Arms {
			r.Arms[i].Mean = armMean(d, t, r.Arms[i].Arm)
		}
	} else {
		for i := range r.Arms {
			r.Arms[i].Mean = stats.Undefined("mean", "", r.Arms[i].Units, 1-d.Alpha, why)
		}
	}
	switch d.Kind {
	case PrePost:
		r.PrePost = prePost(d, t, d.Arms[0].Name, why)
	case Crossover:
		r.Crossover = readOwn(d, t, why)
	case PrePostControl:
		r.PrePost = prePost(d, t, "", why)
		r.compare(d, t, why)
	default:
		r.compare(d, t, why)
	}
	r.caution(d, t)
	r.Verdict = r.judge(d, stop)
	return r
}

// count fills in what became of the arms' units, and reports whether the sample-ratio
// check stops the reading.
func (r *Reading) count(d *Design, t *Table) (stop bool) {
	counts, shares := make([]int, len(d.Arms)), make([]float64, len(d.Arms))
	answers := make([][]int, len(d.Arms))
	everybody := map[int]bool{}
	for i, a := range d.Arms {
		listeners := map[int]bool{}
		answers[i] = make([]int, 2)
		for _, row := range t.Rows {
			if row.Arm != a.Name {
				continue
			}
			counts[i]++
			listeners[row.Listener], everybody[row.Listener] = true, true
			if row.Values[0].Known() {
				answers[i][0]++
			} else {
				answers[i][1]++
			}
		}
		shares[i] = d.Share(a.Name)
		r.Arms = append(r.Arms, ArmRow{Arm: a.Name, Share: shares[i], Units: counts[i], Listeners: len(listeners), Answered: stats.Wilson(answers[i][0], counts[i], 1-d.Alpha)})
	}
	r.Listeners = len(everybody)
	if len(d.Arms) == 1 {
		r.Ratio = noTest("sample-ratio check", "every arm got its share", r.Units, "there is one arm")
		r.Gaps = noTest("χ² test of independence", "as many units have an outcome in each arm", r.Units, "there is one arm")
		return false
	}
	r.Ratio, stop = stats.SampleRatio(counts, shares)
	r.Gaps = stats.Contingency(answers, stats.Options{})
	return stop
}

func noTest(method, null string, n int, reason string) stats.Result {
	return stats.Result{Method: method, Null: null, Alternative: stats.TwoSided, Statistic: segue.Missing(), DF: segue.Missing(), P: segue.Missing(), MidP: segue.Missing(), N: n, Effects: []stats.Estimate{}, Reason: reason}
}

// compare fills in the primary and secondary effects.
func (r *Reading) compare(d *Design, t *Table, why string) {
	contrasts := d.Contrasts()
	level := 1 - d.Alpha/float64(len(contrasts))
	for _, c := range contrasts {
		var e Effect
		switch {
		case why != "":
			e = unread(d.Primary.Measure, c, level, why)
		case d.Reading == AlwaysValid:
			e = always(d, t, c, level)
		default:
			e = fixed(d, t, 0, c, level, true)
		}
		e.Adjusted, e.Rule = segue.Missing(), "none: one comparison"
		if e.P.Known() {
			e.Adjusted = segue.Number(min(1, float64(len(contrasts))*float64(e.P)))
		}
		if len(contrasts) > 1 {
			e.Rule = fmt.Sprintf("Bonferroni, %d comparisons", len(contrasts))
		}
		e.find(d)
		r.Primary = append(r.Primary, e)
	}
	for j := range d.Secondary {
		for _, c := range contrasts {
			m := d.Secondary[j].Measure
			switch {
			case why != "":
				r.Secondary = append(r.Secondary, unread(m, c, 1-d.Alpha, why))
			case !r.Reached:
				r.Secondary = append(r.Secondary, unread(m, c, 1-d.Alpha, "withheld until the horizon: the primary measure alone may be read at any time"))
			default:
				r.Secondary = append(r.Secondary, fixed(d, t, 1+j, c, 1-d.Alpha, false))
			}
		}
	}
	adjustSecondary(d, r.Secondary)
}

// unread is an effect of which nothing is said.
func unread(m Measure, c Comparison, level float64, why string) Effect {
	return Effect{
		Measure: m, Arm: c.Arm, Against: c.Against, Estimate: stats.Undefined(c.Arm+" − "+c.Against, "", 0, level, why),
		P: segue.Missing(), Adjusted: segue.Missing(), ArmMean: segue.Missing(), Other: segue.Missing(), Finding: NotRead,
	}
}

// adjustSecondary adjusts the secondary tests for their number.
func adjustSecondary(d *Design, effects []Effect) {
	p := make([]segue.Number, len(effects))
	for i, e := range effects {
		p[i] = e.P
	}
	adjusted, words := stats.Holm(p), "Holm"
	if d.Rule == Benjamini {
		adjusted, words = stats.BenjaminiHochberg(p), "Benjamini–Hochberg"
	}
	for i := range effects {
		e := &effects[i]
		e.Adjusted, e.Rule = adjusted[i], words
		e.find(d)
	}
}

// find says what may be said of the effect: by its interval if it is the primary
// measure's, by its adjusted p otherwise.
func (e *Effect) find(d *Design) {
	m, _ := about(e.Measure)
	v := float64(e.Estimate.Value)
	shown := e.Estimate.Defined() && !e.Estimate.Holds(0)
	if e.Measure != d.Primary.Measure {
		shown = e.Adjusted.Known() && float64(e.Adjusted) <= d.Alpha
	}
	switch {
	case e.Finding == NotRead:
	case !e.Estimate.Enough || !e.Estimate.Defined():
		e.Finding = TooFew
	case !shown:
		e.Finding = NotShown
	case v*float64(m.better) > 0:
		e.Finding = Better
	default:
		e.Finding = Worse
	}
}

// caution gathers what a reader has to know.
func (r *Reading) caution(d *Design, t *Table) {
	put := func(text string, args ...any) { r.Cautions = append(r.Cautions, fmt.Sprintf(text, args...)) }
	c := t.Counts
	if c.Crossed > 0 {
		put("%s shown another arm than before; the first counts.", several(c.Crossed, "unit was", "units were"))
	}
	if c.Undrawn > 0 {
		put("%s not what the design draws for the listener's next session: clocks went backwards, or somebody else chose.", several(c.Undrawn, "exposure is", "exposures are"))
	}
	if c.Backwards > 0 {
		put("In %s the check-in after is dated before the one before; no change is read from them.", several(c.Backwards, "session", "sessions"))
	}
	if c.Beyond > 0 {
		put("%s exposed beyond the horizon and left out.", several(c.Beyond, "unit was", "units were"))
	}
	if c.Unexposed > 0 {
		put("%s of listeners who take part have no exposure: they stand in no arm.", several(c.Unexposed, "session", "sessions"))
	}
	if c.Unanswered > 0 {
		put("%d of %d units have no outcome. They count in their arms, and nothing is put in their place: who answers may differ from who does not.", c.Unanswered, r.Units)
	}
	if r.Gaps.P.Known() && r.Gaps.Enough && float64(r.Gaps.P) < .01 {
		put("The arms differ in how many units have an outcome (%s): the difference between those that have may come from who answered.", stats.PText(r.Gaps.P))
	}
	for _, e := range r.Primary {
		if e.Estimate.Defined() && e.Estimate.Lo == e.Estimate.Hi {
			put("The outcomes of %s and %s do not vary, so that nothing is known of their error.", e.Arm, e.Against)
		}
	}
}

func several(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// values returns the known values of a measure in an arm, their listeners, and the
// indices of their rows.
func (t *Table) values(measure int, arm string) (y []float64, listeners, rows []int) {
	for i, row := range t.Rows {
		if row.Arm == arm && row.Values[measure].Known() {
			y, listeners, rows = append(y, float64(row.Values[measure])), append(listeners, row.Listener), append(rows, i)
		}
	}
	return y, listeners, rows
}

// armMean returns the mean of an arm's primary measure; where sessions are the unit its
// errors are clustered by listener.
func armMean(d *Design, t *Table, arm string) stats.Estimate {
	y, listeners, _ := t.values(0, arm)
	return meanBy(d, y, listeners)
}

// meanBy is a mean with an interval that knows of the listeners.
func meanBy(d *Design, y []float64, listeners []int) stats.Estimate {
	if d.Unit == Listener || !several2(listeners) {
		e := stats.Mean(y, 1-d.Alpha)
		return e
	}
	fit := stats.FitLinear(y, nil, stats.LinearOptions{Clusters: listeners, Level: 1 - d.Alpha})
	e := fit.Contrast("mean", []float64{1}).Estimate
	count := map[int]bool{}
	for _, l := range listeners {
		count[l] = true
	}
	e.Enough = len(y) >= stats.Least && len(count) >= stats.Least
	return e
}

// several2 reports whether there are two listeners or more.
func several2(listeners []int) bool {
	return slices.ContainsFunc(listeners, func(l int) bool { return l != listeners[0] })
}
