package playlist_test

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"segue"
	"segue/playlist"
)

// An audit recomputes all a playlist says of itself from the catalogue, the
// history and the request, by the words of docs/science.md §6 and with no code
// of the package: slowly, and written so that it can be read beside the text.
type audit struct {
	fail  func(format string, a ...any)
	lib   *playlist.Library
	rows  []int32 // candidates
	r     playlist.Request
	p     *playlist.Playlist
	row   []int // catalogue row of each track
	x     []xy
	ms    []float64
	plan  []xy
	start xy
	goal  xy
	sad   bool
	said  map[string]string // relaxed rules and their texts
}

type xy struct{ v, a float64 }

func (p xy) to(q xy) float64 { return math.Sqrt((p.v-q.v)*(p.v-q.v) + (p.a-q.a)*(p.a-q.a)) }

func at(a segue.Affect) xy { return xy{a.Valence, a.Arousal} }

const exact = 1e-9

func same(a, b float64) bool { return math.Abs(a-b) <= exact }

// begin reads what was relaxed, and whether the way is a sad one.
func (u *audit) begin() {
	u.said = map[string]string{}
	for _, x := range u.p.Relaxed {
		u.said[x.Rule] = x.Text
		if x.Text == "" || x.Help == "" {
			u.fail("relaxation %+v says too little", x)
		}
	}
	u.sad = u.r.From.Valence < .5 && u.r.From.Arousal < .5 && at(u.r.From).to(xy{.5, .5}) > .15
}

// run performs the audit.
func (u *audit) run() {
	u.rules()
	u.soft()
	u.metrics()
	u.reasons()
	u.steps()
	u.parts()
	u.runnersUp()
	u.tradeoffs()
}

// rules audits what is promised of every hour.
func (u *audit) rules() {
	u.begin()
	u.tracks()
	u.ends()
	u.slots()
	u.arc()
	u.cost()
	u.zones()
	u.exclusions()
	u.songs()
	u.artists()
	u.familiarity()
	u.rumination()
	u.length()
	u.step()
}

// tracks: each is a row of the catalogue, told truly, one after the other.
func (u *audit) tracks() {
	c := u.lib.Catalog
	number := map[string]int{}
	for i, id := range c.ID {
		number[id] = i
	}
	clock := int64(0)
	for i, t := range u.p.Tracks {
		row, ok := number[t.ID]
		if !ok {
			u.fail("track %d has an id of no track", i)
		}
		u.row = append(u.row, row)
		u.x = append(u.x, at(u.lib.Positions[row]))
		u.ms = append(u.ms, float64(c.DurationMS[row]))
		if t.Title != c.Title[row] || strings.Join(t.Artists, "|") != strings.Join(c.Artists.At(row), "|") ||
			t.DurationMS != int64(c.DurationMS[row]) || t.StartMS != clock ||
			t.Valence != u.x[i].v || t.Arousal != u.x[i].a {
			u.fail("track %d is %+v, not what row %d says", i, t, row)
		}
		clock += t.DurationMS
		if (t.Familiar == nil) != (u.lib.Heard == nil) || t.Familiar != nil && *t.Familiar != u.known(row) {
			u.fail("track %d: familiar is wrong", i)
		}
		if !slices.Contains(u.rows, int32(row)) {
			u.fail("track %d is no candidate", i)
		}
	}
	if u.p.DurationMS != clock || u.p.Candidates != len(u.rows) || len(u.p.Tracks) == 0 {
		u.fail("%d ms of %d, %d candidates of %d", u.p.DurationMS, clock, u.p.Candidates, len(u.rows))
	}
	if u.p.Night != u.r.Night || u.p.Autoplay == u.r.Night {
		u.fail("night %v, autoplay %v", u.p.Night, u.p.Autoplay)
	}
}

func (u *audit) known(row int) bool {
	return u.lib.Heard != nil && u.lib.Heard.Completed(int32(row)) >= 3
}

