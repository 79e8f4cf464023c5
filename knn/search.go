package knn

import (
	"math"
	"math/bits"
	"slices"

	"segue/internal/kernel"
)

// search is one walk down the tree. Its distances are in the units of the tree
// and, if not said to be otherwise, to the real point, of which codes and
// rounding know a part.
type search struct {
	ix     *Index
	query  []float64
	k      int
	keep   func(row int) bool
	subset *Subset

	start   []float64 // the query, scaled, or the point nearest to it within reach
	between []float32 // for each column two values around start
	outside float64   // squared distance from the query to start
	vanish  float64   // what squares lose by underflow at most, in scaled units

	limit    float64 // no row farther than this can be an answer
	left     float64 // the same as a distance from start
	boxLimit float32 // left squared, for boxes

	found []candidate
	full  int // so many found that limit should be looked at again

	coords [kernel.CodeColumns / 2]int32
	sums   []int32
	bits   []uint64
	apart  [][fan]float32 // by level
}

// nearest is Nearest after its checks.
func (ix *Index) nearest(query []float64, k int, keep func(row int) bool, subset *Subset) []Neighbor {
	if k == 0 || ix.n == 0 {
		return nil
	}
	s, _ := ix.searches.Get().(*search)
	if s == nil {
		s = &search{
			ix:      ix,
			start:   make([]float64, ix.d+1), // and one for the pair of the last
			between: make([]float32, 2*ix.d),
			sums:    make([]int32, ix.leafRows),
			bits:    make([]uint64, ix.leafRows/kernel.CodeRows),
			apart:   make([][fan]float32, len(ix.levels)),
		}
	}
	s.begin(query, min(k, ix.n), keep, subset)
	s.node(len(ix.levels)-1, 0)
	best := s.finish()
	s.query, s.keep, s.subset = nil, nil, nil
	if cap(s.found) <= 1<<14 { // else let it go
		ix.searches.Put(s)
	}
	return best
}

func (s *search) begin(query []float64, k int, keep func(row int) bool, subset *Subset) {
	ix := s.ix
	s.query, s.k, s.keep, s.subset = query, k, keep, subset
	s.outside = 0
	for j, q := range query {
		q := ix.scaled(j, q)
		at := max(-reach, min(q, reach))
		s.start[j] = at
		s.between[2*j], s.between[2*j+1] = below(at), above(at)
		s.outside += (q - at) * (q - at)
	}
	s.vanish = 4 * float64(ix.d) * (ix.scale * 0x1p-537) * (ix.scale * 0x1p-537)
	s.limit, s.left, s.boxLimit = math.Inf(1), math.Inf(1), float32(math.Inf(1))
	s.found, s.full = s.found[:0], k
}

// node searches below node i of a level, the nearest children first.
func (s *search) node(lev, i int) {
	ix := s.ix
	at := ix.levels[lev].first + i
	size := ix.boundsPerNode()
	apart := &s.apart[lev]
	near := kernel.Boxes(ix.bounds[at*size:][:size], s.between, s.boxLimit, apart[:])
	near &= 1<<ix.children(lev, i) - 1
	if s.subset != nil {
		near &= uint32(s.subset.children[at])
	}
	// A distance is not negative, so its bits order as it does.
	var order [fan]uint64
	count := 0
	for ; near != 0; near &= near - 1 {
		c := bits.TrailingZeros32(near) % fan
		key := uint64(math.Float32bits(apart[c]))<<32 | uint64(c)
		p := count
		for ; p > 0 && order[(p-1)%fan] > key; p-- {
			order[p%fan] = order[(p-1)%fan]
		}
		order[p%fan] = key
		count++
	}
	for _, key := range order[:count] {
		if math.Float32frombits(uint32(key>>32)) > s.boxLimit {
			return
		}
		if child := i*fan + int(uint32(key)); lev == 0 {
			s.leaf(child)
		} else {
			s.node(lev-1, child)
		}
	}
}

