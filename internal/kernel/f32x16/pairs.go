// Code generated from f64x8/pairs.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x16

// Pairs adds, for the rows of tables a and b of the same columns, every distance
// between a row of a and a row of b to rows, one place per row of a, and to cols,
// one per row of b, unless that is nil.
//
// Two and three columns stay in registers while a run of b goes by, two rows of a
// at a time: Go gives a function fifteen vector registers, and what spills costs
// more than the roots. The two take their roots in different ways; see roots.
func Pairs(a, b [][]float, rows, cols []float) {
	defer leave()
	switch len(a) {
	case 2:
		pairs2(a, b, rows, cols)
	case 3:
		pairs3(a, b, rows, cols)
	default:
		pairsOfMany(a, b, rows, cols)
		return
	}
	if len(rows)%2 == 1 {
		oneToMany(a, b, len(rows)-1, rows, cols)
	}
}

// last holds the rows of b behind the last whole vector, filled up with zeros, and
// what their distances count: 1, and 0 for the filling.
type last struct {
	from  int
	count [lanes]float
	sums  [lanes]float // what goes to cols
}

func newLast(n int) (l last) {
	l.from = n - n%lanes
	for i := range n % lanes {
		l.count[i] = 1
	}
	return l
}

// flush adds the sums to cols.
func (l *last) flush(cols []float) {
	for i := l.from; i < len(cols); i++ {
		cols[i] += l.sums[i-l.from]
	}
}

func pairs3(a, b [][]float, rows, cols []float) {
	x := b[0]
	y, z := b[1][:len(x)], b[2][:len(x)]
	qx := a[0][:len(rows)]
	qy, qz := a[1][:len(rows)], a[2][:len(rows)]
	l := newLast(len(x))
	var lx, ly, lz [lanes]float
	copy(lx[:], x[l.from:])
	copy(ly[:], y[l.from:])
	copy(lz[:], z[l.from:])
	r := newRoots()
	for q := 0; q+2 <= len(rows); q += 2 {
		x0, y0, z0 := broadcast(qx[q]), broadcast(qy[q]), broadcast(qz[q])
		x1, y1, z1 := broadcast(qx[q+1]), broadcast(qy[q+1]), broadcast(qz[q+1])
		var s0, s1 vec
		if l.from < len(x) {
			x, y, z, count := load(lx[:]), load(ly[:]), load(lz[:]), load(l.count[:])
			s0 = r.root(squares3(x0.Sub(x), y0.Sub(y), z0.Sub(z))).Mul(count)
			s1 = r.other(squares3(x1.Sub(x), y1.Sub(y), z1.Sub(z))).Mul(count)
			store(load(l.sums[:]).Add(s0.Add(s1)), l.sums[:])
		}
		if cols == nil {
			for i := 0; i+lanes <= len(x); i += lanes {
				x, y, z := load(x[i:i+lanes]), load(y[i:i+lanes]), load(z[i:i+lanes])
				s0 = s0.Add(r.root(squares3(x0.Sub(x), y0.Sub(y), z0.Sub(z))))
				s1 = s1.Add(r.other(squares3(x1.Sub(x), y1.Sub(y), z1.Sub(z))))
			}
		} else {
			cols := cols[:len(x)]
			for i := 0; i+lanes <= len(x); i += lanes {
				x, y, z, col := load(x[i:i+lanes]), load(y[i:i+lanes]), load(z[i:i+lanes]), load(cols[i:i+lanes])
				d0 := r.root(squares3(x0.Sub(x), y0.Sub(y), z0.Sub(z)))
				col = col.Add(d0)
				d1 := r.other(squares3(x1.Sub(x), y1.Sub(y), z1.Sub(z)))
				s0, s1 = s0.Add(d0), s1.Add(d1)
				store(col.Add(d1), cols[i:i+lanes])
			}
		}
		rows[q] += sum(s0)
		rows[q+1] += sum(s1)
	}
	l.flush(cols)
}

func pairs2(a, b [][]float, rows, cols []float) {
	x := b[0]
	y := b[1][:len(x)]
	qx, qy := a[0][:len(rows)], a[1][:len(rows)]
	l := newLast(len(x))
	var lx, ly [lanes]float
	copy(lx[:], x[l.from:])
	copy(ly[:], y[l.from:])
	r := newRoots()
	for q := 0; q+2 <= len(rows); q += 2 {
		x0, y0 := broadcast(qx[q]), broadcast(qy[q])
		x1, y1 := broadcast(qx[q+1]), broadcast(qy[q+1])
		var s0, s1 vec
		if l.from < len(x) {
			x, y, count := load(lx[:]), load(ly[:]), load(l.count[:])
			s0 = r.root(squares2(x0.Sub(x), y0.Sub(y))).Mul(count)
			s1 = r.other(squares2(x1.Sub(x), y1.Sub(y))).Mul(count)
			store(load(l.sums[:]).Add(s0.Add(s1)), l.sums[:])
		}
		if cols == nil {
			for i := 0; i+lanes <= len(x); i += lanes {
				x, y := load(x[i:i+lanes]), load(y[i:i+lanes])
				s0 = s0.Add(r.root(squares2(x0.Sub(x), y0.Sub(y))))
				s1 = s1.Add(r.other(squares2(x1.Sub(x), y1.Sub(y))))
			}
		} else {
			cols := cols[:len(x)]
			for i := 0; i+lanes <= len(x); i += lanes {
				x, y, col := load(x[i:i+lanes]), load(y[i:i+lanes]), load(cols[i:i+lanes])
				d0 := r.root(squares2(x0.Sub(x), y0.Sub(y)))
				col = col.Add(d0)
				d1 := r.other(squares2(x1.Sub(x), y1.Sub(y)))
				s0, s1 = s0.Add(d0), s1.Add(d1)
				store(col.Add(d1), cols[i:i+lanes])
			}
		}
		rows[q] += sum(s0)
		rows[q+1] += sum(s1)
	}
	l.flush(cols)
}

func squares3(x, y, z vec) vec { return x.MulAdd(x, y.MulAdd(y, z.Mul(z))) }
func squares2(x, y vec) vec    { return x.MulAdd(x, y.Mul(y)) }
