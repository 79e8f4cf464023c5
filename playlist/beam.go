package playlist

import (
	"math"
	"slices"
)

// A node is a partial sequence that ends with a candidate of the lattice.
type node struct {
	parent   int32 // in the level before
	at       int32 // position in the lattice's slot
	order    int32 // of creation, decides ties
	discord  int32
	familiar int16 // familiar tracks in the present third
	wishes   int16
	ruminant bool
	g        float64 // cost so far
	priced   float64 // priced cost so far
	bound    float64 // no sequence that begins so costs less
	rank     float64 // what the beam sorts by
	ms       int64
	back     float64
	tail     float64 // Σ ms·(valence − floor) over the slots of a sad path's end
	songs    uint64  // remembered ones it holds
	set      uint64  // hash of what it holds, in whatever order
}

// A beam searches for sequences of least cost, slot by slot, along the costs to go
// of a dual. What it prunes for good is only what breaks a rule, cannot be
// completed, costs most or more by its bound, or does what a cheaper partial
// sequence of the same tracks with the same future does as well. What it drops because its width is
// limited counts for dropped, so that a bound is left: no sequence that it has not
// found costs less than the smaller of dropped and most.
type beam struct {
	d       *dual
	width   int
	most    float64
	dropped float64 // least bound of what did not fit into the width; +Inf for none

	levels   [][]node
	next     []node
	spare    []node      // takes the next level's place when it is cut
	order    [][]int32   // of each slot: positions by cost to go, with their own
	togo     [][]float64 // priced, with their own
	minLeft  []int64     // least total length of the slots from i on
	maxLeft  []int64
	thirdEnd []int // how many slots of the same third follow
	wishable []int // how many slots from i on a wished track may stand in
	tailAt   int   // slot from which on a sad path's end is looked after
	made     int32
	same     map[uint64]int32 // nodes of the next level by key; nil where a bar makes all of the order matter
	wishes   int16

	stamp    int32 // of the node being extended
	songUsed []int32
	artists  []artistUse
	chain    []int32 // its tracks, latest first
	keys     []rankKey
	worst    float64 // rank of the last that fits into the level's width; +Inf while there is room
}

// nodesAtOnce is how many nodes are extended between two looks at the ctx.
const nodesAtOnce = 32

// childWork is how many times longer a child takes to look at than a step. (d)
const childWork = 8

type artistUse struct {
	stamp int32
	count int16
	last  int16
}

type rankKey struct {
	rank  float64
	order int32
	at    int32
}

// search returns up to keep sequences that meet every rule, best first. Prices are
// those of the dual; O(n·width·candidates of a slot) at worst. An ended ctx gives
// its error.
func (d *dual) search(width int, most float64, keep int) ([][]int32, *beam, error) {
	b := d.newBeam(width, most)
	p := d.p
	for i := range p.n {
		if err := d.ctx.Err(); err != nil {
			return nil, nil, err
		}
		b.next, b.worst = b.next[:0], math.Inf(1)
		if i > 0 && b.same != nil {
			clear(b.same)
		}
		if i == p.n-1 {
			b.width *= 4 // the last level is not extended, only sifted
		}
		if i == 0 {
			b.extend(0, -1)
		} else {
			for at := range b.levels[i-1] {
				if at%nodesAtOnce == 0 && d.ctx.Err() != nil {
					return nil, nil, d.ctx.Err()
				}
				b.extend(i, int32(at))
			}
		}
		b.cut()
		b.levels[i] = slices.Clone(b.next)
		if len(b.next) == 0 {
			return nil, b, nil
		}
	}
	return b.collect(keep), b, nil
}

func (d *dual) newBeam(width int, most float64) *beam {
	p, n := d.p, d.p.n
	d.apply()
	d.backward()
	if d.memory != nil {
		d.forward()
		d.memory.value(most)
	}
	b := &beam{
		d: d, width: width, most: most, dropped: math.Inf(1), levels: make([][]node, n), order: make([][]int32, n),
		togo: make([][]float64, n), minLeft: make([]int64, n+1), maxLeft: make([]int64, n+1), thirdEnd: make([]int, n), wishable: make([]int, n+1),
		songUsed: make([]int32, p.songs), artists: make([]artistUse, p.names), tailAt: n,
	}
	for i := n - 1; i >= 0; i-- {
		lo, hi := int64(math.MaxInt32), int64(0)
		b.togo[i] = make([]float64, len(d.l.open[i]))
		b.wishable[i] = b.wishable[i+1]
		if slices.ContainsFunc(d.l.open[i], func(c int32) bool { return p.wished[c] }) {
			b.wishable[i]++
		}
		for a, c := range d.l.open[i] {
			lo, hi = min(lo, p.ms[c]), max(hi, p.ms[c])
			if b.togo[i][a] = d.priced[i][a] + d.togo[i][a]; !math.IsInf(b.togo[i][a], 1) {
				b.order[i] = append(b.order[i], int32(a))
			}
		}
		togo := b.togo[i]
		slices.SortFunc(b.order[i], func(x, y int32) int {
			switch {
			case togo[x] < togo[y]:
				return -1
			case togo[x] > togo[y]:
				return 1
			}
			return int(x - y)
		})
		b.minLeft[i], b.maxLeft[i] = b.minLeft[i+1]+lo, b.maxLeft[i+1]+hi
		if i+1 < n && p.third[i] == p.third[i+1] {
			b.thirdEnd[i] = b.thirdEnd[i+1] + 1
		}
	}
	if !math.IsInf(p.tailFloor, -1) {
		b.tailAt = max(0, n-1-int(math.Round(float64(n)*TailMinutes/float64(p.rules.minutes))))
	}
	for _, w := range p.wished {
		if w {
			b.wishes++
		}
	}
	if math.IsInf(p.rules.backtrack, 1) && p.rules.discord >= n*n {
		b.same = map[uint64]int32{}
	}
	return b
}

