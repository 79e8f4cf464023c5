// Code generated from f64x8/mixture.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x8

// The steps of an EM iteration over one block of rows, as package kernel describes
// them in its mixtureSet. The number of rows is a multiple of lanes; buffers of a
// stride are a multiple of strip long, and what lies beyond the rows is computed
// and never used.

// strip is how many rows the loops over triangles take at once.
const strip = 4 * lanes

// places is the number of places of a sum in acc, of which lanes are used here.
const places = 16

// remotest is the largest squared distance.
const remotest = 1 / leastNormal

// Density writes scale − ½‖W(x−mean)‖² to out, with W lower triangular and packed.
func Density(x [][]float, mean, w []float, scale float, deviation []float, rows int, out []float) {
	switch len(mean) {
	case 2:
		density2(x[0], x[1], (*[2]float)(mean), (*[3]float)(w), scale, out)
		leave()
		return
	case 3:
		density3(x[0], x[1], x[2], (*[3]float)(mean), (*[6]float)(w), scale, out)
		leave()
		return
	}
	s, half, most := broadcast(scale), broadcast(-0.5), broadcast(remotest)
	deviation = deviation[:len(mean)*strip]
	for i := 0; i < rows; i += strip {
		cutStrip(x, mean, i, deviation)
		to := out[i : i+strip]
		clear(to)
		rest := w
		j := 0
		for ; j+2 <= len(mean); j += 2 {
			projectTwo(rest[:j+1], rest[j+1:2*j+3], deviation, to)
			rest = rest[2*j+3:]
		}
		if j < len(mean) {
			a, b, c, d := project(rest[:j+1], deviation)
			store(a.MulAdd(a, load(to[:lanes])), to[:lanes])
			store(b.MulAdd(b, load(to[lanes:2*lanes])), to[lanes:2*lanes])
			store(c.MulAdd(c, load(to[2*lanes:3*lanes])), to[2*lanes:3*lanes])
			store(d.MulAdd(d, load(to[3*lanes:4*lanes])), to[3*lanes:4*lanes])
		}
		for k := 0; k+lanes <= len(to); k += lanes {
			store(atMost(load(to[k:k+lanes]), most).MulAdd(half, s), to[k:k+lanes])
		}
	}
	leave()
}

// projectTwo adds (Σ u·x)² + (Σ v·x)² over the columns of a strip to q, one strip, with
// u and v two neighbouring rows of a triangle. It is a function of its own so that
// its loop runs in registers.
func projectTwo(u, v, x, q []float) {
	var a0, a1, a2, a3, b0, b1, b2, b3 vec
	for len(u) > 0 && len(v) > 0 && len(x) >= strip {
		a, b := broadcast(u[0]), broadcast(v[0])
		y := load(x[:lanes])
		a0, b0 = y.MulAdd(a, a0), y.MulAdd(b, b0)
		y = load(x[lanes : 2*lanes])
		a1, b1 = y.MulAdd(a, a1), y.MulAdd(b, b1)
		y = load(x[2*lanes : 3*lanes])
		a2, b2 = y.MulAdd(a, a2), y.MulAdd(b, b2)
		y = load(x[3*lanes : 4*lanes])
		a3, b3 = y.MulAdd(a, a3), y.MulAdd(b, b3)
		u, v, x = u[1:], v[1:], x[strip:]
	}
	x, q = x[:strip], q[:strip]
	b := broadcast(v[0]) // one more than u has
	b0, b1 = load(x[:lanes]).MulAdd(b, b0), load(x[lanes:2*lanes]).MulAdd(b, b1)
	b2, b3 = load(x[2*lanes:3*lanes]).MulAdd(b, b2), load(x[3*lanes:4*lanes]).MulAdd(b, b3)
	store(a0.MulAdd(a0, b0.MulAdd(b0, load(q[:lanes]))), q[:lanes])
	store(a1.MulAdd(a1, b1.MulAdd(b1, load(q[lanes:2*lanes]))), q[lanes:2*lanes])
	store(a2.MulAdd(a2, b2.MulAdd(b2, load(q[2*lanes:3*lanes]))), q[2*lanes:3*lanes])
	store(a3.MulAdd(a3, b3.MulAdd(b3, load(q[3*lanes:4*lanes]))), q[3*lanes:4*lanes])
}

