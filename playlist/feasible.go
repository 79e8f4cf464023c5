package playlist

import (
	"math"
	"slices"
)

// feasible reports whether a complete sequence meets every hard constraint: the
// plain definition, which the search's own pruning must never contradict.
func (p *problem) feasible(seq []int32) bool {
	return len(p.broken(seq, true)) == 0
}

// A rule is a hard constraint by name.
type rule string

// The hard constraints, in the order in which those that can be are relaxed.
const (
	ruleFamiliarity rule = "familiarity"
	ruleSpacing     rule = "artist spacing"
	ruleCap         rule = "artist cap"
	ruleLength      rule = "length"
	ruleStep        rule = "largest step"
	ruleForbidden   rule = "forbidden"  // a slot or step with infinite cost; never relaxed
	ruleSong        rule = "one song"   // never relaxed
	ruleRumination  rule = "rumination" // never relaxed
	ruleWishes      rule = "wishes"     // tracks that must be heard; never relaxed
	ruleTail        rule = "tail"       // a sad path's end; never relaxed
	ruleBars        rule = "bars"       // of metrics: wished for only
)

// broken returns the rules a sequence breaks, each once, in the order they are
// checked; only the first if one is enough.
func (p *problem) broken(seq []int32, one bool) []rule {
	var out []rule
	check := func(r rule, ok func() bool) bool {
		if (one && len(out) > 0) || ok() {
			return true
		}
		out = append(out, r)
		return false
	}
	check(ruleLength, func() bool { return abs(p.total(seq)-p.target()) <= p.rules.tolerance })
	check(ruleForbidden, func() bool { return !math.IsInf(p.cost(seq), 1) })
	check(ruleFamiliarity, func() bool { return p.familiarFits(seq) })
	check(ruleSong, func() bool { return p.songsDiffer(seq) })
	check(ruleWishes, func() bool { return p.wishesHeard(seq) })
	check(ruleCap, func() bool { return p.mostByArtist(seq) <= p.rules.cap })
	check(ruleSpacing, func() bool { return p.leastSpacing(seq) >= p.rules.spacing })
	check(ruleRumination, func() bool { return p.ruminants(seq) <= 1 })
	check(ruleTail, func() bool { return p.tailValence(seq) >= p.tailFloor })
	check(ruleBars, func() bool {
		return p.leads(seq) >= p.rules.lead && p.discord(seq) <= p.rules.discord && p.backtrack(seq) <= p.rules.backtrack &&
			p.inPlace(seq)
	})
	return out
}

// inPlace reports whether start, end and the whole are as near the plan as the
// bars ask.
func (p *problem) inPlace(seq []int32) bool {
	if math.IsInf(p.rules.place, 1) {
		return true
	}
	return (p.arc.level || p.startError(seq) <= p.rules.place) && p.endError(seq) <= p.rules.place && p.rmse(seq) <= p.rules.place
}

func abs(x int64) int64 { return max(x, -x) }

// familiarFits reports whether every third's number of familiar tracks lies in
// its band.
func (p *problem) familiarFits(seq []int32) bool {
	if p.bands == nil || !p.rules.familiar {
		return true
	}
	var count [3]int
	for i, c := range seq {
		if p.familiar[c] {
			count[p.third[i]]++
		}
	}
	for t := range p.bands {
		b := p.band(t)
		if count[t] < b.lo || count[t] > b.hi {
			return false
		}
	}
	return true
}

// enoughFamiliar reports whether there are as many familiar songs as the thirds
// need at least: without them no sequence meets the rules.
func (p *problem) enoughFamiliar() bool {
	if p.bands == nil || !p.rules.familiar {
		return true
	}
	need := 0
	for t := range p.bands {
		need += p.band(t).lo
	}
	known := map[int32]bool{}
	for c, familiar := range p.familiar {
		if familiar {
			known[p.song[c]] = true
		}
	}
	return len(known) >= need
}

