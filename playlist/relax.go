package playlist

import (
	"context"
	"math"
	"slices"
)

// Hard constraints before they are relaxed. (docs/science.md §6)
const (
	ArtistCap        = 2 // tracks that credit one artist
	RelaxedArtistCap = 3
	ArtistSpacing    = 3 // slots between two of them
)

// shorterMinutes are the lengths tried when an arc cannot be filled.
func shorterMinutes() []int { return []int{150, 120, 90, 75, 60, 45, 30, 24, 20, 15, 10} }

// stage is one attempt to solve a request.
type stage struct {
	minutes  int
	familiar bool
	fewer    float64
	spacing  int
	cap      int
	seconds  int64
	anyStep  bool
}

// stages returns the attempts in order: the request as it is, then with one more
// constraint relaxed at a time.
func (pl *planner) stages() []stage {
	s := stage{
		minutes: pl.request.Minutes, familiar: pl.lib.Heard != nil && pl.request.Arm != Shuffle,
		spacing: ArtistSpacing, cap: ArtistCap, seconds: BarLength,
	}
	out := []stage{s}
	next := func(change func()) {
		change()
		out = append(out, s)
	}
	if s.familiar {
		// Half of the fewest, and a quarter, before any number: some familiar music
		// is better than none.
		next(func() { s.fewer = .5 })
		next(func() { s.fewer = .75 })
		next(func() { s.familiar = false })
	}
	next(func() { s.spacing = 1 })
	next(func() { s.cap = RelaxedArtistCap })
	next(func() { s.seconds = RelaxedLength })
	for _, m := range shorterMinutes() {
		if m < pl.request.Minutes {
			next(func() { s.minutes = m })
		}
	}
	if pl.request.Arm == Shuffle {
		return out
	}
	s.minutes, s.anyStep = pl.request.Minutes, true
	out = append(out, s)
	for _, m := range shorterMinutes() {
		if m < pl.request.Minutes {
			next(func() { s.minutes = m })
		}
	}
	return out
}

// rules returns the hard constraints of a stage.
func (pl *planner) rules(s stage, p *problem) rules {
	step, _ := bars(p.points, 0, 1)
	r := rules{
		minutes: s.minutes, tolerance: s.seconds * 1000, cap: s.cap, spacing: s.spacing, familiar: s.familiar, fewer: s.fewer,
		maxStep: step + HardStepMore, backtrack: math.Inf(1), discord: math.MaxInt32, place: math.Inf(1),
	}
	if s.anyStep || pl.request.Arm == Shuffle {
		r.maxStep = math.Inf(1)
	}
	return r
}

// barred returns rules that hold the bars of the metrics too, as far as a search
// can, with the largest step narrowed by a factor.
func (pl *planner) barred(r rules, p *problem, factor float64) rules {
	r.lead = int(math.Ceil(BarArtists*float64(p.n) - 1e-9))
	if pl.request.Arm == Shuffle {
		return r
	}
	step, back := bars(p.points, newWay(pl.arc.start, pl.arc.target).length, factor)
	r.maxStep, r.place = min(r.maxStep, step), BarError
	if pl.request.Arm == Iso && !math.IsInf(back, 1) {
		r.backtrack = back
		// Without ties τ = 1 − 4·discordant/(n(n − 1)).
		r.discord = int(math.Floor((1-BarTau)*float64(p.n*(p.n-1))/4 + 1e-9))
	}
	return r
}

// solve tries the stages until one gives a sequence that passes every bar. Where
// none of those that may still pass them all does, the first that gives a sequence
// at all counts: what was relaxed in vain is not relaxed.
func (pl *planner) solve(ctx context.Context) (*solution, error) {
	var first *solution
	var poor []stage // those that cannot pass the bars, before the one of first
	stages := pl.stages()
	for len(stages) > 0 && stages[0].whole(pl.request) {
		s := stages[0]
		stages = stages[1:]
		p := pl.attempt(s)
		if p == nil {
			continue
		}
		if first == nil && pl.request.Arm != Shuffle && !p.familiarNear() {
			poor = append(poor, s)
			continue
		}
		found, err := p.search(ctx)
		if err != nil {
			return nil, err
		}
		if len(found.seqs) == 0 || first != nil && found.cost(p) > first.least-nothing {
			continue // what was relaxed last stood in nobody's way
		}
		out, passes, err := pl.prefer(ctx, p, s, found)
		if err != nil || passes {
			return out, err
		}
		if first == nil {
			first = out
		}
	}
	if first != nil && len(poor) == 0 {
		return first, nil
	}
	for _, s := range append(poor, stages...) {
		if first != nil && (len(poor) == 0 || !s.whole(pl.request)) {
			return first, nil
		}
		p := pl.attempt(s)
		if p == nil {
			continue
		}
		found, err := p.search(ctx)
		if err != nil {
			return nil, err
		}
		if len(found.seqs) > 0 {
			out, _, err := pl.prefer(ctx, p, s, found)
			return out, err
		}
	}
	if first != nil {
		return first, nil
	}
	return nil, impossible(pl.missing())
}

