package kernel

import (
	"math"

	"segue/matrix"
)

// A Mixture is k Gaussians in d columns, prepared for evaluation: with W the
// lower triangular inverse of the Cholesky factor of a covariance Σ,
// (x−μ)ᵀΣ⁻¹(x−μ) = ‖W(x−μ)‖² and ln det Σ^−½ = Σⱼ ln Wⱼⱼ.
type Mixture struct {
	K, D   int
	Mean   []float64 // k×d
	Whiten []float64 // k×d(d+1)/2, each W packed row by row: W₀₀ W₁₀ W₁₁ W₂₀ …
	Scale  []float64 // k, ln weight + Σⱼ ln Wⱼⱼ − d/2·ln 2π; −Inf for weight 0
}

// Moments is what one chunk of rows adds to an EM step, with r the
// responsibilities and every deviation taken from the Mixture's own Mean, so that
// nothing is lost to cancellation however far the data lie from the origin.
type Moments struct {
	Weight        []float64 // k, Σ r
	First         []float64 // k×d, Σ r·(x−μ)
	Second        []float64 // k×d(d+1)/2, Σ r·(x−μ)(x−μ)ᵀ, lower triangle packed row by row
	LogLikelihood float64   // Σ ln Σ_c weight·density
}

// NewMoments returns zero Moments for k components in d columns.
func NewMoments(k, d int) *Moments {
	return &Moments{Weight: padded(k), First: padded(k * d), Second: padded(k * d * (d + 1) / 2)}
}

// Reset sets m to zero.
func (m *Moments) Reset() {
	clear(m.Weight)
	clear(m.First)
	clear(m.Second)
	m.LogLikelihood = 0
}

// Merge adds t to m.
func (m *Moments) Merge(t *Moments) {
	for i, v := range t.Weight {
		m.Weight[i] += v
	}
	for i, v := range t.First {
		m.First[i] += v
	}
	for i, v := range t.Second {
		m.Second[i] += v
	}
	m.LogLikelihood += t.LogLikelihood
}

// Expect adds rows [lo, hi) to moments, each by its responsibilities.
func (g *Mixture) Expect(x matrix.Columns, lo, hi int, moments *Moments) {
	room := g.newRoom()
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		g.logDensities(x, lo, end, room)
		moments.LogLikelihood += room.normalize(end - lo)
		for c := range g.K {
			g.gather(x, lo, end, c, room.of(c), room, moments)
		}
	}
}

// Responsibilities writes the responsibilities of rows [lo, hi) to to, n×k row
// by row, each row adding up to 1, and their most responsible components, the
// lowest on ties, to labels, length n; either may be nil. A row with a NaN has
// responsibilities NaN and label −1. It returns the rows' log-likelihood.
func (g *Mixture) Responsibilities(x matrix.Columns, lo, hi int, to []float64, labels []int32) (logLikelihood float64) {
	room := g.newRoom()
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		g.logDensities(x, lo, end, room)
		if labels != nil {
			room.most(labels[lo:end])
		}
		logLikelihood += room.normalize(end - lo)
		if to == nil {
			continue
		}
		for c := range g.K {
			for i, r := range room.of(c)[:end-lo] {
				to[(lo+i)*g.K+c] = r
			}
		}
	}
	return logLikelihood
}

// Hard adds rows [lo, hi) to moments, each with responsibility 1 for the
// component labels names.
func (g *Mixture) Hard(x matrix.Columns, lo, hi int, labels []int32, moments *Moments) {
	room := g.newRoom()
	for ; lo < hi; lo += block {
		end := min(lo+block, hi)
		for c := range g.K {
			r := room.of(c)[:end-lo]
			for i, label := range labels[lo:end] {
				r[i] = 0
				if int(label) == c {
					r[i] = 1
				}
			}
			g.gather(x, lo, end, c, r, room, moments)
		}
	}
}

// mixtureRoom holds one block's intermediate values.
type mixtureRoom struct {
	r          []float64   // k×block: log-densities, then responsibilities
	top, total []float64   // block
	deviation  [][]float64 // d×block, for other than three columns
	white      []float64   // block, likewise
}

func (g *Mixture) newRoom() *mixtureRoom {
	room := &mixtureRoom{r: make([]float64, g.K*block), top: make([]float64, block), total: make([]float64, block)}
	if g.D != 3 {
		room.white = make([]float64, block)
		room.deviation = make([][]float64, g.D)
		for j := range room.deviation {
			room.deviation[j] = make([]float64, block)
		}
	}
	return room
}

// of returns the block's values for component c.
func (room *mixtureRoom) of(c int) []float64 { return room.r[c*block : (c+1)*block] }

// logDensities writes ln(weight·density) of every component for one block.
func (g *Mixture) logDensities(x matrix.Columns, lo, hi int, room *mixtureRoom) {
	packed := g.D * (g.D + 1) / 2
	for c := range g.K {
		mean, w, out := g.Mean[c*g.D:(c+1)*g.D], g.Whiten[c*packed:(c+1)*packed], room.of(c)[:hi-lo]
		if g.D == 3 {
			logDensity3(x.Col(0)[lo:hi], x.Col(1)[lo:hi], x.Col(2)[lo:hi], (*[3]float64)(mean), (*[6]float64)(w), g.Scale[c], out)
			continue
		}
		deviations(x, lo, hi, mean, room.deviation)
		clear(out)
		for j := range g.D {
			white := room.white[:len(out)]
			clear(white)
			for l, dev := range room.deviation[:j+1] {
				for i, v := range dev[:len(out)] {
					white[i] += w[l] * v
				}
			}
			w = w[j+1:]
			for i, v := range white {
				out[i] += v * v
			}
		}
		for i, v := range out {
			out[i] = g.Scale[c] - v/2
		}
	}
}

