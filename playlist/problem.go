package playlist

import (
	"math"
	"slices"

	"segue"
)

// rules are the hard constraints that a relaxation, or the wish to meet every
// bar, may change. What is never relaxed lies in the problem itself.
type rules struct {
	minutes   int
	tolerance int64   // ms, of the total length
	cap       int     // tracks by one artist
	spacing   int     // least distance between two of them, 1 for none
	familiar  bool    // the familiarity schedule holds
	fewer     float64 // … but this share of the fewest familiar tracks may be missing, [0, 1]
	maxStep   float64 // on the plane; +Inf for none

	// Bars of metrics, held where the search can: prefer a playlist that passes.
	backtrack float64 // +Inf for none
	discord   int     // most pairs of slots in the wrong order; large for none
	lead      int     // fewest distinct main artists
	place     float64 // furthest start error, end error and RMSE; +Inf for none
}

// A problem is one instance: which n of the m candidates, in which order. All
// tables are indexed by candidate number, [0, m).
type problem struct {
	words
	n, m      int
	rules     rules
	points    []segue.Affect
	sounds    []Sound
	ms        []int64
	artists   [][]int32 // credited artists, the main one first
	song      []int32   // equal for two recordings of one song
	familiar  []bool
	ruminant  []bool
	never     []segue.MoodSet // moods each never has; nil for none
	progress  []float64       // along the way from start to target
	arc       arc
	bands     []band    // of each third, nil without a history
	third     []int8    // of each slot
	tailFloor float64   // least mean valence of the last TailMinutes, −Inf for none
	unary     []float64 // n×m: cost of a candidate in a slot, +Inf forbids
	logTempo  []float64 // NaN where unknown
	keyCost   []float64 // of a change of key, by both
	byChance  bool      // steps cost nothing
	backPrice float64   // of going back on the way, where a bar limits it
	locked    []int32   // the candidate held in each slot, −1 for none
	wished    []bool    // candidates that must be heard
	songs     int       // number of song groups
	names     int       // number of artists
}

// band is the closed interval of the number of familiar tracks in a third.
type band struct{ lo, hi, slots int }

// newBands returns the bands of n slots. A third of k slots planned at share f
// holds from f·k − max(k/10, ½) to f·k + max(k/10, ½) familiar tracks: within .10,
// or to the nearest whole track where a third is too short for that.
func newBands(n int, schedule [3]float64) []band {
	bands := make([]band, 3)
	for i := range n {
		bands[thirdOf(i, n)].slots++
	}
	for t := range bands {
		k := float64(bands[t].slots)
		slack := max(FamiliarSlack*k, .5) + 1e-9
		bands[t].lo = max(0, int(math.Ceil(schedule[t]*k-slack)))
		bands[t].hi = min(bands[t].slots, int(math.Floor(schedule[t]*k+slack)))
	}
	return bands
}

// band returns what a third may hold under the rules.
func (p *problem) band(third int) band {
	b := p.bands[third]
	b.lo = int(float64(b.lo) * (1 - p.rules.fewer))
	return b
}

// FamiliarSlack is how far the share of familiar tracks may be from the plan.
const FamiliarSlack = .10

// thirdOf returns the third, 0 to 2, of slot i (from 0) of n.
func thirdOf(i, n int) int { return min(2, int(3*slotTime(i, n))) }

