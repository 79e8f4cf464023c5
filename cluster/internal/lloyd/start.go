// Package lloyd holds the two parts of k-means that other clusterings start
// from as well: k-means++ seeding and Lloyd's iteration.
package lloyd

import (
	"context"
	"math"
	"math/rand/v2"

	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// Start is StartWeighted for rows of weight 1.
func Start[F matrix.Float](ctx context.Context, x matrix.Table[F], k int, random *rand.Rand) ([]float64, error) {
	return StartWeighted(ctx, x, nil, k, random)
}

// StartWeighted picks k rows of x, n×d, as centers by greedy k-means++: the first
// with probability proportional to its weight; each next is the best, by the
// weighted sum of squared distances it leaves, of 2 + ⌊ln k⌋ candidates drawn with
// probability proportional to weight × squared distance to the nearest center so
// far. O(n·k·d·log k). The centers, k×d, are returned flat, row by row. Where x
// has fewer than k distinct rows, rows repeat.
//
// x must be finite, k be at least 1, and at least k rows have a weight above 0;
// nil weights are all 1. StartWeighted returns the context's error if it ends
// first.
//
// References: Arthur & Vassilvitskii 2007, k-means++: the advantages of careful
// seeding; the number of candidates is that of scikit-learn.
func StartWeighted[F matrix.Float](ctx context.Context, x matrix.Table[F], weights []float64, k int, random *rand.Rand) ([]float64, error) {
	n, d := x.Dims()
	chunks := parallel.Count(n, kernel.ChunkRows)
	s := &seeding[F]{
		x:          x,
		weights:    weights,
		closest:    make([]F, n),
		candidate:  make([]F, n),
		leastSoFar: make([]F, n),
		potentials: make([]float64, chunks),
		tried:      make([]float64, chunks),
		least:      make([]float64, chunks),
	}
	for i := range s.closest {
		s.closest[i] = F(math.Inf(1))
	}
	trials := 2 + int(math.Log(float64(k)))
	centers := make([]float64, 0, k*d)
	for c := range k {
		rows := make([]int, 0, trials)
		if c == 0 {
			rows = append(rows, s.any(random))
		} else {
			for range trials {
				rows = append(rows, s.draw(random))
			}
		}
		row, err := s.take(ctx, rows)
		if err != nil {
			return nil, err
		}
		for _, v := range row {
			centers = append(centers, float64(v))
		}
	}
	return centers, nil
}

// seeding is the state of StartWeighted: per row the squared distance to the
// nearest center so far, per chunk of rows the weighted sum of those.
type seeding[F matrix.Float] struct {
	x                              matrix.Table[F]
	weights                        []float64 // nil: all 1
	closest, candidate, leastSoFar []F       // n; the last two are room for candidates
	potentials, tried, least       []float64 // per chunk, likewise
}

// any returns a row with probability proportional to its weight.
func (s *seeding[F]) any(random *rand.Rand) int {
	if s.weights == nil {
		return random.IntN(len(s.closest))
	}
	return pick(len(s.weights), random.Float64()*sum(s.weights), func(i int) float64 { return s.weights[i] })
}

// draw returns a row with probability proportional to closest × weight: first the
// chunk, then the row in it. If every row is a center already, any row will do.
func (s *seeding[F]) draw(random *rand.Rand) int {
	total := sum(s.potentials)
	if total == 0 {
		return s.any(random)
	}
	left := random.Float64() * total
	chunk := 0
	for chunk < len(s.potentials)-1 && left >= s.potentials[chunk] {
		left -= s.potentials[chunk]
		chunk++
	}
	for s.potentials[chunk] == 0 { // rounding led past the last
		chunk--
	}
	lo := chunk * kernel.ChunkRows
	hi := min(lo+kernel.ChunkRows, len(s.closest))
	return lo + pick(hi-lo, left, func(i int) float64 {
		if s.weights == nil {
			return float64(s.closest[lo+i])
		}
		return float64(s.closest[lo+i]) * s.weights[lo+i]
	})
}

// pick returns the first of n masses at which their sum passes left, or the last
// that is not 0 if rounding keeps it from doing so.
func pick(n int, left float64, mass func(i int) float64) int {
	last := 0
	for i := range n {
		m := mass(i)
		if m == 0 {
			continue
		}
		last = i
		if left < m {
			break
		}
		left -= m
	}
	return last
}

// take makes the candidate row that leaves the least potential a center, the
// first on ties, and returns its values.
func (s *seeding[F]) take(ctx context.Context, rows []int) ([]F, error) {
	n, _ := s.x.Dims()
	var chosen []F
	best := math.Inf(1)
	for _, r := range rows {
		center := s.x.Row(nil, r)
		err := parallel.Chunks(ctx, n, kernel.ChunkRows, func(chunk, lo, hi int) {
			s.tried[chunk] = kernel.Closer(s.x, lo, hi, center, s.weightsOf(lo, hi), s.closest[lo:hi], s.candidate[lo:hi])
		})
		if err != nil {
			return nil, err
		}
		if p := sum(s.tried); p < best {
			best, chosen = p, center
			s.leastSoFar, s.candidate = s.candidate, s.leastSoFar
			s.least, s.tried = s.tried, s.least
		}
	}
	s.closest, s.leastSoFar = s.leastSoFar, s.closest
	s.potentials, s.least = s.least, s.potentials
	return chosen, nil
}

// weightsOf returns the weights of rows [lo, hi), nil for none.
func (s *seeding[F]) weightsOf(lo, hi int) []float64 {
	if s.weights == nil {
		return nil
	}
	return s.weights[lo:hi]
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}
