package playlist

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segue"
	"segue/internal/racetest"
)

// flat returns a problem of places on a line: slots planned at points, candidates
// at places, 240 s each, every one another song by another artist.
func flat(points, places []float64) *problem {
	p := &problem{n: len(points), m: len(places), tailFloor: math.Inf(-1), names: len(places), songs: len(places), keyCost: newKeyCost()}
	p.rules = rules{
		minutes: 4 * len(points), tolerance: 120_000, cap: 2, spacing: 1, maxStep: math.Inf(1),
		backtrack: math.Inf(1), discord: math.MaxInt32, place: math.Inf(1),
	}
	for _, v := range points {
		p.points = append(p.points, segue.Affect{Valence: v, Arousal: .5})
		p.third, p.locked = append(p.third, 0), append(p.locked, -1)
	}
	for c, v := range places {
		p.sounds = append(p.sounds, Sound{At: segue.Affect{Valence: v, Arousal: .5}, Tempo: math.NaN()})
		p.ms, p.song, p.artists = append(p.ms, 240_000), append(p.song, int32(c)), append(p.artists, []int32{int32(c)})
		p.familiar, p.ruminant = append(p.familiar, false), append(p.ruminant, false)
		p.progress, p.wished = append(p.progress, v), append(p.wished, false)
	}
	p.logTempo = newLogTempo(p.sounds)
	p.price(false)
	return p
}

// TestRivalsByHand: two slots planned at .2 and .3; candidates 0 and 1 stand there,
// 2 at .26 and 3 at .50. Steps up to .15 cost nothing.
//
//	place 0: candidate 2 costs .06² = .0036 more (its step to .3 is .04); 3 costs
//	         .3² = .09 and a step of .20: 4·.05² = .01, .10 in all.
//	place 1: candidate 2 costs .04² = .0016; 3 costs .2² = .04 and a step of .30:
//	         4·.15² = .09, .13 in all.
func TestRivalsByHand(t *testing.T) {
	p := flat([]float64{.2, .3}, []float64{.2, .3, .26, .50})
	got := p.rivals([]int32{0, 1})
	for i, want := range []float64{.0036, .0016} {
		if b := got[i].best; b == nil || b.cand != 2 || math.Abs(b.more-want) > 1e-12 || len(got[i].ruled) > 0 {
			t.Errorf("place %d: %+v, %v", i, b, got[i].ruled)
		}
	}
	if why := p.against([]int32{0, 1}, 0, 2); why != "Further from the plan: 0.06 on the plane, not 0.00." {
		t.Error(why)
	}
	if why := p.against([]int32{0, 1}, 1, 3); why != "A bigger step from the track before: 0.30 on the plane, not 0.10." {
		t.Error(why)
	}
	// With candidate 3 first, 0 and 2 would be cheaper; 0 is now twice as long, too
	// long by 240 s. Candidate 2 saves .0900 + .0100 − .0036 = .0964.
	p.ms[0] = 480_000
	got = p.rivals([]int32{3, 1})
	if b := got[0].best; b == nil || b.cand != 2 || math.Abs(b.more+.0964) > 1e-12 {
		t.Errorf("%+v", b)
	}
	if r := got[0].ruled; len(r) != 1 || r[0].cand != 0 || r[0].rule != ruleLength || math.Abs(r[0].more+.10) > 1e-12 {
		t.Errorf("%+v", r)
	}
	// A place without a cost has no one cheaper; the only song has no rival.
	if got := flat([]float64{.2}, []float64{.2}).rivals([]int32{0}); got[0].best != nil || got[0].ruled != nil {
		t.Errorf("%+v", got)
	}
}

