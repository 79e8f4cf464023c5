package kernel

import (
	"sync"

	"segue/matrix"
)

// A Form is what the covariances of a Mixture have in common, and so how much work
// they are.
type Form int

const (
	Full Form = iota // any: O(d²) per row and component
	Tied             // one for all components: O(d²) per row, O(d) per row and component
	Axes             // diagonal: O(d) per row and component
)

// A Mixture is k Gaussians in d columns, prepared for evaluation: with W the
// lower triangular inverse of the Cholesky factor of a covariance Σ,
// (x−μ)ᵀΣ⁻¹(x−μ) = ‖W(x−μ)‖² and ln det Σ^−½ = Σⱼ ln Wⱼⱼ.
type Mixture[F matrix.Float] struct {
	Form   Form
	K, D   int
	Mean   []F // k×d
	Whiten []F // Full: k×d(d+1)/2, each W packed row by row: W₀₀ W₁₀ W₁₁ W₂₀ …; Tied: one such; Axes: k×d, the diagonals
	Scale  []F // k, ln weight + Σⱼ ln Wⱼⱼ − d/2·ln 2π; −Inf for weight 0

	rooms sync.Pool // of *mixtureRoom, for Responsibilities
}

// Moments is what one chunk of rows adds to an EM step, with r the
// responsibilities and every deviation taken from the Mixture's own Mean, so that
// nothing is lost to cancellation however far the data lie from the origin. All
// sums over rows are float64; within a block of at most 256 rows the vector
// versions add in the table's own float, in as many parts as a vector has lanes.
type Moments[F matrix.Float] struct {
	Weight        []float64 // k, Σ r
	First         []float64 // k×d, Σ r·(x−μ)
	Second        []float64 // Full: k×d(d+1)/2, Σ r·(x−μ)(x−μ)ᵀ, lower triangle packed row by row; Axes: k×d, its diagonal; Tied: d(d+1)/2, Σ e·eᵀ with e = Σ_c r·(x−μ)
	Cross         []float64 // Tied: k×k, Σ r_c·r_b for b < c, else 0
	LogLikelihood float64   // Σ ln Σ_c weight·density

	room *mixtureRoom[F] // so that no step allocates
}

// NewMoments returns zero Moments for g's form and size.
func (g *Mixture[F]) NewMoments() *Moments[F] {
	m := &Moments[F]{Weight: padded(g.K), First: padded(g.K * g.D), Second: padded(len(g.Whiten)), room: g.newRoom()}
	if g.Form == Tied {
		m.Cross = padded(g.K * g.K)
	}
	return m
}

// Reset sets m to zero.
func (m *Moments[F]) Reset() {
	clear(m.Weight)
	clear(m.First)
	clear(m.Second)
	clear(m.Cross)
	m.LogLikelihood = 0
}

// Merge adds t to m.
func (m *Moments[F]) Merge(t *Moments[F]) {
	for _, s := range [...]struct{ to, from []float64 }{{m.Weight, t.Weight}, {m.First, t.First}, {m.Second, t.Second}, {m.Cross, t.Cross}} {
		for i, v := range s.from {
			s.to[i] += v
		}
	}
	m.LogLikelihood += t.LogLikelihood
}

// Scatter writes Σ r·(x−μ)(x−μ)ᵀ of component c, or where g is Tied of all
// components together, to to, the lower triangle of a d×d matrix packed row by
// row.
//
// In the tied form it follows from what is cheaper to add up: with e = Σ_c r_c(x−μ_c),
// the row's deviation from its expected mean, Σ_c r_c(x−μ_c)(x−μ_c)ᵀ =
// e·eᵀ + Σ_{b<c} r_b·r_c(μ_b−μ_c)(μ_b−μ_c)ᵀ. No term is negative on the diagonal,
// so nothing cancels.
func (g *Mixture[F]) Scatter(m *Moments[F], c int, to []float64) {
	packed := g.D * (g.D + 1) / 2
	switch g.Form {
	case Full:
		copy(to, m.Second[c*packed:(c+1)*packed])
	case Axes:
		clear(to)
		for j := range g.D {
			to[j*(j+3)/2] = m.Second[c*g.D+j]
		}
	case Tied:
		copy(to, m.Second)
		for c := range g.K {
			for b := range c {
				p, q := g.Mean[b*g.D:(b+1)*g.D], g.Mean[c*g.D:(c+1)*g.D]
				for j := range g.D {
					for l := range j + 1 {
						to[j*(j+1)/2+l] += m.Cross[c*g.K+b] * (float64(p[j]) - float64(q[j])) * (float64(p[l]) - float64(q[l]))
					}
				}
			}
		}
	}
}

