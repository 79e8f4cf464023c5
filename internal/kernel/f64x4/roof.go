// Code generated from f64x8/roof.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f64x4

// Total is the sum of col, by eight vectors at a time.
func Total(col []float) float {
	defer leave()
	var s0, s1, s2, s3, s4, s5, s6, s7 vec
	i := 0
	for ; i+8*lanes <= len(col); i += 8 * lanes {
		c := col[i : i+8*lanes]
		s0, s1 = s0.Add(load(c[:lanes])), s1.Add(load(c[lanes:2*lanes]))
		s2, s3 = s2.Add(load(c[2*lanes:3*lanes])), s3.Add(load(c[3*lanes:4*lanes]))
		s4, s5 = s4.Add(load(c[4*lanes:5*lanes])), s5.Add(load(c[5*lanes:6*lanes]))
		s6, s7 = s6.Add(load(c[6*lanes:7*lanes])), s7.Add(load(c[7*lanes:8*lanes]))
	}
	total := sum(s0.Add(s1).Add(s2.Add(s3)).Add(s4.Add(s5).Add(s6.Add(s7))))
	for _, v := range col[i:] {
		total += v
	}
	return total
}

// Work multiplies and adds 12·rounds times in each lane, on twelve vectors in turn:
// two can begin in a cycle and take four, so that eight would be the least.
func Work(rounds int) (made int, result float) {
	defer leave()
	x, y := broadcast(0.5), broadcast(0.25)
	var a, b, c, d, e, f, g, h, i, j, k, l vec
	for range rounds {
		a, b, c, d = a.MulAdd(x, y), b.MulAdd(x, y), c.MulAdd(x, y), d.MulAdd(x, y)
		e, f, g, h = e.MulAdd(x, y), f.MulAdd(x, y), g.MulAdd(x, y), h.MulAdd(x, y)
		i, j, k, l = i.MulAdd(x, y), j.MulAdd(x, y), k.MulAdd(x, y), l.MulAdd(x, y)
	}
	a, e, i = a.Add(b).Add(c.Add(d)), e.Add(f).Add(g.Add(h)), i.Add(j).Add(k.Add(l))
	return 12 * lanes * rounds, sum(a.Add(e).Add(i))
}
