package playlist

import (
	"context"
	"math"
	"slices"

	"segue"
)

// A desk is where the tracks of one hour lie while it is edited: the tables of its
// problem, without what locks and bars would forbid. It stays as long as the
// candidates do.
type desk struct {
	pl     *planner
	p      *problem
	hard   rules           // the constraints that a first plan has to meet
	bars   rules           // … and the bars it should
	number map[int32]int32 // the candidate number of a row
}

// tables returns the desk of a version.
func (d *Draft) tables(v *version) (*desk, error) {
	if d.desk == nil || d.deskFor.pl != v.pl || d.deskFor.minutes != v.minutes {
		k, err := newDesk(v.pl, v.minutes)
		if err != nil {
			return nil, err
		}
		if v.pl.request.Arm != Shuffle {
			k.p.stand(k.numbers(v.rows))
		}
		d.desk, d.deskFor = k, v
	}
	if d.desk.p.n != len(v.rows) {
		return nil, unfit(d.lib.say("an hour of %d places has %d tracks", d.desk.p.n, len(v.rows)))
	}
	return d.desk, nil
}

func newDesk(pl *planner, minutes int) (*desk, error) {
	free := *pl
	free.held.locks = nil // what an edit holds it says itself
	p := free.problem(minutes)
	if p == nil {
		return nil, unfit(pl.say("only %d tracks may be played; exclude less", len(pl.rows)))
	}
	k := &desk{pl: pl, p: p, number: make(map[int32]int32, len(pl.rows))}
	first := pl.stages()[0]
	first.minutes = minutes
	k.hard = pl.rules(first, p)
	k.bars = pl.barred(k.hard, p, pl.request.StepFactor)
	p.rules = k.hard
	if pl.request.Arm == Shuffle {
		p.chance(pl.request.Seed, pl.request.Night)
	} else {
		p.price(pl.request.Night)
	}
	for c, row := range pl.rows {
		k.number[row] = int32(c)
	}
	return k, nil
}

// numbers returns the candidate numbers of rows, −1 for one that is no candidate.
func (k *desk) numbers(rows []int32) []int32 {
	seq := make([]int32, len(rows))
	for i, row := range rows {
		seq[i] = -1
		if c, is := k.number[row]; is {
			seq[i] = c
		}
	}
	return seq
}

// price returns what a sequence costs, however long its steps are; +Inf if a track
// may not be at its place. A sequence by chance has the cost of its chances.
func (k *desk) price(seq []int32) float64 {
	if slices.Contains(seq, -1) {
		return math.Inf(1)
	}
	j := 0.0
	for i, c := range seq {
		j += k.p.unary[i*k.p.m+int(c)]
		if i > 0 && k.pl.request.Arm != Shuffle {
			j += StepCost(k.p.sounds[seq[i-1]], k.p.sounds[c])
		}
	}
	return j
}

// fits reports whether a sequence meets the rules.
func (k *desk) fits(seq []int32, r rules) bool { return len(k.broken(seq, r, true)) == 0 }

// breaks returns the rules that a sequence breaks.
func (k *desk) breaks(seq []int32, r rules) []rule { return k.broken(seq, r, false) }

func (k *desk) broken(seq []int32, r rules, one bool) []rule {
	// Hands may put tracks where no plan would: how long a step may be is asked of
	// the sequence, not of its steps' costs.
	p := *k.p
	p.rules, p.byChance = r, true
	out := p.broken(seq, one)
	if (!one || len(out) == 0) && p.longestStep(seq) > r.maxStep+1e-12 {
		out = append(out, ruleStep)
	}
	return out
}

// keeps returns the rules of the first plan, without and with its bars, each
// loosened as far as a sequence breaks it: what an edit must not make worse.
func (k *desk) keeps(seq []int32) (hard, bars rules) {
	loosen := func(r rules) rules {
		p := *k.p
		p.rules = r
		r.tolerance = max(r.tolerance, abs(p.total(seq)-p.target()))
		r.cap, r.spacing = max(r.cap, p.mostByArtist(seq)), min(r.spacing, p.leastSpacing(seq))
		r.familiar = r.familiar && p.familiarFits(seq)
		r.maxStep = max(r.maxStep, p.longestStep(seq))
		r.lead, r.discord = min(r.lead, p.leads(seq)), max(r.discord, p.discord(seq))
		r.backtrack = max(r.backtrack, p.backtrack(seq))
		if !p.inPlace(seq) {
			r.place = max(r.place, p.endError(seq), p.rmse(seq))
			if !p.arc.level {
				r.place = max(r.place, p.startError(seq))
			}
		}
		return r
	}
	return loosen(k.hard), loosen(k.bars)
}

