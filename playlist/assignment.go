package playlist

import (
	"math"
)

// assignment returns the least total cost of giving each of n slots a song of its
// own, of m songs, cost[i][g] being song g in slot i (+Inf forbids); +Inf if there
// is no way to. With it come the slot of each song, −1 for none, and what each song
// is worth, ≤ 0: no slot would be cheaper with another song were each song's cost
// lowered by that. Shortest augmenting paths with potentials, O(n²·m). (Jonker &
// Volgenant 1987, doi:10.1007/BF02278710)
func assignment(cost [][]float64) (total float64, slot []int, worth []float64) {
	n := len(cost)
	if n == 0 {
		return 0, nil, nil
	}
	m := len(cost[0])
	slot = make([]int, m)
	for g := range slot {
		slot[g] = -1
	}
	u, v := make([]float64, n), make([]float64, m)
	least, from, done := make([]float64, m), make([]int, m), make([]bool, m)
	for i := range n {
		for g := range m {
			least[g], from[g], done[g] = math.Inf(1), -1, false
		}
		// Grow a tree of cheapest changes from slot i until it meets a free song.
		at, last := i, -1
		for {
			step, next := math.Inf(1), -1
			for g := range m {
				if done[g] {
					continue
				}
				if r := cost[at][g] - u[at] - v[g]; r < least[g] {
					least[g], from[g] = r, last
				}
				if least[g] < step {
					step, next = least[g], g
				}
			}
			if next < 0 {
				return math.Inf(1), nil, nil
			}
			u[i] += step
			for g := range m {
				if done[g] {
					u[slot[g]] += step
					v[g] -= step
				} else {
					least[g] -= step
				}
			}
			last, done[next] = next, true
			if slot[next] < 0 {
				break
			}
			at = slot[next]
		}
		for last >= 0 {
			before := from[last]
			if before < 0 {
				slot[last] = i
			} else {
				slot[last] = slot[before]
			}
			last = before
		}
	}
	for g, i := range slot {
		if i >= 0 {
			total += cost[i][g]
		}
	}
	return total, slot, v
}

// assign sets first prices: those of the songs by assignment, which leaves out
// what steps have to do with each other, and those of the few other rules by moves
// against it. Where familiar tracks are scarce this finds at once what moves from
// nothing would take hundreds of rounds for. O(rounds·n²·songs open).
func (d *dual) assign(rounds int, most float64) {
	p, l := d.p, d.l
	index := make([]int, p.songs)
	for g := range index {
		index[g] = -1
	}
	var songs []int32
	half := make([][]float64, p.n) // half of the cheapest steps from and to each open candidate
	for i, slot := range l.open {
		half[i] = make([]float64, len(slot))
		for _, c := range slot {
			if index[p.song[c]] < 0 {
				index[p.song[c]] = len(songs)
				songs = append(songs, p.song[c])
			}
		}
	}
	zero := make([]float64, p.m)
	for i := range l.step {
		into := half[i+1]
		least := make([]float64, len(into))
		for b := range least {
			least[b] = math.Inf(1)
		}
		for a := range l.open[i] {
			row := l.steps(i, a)
			half[i][a] += leastSum(row, zero[:len(row)]) / 2
			for b, v := range row {
				least[b] = min(least[b], v)
			}
		}
		for b, v := range least {
			into[b] += v / 2
		}
	}
	cost, at := make([][]float64, p.n), make([][]int32, p.n) // of each song where it is cheapest
	for i := range cost {
		cost[i], at[i] = make([]float64, len(songs)), make([]int32, len(songs))
	}
	best := math.Inf(-1)
	path := make([]int32, p.n)
	for round := 0; round < rounds && d.ctx.Err() == nil; round++ {
		for g := range songs {
			d.price[songs[g]] = 0
		}
		d.apply()
		for i, slot := range l.open {
			for g := range cost[i] {
				cost[i][g] = math.Inf(1)
			}
			for a, c := range slot {
				if v := d.priced[i][a] + half[i][a]; v < cost[i][index[p.song[c]]] {
					cost[i][index[p.song[c]]], at[i][index[p.song[c]]] = v, int32(a)
				}
			}
		}
		total, slot, worth := assignment(cost)
		value := total + d.constant
		if math.IsInf(total, 1) || value >= most {
			break
		}
		for g, i := range slot {
			d.price[songs[g]] = d.t.rules[songs[g]].payable(-worth[g])
			if i >= 0 {
				path[i] = at[i][g]
			}
		}
		if value > best {
			best = value
			copy(d.bestPrice, d.price)
		}
		d.tally(path)
		for g := range songs { // each is there once at most, and its price is settled
			d.count[songs[g]] = 1
		}
		if !d.move(most - value) {
			break
		}
		d.work += int64(p.n * p.n * len(songs))
	}
	copy(d.price, d.bestPrice)
	clear(d.course)
}
