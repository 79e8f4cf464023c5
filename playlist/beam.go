package playlist

import (
	"context"
	"math"
	"slices"
)

// The beam's width: how many partial sequences it keeps after each slot. Few
// candidates leave room for more. (d)
const (
	beamWidth    = 160
	maxBeamWidth = 640
)

// state is a partial sequence that ends in cand.
type state struct {
	parent   int32 // in the level before
	cand     int32
	order    int32 // of creation, decides ties
	familiar int16 // familiar tracks in the present third
	discord  int16
	ruminant bool
	g        float64 // cost so far
	rank     float64 // what the beam sorts by
	ms       int64
	back     float64
	tail     float64 // Σ ms·(valence − floor) over the slots of a sad path's end
}

// beam searches for a sequence of least cost, slot by slot. What it prunes
// for good is only what cannot be completed: rank, which decides whom the limited
// width keeps, adds to the cost so far the least possible cost to go (see
// toGo) and how far length and tail are off course. It returns up to keep
// complete sequences that meet every rule, best first, none if it found none.
// O(n·width·m) at worst; most children are cut off unseen.
func (p *problem) beam(ctx context.Context, width, keep int) ([][]int32, error) {
	s := p.newSearch()
	levels := make([][]state, p.n)
	for i := range p.n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.next = s.next[:0]
		s.made, s.width = 0, width
		if i == p.n-1 {
			s.width = 4 * width // the last level is not extended, only sifted
		}
		if i == 0 {
			s.extend(levels, 0, -1)
		} else {
			for at := range levels[i-1] {
				s.extend(levels, i, int32(at))
			}
		}
		slices.SortFunc(s.next, compareStates)
		levels[i] = slices.Clone(s.next)
		if len(levels[i]) == 0 {
			return nil, nil
		}
	}
	return p.collect(levels, keep), nil
}

func compareStates(a, b state) int {
	switch {
	case a.rank < b.rank:
		return -1
	case a.rank > b.rank:
		return 1
	}
	return int(a.order - b.order)
}

// collect reads the feasible sequences off the last level.
func (p *problem) collect(levels [][]state, keep int) [][]int32 {
	last := levels[p.n-1]
	slices.SortFunc(last, func(a, b state) int {
		switch {
		case a.g < b.g:
			return -1
		case a.g > b.g:
			return 1
		}
		return int(a.order - b.order)
	})
	var out [][]int32
	for at := range last {
		seq := make([]int32, p.n)
		for i, k := p.n-1, int32(at); i >= 0; i-- {
			seq[i] = levels[i][k].cand
			k = levels[i][k].parent
		}
		if p.feasible(seq) {
			if out = append(out, seq); len(out) == keep {
				break
			}
		}
	}
	return out
}

// search holds what the beam needs beside its states.
type search struct {
	p       *problem
	width   int
	made    int32
	next    []state   // a max-heap by rank
	togo    []float64 // n×m: least cost of the slots after a candidate in a slot
	order   [][]int32 // of each slot: allowed candidates by unary + togo
	minLeft []int64   // least total length of the slots from i on
	maxLeft []int64
	tailAt  int // first slot that counts for a sad path's end

	stamp    int32 // of the state being extended
	songUsed []int32
	artists  []artistUse
	chain    []int32
	used     []float64 // progress along the chain
}

type artistUse struct {
	stamp int32
	count int16
	last  int16
}

func (p *problem) newSearch() *search {
	s := &search{p: p, songUsed: make([]int32, p.songs), artists: make([]artistUse, p.names)}
	s.togo = p.toGo()
	s.order = make([][]int32, p.n)
	s.minLeft, s.maxLeft = make([]int64, p.n+1), make([]int64, p.n+1)
	for i := p.n - 1; i >= 0; i-- {
		lo, hi := int64(math.MaxInt64), int64(0)
		bound := make([]float64, p.m)
		for c := range p.m {
			bound[c] = p.unary[i*p.m+c] + s.togo[i*p.m+c]
			if !math.IsInf(bound[c], 1) {
				s.order[i] = append(s.order[i], int32(c))
			}
			if !math.IsInf(p.unary[i*p.m+c], 1) {
				lo, hi = min(lo, p.ms[c]), max(hi, p.ms[c])
			}
		}
		slices.SortStableFunc(s.order[i], func(a, b int32) int {
			switch {
			case bound[a] < bound[b]:
				return -1
			case bound[a] > bound[b]:
				return 1
			}
			return int(a - b)
		})
		if hi == 0 {
			lo = 0
		}
		s.minLeft[i], s.maxLeft[i] = s.minLeft[i+1]+lo, s.maxLeft[i+1]+hi
	}
	s.tailAt = p.n
	if !math.IsInf(p.tailFloor, -1) {
		s.tailAt = max(0, p.n-1-int(math.Round(float64(p.n)*TailMinutes/float64(p.rules.minutes))))
	}
	return s
}

// toGo returns for each slot and candidate the least cost of all that follows,
// were tracks allowed to repeat: Viterbi backwards, an admissible bound. A
// candidate list sorted by cost lets most pairs be skipped.
func (p *problem) toGo() []float64 {
	h := make([]float64, p.n*p.m)
	order, after := make([]int32, 0, p.m), make([]float64, p.m)
	for i := p.n - 2; i >= 0; i-- {
		order = order[:0]
		for c := range p.m {
			if after[c] = p.unary[(i+1)*p.m+c] + h[(i+1)*p.m+c]; !math.IsInf(after[c], 1) {
				order = append(order, int32(c))
			}
		}
		slices.SortFunc(order, func(a, b int32) int {
			switch {
			case after[a] < after[b]:
				return -1
			case after[a] > after[b]:
				return 1
			}
			return int(a - b)
		})
		for c := range p.m {
			best := math.Inf(1)
			if math.IsInf(p.unary[i*p.m+c], 1) {
				h[i*p.m+c] = best // never asked for
				continue
			}
			for _, d := range order {
				if after[d] >= best {
					break
				}
				best = min(best, after[d]+p.step(int32(c), d))
			}
			h[i*p.m+c] = best
		}
	}
	return h
}

