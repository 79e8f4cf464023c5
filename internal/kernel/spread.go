package kernel

import (
	"context"

	"segue/internal/parallel"
	"segue/matrix"
)

// Spread is the mean and variance of every column over some rows. The spreads of
// chunks merge to that of the whole without cancellation.
type Spread struct {
	Weight  float64   // of the rows; their number where no weights are given
	Mean    []float64 // d
	Squares []float64 // d, weighted squared deviations from Mean, added up
}

// NewSpread returns the Spread of no rows of d columns.
func NewSpread(d int) *Spread { return &Spread{Mean: padded(d), Squares: padded(d)} }

// SpreadOf sets s to the spread of rows [lo, hi) of x, each as often as
// weights[i−lo] ≥ 0 says; nil weights are all 1.
func SpreadOf[F matrix.Float](x matrix.Table[F], lo, hi int, weights []float64, s *Spread) {
	s.Weight = float64(hi - lo)
	if weights != nil {
		s.Weight = addUp(weights[:hi-lo])
	}
	clear(s.Mean)
	clear(s.Squares)
	if s.Weight == 0 {
		return
	}
	for j := range s.Mean {
		col := x.Col(j)[lo:hi]
		if weights != nil {
			s.Mean[j], s.Squares[j] = weightedSpread(col, weights[:len(col)], s.Weight)
			continue
		}
		mean := addUp(col) / s.Weight
		var s0, s1 float64
		for i := 0; i+1 < len(col); i += 2 {
			d0, d1 := float64(col[i])-mean, float64(col[i+1])-mean
			s0 += d0 * d0
			s1 += d1 * d1
		}
		if len(col)%2 == 1 {
			d := float64(col[len(col)-1]) - mean
			s0 += d * d
		}
		s.Mean[j], s.Squares[j] = mean, s0+s1
	}
}

func weightedSpread[F matrix.Float](col []F, weights []float64, weight float64) (mean, squares float64) {
	for i, w := range weights {
		mean += w * float64(col[i])
	}
	mean /= weight
	for i, w := range weights {
		d := float64(col[i]) - mean
		squares += w * d * d
	}
	return mean, squares
}

// Merge adds the rows of t to s.
func (s *Spread) Merge(t *Spread) {
	if t.Weight == 0 {
		return
	}
	weight := s.Weight + t.Weight
	for j, mean := range t.Mean {
		delta := mean - s.Mean[j]
		s.Mean[j] += delta * (t.Weight / weight)
		s.Squares[j] += t.Squares[j] + delta*delta*(s.Weight*t.Weight/weight)
	}
	s.Weight = weight
}

// MeanVariance returns the mean over the columns of their population variances:
// the unit in which the tolerances of the clustering packages are stated, so that
// they do not depend on the columns' unit.
func (s *Spread) MeanVariance() float64 {
	sum := 0.0
	for _, squares := range s.Squares {
		sum += squares / s.Weight
	}
	return sum / float64(len(s.Squares))
}

// MeanVariance returns Spread.MeanVariance of all rows of x, n×d with n, d ≥ 1,
// each of weight 1. It merges chunk by chunk, so that a table read in pieces has
// the same.
func MeanVariance[F matrix.Float](x matrix.Table[F]) float64 {
	n, d := x.Dims()
	const batch = 256 // chunks at a time, so that their spreads take no memory to speak of
	all, chunks := NewSpread(d), make([]*Spread, min(batch, parallel.Count(n, ChunkRows)))
	for i := range chunks {
		chunks[i] = NewSpread(d)
	}
	for from := 0; from < n; from += batch * ChunkRows {
		rows := min(batch*ChunkRows, n-from)
		// Without a deadline Chunks cannot fail.
		_ = parallel.Chunks(context.Background(), rows, ChunkRows, func(chunk, lo, hi int) {
			SpreadOf(x, from+lo, from+hi, nil, chunks[chunk])
		})
		for _, s := range chunks[:parallel.Count(rows, ChunkRows)] {
			all.Merge(s)
		}
	}
	return all.MeanVariance()
}
