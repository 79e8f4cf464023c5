//go:build goexperiment.simd && amd64

package f64x8

// fuzzyRows is how many rows go through all centers before the next rows do: the
// block's weights for ten centers stay in a first-level cache.
const fuzzyRows = 256

// fuzzyRoom holds one block's values and what is added up over the blocks.
type fuzzyRoom struct {
	k       int
	m       float64
	centers []float
	value   []float   // k×fuzzyRows: squared distances, then shares or weights but for factor
	factor  []float   // fuzzyRows: what all values of a row are multiplied by
	sums    []float64 // in lanes
}

func newFuzzyRoom(d int, centers []float, m float64, sums int) *fuzzyRoom {
	k := len(centers) / d
	return &fuzzyRoom{k, m, centers, make([]float, k*fuzzyRows), make([]float, fuzzyRows), make([]float64, sums*lanes)}
}

// Pull adds rows, from the first on, to weight, k, and shift, k×d, as kernel.Pull
// does, and returns how many it added and their part of the objective. It leaves
// to the caller what is less than lanes rows at the end, and stops before a block
// that holds a row on a center, or a distance so small, so large or so far from
// finite that it has no reciprocal.
func Pull(x [][]float, centers []float, m float64, weight, shift []float64) (done int, objective float64) {
	d, rows := len(x), len(x[0])&^(lanes-1)
	room := newFuzzyRoom(d, centers, m, len(weight)*(d+1))
	for done < rows {
		end := min(done+fuzzyRows, rows)
		part, ok := room.fill(x, done, end, true)
		if !ok {
			break
		}
		objective += part
		room.pull(x, done, end)
		done = end
	}
	for c := range weight {
		at := c * (d + 1) * lanes
		weight[c] += addUp(room.sums[at : at+lanes])
		for j := range d {
			at += lanes
			shift[c*d+j] += addUp(room.sums[at : at+lanes])
		}
	}
	return done, objective
}

// Memberships writes the memberships of rows, from the first on, to to unless it
// is nil, and returns how many rows, Σu² and −Σu·ln u. It ends where Pull does.
func Memberships(x [][]float, centers []float, m float64, to []float64) (done int, squares, entropy float64) {
	rows := len(x[0]) &^ (lanes - 1)
	room := newFuzzyRoom(len(x), centers, m, 2)
	for done < rows {
		end := min(done+fuzzyRows, rows)
		if _, ok := room.fill(x, done, end, false); !ok {
			break
		}
		room.share(end - done)
		if to != nil {
			room.write(end-done, to[done*room.k:end*room.k])
		}
		done = end
	}
	return done, addUp(room.sums[:lanes]), -addUp(room.sums[lanes:])
}

// fill computes value and factor for rows [lo, hi), of weights or of shares, the
// rows' part of the objective, and whether all distances were in range.
func (room *fuzzyRoom) fill(x [][]float, lo, hi int, weights bool) (objective float64, ok bool) {
	room.distances(x, lo, hi)
	if room.m == 2 {
		return room.inverses(hi - lo)
	}
	return room.powers(hi-lo, weights)
}

// addUp adds in pairs.
func addUp(s []float64) float64 {
	if len(s) == 1 {
		return s[0]
	}
	return addUp(s[:len(s)/2]) + addUp(s[len(s)/2:])
}

// distances fills value with the squared distances of rows [lo, hi).
func (room *fuzzyRoom) distances(x [][]float, lo, hi int) {
	d := len(x)
	for c := range room.k {
		to := room.value[c*fuzzyRows : c*fuzzyRows+hi-lo]
		center := room.centers[c*d : (c+1)*d]
		switch d {
		case 2:
			fuzzyDistances2(x[0][lo:hi], x[1][lo:hi], (*[2]float)(center), to)
		case 3:
			fuzzyDistances3(x[0][lo:hi], x[1][lo:hi], x[2][lo:hi], (*[3]float)(center), to)
		default:
			fuzzyDistances(x, lo, center, to)
		}
	}
}

func fuzzyDistances2(x0, x1 []float, center *[2]float, to []float) {
	x0, x1 = x0[:len(to)], x1[:len(to)]
	c0, c1 := broadcast(center[0]), broadcast(center[1])
	for i := 0; i+lanes <= len(to); i += lanes {
		d0, d1 := load(x0[i:i+lanes]).Sub(c0), load(x1[i:i+lanes]).Sub(c1)
		store(d0.MulAdd(d0, d1.Mul(d1)), to[i:i+lanes])
	}
}

func fuzzyDistances3(x0, x1, x2 []float, center *[3]float, to []float) {
	x0, x1, x2 = x0[:len(to)], x1[:len(to)], x2[:len(to)]
	c0, c1, c2 := broadcast(center[0]), broadcast(center[1]), broadcast(center[2])
	for i := 0; i+lanes <= len(to); i += lanes {
		store(squares3(load(x0[i:i+lanes]).Sub(c0), load(x1[i:i+lanes]).Sub(c1), load(x2[i:i+lanes]).Sub(c2)), to[i:i+lanes])
	}
}