// extend offers every child of node at of level i−1 to the next level; at < 0 is
// the empty sequence.
func (b *beam) extend(i int, at int32) {
	d := b.d
	p, l := d.p, d.l
	from := node{priced: d.constant, parent: -1}
	b.follow(i, at)
	d.work += int64(i)
	var steps []float64
	if at >= 0 {
		from = b.levels[i-1][at]
		steps = l.steps(i-1, int(from.at))
		if p.third[i] != p.third[i-1] {
			from.familiar = 0
		}
	}
	for _, a := range b.order[i] {
		most := b.limit()
		if least := from.priced + b.togo[i][a]; least >= most {
			b.drop(least) // and the rest is dearer still: no step is free of cost below 0
			break
		}
		d.work += childWork
		step := 0.0
		if at >= 0 {
			step = steps[a]
		}
		bound := from.priced + step + b.togo[i][a]
		if bound >= most {
			b.drop(bound)
			continue
		}
		c := l.open[i][a]
		if b.songUsed[p.song[c]] == b.stamp {
			continue
		}
		child := from
		child.parent, child.at = at, a
		child.g = from.g + step + l.cost[i][a]
		child.priced = from.priced + step + d.priced[i][a]
		if d.memory != nil {
			own := d.memory.own(c)
			bound = max(bound, child.priced+d.memory.after(i, a, from.songs))
			child.songs |= own
			if bound >= most {
				b.drop(bound)
				continue
			}
		}
		child.bound = bound
		if !b.grow(&child, i, c) || !b.fits(&child, i, c) {
			continue
		}
		child.rank = bound + b.offCourse(&child, i)
		child.set += mix(uint64(c) + 1)
		b.offer(child, i, c)
	}
}

// limit returns the bound from which on nodes are of no use now.
func (b *beam) limit() float64 { return min(b.most-nothing, b.worst) }

// drop notes that something with a bound was left out though it might be cheaper
// than most.
func (b *beam) drop(bound float64) {
	if bound < b.most-nothing {
		b.dropped = min(b.dropped, bound)
	}
}

// follow reads the chain of a node: which songs and artists are taken.
func (b *beam) follow(i int, at int32) {
	p := b.d.p
	b.stamp++
	b.chain = b.chain[:0]
	for level := i - 1; level >= 0; level-- {
		n := &b.levels[level][at]
		c := b.d.l.open[level][n.at]
		b.chain = append(b.chain, c)
		b.songUsed[p.song[c]] = b.stamp
		for _, a := range p.artists[c] {
			u := &b.artists[a]
			if u.stamp != b.stamp {
				*u = artistUse{stamp: b.stamp, last: int16(level)} // the latest slot is met first
			}
			u.count++
		}
		at = n.parent
	}
}

// grow counts the new track in, and reports whether the sums can still be met.
func (b *beam) grow(child *node, i int, c int32) bool {
	p := b.d.p
	child.ms += p.ms[c]
	if off := p.rules.tolerance; child.ms+b.minLeft[i+1] > p.target()+off || child.ms+b.maxLeft[i+1] < p.target()-off {
		return false
	}
	if p.ruminant[c] {
		if child.ruminant {
			return false
		}
		child.ruminant = true
	}
	if p.wished[c] {
		child.wishes++
	}
	if int(b.wishes-child.wishes) > b.wishable[i+1] {
		return false
	}
	if b.same == nil && i > 0 {
		child.back += max(0, p.progress[b.chain[0]]-p.progress[c])
		if child.back > p.rules.backtrack {
			return false
		}
	}
	if i >= b.tailAt {
		child.tail += float64(p.ms[c]) * (p.sounds[c].At.Valence - p.tailFloor)
	}
	if p.bands == nil || !p.rules.familiar {
		return true
	}
	if p.familiar[c] {
		child.familiar++
	}
	band := p.band(int(p.third[i]))
	return int(child.familiar) <= band.hi && int(child.familiar)+b.thirdEnd[i] >= band.lo
}

