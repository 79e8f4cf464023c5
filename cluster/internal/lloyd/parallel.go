package lloyd

import (
	"context"
	"math"
	"math/rand/v2"

	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// How many candidates StartParallel draws: the paper finds that five rounds of 2k
// do as well as k-means++.
const (
	rounds   = 5
	perRound = 2 // times k, on average
)

// StartParallel is StartWeighted in five rounds instead of k, each of which every
// processor can share: a round draws 2k candidates, on average, all at once, each
// row by itself with probability proportional to its weight × squared distance to
// the nearest candidate so far. Weighted by the rows nearest to them, the
// candidates, some 10k, are then reduced to k by StartWeighted. O(n·k·d). Where
// the candidates are fewer than k, it is StartWeighted.
//
// Whether a row is drawn depends on a hash of seed, round and row, and so neither
// on chunks nor on processors.
//
// Reference: Bahmani et al. 2012, Scalable k-means++, doi:10.14778/2180912.2180915.
func StartParallel[F matrix.Float](ctx context.Context, x matrix.Table[F], weights []float64, k int, random *rand.Rand) ([]float64, error) {
	n, _ := x.Dims()
	s := &seeding[F]{x: x, weights: weights, closest: make([]F, n), potentials: make([]float64, parallel.Count(n, kernel.ChunkRows))}
	for i := range s.closest {
		s.closest[i] = F(math.Inf(1))
	}
	key := random.Uint64()
	rows := []int{s.any(random)}
	var candidates []int
	for round := uint64(0); len(rows) > 0; round++ {
		candidates = append(candidates, rows...)
		if round == rounds {
			break
		}
		if err := s.approach(ctx, rows); err != nil {
			return nil, err
		}
		var err error
		if rows, err = s.drawMany(ctx, float64(perRound*k)/sum(s.potentials), mix(key+round)); err != nil {
			return nil, err
		}
	}
	table := x.Select(candidates)
	mass, err := s.masses(ctx, table)
	if err != nil {
		return nil, err
	}
	distinct := 0
	for _, m := range mass {
		if m > 0 {
			distinct++
		}
	}
	if distinct < k {
		return StartWeighted(ctx, x, weights, k, random)
	}
	return StartWeighted(ctx, table, mass, k, random)
}

// masses returns for each candidate the weight of the rows nearest to it.
func (s *seeding[F]) masses(ctx context.Context, candidates matrix.Table[F]) ([]float64, error) {
	m, d := candidates.Dims()
	centers := make([]F, 0, m*d)
	row := make([]F, d)
	for i := range m {
		centers = append(centers, candidates.Row(row, i)...)
	}
	n, _ := s.x.Dims()
	labels := make([]int32, n)
	err := parallel.Chunks(ctx, n, kernel.ChunkRows, func(_, lo, hi int) {
		kernel.Assign(s.x, lo, hi, centers, nil, labels[lo:hi], nil)
	})
	mass := make([]float64, m)
	for i, label := range labels {
		if s.weights == nil {
			mass[label]++
		} else {
			mass[label] += s.weights[i]
		}
	}
	return mass, err
}

// approach lowers closest and potentials for new candidates.
func (s *seeding[F]) approach(ctx context.Context, rows []int) error {
	_, d := s.x.Dims()
	centers := make([]F, 0, len(rows)*d)
	for _, r := range rows {
		for j := range d {
			centers = append(centers, s.x.At(r, j))
		}
	}
	n, _ := s.x.Dims()
	return parallel.Chunks(ctx, n, kernel.ChunkRows, func(chunk, lo, hi int) {
		s.potentials[chunk] = kernel.Closer(s.x, lo, hi, centers, s.weightsOf(lo, hi), s.closest[lo:hi], s.closest[lo:hi])
	})
}

// drawMany returns, in increasing order, each row with probability rate × weight ×
// closest, or 1 where that is more.
func (s *seeding[F]) drawMany(ctx context.Context, rate float64, key uint64) ([]int, error) {
	if math.IsInf(rate, 0) { // every row is a candidate already
		return nil, nil
	}
	n, _ := s.x.Dims()
	drawn := make([][]int, len(s.potentials))
	err := parallel.Chunks(ctx, n, kernel.ChunkRows, func(chunk, lo, hi int) {
		for i := lo; i < hi; i++ {
			p := rate * float64(s.closest[i])
			if s.weights != nil {
				p *= s.weights[i]
			}
			if float64(mix(key+uint64(i))>>11)*0x1p-53 < p {
				drawn[chunk] = append(drawn[chunk], i)
			}
		}
	})
	var rows []int
	for _, d := range drawn {
		rows = append(rows, d...)
	}
	return rows, err
}

// mix scatters the bits of v: the finalizer of splitmix64.
func mix(v uint64) uint64 {
	v += 0x9e3779b97f4a7c15
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}
