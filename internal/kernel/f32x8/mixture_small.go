// Code generated from f64x8/mixture_small.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x8

// Two and three columns keep everything but the rows in registers.

func density2(x0, x1 []float, mean *[2]float, w *[3]float, scale float, out []float) {
	x1, out = x1[:len(x0)], out[:len(x0)]
	m0, m1 := broadcast(mean[0]), broadcast(mean[1])
	w00, w10, w11 := broadcast(w[0]), broadcast(w[1]), broadcast(w[2])
	s, half, most := broadcast(scale), broadcast(-0.5), broadcast(remotest)
	for i := 0; i+lanes <= len(x0); i += lanes {
		d0, d1 := load(x0[i:i+lanes]).Sub(m0), load(x1[i:i+lanes]).Sub(m1)
		y0 := w00.Mul(d0)
		y1 := w11.MulAdd(d1, w10.Mul(d0))
		q := y1.MulAdd(y1, y0.Mul(y0))
		store(atMost(q, most).MulAdd(half, s), out[i:i+lanes])
	}
}

func density3(x0, x1, x2 []float, mean *[3]float, w *[6]float, scale float, out []float) {
	x1, x2, out = x1[:len(x0)], x2[:len(x0)], out[:len(x0)]
	m0, m1, m2 := broadcast(mean[0]), broadcast(mean[1]), broadcast(mean[2])
	w00, w10, w11, w20, w21, w22 := broadcast(w[0]), broadcast(w[1]), broadcast(w[2]), broadcast(w[3]), broadcast(w[4]), broadcast(w[5])
	s, half, most := broadcast(scale), broadcast(-0.5), broadcast(remotest)
	for i := 0; i+lanes <= len(x0); i += lanes {
		d0, d1, d2 := load(x0[i:i+lanes]).Sub(m0), load(x1[i:i+lanes]).Sub(m1), load(x2[i:i+lanes]).Sub(m2)
		y0 := w00.Mul(d0)
		y1 := w11.MulAdd(d1, w10.Mul(d0))
		y2 := w22.MulAdd(d2, w21.MulAdd(d1, w20.Mul(d0)))
		q := y2.MulAdd(y2, y1.MulAdd(y1, y0.Mul(y0)))
		store(atMost(q, most).MulAdd(half, s), out[i:i+lanes])
	}
}

func gather2(x0, x1, r []float, mean *[2]float, acc *[6 * places]float64) {
	x0, x1 = x0[:len(r)], x1[:len(r)]
	m0, m1 := broadcast(mean[0]), broadcast(mean[1])
	var s, f0, f1, s00, s10, s11 vec
	for i := 0; i+lanes <= len(r); i += lanes {
		w := load(r[i : i+lanes])
		d0, d1 := load(x0[i:i+lanes]).Sub(m0), load(x1[i:i+lanes]).Sub(m1)
		t0, t1 := w.Mul(d0), w.Mul(d1)
		s, f0, f1 = s.Add(w), f0.Add(t0), f1.Add(t1)
		s00, s10, s11 = t0.MulAdd(d0, s00), t1.MulAdd(d0, s10), t1.MulAdd(d1, s11)
	}
	flush(s, acc[0*places:])
	flush(f0, acc[1*places:])
	flush(f1, acc[2*places:])
	flush(s00, acc[3*places:])
	flush(s10, acc[4*places:])
	flush(s11, acc[5*places:])
}

func gather3(x0, x1, x2, r []float, mean *[3]float, acc *[10 * places]float64) {
	x0, x1, x2 = x0[:len(r)], x1[:len(r)], x2[:len(r)]
	m0, m1, m2 := broadcast(mean[0]), broadcast(mean[1]), broadcast(mean[2])
	var s, f0, f1, f2, s00, s10, s11, s20, s21, s22 vec
	for i := 0; i+lanes <= len(r); i += lanes {
		w := load(r[i : i+lanes])
		s = s.Add(w)
		d0 := load(x0[i : i+lanes]).Sub(m0)
		t := w.Mul(d0)
		f0, s00 = f0.Add(t), t.MulAdd(d0, s00)
		d1 := load(x1[i : i+lanes]).Sub(m1)
		t = w.Mul(d1)
		f1, s10, s11 = f1.Add(t), t.MulAdd(d0, s10), t.MulAdd(d1, s11)
		d2 := load(x2[i : i+lanes]).Sub(m2)
		t = w.Mul(d2)
		f2, s20, s21, s22 = f2.Add(t), t.MulAdd(d0, s20), t.MulAdd(d1, s21), t.MulAdd(d2, s22)
	}
	flush(s, acc[0*places:])
	flush(f0, acc[1*places:])
	flush(f1, acc[2*places:])
	flush(f2, acc[3*places:])
	flush(s00, acc[4*places:])
	flush(s10, acc[5*places:])
	flush(s11, acc[6*places:])
	flush(s20, acc[7*places:])
	flush(s21, acc[8*places:])
	flush(s22, acc[9*places:])
}
