package playlist

import (
	"math"
)

// account says of a playlist why it is as it is: for every track its reason, the
// step from the one before and the runner-up, and for the whole what the cost is
// made of, what was traded for what, and what would help where a bar is missed.
// All of it is made of facts about the answer, none of how it was found.
func (pl *planner) account(s *solution, out *Playlist) {
	p := s.p
	sounds := make([]Sound, p.n)
	for i, c := range s.seq {
		sounds[i] = p.sounds[c]
		if i > 0 {
			out.Tracks[i].Step = stepOf(sounds[i-1], sounds[i])
		}
	}
	pl.chosen(out.Tracks)
	pl.explain(out.Tracks)
	var all []rivals
	if pl.request.Arm != Shuffle { // whose order is by chance: nothing was weighed
		parts := PartsOf(sounds, p.points)
		out.CostParts = &parts
		strict := *p
		strict.rules = pl.strict(s)
		s = &solution{p: &strict, seq: s.seq, minutes: s.minutes, anyStep: s.anyStep, relaxed: s.relaxed}
		all = strict.rivals(s.seq)
		pl.runnersUp(s, all, out.Tracks)
	}
	out.Tradeoffs = pl.tradeoffs(s, all, out)
	if r, missed := pl.poor(s, all, out); missed {
		out.Relaxed = append(out.Relaxed, r)
	}
}

// stepOf returns the way from one track to the next.
func stepOf(a, b Sound) *Step {
	s := &Step{
		Valence: b.At.Valence - a.At.Valence, Arousal: b.At.Arousal - a.At.Arousal,
		Distance: a.At.Distance(b.At), Tempo: number(foldedRatio(a.Tempo, b.Tempo)),
	}
	if a.Key != 0 && b.Key != 0 {
		key := a.Key.Distance(b.Key)
		s.Key = &key
	}
	return s
}

// foldedRatio returns the ratio b/a of two tempi brought into [√½, √2] by doubling
// or halving; NaN if one is unknown.
func foldedRatio(a, b float64) float64 {
	if !(a > 0) || !(b > 0) {
		return math.NaN()
	}
	q := math.Log2(b / a)
	return math.Exp2(q - math.Round(q))
}
