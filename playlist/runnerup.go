package playlist

import (
	"fmt"
	"math"
	"slices"

	"segue/language"
)

// cheaper is the least difference of cost that counts as one: below it lies
// rounding.
const cheaper = 1e-9

// A standIn is a candidate that could stand in another's place.
type standIn struct {
	cand int32
	more float64 // what the sequence would cost more with it, below 0 if less
	rule rule    // the one rule it would break; empty if none
}

// rivals are the stand-ins of one place.
type rivals struct {
	best  *standIn  // the cheapest that keeps every rule; nil if none does
	ruled []standIn // those cheaper than the track itself that break one rule and no other: the cheapest for each
}

// strict returns the rules that another track has to keep: those a sequence was
// found with, and of those that were relaxed on the way the ones it meets all the
// same.
func (pl *planner) strict(s *solution) rules {
	first := pl.stages()[0]
	first.minutes = s.minutes
	all, out := pl.rules(first, s.p), s.bars
	relaxed := func(r rule) bool { return slices.Contains(s.relaxed, r) }
	if !relaxed(ruleFamiliarity) {
		out.familiar, out.fewer = all.familiar, all.fewer
	}
	if !relaxed(ruleSpacing) {
		out.spacing = max(out.spacing, all.spacing)
	}
	if !relaxed(ruleCap) {
		out.cap = min(out.cap, all.cap)
	}
	if !relaxed(ruleLength) {
		out.tolerance = min(out.tolerance, all.tolerance)
	}
	if !relaxed(ruleStep) {
		out.maxStep = min(out.maxStep, all.maxStep)
	}
	return out
}

// rivals returns for every place of a sequence who else could stand there under
// the problem's rules. Recordings of a song that is in the sequence are no
// alternatives. O(n·m) costs; whole sequences are judged only where one would be
// the cheapest yet.
func (p *problem) rivals(seq []int32) []rivals {
	used := make([]bool, p.songs)
	for _, c := range seq {
		used[p.song[c]] = true
	}
	j := judge{p: p, seq: seq, try: slices.Clone(seq), total: p.total(seq)}
	for i, c := range seq {
		if p.familiar[c] {
			j.familiar[p.third[i]]++
		}
	}
	out := make([]rivals, p.n)
	for i := range seq {
		out[i] = j.place(i, used)
	}
	return out
}

// A judge weighs stand-ins in one sequence.
type judge struct {
	p        *problem
	seq, try []int32
	total    int64  // ms
	familiar [3]int // tracks in each third
}

// place returns the rivals of place i.
func (j *judge) place(i int, used []bool) rivals {
	var out rivals
	p := j.p
	now := p.partsAt(j.seq, i, j.seq[i]).sum()
	least := math.Inf(1)
	for c := range int32(p.m) {
		if used[p.song[c]] {
			continue
		}
		more := p.partsAt(j.seq, i, c).sum() - now
		if more >= least && more >= -cheaper {
			continue
		}
		broken, counts := j.breaks(i, c, more, out.ruled)
		switch {
		case !counts:
		case broken != "":
			out.ruled = append(slices.DeleteFunc(out.ruled, func(s standIn) bool { return s.rule == broken }), standIn{c, more, broken})
		case more < least:
			least, out.best = more, &standIn{cand: c, more: more}
		}
	}
	slices.SortFunc(out.ruled, func(a, b standIn) int {
		switch {
		case a.more < b.more:
			return -1
		case a.more > b.more:
			return 1
		}
		return int(a.cand - b.cand)
	})
	return out
}