// Expect adds rows [lo, hi) to moments, each by its responsibilities. A squared
// whitened distance above a quarter of the largest float counts as that, so that
// finite rows give finite sums however far they lie.
//
// In float64 versions agree to 1e-12 relative, where distances are no larger than
// hundreds of deviations. In float32 a squared distance q carries an error of
// about (d+4)·q·2⁻²⁴, which is the relative error of the density.
func (g *Mixture[F]) Expect(x matrix.Table[F], lo, hi int, moments *Moments[F]) {
	room := moments.room
	room.center(g)
	for lo < hi {
		end, rows := room.cut(g, x, lo, hi)
		g.logDensities(room, rows)
		room.normalize(end-lo, rows)
		g.gather(room, rows)
		lo = end
	}
	room.fold(g, moments)
}

// Responsibilities writes the responsibilities of rows [lo, hi) to to, (hi−lo)×k
// row by row, each row adding up to 1, and their most responsible components, the
// lowest on ties, to labels, length hi−lo; either may be nil. A row with a NaN has
// responsibilities NaN and label −1. It returns the rows' log-likelihood.
func (g *Mixture[F]) Responsibilities(x matrix.Table[F], lo, hi int, to []float64, labels []int32) (logLikelihood float64) {
	room, ok := g.rooms.Get().(*mixtureRoom[F])
	if !ok {
		room = g.newRoom()
	}
	defer g.rooms.Put(room)
	room.center(g)
	for lo < hi {
		end, rows := room.cut(g, x, lo, hi)
		own := end - lo
		g.logDensities(room, rows)
		if labels != nil {
			room.most(labels[:own])
		}
		room.normalize(own, rows)
		if labels != nil {
			for i, v := range room.total[:own] {
				if v != v {
					labels[i] = -1
				}
			}
			labels = labels[own:]
		}
		if to != nil {
			for c := range g.K {
				for i, r := range room.of(c)[:own] {
					to[i*g.K+c] = float64(r)
				}
			}
			to = to[own*g.K:]
		}
		lo = end
	}
	return room.sum(room.logs)
}

// Hard adds rows [lo, hi) to moments, each with responsibility 1 for the
// component that labels, length at least hi−lo, names.
func (g *Mixture[F]) Hard(x matrix.Table[F], lo, hi int, labels []int32, moments *Moments[F]) {
	room := moments.room
	for lo < hi {
		end, rows := room.cut(g, x, lo, hi)
		for c := range g.K {
			r := room.of(c)[:rows]
			clear(r)
			for i, label := range labels[:end-lo] {
				if int(label) == c {
					r[i] = 1
				}
			}
		}
		g.gather(room, rows)
		labels = labels[end-lo:]
		lo = end
	}
	room.fold(g, moments)
}

// logDensities writes ln(weight·density) of every component for the block.
func (g *Mixture[F]) logDensities(room *mixtureRoom[F], rows int) {
	s := room.versions
	d, x, packed := g.D, room.cols, len(g.Whiten)/g.K
	if g.Form == Tied {
		s.whiten(x, g.Mean[:d], g.Whiten, room.deviation, room.stride, rows, room.white)
		x = room.whiteCols(rows)
	}
	for c := range g.K {
		out := room.of(c)
		switch g.Form {
		case Full:
			s.density(x, g.Mean[c*d:(c+1)*d], g.Whiten[c*packed:(c+1)*packed], g.Scale[c], room.deviation, rows, out)
		case Tied:
			s.axes(x, room.means[c*d:(c+1)*d], room.ones, g.Scale[c], out[:rows])
		case Axes:
			s.axes(x, g.Mean[c*d:(c+1)*d], g.Whiten[c*d:(c+1)*d], g.Scale[c], out[:rows])
		}
	}
}

// gather adds the block's rows, by their responsibilities, to room.acc.
func (g *Mixture[F]) gather(room *mixtureRoom[F], rows int) {
	s := room.versions
	if g.Form == Tied {
		clear(room.white)
	}
	for c := range g.K {
		r, mean, acc := room.of(c)[:rows], g.Mean[c*g.D:(c+1)*g.D], room.acc[c*room.each*places:(c+1)*room.each*places]
		switch g.Form {
		case Full:
			s.gather(room.cols, r, mean, room.deviation, room.white, room.stride, acc)
		case Tied:
			s.gatherTied(room.cols, r, mean, room.r[:c*room.stride], room.stride, room.white, acc)
		case Axes:
			s.gatherAxes(room.cols, r, mean, acc)
		}
	}
	if g.Form == Tied {
		s.outer(room.white, room.white, room.stride, g.D, rows, room.acc[room.pooled*places:])
	}
}