// ends: night caps start and target, a sad path ends no darker than it began.
func (u *audit) ends() {
	u.start, u.goal = at(u.r.From), at(u.r.To)
	if u.r.Night {
		u.start.a = math.Min(u.start.a, .55)
		u.goal.a = math.Min(u.goal.a, math.Min(.35, math.Max(u.start.a, .25)))
	}
	if u.sad {
		u.goal.v = math.Max(u.goal.v, u.start.v)
		u.goal = u.out(u.goal)
	}
	if u.start.to(at(u.p.Arc.Start)) > exact || u.goal.to(at(u.p.Arc.Target)) > exact {
		u.fail("the arc leads from %+v to %+v, want %+v to %+v", u.p.Arc.Start, u.p.Arc.Target, u.start, u.goal)
	}
}

// out moves a point out of a sad path's zone, the shorter way.
func (u *audit) out(p xy) xy {
	if u.sad && p.v < .40 && p.a > .65 {
		if .40-p.v < p.a-.65 {
			p.v = .40
		} else {
			p.a = .65
		}
	}
	return p
}

// slots: N is the asked time by the median candidate, fixed before anything else.
func (u *audit) slots() {
	var ms []float64
	for _, r := range u.rows {
		ms = append(ms, float64(u.lib.Catalog.DurationMS[r]))
	}
	sort.Float64s(ms)
	median := ms[len(ms)/2]
	if len(ms)%2 == 0 {
		median = (ms[len(ms)/2-1] + ms[len(ms)/2]) / 2
	}
	n := int(math.Max(1, math.Round(u.minutes()*60e3/median)))
	if n != len(u.p.Tracks) {
		u.fail("%d tracks for %g minutes of median %g ms, want %d", len(u.p.Tracks), u.minutes(), median, n)
	}
}

// minutes returns the length planned for: that asked, unless a shorter arc is owned up to.
func (u *audit) minutes() float64 {
	m := float64(u.r.Minutes)
	if text, ok := u.said["shorter arc"]; ok {
		if _, err := fmt.Sscanf(text, "It is planned for %f minutes", &m); err != nil || m >= float64(u.r.Minutes) {
			u.fail("shorter arc: %q", text)
		}
	}
	return m
}

// arc recomputes p(τ) at the slots' centres and at the moments drawn.
func (u *audit) arc() {
	n := len(u.x)
	hold, sustain := .15, .25
	if h := u.r.Arc.Hold; h != 0 {
		hold = math.Max(0, h)
	}
	if s := u.r.Arc.Sustain; s != 0 {
		sustain = math.Max(0, s)
	}
	if u.r.Matched > 0 && u.r.Arm == playlist.Iso {
		hold = math.Max(hold, math.Min(float64(u.r.Matched)/float64(n), .9*(1-sustain)))
	}
	curve := u.r.Arc.Curve
	if curve == "" {
		curve = playlist.Smoothstep
	}
	lead, via := u.route()
	if u.p.Arc.Lead != lead || len(via) != len(u.p.Arc.Waypoints) || !same(u.p.Arc.Hold, hold) || !same(u.p.Arc.Sustain, sustain) {
		u.fail("the arc is %+v, want lead %s via %v, hold %g, sustain %g", u.p.Arc, lead, via, hold, sustain)
		return
	}
	strength := u.p.Arc.Strength
	way := func(uu, strength float64) xy { return u.way(uu, via, lead, strength, curve) }
	pos := func(tau float64) xy {
		p := u.goal
		if u.r.Arm != playlist.Compensatory {
			p = way(math.Max(0, math.Min(1, (tau-hold)/(1-hold-sustain))), strength)
		}
		p = u.out(p)
		if u.r.Night {
			p.a = math.Min(p.a, math.Min(.55, math.Max(u.start.a, .25)))
			if tau >= .5 {
				p.a = math.Min(p.a, .35)
			}
		}
		return p
	}
	for i, t := range u.p.Tracks {
		u.plan = append(u.plan, pos((float64(i)+.5)/float64(n)))
		if got := (xy{t.Target[0], t.Target[1]}); got.to(u.plan[i]) > exact {
			u.fail("slot %d of %d is planned at %+v, want %+v", i, n, got, u.plan[i])
		}
	}
	for _, m := range u.p.Arc.Points {
		if got := at(m.Affect); got.to(pos(m.Time)) > exact {
			u.fail("at τ = %g the arc is at %+v, want %+v", m.Time, got, pos(m.Time))
		}
	}
}

