// Code generated from f64x8/assign.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f64x4

import "math"

// Nearest writes to labels, for the rows of x from lo on, the nearest of centers,
// k×d flat, the lowest on ties, and to least, which is as long or longer, the
// squared distances to them. It takes whole vectors; what is left over at the end
// it takes together with rows before, whose results it writes a second time. It
// returns false if there are fewer rows than lanes or it found a row that is
// nearest to nothing: the caller must then do all of them in another way.
func Nearest(x [][]float, lo int, centers []float, labels []int32, least []float) bool {
	defer leave()
	n := len(labels)
	if n < lanes || len(x) == 0 || len(centers) < len(x) {
		return false
	}
	switch least = least[:n]; len(x) {
	case 2:
		return nearest2(x[0][lo:lo+n], x[1][lo:lo+n], centers, labels, least)
	case 3:
		return nearest3(x[0][lo:lo+n], x[1][lo:lo+n], x[2][lo:lo+n], centers, labels, least)
	}
	valid := broadcast(0)
	at := 0
	for ; at+4*lanes <= n; at += 4 * lanes {
		valid = valid.Min(nearest4(x, lo+at, centers, labels[at:at+4*lanes], least[at:at+4*lanes]))
	}
	for ; at < n; at += lanes {
		at = min(at, n-lanes)
		valid = valid.Min(nearest1(x, lo+at, centers, labels[at:at+lanes], least[at:at+lanes]))
	}
	return valid.GreaterEqual(broadcast(0)).ToBits() == 1<<lanes-1
}

// nearest4 does four vectors of rows and two centers at a time, so that a number
// loaded is used more than once. It returns the least label in each lane, −1 for a
// row nearest to nothing.
func nearest4(x [][]float, at int, centers []float, labels []int32, least []float) vec {
	label0, label1, label2, label3 := broadcast(-1), broadcast(-1), broadcast(-1), broadcast(-1)
	best0, best1, best2, best3 := infinite(), infinite(), infinite(), infinite()
	one, label := broadcast(1), broadcast(0)
	var s eight
	for rest := centers; len(rest) >= len(x); {
		centerA := rest[:len(x)]
		centerB := centerA // of no second center: is never nearer
		rest = rest[len(x):]
		if len(rest) >= len(x) {
			centerB = rest[:len(x)]
			rest = rest[len(x):]
		}
		s.squares(x, at, centerA, centerB)
		best0, label0 = nearer(best0, label0, s.a0, label)
		best1, label1 = nearer(best1, label1, s.a1, label)
		best2, label2 = nearer(best2, label2, s.a2, label)
		best3, label3 = nearer(best3, label3, s.a3, label)
		label = label.Add(one)
		best0, label0 = nearer(best0, label0, s.b0, label)
		best1, label1 = nearer(best1, label1, s.b1, label)
		best2, label2 = nearer(best2, label2, s.b2, label)
		best3, label3 = nearer(best3, label3, s.b3, label)
		label = label.Add(one)
	}
	store(best0, least[:lanes])
	store(best1, least[lanes:2*lanes])
	store(best2, least[2*lanes:3*lanes])
	store(best3, least[3*lanes:4*lanes])
	storeLabels(label0, labels[:lanes])
	storeLabels(label1, labels[lanes:2*lanes])
	storeLabels(label2, labels[2*lanes:3*lanes])
	storeLabels(label3, labels[3*lanes:4*lanes])
	return label0.Min(label1).Min(label2.Min(label3))
}

// eight are the squared distances of four vectors of rows to centers a and b.
type eight struct{ a0, a1, a2, a3, b0, b1, b2, b3 vec }

// squares computes them in a function of its own, so that nothing else takes up
// registers in its loop.
//
//go:noinline
func (s *eight) squares(x [][]float, at int, centerA, centerB []float) {
	centerA, centerB = centerA[:len(x)], centerB[:len(x)]
	var a0, a1, a2, a3, b0, b1, b2, b3 vec
	for j, col := range x {
		col = col[at : at+4*lanes]
		va, vb := broadcast(centerA[j]), broadcast(centerB[j])
		x0 := load(col[:lanes])
		da, db := x0.Sub(va), x0.Sub(vb)
		a0, b0 = da.MulAdd(da, a0), db.MulAdd(db, b0)
		x1 := load(col[lanes : 2*lanes])
		da, db = x1.Sub(va), x1.Sub(vb)
		a1, b1 = da.MulAdd(da, a1), db.MulAdd(db, b1)
		x2 := load(col[2*lanes : 3*lanes])
		da, db = x2.Sub(va), x2.Sub(vb)
		a2, b2 = da.MulAdd(da, a2), db.MulAdd(db, b2)
		x3 := load(col[3*lanes : 4*lanes])
		da, db = x3.Sub(va), x3.Sub(vb)
		a3, b3 = da.MulAdd(da, a3), db.MulAdd(db, b3)
	}
	s.a0, s.a1, s.a2, s.a3, s.b0, s.b1, s.b2, s.b3 = a0, a1, a2, a3, b0, b1, b2, b3
}

