package experiment

import (
	"fmt"
	"math"
	"strings"

	"segue/outcome/stats"
)

// Word is a verdict in one word.
type Word string

// The words.
const (
	DoNotRead Word = "do not read"     // the sample-ratio check stopped it
	Stopped   Word = "stopped"         // a guardrail stopped an arm
	TooEarly  Word = "too early"       // the horizon is not reached
	Few       Word = "too few to tell" //
	Shown     Word = "shown"           // at least one comparison lies off 0
	Nothing   Word = "not shown"       // none does
	NoControl Word = "no control"      // a change was measured, and nothing to compare it with
)

// A Verdict is what may be said, and what may not.
type Verdict struct {
	Word   Word     `json:"word"`
	Claims []Claim  `json:"claims"` // every difference that was shown, of the primary measure
	Text   string   `json:"text"`
	Limits []string `json:"limits"`
}

// A Claim is one difference that was shown.
type Claim struct {
	Arm     string  `json:"arm"`
	Against string  `json:"against"`
	Finding Finding `json:"finding"` // better or worse
}

// judge puts the reading in words.
func (r *Reading) judge(d *Design, stop bool) Verdict {
	v := Verdict{Claims: []Claim{}, Limits: []string{}}
	var said []string
	put := func(text string, args ...any) { said = append(said, fmt.Sprintf(text, args...)) }
	stopped := false
	for _, g := range r.Guardrails {
		if g.Stopped {
			stopped = true
			put("The arm %s is to be stopped: %s.", g.Arm, g.words())
		}
	}
	switch {
	case stop:
		v.Word = DoNotRead
		put("Do not read this experiment: its arms did not get the shares of units that the design gives them (χ², %s). Something other than chance decides who is counted; find it first.", stats.PText(r.Ratio.P))
	case d.Reading == FixedHorizon && !r.Reached:
		v.Word = TooEarly
		put("Too early: %s. A fixed horizon is read once, at its end; read before, it would claim more than it may. Estimates are withheld until then.", r.progress(d))
	case d.Kind == PrePost:
		v.Word = r.PrePost.judge(d, put)
	case d.Kind == Crossover:
		v.Word = r.Crossover.judge(d, put, &v)
	default:
		v.Word = Few
		for _, e := range r.Primary {
			put("%s", e.words(d, r.Mode == AlwaysValid && !r.Reached))
			switch {
			case e.Finding == Better || e.Finding == Worse:
				v.Word = Shown
				v.Claims = append(v.Claims, Claim{e.Arm, e.Against, e.Finding})
			case e.Finding == NotShown && v.Word == Few:
				v.Word = Nothing
			}
		}
		if d.Kind == AA {
			put("%s", aa(d, v.Word))
		}
		if r.PrePost != nil && r.PrePost.Warning != "" {
			put("%s", r.PrePost.Warning)
		}
	}
	if stopped && v.Word != DoNotRead {
		v.Word = Stopped
	}
	v.Text = strings.Join(said, " ")
	v.Limits = r.limits(d, v.Word)
	return v
}

// progress says how far an experiment is from its horizon.
func (r *Reading) progress(d *Design) string {
	var parts []string
	if r.Horizon > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d %s have been exposed", r.Units, r.Horizon, d.units()))
	}
	if r.Until != "" {
		parts = append(parts, "the last day is "+r.Until)
	}
	return strings.Join(parts, ", ")
}

func (d *Design) units() string {
	if d.Unit == Listener {
		return "listeners"
	}
	return "sessions"
}

// aa says what a comparison of an arm with itself means.
func aa(d *Design, w Word) string {
	if w == Shown {
		return fmt.Sprintf("The arms are the same by design, so this is a false claim: chance makes one in %.0f %% of such experiments. If it comes again, the machinery is at fault.", 100*d.Alpha)
	}
	return "The arms are the same by design, and nothing else was shown."
}

// percent writes a level: .95 is 95 %.
func percent(level float64) string { return fmt.Sprintf("%.4g %%", 100*level) }

// amount writes a difference of a measure with its unit.
func (m measure) amount(v float64) string {
	if m.share {
		return fmt.Sprintf("%s percentage points", decimal(100*v, 1))
	}
	return decimal(v, 3) + " " + m.unit
}

// bare writes a difference without its unit.
func (m measure) bare(v float64) string {
	if m.share {
		return decimal(100*v, 1)
	}
	return decimal(v, 3)
}

// decimal writes a number with its sign as −, and no sign before a zero.
func decimal(v float64, places int) string {
	s := fmt.Sprintf("%.*f", places, v)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return strings.Replace(s, "-", "−", 1)
}

// interval writes "0.02 to 0.14".
func (m measure) interval(e stats.Estimate) string {
	lo, hi := "any less", "any more"
	if e.Lo.Known() {
		lo = m.bare(float64(e.Lo))
	}
	if e.Hi.Known() {
		hi = m.bare(float64(e.Hi))
	}
	return lo + " to " + hi
}

