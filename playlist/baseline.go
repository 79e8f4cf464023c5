package playlist

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"segue"
)

// The baselines: orders that a plan is compared with. They are shown as a
// Playlist's Arm and no Request can ask for them.
const (
	Greedy Arm = "greedy" // the nearest allowed track at each slot, without looking ahead
	Mix    Arm = "mix"    // tracks of the start's and of the target's mood in random order
)

// Baseline returns what a simpler method would make of a request. It is for
// comparison only: nothing in Segue plays it. It is measured as a plan is, with
// the same cost, metrics and checks, and says in Relaxed which rules it does not
// keep; it has no certificate.
//
// Greedy takes the candidates, number of slots and arc of the plan of the same
// request, and fills slot after slot with the track that costs least there: its
// distance to the plan and the step to it. It keeps every rule that can be kept
// without looking ahead: of exclusions and zones, of songs, artists, familiar
// tracks and the largest step, and of the length as far as the tracks left can
// still make it. Where no track keeps them all it gives up first what a plan gives
// up first, for that slot only.
//
// Mix is how the study behind Segue made an hour (docs/science.md §6): tracks
// drawn at random, with the request's seed, as likely of the start's mood as of the
// target's, until the asked length is reached. They may come from anywhere in the
// catalogue; exclusions and zones hold, and a song is heard once.
//
// O(n·m) for n slots and m candidates, and O(m²) for the table of steps; Mix looks
// at every track of the catalogue. Errors are those of Plan, and of a request for
// the shuffle arm, which has no cost, one wrapping segue.ErrUsage. It panics for
// any other kind.
func Baseline(ctx context.Context, lib *Library, r Request, kind Arm) (*Playlist, error) {
	if kind != Greedy && kind != Mix {
		panic(fmt.Sprintf("playlist: Baseline: no baseline is called %q", string(kind)))
	}
	if r.Arm == Shuffle {
		return nil, misuse(lib.say("the shuffle arm follows no arc, so nothing can be compared with it"))
	}
	pl, err := newPlanner(ctx, lib, r)
	if err != nil {
		return nil, err
	}
	s := stage{minutes: pl.request.Minutes, familiar: lib.Heard != nil, spacing: ArtistSpacing, cap: ArtistCap, seconds: BarLength}
	var p *problem
	var seq []int32
	if kind == Mix {
		if p, err = pl.mixed(ctx); err != nil {
			return nil, err
		}
		for c := range p.m {
			seq = append(seq, int32(c))
		}
	} else {
		if p = pl.problem(s.minutes); p == nil {
			return nil, impossible(pl.missing())
		}
		p.rules = pl.rules(s, p)
		p.price(pl.request.Night)
		if seq = p.greedy(); seq == nil {
			return nil, impossible(pl.missing())
		}
	}
	// Whatever its steps, they are priced, and named if they are too large.
	s.anyStep = true
	p.rules = pl.rules(s, p)
	p.price(pl.request.Night)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := pl.playlist(&solution{p: p, seq: seq, minutes: s.minutes, anyStep: true, bars: p.rules, relaxed: pl.unmet(p, seq, s)})
	out.Arm = kind
	return out, nil
}

// greedy fills slot after slot with the cheapest track that keeps the rules, and
// returns nil where the rules that are never given up leave none.
func (p *problem) greedy() []int32 {
	// What a slot may give up, the first things first; the last allows any step.
	const (
		all = iota
		noFamiliarity
		noSpacing
		noCap
		noLength
		noStep
	)
	shortest, longest := int64(math.MaxInt64), int64(0)
	for _, ms := range p.ms {
		shortest, longest = min(shortest, ms), max(longest, ms)
	}
	seq := make([]int32, 0, p.n)
	for i := range p.n {
		best := int32(-1)
		for given := all; given <= noStep && best < 0; given++ {
			cheapest := math.Inf(1)
			for c := range int32(p.m) {
				cost := p.unary[i*p.m+int(c)]
				if i > 0 {
					step := p.step(seq[i-1], c)
					if math.IsInf(step, 1) && given >= noStep {
						step = StepCost(p.sounds[seq[i-1]], p.sounds[c])
					}
					cost += step
				}
				if cost >= cheapest || !p.mayFollow(seq, c) ||
					given < noFamiliarity && !p.familiarInTime(seq, c) ||
					given < noSpacing && p.sinceArtist(seq, c) < p.rules.spacing ||
					given < noCap && p.creditsWith(seq, c) > p.rules.cap ||
					given < noLength && !p.lengthInReach(seq, c, shortest, longest) {
					continue
				}
				best, cheapest = c, cost
			}
		}
		if best < 0 {
			return nil
		}
		seq = append(seq, best)
	}
	return seq
}