// cutStrip writes x−mean for the strip from row i, or what is left of it, to
// to, column after column.
func cutStrip(x [][]float, mean []float, i int, to []float) {
	for j, m := range mean {
		x, center := x[j], broadcast(m)
		x = x[i:min(i+strip, len(x))]
		col := to[j*strip : j*strip+len(x)]
		for k := 0; k+lanes <= len(x) && k+lanes <= len(col); k += lanes {
			store(load(x[k:k+lanes]).Sub(center), col[k:k+lanes])
		}
	}
}

// atMost is the smaller of q and most, NaN if q is NaN.
func atMost(q, most vec) vec { return most.Merge(q, q.Greater(most)) }

// project is Σ w·x over the columns of a strip.
func project(w, x []float) (a0, a1, a2, a3 vec) {
	for l := 0; l < len(w) && len(x) >= strip; l++ {
		a := broadcast(w[l])
		a0, a1 = load(x[:lanes]).MulAdd(a, a0), load(x[lanes:2*lanes]).MulAdd(a, a1)
		a2, a3 = load(x[2*lanes:3*lanes]).MulAdd(a, a2), load(x[3*lanes:4*lanes]).MulAdd(a, a3)
		x = x[strip:]
	}
	return a0, a1, a2, a3
}

// Whiten writes W(x−mean) to to, d×stride.
func Whiten(x [][]float, mean, w, deviation []float, stride, rows int, to []float) {
	for i := 0; i < rows; i += strip {
		cutStrip(x, mean, i, deviation)
		rest := w
		for j := range mean {
			a0, a1, a2, a3 := project(rest[:j+1], deviation)
			rest = rest[j+1:]
			to := to[j*stride+i : j*stride+i+strip]
			store(a0, to[:lanes])
			store(a1, to[lanes:2*lanes])
			store(a2, to[2*lanes:3*lanes])
			store(a3, to[3*lanes:4*lanes])
		}
	}
	leave()
}

// Gather adds Σ r, Σ r·(x−mean) and Σ r·(x−mean)(x−mean)ᵀ to acc.
func Gather(x [][]float, r, mean, deviation, weighted []float, stride int, acc []float64) {
	switch len(mean) {
	case 2:
		gather2(x[0], x[1], r, (*[2]float)(mean), (*[6 * places]float64)(acc))
		leave()
		return
	case 3:
		gather3(x[0], x[1], x[2], r, (*[3]float)(mean), (*[10 * places]float64)(acc))
		leave()
		return
	}
	addWeights(r, acc)
	for j, m := range mean {
		x, center := x[j][:len(r)], broadcast(m)
		dev, to := deviation[j*stride:j*stride+len(r)], weighted[j*stride:j*stride+len(r)]
		var first vec
		for i := 0; i+lanes <= len(r); i += lanes {
			v := load(x[i : i+lanes]).Sub(center)
			t := v.Mul(load(r[i : i+lanes]))
			store(v, dev[i:i+lanes])
			store(t, to[i:i+lanes])
			first = first.Add(t)
		}
		flush(first, acc[(1+j)*places:])
	}
	Outer(weighted, deviation, stride, len(mean), len(r), acc[(1+len(mean))*places:])
	leave()
}

// addWeights adds r to the first sum of acc.
func addWeights(r []float, acc []float64) {
	var s vec
	for i := 0; i+lanes <= len(r); i += lanes {
		s = s.Add(load(r[i : i+lanes]))
	}
	flush(s, acc)
}