// fits reports whether the new track may follow this chain.
func (b *beam) fits(child *node, i int, c int32) bool {
	p := b.d.p
	for _, a := range p.artists[c] {
		u := b.artists[a]
		if u.stamp == b.stamp && (int(u.count) >= p.rules.cap || i-int(u.last) < p.rules.spacing) {
			return false
		}
	}
	if b.same == nil {
		for _, x := range b.chain {
			if p.progress[x] > p.progress[c] {
				child.discord++
			}
		}
	}
	return int(child.discord) <= p.rules.discord
}

// Weights of being off course, in units of cost. They decide only whom the beam
// keeps. (d)
const (
	lateWeight   = .002 // of the square of the minutes beyond what later slots can mend
	lateMend     = 20e3 // ms a later slot can mend
	sadderWeight = 4    // of the square of a tail's missing mean valence
	hastyWeight  = .05  // of the square of the share of a bar's allowance used too early
)

// offCourse returns a penalty for a sum that will be hard to mend.
func (b *beam) offCourse(child *node, i int) float64 {
	p := b.d.p
	pace := float64(p.target()) * float64(i+1) / float64(p.n)
	off := math.Abs(float64(child.ms)-pace) - float64(p.rules.tolerance)*.8 - lateMend*float64(p.n-1-i)
	penalty := 0.0
	if off > 0 {
		off /= 60e3
		penalty = lateWeight * off * off
	}
	if child.tail < 0 {
		missing := child.tail / (TailMinutes * 60e3)
		penalty += sadderWeight * missing * missing
	}
	// Going back is paid from an allowance for the whole playlist.
	share := float64(i+1) / float64(p.n)
	if hasty := child.back/p.rules.backtrack - share; hasty > 0 {
		penalty += hastyWeight * hasty * hasty
	}
	return penalty
}

// offer adds a node to the next level, unless another there has the same key and is
// no dearer; a dearer one gives way.
func (b *beam) offer(child node, i int, c int32) {
	child.order = b.made
	b.made++
	if b.same != nil {
		key := b.key(&child, i, c)
		if at, is := b.same[key]; is {
			if child.g < b.next[at].g {
				b.next[at] = child
			}
			return
		}
		b.same[key] = int32(len(b.next))
	}
	if b.next = append(b.next, child); len(b.next) >= 3*b.width {
		b.cut()
		if b.same != nil {
			clear(b.same) // what is not known to be the same is only kept twice
		}
	}
}

// key hashes all that what may follow a node depends on, and what that costs: the
// tracks it holds, the last as far as artists are kept apart, how many familiar ones
// its third has, and of a sad path the order of those that may be heard in the last
// minutes.
func (b *beam) key(child *node, i int, c int32) uint64 {
	p := b.d.p
	key := mix(child.set+uint64(child.familiar)) ^ uint64(c)
	left := int64(0) // of the last minutes for what was before c, at most
	if !math.IsInf(p.tailFloor, -1) {
		follows := max(b.minLeft[i+1], p.target()-p.rules.tolerance-child.ms)
		left = TailMinutes*60_000 - follows - p.ms[c]
	}
	for k, x := range b.chain {
		if left <= 0 && k >= p.rules.spacing-2 {
			break
		}
		left -= p.ms[x]
		key = mix(key) ^ uint64(x)
	}
	return mix(key)
}

// mix is a bijective hash of 64 bits (Steele, Lea & Flood 2014,
// doi:10.1145/2660193.2660195).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// cut sorts the next level by rank and drops what is beyond the width.
func (b *beam) cut() {
	b.keys = b.keys[:0]
	for at, n := range b.next {
		b.keys = append(b.keys, rankKey{n.rank, n.order, int32(at)})
	}
	slices.SortFunc(b.keys, func(x, y rankKey) int {
		switch {
		case x.rank < y.rank:
			return -1
		case x.rank > y.rank:
			return 1
		}
		return int(x.order - y.order)
	})
	sorted := b.spare[:0]
	for k, key := range b.keys {
		if k < b.width {
			sorted = append(sorted, b.next[key.at])
		} else {
			b.drop(b.next[key.at].bound)
		}
	}
	if len(sorted) == b.width {
		b.worst = sorted[b.width-1].rank
	}
	b.next, b.spare = sorted, b.next
}

// collect reads the feasible sequences off the last level.
func (b *beam) collect(keep int) [][]int32 {
	n := b.d.p.n
	last := b.levels[n-1]
	slices.SortFunc(last, func(x, y node) int {
		switch {
		case x.g < y.g:
			return -1
		case x.g > y.g:
			return 1
		}
		return int(x.order - y.order)
	})
	var out [][]int32
	for at := range last {
		if last[at].g >= b.most-nothing {
			break // its bound was lower: there are prices it did not use
		}
		seq := make([]int32, n)
		for i, k := n-1, int32(at); i >= 0; i-- {
			seq[i] = b.d.l.open[i][b.levels[i][k].at]
			k = b.levels[i][k].parent
		}
		if b.d.p.feasible(seq) {
			if out = append(out, seq); len(out) == keep {
				break
			}
		}
	}
	return out
}
