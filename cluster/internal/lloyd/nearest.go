package lloyd

import (
	"context"

	"segue/cluster/internal/guard"
	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// Nearest returns for each row of x, n×d, the index of the nearest of centers,
// the lowest on ties; −1 for a row with a NaN. It panics in the caller's name if
// the widths differ.
func Nearest[F matrix.Float](caller string, x matrix.Table[F], centers [][]float64) []int32 {
	n, d := x.Dims()
	guard.Width(caller, d, centers)
	flat := make([]F, 0, len(centers)*d)
	for _, center := range centers {
		for _, v := range center {
			flat = append(flat, F(v))
		}
	}
	labels := make([]int32, n)
	// Without a deadline Chunks cannot fail.
	_ = parallel.Chunks(context.Background(), n, kernel.ChunkRows, func(_, lo, hi int) {
		kernel.Assign(x, lo, hi, flat, nil, labels[lo:hi], nil)
	})
	return labels
}

// NearestTo returns the index of the center nearest to row, the lowest on ties;
// −1 if row holds a NaN. It panics in the caller's name if the widths differ.
func NearestTo(caller string, row []float64, centers [][]float64) int {
	guard.Width(caller, len(row), centers)
	nearest, least := -1, 0.0
	for c, center := range centers {
		distance := 0.0
		for j, v := range row {
			distance += (v - center[j]) * (v - center[j])
		}
		if distance < least || nearest < 0 && distance == distance { // not NaN
			nearest, least = c, distance
		}
	}
	return nearest
}
