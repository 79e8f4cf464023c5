package kernel

import (
	"math"

	"segue/matrix"
)

// places is the number of lanes of the widest vector, and so how many places a sum
// has while rows are added up.
const places = 16

// A mixtureRoom holds one block's intermediate values and one chunk's sums.
//
// Every sum has so many places, of which a version uses as many as it has lanes,
// and the portable one the first. In the order of acc, with each sums per
// component: Weight, First and Second of a Full or Axes component, or Weight, First
// and a row of Cross of a Tied one; then Second of all Tied components; then the
// log-likelihood.
type mixtureRoom[F matrix.Float] struct {
	versions           *mixtureSet[F]
	stride             int   // rows in a block, a multiple of four vectors
	r                  []F   // k×stride: log-densities, then responsibilities
	total              []F   // stride
	cols, whites       [][]F // d, the block's rows in the table and in white
	few                []F   // d×places
	deviation, white   []F   // d×stride, and columns of 0 up to a multiple of 3
	means, ones        []F   // of a Tied mixture: W(μ−μ₀), k×d; d ones
	acc                []float64
	each, pooled, logs int // sums per component; where the last two begin
}

func (g *Mixture[F]) newRoom() *mixtureRoom[F] {
	room := &mixtureRoom[F]{versions: &of[F]().mixture, stride: 256, cols: make([][]F, g.D), whites: make([][]F, g.D), few: make([]F, g.D*places)}
	if g.D > 4 {
		room.stride = 128 // so that the columns stay in a first-level cache
	}
	switch g.Form {
	case Full:
		room.each = 1 + g.D + g.D*(g.D+1)/2
	case Tied:
		room.each = 1 + g.D + g.K
	case Axes:
		room.each = 1 + g.D + g.D
	}
	room.pooled = g.K * room.each
	room.logs = room.pooled
	if g.Form == Tied {
		room.logs += g.D * (g.D + 1) / 2
		room.means, room.ones = make([]F, g.K*g.D), make([]F, g.D)
		for j := range room.ones {
			room.ones[j] = 1
		}
	}
	room.acc = make([]float64, (room.logs+1)*places)
	room.r, room.total = make([]F, g.K*room.stride), make([]F, room.stride)
	if g.Form != Axes {
		room.deviation, room.white = make([]F, (g.D+2)*room.stride), make([]F, (g.D+2)*room.stride)
	}
	return room
}

// center computes means, for a Tied mixture: with z = W(x−μ₀), W(x−μ) is
// z − W(μ−μ₀).
func (room *mixtureRoom[F]) center(g *Mixture[F]) {
	for c := 0; g.Form == Tied && c < g.K; c++ {
		w := g.Whiten
		for j := range g.D {
			sum := 0.0
			for l := range j + 1 {
				sum += float64(w[l]) * (float64(g.Mean[c*g.D+l]) - float64(g.Mean[l]))
			}
			room.means[c*g.D+j] = F(sum)
			w = w[j+1:]
		}
	}
}

// cut points cols at a block of the rows [lo, hi) of x, which ends before row end.
// rows is what the steps are to take for its length: whole vectors. Fewer rows
// than that are copied, with rows of no consequence after them, so that what
// becomes of a row does not depend on where it stands.
func (room *mixtureRoom[F]) cut(g *Mixture[F], x matrix.Table[F], lo, hi int) (end, rows int) {
	if hi-lo >= places {
		rows = min(room.stride, (hi-lo)/places*places)
		for j := range room.cols {
			room.cols[j] = x.Col(j)[lo : lo+rows]
		}
		return lo + rows, rows
	}
	for j := range room.cols {
		col := room.few[j*places : (j+1)*places]
		for i := copy(col, x.Col(j)[lo:hi]); i < places; i++ {
			col[i] = g.Mean[j]
		}
		room.cols[j] = col
	}
	return hi, places
}

// normalize does what its version says for the first own of rows, and gives the
// others neither likelihood nor responsibilities.
func (room *mixtureRoom[F]) normalize(own, rows int) {
	none := F(0) // of the first component, ln 1
	for at := 0; own < rows && at < len(room.r); at += room.stride {
		for i := own; i < rows; i++ {
			room.r[at+i] = none
		}
		none = F(math.Inf(-1))
	}
	room.versions.normalize(room.r, room.stride, room.total[:rows], room.acc[room.logs*places:])
	for at := 0; own < rows && at < len(room.r); at += room.stride {
		clear(room.r[at+own : at+rows])
	}
}

// whiteCols returns the first rows rows of white.
func (room *mixtureRoom[F]) whiteCols(rows int) [][]F {
	for j := range room.whites {
		room.whites[j] = room.white[j*room.stride : j*room.stride+rows]
	}
	return room.whites
}

// of returns the block's values for component c.
func (room *mixtureRoom[F]) of(c int) []F { return room.r[c*room.stride : (c+1)*room.stride] }

// sum adds the places of sum q, and sets them to zero.
func (room *mixtureRoom[F]) sum(q int) (total float64) {
	for width := places / 2; width > 0; width /= 2 {
		s := room.acc[q*places : q*places+2*width]
		for i := range width {
			s[i] += s[i+width]
		}
	}
	total = room.acc[q*places]
	clear(room.acc[q*places : (q+1)*places])
	return total
}

// fold adds the sums to m.
func (room *mixtureRoom[F]) fold(g *Mixture[F], m *Moments[F]) {
	q := 0
	take := func(to []float64) {
		for i := range to {
			to[i] += room.sum(q)
			q++
		}
	}
	for c := range g.K {
		take(m.Weight[c : c+1])
		take(m.First[c*g.D : (c+1)*g.D])
		if g.Form == Tied {
			take(m.Cross[c*g.K : (c+1)*g.K])
			continue
		}
		second := len(m.Second) / g.K
		take(m.Second[c*second : (c+1)*second])
	}
	if g.Form == Tied {
		take(m.Second)
	}
	m.LogLikelihood += room.sum(q)
}

// most writes the component of the largest log-density of each row.
func (room *mixtureRoom[F]) most(labels []int32) {
	for i := range labels {
		labels[i] = 0
	}
	top := room.total[:len(labels)]
	copy(top, room.r)
	for c := 1; c*room.stride < len(room.r); c++ {
		for i, v := range room.of(c)[:len(top)] {
			if v > top[i] {
				labels[i], top[i] = int32(c), v
			}
		}
	}
}

// remotest is a quarter of about the largest F, one over its least normal number: no
// squared whitened distance counts as more.
func remotest[F matrix.Float]() F {
	v := math.Ldexp(1, 1022)
	if _, small := any(F(0)).(float32); small {
		v = math.Ldexp(1, 126)
	}
	return F(v)
}
