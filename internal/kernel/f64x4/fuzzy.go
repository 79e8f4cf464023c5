// Code generated from f64x8/fuzzy.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f64x4

// fuzzyRows is how many rows go through all centers before the next rows do: the
// block's weights for ten centers stay in a first-level cache.
const fuzzyRows = 256

// A fuzzyColumn holds a value of each row of a block. Loops over a part of it,
// from 0 to at most its length, need no check of bounds.
type fuzzyColumn = [fuzzyRows]float

// fuzzyRoom holds one block and what is computed of it.
type fuzzyRoom struct {
	m       float64
	centers []float        // k×d
	x       []*fuzzyColumn // d, the block's columns
	value   []fuzzyColumn  // k: squared distances, then weights uᵐ or shares u
	cost    *fuzzyColumn   // each row's part of the objective
}

func newFuzzyRoom(d int, centers []float, m float64, room [][fuzzyRows]float) fuzzyRoom {
	k := len(centers) / d
	return fuzzyRoom{m, centers, make([]*fuzzyColumn, d), room[:k], &room[k]}
}

// Pull adds rows, from the first on, to weight, k, and shift, k×d, as kernel.Pull
// does, and returns how many it added and their part of the objective. It stops
// before a block that holds a row on a center, or a distance so small, so large or
// so far from finite that it has no reciprocal. room has k+1 columns and partial at
// least 1+k·(d+1) times lanes places, which the caller may use again; on the stack
// they would not be aligned.
func Pull(x [][]float, centers []float, m float64, room [][fuzzyRows]float, partial, weight, shift []float64) (done int, objective float64) {
	defer leave()
	d := len(x)
	r := newFuzzyRoom(d, centers, m, room)
	all := partial[:(1+len(weight)*(d+1))*lanes]
	clear(all)
	costs, sums := all[:lanes], all[lanes:]
	for done < len(x[0]) {
		rows, vectors := takeRows(x, done, r.x)
		if !r.fill(vectors, true) {
			break
		}
		r.drop(rows, vectors)
		flush(fuzzyTotal(r.cost, vectors), costs)
		for c := range weight {
			at := c * (d + 1) * lanes
			r.pull(c, vectors, sums[at:at+(d+1)*lanes])
		}
		done += rows
	}
	for c := range weight {
		at := c * (d + 1) * lanes
		weight[c] += inPairs(sums[at : at+lanes])
		for j := range d {
			at += lanes
			shift[c*d+j] += inPairs(sums[at : at+lanes])
		}
	}
	return done, inPairs(costs)
}

// Memberships writes the memberships of rows, from the first on, to to unless it
// is nil, and returns how many rows, Σu² and −Σu·ln u. It ends where Pull does.
func Memberships(x [][]float, centers []float, m float64, room [][fuzzyRows]float, to []float64) (done int, squares, entropy float64) {
	defer leave()
	r := newFuzzyRoom(len(x), centers, m, room)
	k := len(r.value)
	var sums [2 * lanes]float64
	for done < len(x[0]) {
		rows, vectors := takeRows(x, done, r.x)
		if !r.fill(vectors, false) {
			break
		}
		r.drop(rows, vectors)
		r.outline(vectors, &sums)
		if to != nil {
			r.write(rows, to[done*k:(done+rows)*k])
		}
		done += rows
	}
	return done, inPairs(sums[:lanes]), -inPairs(sums[lanes:])
}

// takeRows sets block to the columns of x from row lo on, and returns how many rows
// that is and how many rows of whole vectors they fill: the last vector is filled
// up with copies of the last row.
func takeRows(x [][]float, lo int, block []*fuzzyColumn) (rows, vectors int) {
	rows = min(len(x[0])-lo, fuzzyRows)
	if rows == fuzzyRows {
		for j, col := range x {
			block[j] = (*fuzzyColumn)(col[lo:])
		}
		return rows, rows
	}
	vectors = (rows + lanes - 1) &^ (lanes - 1)
	for j, col := range x {
		var filled fuzzyColumn
		copy(filled[:], col[lo:])
		for i := rows; i < vectors; i++ {
			filled[i] = filled[rows-1]
		}
		block[j] = &filled
	}
	return rows, vectors
}

// drop takes back what fill made of the rows that takeRows added.
func (room *fuzzyRoom) drop(rows, vectors int) {
	if rows == vectors {
		return
	}
	clear(room.cost[rows:vectors])
	for c := range room.value {
		clear(room.value[c][rows:vectors])
	}
}

// fill computes value, weights or shares, and for weights cost, and returns
// whether all distances were in range.
func (room *fuzzyRoom) fill(rows int, weights bool) bool {
	d := len(room.x)
	if d == 3 && room.m == 2 {
		return room.inverses3(rows, weights)
	}
	for c := range room.value {
		fuzzyDistances(room.x, rows, room.centers[c*d:(c+1)*d], &room.value[c])
	}
	if room.m == 2 {
		return room.inverses(rows, weights)
	}
	return room.powers(rows, weights)
}

// inPairs adds up.
func inPairs(s []float64) float64 {
	if len(s) == 1 {
		return s[0]
	}
	return inPairs(s[:len(s)/2]) + inPairs(s[len(s)/2:])
}

// write writes the values by row.
func (room *fuzzyRoom) write(rows int, to []float64) {
	k := len(room.value)
	for c := range room.value {
		at := c
		for _, u := range room.value[c][:rows] {
			if at >= len(to) {
				break // never: tells the compiler the bounds
			}
			to[at] = float64(u)
			at += k
		}
	}
}