// anything are the rules that hold whatever is relaxed.
func (k *desk) anything() rules {
	return rules{
		minutes: k.p.rules.minutes, tolerance: math.MaxInt64, cap: math.MaxInt, maxStep: math.Inf(1),
		backtrack: math.Inf(1), discord: math.MaxInt32, place: math.Inf(1),
	}
}

// never says which limit that is never relaxed a sequence breaks; empty if none.
func (k *desk) never(seq []int32) string {
	if slices.Contains(seq, -1) {
		return k.pl.say("a track in it may not be played")
	}
	broken := k.breaks(seq, k.anything())
	if len(broken) == 0 {
		return ""
	}
	switch broken[0] {
	case ruleSong:
		return k.pl.say("it would hold one song twice")
	case ruleRumination:
		return k.pl.say("it would hold two quiet, dark tracks of those played most of late")
	case ruleTail:
		return k.pl.say("its last %d minutes would be darker than its start", TailMinutes)
	case ruleWishes:
		return k.pl.say("it would lack a track that was wished for")
	case ruleForbidden:
		for i, c := range seq {
			if k.p.never != nil && k.p.never[c].Has(segue.LabelOf(k.p.points[i])) {
				return k.pl.say("it would hold a track in a mood that you said it never has")
			}
		}
		return k.pl.say("it would end with a track above %d BPM, and a night ends slower", NightEndTempo)
	}
	return k.pl.say("it would break a limit that is never relaxed")
}

// bridges reports whether steps up to a length can lead over the free places from
// each track of a sequence that stays to the next: if not, no search can find any.
func (k *desk) bridges(seq []int32, free []bool, longest float64) bool {
	last := -1
	for i, c := range seq {
		if free[i] {
			continue
		}
		if last >= 0 && k.p.sounds[seq[last]].At.Distance(k.p.sounds[c].At) > float64(i-last)*longest+1e-9 {
			return false
		}
		last = i
	}
	return true
}

// fill searches for a sequence that meets the rules, and the better ones too if it
// finds such, and has at each place a candidate that allow accepts; nil if it finds
// none.
func (k *desk) fill(ctx context.Context, r, better rules, allow func(place int, c int32) bool) ([]int32, error) {
	p := *k.p
	p.rules = r
	p.unary = slices.Clone(p.unary)
	for i := range p.n {
		for c := range p.m {
			if !allow(i, int32(c)) {
				p.unary[i*p.m+c] = math.Inf(1)
			}
		}
	}
	found, err := p.search(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range []rules{better, r} {
		for _, seq := range found.seqs {
			if k.fits(seq, r) {
				return seq, nil
			}
		}
	}
	return nil, nil
}

// held returns a planner whose request has the version's locks.
func (v *version) held() *planner {
	pl := *v.pl
	pl.request.Locks = nil
	for i, is := range v.locked {
		if is {
			pl.request.Locks = append(pl.request.Locks, Lock{Place: i + 1, ID: pl.lib.Catalog.ID[v.rows[i]]})
		}
	}
	return &pl
}

// solution returns a version as what it would be had it been found.
func (d *Draft) solution(v *version) (*solution, error) {
	k, err := d.tables(v)
	if err != nil {
		return nil, err
	}
	seq := k.numbers(v.rows)
	p := *k.p
	p.rules, _ = k.keeps(seq)
	s := stage{minutes: v.minutes, anyStep: p.longestStep(seq) > k.hard.maxStep+1e-12}
	v.judged, v.relaxed = true, v.pl.unmet(&p, seq, s)
	return &solution{p: &p, seq: seq, minutes: v.minutes, anyStep: s.anyStep, bars: p.rules, least: p.cost(seq), relaxed: v.relaxed}, nil
}

// solveAround is solve with the locks and wishes the request has by now.
func (pl *planner) solveAround(ctx context.Context) (*solution, error) {
	var rows []int32
	for _, id := range pl.request.named() {
		if row, ok := pl.lib.row(id); ok {
			rows = append(rows, row)
		}
	}
	pl.include(rows)
	if err := pl.hold(); err != nil {
		return nil, err
	}
	return pl.solve(ctx)
}
