package metric

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"segue"
	"segue/internal/jsonwords"
)

// Bounds of a cohort file. (d)
const (
	CohortSchema  = 1 // version of the file
	MaxCohortFile = 1 << 20
	MaxCohorts    = 100
	MaxConditions = 1000 // of all cohorts together
	MaxText       = 200  // bytes of names, facts and values
)

// Cohorts are declared rules, each of which says which listeners belong together. A
// listener may be in several, or none. They are made by ParseCohorts.
type Cohorts struct {
	list  []cohort
	facts map[string]int // that rules ask for, by folded name
}

type cohort struct {
	Name  string    `json:"name"`
	Text  string    `json:"text"` // what it is, for people; may be empty
	Where condition `json:"where"`
}

// A condition is one of: all of several, any of several, not another, a fact that has a
// value or one of several, a measure of listening in [at_least, below).
type condition struct {
	All       []condition `json:"all"`
	Any       []condition `json:"any"`
	Not       *condition  `json:"not"`
	Fact      string      `json:"fact"`
	Is        *string     `json:"is"`
	In        []string    `json:"in"`
	Listening string      `json:"listening"`
	AtLeast   *float64    `json:"at_least"`
	Below     *float64    `json:"below"`
}

// A habit is what is measured of a listener's listening, over all of their records.
type habit struct {
	name   string
	lo, hi float64
	of     func(l *habits) (y, x float64) // the measure is y/x, unknown if x is 0
}

// habits are what habit measures are made of.
type habits struct {
	listener
	playlists, days int
}

func (h *habits) weeks() float64 { return max(1, float64(h.last-h.first+1)/7) }

// listening lists what cohorts may ask of listening.
func listening() []habit {
	const many = 1e9
	return []habit{
		{"night_tracks", 0, 1, func(l *habits) (float64, float64) { return float64(l.nightTracks), float64(l.tracks) }},
		{"night_records", 0, 1, func(l *habits) (float64, float64) { return float64(l.atNight), float64(l.records) }},
		{"playlists_a_week", 0, many, func(l *habits) (float64, float64) { return float64(l.playlists), l.weeks() }},
		{"days_a_week", 0, 7, func(l *habits) (float64, float64) { return float64(l.days), l.weeks() }},
		{"tracks_a_week", 0, many, func(l *habits) (float64, float64) { return float64(l.tracks), l.weeks() }},
		{"playlists", 0, many, func(l *habits) (float64, float64) { return float64(l.playlists), 1 }},
		{"days", 0, many, func(l *habits) (float64, float64) { return float64(l.days), 1 }},
		{"tracks", 0, many, func(l *habits) (float64, float64) { return float64(l.tracks), 1 }},
	}
}

func habitOf(name string) (habit, bool) {
	for _, h := range listening() {
		if h.name == name {
			return h, true
		}
	}
	return habit{}, false
}