// Outer adds Σ a·bᵀ, lower triangle, to acc, three columns by three: enough
// additions for what is loaded, and few enough for sixteen registers. Columns
// beyond d, up to a multiple of three, must be there and finite.
func Outer(a, b []float, stride, d, rows int, acc []float64) {
	for j := 0; j < d; j += 3 {
		a0, a1, a2 := a[j*stride:j*stride+rows], a[(j+1)*stride:(j+1)*stride+rows], a[(j+2)*stride:(j+2)*stride+rows]
		for l := 0; l < j; l += 3 {
			b0, b1, b2 := b[l*stride:l*stride+rows], b[(l+1)*stride:(l+1)*stride+rows], b[(l+2)*stride:(l+2)*stride+rows]
			outer9(a0, a1, a2, b0, b1, b2, acc[l*places:], j, d)
		}
		b0, b1, b2 := b[j*stride:j*stride+rows], b[(j+1)*stride:(j+1)*stride+rows], b[(j+2)*stride:(j+2)*stride+rows]
		outer6(a0, a1, a2, b0, b1, b2, acc[j*places:], j, d)
	}
	leave()
}

// outer9 adds the products of three columns with three to rows j, j+1 and j+2 of
// the triangle at acc, as far as it has them.
func outer9(a0, a1, a2, b0, b1, b2 []float, acc []float64, j, d int) {
	a1, a2, b0, b1, b2 = a1[:len(a0)], a2[:len(a0)], b0[:len(a0)], b1[:len(a0)], b2[:len(a0)]
	var s00, s01, s02, s10, s11, s12, s20, s21, s22 vec
	for i := 0; i+lanes <= len(a0); i += lanes {
		x, y, z := load(b0[i:i+lanes]), load(b1[i:i+lanes]), load(b2[i:i+lanes])
		a := load(a0[i : i+lanes])
		s00, s01, s02 = a.MulAdd(x, s00), a.MulAdd(y, s01), a.MulAdd(z, s02)
		a = load(a1[i : i+lanes])
		s10, s11, s12 = a.MulAdd(x, s10), a.MulAdd(y, s11), a.MulAdd(z, s12)
		a = load(a2[i : i+lanes])
		s20, s21, s22 = a.MulAdd(x, s20), a.MulAdd(y, s21), a.MulAdd(z, s22)
	}
	to := acc[j*(j+1)/2*places:]
	flush(s00, to)
	flush(s01, to[places:])
	flush(s02, to[2*places:])
	if j+1 < d {
		to = to[(j+1)*places:]
		flush(s10, to)
		flush(s11, to[places:])
		flush(s12, to[2*places:])
	}
	if j+2 < d {
		to = to[(j+2)*places:]
		flush(s20, to)
		flush(s21, to[places:])
		flush(s22, to[2*places:])
	}
}

// outer6 is outer9 on the diagonal.
func outer6(a0, a1, a2, b0, b1, b2 []float, acc []float64, j, d int) {
	a1, a2, b0, b1, b2 = a1[:len(a0)], a2[:len(a0)], b0[:len(a0)], b1[:len(a0)], b2[:len(a0)]
	var s00, s10, s11, s20, s21, s22 vec
	for i := 0; i+lanes <= len(a0); i += lanes {
		y, z := load(a1[i:i+lanes]), load(a2[i:i+lanes])
		b := load(b0[i : i+lanes])
		s00, s10, s20 = load(a0[i:i+lanes]).MulAdd(b, s00), y.MulAdd(b, s10), z.MulAdd(b, s20)
		b = load(b1[i : i+lanes])
		s11, s21 = y.MulAdd(b, s11), z.MulAdd(b, s21)
		s22 = load(b2[i:i+lanes]).MulAdd(z, s22)
	}
	to := acc[j*(j+1)/2*places:]
	flush(s00, to)
	if j+1 < d {
		to = to[(j+1)*places:]
		flush(s10, to)
		flush(s11, to[places:])
	}
	if j+2 < d {
		to = to[(j+2)*places:]
		flush(s20, to)
		flush(s21, to[places:])
		flush(s22, to[2*places:])
	}
}