// soft: a lead is softened until the way keeps .30 from the moods not served, or as
// far as the arc without a lead does, and no more than needed.
func (u *audit) soft() {
	lead, via := u.route()
	if lead == playlist.LeadNone {
		return
	}
	curve, strength := u.p.Arc.Curve, u.p.Arc.Strength
	way := func(uu, strength float64) xy { return u.way(uu, via, lead, strength, curve) }
	short := func(strength, slack float64) bool {
		for _, m := range segue.Moods() {
			if m == segue.QuadrantOf(segue.Affect{Valence: u.start.v, Arousal: u.start.a}) || m == segue.QuadrantOf(segue.Affect{Valence: u.goal.v, Arousal: u.goal.a}) {
				continue
			}
			anchor := at(segue.AnchorOf(m))
			plain, led := math.Inf(1), math.Inf(1)
			for k := range 2001 {
				plain = math.Min(plain, way(float64(k)/2000, 0).to(anchor))
				led = math.Min(led, way(float64(k)/2000, strength).to(anchor))
			}
			if led < math.Min(.30, plain)-slack {
				return true
			}
		}
		return false
	}
	// A shift is some 2 long at most: 2001 samples see it to within .001.
	if short(strength, 2e-3) {
		u.fail("a lead of strength %g comes too near a mood it does not serve", strength)
	}
	if strength < .98 && !short(strength+.02, -2e-3) {
		u.fail("a lead of strength %g is softer than needed", strength)
	}
}

// route is the table of ways between anchors.
func (u *audit) route() (playlist.Lead, []xy) {
	if u.r.Arc.Lead != "" {
		var via []xy
		for _, w := range u.r.Arc.Waypoints {
			via = append(via, u.inside(at(w)))
		}
		return u.r.Arc.Lead, via
	}
	from, to := anchorName(u.r.From, u.r.FromName), anchorName(u.r.To, u.r.ToName)
	switch from + " to " + to {
	case "angry to calm":
		return playlist.LeadArousal, []xy{u.inside(xy{.45, .45})}
	case "anxious to calm":
		return playlist.LeadArousal, nil
	case "sad to content", "sad to happy":
		return playlist.LeadValence, []xy{u.inside(xy{.55, .30})}
	}
	return playlist.LeadNone, nil
}

func (u *audit) inside(p xy) xy {
	if u.r.Night {
		p.a = math.Min(p.a, .55)
	}
	return u.out(p)
}

func anchorName(a segue.Affect, name string) string {
	best := ""
	for _, k := range segue.Anchors() {
		if k.Name == name {
			return name
		}
		if best == "" || at(k.At).to(at(a)) < at(segueAnchor(best)).to(at(a)) {
			best = k.Name
		}
	}
	if at(a).to(xy{.5, .5}) <= .15 {
		return "middle"
	}
	return best
}

func segueAnchor(name string) segue.Affect {
	for _, k := range segue.Anchors() {
		if k.Name == name {
			return k.At
		}
	}
	panic(name)
}

// way is the shift at share uu: pieces between waypoints, each given its share of
// the length, eased by itself.
func (u *audit) way(uu float64, via []xy, lead playlist.Lead, strength float64, curve playlist.Curve) xy {
	stops := append(append([]xy{u.start}, via...), u.goal)
	total := 0.0
	for i := 1; i < len(stops); i++ {
		total += stops[i-1].to(stops[i])
	}
	if total == 0 {
		return u.goal
	}
	ease := func(z float64) float64 {
		z = math.Max(0, math.Min(1, z))
		switch curve {
		case playlist.Linear:
			return z
		case playlist.MinimumJerk:
			return 10*z*z*z - 15*z*z*z*z + 6*z*z*z*z*z
		}
		return 3*z*z - 2*z*z*z
	}
	done := uu * total
	for i := 1; i < len(stops); i++ {
		s, t := stops[i-1], stops[i]
		length := s.to(t)
		if done > length && i < len(stops)-1 {
			done -= length
			continue
		}
		z := 1.0
		if length > 0 {
			z = math.Min(1, done/length)
		}
		early, late := ease(z/(1-.3*strength)), ease((z-.2*strength)/(1-.2*strength))
		wv, wa := ease(z), ease(z)
		switch lead {
		case playlist.LeadArousal:
			wv, wa = late, early
		case playlist.LeadValence:
			wv, wa = early, late
		}
		return xy{s.v + wv*(t.v-s.v), s.a + wa*(t.a-s.a)}
	}
	panic("no piece")
}