// ParseCohorts reads a cohort file: one JSON object with "schema" and "cohorts", a list
// of objects with "name", "text" (optional) and "where", a condition:
//
//	{"all": [c, …]} {"any": [c, …]} {"not": c}
//	{"fact": "age_band", "is": "18-24"} {"fact": "group", "in": ["A", "B"]}
//	{"listening": "night_tracks", "at_least": 0.3, "below": 0.9}
//
// Listening is measured over all records of a listener: night_tracks and night_records
// are shares of tracks begun and of all records between 23 and 6 o'clock by their clock,
// [0, 1]; playlists_a_week, days_a_week and tracks_a_week are by the time between their
// first and last day, a week at least; playlists, days and tracks are counts. Facts are
// what listeners declared (ReadFacts), compared without regard to letter case. What is
// not known of a listener meets no condition; its "not" is met.
//
// It returns a *segue.InputError that names the line, and the cohort where it is about
// one, for anything else: a field it does not know, a second condition in one object, a
// threshold out of a measure's interval, a cohort's name twice, more than MaxCohortFile,
// MaxCohorts or MaxConditions. Linear in the file.
func ParseCohorts(b []byte) (*Cohorts, error) {
	var file struct {
		Schema  int             `json:"schema"`
		Cohorts json.RawMessage `json:"cohorts"`
	}
	if err := strict(b, 0, &file); err != nil {
		return nil, err
	}
	switch {
	case file.Schema > CohortSchema:
		return nil, &segue.InputError{Row: lineOf(b, `"schema"`), Problem: "the file follows schema %d, and this Segue knows schemas up to %d", Args: []any{file.Schema, CohortSchema}, Hint: "use a newer Segue"}
	case file.Schema < 1:
		return nil, &segue.InputError{Row: max(1, lineOf(b, `"schema"`)), Problem: "the schema is missing, or not a version", Hint: "write \"schema\": %d", HintArgs: []any{CohortSchema}}
	}
	elements, err := elementsOf(b)
	if err != nil {
		return nil, err
	}
	c := &Cohorts{facts: map[string]int{}}
	names, conditions := map[string]bool{}, 0
	for _, e := range elements {
		var one cohort
		if err := strict(e.text, e.line-1, &one); err != nil {
			return nil, err
		}
		wrong := func(problem string, args ...any) error {
			return &segue.InputError{Row: e.line, Problem: "cohort %.60q: %s", Args: []any{one.Name, fmt.Sprintf(problem, args...)}}
		}
		name := fold(one.Name)
		switch {
		case name == "":
			return nil, &segue.InputError{Row: e.line, Problem: "a cohort has no name", Hint: "add \"name\""}
		case len(one.Name) > MaxText || len(one.Text) > 10*MaxText:
			return nil, wrong("its name is longer than %d bytes, or its text than %d", MaxText, 10*MaxText)
		case names[name]:
			return nil, wrong("another has this name; give each its own")
		}
		names[name] = true
		if err := c.check(&one.Where, &conditions); err != nil {
			return nil, wrong("%v", err)
		}
		c.list = append(c.list, one)
	}
	if len(c.list) == 0 {
		return nil, &segue.InputError{Row: max(1, lineOf(b, `"cohorts"`)), Problem: "there are no cohorts", Hint: "list at least one in \"cohorts\""}
	}
	return c, nil
}

// strict is jsonwords.Strict with lines counted from after.
func strict(b []byte, after int, v any) error {
	err := jsonwords.Strict(b, MaxCohortFile, v)
	var fault *jsonwords.Fault
	if errors.As(err, &fault) {
		row := fault.Line
		if row > 0 {
			row += after
		}
		return &segue.InputError{Row: row, Problem: fault.Text}
	}
	return err
}

// lineOf returns the line of the first occurrence of a text; 0 if there is none.
func lineOf(b []byte, text string) int {
	if i := bytes.Index(b, []byte(text)); i >= 0 {
		return 1 + bytes.Count(b[:i], []byte("\n"))
	}
	return 0
}

type element struct {
	text []byte
	line int
}

// elementsOf returns the objects of the list "cohorts" of a file that strict has read.
func elementsOf(b []byte) ([]element, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	var all []element
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth != 1 || token != "cohorts" {
			continue
		}
		line := 1 + bytes.Count(b[:d.InputOffset()], []byte("\n"))
		if token, err = d.Token(); err != nil || token != json.Delim('[') {
			return nil, &segue.InputError{Row: line, Problem: "\"cohorts\" is not a list"}
		}
		for d.More() {
			if len(all) == MaxCohorts {
				return nil, &segue.InputError{Row: 1 + bytes.Count(b[:d.InputOffset()], []byte("\n")), Problem: "there are more than %d cohorts", Args: []any{MaxCohorts}}
			}
			var raw json.RawMessage
			if err := d.Decode(&raw); err != nil {
				return nil, err
			}
			from := int(d.InputOffset()) - len(raw)
			all = append(all, element{raw, 1 + bytes.Count(b[:from], []byte("\n"))})
		}
		if _, err := d.Token(); err != nil { // the closing bracket
			return nil, err
		}
	}
}

