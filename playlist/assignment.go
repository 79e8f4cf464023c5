package playlist

import "math"

// assignment returns the least total cost of giving each of n slots a song of its
// own, of m songs, cost[i][g] being song g in slot i (+Inf forbids); +Inf if there
// is no way to. Shortest augmenting paths with potentials, O(n²·m). (Jonker &
// Volgenant 1987, doi:10.1007/BF02278710)
func assignment(cost [][]float64) float64 {
	n := len(cost)
	if n == 0 {
		return 0
	}
	m := len(cost[0])
	slot := make([]int, m) // slot of each song, −1 for none
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
				return math.Inf(1)
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
	total := 0.0
	for g, i := range slot {
		if i >= 0 {
			total += cost[i][g]
		}
	}
	return total
}
