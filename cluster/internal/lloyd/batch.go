package lloyd

import (
	"context"
	"slices"

	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// Batches moves centers, k×d flat, after every batch of so many chunks of x, each
// to the mean of all rows that were nearest to it when they came by, for so many
// passes, or until one moves them by squares that add up to no more than
// tolerance. A last pass finds sizes and inertia. O(n·k·d) per pass. Weights are
// as for Descend, whose errors it returns. Iterations counts batches.
func Batches[F matrix.Float](ctx context.Context, x matrix.Source[F], centers, weights []float64, chunks, passes int, tolerance float64) (*Result, error) {
	_, d := x.Dims()
	k := len(centers) / d
	b := &batch[F]{
		a:       newAssigner(x, k, weights, nil),
		centers: slices.Clone(centers),
		seen:    make([]float64, k),
		chunks:  chunks,
	}
	r := &Result{}
	for pass := 0; pass < passes && !r.Converged; pass++ {
		before := slices.Clone(b.centers)
		if err := b.pass(ctx); err != nil {
			return nil, err
		}
		distance := 0.0
		for i, v := range b.centers {
			distance += (v - before[i]) * (v - before[i])
		}
		r.Converged = distance <= tolerance
	}
	sums, err := b.a.assign(ctx, b.centers)
	if err != nil {
		return nil, err
	}
	r.Centers, r.Sizes, r.Inertia, r.Iterations = b.centers, sums.Count, sums.Inertia, b.made
	return r, nil
}

// batch is the state of Batches.
type batch[F matrix.Float] struct {
	a       *assigner[F]
	centers []float64
	seen    []float64 // k, the weight of the rows each center is the mean of
	chunks  int       // per batch
	filled  int       // chunks of the batch that are in a.total
	made    int       // batches
	parts   []*kernel.Sums[F]
	labels  [][]int32
}

// pass takes all rows once. A batch that begins in one piece may end in the next.
func (b *batch[F]) pass(ctx context.Context) error {
	b.a.begin(b.centers)
	err := b.a.x.Pieces(ctx, func(first int, piece matrix.Table[F]) error {
		n, _ := piece.Dims()
		for lo := 0; lo < n; {
			hi := min(lo+(b.chunks-b.filled)*kernel.ChunkRows, n)
			if err := b.add(ctx, piece, first, lo, hi); err != nil {
				return err
			}
			if b.filled == b.chunks {
				b.move()
			}
			lo = hi
		}
		return nil
	})
	if err == nil && b.filled > 0 {
		b.move()
	}
	return err
}

// add adds rows [lo, hi) of piece, which is at row first of the table, to the batch.
func (b *batch[F]) add(ctx context.Context, piece matrix.Table[F], first, lo, hi int) error {
	count := parallel.Count(hi-lo, kernel.ChunkRows)
	for len(b.parts) < count {
		b.parts = append(b.parts, kernel.NewSums[F](b.a.k, b.a.d))
		b.labels = append(b.labels, make([]int32, kernel.ChunkRows))
	}
	err := parallel.Chunks(ctx, hi-lo, kernel.ChunkRows, func(chunk, from, to int) {
		var weights []float64
		if b.a.weights != nil {
			weights = b.a.weights[first+lo+from : first+lo+to]
		}
		b.parts[chunk].Reset()
		kernel.Assign(piece, lo+from, lo+to, b.a.centers, weights, b.labels[chunk][:to-from], b.parts[chunk])
	})
	if err != nil {
		return err
	}
	for _, s := range b.parts[:count] {
		b.a.total.Merge(s)
	}
	b.filled += count
	return nil
}

// move moves each center by the batch: with v the weight it has seen, batch
// included, by Σw·(x−center)/v, which is Sculley's step 1/v for each row in turn.
func (b *batch[F]) move() {
	d := b.a.d
	for c, weight := range b.a.total.Weight {
		if b.a.total.Count[c] == 0 {
			continue
		}
		b.seen[c] += weight
		for j := c * d; j < (c+1)*d; j++ {
			b.centers[j] += (b.a.total.Sum[j] - weight*b.centers[j]) / b.seen[c]
		}
	}
	b.made++
	b.filled = 0
	b.a.begin(b.centers)
}
