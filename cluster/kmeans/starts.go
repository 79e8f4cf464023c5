package kmeans

import (
	"context"
	"fmt"
	"math/rand/v2"

	"segue/cluster/internal/guard"
	"segue/cluster/internal/lloyd"
	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// Seeds picks k rows of x, n×d, by greedy k-means++, as Fit does for the given
// seed and start: k×d, in the order in which they were picked. As each is picked
// given those before it, the first of them are seeds for fewer clusters too, and
// one seeding serves every k of a curve, as Options.Start. O(n·k·d·log k).
//
// Errors are those of Fit.
func Seeds[F matrix.Float](ctx context.Context, x matrix.Table[F], k int, seed uint64, start int) ([][]float64, error) {
	if err := guard.Table(x, k); err != nil {
		return nil, fmt.Errorf("kmeans: %w", err)
	}
	_, d := x.Dims()
	flat, err := lloyd.Start(ctx, x, k, rand.New(rand.NewPCG(seed, uint64(start))))
	if err != nil {
		return nil, err
	}
	return kernel.Unflatten(flat, k, d), nil
}

// oneEach is the number of rows up to which every start runs on a processor of its
// own: cutting up the rows of each instead would have the processors wait for
// each other after every iteration, some 10 µs each time.
const oneEach = 1 << 17

// descend runs Lloyd's algorithm from every start and returns the best end.
func descend[F matrix.Float](ctx context.Context, x matrix.Table[F], o Options, tolerance float64) (*lloyd.Result, error) {
	run := func(ctx context.Context, restart int) (*lloyd.Result, error) {
		centers, err := startOf(ctx, x, o, restart)
		if err != nil {
			return nil, err
		}
		return lloyd.Descend(ctx, x, lloyd.Descent{Centers: centers, Weights: o.Weights, MaxIter: o.MaxIter, Tolerance: tolerance})
	}
	n, _ := x.Dims()
	ends := make([]*lloyd.Result, o.Restarts)
	if n <= oneEach {
		err := parallel.Each(ctx, o.Restarts, func(ctx context.Context, restart int) (err error) {
			ends[restart], err = run(ctx, restart)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var best *lloyd.Result
	for restart, end := range ends {
		if end == nil {
			var err error
			if end, err = run(ctx, restart); err != nil {
				return nil, err
			}
		}
		if best == nil || end.Inertia < best.Inertia {
			best = end
		}
	}
	return best, nil
}

// startOf returns the centers, k×d flat, that one run begins from. Each start
// draws from a stream of its own, so more restarts add starts and change none.
func startOf[F matrix.Float](ctx context.Context, x matrix.Table[F], o Options, restart int) ([]float64, error) {
	if o.Start != nil {
		return kernel.Flatten(o.Start), nil
	}
	random := rand.New(rand.NewPCG(o.Seed, uint64(restart)))
	if o.Seeding == Parallel {
		return lloyd.StartParallel(ctx, x, o.Weights, o.K, random)
	}
	return lloyd.StartWeighted(ctx, x, o.Weights, o.K, random)
}
