package metric

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"segue/outcome"
	"segue/outcome/stats"
)

// By says which groups a report has beside the whole.
type By string

// The groups. Days and weeks are those on which a playlist began, or another record was
// made, by the listener's clock; weeks are those of ISO 8601.
const (
	Whole    By = ""
	Day      By = "day"
	Week     By = "week"
	ByCohort By = "cohort"
	Arm      By = "arm"
)

// ReadOptions say what to report. The zero value is of all listeners together.
type ReadOptions struct {
	By         By
	Cohorts    *Cohorts // for ByCohort
	Facts      *Facts   // what cohorts ask for; may be nil
	Experiment string   // whose arms; may be empty if the records know one
	Holdout    string   // its arm with which activity is compared; may be empty
	Least      int      // listeners behind any number; default outcome.GroupLeast, 1 shows all
	Mentions   *Mentions
	Only       []Key // the metrics of the report; empty for all
}

// A Group is what was measured of some of the records.
type Group struct {
	Name      string   `json:"name"` // "all", a day, a week, a cohort, an arm
	Text      string   `json:"text,omitempty"`
	Listeners *int     `json:"listeners"` // with any record; null if too few to be shown
	Records   *int     `json:"records"`   // …
	Metrics   []Metric `json:"metrics"`   // in the order of Definitions
}

// Metric returns a metric of the group. It panics if it is not among ReadOptions.Only.
func (g *Group) Metric(key Key) Metric {
	for _, m := range g.Metrics {
		if m.Key == key {
			return m
		}
	}
	panic("metric: there is no metric " + string(key))
}

// A Report is what Read makes.
type Report struct {
	By          By           `json:"by"`
	Least       int          `json:"least"`      // listeners behind every number
	Records     int          `json:"records"`    // that count
	Outside     int          `json:"outside"`    // before Since or after Until
	From        string       `json:"from"`       // first day, local; "" without records
	To          string       `json:"to"`         // last
	Experiment  string       `json:"experiment"` // whose arms
	Holdout     string       `json:"holdout"`    //
	Definitions []Definition `json:"definitions"`
	All         Group        `json:"all"`
	Groups      []Group      `json:"groups"`
	Mentions    *MentionView `json:"mentions"`
	Notes       []string     `json:"notes"` // what to know to read it
}

// grouped is a group being read.
type grouped struct {
	name, text string
	cells      []int32                            // by listener
	in         func(i int32) bool                 // its listeners, for what is not a sum over cells
	week       int32                              // noWeek unless the group is one
	experiment int32                              // of an arm, otherwise −1
	since      func(i int32) int32                // week from which activity counts
	arms       func(i int32) (exposed, held bool) // for the uplift: whether a listener is on either side
	without    map[Key]string                     // metrics that make no sense for it, and why
	fewest     []int                              // listeners behind each metric, on the side with fewer
}

// Read computes the metrics of what was collected so far. It changes nothing in the
// collector, and can be called again with other options.
//
// A number is withheld where fewer than o.Least listeners are behind it; of cohorts also
// where fewer, but not none, of the whole would be left without it, and of days, weeks
// and arms also the next smallest where those withheld are together of fewer. Cohorts
// that overlap can still be compared: whoever declares two that differ by one person
// reads of one person.
//
// It returns an error for arms that no record knows, several experiments of which none is
// named, ByCohort without Cohorts, or ctx's. It takes O(cells·log cells) and for cohorts
// O(cells) each.
func (c *Collector) Read(ctx context.Context, o ReadOptions) (*Report, error) {
	if o.Least == 0 {
		o.Least = outcome.GroupLeast
	}
	if o.Least < 1 {
		panic("metric: numbers rest on one listener at least")
	}
	t := c.table()
	x, err := t.experiment(o)
	if err != nil {
		return nil, err
	}
	r := &Report{By: o.By, Least: o.Least, Records: c.records, Outside: c.outside, Holdout: o.Holdout, Definitions: Definitions(), Groups: []Group{}, Notes: []string{}}
	if x != nil {
		r.Experiment = c.names[x.number]
	}
	if len(t.who) > 0 {
		r.From, r.To = dayName(t.firstDay), dayName(t.lastDay)
	}
	whole := grouped{name: "all", cells: indices(len(t.cells)), in: func(int32) bool { return true }, week: noWeek, experiment: -1, since: t.firstWhole}
	if x != nil && o.Holdout != "" {
		whole.arms = x.against(o.Holdout)
	}
	if r.All, err = t.read(ctx, &whole); err != nil {
		return nil, err
	}
	var parts []*grouped
	switch o.By {
	case Whole:
	case Day, Week:
		parts = t.byTime(o.By, &whole)
	case Arm:
		parts = t.byArm(x, o.Holdout)
	case ByCohort:
		if o.Cohorts == nil {
			return nil, fmt.Errorf("no cohorts were declared")
		}
		parts = t.byCohort(o, &whole)
	default:
		panic("metric: there is no grouping by " + string(o.By))
	}
	for _, p := range parts {
		g, err := t.read(ctx, p)
		if err != nil {
			return nil, err
		}
		p.cells = nil
		r.Groups = append(r.Groups, g)
	}
	withhold(r, &whole, parts, o, x != nil && len(x.hour) == 0)
	r.choose(o.Only)
	r.Notes = append(r.Notes, t.notes(r, o, x)...)
	if o.Mentions != nil {
		r.Mentions = o.Mentions.view(o.By)
	}
	return r, nil
}