// whole reports whether an hour of the stage can pass every bar that the request
// has: it is as long as asked, to the usual tolerance, and its steps are bounded.
func (s stage) whole(r Request) bool {
	return s.minutes == r.Minutes && s.seconds <= BarLength && !s.anyStep
}

// attempt returns the problem of a stage, nil if it is known to have no answer.
func (pl *planner) attempt(s stage) *problem {
	p := pl.problem(s.minutes)
	if p == nil {
		return nil
	}
	if p.rules = pl.rules(s, p); !p.enoughFamiliar() {
		return nil // a search would only find that out slowly
	}
	pl.cost(p)
	return p
}

// cost fills in the costs of a problem: by chance for the shuffle arm.
func (pl *planner) cost(p *problem) {
	if pl.request.Arm == Shuffle {
		p.chance(pl.request.Seed, pl.request.Night)
	} else {
		p.price(pl.request.Night)
	}
}

// prefer returns the cheapest sequence that passes every bar: one of those found,
// or what a search under the bars finds. If there is none, it returns the cheapest
// of all.
func (pl *planner) prefer(ctx context.Context, p *problem, s stage, found *answer) (out *solution, passes bool, err error) {
	solved := func(seq []int32, bars rules) *solution {
		return &solution{
			p: p, seq: seq, minutes: s.minutes, anyStep: s.anyStep, bars: bars, least: found.cost(p), price: found.price,
			relaxed: pl.unmet(p, seq, s),
		}
	}
	// The tables of the bars keep single tracks near the ends, to find a sequence at
	// all. It is then improved without: only what the bars say themselves counts.
	passing := func(seq []int32, bars rules) (*solution, bool, error) {
		free := *p
		free.rules = bars
		seq = slices.Clone(seq)
		if err := free.improve(ctx, seq); err != nil {
			return nil, false, err
		}
		return solved(seq, bars), true, nil
	}
	factors := []float64{1}
	if pl.request.StepFactor < 1 {
		factors = []float64{pl.request.StepFactor, 1}
	}
	for _, factor := range factors {
		q := *p
		q.rules = pl.barred(p.rules, p, factor)
		pl.cost(&q)
		for _, seq := range found.seqs {
			if q.feasible(seq) {
				return passing(seq, q.rules)
			}
		}
		if pl.request.Arm != Shuffle && (!q.familiarNear() || q.outOfReach(found.seqs[0])) {
			continue
		}
		better, err := q.searchBarred(ctx, found, p.rules, found.cost(p))
		if err != nil {
			return nil, false, err
		}
		if len(better.seqs) > 0 {
			return passing(better.seqs[0], q.rules)
		}
	}
	return solved(found.seqs[0], p.rules), false, nil
}

// unmet returns the rules of the first stage that a sequence does not meet: a
// rule that was relaxed on the way but is met all the same is not named.
func (pl *planner) unmet(p *problem, seq []int32, s stage) []rule {
	strict := *p
	first := pl.stages()[0]
	first.minutes = s.minutes
	strict.rules = pl.rules(first, p)
	var out []rule
	for _, r := range strict.broken(seq, false) {
		if r != ruleForbidden { // said below where it is the largest step; nothing else of it is relaxed
			out = append(out, r)
		}
	}
	if s.anyStep {
		if p.longestStep(seq) > strict.rules.maxStep+1e-12 {
			out = append(out, ruleStep)
		}
	}
	return out
}

// longestStep returns the longest distance between neighbours of a sequence.
func (p *problem) longestStep(seq []int32) float64 {
	d := 0.0
	for i := 1; i < len(seq); i++ {
		d = max(d, p.sounds[seq[i-1]].At.Distance(p.sounds[seq[i]].At))
	}
	return d
}