// leaf adds to found the rows of a leaf that may be answers.
func (s *search) leaf(leaf int) {
	ix := s.ix
	about := ix.leaves[leaf*ix.perLeaf():][:ix.perLeaf()]
	step, blur := about[ix.coded], about[ix.coded+1]
	parts := (1 << kernel.CodeBits) / step
	coords, exact := s.locate(about[:ix.coded], parts)
	limit := int32(math.MaxInt32)
	if most := (s.left + blur) * parts; most < 46340 { // √2³¹
		limit = int32(most*most*(1+1e-9)) + 1
	}
	lo, hi := ix.places(leaf)
	first, blocks := lo/kernel.CodeRows, ceil(hi-lo, kernel.CodeRows)
	size := ix.codesPerBlock()
	near := s.bits[:blocks]
	kernel.Codes(ix.codes[first*size:][:blocks*size], coords, limit, s.sums, near)
	if rest := (hi - lo) % kernel.CodeRows; rest > 0 {
		near[blocks-1] &= 1<<rest - 1
	}
	for b, word := range near {
		if s.subset != nil {
			word &= s.subset.words[first+b]
		}
		for ; word != 0; word &= word - 1 {
			i := b*kernel.CodeRows + bits.TrailingZeros64(word)
			if s.keep != nil && !s.keep(int(ix.rows[lo+i])) {
				continue
			}
			c := candidate{place: int32(lo + i)}
			apart := math.Sqrt(float64(s.sums[i])) / parts
			c.low, c.high = max(0, apart-blur), apart+blur
			if !exact {
				c.low, c.high = math.Sqrt(c.low*c.low+s.outside)*(1-1e-12), math.Inf(1)
			}
			s.found = append(s.found, c)
		}
	}
	if len(s.found) >= s.full {
		s.tighten()
	}
}

// locate returns start in the parts of a leaf's codes, two coordinates a word, or
// the point nearest to it among those kernel.Codes can reach. That one tells how
// near a row is at least, but not, unless exact, how far at most.
func (s *search) locate(low []float64, parts float64) (coords []int32, exact bool) {
	const most, least = kernel.CodeReach, 255<<kernel.CodeBits - kernel.CodeReach
	exact = s.outside == 0 && len(low) == s.ix.d
	at := func(j int) int32 {
		v := (s.start[j] - low[j]) * parts
		if v > most || v < least {
			v, exact = max(least, min(v, most)), false
		}
		return int32(v-(least-0.5)) + least // rounded: what is converted is positive
	}
	coords = s.coords[:s.ix.pairs]
	for p := range coords {
		x, y := at(2*p), int32(0)
		if 2*p+1 < len(low) {
			y = at(2*p + 1)
		}
		coords[p] = x&0xffff | y<<16
	}
	return coords, exact
}

// lower sets the limit given that k rows are at most this far.
func (s *search) lower(high float64) {
	ix := s.ix
	if !(high < 1e150*ix.scale) { // squares could overflow, and rows tie that do not
		return
	}
	// What came out nearer may be farther, by rounding: 10⁻¹³ outweighs the sum,
	// the squares and the root, vanish what squares lost by underflow.
	limit := math.Sqrt(high*high*(1+1e-13)+s.vanish) + slop*math.Sqrt(float64(ix.d))
	if !(limit < s.limit) {
		return
	}
	s.limit, s.left = limit, limit
	if s.outside > 0 {
		rest := limit*limit*(1+1e-13) - s.outside*(1-1e-13)
		if !(rest < math.Inf(1)) {
			return
		}
		s.left = math.Sqrt(max(0, rest)) + slop*math.Sqrt(float64(ix.d))
	}
	// Boxes is off by (d + 4) roundings of float32, or by one that underflowed.
	s.boxLimit = above(s.left*s.left*(1+float64(ix.d+8)*0x1p-23) + 0x1p-120)
}

// finish returns the answer.
func (s *search) finish() []Neighbor {
	s.narrow()
	s.resolve()
	best := make([]Neighbor, len(s.found))
	for i, c := range s.found {
		best[i] = Neighbor{Row: int(s.ix.rows[c.place]), Distance: c.distance}
	}
	slices.SortFunc(best, compare)
	return best[:min(s.k, len(best))]
}