// fuzzyDistances goes through the columns once per four vectors of rows, whose
// sums stay in registers.
func fuzzyDistances(x [][]float, lo int, center, to []float) {
	x = x[:len(center)]
	i := 0
	for ; i+4*lanes <= len(to); i += 4 * lanes {
		var s0, s1, s2, s3 vec
		for j, v := range center {
			c, col := broadcast(v), x[j][lo+i:]
			col = col[:4*lanes]
			d0 := load(col[0:lanes]).Sub(c)
			d1 := load(col[lanes : 2*lanes]).Sub(c)
			d2 := load(col[2*lanes : 3*lanes]).Sub(c)
			d3 := load(col[3*lanes : 4*lanes]).Sub(c)
			s0, s1, s2, s3 = d0.MulAdd(d0, s0), d1.MulAdd(d1, s1), d2.MulAdd(d2, s2), d3.MulAdd(d3, s3)
		}
		out := to[i : i+4*lanes]
		store(s0, out[0:lanes])
		store(s1, out[lanes:2*lanes])
		store(s2, out[2*lanes:3*lanes])
		store(s3, out[3*lanes:4*lanes])
	}
	for ; i+lanes <= len(to); i += lanes {
		var s vec
		for j, v := range center {
			col := x[j][lo+i:]
			d := load(col[:lanes]).Sub(broadcast(v))
			s = d.MulAdd(d, s)
		}
		store(s, to[i:i+lanes])
	}
}

// inverses is fill at m = 2, where a share is (1/d_c²) ÷ Σ 1/d² and a row's part
// of the objective 1 ÷ Σ 1/d²: no distance needs to be compared to the least one.
// Weights are the squares of the shares.
func (room *fuzzyRoom) inverses(rows int) (objective float64, ok bool) {
	r := newReciprocals()
	factor := room.factor[:rows]
	var all, parts vec
	least := broadcast(largest)
	for i := 0; i+lanes <= len(factor); i += lanes {
		var total vec
		for at := i; at+lanes <= len(room.value); at += fuzzyRows {
			v := load(room.value[at : at+lanes])
			least, all = least.Min(v), all.Add(v)
			v = r.of(v)
			total = total.Add(v)
			store(v, room.value[at:at+lanes])
		}
		total = r.of(total)
		parts = parts.Add(total)
		store(total, factor[i:i+lanes])
	}
	return float64(sum(parts)), inRange(least, all, 0)
}

// powers is fill at any m: see fuzzyRoom in package kernel.
func (room *fuzzyRoom) powers(rows int, weights bool) (objective float64, ok bool) {
	r, p, power := newReciprocals(), broadcast(float(1/(room.m-1))), broadcast(float(-room.m))
	var e exponential
	e.set()
	var l logarithm
	l.set()
	factor := room.factor[:rows]
	var all, parts vec
	least := broadcast(largest)
	for i := 0; i+lanes <= len(factor); i += lanes {
		nearest := broadcast(largest)
		for at := i; at+lanes <= len(room.value); at += fuzzyRows {
			v := load(room.value[at : at+lanes])
			nearest, all = nearest.Min(v), all.Add(v)
		}
		least = least.Min(nearest)
		var total vec
		for at := i; at+lanes <= len(room.value); at += fuzzyRows {
			ratio := nearest.Mul(r.of(load(room.value[at : at+lanes])))
			near := e.exp(p.Mul(l.logNormal(ratio)))
			total = total.Add(near)
			if weights {
				near = near.Mul(ratio)
			}
			store(near, room.value[at:at+lanes])
		}
		scale := r.of(total)
		if weights {
			scale = e.exp(power.Mul(l.logNormal(total)))
			parts = nearest.Mul(total).MulAdd(scale, parts)
		}
		store(scale, factor[i:i+lanes])
	}
	return float64(sum(parts)), inRange(least, all, widest)
}

// inRange reports whether every lane of least is at least smallest, and every
// lane of all, a sum that shows the largest, an infinity and a NaN, at most
// largest, and the two no further apart than span allows.
func inRange(least, all vec, span float) bool {
	var low, high [lanes]float
	store(least, low[:])
	store(all, high[:])
	for i, v := range low {
		if !(v >= smallest && high[i] <= largest && high[i]*span <= v) {
			return false
		}
	}
	return true
}

// share turns values to shares, and adds up their squares and u·ln u.
func (room *fuzzyRoom) share(rows int) {
	var l logarithm
	l.set()
	for c := range room.k {
		value := room.value[c*fuzzyRows : c*fuzzyRows+rows]
		factor := room.factor[:len(value)]
		var squares, entropy vec
		for i := 0; i+lanes <= len(value); i += lanes {
			u := load(value[i : i+lanes]).Mul(load(factor[i : i+lanes]))
			store(u, value[i:i+lanes])
			squares = u.MulAdd(u, squares)
			entropy = u.MulAdd(l.logNormal(u.Max(l.least)), entropy) // nothing at u = 0
		}
		flush(squares, room.sums[:lanes])
		flush(entropy, room.sums[lanes:])
	}
}