func indices(n int) []int32 {
	all := make([]int32, n)
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

// read computes all metrics of a group.
func (t *table) read(ctx context.Context, g *grouped) (Group, error) {
	if err := ctx.Err(); err != nil {
		return Group{}, err
	}
	var s sums
	for at := 0; at < len(g.cells); {
		var o own
		who := t.cells[g.cells[at]].listener
		for ; at < len(g.cells) && t.cells[g.cells[at]].listener == who; at++ {
			c := t.cells[g.cells[at]]
			if c.flags&opted != 0 && g.experiment >= 0 && !t.optedOutOf(&c, g.experiment) {
				c.flags &^= opted
			}
			o.add(&c)
		}
		s.add(&o)
	}
	out := Group{Name: g.name, Text: g.text, Listeners: &s.listeners, Records: &s.records}
	for _, d := range Definitions() {
		if err := ctx.Err(); err != nil {
			return Group{}, err
		}
		m, ok := s.metric(&d)
		fewest := m.N
		switch why := g.without[d.Key]; {
		case why != "":
			m, fewest = Metric{Estimate: stats.Undefined(d.Words, "", 0, stats.Level, why)}, 0
		case ok:
		case d.Key == WeeklyActive:
			w := weeks{g.week, g.since}
			rate := t.weekly(g.in, w)
			m = t.weeklyActive(&d, &rate, w)
			fewest = m.N
		case d.Key == ActiveUplift:
			m = Metric{Estimate: stats.Undefined(d.Words, "", 0, stats.Level, d.none)}
			if g.arms != nil {
				w := weeks{g.week, t.exposedWeek}
				exposed := t.weekly(func(i int32) bool { e, _ := g.arms(i); return e }, w)
				held := t.weekly(func(i int32) bool { _, h := g.arms(i); return h }, w)
				m, fewest = t.activeUplift(&d, &exposed, &held)
			}
		case d.Key == SkipChange:
			var err error
			if m, fewest, err = t.skipChange(ctx, &d, g.in); err != nil {
				return Group{}, err
			}
		}
		m.Key = d.Key
		out.Metrics = append(out.Metrics, m)
		g.fewest = append(g.fewest, fewest)
	}
	return out, nil
}

const (
	ofADay  = "a day says nothing of it; read it by week"
	ofATime = "it takes time before and after, more than a day or a week"
)

// byTime puts the cells into the days or weeks on which they began.
func (t *table) byTime(by By, whole *grouped) []*grouped {
	part := func(c *cell) int32 { return c.day }
	name, without := dayName, map[Key]string{SkipChange: ofATime, WeeklyActive: ofADay, ActiveUplift: ofADay}
	if by == Week {
		part, name, without = func(c *cell) int32 { return weekOf(c.day) }, weekName, map[Key]string{SkipChange: ofATime}
	}
	cells := indices(len(t.cells)) // by listener already, which a stable sort keeps
	slices.SortStableFunc(cells, func(a, b int32) int { return int(part(&t.cells[a]) - part(&t.cells[b])) })
	var parts []*grouped
	for len(cells) > 0 {
		p, n := part(&t.cells[cells[0]]), 1
		for n < len(cells) && part(&t.cells[cells[n]]) == p {
			n++
		}
		g := &grouped{name: name(p), cells: cells[:n], in: whole.in, week: noWeek, experiment: -1, since: whole.since, arms: whole.arms, without: without}
		if by == Week {
			g.week = p
		}
		parts, cells = append(parts, g), cells[n:]
	}
	return parts
}

// byCohort gives each cohort the cells of its listeners.
func (t *table) byCohort(o ReadOptions, whole *grouped) []*grouped {
	var parts []*grouped
	for k, in := range t.members(o.Cohorts, o.Facts) {
		g := &grouped{name: o.Cohorts.list[k].Name, text: o.Cohorts.list[k].Text, week: noWeek, experiment: -1, since: whole.since}
		g.in = func(i int32) bool { return in[i] }
		if whole.arms != nil {
			g.arms = func(i int32) (exposed, held bool) {
				exposed, held = whole.arms(i)
				return exposed && in[i], held && in[i]
			}
		}
		for i := range t.cells {
			if in[t.cells[i].listener] {
				g.cells = append(g.cells, int32(i))
			}
		}
		parts = append(parts, g)
	}
	return parts
}

// withhold takes from the report what rests on too few listeners. Apart tells whether a
// listener is in one arm at most.
func withhold(r *Report, whole *grouped, parts []*grouped, o ReadOptions, apart bool) {
	too := func(n int) bool { return n > 0 && n < o.Least }
	few := fmt.Sprintf("withheld: it rests on fewer than %d listeners", o.Least)
	other := fmt.Sprintf("withheld: with it, a number of fewer than %d listeners could be had by subtraction", o.Least)
	for k := range r.Definitions {
		if too(whole.fewest[k]) {
			r.All.Metrics[k].withhold(few)
		}
		// What nobody is shown: the withheld, and of arms who is in none.
		joint, rest, shown := 0, whole.fewest[k], []int{}
		sum := r.Definitions[k].Key != SkipChange && r.Definitions[k].Key != ActiveUplift // of others nothing can be subtracted
		for j, p := range parts {
			n := p.fewest[k]
			rest -= n
			switch {
			case too(n):
				r.Groups[j].Metrics[k].withhold(few)
				if o.By == Arm && apart {
					joint += n
				} else {
					joint = max(joint, n) // days may be of the same listeners
				}
			case o.By == ByCohort && sum && too(whole.fewest[k]-n):
				r.Groups[j].Metrics[k].withhold(other)
			case n > 0:
				shown = append(shown, j)
			}
		}
		if o.By == Arm && apart {
			joint += max(0, rest)
		}
		if o.By != ByCohort && sum && too(joint) && len(shown) > 0 {
			least := slices.MinFunc(shown, func(a, b int) int { return parts[a].fewest[k] - parts[b].fewest[k] })
			r.Groups[least].Metrics[k].withhold(other)
		}
	}
	for _, g := range append([]*Group{&r.All}, pointers(r.Groups)...) {
		if g.Metric(OptOut).Withheld || too(*g.Listeners) { // its n is that of all listeners, where it makes sense
			g.Listeners, g.Records = nil, nil
		}
	}
}

// choose leaves some metrics in the report.
func (r *Report) choose(only []Key) {
	if len(only) == 0 {
		return
	}
	r.Definitions = slices.DeleteFunc(r.Definitions, func(d Definition) bool { return !slices.Contains(only, d.Key) })
	for _, g := range append([]*Group{&r.All}, pointers(r.Groups)...) {
		g.Metrics = slices.DeleteFunc(g.Metrics, func(m Metric) bool { return !slices.Contains(only, m.Key) })
	}
}

func pointers(groups []Group) []*Group {
	var all []*Group
	for i := range groups {
		all = append(all, &groups[i])
	}
	return all
}

func (m *Metric) withhold(why string) {
	*m = Metric{Key: m.Key, Estimate: stats.Undefined(m.Name, m.Method, 0, m.Level, why), Withheld: true}
}

// notes says what has to be known to read the report.
func (t *table) notes(r *Report, o ReadOptions, x *experiment) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if t.anyDefined(r, Change) {
		add("Who starts far from where they want to be comes nearer on the average without any music (regression to the mean): without a comparison of arms, a change towards the target shows no effect.")
	}
	if t.anyDefined(r, SkipChange) {
		add("The change after an adjustment is its effect only if the others' skip rate changed as the adjusted listeners' would have. Who adjusts after a bad playlist would have had a better one anyway.")
	}
	if x != nil {
		several := 0
		for u, e := range t.exposures {
			if u.experiment == x.number && e.several {
				several++
			}
		}
		if several > 0 {
			add("%d units of the experiment were shown more than one arm; the first counts.", several)
		}
	}
	if week := t.stray(); week > 0 {
		add("The last records lie %d weeks after those of 99 %% of the listeners: a clock may have been wrong. Weeks without an opening count up to there; leave them out by an end date.", week)
	}
	if o.By == ByCohort {
		var unknown []string
		for name, n := range o.Cohorts.facts {
			if o.Facts == nil || !o.Facts.declared[int32(n)] {
				unknown = append(unknown, name)
			}
		}
		if len(unknown) > 0 {
			add("Cohorts ask for facts that nobody declared: %s.", quoted(unknown))
		}
	}
	return all
}

func (t *table) anyDefined(r *Report, key Key) bool {
	for _, g := range append([]*Group{&r.All}, pointers(r.Groups)...) {
		for _, m := range g.Metrics {
			if m.Key == key && m.Value.Known() {
				return true
			}
		}
	}
	return false
}

// stray returns how many weeks the last record lies after the last day of 99 % of the
// listeners, if that is long enough to be a mistake: over four weeks.
func (t *table) stray() int {
	if len(t.who) < 100 {
		return 0
	}
	last := make([]int32, len(t.who))
	for i, n := range t.who {
		last[i] = t.listeners[n].last
	}
	slices.Sort(last)
	if weeks := int(t.lastDay-last[len(last)*99/100-1]) / 7; weeks > 4 {
		return weeks
	}
	return 0
}

// quoted lists names for an error.
func quoted(names []string) string {
	slices.Sort(names)
	for i := range names {
		names[i] = fmt.Sprintf("%q", names[i])
	}
	return strings.Join(names, ", ")
}
