package kernel

import (
	"math"

	"segue/matrix"
)

// Pairs adds, for the rows of tables a and b of the same d columns, every
// Euclidean distance between a row of a and a row of b to rows, one place per row
// of a, and to cols, one per row of b: O(rows·cols·d). A nil cols asks for the
// sums of rows alone. It panics if a column is shorter than its sums.
//
// The distance of a row to an equal one is exactly 0. Values must be finite, and
// of a size whose squares are floats: distances beyond 1e150, or 1e19 in float32,
// are lost, and those below 1e-150 (1e-18) are wrong, but no larger than that.
//
// In float64 a distance is within 1e-12 of itself from the definition, and so is a
// sum. In float32 a distance is within 3·2⁻²³, as a reciprocal root of 14 bits and
// one step of Newton's leave it, and adding up m of them may cost m·2⁻²⁴ more, where
// all errors have one sign; of up to a thousand no sum was off by 1e-5. Sums over
// more rows are the caller's, in float64.
func Pairs[F matrix.Float](a, b [][]F, rows, cols []F) { of[F]().pairs(a, b, rows, cols) }

// pairs keeps three columns and two in registers. The processor takes one root at
// a time, which is what it waits for.
func pairs[F matrix.Float](a, b [][]F, rows, cols []F) {
	if len(a) == 0 {
		return
	}
	n := len(b[0])
	if cols == nil {
		cols = make([]F, n) // sums nobody reads cost less than a second text
	}
	switch len(a) {
	case 2:
		for i := range rows {
			rows[i] += pairs2(b[0], b[1], cols, a[0][i], a[1][i])
		}
	case 3:
		for i := range rows {
			rows[i] += pairs3(b[0], b[1], b[2], cols, a[0][i], a[1][i], a[2][i])
		}
	default:
		square := make([]F, min(n, pairsBlock))
		for lo := 0; lo < n; lo += pairsBlock {
			hi := min(lo+pairsBlock, n)
			for i := range rows {
				rows[i] += pairsOfMany(a, b, i, lo, square[:hi-lo], cols[lo:hi])
			}
		}
	}
}

// pairsBlock is how many rows of b are compared at a time where columns are many:
// twelve columns of them and their squares fit in a first-level cache of 32 KB.
const pairsBlock = 256

func pairs3[F matrix.Float](x, y, z, cols []F, qx, qy, qz F) F {
	y, z, cols = y[:len(x)], z[:len(x)], cols[:len(x)]
	sum := F(0)
	for j, v := range x {
		dx, dy, dz := v-qx, y[j]-qy, z[j]-qz
		d := root(dx*dx + dy*dy + dz*dz)
		sum += d
		cols[j] += d
	}
	return sum
}

func pairs2[F matrix.Float](x, y, cols []F, qx, qy F) F {
	y, cols = y[:len(x)], cols[:len(x)]
	sum := F(0)
	for j, v := range x {
		dx, dy := v-qx, y[j]-qy
		d := root(dx*dx + dy*dy)
		sum += d
		cols[j] += d
	}
	return sum
}

// pairsOfMany compares row i of a with rows lo, lo+1, … of b, as many as square,
// which is scratch, has places.
func pairsOfMany[F matrix.Float](a, b [][]F, i, lo int, square, cols []F) F {
	clear(square)
	m, c := len(square), 0
	for ; c+4 <= len(b); c += 4 { // four at a time, so that squares are read and written less often
		q0, q1, q2, q3 := a[c][i], a[c+1][i], a[c+2][i], a[c+3][i]
		x0, x1, x2, x3 := b[c][lo:lo+m], b[c+1][lo:lo+m], b[c+2][lo:lo+m], b[c+3][lo:lo+m]
		for j := range square {
			v0, v1, v2, v3 := x0[j]-q0, x1[j]-q1, x2[j]-q2, x3[j]-q3
			square[j] += (v0*v0 + v1*v1) + (v2*v2 + v3*v3)
		}
	}
	for ; c < len(b); c++ {
		q, x := a[c][i], b[c][lo:lo+m]
		for j := range square {
			v := x[j] - q
			square[j] += v * v
		}
	}
	sum := F(0)
	for j, v := range square[:len(cols)] {
		d := root(v)
		sum += d
		cols[j] += d
	}
	return sum
}

func root[F matrix.Float](v F) F { return F(math.Sqrt(float64(v))) }