// write writes the values by row.
func (room *fuzzyRoom) write(rows int, to []float64) {
	for c := range room.k {
		at := c
		for _, u := range room.value[c*fuzzyRows : c*fuzzyRows+rows] {
			if at >= len(to) {
				break // never: tells the compiler the bounds
			}
			to[at] = float64(u)
			at += room.k
		}
	}
}

// pull adds the weights of rows [lo, hi), and the rows' weighted deviations from
// each center, to sums.
func (room *fuzzyRoom) pull(x [][]float, lo, hi int) {
	d := len(x)
	for c := range room.k {
		weight := room.value[c*fuzzyRows : c*fuzzyRows+hi-lo]
		center := room.centers[c*d : (c+1)*d]
		sums := room.sums[c*(d+1)*lanes : (c+1)*(d+1)*lanes]
		total := weigh(weight, room.factor, room.m == 2)
		flush(total, sums[:lanes])
		sums = sums[lanes:]
		switch {
		case d == 3:
			pull3(x[0][lo:hi], x[1][lo:hi], x[2][lo:hi], weight, (*[3]float)(center), sums)
			continue
		}
		for len(center) >= 2 {
			pull2(x[d-len(center)][lo:hi], x[d-len(center)+1][lo:hi], weight, (*[2]float)(center), sums)
			center, sums = center[2:], sums[2*lanes:]
		}
		if len(center) > 0 {
			pull1(x[d-1][lo:hi], weight, center[0], sums)
		}
	}
}

// weigh multiplies values by their factors, squares the products if asked to, and
// returns their sum.
func weigh(value, factor []float, square bool) (total vec) {
	factor = factor[:len(value)]
	if square {
		for i := 0; i+lanes <= len(value); i += lanes {
			w := load(value[i : i+lanes]).Mul(load(factor[i : i+lanes]))
			w = w.Mul(w)
			total = total.Add(w)
			store(w, value[i:i+lanes])
		}
		return total
	}
	for i := 0; i+lanes <= len(value); i += lanes {
		w := load(value[i : i+lanes]).Mul(load(factor[i : i+lanes]))
		total = total.Add(w)
		store(w, value[i:i+lanes])
	}
	return total
}

func pull3(x0, x1, x2, weight []float, center *[3]float, sums []float64) {
	x0, x1, x2 = x0[:len(weight)], x1[:len(weight)], x2[:len(weight)]
	c0, c1, c2 := broadcast(center[0]), broadcast(center[1]), broadcast(center[2])
	var s0, s1, s2 vec
	for i := 0; i+lanes <= len(weight); i += lanes {
		w := load(weight[i : i+lanes])
		s0 = w.MulAdd(load(x0[i:i+lanes]).Sub(c0), s0)
		s1 = w.MulAdd(load(x1[i:i+lanes]).Sub(c1), s1)
		s2 = w.MulAdd(load(x2[i:i+lanes]).Sub(c2), s2)
	}
	flush(s0, sums[0:lanes])
	flush(s1, sums[lanes:2*lanes])
	flush(s2, sums[2*lanes:3*lanes])
}

// pull2 keeps two sums per column, for one addition waits for the one before.
func pull2(x0, x1, weight []float, center *[2]float, sums []float64) {
	x0, x1 = x0[:len(weight)], x1[:len(weight)]
	c0, c1 := broadcast(center[0]), broadcast(center[1])
	var s0, s1, t0, t1 vec
	i := 0
	for ; i+2*lanes <= len(weight); i += 2 * lanes {
		w, v := load(weight[i:i+lanes]), load(weight[i+lanes:i+2*lanes])
		s0 = w.MulAdd(load(x0[i:i+lanes]).Sub(c0), s0)
		s1 = w.MulAdd(load(x1[i:i+lanes]).Sub(c1), s1)
		t0 = v.MulAdd(load(x0[i+lanes:i+2*lanes]).Sub(c0), t0)
		t1 = v.MulAdd(load(x1[i+lanes:i+2*lanes]).Sub(c1), t1)
	}
	if i+lanes <= len(weight) {
		w := load(weight[i : i+lanes])
		s0 = w.MulAdd(load(x0[i:i+lanes]).Sub(c0), s0)
		s1 = w.MulAdd(load(x1[i:i+lanes]).Sub(c1), s1)
	}
	flush(s0.Add(t0), sums[0:lanes])
	flush(s1.Add(t1), sums[lanes:2*lanes])
}

func pull1(x, weight []float, center float, sums []float64) {
	x = x[:len(weight)]
	c := broadcast(center)
	var s vec
	for i := 0; i+lanes <= len(weight); i += lanes {
		s = load(weight[i:i+lanes]).MulAdd(load(x[i:i+lanes]).Sub(c), s)
	}
	flush(s, sums[0:lanes])
}