// words says what may be said of a comparison; early where it may go on.
func (e Effect) words(d *Design, early bool) string {
	m, _ := about(e.Measure)
	kind := percent(e.Estimate.Level) + " interval"
	if early || d.Reading == AlwaysValid {
		kind = percent(e.Estimate.Level) + " interval that holds at any time"
	}
	who := fmt.Sprintf("%s and %s", e.Arm, e.Against)
	switch e.Finding {
	case NotRead:
		return fmt.Sprintf("Of %s nothing is read: %s.", who, e.Estimate.Reason)
	case TooFew:
		if !e.Estimate.Value.Known() {
			return fmt.Sprintf("Of %s too few to tell (n = %d): %s.", who, e.Estimate.N, e.Estimate.Reason)
		}
		s := fmt.Sprintf("Of %s too few to tell: the difference in %s so far is %s (n = %d", who, m.words, m.amount(float64(e.Estimate.Value)), e.Estimate.N)
		if e.Estimate.Defined() {
			s += fmt.Sprintf("; %s %s", kind, m.interval(e.Estimate))
		} else if e.Estimate.Reason != "" {
			s += "; " + e.Estimate.Reason
		}
		return s + fmt.Sprintf("), and nothing is claimed below %d %s and listeners in each arm.", stats.Least, d.units())
	case NotShown:
		s := fmt.Sprintf("In this experiment the difference in %s between %s is %s (%s %s; n = %d). The interval holds 0: it was not shown that they differ.",
			m.words, who, m.amount(float64(e.Estimate.Value)), kind, m.interval(e.Estimate), e.Estimate.N)
		if e.Estimate.Holds(d.Primary.LeastEffect) || e.Estimate.Holds(-d.Primary.LeastEffect) {
			return s + fmt.Sprintf(" Nor was it shown that they do not: a difference of %s, the least that would matter, lies in it.", m.amount(d.Primary.LeastEffect))
		}
		return s + fmt.Sprintf(" A difference of %s, the least that would matter, does not lie in it.", m.amount(d.Primary.LeastEffect))
	}
	side := "better"
	if e.Finding == Worse {
		side = "worse"
	}
	v := float64(e.Estimate.Value)
	s := fmt.Sprintf("In this experiment %s did %s than %s in %s, by %s (%s %s; n = %d).", e.Arm, side, e.Against, m.words, m.amount(math.Abs(v)), kind, m.interval(e.Estimate), e.Estimate.N)
	if math.Min(math.Abs(float64(e.Estimate.Lo)), math.Abs(float64(e.Estimate.Hi))) < d.Primary.LeastEffect {
		s += fmt.Sprintf(" Whether by as much as would matter, %s, the interval leaves open.", m.amount(d.Primary.LeastEffect))
	}
	return s
}

// words says what a guardrail that stops an arm saw.
func (g Guard) words() string {
	m, _ := about(g.Measure)
	if m.share {
		return fmt.Sprintf("the %s is %s %% (n = %d), and with %s confidence more than the limit of %s %%", m.words, m.bare(float64(g.Estimate.Value)), g.Estimate.N, percent(1-g.Alpha), m.bare(g.Limit))
	}
	return fmt.Sprintf("%s: %s more than in the control arm (n = %d), and with %s confidence more than the limit of %s", m.words, m.amount(float64(g.Estimate.Value)), g.Estimate.N, percent(1-g.Alpha), m.bare(g.Limit))
}

// limits are what the verdict does not say.
func (r *Reading) limits(d *Design, w Word) []string {
	if w == DoNotRead || w == TooEarly {
		return []string{}
	}
	m, _ := about(d.Primary.Measure)
	var l []string
	put := func(text string, args ...any) { l = append(l, fmt.Sprintf(text, args...)) }
	switch d.Kind {
	case Crossover:
		put("It speaks of one listener, and of music like this.")
	default:
		put("It speaks of those who took part (%d listeners; %s), of music like this and a time like this.", r.Listeners, strings.TrimRight(d.Population, ". "))
	}
	if m.name == Change || m.name == Feel || m.name == FeltBetter {
		put("It rests on what listeners said of themselves, and they may have noticed which arm they were in.")
	}
	if len(d.Secondary) > 0 {
		put("The one measure that decides is %s. The others inform; they were not what was asked.", m.words)
	}
	if d.Unit == Session && (d.Kind == WithinListener || d.Kind == Crossover) {
		put("What an hour leaves behind may reach into the listener's next one; the arms are then more alike than they would be alone.")
	}
	if r.Counts.Unanswered > 0 {
		put("Those who did not answer are not in it: %d of %d units.", r.Counts.Unanswered, r.Units)
	}
	return l
}