// breaks returns the one rule that candidate c at place i would break, empty if
// none. It counts if it breaks none, or if it is cheaper than the track there
// and than all that break the same rule alone.
func (j *judge) breaks(i int, c int32, more float64, ruled []standIn) (broken rule, counts bool) {
	p := j.p
	// Most are out for a step, their length or for being familiar or not: that is
	// told without a look at the rest.
	if r := j.alone(i, c); r != "" && (more >= -cheaper || beaten(ruled, r, more)) {
		return r, false
	}
	j.try[i] = c
	defer func() { j.try[i] = j.seq[i] }()
	far := j.step(i, c) > p.rules.maxStep+1e-12
	if !far && p.feasible(j.try) {
		return "", true
	}
	if more >= -cheaper {
		return "", false
	}
	all := p.broken(j.try, false)
	if far { // the table of steps may allow what the rules do not, or say less of it
		all = append(slices.DeleteFunc(all, func(r rule) bool { return r == ruleForbidden && !p.barred(i, c) }), ruleStep)
	}
	if len(all) != 1 || beaten(ruled, all[0], more) {
		return "", false
	}
	return all[0], true
}

// beaten reports whether one that breaks the same rule costs no more.
func beaten(ruled []standIn, r rule, more float64) bool {
	return slices.ContainsFunc(ruled, func(s standIn) bool { return s.rule == r && s.more <= more })
}

// step returns the larger of the steps to and from candidate c at place i.
func (j *judge) step(i int, c int32) float64 {
	d, at := 0.0, j.p.sounds[c].At
	if i > 0 {
		d = at.Distance(j.p.sounds[j.seq[i-1]].At)
	}
	if i+1 < j.p.n {
		d = max(d, at.Distance(j.p.sounds[j.seq[i+1]].At))
	}
	return d
}

// barred reports whether candidate c may not stand at place i, whoever is beside.
func (p *problem) barred(i int, c int32) bool { return math.IsInf(p.unary[i*p.m+int(c)], 1) }

// alone returns a rule that candidate c at place i would break, of those that can
// be told at once; empty if it breaks none of them.
func (j *judge) alone(i int, c int32) rule {
	p, old := j.p, j.seq[i]
	if j.step(i, c) > p.rules.maxStep+1e-12 {
		return ruleStep
	}
	if abs(j.total-p.ms[old]+p.ms[c]-p.target()) > p.rules.tolerance {
		return ruleLength
	}
	if p.bands != nil && p.rules.familiar && p.familiar[c] != p.familiar[old] {
		t := p.third[i]
		n := j.familiar[t] + 1
		if p.familiar[old] {
			n -= 2
		}
		if b := p.band(int(t)); n < b.lo || n > b.hi {
			return ruleFamiliarity
		}
	}
	return ""
}

// partsOfPlace are the terms of the cost that depend on who stands at one place.
type partsOfPlace struct {
	place         float64
	before, after CostParts // of the steps from the track before and to the one after
}

func (t partsOfPlace) sum() float64 {
	return t.place + t.before.Step + t.before.Tempo + t.before.Key + t.after.Step + t.after.Tempo + t.after.Key
}

// partsAt returns the terms of place i of a sequence with candidate c there. It
// asks the plain definition and not the tables, in which rules forbid.
func (p *problem) partsAt(seq []int32, i int, c int32) partsOfPlace {
	t := partsOfPlace{place: PlaceCost(p.sounds[c].At, p.points[i])}
	if i > 0 {
		t.before.Step, t.before.Tempo, t.before.Key = stepTerms(p.sounds[seq[i-1]], p.sounds[c])
	}
	if i+1 < len(seq) {
		t.after.Step, t.after.Tempo, t.after.Key = stepTerms(p.sounds[c], p.sounds[seq[i+1]])
	}
	return t
}

// runnersUp gives every track its runner-up, but those that the listener chose.
func (pl *planner) runnersUp(s *solution, all []rivals, tracks []Track) {
	for i := range tracks {
		best := all[i].best
		if best == nil || tracks[i].Locked || tracks[i].Wished {
			continue
		}
		row, more := pl.rows[best.cand], best.more
		if math.Abs(more) <= cheaper {
			more = 0
		}
		a := &Alternative{
			ID: pl.lib.Catalog.ID[row], Title: pl.lib.Catalog.Title[row], Artists: pl.artists(row),
			More: more, Why: s.p.against(s.seq, i, best.cand),
		}
		if len(all[i].ruled) > 0 {
			out := all[i].ruled[0]
			if why := pl.ruledOut(s, i, out); why != "" {
				a.Why += pl.say(" %s would fit better, but %s.", quoted(pl.lib.Catalog.Title[pl.rows[out.cand]]), why)
			}
		}
		tracks[i].RunnerUp = a
	}
}

