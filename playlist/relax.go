package playlist

import (
	"context"
	"fmt"
	"math"
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
	bars     bool // wish to pass the bars of the metrics too
	small    bool // … that of the largest step as the request narrows it
	familiar bool
	spacing  int
	cap      int
	seconds  int64
	anyStep  bool
}

// stages returns the attempts in order: first a playlist that passes every bar
// the search can hold, then any that meets the constraints, then with one more
// constraint relaxed at a time.
func (pl *planner) stages() []stage {
	s := stage{
		minutes: pl.request.Minutes, bars: true, small: true, familiar: pl.lib.Heard != nil && pl.request.Arm != Shuffle,
		spacing: ArtistSpacing, cap: ArtistCap, seconds: BarLength,
	}
	out := []stage{s}
	next := func(change func()) {
		change()
		out = append(out, s)
	}
	if pl.request.StepFactor < 1 {
		next(func() { s.small = false })
	}
	next(func() { s.bars = false })
	if s.familiar {
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

// rules returns the rules of a stage.
func (pl *planner) rules(s stage, p *problem) rules {
	step, back := bars(p.points, newWay(pl.arc.start, pl.arc.target).length, 1)
	r := rules{
		minutes: s.minutes, tolerance: s.seconds * 1000, cap: s.cap, spacing: s.spacing, familiar: s.familiar,
		maxStep: step + HardStepMore, backtrack: math.Inf(1), discord: math.MaxInt32, place: math.Inf(1),
	}
	if s.anyStep || pl.request.Arm == Shuffle {
		r.maxStep = math.Inf(1)
	}
	if !s.bars {
		return r
	}
	r.lead = int(math.Ceil(BarArtists*float64(p.n) - 1e-9))
	if pl.request.Arm == Shuffle {
		return r
	}
	r.maxStep, r.place = step, BarError
	if s.small {
		r.maxStep, _ = bars(p.points, 0, pl.request.StepFactor)
	}
	if pl.request.Arm == Iso && !math.IsInf(back, 1) {
		r.backtrack = back
		// Without ties τ = 1 − 4·discordant/(n(n − 1)).
		r.discord = int(math.Floor((1-BarTau)*float64(p.n*(p.n-1))/4 + 1e-9))
	}
	return r
}

// solve tries the stages until one gives a sequence.
func (pl *planner) solve(ctx context.Context) (*solution, error) {
	var p *problem
	minutes := -1
	for _, s := range pl.stages() {
		if s.minutes != minutes {
			p, minutes = pl.problem(s.minutes), s.minutes
		}
		if p == nil {
			continue
		}
		r := pl.rules(s, p)
		reprice := p.unary == nil || r.maxStep != p.rules.maxStep || r.place != p.rules.place
		p.rules = r
		switch {
		case pl.request.Arm == Shuffle && reprice:
			p.chance(pl.request.Seed, pl.request.Night)
		case reprice:
			p.price(pl.request.Night)
		}
		seq, err := p.search(ctx)
		if err != nil {
			return nil, err
		}
		if seq != nil {
			return &solution{p: p, seq: seq, minutes: s.minutes, anyStep: s.anyStep, relaxed: pl.unmet(p, seq, s)}, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrNoPlaylist, pl.missing())
}

// search returns the best sequence found under the rules, nil if none. If the
// beam finds none it is widened once: some instances have few answers.
func (p *problem) search(ctx context.Context) ([]int32, error) {
	width := min(maxBeamWidth, max(beamWidth, beamWidth*MinCandidates/p.m))
	for range 2 {
		found, err := p.beam(ctx, width, 3)
		if err != nil {
			return nil, err
		}
		var best []int32
		for _, seq := range found {
			if err := p.improve(ctx, seq); err != nil {
				return nil, err
			}
			if best == nil || p.cost(seq) < p.cost(best) {
				best = seq
			}
		}
		if best != nil {
			return best, nil
		}
		width *= 4
	}
	return nil, nil
}

// unmet returns the rules of the first stage that a sequence does not meet: a
// rule that was relaxed on the way but is met all the same is not named.
func (pl *planner) unmet(p *problem, seq []int32, s stage) []rule {
	strict := *p
	first := pl.stages()[0]
	first.minutes, first.bars = s.minutes, false
	strict.rules = pl.rules(first, p)
	var out []rule
	for _, r := range strict.broken(seq, false) {
		if r != ruleForbidden { // the pair table was priced with the limit of this stage
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
