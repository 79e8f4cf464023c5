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

// Start picks k rows of x, n×d, as centers by greedy k-means++: the first
// uniformly; each next is the best, by the sum of squared distances it leaves,
// of 2 + ⌊ln k⌋ candidates drawn with probability proportional to the squared
// distance to the nearest center so far. O(n·k·d·log k). The centers, k×d, are
// returned flat, row by row. Where x has fewer than k distinct rows, rows repeat.
//
// x must be finite and hold at least k rows, and k be at least 1. Start returns
// the context's error if it ends first.
//
// References: Arthur & Vassilvitskii 2007, k-means++: the advantages of careful
// seeding; the number of candidates is that of scikit-learn.
func Start(ctx context.Context, x matrix.Columns, k int, random *rand.Rand) ([]float64, error) {
	n, d := x.Dims()
	s := &seeding{
		x:          x,
		closest:    make([]float64, n),
		candidate:  make([]float64, n),
		leastSoFar: make([]float64, n),
		potentials: make([]float64, parallel.Count(n, kernel.ChunkRows)),
		tried:      make([]float64, parallel.Count(n, kernel.ChunkRows)),
		least:      make([]float64, parallel.Count(n, kernel.ChunkRows)),
	}
	for i := range s.closest {
		s.closest[i] = math.Inf(1)
	}
	trials := 2 + int(math.Log(float64(k)))
	centers := make([]float64, 0, k*d)
	for c := range k {
		var row []float64
		var err error
		if c == 0 {
			row, err = s.take(ctx, []int{random.IntN(n)})
		} else {
			rows := make([]int, trials)
			for t := range rows {
				rows[t] = s.draw(random)
			}
			row, err = s.take(ctx, rows)
		}
		if err != nil {
			return nil, err
		}
		centers = append(centers, row...)
	}
	return centers, nil
}

// seeding is the state of Start: per row the squared distance to the nearest
// center so far, per chunk of rows the sum of those.
type seeding struct {
	x                              matrix.Columns
	closest, candidate, leastSoFar []float64 // n; the last two are room for candidates
	potentials, tried, least       []float64 // per chunk, likewise
}

// draw returns a row with probability proportional to closest: first the chunk,
// then the row in it. If every row is a center already, any row will do.
func (s *seeding) draw(random *rand.Rand) int {
	total := sum(s.potentials)
	if total == 0 {
		return random.IntN(len(s.closest))
	}
	left := random.Float64() * total
	chunk := 0
	for chunk < len(s.potentials)-1 && left >= s.potentials[chunk] {
		left -= s.potentials[chunk]
		chunk++
	}
	row := chunk * kernel.ChunkRows
	end := min(row+kernel.ChunkRows, len(s.closest))
	for row < end-1 && left >= s.closest[row] {
		left -= s.closest[row]
		row++
	}
	return row
}

// take makes the candidate row that leaves the least potential a center, the
// first on ties, and returns its values.
func (s *seeding) take(ctx context.Context, rows []int) ([]float64, error) {
	n, _ := s.x.Dims()
	var chosen []float64
	best := math.Inf(1)
	for _, r := range rows {
		center := s.x.Row(nil, r)
		err := parallel.Chunks(ctx, n, kernel.ChunkRows, func(chunk, lo, hi int) {
			s.tried[chunk] = kernel.Closer(s.x, lo, hi, center, s.closest, s.candidate)
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

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}
