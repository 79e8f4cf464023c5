package kernel

import (
	"math"

	"segue/matrix"
)

// Pairs adds, for the rows of tables a and b of the same d columns, every
// Euclidean distance between a row of a and a row of b to rows, one place per row
// of a, and to cols, one per row of b: O(rows·cols·d).
func Pairs[F matrix.Float](a, b [][]F, rows, cols []F) { of[F]().pairs(a, b, rows, cols) }

func pairs[F matrix.Float](a, b [][]F, rows, cols []F) {
	for i := range rows {
		for j := range cols {
			sum := F(0)
			for c := range a {
				v := a[c][i] - b[c][j]
				sum += v * v
			}
			distance := F(math.Sqrt(float64(sum)))
			rows[i] += distance
			cols[j] += distance
		}
	}
}
