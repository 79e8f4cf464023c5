package knn

import "math"

// search is one walk down the tree. best is a heap, its worst neighbour on top,
// once it is full.
type search struct {
	ix    *Index
	query []float64
	keep  func(row int) bool
	best  []Neighbor
	limit float64 // no squared distance above it can enter best
	sq    [leafRows]float64
}

// visit searches node i, whose box is at squared distance apart, the nearer
// child first.
func (s *search) visit(i int, apart float64) {
	if apart > s.limit {
		return
	}
	nd := s.ix.nodes[i]
	if nd.right == 0 {
		s.scan(nd)
		return
	}
	near, far := i+1, int(nd.right)
	dNear, dFar := s.ix.boxDistance(near, s.query), s.ix.boxDistance(far, s.query)
	if dFar < dNear {
		near, far, dNear, dFar = far, near, dFar, dNear
	}
	s.visit(near, dNear)
	s.visit(far, dFar)
}

// boxDistance returns the squared distance from query to the box of node i, 0
// inside. It adds the same way as scan does: as rounding keeps order, no row in
// the box can come out nearer than the box.
func (ix *Index) boxDistance(i int, query []float64) float64 {
	d := ix.d
	low, high := ix.box[2*i*d:][:d], ix.box[(2*i+1)*d:][:d]
	sum := 0.0
	for j, q := range query[:d] {
		gap := max(low[j]-q, q-high[j], 0)
		sum += float64(gap * gap) // the conversion forbids fusing with the sum
	}
	return sum
}

// scan offers the rows of a leaf.
func (s *search) scan(nd node) {
	d := s.ix.d
	m := int(nd.hi - nd.lo)
	leaf := s.ix.points[int(nd.lo)*d:][:m*d]
	sq := s.sq[:m]
	// Two columns at a time, added in the order of the columns.
	j := 0
	if d%2 == 1 {
		q, col := s.query[0], leaf[:m]
		for t, v := range col {
			v -= q
			sq[t] = v * v
		}
		j = 1
	} else {
		clear(sq)
	}
	for ; j < d; j += 2 {
		qa, qb := s.query[j], s.query[j+1]
		a, b := leaf[j*m:][:len(sq)], leaf[(j+1)*m:][:len(sq)]
		for t := range sq {
			va, vb := a[t]-qa, b[t]-qb
			sum := sq[t] + float64(va*va)
			sq[t] = sum + float64(vb*vb)
		}
	}
	for t, v := range sq {
		if v <= s.limit {
			s.offer(int(s.ix.rows[int(nd.lo)+t]), v)
		}
	}
}

// offer puts a row into best if it belongs there. It compares roots, for two
// squares can share one, and a neighbour's rank must agree with its Distance.
func (s *search) offer(row int, square float64) {
	it := Neighbor{Row: row, Distance: math.Sqrt(square)}
	full := len(s.best) == cap(s.best)
	if full && compare(it, s.best[0]) > 0 {
		return
	}
	if s.keep != nil && !s.keep(row) {
		return
	}
	if !full {
		s.best = append(s.best, it)
		if len(s.best) < cap(s.best) {
			return
		}
		for i := len(s.best)/2 - 1; i >= 0; i-- {
			s.sink(i)
		}
	} else {
		s.best[0] = it
		s.sink(0)
	}
	// 1 + 10⁻¹⁵ outweighs the roundings of root, square and product.
	worst := s.best[0].Distance
	s.limit = worst * worst * (1 + 1e-15)
}

// sink restores the heap below i.
func (s *search) sink(i int) {
	h := s.best
	for {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && compare(h[c], h[c+1]) < 0 {
			c++
		}
		if compare(h[c], h[i]) <= 0 {
			return
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
}
