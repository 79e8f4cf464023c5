package experiment

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"segue/internal/jsonwords"
)

// Bounds of a design: a file beyond them is a mistake, or hostile. (d)
const (
	MaxBytes  = 256 << 10
	MaxArms   = 10
	MaxWeight = 100
	MaxText   = 4000 // bytes of one text
	MaxUnits  = 100_000_000
	MinSalt   = 16 // characters
	most      = 20 // secondary measures, guardrails, comparisons
)

// A Fault is one thing that is wrong with a design.
type Fault struct {
	Field string `json:"field"` // "arms[1].weight"; empty for the file as a whole
	Text  string `json:"text"`  // what is wrong and what to do
}

// Error says the fault in one line.
func (f Fault) Error() string {
	if f.Field == "" {
		return f.Text
	}
	return f.Field + ": " + f.Text
}

// Faults are everything that is wrong with a design, in the order of its fields.
type Faults []Fault

// Error says all faults in one line.
func (f Faults) Error() string {
	said := make([]string, len(f))
	for i := range f {
		said[i] = f[i].Error()
	}
	all := strings.Join(said, " · ")
	if len(f) > 1 {
		all = fmt.Sprintf("%d things are wrong: %s", len(f), all)
	}
	return all
}

// Parse reads a design: one JSON object of at most MaxBytes with no unknown fields and
// nothing written twice. Its error is Faults. Cost is linear in the file.
func Parse(b []byte) (*Design, error) {
	var d Design
	if err := jsonwords.Strict(b, MaxBytes, &d); err != nil {
		return nil, Faults{{Text: err.Error()}}
	}
	d.fill()
	if faults := d.Check(); len(faults) > 0 {
		return nil, faults
	}
	return &d, nil
}

// fill puts defaults where nothing is said, so that a hash speaks of what counts.
func (d *Design) fill() {
	if d.Rule == "" && len(d.Secondary) > 0 {
		d.Rule = Holm
	}
	if d.Primary.Adjust == nil {
		d.Primary.Adjust = []Adjust{}
		if m, ok := about(d.Primary.Measure); ok && m.before && d.Kind != PrePost && d.Kind != Crossover {
			d.Primary.Adjust = []Adjust{Before}
		}
	}
	for i := range d.Guardrails {
		if d.Guardrails[i].Alpha == 0 {
			d.Guardrails[i].Alpha = .05
		}
	}
	if d.Primary.Assumed.Answered == 0 {
		d.Primary.Assumed.Answered = 1
	}
	if d.Primary.Assumed.Sessions == 0 && d.Unit == Session {
		d.Primary.Assumed.Sessions = 1
	}
}

// Check returns everything that is wrong with a design, nil if nothing is.
func (d *Design) Check() Faults {
	c := &checker{Design: d}
	c.head()
	c.texts()
	c.arms()
	c.kind()
	c.comparisons()
	c.primary()
	c.secondary()
	c.guardrails()
	c.ends()
	return c.faults
}

// A checker gathers faults.
type checker struct {
	*Design
	faults Faults
}

func (c *checker) wrong(field, text string, args ...any) {
	c.faults = append(c.faults, Fault{field, fmt.Sprintf(text, args...)})
}

func (c *checker) head() {
	switch {
	case c.Schema > Schema:
		c.wrong("schema", "%d is newer than this program, which reads up to %d; use a newer one", c.Schema, Schema)
	case c.Schema < 1:
		c.wrong("schema", "missing or below 1; write \"schema\": %d", Schema)
	}
	c.name("id", c.ID, 64)
	if n := utf8.RuneCountInString(c.Salt); n < MinSalt || n > 200 {
		c.wrong("salt", "%d characters; give %d to 200 at random, so that nobody foretells an arm", n, MinSalt)
	}
	c.text("salt", c.Salt, false)
}

func (c *checker) name(field, s string, longest int) {
	ok := s != "" && len(s) <= longest
	for _, r := range s {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}
	if !ok {
		c.wrong(field, "%.80q is no name; use 1 to %d small letters, digits, - and _", s, longest)
	}
}

