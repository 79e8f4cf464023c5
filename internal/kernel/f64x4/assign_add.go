// Code generated from f64x8/assign_add.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f64x4

// Lanes is how many rows a vector holds.
const Lanes = lanes

// AddRows adds the rows of x, d columns, from lo on, one per label, to the sums of
// their labels, k×d, and their numbers to counts, k. For few centers every center
// looks at every row and adds those that are its own, without a branch: that
// goes to room, k×(d+1)×lanes, where the last of the d+1 is the number, and the
// caller adds up its lanes when all rows are there. Without room, and for the
// rows behind the last whole vector, each row looks up its sum. At most 1,024 rows.
func AddRows(x [][]float, lo int, labels []int32, room, sums, counts []float64) {
	defer leave()
	d := len(x)
	whole := 0
	if len(room) >= len(counts)*(d+1)*lanes {
		whole = len(labels) &^ (lanes - 1)
	}
	if whole > 0 {
		for c := 0; c < len(counts); c += 2 {
			rowA := room[c*(d+1)*lanes : (c+1)*(d+1)*lanes]
			rowB := rowA[:0] // of no second center
			if c+1 < len(counts) {
				rowB = room[(c+1)*(d+1)*lanes : (c+2)*(d+1)*lanes]
			}
			addTwo(x, lo, labels[:whole], broadcast(float(c)), broadcast(float(c+1)), rowA, rowB)
		}
	}
	scatter(x, lo+whole, labels[whole:], sums, counts)
}

// addTwo adds the rows labelled a to rowA and those labelled b to rowB, both
// (d+1)×lanes, but rowB may be empty.
func addTwo(x [][]float, lo int, labels []int32, a, b vec, rowA, rowB []float64) {
	d := len(x)
	hi := lo + len(labels)
	// Columns that are not there repeat the last one that is.
	last := x[d-1][lo:hi]
	x0, x1, x2 := x[0][lo:hi], last, last
	if d > 1 {
		x1 = x[1][lo:hi]
	}
	if d > 2 {
		x2 = x[2][lo:hi]
	}
	s := add3(x0, x1, x2, labels, a, b)
	s.flush(0, min(d, 3), rowA, rowB)
	s.a0, s.b0 = s.a3, s.b3
	s.flush(d, d+1, rowA, rowB)
	for j := 3; j < d; j += 4 {
		x1, x2, x3 := last, last, last
		if j+1 < d {
			x1 = x[j+1][lo:hi]
		}
		if j+2 < d {
			x2 = x[j+2][lo:hi]
		}
		if j+3 < d {
			x3 = x[j+3][lo:hi]
		}
		s := add4(x[j][lo:hi], x1, x2, x3, labels, a, b)
		s.flush(j, min(j+4, d), rowA, rowB)
	}
}

// added are sums of four columns over the rows of two labels.
type added struct{ a0, a1, a2, a3, b0, b1, b2, b3 vec }

// flush adds to columns [from, to) of the rows.
func (s *added) flush(from, to int, rowA, rowB []float64) {
	flushUpTo(s.a0, s.a1, s.a2, s.a3, rowA[from*lanes:to*lanes])
	if len(rowB) > 0 {
		flushUpTo(s.b0, s.b1, s.b2, s.b3, rowB[from*lanes:to*lanes])
	}
}

func flushUpTo(v0, v1, v2, v3 vec, to []float64) {
	flush(v0, to[:lanes])
	if len(to) >= 2*lanes {
		flush(v1, to[lanes:2*lanes])
	}
	if len(to) >= 3*lanes {
		flush(v2, to[2*lanes:3*lanes])
	}
	if len(to) >= 4*lanes {
		flush(v3, to[3*lanes:4*lanes])
	}
}

// add3 adds up three columns over the rows labelled a and those labelled b, and,
// as the fourth, their numbers.
func add3(x, y, z []float, labels []int32, a, b vec) (s added) {
	one := broadcast(1)
	x, y, z = x[:len(labels)], y[:len(labels)], z[:len(labels)]
	var a0, a1, a2, a3, b0, b1, b2, b3 vec
	for i := 0; i+lanes <= len(labels); i += lanes {
		label := loadLabels(labels[i : i+lanes])
		x, y, z := load(x[i:i+lanes]), load(y[i:i+lanes]), load(z[i:i+lanes])
		m := label.Equal(a)
		a0, a1, a2, a3 = addWhere(a0, x, m), addWhere(a1, y, m), addWhere(a2, z, m), addWhere(a3, one, m)
		m = label.Equal(b)
		b0, b1, b2, b3 = addWhere(b0, x, m), addWhere(b1, y, m), addWhere(b2, z, m), addWhere(b3, one, m)
	}
	return added{a0, a1, a2, a3, b0, b1, b2, b3}
}

// add4 is add3 for four columns, without the numbers.
func add4(x, y, z, w []float, labels []int32, a, b vec) (s added) {
	x, y, z, w = x[:len(labels)], y[:len(labels)], z[:len(labels)], w[:len(labels)]
	var a0, a1, a2, a3, b0, b1, b2, b3 vec
	for i := 0; i+lanes <= len(labels); i += lanes {
		label := loadLabels(labels[i : i+lanes])
		x, y, z, w := load(x[i:i+lanes]), load(y[i:i+lanes]), load(z[i:i+lanes]), load(w[i:i+lanes])
		m := label.Equal(a)
		a0, a1, a2, a3 = addWhere(a0, x, m), addWhere(a1, y, m), addWhere(a2, z, m), addWhere(a3, w, m)
		m = label.Equal(b)
		b0, b1, b2, b3 = addWhere(b0, x, m), addWhere(b1, y, m), addWhere(b2, z, m), addWhere(b3, w, m)
	}
	return added{a0, a1, a2, a3, b0, b1, b2, b3}
}

func addWhere(s, x vec, m mask) vec { return s.Add(x).Merge(s, m) }

// scatter adds one row after the other, two columns at a time.
func scatter(x [][]float, lo int, labels []int32, sums, counts []float64) {
	if len(labels) == 0 {
		return
	}
	d := len(x)
	var offsets [1024]int
	at := offsets[:len(labels)]
	for i, label := range labels {
		counts[label]++
		at[i] = int(label) * d
	}
	j := 0
	for ; j+1 < d; j += 2 {
		x0, x1 := x[j][lo:lo+len(at)], x[j+1][lo:lo+len(at)]
		sums := sums[j:]
		for i, o := range at {
			two := sums[o:]
			two = two[:2]
			two[0] += float64(x0[i])
			two[1] += float64(x1[i])
		}
	}
	if j < d {
		x0, sums := x[j][lo:lo+len(at)], sums[j:]
		for i, o := range at {
			sums[o] += float64(x0[i])
		}
	}
}