// artists returns the credited artists of a row.
func (pl *planner) artists(row int32) []string {
	if pl.lib.Catalog.Artists.Len() == 0 {
		return []string{}
	}
	return pl.lib.Catalog.Artists.At(int(row))
}

// against says what speaks against candidate c at place i: the term of the cost
// that would grow most.
func (p *problem) against(seq []int32, i int, c int32) string {
	is, would := p.partsAt(seq, i, seq[i]), p.partsAt(seq, i, c)
	switch more := would.sum() - is.sum(); {
	case more < -cheaper: // what a search leaves, but not what hands chose
		return p.say("It would fit better here.")
	case more <= cheaper:
		return p.say("It fits just as well.")
	}
	old, new := p.sounds[seq[i]], p.sounds[c]
	most, why := 0.0, ""
	term := func(more float64, say func() string) {
		if more > most {
			most, why = more, say()
		}
	}
	further := func(much, little string, now, then float64) string {
		if fmt.Sprintf("%.2f", now) != fmt.Sprintf("%.2f", then) {
			return p.say(much, then, now)
		}
		return p.say(little, .01)
	}
	term(would.place-is.place, func() string {
		return further(language.Text("Further from the plan: %.2f on the plane, not %.2f."), language.Text("Further from the plan, by less than %.2f on the plane."),
			old.At.Distance(p.points[i]), new.At.Distance(p.points[i]))
	})
	side := func(much, little, where string, next Sound, is, would CostParts) {
		term(would.Step-is.Step, func() string { return further(much, little, old.At.Distance(next.At), new.At.Distance(next.At)) })
		term(would.Tempo-is.Tempo, func() string {
			instead := ""
			if old.Tempo > 0 {
				instead = p.say(", not %.0f BPM", old.Tempo)
			}
			return p.say("Its tempo fits %s less well: %.0f BPM beside %.0f BPM%s.", where, new.Tempo, next.Tempo, instead)
		})
		term(would.Key-is.Key, func() string {
			if old.Key == 0 {
				return p.say("Its key lies %s from %s on the Camelot wheel.", p.of(new.Key.Distance(next.Key), "step", "steps"), where)
			}
			return p.say("Its key lies further from %s: %s on the Camelot wheel, not %d.", where, p.of(new.Key.Distance(next.Key), "step", "steps"), old.Key.Distance(next.Key))
		})
	}
	if i > 0 {
		side(language.Text("A bigger step from the track before: %.2f on the plane, not %.2f."), language.Text("A bigger step from the track before, by less than %.2f on the plane."),
			p.say("the track before"), p.sounds[seq[i-1]], is.before, would.before)
	}
	if i+1 < len(seq) {
		side(language.Text("A bigger step to the track after: %.2f on the plane, not %.2f."), language.Text("A bigger step to the track after, by less than %.2f on the plane."),
			p.say("the track after"), p.sounds[seq[i+1]], is.after, would.after)
	}
	return why
}