// nearer takes the distance and label that are nearer than the best so far.
func nearer(best, bestLabel, distance, label vec) (vec, vec) {
	m := distance.Less(best)
	return distance.Merge(best, m), label.Merge(bestLabel, m)
}

// nearest1 is nearest4 for one vector of rows, with the same arithmetic.
func nearest1(x [][]float, at int, centers []float, labels []int32, least []float) vec {
	label0, best0 := broadcast(-1), infinite()
	one, label := broadcast(1), broadcast(0)
	for rest := centers; len(rest) >= len(x); {
		center := rest[:len(x)]
		rest = rest[len(x):]
		var sum0 vec
		for j, c := range center {
			d0 := load(x[j][at : at+lanes]).Sub(broadcast(c))
			sum0 = d0.MulAdd(d0, sum0)
		}
		best0, label0 = nearer(best0, label0, sum0, label)
		label = label.Add(one)
	}
	store(best0, least[:lanes])
	storeLabels(label0, labels[:lanes])
	return label0
}

// nearest3 is Nearest for three columns, two vectors of rows at a time. The last
// two may overlap those before, or, with fewer rows than two vectors, each other.
func nearest3(x, y, z, centers []float, labels []int32, least []float) bool {
	n := len(x)
	y, z, labels, least = y[:n], z[:n], labels[:n], least[:n]
	valid, one := broadcast(0), broadcast(1)
	for at := 0; at < n; at += 2 * lanes {
		at = max(min(at, n-2*lanes), 0)
		to := min(at+lanes, n-lanes)
		if at < 0 || to < 0 || at > n-lanes || to > n-lanes {
			return false // never: tells the compiler the bounds
		}
		x0, y0, z0 := load(x[at:at+lanes]), load(y[at:at+lanes]), load(z[at:at+lanes])
		x1, y1, z1 := load(x[to:to+lanes]), load(y[to:to+lanes]), load(z[to:to+lanes])
		label0, label1 := broadcast(-1), broadcast(-1)
		best0, best1 := infinite(), infinite()
		label := broadcast(0)
		for rest := centers; len(rest) >= 3; rest = rest[3:] {
			cx, cy, cz := broadcast(rest[0]), broadcast(rest[1]), broadcast(rest[2])
			d0 := squares3(z0.Sub(cz), y0.Sub(cy), x0.Sub(cx)) // added in the order of
			d1 := squares3(z1.Sub(cz), y1.Sub(cy), x1.Sub(cx)) // the others: x first
			best0, label0 = nearer(best0, label0, d0, label)
			best1, label1 = nearer(best1, label1, d1, label)
			label = label.Add(one)
		}
		store(best0, least[at:at+lanes])
		store(best1, least[to:to+lanes])
		storeLabels(label0, labels[at:at+lanes])
		storeLabels(label1, labels[to:to+lanes])
		valid = valid.Min(label0.Min(label1))
	}
	return valid.GreaterEqual(broadcast(0)).ToBits() == 1<<lanes-1
}

// nearest2 is nearest3 for two columns.
func nearest2(x, y, centers []float, labels []int32, least []float) bool {
	n := len(x)
	y, labels, least = y[:n], labels[:n], least[:n]
	valid, one := broadcast(0), broadcast(1)
	for at := 0; at < n; at += 2 * lanes {
		at = max(min(at, n-2*lanes), 0)
		to := min(at+lanes, n-lanes)
		if at < 0 || to < 0 || at > n-lanes || to > n-lanes {
			return false // never: tells the compiler the bounds
		}
		x0, y0 := load(x[at:at+lanes]), load(y[at:at+lanes])
		x1, y1 := load(x[to:to+lanes]), load(y[to:to+lanes])
		label0, label1 := broadcast(-1), broadcast(-1)
		best0, best1 := infinite(), infinite()
		label := broadcast(0)
		for rest := centers; len(rest) >= 2; rest = rest[2:] {
			cx, cy := broadcast(rest[0]), broadcast(rest[1])
			dx0, dy0, dx1, dy1 := x0.Sub(cx), y0.Sub(cy), x1.Sub(cx), y1.Sub(cy)
			d0, d1 := dy0.MulAdd(dy0, dx0.Mul(dx0)), dy1.MulAdd(dy1, dx1.Mul(dx1))
			best0, label0 = nearer(best0, label0, d0, label)
			best1, label1 = nearer(best1, label1, d1, label)
			label = label.Add(one)
		}
		store(best0, least[at:at+lanes])
		store(best1, least[to:to+lanes])
		storeLabels(label0, labels[at:at+lanes])
		storeLabels(label1, labels[to:to+lanes])
		valid = valid.Min(label0.Min(label1))
	}
	return valid.GreaterEqual(broadcast(0)).ToBits() == 1<<lanes-1
}

func infinite() vec { return broadcast(float(math.Inf(1))) }