// familiarNear reports whether the familiar tracks that the thirds need at least can
// lie so near the plan that the whole passes the bar of its distance: false only if
// they cannot, even if the others lay right on it.
func (p *problem) familiarNear() bool {
	if p.bands == nil || !p.rules.familiar {
		return true
	}
	square := 0.0
	for t := range p.bands {
		var costs []float64 // of each familiar track where in the third it fits best
		for c, familiar := range p.familiar {
			if !familiar {
				continue
			}
			least := math.Inf(1)
			for i := range p.n {
				if int(p.third[i]) == t && !math.IsInf(p.unary[i*p.m+c], 1) {
					least = min(least, PlaceCost(p.sounds[c].At, p.points[i]))
				}
			}
			costs = append(costs, least)
		}
		slices.Sort(costs)
		for k := range p.band(t).lo {
			if k == len(costs) {
				return false
			}
			square += costs[k]
		}
	}
	return square <= float64(p.n)*BarError*BarError
}

func (p *problem) songsDiffer(seq []int32) bool {
	for i, c := range seq {
		for _, d := range seq[:i] {
			if p.song[c] == p.song[d] {
				return false
			}
		}
	}
	return true
}

// wishesHeard reports whether every wished track is there.
func (p *problem) wishesHeard(seq []int32) bool {
	for c, wished := range p.wished {
		if wished && !slices.Contains(seq, int32(c)) {
			return false
		}
	}
	return true
}

// mostByArtist returns how many tracks credit the artist credited most.
func (p *problem) mostByArtist(seq []int32) int {
	most := 0
	for i, c := range seq {
		for _, a := range p.artists[c] {
			n := 1
			for _, d := range seq[:i] {
				if credits(p.artists[d], a) {
					n++
				}
			}
			most = max(most, n)
		}
	}
	return most
}

// leastSpacing returns the least number of slots between two tracks crediting
// one artist, neighbours being 1 apart.
func (p *problem) leastSpacing(seq []int32) int {
	least := math.MaxInt
	for i, c := range seq {
		for j := i - 1; j >= 0; j-- {
			for _, a := range p.artists[c] {
				if credits(p.artists[seq[j]], a) {
					least = min(least, i-j)
				}
			}
		}
	}
	return least
}

func credits(artists []int32, a int32) bool {
	for _, b := range artists {
		if a == b {
			return true
		}
	}
	return false
}

func (p *problem) ruminants(seq []int32) int {
	n := 0
	for _, c := range seq {
		if p.ruminant[c] {
			n++
		}
	}
	return n
}

// leads returns the number of distinct main artists; a track without one counts
// as its own. O(n + names/64): local search asks it of every move.
func (p *problem) leads(seq []int32) int {
	var few [256]uint64 // room for 16,384 names
	seen := few[:]
	if p.names > 64*len(few) {
		seen = make([]uint64, p.names/64+1)
	}
	n := 0
	for _, c := range seq {
		if len(p.artists[c]) > 0 {
			a := p.artists[c][0]
			if seen[a/64]>>(a%64)&1 == 1 {
				continue
			}
			seen[a/64] |= 1 << (a % 64)
		}
		n++
	}
	return n
}

// tailValence returns the mean valence of the last TailMinutes, weighted by the
// time each track plays in them.
func (p *problem) tailValence(seq []int32) float64 {
	left, sum, all := int64(TailMinutes*60_000), 0.0, 0.0
	for i := len(seq) - 1; i >= 0 && left > 0; i-- {
		w := float64(min(left, p.ms[seq[i]]))
		left -= p.ms[seq[i]]
		sum += w * p.sounds[seq[i]].At.Valence
		all += w
	}
	return sum / all
}

// backtrack returns how far a sequence goes back on its way, all told.
func (p *problem) backtrack(seq []int32) float64 {
	back := 0.0
	for i := 1; i < len(seq); i++ {
		back += max(0, p.progress[seq[i-1]]-p.progress[seq[i]])
	}
	return back
}

// discord returns the number of pairs of slots in which the later has made less
// progress.
func (p *problem) discord(seq []int32) int {
	n := 0
	for i, c := range seq {
		for _, d := range seq[:i] {
			if p.progress[d] > p.progress[c] {
				n++
			}
		}
	}
	return n
}
