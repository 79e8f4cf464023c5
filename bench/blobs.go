package bench

import (
	"context"
	"math"
	"math/rand/v2"

	"segue/internal/parallel"
	"segue/matrix"
)

// blobs is how many normal distributions the rows of made data come from. They
// overlap and are more than the clusters looked for, so that no algorithm is
// done after a few iterations.
const blobs = 16

// Blobs makes an n×d table of rows drawn from 16 normal distributions of unit
// variance, whose centers are drawn from the normal distribution of variance 1
// too. The seed fixes the centers; another part of the same seed has other rows
// around them. It needs no memory beyond the table, and gives the same bytes on
// any number of processors. It returns the context's error if it ends first.
func Blobs[F matrix.Float](ctx context.Context, n, d int, seed, part uint64) (matrix.Table[F], error) {
	centers := make([]float64, blobs*d)
	random := rand.New(rand.NewPCG(seed, math.MaxUint64))
	for i := range centers {
		centers[i] = random.NormFloat64()
	}
	cols := make([][]F, d)
	for j := range cols {
		cols[j] = make([]F, n)
	}
	err := parallel.Chunks(ctx, n, matrix.PieceRows, func(chunk, lo, hi int) {
		random := rand.New(rand.NewPCG(seed, part<<32+uint64(chunk)))
		for i := lo; i < hi; i++ {
			center := centers[random.IntN(blobs)*d:][:d]
			for j, c := range center {
				cols[j][i] = F(c + random.NormFloat64())
			}
		}
	})
	if err != nil {
		return matrix.Table[F]{}, err
	}
	return matrix.FromColumns(cols...), nil
}