// slowRivals is rivals by its definition: every candidate in every place, the
// whole cost and every rule.
func slowRivals(p *problem, seq []int32) []rivals {
	full := func(seq []int32) float64 {
		sounds := make([]Sound, len(seq))
		for i, c := range seq {
			sounds[i] = p.sounds[c]
		}
		return Cost(sounds, p.points)
	}
	out := make([]rivals, p.n)
	for i := range seq {
		ruled := map[rule]standIn{}
		for c := range int32(p.m) {
			if slices.ContainsFunc(seq, func(d int32) bool { return p.song[c] == p.song[d] }) {
				continue
			}
			try := slices.Clone(seq)
			try[i] = c
			more := full(try) - full(seq)
			broken := p.broken(try, false)
			if p.longestStep(try) > p.rules.maxStep+1e-12 { // forbidden for that, or for its place too
				if !math.IsInf(p.unary[i*p.m+int(c)], 1) {
					broken = slices.DeleteFunc(broken, func(r rule) bool { return r == ruleForbidden })
				}
				broken = append(broken, ruleStep)
			}
			switch b := out[i].best; {
			case len(broken) == 0 && (b == nil || more < b.more-1e-12):
				out[i].best = &standIn{cand: c, more: more}
			case len(broken) == 1 && more < -cheaper:
				if have, is := ruled[broken[0]]; !is || more < have.more-1e-12 {
					ruled[broken[0]] = standIn{c, more, broken[0]}
				}
			}
		}
		for _, s := range ruled {
			out[i].ruled = append(out[i].ruled, s)
		}
		slices.SortFunc(out[i].ruled, func(a, b standIn) int { return strings.Compare(string(a.rule), string(b.rule)) })
	}
	return out
}

// TestRivals holds rivals, and the words of what is ruled out, to the slow way on
// real plans.
func TestRivals(tb *testing.T) {
	racetest.Alone(tb)
	rapid.Check(tb, func(t *rapid.T) {
		r := Request{
			From: segue.Affect{Valence: rapid.Float64Range(0, 1).Draw(t, "v"), Arousal: rapid.Float64Range(0, 1).Draw(t, "a")},
			To:   segue.Affect{Valence: rapid.Float64Range(0, 1).Draw(t, "to v"), Arousal: rapid.Float64Range(0, 1).Draw(t, "to a")},
			Arm:  rapid.SampledFrom([]Arm{Iso, Compensatory}).Draw(t, "arm"), Night: rapid.Bool().Draw(t, "night"), Minutes: rapid.IntRange(10, 60).Draw(t, "minutes"),
		}
		n := rapid.SampledFrom([]int{20, 60, 200}).Draw(t, "tracks")
		lib := syntheticLibrary(tb, n, rapid.Uint64().Draw(t, "catalogue"), rapid.IntRange(3, n).Draw(t, "artists"), rapid.Bool().Draw(t, "heard"))
		pl, err := newPlanner(context.Background(), lib, r)
		if err != nil {
			return
		}
		s, err := pl.solve(context.Background())
		if err != nil {
			return
		}
		p := *s.p
		p.rules = pl.strict(s)
		got, want := p.rivals(s.seq), slowRivals(&p, s.seq)
		for i := range got {
			slices.SortFunc(got[i].ruled, func(a, b standIn) int { return strings.Compare(string(a.rule), string(b.rule)) })
			if (got[i].best == nil) != (want[i].best == nil) || got[i].best != nil && math.Abs(got[i].best.more-want[i].best.more) > 1e-9 {
				t.Fatalf("place %d: %+v, the slow way %+v", i, got[i].best, want[i].best)
			}
			if !slices.EqualFunc(got[i].ruled, want[i].ruled, func(a, b standIn) bool { return a.rule == b.rule && math.Abs(a.more-b.more) < 1e-9 }) {
				t.Fatalf("place %d: ruled out %+v, the slow way %+v", i, got[i].ruled, want[i].ruled)
			}
			for _, x := range got[i].ruled {
				if pl.ruledOut(&solution{p: &p, seq: s.seq, minutes: s.minutes}, i, x) == "" {
					t.Fatalf("place %d: no words for %+v", i, x)
				}
			}
		}
	})
}