// text refuses what would be drawn otherwise than it is written.
func (c *checker) text(field, s string, needed bool) {
	switch {
	case needed && strings.TrimSpace(s) == "":
		c.wrong(field, "missing; say it in a sentence")
	case len(s) > MaxText:
		c.wrong(field, "%d bytes; at most %d", len(s), MaxText)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			c.wrong(field, "holds the control character %U; take it out", r)
			return
		}
	}
}

func (c *checker) texts() {
	c.text("title", c.Title, true)
	c.text("question", c.Question, true)
	c.text("hypothesis", c.Hypothesis, true)
	c.text("population", c.Population, true)
}

func (c *checker) arms() {
	if len(c.Arms) < 1 || len(c.Arms) > MaxArms {
		c.wrong("arms", "%d arms; give 1 to %d", len(c.Arms), MaxArms)
	}
	seen := map[string]bool{}
	for i, a := range c.Arms {
		field := fmt.Sprintf("arms[%d].", i)
		c.name(field+"name", a.Name, 40)
		if seen[a.Name] {
			c.wrong(field+"name", "%q is taken; give each arm its own", a.Name)
		}
		seen[a.Name] = true
		c.text(field+"text", a.Text, false)
		if a.Weight < 1 || a.Weight > MaxWeight {
			c.wrong(field+"weight", "%d; a weight is a whole number from 1 to %d", a.Weight, MaxWeight)
		}
	}
}

// kind checks what the kinds ask of arms, control and unit.
func (c *checker) kind() {
	arms := len(c.Arms)
	unit := func(need Unit) {
		if c.Unit != need {
			c.wrong("unit", "%q; in %s it is %q", c.Unit, c.Kind, need)
		}
	}
	switch c.Kind {
	case Parallel, PrePostControl:
		unit(Listener)
	case WithinListener:
		unit(Session)
	case Crossover:
		unit(Session)
		if arms != 2 || c.Arms[0].Weight != c.Arms[1].Weight {
			c.wrong("arms", "a crossover has two arms of the same weight")
		}
		if c.Horizon.Units%2 != 0 {
			c.wrong("horizon.units", "%d; a crossover is made of pairs, so the number is even", c.Horizon.Units)
		}
		if c.Reading == AlwaysValid {
			c.wrong("reading", "a crossover of one listener is read once, at its horizon: use %q", FixedHorizon)
		}
	case PrePost:
		if arms != 1 {
			c.wrong("arms", "%d arms; %s has one, and with a control it is %q", arms, PrePost, PrePostControl)
		}
		if c.Control != "" {
			c.wrong("control", "%s has none; with one it is %q", PrePost, PrePostControl)
		}
		fallthrough
	case AA:
		if c.Unit != Session && c.Unit != Listener {
			c.wrong("unit", "%q; use %q or %q", c.Unit, Session, Listener)
		}
	default:
		c.wrong("kind", "%.40q is none; use %s", c.Kind, strings.Join([]string{string(Parallel), string(WithinListener), string(Crossover), string(PrePost), string(PrePostControl), string(AA)}, ", "))
	}
	if c.Kind != PrePost {
		if arms == 1 {
			c.wrong("arms", "one arm has nothing to be compared with; give two or more, or make it %q", PrePost)
		}
		if c.arm(c.Control) < 0 {
			c.wrong("control", "%.40q is not among the arms; name the one that others are compared with", c.Control)
		}
	}
	if c.Reading != FixedHorizon && c.Reading != AlwaysValid {
		c.wrong("reading", "%.40q is none; use %q or %q", c.Reading, FixedHorizon, AlwaysValid)
	}
	if (c.Kind == PrePost || c.Kind == PrePostControl) && c.Primary.Measure != Change {
		c.wrong("primary.measure", "%.40q has no value before; in %s it is %q", c.Primary.Measure, c.Kind, Change)
	}
	if c.Kind == PrePost && c.Reading == AlwaysValid {
		c.wrong("reading", "%s is read once, at its horizon: use %q", PrePost, FixedHorizon)
	}
}

