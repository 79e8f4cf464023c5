// Code generated from f64x8/fuzzy_pull.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x8

// In the loops below what is assigned to nothing is looked at once, before the
// loop, so that pointers are not checked in it. Fifteen vectors are in registers at
// most: the compiler does not use more.

// fuzzyDistances writes the squared distances to center of so many rows of x.
func fuzzyDistances(x []*fuzzyColumn, rows int, center []float, to *fuzzyColumn) {
	rows = min(rows, fuzzyRows)
	switch {
	case len(x) == 2 && len(center) == 2:
		x0, x1 := x[0], x[1]
		_, _, _ = x0[0], x1[0], to[0]
		c0, c1 := broadcast(center[0]), broadcast(center[1])
		for i := 0; i <= rows-lanes; i += lanes {
			d0, d1 := load(x0[i:i+lanes]).Sub(c0), load(x1[i:i+lanes]).Sub(c1)
			store(d0.MulAdd(d0, d1.Mul(d1)), to[i:i+lanes])
		}
	case len(x) == 3 && len(center) == 3:
		x0, x1, x2 := x[0], x[1], x[2]
		_, _, _, _ = x0[0], x1[0], x2[0], to[0]
		c0, c1, c2 := broadcast(center[0]), broadcast(center[1]), broadcast(center[2])
		for i := 0; i <= rows-lanes; i += lanes {
			store(squares3(load(x0[i:i+lanes]).Sub(c0), load(x1[i:i+lanes]).Sub(c1), load(x2[i:i+lanes]).Sub(c2)), to[i:i+lanes])
		}
	default:
		fuzzyDistancesOfMany(x, rows, center, to)
	}
}

// fuzzyDistancesOfMany goes through the columns once per four vectors of rows,
// whose sums stay in registers.
func fuzzyDistancesOfMany(x []*fuzzyColumn, rows int, center []float, to *fuzzyColumn) {
	rows = min(rows, fuzzyRows)
	center = center[:len(x)]
	i := 0
	for ; i <= rows-4*lanes; i += 4 * lanes {
		var s0, s1, s2, s3 vec
		for j, col := range x {
			c, at := broadcast(center[j]), col[i:i+4*lanes]
			d0, d1 := load(at[:lanes]).Sub(c), load(at[lanes:2*lanes]).Sub(c)
			d2, d3 := load(at[2*lanes:3*lanes]).Sub(c), load(at[3*lanes:]).Sub(c)
			s0, s1, s2, s3 = d0.MulAdd(d0, s0), d1.MulAdd(d1, s1), d2.MulAdd(d2, s2), d3.MulAdd(d3, s3)
		}
		at := to[i : i+4*lanes]
		store(s0, at[:lanes])
		store(s1, at[lanes:2*lanes])
		store(s2, at[2*lanes:3*lanes])
		store(s3, at[3*lanes:])
	}
	for ; i <= rows-lanes; i += lanes {
		var s vec
		for j, col := range x {
			d := load(col[i : i+lanes]).Sub(broadcast(center[j]))
			s = d.MulAdd(d, s)
		}
		store(s, to[i:i+lanes])
	}
}

// pull adds the weights of so many rows for center c, and the rows' weighted
// deviations from it, to sums.
func (room *fuzzyRoom) pull(c, rows int, sums []float64) {
	x, weight := room.x, &room.value[c]
	center := room.centers[c*len(x) : (c+1)*len(x)]
	if len(x) == 3 {
		fuzzyPull3(x[0], x[1], x[2], weight, rows, (*[3]float)(center), sums)
		return
	}
	flush(fuzzyTotal(weight, rows), sums[:lanes])
	sums = sums[lanes:]
	for ; len(x) >= 4; x = x[4:] {
		fuzzyPull4(x[0], x[1], x[2], x[3], weight, rows, (*[4]float)(center), sums)
		center, sums = center[4:], sums[4*lanes:]
	}
	if len(x) >= 2 {
		fuzzyPull2(x[0], x[1], weight, rows, (*[2]float)(center), sums)
		x, center, sums = x[2:], center[2:], sums[2*lanes:]
	}
	if len(x) > 0 {
		fuzzyPull1(x[0], weight, rows, center[0], sums)
	}
}

func fuzzyPull3(x0, x1, x2, weight *fuzzyColumn, rows int, center *[3]float, sums []float64) {
	rows = min(rows, fuzzyRows)
	_, _, _, _ = x0[0], x1[0], x2[0], weight[0]
	c0, c1, c2 := broadcast(center[0]), broadcast(center[1]), broadcast(center[2])
	var total, s0, s1, s2 vec
	for i := 0; i <= rows-lanes; i += lanes {
		w := load(weight[i : i+lanes])
		total = total.Add(w)
		s0 = load(x0[i:i+lanes]).Sub(c0).MulAdd(w, s0)
		s1 = load(x1[i:i+lanes]).Sub(c1).MulAdd(w, s1)
		s2 = load(x2[i:i+lanes]).Sub(c2).MulAdd(w, s2)
	}
	flush(total, sums[:lanes])
	flush(s0, sums[lanes:2*lanes])
	flush(s1, sums[2*lanes:3*lanes])
	flush(s2, sums[3*lanes:4*lanes])
}

func fuzzyPull4(x0, x1, x2, x3, weight *fuzzyColumn, rows int, center *[4]float, sums []float64) {
	rows = min(rows, fuzzyRows)
	_, _, _, _, _ = x0[0], x1[0], x2[0], x3[0], weight[0]
	c0, c1, c2, c3 := broadcast(center[0]), broadcast(center[1]), broadcast(center[2]), broadcast(center[3])
	var s0, s1, s2, s3 vec
	for i := 0; i <= rows-lanes; i += lanes {
		w := load(weight[i : i+lanes])
		s0 = load(x0[i:i+lanes]).Sub(c0).MulAdd(w, s0)
		s1 = load(x1[i:i+lanes]).Sub(c1).MulAdd(w, s1)
		s2 = load(x2[i:i+lanes]).Sub(c2).MulAdd(w, s2)
		s3 = load(x3[i:i+lanes]).Sub(c3).MulAdd(w, s3)
	}
	flush(s0, sums[:lanes])
	flush(s1, sums[lanes:2*lanes])
	flush(s2, sums[2*lanes:3*lanes])
	flush(s3, sums[3*lanes:4*lanes])
}

func fuzzyPull2(x0, x1, weight *fuzzyColumn, rows int, center *[2]float, sums []float64) {
	rows = min(rows, fuzzyRows)
	_, _, _ = x0[0], x1[0], weight[0]
	c0, c1 := broadcast(center[0]), broadcast(center[1])
	var s0, s1 vec
	for i := 0; i <= rows-lanes; i += lanes {
		w := load(weight[i : i+lanes])
		s0 = load(x0[i:i+lanes]).Sub(c0).MulAdd(w, s0)
		s1 = load(x1[i:i+lanes]).Sub(c1).MulAdd(w, s1)
	}
	flush(s0, sums[:lanes])
	flush(s1, sums[lanes:2*lanes])
}

func fuzzyPull1(x, weight *fuzzyColumn, rows int, center float, sums []float64) {
	rows = min(rows, fuzzyRows)
	_, _ = x[0], weight[0]
	c := broadcast(center)
	var s vec
	for i := 0; i <= rows-lanes; i += lanes {
		s = load(x[i:i+lanes]).Sub(c).MulAdd(load(weight[i:i+lanes]), s)
	}
	flush(s, sums[:lanes])
}