// newProblem makes the tables of everything but costs.
func newProblem(lib *Library, rows []int32, n int, a arc, schedule [3]float64, ok *eligible) *problem {
	m := len(rows)
	p := &problem{
		n: n, m: m, points: a.slots(n), arc: a,
		sounds: make([]Sound, m), ms: make([]int64, m), artists: make([][]int32, m), song: make([]int32, m),
		familiar: make([]bool, m), ruminant: make([]bool, m), progress: make([]float64, m),
		third: make([]int8, n), tailFloor: math.Inf(-1), keyCost: newKeyCost(),
		locked: make([]int32, n), wished: make([]bool, m), words: lib.words,
	}
	w := newWay(a.start, a.target)
	number := map[int32]int32{}
	for c, row := range rows {
		p.sounds[c] = lib.sound(row)
		p.ms[c] = int64(lib.Catalog.DurationMS[row])
		p.familiar[c], p.ruminant[c] = lib.isFamiliar(row), lib.ruminant(row)
		p.progress[c] = w.progress(p.sounds[c].At)
		p.artists[c] = artistNumbers(lib.artists, row, number)
	}
	if len(lib.never) > 0 {
		p.never = make([]segue.MoodSet, m)
		for c, row := range rows {
			p.never[c] = lib.never[row]
		}
	}
	p.names = len(number)
	p.logTempo = newLogTempo(p.sounds)
	p.song, p.songs = songs(lib, rows)
	for i := range p.third {
		p.third[i], p.locked[i] = int8(thirdOf(i, n)), -1
	}
	if lib.Heard != nil {
		p.bands = newBands(n, schedule)
	}
	if a.limits.sad {
		p.tailFloor = a.limits.start.Valence
	}
	return p
}

// artistNumbers numbers the credited artists of a row by folded name.
func artistNumbers(n *names, row int32, number map[int32]int32) []int32 {
	ix := n.indices(row)
	if len(ix) == 0 {
		return nil
	}
	out := make([]int32, 0, len(ix))
	for _, i := range ix {
		id, is := number[n.of[i]]
		if !is {
			id = int32(len(number))
			number[n.of[i]] = id
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// price fills in the costs of an arc. The rules' limits of the first and last
// place are in the table: a change of one prices anew.
func (p *problem) price(endsSlow bool) {
	p.unary = make([]float64, p.n*p.m)
	for i := range p.n {
		for c := range p.m {
			p.unary[i*p.m+c] = PlaceCost(p.sounds[c].At, p.points[i])
		}
	}
	if endsSlow {
		p.endSlow()
	}
	p.ban()
	// Where a window is about one track long, that track decides its error: it
	// must be in place itself, which the beam would find out too late.
	if !math.IsInf(p.rules.place, 1) {
		if p.arc.hold*float64(p.n) <= 1.5 && !p.arc.level {
			p.stayNear(0, p.arc.start)
		}
		if p.arc.sustain*float64(p.n) <= 1.5 {
			p.stayNear(p.n-1, p.arc.target)
		}
	}
	p.hold()
}

// stayNear forbids tracks in a slot that are further from a point than the bars
// allow.
func (p *problem) stayNear(slot int, at segue.Affect) {
	costs := p.unary[slot*p.m : (slot+1)*p.m]
	for c := range costs {
		if p.sounds[c].At.Distance(at) > p.rules.place {
			costs[c] = math.Inf(1)
		}
	}
}

// endSlow forbids tracks above NightEndTempo in the last slot.
func (p *problem) endSlow() {
	last := p.unary[(p.n-1)*p.m:]
	for c := range last {
		if !slowEnough(p.sounds[c].Tempo) {
			last[c] = math.Inf(1)
		}
	}
}

// hold leaves a locked slot its track alone, and that track no other slot.
func (p *problem) hold() {
	for at, held := range p.locked {
		if held < 0 {
			continue
		}
		for c := range int32(p.m) {
			if c != held {
				p.unary[at*p.m+int(c)] = math.Inf(1)
			}
		}
		for i := range p.n {
			if i != at {
				p.unary[i*p.m+int(held)] = math.Inf(1)
			}
		}
	}
}

// cost returns the cost of a sequence by the tables; +Inf if a slot or step of
// it is forbidden.
func (p *problem) cost(seq []int32) float64 {
	j := 0.0
	for i, c := range seq {
		j += p.unary[i*p.m+int(c)]
		if i > 0 {
			j += p.step(seq[i-1], c)
		}
	}
	return j
}

// total returns the length of a sequence in ms.
func (p *problem) total(seq []int32) int64 {
	var t int64
	for _, c := range seq {
		t += p.ms[c]
	}
	return t
}

// target returns the wanted length in ms.
func (p *problem) target() int64 { return int64(p.rules.minutes) * 60_000 }