func logDensity3(x0, x1, x2 []float64, mean *[3]float64, w *[6]float64, scale float64, out []float64) {
	x0, x1, x2 = x0[:len(out)], x1[:len(out)], x2[:len(out)]
	m0, m1, m2 := mean[0], mean[1], mean[2]
	w00, w10, w11, w20, w21, w22 := w[0], w[1], w[2], w[3], w[4], w[5]
	for i := range out {
		d0, d1, d2 := x0[i]-m0, x1[i]-m1, x2[i]-m2
		y0 := w00 * d0
		y1 := w10*d0 + w11*d1
		y2 := w20*d0 + w21*d1 + w22*d2
		out[i] = scale - (y0*y0+y1*y1+y2*y2)/2
	}
}

func deviations(x matrix.Columns, lo, hi int, mean []float64, to [][]float64) {
	for j, m := range mean {
		dev := to[j][:hi-lo]
		for i, v := range x.Col(j)[lo:hi] {
			dev[i] = v - m
		}
	}
}

// normalize turns the log-densities of m rows into responsibilities and returns
// Σ ln Σ_c exp(log-density), by the log-sum-exp identity: the largest is taken
// out first, so that exp neither overflows nor leaves only zeros.
//
// A row's sum then lies in [1, k]. Sixteen are multiplied before one logarithm is
// taken, which no k that fits in memory can overflow.
func (room *mixtureRoom) normalize(m int) (logSum float64) {
	top, total := room.top[:m], room.total[:m]
	copy(top, room.r)
	clear(total)
	for at := block; at < len(room.r); at += block {
		for i, v := range room.r[at : at+m] {
			top[i] = max(top[i], v)
		}
	}
	for at := 0; at < len(room.r); at += block {
		r := room.r[at : at+m]
		for i, v := range r {
			e := math.Exp(v - top[i])
			r[i] = e
			total[i] += e
		}
	}
	product := 1.0
	for i, v := range total {
		logSum += top[i]
		product *= v
		if i&15 == 15 {
			logSum += math.Log(product)
			product = 1
		}
		total[i] = 1 / v
	}
	for at := 0; at < len(room.r); at += block {
		r := room.r[at : at+m]
		for i, v := range total {
			r[i] *= v
		}
	}
	return logSum + math.Log(product)
}

// most writes the component of the largest log-density of each row.
func (room *mixtureRoom) most(labels []int32) {
	for i := range labels {
		labels[i] = -1
		best := math.Inf(-1)
		for c := 0; c*block < len(room.r); c++ {
			v := room.r[c*block+i]
			if v > best || labels[i] < 0 && v == best {
				labels[i], best = int32(c), v
			}
		}
	}
}

// gather adds one block's rows, by their responsibilities r for component c.
func (g *Mixture) gather(x matrix.Columns, lo, hi, c int, r []float64, room *mixtureRoom, to *Moments) {
	packed := g.D * (g.D + 1) / 2
	r = r[:hi-lo]
	mean := g.Mean[c*g.D : (c+1)*g.D]
	first, second := to.First[c*g.D:(c+1)*g.D], to.Second[c*packed:(c+1)*packed]
	if g.D == 3 {
		to.Weight[c] += gather3(x.Col(0)[lo:hi], x.Col(1)[lo:hi], x.Col(2)[lo:hi], r, (*[3]float64)(mean), (*[3]float64)(first), (*[6]float64)(second))
		return
	}
	for _, v := range r {
		to.Weight[c] += v
	}
	deviations(x, lo, hi, mean, room.deviation)
	weighted := room.white[:len(r)]
	for j := range g.D {
		for i, v := range room.deviation[j][:len(r)] {
			weighted[i] = r[i] * v
			first[j] += weighted[i]
		}
		for l := range j + 1 {
			sum := 0.0
			for i, v := range room.deviation[l][:len(r)] {
				sum += weighted[i] * v
			}
			second[j*(j+1)/2+l] += sum
		}
	}
}

func gather3(x0, x1, x2, r []float64, mean, first *[3]float64, second *[6]float64) (weight float64) {
	x0, x1, x2 = x0[:len(r)], x1[:len(r)], x2[:len(r)]
	m0, m1, m2 := mean[0], mean[1], mean[2]
	var f0, f1, f2, s00, s10, s11, s20, s21, s22 float64
	for i, w := range r {
		d0, d1, d2 := x0[i]-m0, x1[i]-m1, x2[i]-m2
		w0, w1, w2 := w*d0, w*d1, w*d2
		weight += w
		f0 += w0
		f1 += w1
		f2 += w2
		s00 += w0 * d0
		s10 += w1 * d0
		s11 += w1 * d1
		s20 += w2 * d0
		s21 += w2 * d1
		s22 += w2 * d2
	}
	first[0] += f0
	first[1] += f1
	first[2] += f2
	second[0] += s00
	second[1] += s10
	second[2] += s11
	second[3] += s20
	second[4] += s21
	second[5] += s22
	return weight
}
