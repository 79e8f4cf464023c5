// Code generated from f64x8/pairs.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x8

// Pairs3 adds, for the rows of tables a and b of three columns, every distance
// between a row of a and a row of b to rows of the one and to cols of the other.
// It takes the rows of a by fours and those of b by lanes, and leaves the rest of
// both to the caller.
func Pairs3(a, b [][]float, rows, cols []float) {
	x := b[0]
	y, z, cols := b[1][:len(x)], b[2][:len(x)], cols[:len(x)]
	qx, qy, qz := a[0], a[1], a[2]
	r := newRoots()
	for q := 0; q+4 <= len(qx) && q+4 <= len(qy) && q+4 <= len(qz) && q+4 <= len(rows); q += 4 {
		x0, y0, z0 := broadcast(qx[q]), broadcast(qy[q]), broadcast(qz[q])
		x1, y1, z1 := broadcast(qx[q+1]), broadcast(qy[q+1]), broadcast(qz[q+1])
		x2, y2, z2 := broadcast(qx[q+2]), broadcast(qy[q+2]), broadcast(qz[q+2])
		x3, y3, z3 := broadcast(qx[q+3]), broadcast(qy[q+3]), broadcast(qz[q+3])
		var s0, s1, s2, s3 vec
		for i := 0; i+lanes <= len(x); i += lanes {
			x, y, z, col := load(x[i:i+lanes]), load(y[i:i+lanes]), load(z[i:i+lanes]), load(cols[i:i+lanes])
			d0 := r.root(squares3(x.Sub(x0), y.Sub(y0), z.Sub(z0)))
			d1 := r.root(squares3(x.Sub(x1), y.Sub(y1), z.Sub(z1)))
			d2 := r.root(squares3(x.Sub(x2), y.Sub(y2), z.Sub(z2)))
			d3 := r.root(squares3(x.Sub(x3), y.Sub(y3), z.Sub(z3)))
			s0, s1, s2, s3 = s0.Add(d0), s1.Add(d1), s2.Add(d2), s3.Add(d3)
			store(col.Add(d0.Add(d1).Add(d2.Add(d3))), cols[i:i+lanes])
		}
		rows[q] += sum(s0)
		rows[q+1] += sum(s1)
		rows[q+2] += sum(s2)
		rows[q+3] += sum(s3)
	}
}

func squares3(x, y, z vec) vec { return x.MulAdd(x, y.MulAdd(y, z.Mul(z))) }
