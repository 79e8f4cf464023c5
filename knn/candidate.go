package knn

import "math"

// candidate is a row that may be an answer: its distance in scaled units lies in
// [low, high].
type candidate struct {
	low, high float64
	distance  float64 // exact, in the table's units, once resolved
	place     int32
	resolved  bool
}

// tighten lowers the limit by what was found, drops what is beyond it, and says
// when to do so again. Where codes cannot tell enough rows apart, it resolves.
func (s *search) tighten() {
	s.narrow()
	if crowd := 4*s.k + 64; len(s.found) > crowd {
		s.resolve()
		if len(s.found) > s.k {
			s.pick(s.k, byDistance(s.ix.rows))
			s.found = s.found[:s.k]
		}
		s.narrow()
	}
	s.full = len(s.found) + max(16, s.k/4)
}

// narrow lowers the limit to the k-th lowest high and drops what is beyond it.
func (s *search) narrow() {
	if len(s.found) < s.k {
		return
	}
	s.pick(s.k, byHigh)
	high := 0.0
	for _, c := range s.found[:s.k] {
		high = max(high, c.high)
	}
	s.lower(high)
	rest := s.found[:0]
	for _, c := range s.found {
		if c.low <= s.limit {
			rest = append(rest, c)
		}
	}
	s.found = rest
}

// resolve measures every candidate in full.
func (s *search) resolve() {
	ix := s.ix
	rest := s.found[:0]
	for _, c := range s.found {
		if !c.resolved {
			c.resolved, c.distance = true, ix.distance(int(c.place), s.query)
			// The distance before rounding and underflow, in scaled units.
			v := c.distance * ix.scale
			c.low = math.Sqrt(max(0, v*v*(1-1e-13)-s.vanish))
			c.high = math.Sqrt(v*v*(1+1e-13) + s.vanish)
		}
		if c.distance >= 0 { // a damaged file may hold NaN
			rest = append(rest, c)
		}
	}
	s.found = rest
}

// distance returns the distance from the row at place p to query.
func (ix *Index) distance(p int, query []float64) float64 {
	d, sum := ix.d, 0.0
	if ix.points32 != nil {
		for j, v := range ix.points32[p*d:][:len(query)] {
			gap := float64(v) - query[j]
			sum += float64(gap * gap) // the conversion forbids fusing with the sum
		}
		return math.Sqrt(sum)
	}
	for j, v := range ix.points[p*d:][:len(query)] {
		gap := v - query[j]
		sum += float64(gap * gap)
	}
	return math.Sqrt(sum)
}

func byHigh(a, b *candidate) bool { return a.high < b.high }

// byDistance orders resolved candidates as their neighbours.
func byDistance(rows []int32) func(a, b *candidate) bool {
	return func(a, b *candidate) bool {
		if a.distance != b.distance {
			return a.distance < b.distance
		}
		return rows[a.place] < rows[b.place]
	}
}

// pick moves the first k of found, in the order of less, to its front: Hoare's
// quickselect.
func (s *search) pick(k int, less func(a, b *candidate) bool) {
	f := s.found
	for lo, hi := 0, len(f)-1; lo < hi && k < len(f); {
		pivot := f[lo+(hi-lo)/2]
		a, b := lo, hi
		for a <= b {
			for less(&f[a], &pivot) {
				a++
			}
			for less(&pivot, &f[b]) {
				b--
			}
			if a <= b {
				f[a], f[b] = f[b], f[a]
				a++
				b--
			}
		}
		switch { // [lo, b] ≤ pivot ≤ [a, hi], and what lies between equals it
		case k-1 <= b:
			hi = b
		case k-1 >= a:
			lo = a
		default:
			return
		}
	}
}
