//go:build goexperiment.simd && amd64

package f64x8

const (
	manyRows = 256       // of a, which with their sums stay in a first-level cache
	manyCols = 2 * lanes // rows of b that make a panel
)

// pairsOfMany is Pairs for any number of columns. It copies three rows of a, and two
// vectors of rows of b, so that what one step needs lies together.
func pairsOfMany(a, b [][]float, rows, cols []float) {
	if len(a) == 0 {
		return
	}
	d, n := len(a), len(b[0])
	// A heap for every call would cost more than the distances of a few rows.
	var few [1024]float
	room := few[:]
	three, held := (min(len(rows), manyRows)+2)/3*3*d, min(len(rows), manyRows)*lanes
	if need := three + held + d*manyCols; need > len(few) {
		room = make([]float, need)
	}
	threes, sums, panel := room[:three], room[three:three+held], room[three+held:three+held+d*manyCols]
	for from := 0; from < len(rows); from += manyRows {
		own := rows[from:min(from+manyRows, len(rows))]
		for c, col := range a {
			for i, v := range col[from : from+len(own)] {
				threes[i/3*3*d+3*c+i%3] = v
			}
		}
		clear(sums)
		for i := 0; i < n; i += manyCols {
			size := min(manyCols, n-i)
			for c, col := range b {
				copy(panel[c*manyCols:(c+1)*manyCols], col[i:i+size])
			}
			var to []float
			if cols != nil {
				to = cols[i : i+size]
			}
			panelPairs(threes, panel, sums[:len(own)*lanes], size, to)
		}
		for i := range own {
			own[i] += sum(load(sums[i*lanes : (i+1)*lanes]))
		}
	}
}

// panelPairs adds the distances between rows, three by three in threes, and the first
// rows of a panel to sums, a vector for each row, and to cols, unless that is nil.
func panelPairs(threes, panel, sums []float, size int, cols []float) {
	var squares [3 * manyCols]float
	var count, total [manyCols]float
	for i := range size {
		count[i] = 1
	}
	r := newRoots()
	step := len(panel) / manyCols * 3
	var c0, c1 vec
	for ; len(sums) > 0; threes = threes[step:] {
		panelSquares(threes[:step], panel, squares[:])
		for at := squares[:]; len(at) >= manyCols && len(sums) >= lanes; at = at[manyCols:] {
			d0, d1 := r.root(load(at)), r.other(load(at[lanes:]))
			if size < manyCols {
				d0, d1 = d0.Mul(load(count[:])), d1.Mul(load(count[lanes:]))
			}
			store(load(sums).Add(d0.Add(d1)), sums)
			c0, c1 = c0.Add(d0), c1.Add(d1)
			sums = sums[lanes:]
		}
	}
	store(c0, total[:])
	store(c1, total[lanes:])
	for i := range cols {
		cols[i] += total[i]
	}
}

// panelSquares writes the squared distances between three rows and a panel, row by
// row. It is alone here, and three are all, so that its sums keep their registers.
func panelSquares(three, panel, squares []float) {
	var a0, a1, a2, b0, b1, b2 vec
	for len(three) >= 3 && len(panel) >= manyCols {
		x, y := load(panel), load(panel[lanes:])
		at := broadcast(three[0])
		u, v := x.Sub(at), y.Sub(at)
		a0, b0 = u.MulAdd(u, a0), v.MulAdd(v, b0)
		at = broadcast(three[1])
		u, v = x.Sub(at), y.Sub(at)
		a1, b1 = u.MulAdd(u, a1), v.MulAdd(v, b1)
		at = broadcast(three[2])
		u, v = x.Sub(at), y.Sub(at)
		a2, b2 = u.MulAdd(u, a2), v.MulAdd(v, b2)
		three, panel = three[3:], panel[manyCols:]
	}
	squares = squares[:6*lanes]
	store(a0, squares)
	store(b0, squares[lanes:])
	store(a1, squares[2*lanes:])
	store(b1, squares[3*lanes:])
	store(a2, squares[4*lanes:])
	store(b2, squares[5*lanes:])
}

// oneToMany is Pairs for row q of a alone.
func oneToMany(a, b [][]float, q int, rows, cols []float) {
	n := len(b[0])
	a = a[:len(b)]
	r := newRoots()
	var s vec
	i := 0
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
