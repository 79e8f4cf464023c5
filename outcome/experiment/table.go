package experiment

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"segue"
	"segue/outcome"
	"segue/outcome/event"
	"segue/outcome/hearing"
)

// A Table is what an experiment is read from: a row for each unit, by the order of
// exposure. It holds no pseudonym and no time.
type Table struct {
	AsOf     time.Time `json:"as_of"`    // nothing later is in it
	Measures []Measure `json:"measures"` // of the rows' values: the design's, the primary one first
	Rows     []Row     `json:"rows"`
	Counts   Counts    `json:"counts"`
}

// A Row is one unit.
type Row struct {
	Listener int            `json:"listener"` // numbered from 0 by the order of exposure
	Arm      string         `json:"arm"`      // that of the first exposure
	Block    int            `json:"block"`    // of the listener's blocks, −1 where there are none
	Before   segue.Number   `json:"before"`   // distance from the target before the (first) session
	Prior    segue.Number   `json:"prior"`    // the listener's mean of the primary measure before their first exposure
	Values   []segue.Number `json:"values"`   // of the measures; missing: no outcome
	First    segue.Number   `json:"first"`    // of the primary measure, at the unit's first session that has it
	Known    int            `json:"known"`    // when First became known: 1 is the first of all; 0 is not known
}

// Counts are what became of the records.
type Counts struct {
	Events     int `json:"events"`     // that were read
	Copies     int `json:"copies"`     // of them with an id that was there before
	Later      int `json:"later"`      // after AsOf: left out
	Foreign    int `json:"foreign"`    // exposures of other experiments
	Again      int `json:"again"`      // exposures of a unit to its own arm once more
	Crossed    int `json:"crossed"`    // … to another arm: the first counts
	Undrawn    int `json:"undrawn"`    // exposures to another arm than the design draws
	Beyond     int `json:"beyond"`     // units exposed beyond the horizon: left out
	Backwards  int `json:"backwards"`  // sessions whose check-in after is earlier than that before: no change is read
	Unexposed  int `json:"unexposed"`  // sessions without an exposure after their listener's first one
	NoPlan     int `json:"no_plan"`    // exposed sessions without a planned length: no completion
	Unanswered int `json:"unanswered"` // units without a value of the primary measure
}

// A Gatherer makes a Table from events that come in any order, some twice. Its memory
// grows with sessions and exposures, not with events, but for 16 to 40 bytes each that
// tell copies.
type Gatherer struct {
	d        *Design
	asOf     time.Time
	latest   time.Time
	counts   Counts
	dedupe   event.Dedupe
	shown    []event.Event // exposures
	sessions map[unit]*session
	left     map[string][]time.Time // opt-outs by listener
}

// Gather begins a table as of a time: what happened later is left out. The zero time is
// no bound, and the table is then as of the last event.
func Gather(d *Design, asOf time.Time) *Gatherer {
	return &Gatherer{d: d, asOf: asOf, sessions: map[unit]*session{}, left: map[string][]time.Time{}}
}

// Add takes events, in any order. Its error is event.ErrTooMany.
func (g *Gatherer) Add(events []event.Event) error {
	for i := range events {
		e := &events[i]
		g.counts.Events++
		if !g.asOf.IsZero() && e.At.After(g.asOf) {
			g.counts.Later++
			continue
		}
		first, err := g.dedupe.First(e.Listener, e.ID)
		if err != nil {
			return err
		}
		if !first {
			g.counts.Copies++
			continue
		}
		if e.At.After(g.latest) {
			g.latest = e.At
		}
		switch {
		case e.Kind == event.Exposure:
			g.shown = append(g.shown, e.Keep())
		case e.Kind == event.OptOut:
			if e.Experiment == "" || e.Experiment == g.d.ID || strings.HasPrefix(e.Experiment, g.d.ID+"@") {
				g.left[e.Listener] = append(g.left[e.Listener], e.At)
			}
		case e.Hour != "":
			u := unit{e.Listener, e.Hour}
			s := g.sessions[u]
			if s == nil {
				s = &session{begin: e.At}
				g.sessions[u] = s
			}
			s.take(e)
		}
	}
	return nil
}

