//go:build goexperiment.simd && amd64

package f64x8

// pairsOfMany is Pairs for any number of columns, but for the rows of a behind the
// last four: four rows of a against two vectors of b, so that a column's loads
// serve several pairs.
func pairsOfMany(a, b [][]float, rows, cols []float) {
	if len(a) == 0 || len(rows) < 4 {
		return
	}
	n := len(b[0])
	paired := n - n%(2*lanes)
	a, b = a[:len(b)], b[:len(a)]
	r := newRoots()
	for q := 0; q+4 <= len(rows); q += 4 {
		var s0, s1, s2, s3 vec
		for i := 0; i < paired; i += 2 * lanes {
			var a0, a1, a2, a3, b0, b1, b2, b3 vec
			for c, col := range b {
				x, query := col[i:i+2*lanes], a[c][q:q+4]
				xa, xb := load(x), load(x[lanes:])
				at := broadcast(query[0])
				u, v := xa.Sub(at), xb.Sub(at)
				a0, b0 = u.MulAdd(u, a0), v.MulAdd(v, b0)
				at = broadcast(query[1])
				u, v = xa.Sub(at), xb.Sub(at)
				a1, b1 = u.MulAdd(u, a1), v.MulAdd(v, b1)
				at = broadcast(query[2])
				u, v = xa.Sub(at), xb.Sub(at)
				a2, b2 = u.MulAdd(u, a2), v.MulAdd(v, b2)
				at = broadcast(query[3])
				u, v = xa.Sub(at), xb.Sub(at)
				a3, b3 = u.MulAdd(u, a3), v.MulAdd(v, b3)
			}
			a0, a1, a2, a3 = r.root(a0), r.other(a1), r.root(a2), r.other(a3)
			b0, b1, b2, b3 = r.root(b0), r.other(b1), r.root(b2), r.other(b3)
			s0, s1 = s0.Add(a0.Add(b0)), s1.Add(a1.Add(b1))
			s2, s3 = s2.Add(a2.Add(b2)), s3.Add(a3.Add(b3))
			if cols != nil {
				to := cols[i : i+2*lanes]
				store(load(to).Add(a0.Add(a1).Add(a2.Add(a3))), to)
				to = to[lanes:]
				store(load(to).Add(b0.Add(b1).Add(b2.Add(b3))), to)
			}
		}
		rows[q] += sum(s0)
		rows[q+1] += sum(s1)
		rows[q+2] += sum(s2)
		rows[q+3] += sum(s3)
		if paired < n {
			for row := q; row < q+4; row++ {
				toLast(a, b, row, paired, rows, cols)
			}
		}
	}
}

// oneToMany is Pairs for row q of a alone.
func oneToMany(a, b [][]float, q int, rows, cols []float) {
	if len(a) > 0 {
		toLast(a, b, q, 0, rows, cols)
	}
}

// toLast is Pairs for row q of a and the rows of b from the given one on.
func toLast(a, b [][]float, q, from int, rows, cols []float) {
	n := len(b[0])
	a = a[:len(b)]
	r := newRoots()
	var s vec
	i := from
	for ; i+lanes <= n; i += lanes {
		var square vec
		for c, col := range b {
			u := load(col[i : i+lanes]).Sub(broadcast(a[c][q]))
			square = u.MulAdd(u, square)
		}
		d := r.root(square)
		s = s.Add(d)
		if cols != nil {
			to := cols[i : i+lanes]
			store(load(to).Add(d), to)
		}
	}
	if i < n {
		var rest, count [lanes]float
		var square vec
		for c, col := range b {
			copy(rest[:], col[i:n])
			u := load(rest[:]).Sub(broadcast(a[c][q]))
			square = u.MulAdd(u, square)
		}
		for k := range n - i {
			count[k] = 1
		}
		d := r.root(square).Mul(load(count[:]))
		s = s.Add(d)
		if cols != nil {
			store(d, rest[:])
			for k, v := range rest[:n-i] {
				cols[i+k] += v
			}
		}
	}
	rows[q] += sum(s)
}