// extend offers every child of state at of level i−1 to the next level; at < 0
// is the empty sequence.
func (s *search) extend(levels [][]state, i int, at int32) {
	p := s.p
	var from state
	s.follow(levels, i, at)
	if at >= 0 {
		from = levels[i-1][at]
		if p.third[i] != p.third[i-1] {
			from.familiar = 0
		}
	}
	for _, c := range s.order[i] {
		to := p.unary[i*p.m+int(c)] + s.togo[i*p.m+int(c)]
		if len(s.next) == s.width && from.g+to > s.next[0].rank {
			break // the rest is dearer still, and no step is free of cost below 0
		}
		child := from
		child.parent, child.cand = at, c
		step := 0.0
		if at >= 0 {
			step = p.step(from.cand, c)
		}
		child.g = from.g + step + p.unary[i*p.m+int(c)]
		f := from.g + step + to
		if math.IsInf(f, 1) || len(s.next) == s.width && f > s.next[0].rank {
			continue
		}
		if !s.grow(&child, i) {
			continue
		}
		child.rank = f + s.offCourse(&child, i)
		if len(s.next) == s.width && child.rank >= s.next[0].rank {
			continue
		}
		if !s.fits(&child, i) {
			continue
		}
		child.order = s.made
		s.made++
		s.push(child)
	}
}

// follow reads the chain of a state: which songs and artists are taken.
func (s *search) follow(levels [][]state, i int, at int32) {
	s.stamp++
	s.chain, s.used = s.chain[:0], s.used[:0]
	for l := i - 1; l >= 0; l-- {
		st := levels[l][at]
		s.chain = append(s.chain, st.cand)
		s.used = append(s.used, s.p.progress[st.cand])
		s.songUsed[s.p.song[st.cand]] = s.stamp
		for _, a := range s.p.artists[st.cand] {
			u := &s.artists[a]
			if u.stamp != s.stamp {
				*u = artistUse{stamp: s.stamp, last: int16(l)} // the latest slot is met first
			}
			u.count++
		}
		at = st.parent
	}
}

// grow counts the new track in, and reports whether the sums can still be met.
func (s *search) grow(c *state, i int) bool {
	p := s.p
	c.ms += p.ms[c.cand]
	off := p.rules.tolerance
	if c.ms+s.minLeft[i+1] > p.target()+off || c.ms+s.maxLeft[i+1] < p.target()-off {
		return false
	}
	if p.ruminant[c.cand] {
		if c.ruminant {
			return false
		}
		c.ruminant = true
	}
	if i > 0 {
		c.back += max(0, s.used[0]-p.progress[c.cand])
		if c.back > p.rules.backtrack {
			return false
		}
	}
	if i >= s.tailAt {
		c.tail += float64(p.ms[c.cand]) * (p.sounds[c.cand].At.Valence - p.tailFloor)
	}
	if p.bands == nil || !p.rules.familiar {
		return true
	}
	if p.familiar[c.cand] {
		c.familiar++
	}
	b := p.bands[p.third[i]]
	left := 0
	for j := i + 1; j < p.n && p.third[j] == p.third[i]; j++ {
		left++
	}
	return int(c.familiar) <= b.hi && int(c.familiar)+left >= b.lo
}

// fits reports whether the new track may follow this chain.
func (s *search) fits(c *state, i int) bool {
	p := s.p
	if s.songUsed[p.song[c.cand]] == s.stamp {
		return false
	}
	for _, a := range p.artists[c.cand] {
		u := s.artists[a]
		if u.stamp == s.stamp && (int(u.count) >= p.rules.cap || i-int(u.last) < p.rules.spacing) {
			return false
		}
	}
	for _, q := range s.used {
		if q > p.progress[c.cand] {
			c.discord++
		}
	}
	return int(c.discord) <= p.rules.discord
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
func (s *search) offCourse(c *state, i int) float64 {
	p := s.p
	pace := float64(p.target()) * float64(i+1) / float64(p.n)
	off := math.Abs(float64(c.ms)-pace) - float64(p.rules.tolerance)*.8 - lateMend*float64(p.n-1-i)
	penalty := 0.0
	if off > 0 {
		off /= 60e3
		penalty = lateWeight * off * off
	}
	if c.tail < 0 {
		missing := c.tail / (TailMinutes * 60e3)
		penalty += sadderWeight * missing * missing
	}
	// Going back is paid from an allowance for the whole playlist.
	share := float64(i+1) / float64(p.n)
	if hasty := c.back/p.rules.backtrack - share; hasty > 0 {
		penalty += hastyWeight * hasty * hasty
	}
	return penalty
}

// push adds a state to the heap, dropping the worst if it is full.
func (s *search) push(c state) {
	h := s.next
	if len(h) < s.width {
		h = append(h, c)
		for i := len(h) - 1; i > 0; {
			up := (i - 1) / 2
			if compareStates(h[i], h[up]) <= 0 {
				break
			}
			h[i], h[up] = h[up], h[i]
			i = up
		}
		s.next = h
		return
	}
	h[0] = c
	for i := 0; ; {
		big := i
		for _, k := range [2]int{2*i + 1, 2*i + 2} {
			if k < len(h) && compareStates(h[k], h[big]) > 0 {
				big = k
			}
		}
		if big == i {
			return
		}
		h[i], h[big] = h[big], h[i]
		i = big
	}
}