// cost is J, term by term.
func (u *audit) cost() {
	if u.r.Arm == playlist.Shuffle {
		if u.p.Cost != nil || u.p.LowerBound != nil || u.p.Gap != nil {
			u.fail("a shuffle has a cost or a bound")
		}
		return
	}
	parts := u.terms()
	j := parts.Place + parts.Step + parts.Tempo + parts.Key
	if u.p.Cost == nil || !same(*u.p.Cost, j) {
		u.fail("J is %v, recomputed %.12g", show(u.p.Cost), j)
		return
	}
	if u.r.NoCertificate {
		if u.p.LowerBound != nil || u.p.Gap != nil || u.p.Certificate != nil {
			u.fail("there is a bound that was not asked for")
		}
		return
	}
	if lb, gap := u.p.LowerBound, u.p.Gap; lb == nil || gap == nil || *lb < 0 || *lb > j+exact || j > 0 && !same(*gap, (*u.p.Cost-*lb) / *u.p.Cost) || j == 0 && *gap != 0 {
		u.fail("J is %g, its lower bound %v, the gap %v", j, show(lb), show(gap))
	}
}

// terms adds up J by its four terms.
func (u *audit) terms() (p playlist.CostParts) {
	for i := range u.x {
		p.Place += math.Pow(u.x[i].to(u.plan[i]), 2)
		if i == 0 {
			continue
		}
		p.Step += 4 * math.Pow(math.Max(0, u.x[i].to(u.x[i-1])-.15), 2)
		p.Tempo += .02 * math.Pow(u.tempi(u.row[i-1], u.row[i]), 2)
		d, _ := u.keys(u.row[i-1], u.row[i])
		p.Key += .002 * d
	}
	return p
}

// tempi is how far two tempi are from the same, double or half, in octaves.
func (u *audit) tempi(a, b int) float64 {
	x, y := u.tempo(a), u.tempo(b)
	if !(x > 0 && y > 0) {
		return 0
	}
	q := math.Log(y/x) / math.Log(2)
	return math.Abs(q - math.Round(q))
}

func (u *audit) tempo(row int) float64 {
	if f := u.lib.Catalog.Feature[segue.Tempo]; f != nil {
		return float64(f[row])
	}
	return math.NaN()
}

// The wheel as it is printed, by pitch class from C.
var (
	majorWheel = [12]int{8, 3, 10, 5, 12, 7, 2, 9, 4, 11, 6, 1}
	minorWheel = [12]int{5, 12, 7, 2, 9, 4, 11, 6, 1, 8, 3, 10}
)

func (u *audit) keys(a, b int) (distance float64, known bool) {
	f := u.lib.Catalog.Feature
	if f[segue.Key] == nil || f[segue.Mode] == nil {
		return 0, false
	}
	number := func(r int) (n int, major, ok bool) {
		k, m := f[segue.Key][r], f[segue.Mode][r]
		if !(k >= 0 && k <= 11) || !(m == 0 || m == 1) {
			return 0, false, false
		}
		if m == 1 {
			return majorWheel[int(k)], true, true
		}
		return minorWheel[int(k)], false, true
	}
	na, ma, oka := number(a)
	nb, mb, okb := number(b)
	if !oka || !okb {
		return 0, false
	}
	d := math.Abs(float64(na - nb))
	d = math.Min(d, 12-d)
	if ma != mb {
		d++
	}
	return math.Min(3, d), true
}

