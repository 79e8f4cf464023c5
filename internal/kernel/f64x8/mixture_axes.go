//go:build goexperiment.simd && amd64

package f64x8

// DensityAxes is Density for W diagonal, with w its diagonal.
func DensityAxes(x [][]float, mean, w []float, scale float, out []float) {
	s, half, most := broadcast(scale), broadcast(-0.5), broadcast(remotest)
	i := 0
	for ; i+strip <= len(out); i += strip {
		var q0, q1, q2, q3 vec
		for j, m := range mean {
			x, center, u := x[j][i:i+strip], broadcast(m), broadcast(w[j])
			y0, y1 := load(x[:lanes]).Sub(center).Mul(u), load(x[lanes:2*lanes]).Sub(center).Mul(u)
			y2, y3 := load(x[2*lanes:3*lanes]).Sub(center).Mul(u), load(x[3*lanes:4*lanes]).Sub(center).Mul(u)
			q0, q1, q2, q3 = y0.MulAdd(y0, q0), y1.MulAdd(y1, q1), y2.MulAdd(y2, q2), y3.MulAdd(y3, q3)
		}
		to := out[i : i+strip]
		store(atMost(q0, most).MulAdd(half, s), to[:lanes])
		store(atMost(q1, most).MulAdd(half, s), to[lanes:2*lanes])
		store(atMost(q2, most).MulAdd(half, s), to[2*lanes:3*lanes])
		store(atMost(q3, most).MulAdd(half, s), to[3*lanes:4*lanes])
	}
	for ; i+lanes <= len(out); i += lanes {
		var q vec
		for j, m := range mean {
			y := load(x[j][i : i+lanes]).Sub(broadcast(m)).Mul(broadcast(w[j]))
			q = y.MulAdd(y, q)
		}
		store(atMost(q, most).MulAdd(half, s), out[i:i+lanes])
	}
	leave()
}

// GatherAxes adds Σ r, Σ r·(x−mean) and Σ r·(x−mean)² to acc.
func GatherAxes(x [][]float, r, mean []float, acc []float64) {
	addWeights(r, acc)
	for j, m := range mean {
		x, center := x[j][:len(r)], broadcast(m)
		var first, second vec
		for i := 0; i+lanes <= len(r); i += lanes {
			v := load(x[i : i+lanes]).Sub(center)
			t := v.Mul(load(r[i : i+lanes]))
			first, second = first.Add(t), t.MulAdd(v, second)
		}
		flush(first, acc[(1+j)*places:])
		flush(second, acc[(1+len(mean)+j)*places:])
	}
	leave()
}

// GatherTied adds Σ r, Σ r·(x−mean) and Σ r·q for each q of others to acc, and
// r·(x−mean) to e, d×stride.
func GatherTied(x [][]float, r, mean, others []float, stride int, e []float, acc []float64) {
	addWeights(r, acc)
	for j, m := range mean {
		x, to, center := x[j][:len(r)], e[j*stride:j*stride+len(r)], broadcast(m)
		var first vec
		for i := 0; i+lanes <= len(r); i += lanes {
			t := load(x[i : i+lanes]).Sub(center).Mul(load(r[i : i+lanes]))
			first = first.Add(t)
			store(load(to[i:i+lanes]).Add(t), to[i:i+lanes])
		}
		flush(first, acc[(1+j)*places:])
	}
	acc = acc[(1+len(mean))*places:]
	for at := 0; at < len(others); at += stride {
		q := others[at : at+len(r)]
		var cross vec
		for i := 0; i+lanes <= len(r); i += lanes {
			cross = load(q[i:i+lanes]).MulAdd(load(r[i:i+lanes]), cross)
		}
		flush(cross, acc)
		acc = acc[places:]
	}
	leave()
}