// A session is what is known of an hour, by the rules of package hearing.
type session struct {
	begin   time.Time // the earliest event
	started time.Time // the earliest playlist_start
	heardAt time.Time // the latest end of a track
	shift   hearing.Shift
	feel    hearing.Last
	plan    hearing.Plan
	tracks  hearing.Tracks
}

func (s *session) take(e *event.Event) {
	if e.At.Before(s.begin) {
		s.begin = e.At
	}
	switch e.Kind {
	case event.PlaylistStart:
		s.plan.Start(e)
		if s.started.IsZero() || e.At.Before(s.started) {
			s.started = e.At
		}
	case event.TrackStart:
		s.tracks.Add(e)
	case event.TrackEnd:
		s.tracks.Add(e)
		s.plan.End(e)
		s.heardAt = later(s.heardAt, e.At)
	case event.CheckInBefore:
		s.shift.Before(e)
	case event.CheckInAfter:
		s.shift.After(e)
	case event.Reflection:
		if e.Feel != nil {
			s.feel.Say(e.At, int32(*e.Feel))
		}
	}
}

// backwards reports whether the clock says that the end was before the beginning.
func (s *session) backwards() bool {
	_, _, before, said := s.shift.From()
	_, after, too := s.shift.To()
	return said && too && after.Before(before)
}

// distance returns how far the listener was from the target before.
func (s *session) distance() segue.Number {
	cell, target, _, said := s.shift.From()
	if !said {
		return segue.Missing()
	}
	return segue.Number(cell.At().Distance(target.At()))
}