// metrics recomputes each, its bar and its verdict.
func (u *audit) metrics() {
	n := len(u.x)
	total := 0.0
	for _, m := range u.ms {
		total += m
	}
	// Mean position of a stretch of real time.
	mean := func(from, to float64) xy {
		var s xy
		clock, all := 0.0, 0.0
		for i, m := range u.ms {
			w := math.Max(0, math.Min(clock+m, to)-math.Max(clock, from))
			s.v, s.a, all = s.v+w*u.x[i].v, s.a+w*u.x[i].a, all+w
			clock += m
		}
		return xy{s.v / all, s.a / all}
	}
	first := math.Min(6*60e3, math.Max(u.p.Arc.Hold, .5/float64(n))*total)
	last := math.Min(15*60e3, math.Max(u.p.Arc.Sustain, .5/float64(n))*total)
	want := map[string]float64{
		"start_error": mean(0, first).to(u.start), "end_error": mean(total-last, total).to(u.goal),
		"duration_error_seconds": math.Abs(total/1000 - 60*float64(u.r.Minutes)), "forbidden": 0,
	}
	square := 0.0
	for i := range u.x {
		square += math.Pow(u.x[i].to(u.plan[i]), 2) / float64(n)
	}
	want["rmse"] = math.Sqrt(square)
	step, planStep := 0.0, 0.0
	for i := 1; i < n; i++ {
		step = math.Max(step, u.x[i].to(u.x[i-1]))
		planStep = math.Max(planStep, u.plan[i].to(u.plan[i-1]))
	}
	if n > 1 {
		want["max_step"] = step
	}
	d := u.start.to(u.goal)
	if d >= .10 && n > 1 {
		progress := make([]float64, n)
		for i, x := range u.x {
			progress[i] = ((x.v-u.start.v)*(u.goal.v-u.start.v) + (x.a-u.start.a)*(u.goal.a-u.start.a)) / d
		}
		back, score, pairs, untied := 0.0, 0.0, 0.0, 0.0
		for i := range n {
			if i > 0 {
				back += math.Max(0, progress[i-1]-progress[i])
			}
			for k := i + 1; k < n; k++ {
				pairs++
				switch { // of different numbers none are so near
				case progress[k] > progress[i]+1e-11:
					score, untied = score+1, untied+1
				case progress[k] < progress[i]-1e-11:
					score, untied = score-1, untied+1
				}
			}
		}
		want["backtrack"] = back
		if untied > 0 {
			want["progress_tau"] = score / math.Sqrt(pairs*untied)
		}
	}
	mains := map[string]bool{}
	for i, r := range u.row {
		name := u.lib.Catalog.Artists.First(r)
		if name == "" {
			name = fmt.Sprint("\x00", i)
		}
		mains[spelt(name)] = true
	}
	want["unique_artists"] = float64(len(mains)) / float64(n)
	familiarBar := .10
	if u.lib.Heard != nil {
		far := 0.0
		for _, t := range u.thirds() {
			if t.slots > 0 {
				far = math.Max(far, math.Abs(float64(t.known)/float64(t.slots)-t.plan))
				familiarBar = math.Max(familiarBar, .5/float64(t.slots))
			}
		}
		want["familiarity"] = far
	}
	factor := u.r.StepFactor
	if factor == 0 {
		factor = 1
	}
	bar := map[string]float64{
		"start_error": .10, "end_error": .10, "rmse": .10, "max_step": math.Max(factor*.20, planStep+factor*.08), "progress_tau": .80,
		"backtrack": .25 * d, "duration_error_seconds": 120, "forbidden": 0, "unique_artists": .6, "familiarity": familiarBar,
	}
	least := map[string]bool{"progress_tau": true, "unique_artists": true}
	for _, c := range u.p.Checks {
		w, has := want[c.Metric]
		if has != (c.Value != nil) || has && !same(*c.Value, w) {
			u.fail("%s is %v, recomputed %.12g (%v)", c.Metric, show(c.Value), w, has)
			continue
		}
		if has && !same(c.Bar, bar[c.Metric]) || c.Least != least[c.Metric] {
			u.fail("the bar of %s is %g, want %g", c.Metric, c.Bar, bar[c.Metric])
		}
		if has && c.Pass != nil && math.Abs(w-bar[c.Metric]) > 1e-8 && *c.Pass != (w <= bar[c.Metric] != least[c.Metric]) {
			u.fail("%s %g against %g: passes %v", c.Metric, w, bar[c.Metric], *c.Pass)
		}
		if has && c.Pass == nil && u.r.Arm == playlist.Iso {
			u.fail("%s of an iso playlist is not judged", c.Metric)
		}
		delete(want, c.Metric)
	}
	if len(want) > 0 {
		u.fail("no check of %v", want)
	}
	m := u.p.Metrics
	byName := map[string]*float64{
		"start_error": m.StartError, "end_error": m.EndError, "rmse": m.RMSE, "max_step": m.MaxStep, "progress_tau": m.ProgressTau,
		"backtrack": m.Backtrack, "familiarity": m.Familiarity,
	}
	for _, c := range u.p.Checks {
		if v, ok := byName[c.Metric]; ok && (v == nil) != (c.Value == nil) || ok && v != nil && *v != *c.Value {
			u.fail("%s: the metric and its check differ", c.Metric)
		}
	}
	if !same(m.WayLength, d) || !same(m.DurationErr, total/1000-60*float64(u.r.Minutes)) || m.Forbidden != 0 {
		u.fail("way %g of %g, duration error %g, forbidden %d", m.WayLength, d, m.DurationErr, m.Forbidden)
	}
}

