package playlist

import (
	"math"
	"slices"

	"segue"
)

// outOfReach reports whether no choice of the candidates can pass the bars of
// place: then none need be searched for. Of the distance from the plan, each slot
// with the track nearest to it is the least there is. Of start and end, a mean of
// tracks lies no further towards a point than the furthest of them, in whatever
// direction: that from a sequence's mean to the point is asked. O(n·m).
func (p *problem) outOfReach(seq []int32) bool {
	if math.IsInf(p.rules.place, 1) {
		return false
	}
	square := 0.0
	for i := range p.n {
		least := math.Inf(1)
		for c := range p.m {
			if !math.IsInf(p.unary[i*p.m+c], 1) {
				least = min(least, PlaceCost(p.sounds[c].At, p.points[i]))
			}
		}
		if !math.IsInf(least, 1) { // a slot that is closed to all for the search's sake says nothing
			square += least
		}
	}
	if square > float64(p.n)*p.rules.place*p.rules.place {
		return true
	}
	back := slices.Clone(seq)
	slices.Reverse(back)
	return !p.arc.level && p.beyond(p.meanOver(seq, StartMinutes, p.arc.hold), p.arc.start) ||
		p.beyond(p.meanOver(back, EndMinutes, p.arc.sustain), p.arc.target)
}

// beyond reports whether every mean of candidates stays further than the bar from a
// point, seen in the direction from one such mean.
func (p *problem) beyond(mean, to segue.Affect) bool {
	w := newWay(mean, to)
	furthest := math.Inf(-1)
	for c := range p.m {
		furthest = max(furthest, w.progress(p.sounds[c].At))
	}
	return w.length > 0 && w.length-furthest > p.rules.place
}
