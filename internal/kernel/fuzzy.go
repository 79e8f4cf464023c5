package kernel

import (
	"math"

	"segue/matrix"
)

// Pulls is what one chunk of rows adds to a step of fuzzy c-means, with u the
// memberships, m the fuzzifier, and deviations taken from the centers.
type Pulls[F matrix.Float] struct {
	Weight    []float64 // k, Σ uᵐ
	Shift     []float64 // k×d, Σ uᵐ·(x−center)
	Objective float64   // Σ Σ_c uᵐ·‖x−center‖²

	// What Pull and Memberships compute with, so that no chunk allocates.
	room    [][block]F // k+1
	partial []float64  // (1 + k·(d+1))×places
	cols    [][]F      // d
	centers []F        // k×d
	before  []float64  // k
}

// NewPulls returns zero Pulls for k centers in d columns.
func NewPulls[F matrix.Float](k, d int) *Pulls[F] {
	return &Pulls[F]{Weight: padded(k), Shift: padded(k * d), room: make([][block]F, k+1), partial: make([]float64, (1+k*(d+1))*places), cols: make([][]F, d), centers: make([]F, k*d), before: make([]float64, k)}
}

// Reset sets p to zero.
func (p *Pulls[F]) Reset() {
	clear(p.Weight)
	clear(p.Shift)
	p.Objective = 0
}

// Merge adds t to p.
func (p *Pulls[F]) Merge(t *Pulls[F]) {
	for i, v := range t.Weight {
		p.Weight[i] += v
	}
	for i, v := range t.Shift {
		p.Shift[i] += v
	}
	p.Objective += t.Objective
}

// Pull adds rows [lo, hi) to pulls. m must be above 1; centers are k×d flat.
// O((hi−lo)·k·d), with no power at m = 2.
//
// In float64 all versions agree to 1e-12·max(1, 1/(m−1)) of the sums of
// magnitudes: the power takes what rounding did to a distance that many times. In
// float32 a chunk of ChunkRows is right to 4e-6 of them at m = 2 and to
// 1e-5·max(1, 1/(m−1)) at another, 32 units in the last place being what distances,
// quotients and a block's sums add up to. Where m is so near to 1, or so large,
// that powers leave the range or the precision of float32, the rows are taken as
// float64.
func Pull[F matrix.Float](x matrix.Table[F], lo, hi int, centers []float64, m float64, pulls *Pulls[F]) {
	pullBy(of[F](), &set64, x, lo, hi, centers, m, pulls)
}

func pullBy[F matrix.Float](s *set[F], doubles *set[float64], x matrix.Table[F], lo, hi int, centers []float64, m float64, pulls *Pulls[F]) {
	k := len(pulls.Weight)
	if tooNarrow[F](k, m) {
		wide := &Pulls[float64]{pulls.Weight, pulls.Shift, pulls.Objective, make([][block]float64, k+1), pulls.partial, nil, nil, pulls.before}
		pullBy(doubles, doubles, widened(x, lo, hi), 0, hi-lo, centers, m, wide)
		pulls.Objective = wide.Objective
		return
	}
	rounded := roundTo(pulls.centers, centers)
	before := append(pulls.before[:0], pulls.Weight...)
	var room *fuzzyRoom[F]
	for lo < hi {
		if s.pull != nil {
			done, objective := s.pull(columns(pulls.cols, x, lo, hi), rounded, m, pulls.room, pulls.partial, pulls.Weight, pulls.Shift)
			pulls.Objective += objective
			lo += done
		}
		if lo < hi {
			if room == nil {
				room = newFuzzyRoom[F](k)
			}
			end := min(lo+block, hi)
			room.pull(x, lo, end, rounded, m, pulls)
			lo = end
		}
	}
	d := len(centers) / k
	for i, c := range centers { // deviations from the centers, not from what F made of them
		if off := float64(rounded[i]) - c; off != 0 {
			pulls.Shift[i] += off * (pulls.Weight[i/d] - before[i/d])
		}
	}
}

// Memberships writes the memberships of rows [lo, hi) in the clusters of centers,
// k×d flat, to to, (hi−lo)×k row by row, unless it is nil; each row adds up to 1.
// It returns Σu² and −Σu·ln u over them. A row with a NaN has memberships NaN, one
// on a center 1 there, or an equal share where several centers coincide.
// Versions agree as those of Pull do. It computes in the room of pulls, made for
// as many centers, whose sums it leaves alone.
func Memberships[F matrix.Float](x matrix.Table[F], lo, hi int, centers []float64, m float64, pulls *Pulls[F], to []float64) (squares, entropy float64) {
	return membershipsBy(of[F](), &set64, x, lo, hi, centers, m, pulls.room, pulls.cols, to)
}

func membershipsBy[F matrix.Float](s *set[F], doubles *set[float64], x matrix.Table[F], lo, hi int, centers []float64, m float64, columnsRoom [][block]F, cols [][]F, to []float64) (squares, entropy float64) {
	k := len(columnsRoom) - 1
	if tooNarrow[F](k, m) {
		return membershipsBy(doubles, doubles, widened(x, lo, hi), 0, hi-lo, centers, m, make([][block]float64, k+1), nil, to)
	}
	rounded := As[F](centers)
	var room *fuzzyRoom[F]
	rest := func(rows int) {
		if to != nil {
			to = to[rows*k:]
		}
		lo += rows
	}
	for lo < hi {
		if s.memberships != nil {
			done, a, b := s.memberships(columns(cols, x, lo, hi), rounded, m, columnsRoom, to)
			squares, entropy = squares+a, entropy+b
			rest(done)
		}
		if lo < hi {
			if room == nil {
				room = newFuzzyRoom[F](k)
			}
			end := min(lo+block, hi)
			a, b := room.memberships(x, lo, end, rounded, m, to)
			squares, entropy = squares+a, entropy+b
			rest(end - lo)
		}
	}
	return squares, entropy
}

// tooNarrow reports whether F is float32 and m needs more: 1/(m−1), the power of
// a rounded quotient, is above 10, or the least weight, k^−m, below 2⁻⁶⁰.
func tooNarrow[F matrix.Float](k int, m float64) bool {
	_, single := any(F(0)).(float32)
	return single && m != 2 && (m < 1.1 || m*math.Log2(float64(k)) > 60)
}

// widened returns rows [lo, hi) of x in float64.
func widened[F matrix.Float](x matrix.Table[F], lo, hi int) matrix.Columns {
	_, d := x.Dims()
	out := matrix.New(hi-lo, d)
	for j := range d {
		to := out.Col(j)
		for i, v := range x.Col(j)[lo:hi] {
			to[i] = float64(v)
		}
	}
	return out
}

// As returns values as F; it may be values itself.
func As[F matrix.Float](values []float64) []F { return roundTo[F](nil, values) }

// roundTo is As, in out unless that is nil.
func roundTo[F matrix.Float](out []F, values []float64) []F {
	if same, ok := any(values).([]F); ok {
		return same
	}
	if out == nil {
		out = make([]F, len(values))
	}
	for i, v := range values {
		out[i] = F(v)
	}
	return out
}

// columns returns rows [lo, hi) of x, in cols unless that is nil.
func columns[F matrix.Float](cols [][]F, x matrix.Table[F], lo, hi int) [][]F {
	if cols == nil {
		_, d := x.Dims()
		cols = make([][]F, d)
	}
	for j := range cols {
		cols[j] = x.Col(j)[lo:hi]
	}
	return cols
}