// check returns what is wrong with a condition, and notes the facts it asks for.
func (c *Cohorts) check(w *condition, conditions *int) error {
	if *conditions++; *conditions > MaxConditions {
		return fmt.Errorf("there are more than %d conditions in the file", MaxConditions)
	}
	forms := 0
	for _, is := range []bool{w.All != nil, w.Any != nil, w.Not != nil, w.Fact != "", w.Listening != ""} {
		if is {
			forms++
		}
	}
	if forms != 1 {
		return fmt.Errorf("a condition is exactly one of all, any, not, fact and listening, and one here has %d of them", forms)
	}
	if w.Fact == "" && (w.Is != nil || w.In != nil) {
		return errors.New(`"is" and "in" belong to "fact"`)
	}
	if w.Listening == "" && (w.AtLeast != nil || w.Below != nil) {
		return errors.New(`"at_least" and "below" belong to "listening"`)
	}
	switch {
	case w.All != nil || w.Any != nil:
		parts := append(w.All, w.Any...)
		if len(parts) == 0 {
			return errors.New(`"all" and "any" need at least one condition`)
		}
		for i := range parts {
			if err := c.check(&parts[i], conditions); err != nil {
				return err
			}
		}
	case w.Not != nil:
		return c.check(w.Not, conditions)
	case w.Fact != "":
		return c.checkFact(w)
	default:
		return checkHabit(w)
	}
	return nil
}

func (c *Cohorts) checkFact(w *condition) error {
	if (w.Is == nil) == (len(w.In) == 0) {
		return fmt.Errorf("the fact %.60q needs \"is\" or a list \"in\", one of them", w.Fact)
	}
	values := w.In
	if w.Is != nil {
		values = []string{*w.Is}
	}
	for _, v := range append([]string{w.Fact}, values...) {
		if n := len(fold(v)); n == 0 || len(v) > MaxText {
			return fmt.Errorf("a fact and its values have 1 to %d bytes", MaxText)
		}
	}
	if name := fold(w.Fact); !has(c.facts, name) {
		c.facts[name] = len(c.facts)
	}
	return nil
}

func has(m map[string]int, key string) bool {
	_, ok := m[key]
	return ok
}

func checkHabit(w *condition) error {
	h, ok := habitOf(w.Listening)
	if !ok {
		var names []string
		for _, h := range listening() {
			names = append(names, h.name)
		}
		return fmt.Errorf("there is no listening %.60q; there are %s", w.Listening, strings.Join(names, ", "))
	}
	if w.AtLeast == nil && w.Below == nil {
		return fmt.Errorf("%s needs at_least, below, or both", h.name)
	}
	for _, v := range []*float64{w.AtLeast, w.Below} {
		if v != nil && !(*v >= h.lo && *v <= h.hi) {
			return fmt.Errorf("%s lies in %g to %g, so that %g decides nothing", h.name, h.lo, h.hi, *v)
		}
	}
	if w.AtLeast != nil && w.Below != nil && *w.AtLeast >= *w.Below {
		return fmt.Errorf("nothing is at least %g and below %g", *w.AtLeast, *w.Below)
	}
	return nil
}

// fold makes names and values comparable.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// meets reports whether a listener meets a condition.
func (w *condition) meets(h *habits, says func(fact, value string) bool) bool {
	switch {
	case w.All != nil:
		for i := range w.All {
			if !w.All[i].meets(h, says) {
				return false
			}
		}
		return true
	case w.Any != nil:
		for i := range w.Any {
			if w.Any[i].meets(h, says) {
				return true
			}
		}
		return false
	case w.Not != nil:
		return !w.Not.meets(h, says)
	case w.Fact != "":
		if w.Is != nil {
			return says(w.Fact, *w.Is)
		}
		for _, v := range w.In {
			if says(w.Fact, v) {
				return true
			}
		}
		return false
	}
	m, _ := habitOf(w.Listening)
	y, x := m.of(h)
	if x == 0 {
		return false
	}
	v := y / x
	return !(w.AtLeast != nil && v < *w.AtLeast) && !(w.Below != nil && v >= *w.Below)
}

// habits returns what cohorts ask of a listener's listening.
func (t *table) habits(i int32) *habits {
	h := &habits{listener: t.listeners[t.who[i]]}
	last := int32(-1 << 31)
	for _, c := range t.of(i) {
		if c.flags&begun != 0 {
			h.playlists++
		}
		if c.day != last {
			h.days++
			last = c.day
		}
	}
	return h
}

// members returns which listeners are in each cohort, by the order of names.
func (t *table) members(cohorts *Cohorts, facts *Facts) [][]bool {
	in := make([][]bool, len(cohorts.list))
	for k := range in {
		in[k] = make([]bool, len(t.who))
	}
	for i := range t.who {
		h := t.habits(int32(i))
		says := func(fact, value string) bool { return facts.says(h.name, fact, value) }
		for k := range in {
			in[k][i] = cohorts.list[k].Where.meets(h, says)
		}
	}
	return in
}