func show(v *float64) string {
	if v == nil {
		return "null"
	}
	return fmt.Sprintf("%.12g", *v)
}

// zones: what a night and a sad path never do.
func (u *audit) zones() {
	total := 0.0
	for _, m := range u.ms {
		total += m
	}
	sum, all, clock := 0.0, 0.0, 0.0
	for i, x := range u.x {
		if u.r.Night && x.a > .55 {
			u.fail("at night track %d has arousal %g", i, x.a)
		}
		if u.sad && x.v < .40 && x.a > .65 {
			u.fail("a sad path plays %+v", x)
		}
		w := math.Max(0, clock+u.ms[i]-math.Max(clock, total-15*60e3))
		sum, all, clock = sum+w*x.v, all+w, clock+u.ms[i]
	}
	if u.sad && sum/all < u.r.From.Valence-exact {
		u.fail("a sad path ends at mean valence %g, it began at %g", sum/all, u.r.From.Valence)
	}
	if f := u.lib.Catalog.Feature[segue.Tempo]; u.r.Night && f != nil && f[u.row[len(u.row)-1]] > 80 {
		u.fail("a night ends at %g BPM", f[u.row[len(u.row)-1]])
	}
	if u.r.Night {
		for i, p := range u.plan {
			if tau := (float64(i) + .5) / float64(len(u.plan)); p.a > math.Max(u.start.a, .25)+exact || tau >= .5 && p.a > .35 {
				u.fail("at night slot %d is planned at arousal %g", i, p.a)
			}
		}
	}
}

// exclusions hold for every candidate, whether it was chosen or not.
func (u *audit) exclusions() {
	c, e := u.lib.Catalog, u.r.Exclude
	limit := func(v, usual float64) float64 {
		if v == 0 {
			return usual
		}
		return v
	}
	shortest, longest := limit(float64(e.MinLength/time.Millisecond), 60e3), limit(float64(e.MaxLength/time.Millisecond), 600e3)
	for _, row := range u.rows {
		above := func(f segue.Feature, most float64) bool {
			return c.Feature[f] != nil && float64(c.Feature[f][row]) > most
		}
		ms := float64(c.DurationMS[row])
		switch {
		case ms < shortest || ms > longest:
			u.fail("candidate %d is %g ms long", row, ms)
		case above(segue.Speechiness, limit(e.MaxSpeech, .33)) || above(segue.Liveness, limit(e.MaxLive, .8)):
			u.fail("candidate %d is talk or a concert", row)
		case e.Explicit && c.Explicit[row] == segue.Yes:
			u.fail("candidate %d is explicit", row)
		case slices.Contains(e.Tracks, c.ID[row]):
			u.fail("candidate %d is excluded", row)
		case u.r.Night && u.lib.Positions[row].Arousal > .55:
			u.fail("candidate %d is too energetic for the night", row)
		}
		for _, name := range c.Artists.At(int(row)) {
			for _, x := range e.Artists {
				if spelt(name) == spelt(x) {
					u.fail("candidate %d is by %s", row, name)
				}
			}
		}
	}
	if n := len(u.rows); n > 1000 {
		u.fail("%d candidates", n)
	}
}

// songs: no recording twice, no title of one artist twice.
func (u *audit) songs() {
	c := u.lib.Catalog
	for i, a := range u.row {
		for _, b := range u.row[:i] {
			if a == b || c.Recording != nil && c.Recording[a] == c.Recording[b] {
				u.fail("rows %d and %d are one recording", b, a)
			}
			for _, name := range c.Artists.At(a) {
				if slices.Contains(c.Artists.At(b), name) && strings.EqualFold(c.Title[a], c.Title[b]) {
					u.fail("%q is heard twice", c.Title[a])
				}
			}
		}
	}
}

