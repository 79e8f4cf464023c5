package playlist

import (
	"context"
	"fmt"
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
		next(func() { s.fewer = .5 }) // half of the fewest, before any number
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
// none of those that may still pass them does, the first that gave a sequence at
// all counts: what was relaxed in vain is not relaxed.
func (pl *planner) solve(ctx context.Context) (*solution, error) {
	var p *problem
	var first *solution
	for _, s := range pl.stages() {
		if first != nil && (s.seconds > BarLength || s.minutes != pl.request.Minutes || s.anyStep) {
			break // no hour relaxed so far passes the bars
		}
		if p == nil || p.rules.minutes != s.minutes {
			if p = pl.problem(s.minutes); p == nil {
				continue
			}
		}
		p.rules = pl.rules(s, p)
		if !p.enoughFamiliar() {
			continue // a search would only find that out slowly
		}
		pl.cost(p)
		found, err := p.search(ctx)
		if err != nil {
			return nil, err
		}
		if len(found.seqs) == 0 {
			continue
		}
		seq, bars, passes, err := pl.prefer(ctx, p, found)
		if err != nil {
			return nil, err
		}
		if !passes && first != nil {
			continue
		}
		held := *p // the next stage changes the rules
		out := &solution{
			p: &held, seq: seq, minutes: s.minutes, anyStep: s.anyStep, bars: bars, least: found.cost(p), price: found.price,
			relaxed: pl.unmet(p, seq, s),
		}
		if passes {
			return out, nil
		}
		first = out
	}
	if first == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoPlaylist, pl.missing())
	}
	return first, nil
}

// cost fills in the costs of a problem: by chance for the shuffle arm.
func (pl *planner) cost(p *problem) {
	if pl.request.Arm == Shuffle {
		p.chance(pl.request.Seed, pl.request.Night)
	} else {
		p.price(pl.request.Night)
	}
}

// prefer returns the cheapest sequence that passes every bar, and the rules that
// say so: one of those found, or what a search under the bars finds. If there is
// none, it returns the cheapest of all, and its rules.
func (pl *planner) prefer(ctx context.Context, p *problem, found *answer) (seq []int32, r rules, passes bool, err error) {
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
				seq = slices.Clone(seq)
				return seq, q.rules, true, q.improve(ctx, seq)
			}
		}
		better, err := q.searchBarred(ctx)
		if err != nil {
			return nil, rules{}, false, err
		}
		if len(better.seqs) > 0 {
			return better.seqs[0], q.rules, true, nil
		}
	}
	return found.seqs[0], p.rules, false, nil
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