func (c *checker) comparisons() {
	if len(c.Comparisons) > most {
		c.wrong("comparisons", "%d; at most %d", len(c.Comparisons), most)
		return
	}
	if c.Kind == PrePost && len(c.Comparisons) > 0 {
		c.wrong("comparisons", "%s has nothing to compare with", PrePost)
	}
	if c.Kind == Crossover && len(c.Comparisons) > 0 {
		c.wrong("comparisons", "a crossover compares its two arms: leave this out")
	}
	for i, p := range c.Comparisons {
		field := fmt.Sprintf("comparisons[%d]", i)
		switch {
		case c.arm(p.Arm) < 0:
			c.wrong(field+".arm", "%.40q is not among the arms", p.Arm)
		case c.arm(p.Against) < 0:
			c.wrong(field+".against", "%.40q is not among the arms", p.Against)
		case p.Arm == p.Against:
			c.wrong(field, "%q is compared with itself", p.Arm)
		}
		for _, q := range c.Comparisons[:i] {
			if q == p || (q == Comparison{p.Against, p.Arm}) {
				c.wrong(field, "%q and %q are compared twice", p.Arm, p.Against)
			}
		}
	}
}

func (c *checker) primary() {
	p := c.Primary
	m, ok := about(p.Measure)
	if !ok || m.harm {
		c.wrong("primary.measure", "%.40q is none; use %s", p.Measure, strings.Join(names(false), ", "))
		return
	}
	if !(p.LeastEffect > 0 && p.LeastEffect <= m.hi-m.lo) {
		c.wrong("primary.least_effect", "%v; name the least difference that would matter, above 0 and at most %.3g", p.LeastEffect, m.hi-m.lo)
	}
	a := p.Assumed
	switch {
	case m.share && !(a.Share > 0 && a.Share < 1):
		c.wrong("primary.assumed.share", "%v; name the control arm's share, between 0 and 1", a.Share)
	case m.share && a.SD != 0:
		c.wrong("primary.assumed.sd", "a share has none of its own; leave it out")
	case m.share && a.Share+float64(m.better)*p.LeastEffect > 1, m.share && a.Share+float64(m.better)*p.LeastEffect < 0:
		c.wrong("primary.least_effect", "%v leads the share %v out of 0 to 1", p.LeastEffect, a.Share)
	case !m.share && !(a.SD > 0 && a.SD <= m.hi-m.lo):
		c.wrong("primary.assumed.sd", "%v; name the standard deviation between units of one arm, above 0 and at most %.3g", a.SD, m.hi-m.lo)
	case !m.share && a.Share != 0:
		c.wrong("primary.assumed.share", "%s is a mean and no share; leave it out", p.Measure)
	}
	if c.Unit == Session && !(a.Sessions >= 1 && a.Sessions <= 100_000) {
		c.wrong("primary.assumed.sessions_a_listener", "%v; it is at least 1", a.Sessions)
	}
	if c.Unit == Listener && a.Sessions != 0 {
		c.wrong("primary.assumed.sessions_a_listener", "listeners are the unit; leave it out")
	}
	if !(a.Within >= 0 && a.Within < 1) {
		c.wrong("primary.assumed.intraclass", "%v; it lies from 0 to below 1", a.Within)
	}
	if !(a.Answered > 0 && a.Answered <= 1) {
		c.wrong("primary.assumed.answered", "%v; it lies above 0 and up to 1", a.Answered)
	}
	if u := a.Usual; u != nil {
		switch {
		case c.Kind != PrePost:
			c.wrong("primary.assumed.usual", "only %s has use for it; leave it out", PrePost)
		case !(u.Mean >= 0 && u.Mean <= math.Sqrt2) || !(u.SD > 0 && u.SD <= math.Sqrt2) || !(u.Reliability >= 0 && u.Reliability <= 1):
			c.wrong("primary.assumed.usual", "mean %v, sd %v, reliability %v; the mean lies from 0 to 1.41, the deviation above 0, the reliability from 0 to 1", u.Mean, u.SD, u.Reliability)
		}
	}
	for i, adjust := range p.Adjust {
		field := fmt.Sprintf("primary.adjust[%d]", i)
		switch {
		case adjust != Before && adjust != Prior:
			c.wrong(field, "%.40q is none; use %q or %q", adjust, Before, Prior)
		case adjust == Before && !m.before:
			c.wrong(field, "%s has no value before a session; use %q", p.Measure, Prior)
		case slices.Contains(p.Adjust[:i], adjust):
			c.wrong(field, "%q stands twice", adjust)
		case c.Kind == PrePost, c.Kind == Crossover:
			c.wrong(field, "nothing is adjusted in %s; leave it out", c.Kind)
		}
	}
}