// artists: at most two tracks that credit one, at least three slots apart, unless
// said; and what is said is so.
func (u *audit) artists() {
	places := map[string][]int{}
	for i, r := range u.row {
		seen := map[string]bool{}
		for _, name := range u.lib.Catalog.Artists.At(r) {
			if name = spelt(name); !seen[name] {
				places[name] = append(places[name], i)
			}
			seen[name] = true
		}
	}
	most, least := 0, len(u.row)+3
	for _, p := range places {
		most = max(most, len(p))
		for i := 1; i < len(p); i++ {
			least = min(least, p[i]-p[i-1])
		}
	}
	_, capSaid := u.said["artist cap"]
	_, spaceSaid := u.said["artist spacing"]
	if capSaid != (most > 2) || most > 3 {
		u.fail("an artist is heard %d times; said to be relaxed: %v", most, capSaid)
	}
	if spaceSaid != (least < 3) {
		u.fail("an artist comes back after %d slots; said to be relaxed: %v", least, spaceSaid)
	}
}

// spelt brings the spellings of the names that tests invent to one.
func spelt(name string) string {
	return strings.NewReplacer("é", "e", "ë", "e", "ö", "o", "-", " ").Replace(strings.ToLower(name))
}

type third struct {
	plan         float64
	slots, known int
}

// thirds counts by slot time: a slot belongs where its centre lies.
func (u *audit) thirds() [3]third {
	plan := [3]float64{.80, .60, .60}
	if u.r.Familiarity != nil {
		plan = *u.r.Familiarity
	}
	var out [3]third
	for i := range out {
		out[i].plan = plan[i]
	}
	n := len(u.row)
	for i, r := range u.row {
		t := &out[(2*i+1)*3/(2*n)]
		t.slots++
		if u.known(r) {
			t.known++
		}
	}
	return out
}

// familiarity keeps the schedule within .10, or to the nearest whole track.
func (u *audit) familiarity() {
	_, said := u.said["familiarity"]
	if u.lib.Heard == nil || u.r.Arm == playlist.Shuffle {
		if said {
			u.fail("familiarity cannot be relaxed here")
		}
		return
	}
	kept := true
	for _, t := range u.thirds() {
		if t.slots > 0 && math.Abs(float64(t.known)-t.plan*float64(t.slots)) > math.Max(.10*float64(t.slots), .5)+1e-6 {
			kept = false
		}
	}
	if kept == said {
		u.fail("thirds %+v; familiarity said to be relaxed: %v", u.thirds(), said)
	}
}

// rumination: of the five recordings heard most in 28 days, at most one that is
// low and low.
func (u *audit) rumination() {
	h, c := u.lib.Heard, u.lib.Catalog
	if h == nil {
		return
	}
	group := func(r int) int { return int(c.Recording[r]) }
	var heads []int
	for r := range c.Len() {
		if group(r) == r && h.Recent(int32(r)) > 0 {
			heads = append(heads, r)
		}
	}
	sort.SliceStable(heads, func(a, b int) bool { return h.Recent(int32(heads[a])) > h.Recent(int32(heads[b])) })
	if len(heads) > 5 {
		heads = heads[:5]
	}
	n := 0
	for i, r := range u.row {
		if slices.Contains(heads, group(r)) && u.x[i].v < .5 && u.x[i].a < .5 {
			n++
		}
	}
	if n > 1 {
		u.fail("%d low tracks of the top five", n)
	}
}

// length: within two minutes of the plan, five if said, and said only then.
func (u *audit) length() {
	total := 0.0
	for _, m := range u.ms {
		total += m
	}
	off := math.Abs(total - u.minutes()*60e3)
	_, said := u.said["length"]
	if off > 300e3 || said != (off > 120e3) {
		u.fail("%g ms off; said to be relaxed: %v", off, said)
	}
}

// step: never .05 beyond its bar, unless said.
func (u *audit) step() {
	if u.r.Arm == playlist.Shuffle {
		return
	}
	step, plan := 0.0, 0.0
	for i := 1; i < len(u.x); i++ {
		step = math.Max(step, u.x[i].to(u.x[i-1]))
		plan = math.Max(plan, u.plan[i].to(u.plan[i-1]))
	}
	_, said := u.said["largest step"]
	if most := math.Max(.20, plan+.08) + .05; (step > most+exact) != said {
		u.fail("the largest step is %g, the limit %g; said to be relaxed: %v", step, most, said)
	}
}