// value returns a measure of the session and when it became known; missing if there is
// none. Opting out is not the session's to know.
func (s *session) value(m Measure) (segue.Number, time.Time) {
	yes := func(is bool, at time.Time) (segue.Number, time.Time) {
		if is {
			return 1, at
		}
		return 0, at
	}
	cell, target, _, said := s.shift.From()
	then, after, too := s.shift.To()
	both := said && too && !s.backwards()
	tracks := &s.tracks
	switch {
	case m == Change && both:
		return segue.Number(outcome.Change(cell.At(), then.At(), target.At())), after
	case m == Farther && both:
		return yes(outcome.Farther(cell, then, target), after)
	case m == Feel && s.feel.Said:
		return segue.Number(s.feel.Value), s.feel.Time()
	case m == FeltBetter && s.feel.Said:
		return yes(s.feel.Value >= 1, s.feel.Time())
	case m == MuchWorse && s.feel.Said:
		return yes(s.feel.Value == -2, s.feel.Time())
	case m == Completion && tracks.Starts+tracks.Ends > 0:
		if done, known := s.plan.Completed(); known {
			return yes(done, later(s.started, s.heardAt))
		}
	case m == SkipRate && tracks.Counted() > 0:
		return segue.Number(float64(tracks.Early) / float64(tracks.Counted())), later(s.begin, s.heardAt)
	case m == NightMinutes && tracks.Ends > 0:
		return segue.Number(float64(tracks.Night) / 60_000), s.heardAt
	}
	return segue.Missing(), time.Time{}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// measured lists the design's measures, each once: primary, secondary, guardrails.
func (d *Design) measured() []Measure {
	all := []Measure{d.Primary.Measure}
	for _, s := range d.Secondary {
		all = append(all, s.Measure)
	}
	for _, g := range d.Guardrails {
		all = append(all, g.Measure)
	}
	return all
}

// own is a listener's session with its id.
type own struct {
	hour string
	*session
}

// Table returns the table of what was added. Its errors are those of Exposures. Cost is
// O(n log n) in the sessions.
func (g *Gatherer) Table() (*Table, *Log, error) {
	log, err := g.d.Exposures(g.shown)
	if err != nil {
		return nil, nil, err
	}
	t := &Table{AsOf: g.asOf, Measures: g.d.measured(), Rows: []Row{}, Counts: g.counts}
	if t.AsOf.IsZero() {
		t.AsOf = g.latest
	}
	c := &t.Counts
	c.Foreign, c.Again, c.Crossed, c.Undrawn = log.Foreign, log.Again, log.Crossed, g.d.Undrawn(log)

	shown := log.Exposures
	if h := g.d.Horizon; h.Units > 0 && len(shown) > h.Units {
		shown = shown[:h.Units]
	}
	if end, ok := g.d.Horizon.End(); ok {
		for len(shown) > 0 && !shown[len(shown)-1].At.Before(end) {
			shown = shown[:len(shown)-1]
		}
	}
	c.Beyond = len(log.Exposures) - len(shown)

	of := g.byListener()
	first, number, draws := map[string]time.Time{}, map[string]int{}, map[string]*draws{}
	prior, times := map[string]segue.Number{}, map[string][]time.Time{}
	for _, e := range log.Exposures {
		times[e.Listener] = append(times[e.Listener], e.At)
	}
	known := make([]time.Time, len(shown))
	for i, e := range shown {
		if _, ok := number[e.Listener]; !ok {
			number[e.Listener], first[e.Listener] = len(number), e.At
			draws[e.Listener] = g.d.draws(e.Listener)
			prior[e.Listener] = meanOf(of[e.Listener], g.d.Primary.Measure, func(s own) bool {
				_, exposed := log.number[unit{e.Listener, s.hour}] // then it is none before, whatever its clock says
				return s.begin.Before(e.At) && !exposed
			})
		}
		row := Row{
			Listener: number[e.Listener], Arm: e.Arm, Block: draws[e.Listener].next().Block,
			Before: segue.Missing(), Prior: prior[e.Listener], First: segue.Missing(), Values: make([]segue.Number, len(t.Measures)),
		}
		sessions := of[e.Listener]
		mine := func(s own) bool { return s.hour == e.Hour }
		if g.d.Unit == Listener {
			mine = func(s own) bool { return !s.begin.Before(e.At) }
		} else if s := g.sessions[unit{e.Listener, e.Hour}]; s != nil {
			sessions = []own{{e.Hour, s}}
		} else {
			sessions = nil
		}
		for j, m := range t.Measures {
			row.Values[j] = meanOf(sessions, m, mine)
			if m == LeftForGood {
				row.Values[j] = leftAfter(g.left[e.Listener], times[e.Listener], e.At)
			}
		}
		for _, s := range sessions {
			if !mine(s) {
				continue
			}
			if !row.Before.Known() {
				row.Before = s.distance()
			}
			if v, at := s.value(g.d.Primary.Measure); v.Known() && !row.First.Known() {
				row.First, known[i] = v, at
			}
			if s.backwards() {
				c.Backwards++
			}
			if s.plan.Planned() == 0 {
				c.NoPlan++
			}
		}
		if !row.Values[0].Known() {
			c.Unanswered++
		}
		t.Rows = append(t.Rows, row)
	}
	if g.d.Unit == Session {
		for u, s := range g.sessions {
			at, ok := first[u.listener]
			if _, exposed := log.number[u]; ok && !exposed && !s.begin.Before(at) {
				c.Unexposed++
			}
		}
	}
	rank(t.Rows, known)
	return t, log, nil
}

// byListener returns each listener's sessions by time.
func (g *Gatherer) byListener() map[string][]own {
	all := map[string][]own{}
	for u, s := range g.sessions {
		all[u.listener] = append(all[u.listener], own{u.hour, s})
	}
	for _, sessions := range all {
		slices.SortFunc(sessions, func(a, b own) int { return cmp.Or(a.begin.Compare(b.begin), strings.Compare(a.hour, b.hour)) })
	}
	return all
}

// meanOf returns the mean of a measure over those sessions that have it.
func meanOf(sessions []own, m Measure, which func(own) bool) segue.Number {
	sum, n := 0., 0
	for _, s := range sessions {
		if which(s) {
			if v, _ := s.value(m); v.Known() {
				sum, n = sum+float64(v), n+1
			}
		}
	}
	if n == 0 {
		return segue.Missing()
	}
	return segue.Number(sum / float64(n))
}

// leftAfter returns 1 if a listener first opted out after an exposure and before the
// next of theirs, otherwise 0.
func leftAfter(out, exposures []time.Time, at time.Time) segue.Number {
	if len(out) == 0 {
		return 0
	}
	when := slices.MinFunc(out, time.Time.Compare)
	if when.Before(at) {
		return 0
	}
	for _, other := range exposures {
		if other.After(at) && !other.After(when) {
			return 0
		}
	}
	return 1
}

// rank numbers rows by when their first outcome became known.
func rank(rows []Row, known []time.Time) {
	var order []int
	for i := range rows {
		if rows[i].First.Known() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return known[a].Compare(known[b]) })
	for n, i := range order {
		rows[i].Known = n + 1
	}
}
