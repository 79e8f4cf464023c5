// Code generated from f64x8/fuzzy_share.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f64x4

// inverses is fill at m = 2, where a share is (1/d_c²) ÷ Σ 1/d² and a row's part
// of the objective 1 ÷ Σ 1/d²: no distance needs to be compared to the least one.
// Weights are the squares of the shares.
//
// The processor's own division is faster here than its estimate of a reciprocal
// and Newton's steps, which take the units that all else needs.
func (room *fuzzyRoom) inverses(rows int, weights bool) bool {
	rows = min(rows, fuzzyRows)
	value, cost := room.value, room.cost
	_ = cost[0]
	one := broadcast(1)
	var all vec
	least := broadcast(largest)
	for i := 0; i <= rows-lanes; i += lanes {
		var total vec
		for c := range value {
			at := value[c][i : i+lanes]
			v := one.Div(load(at))
			total = total.Add(v)
			store(v, at)
		}
		least, all = least.Min(total), all.Add(total)
		total = one.Div(total)
		store(total, cost[i:i+lanes])
		fuzzyShares(value, i, total, weights)
	}
	return fuzzyInRange(least, all, 0)
}

// inverses3 is inverses for three columns, distances and all.
func (room *fuzzyRoom) inverses3(rows int, weights bool) bool {
	rows = min(rows, fuzzyRows)
	value, cost := room.value, room.cost
	x0, x1, x2 := room.x[0], room.x[1], room.x[2]
	_, _, _, _ = x0[0], x1[0], x2[0], cost[0]
	one := broadcast(1)
	var all vec
	least := broadcast(largest)
	for i := 0; i <= rows-lanes; i += lanes {
		a0, a1, a2 := load(x0[i:i+lanes]), load(x1[i:i+lanes]), load(x2[i:i+lanes])
		var total vec
		center := room.centers
		for c := range value {
			if len(center) < 3 {
				break // never: tells the compiler the bounds
			}
			c0, c1, c2 := broadcast(center[0]), broadcast(center[1]), broadcast(center[2])
			center = center[3:]
			v := one.Div(squares3(a0.Sub(c0), a1.Sub(c1), a2.Sub(c2)))
			total = total.Add(v)
			store(v, value[c][i:i+lanes])
		}
		least, all = least.Min(total), all.Add(total)
		total = one.Div(total)
		store(total, cost[i:i+lanes])
		fuzzyShares(value, i, total, weights)
	}
	return fuzzyInRange(least, all, 0)
}

// fuzzyShares multiplies the values of the rows from i on by factor, and squares
// the products if they are to be weights.
func fuzzyShares(value []fuzzyColumn, i int, factor vec, weights bool) {
	for c := range value {
		at := value[c][i : i+lanes]
		u := load(at).Mul(factor)
		if weights {
			u = u.Mul(u)
		}
		store(u, at)
	}
}

// powers is fill at any m: see fuzzyRoom in package kernel.
func (room *fuzzyRoom) powers(rows int, weights bool) bool {
	rows = min(rows, fuzzyRows)
	value := room.value
	one, p, power := broadcast(1), broadcast(float(1/(room.m-1))), broadcast(float(-room.m))
	var e exponential
	e.set()
	var l logarithm
	l.set()
	var all vec
	least := broadcast(largest)
	for i := 0; i <= rows-lanes; i += lanes {
		nearest := broadcast(largest)
		for c := range value {
			v := load(value[c][i : i+lanes])
			nearest, all = nearest.Min(v), all.Add(v)
		}
		least = least.Min(nearest)
		var total vec
		for c := range value {
			at := value[c][i : i+lanes]
			ratio := nearest.Div(load(at))
			near := e.exp(p.Mul(l.logNormal(ratio)))
			total = total.Add(near)
			if weights {
				near = near.Mul(ratio)
			}
			store(near, at)
		}
		factor := one.Div(total)
		if weights {
			factor = e.exp(power.Mul(l.logNormal(total)))
			store(nearest.Mul(total).Mul(factor), room.cost[i:i+lanes])
		}
		fuzzyShares(value, i, factor, false)
	}
	return fuzzyInRange(least, all, widest)
}

// fuzzyInRange reports whether every lane of least is at least smallest, and every
// lane of all, a sum that shows the largest, an infinity and a NaN, at most
// largest, and the two no further apart than span allows: then no quotient that
// matters has left the range of floats.
func fuzzyInRange(least, all vec, span float) bool {
	var low, high [lanes]float
	store(least, low[:])
	store(all, high[:])
	for i := range low {
		if !(low[i] >= smallest && high[i] <= largest && high[i]*span <= low[i]) {
			return false
		}
	}
	return true
}

// outline adds the squares of the shares and u·ln u to sums.
func (room *fuzzyRoom) outline(rows int, sums *[2 * lanes]float64) {
	rows = min(rows, fuzzyRows)
	var l logarithm
	l.set()
	for c := range room.value {
		value := &room.value[c]
		var squares, entropy vec
		for i := 0; i <= rows-lanes; i += lanes {
			u := load(value[i : i+lanes])
			squares = u.MulAdd(u, squares)
			entropy = u.MulAdd(l.logNormal(u.Max(l.least)), entropy) // nothing at u = 0
		}
		flush(squares, sums[:lanes])
		flush(entropy, sums[lanes:])
	}
}

// fuzzyTotal adds up, lane by lane.
func fuzzyTotal(col *fuzzyColumn, rows int) (total vec) {
	rows = min(rows, fuzzyRows)
	for i := 0; i <= rows-lanes; i += lanes {
		total = total.Add(load(col[i : i+lanes]))
	}
	return total
}