// mayFollow reports whether the rules that are never given up let a track follow
// a beginning: a song is heard once, and one track for rumination at most.
func (p *problem) mayFollow(seq []int32, c int32) bool {
	for _, d := range seq {
		if p.song[c] == p.song[d] || p.ruminant[c] && p.ruminant[d] {
			return false
		}
	}
	return true
}

// familiarInTime reports whether, with a track added, the third it falls into can
// still hold as many familiar tracks as planned, and does not hold more.
func (p *problem) familiarInTime(seq []int32, c int32) bool {
	if p.bands == nil || !p.rules.familiar {
		return true
	}
	i := len(seq)
	b := p.bands[p.third[i]]
	count, filled := 0, 1
	if p.familiar[c] {
		count++
	}
	for j, d := range seq {
		if p.third[j] == p.third[i] {
			filled++
			if p.familiar[d] {
				count++
			}
		}
	}
	return count <= b.hi && count+b.slots-filled >= b.lo
}

// sinceArtist returns how many slots after the last track that shares an artist
// with it a track would come; large if there is none.
func (p *problem) sinceArtist(seq []int32, c int32) int {
	for j := len(seq) - 1; j >= 0; j-- {
		for _, a := range p.artists[c] {
			if credits(p.artists[seq[j]], a) {
				return len(seq) - j
			}
		}
	}
	return math.MaxInt
}

// creditsWith returns how many tracks would credit the most heard of a track's
// artists, itself among them.
func (p *problem) creditsWith(seq []int32, c int32) int {
	most := 0
	for _, a := range p.artists[c] {
		n := 1
		for _, d := range seq {
			if credits(p.artists[d], a) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// lengthInReach reports whether, with a track added, tracks of the shortest and the
// longest kind can still bring the whole to its length.
func (p *problem) lengthInReach(seq []int32, c int32, shortest, longest int64) bool {
	so, left := p.total(seq)+p.ms[c], int64(p.n-1-len(seq))
	return so+left*shortest <= p.target()+p.rules.tolerance && so+left*longest >= p.target()-p.rules.tolerance
}

// mixed draws tracks of the two moods and makes them the candidates, in the order
// drawn, of a problem with as many slots.
func (pl *planner) mixed(ctx context.Context) (*problem, error) {
	lib, r := pl.lib, pl.request
	rng := rand.New(rand.NewPCG(r.Seed, 0x313))
	moods := [2]segue.Mood{segue.QuadrantOf(pl.arc.start), segue.QuadrantOf(pl.arc.target)}
	var pools [2][]int32
	for i, row := range lib.plane.rows {
		if i%65536 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		quadrant := segue.QuadrantOf(lib.Positions[row])
		if quadrant != moods[0] && quadrant != moods[1] || !pl.ok.has(row) {
			continue
		}
		if quadrant == moods[0] {
			pools[0] = append(pools[0], row)
		} else {
			pools[1] = append(pools[1], row)
		}
	}
	// More are drawn than needed, as some will be songs heard already.
	var drawn []int32
	most := 2 * int(time.Duration(r.Minutes)*time.Minute/r.Exclude.MinLength)
	for len(drawn) < most && len(pools[0])+len(pools[1]) > 0 {
		from := 0
		if moods[0] != moods[1] {
			from = rng.IntN(2)
		}
		if len(pools[from]) == 0 {
			from = 1 - from
		}
		pool := pools[from]
		i, last := rng.IntN(len(pool)), len(pool)-1
		drawn = append(drawn, pool[i])
		pool[i] = pool[last]
		pools[from] = pool[:last]
	}
	song, n := songs(lib, drawn)
	heard := make([]bool, n)
	var length int64
	pl.rows = nil
	for i, row := range drawn {
		if heard[song[i]] {
			continue
		}
		heard[song[i]] = true
		pl.rows = append(pl.rows, row)
		if length += int64(lib.Catalog.DurationMS[row]); length >= int64(r.Minutes)*60_000 {
			break
		}
	}
	if len(pl.rows) == 0 {
		return nil, impossible(lib.say("no track of the start's or the target's mood may be played"))
	}
	a := pl.arc
	if r.Arm == Iso {
		a = a.matched(r.Matched, len(pl.rows))
	}
	return newProblem(lib, pl.rows, len(pl.rows), a, *r.Familiarity, pl.ok), nil
}