func (c *checker) secondary() {
	if len(c.Secondary) > most {
		c.wrong("secondary", "%d; at most %d", len(c.Secondary), most)
		return
	}
	for i, s := range c.Secondary {
		field := fmt.Sprintf("secondary[%d].measure", i)
		if m, ok := about(s.Measure); !ok || m.harm {
			c.wrong(field, "%.40q is none; use %s", s.Measure, strings.Join(names(false), ", "))
		}
		if s.Measure == c.Primary.Measure || slices.Contains(c.Secondary[:i], s) {
			c.wrong(field, "%q stands twice", s.Measure)
		}
	}
	if c.Rule != "" && c.Rule != Holm && c.Rule != Benjamini {
		c.wrong("multiplicity", "%.40q is none; use %q or %q", c.Rule, Holm, Benjamini)
	}
}

func (c *checker) guardrails() {
	if len(c.Guardrails) > most {
		c.wrong("guardrails", "%d; at most %d", len(c.Guardrails), most)
		return
	}
	for i, g := range c.Guardrails {
		field := fmt.Sprintf("guardrails[%d].", i)
		m, ok := about(g.Measure)
		switch {
		case !ok || !m.harm:
			c.wrong(field+"measure", "%.40q is none; use %s", g.Measure, strings.Join(names(true), ", "))
		case g.Measure == NightMinutes && (c.Kind == PrePost || c.Kind == Crossover):
			c.wrong(field+"measure", "minutes at night are compared with a control arm of other listeners or sessions, which %s does not have", c.Kind)
		case !(g.Limit > 0 && g.Limit < m.hi):
			c.wrong(field+"limit", "%v; it lies between 0 and %v", g.Limit, m.hi)
		}
		if !(g.Alpha > 0 && g.Alpha <= .2) {
			c.wrong(field+"alpha", "%v; it lies above 0 and up to .2", g.Alpha)
		}
		for _, other := range c.Guardrails[:i] {
			if other.Measure == g.Measure {
				c.wrong(field+"measure", "%q stands twice", g.Measure)
			}
		}
	}
}

func (c *checker) ends() {
	h := c.Horizon
	if h.Units < 0 || h.Units > MaxUnits {
		c.wrong("horizon.units", "%d; it lies between 1 and %d, or is left out", h.Units, MaxUnits)
	}
	end, ok := h.End()
	switch {
	case h.Until == "" && h.Units == 0:
		c.wrong("horizon", "missing; name a number of units, a day on which it ends, or both")
	case h.Until == "":
	case !ok:
		c.wrong("horizon.until", "%.40q is no day; write it as %s", h.Until, time.DateOnly)
	case end.Year() < 2000 || end.Year() > 2100:
		c.wrong("horizon.until", "%q does not lie between 2000 and 2100", h.Until)
	}
	if !(c.Alpha > 0 && c.Alpha <= .2) {
		c.wrong("alpha", "%v; it lies above 0 and up to .2", c.Alpha)
	}
	if !(c.Power >= .5 && c.Power < 1) {
		c.wrong("power", "%v; it lies from .5 to below 1", c.Power)
	}
}
