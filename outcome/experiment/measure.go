package experiment

// Measure names what is measured of a unit.
type Measure string

// The measures. Of a session unless said; of a listener who is the unit it is the
// mean over the sessions after their exposure.
const (
	Change     Measure = "change"      // Δ: how much nearer to the target, [−√2, √2]
	Feel       Measure = "feel"        // "How did this feel?", −2 … +2
	FeltBetter Measure = "felt_better" // whether the answer was +1 or +2
	Completion Measure = "completion"  // whether at least 80 % of the planned time was heard
	SkipRate   Measure = "skip_rate"   // tracks skipped of those started, [0, 1]

	// Harm, for guardrails. A listener who is the unit counts once, if any of their sessions
	// was so; their minutes at night are the mean.
	Farther      Measure = "farther"       // whether the session ended 2 cells of the grid or more farther from the target
	MuchWorse    Measure = "much_worse"    // whether the answer was −2
	LeftForGood  Measure = "opt_out"       // whether the listener opted out after it, before the next session
	NightMinutes Measure = "night_minutes" // minutes heard between 23 and 6 o'clock, local
)

// A measure is what there is to know of a Measure.
type measure struct {
	name   Measure
	words  string  // "change towards the target"
	unit   string  // "" for a share
	share  bool    // a yes or no
	better int     // +1: more is better, −1: less is
	lo, hi float64 // interval of a session's value
	harm   bool
	before bool // there is a value before the session, to adjust for
}

// measures lists all, in the order of their names above.
var measures = [...]measure{
	{Change, "change towards the target", "of the plane's side", false, +1, -1.4142135623730951, 1.4142135623730951, false, true},
	{Feel, "how it felt", "steps", false, +1, -2, 2, false, false},
	{FeltBetter, "share that felt better", "", true, +1, 0, 1, false, false},
	{Completion, "share of sessions heard to the end", "", true, +1, 0, 1, false, false},
	{SkipRate, "share of tracks skipped", "of the tracks", false, -1, 0, 1, false, false},
	{Farther, "share of sessions that ended two cells or more farther from the target", "", true, -1, 0, 1, true, false},
	{MuchWorse, "share of answers \"much worse\"", "", true, -1, 0, 1, true, false},
	{LeftForGood, "share of sessions after which the listener opted out", "", true, -1, 0, 1, true, false},
	{NightMinutes, "minutes heard at night", "minutes a session", false, -1, 0, 420, true, false},
}

// about returns what there is to know of a measure; ok is false for a name that is
// none.
func about(name Measure) (m measure, ok bool) {
	for _, m := range measures {
		if m.name == name {
			return m, true
		}
	}
	return measure{}, false
}

// names lists the measures that are, or are not, of harm.
func names(harm bool) []string {
	var all []string
	for _, m := range measures {
		if m.harm == harm {
			all = append(all, string(m.name))
		}
	}
	return all
}
