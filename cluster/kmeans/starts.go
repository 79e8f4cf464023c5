package kmeans

import (
	"context"
	"fmt"
	"math/rand/v2"

	"segue/cluster/internal/guard"
	"segue/cluster/internal/lloyd"
	"segue/internal/kernel"
	"segue/matrix"
)

// Seeds picks k rows of x, n×d, by greedy k-means++, as Fit does for the given
// seed and start: k×d, in the order in which they were picked. As each is picked
// given those before it, the first of them are seeds for fewer clusters too, and
// one seeding serves every k of a curve, as Options.Start. O(n·k·d·log k).
//
// Errors are those of Fit.
func Seeds(ctx context.Context, x matrix.Columns, k int, seed uint64, start int) ([][]float64, error) {
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