// ruledOut says which rule keeps a cheaper stand-in from place i; empty where that
// rule has no words.
func (pl *planner) ruledOut(s *solution, i int, out standIn) string {
	p, c := s.p, out.cand
	try := slices.Clone(s.seq)
	try[i] = c
	switch out.rule {
	case ruleLength:
		off := float64(p.total(try)-p.target()) / 1000
		if off < 0 {
			return pl.say("the whole would run %.0f seconds short of the %d minutes, %d being the most", -off, p.rules.minutes, p.rules.tolerance/1000)
		}
		return pl.say("the whole would run %.0f seconds over the %d minutes, %d being the most", off, p.rules.minutes, p.rules.tolerance/1000)
	case ruleFamiliarity:
		third := pl.lib.third(int(p.third[i]))
		if p.familiar[c] {
			return pl.say("would be one familiar track too many in %s", third)
		}
		return pl.say("would leave one familiar track too few in %s", third)
	case ruleCap, ruleSpacing:
		name, times, near := pl.crowd(try, i, out.rule == ruleSpacing)
		if out.rule == ruleCap {
			return pl.say("would be the %[1]s track by %[2]s", ordinal(times), name, times)
		}
		return pl.say("would come %s from another by %s, %d being the least", pl.of(near, "place", "places"), name, p.rules.spacing)
	case ruleRumination:
		return pl.say("would be a second quiet, dark one of those you played most of late")
	case ruleTail:
		return pl.say("the last %d minutes would be darker than the start", TailMinutes)
	case ruleForbidden:
		return pl.forbids(s, i, c)
	case ruleStep:
		return p.tooFar(s.seq, i, c)
	case ruleBars:
		return p.barBroken(try)
	}
	return ""
}

// crowd returns the artist of the track at place i heard most often in a sequence,
// or nearest by: the name, how many of its tracks there are, and the fewest places
// from this one to another.
func (pl *planner) crowd(seq []int32, i int, nearest bool) (name string, times, near int) {
	near = math.MaxInt
	for _, credited := range pl.artists(pl.rows[seq[i]]) {
		key := pl.ok.fold(credited)
		n, d := 0, math.MaxInt
		for k, c := range seq {
			if !slices.ContainsFunc(pl.artists(pl.rows[c]), func(a string) bool { return pl.ok.fold(a) == key }) {
				continue
			}
			if n++; k != i {
				d = min(d, max(k-i, i-k))
			}
		}
		if nearest && d < near || !nearest && n > times {
			name, times, near = credited, n, d
		}
	}
	return name, times, near
}

// forbids says why candidate c may not stand at place i at all.
func (pl *planner) forbids(s *solution, i int, c int32) string {
	if x := s.p.sounds[c]; i == s.p.n-1 && pl.request.Night && !slowEnough(x.Tempo) {
		return pl.say("has %.0f BPM, and a night ends at %d or slower", x.Tempo, NightEndTempo)
	}
	return ""
}

// tooFar says which step candidate c at place i would make too large.
func (p *problem) tooFar(seq []int32, i int, c int32) string {
	far := func(text string, next int32) string {
		if d := p.sounds[c].At.Distance(p.sounds[next].At); d > p.rules.maxStep {
			is, most := p.apart(d, p.rules.maxStep)
			return p.say(text, is, most)
		}
		return ""
	}
	why := ""
	if i > 0 {
		why = far(language.Text("the step to it would be %s on the plane, %s being the most"), seq[i-1])
	}
	if why == "" && i+1 < p.n {
		why = far(language.Text("the step from it would be %s on the plane, %s being the most"), seq[i+1])
	}
	return why
}

// barBroken says which bar of the metrics a sequence would miss.
func (p *problem) barBroken(seq []int32) string {
	for _, e := range [...]struct {
		what string
		far  float64
		held bool
	}{
		{language.Text("the beginning would lie %s from the start on the plane, %s being the most"), p.startError(seq), !p.arc.level},
		{language.Text("the end would lie %s from the target on the plane, %s being the most"), p.endError(seq), true},
		{language.Text("the whole would lie %s from the plan, %s being the most"), p.rmse(seq), true},
	} {
		if e.held && e.far > p.rules.place {
			is, most := p.apart(e.far, p.rules.place)
			return p.say(e.what, is, most)
		}
	}
	switch {
	case p.leads(seq) < p.rules.lead:
		return p.say("that would leave %s, %d being the fewest", p.of(p.leads(seq), "artist", "artists"), p.rules.lead)
	case p.backtrack(seq) > p.rules.backtrack:
		is, most := p.apart(p.backtrack(seq), p.rules.backtrack)
		return p.say("the music would go back %s on its way, %s being the most", is, most)
	case p.discord(seq) > p.rules.discord:
		return p.say("the order would go against the way between %d pairs of tracks, %d being the most", p.discord(seq), p.rules.discord)
	}
	return ""
}
