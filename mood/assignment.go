package mood

import "math"

// assign solves the assignment problem: it gives each row of the n×n cost table
// a column of its own so that the costs add up to the least, O(n³), by the
// Hungarian method in its shortest-augmenting-path form. Costs must be finite.
//
// Reference: Kuhn 1955, doi:10.1002/nav.3800020109; Jonker & Volgenant 1987,
// doi:10.1007/BF02278710.
func assign(cost [][]float64) (column []int, total float64) {
	n := len(cost)
	u, v := make([]float64, n), make([]float64, n+1) // dual prices of rows and columns
	rowOf := make([]int, n+1)                        // column → row; column n is the root of each search
	for j := range rowOf {
		rowOf[j] = -1
	}
	for row := range n {
		rowOf[n] = row
		slack, from, done := make([]float64, n), make([]int, n), make([]bool, n+1)
		for j := range slack {
			slack[j], from[j] = math.Inf(1), n
		}
		at := n
		for rowOf[at] >= 0 { // grow the cheapest path until it meets a free column
			done[at] = true
			i, next, delta := rowOf[at], -1, math.Inf(1)
			for j := range n {
				if done[j] {
					continue
				}
				if c := cost[i][j] - u[i] - v[j]; c < slack[j] {
					slack[j], from[j] = c, at
				}
				if slack[j] < delta {
					delta, next = slack[j], j
				}
			}
			for j := range done {
				if done[j] {
					u[rowOf[j]] += delta
					v[j] -= delta
				} else {
					slack[j] -= delta
				}
			}
			at = next
		}
		for at != n { // turn the path around
			rowOf[at] = rowOf[from[at]]
			at = from[at]
		}
		rowOf[n] = -1
	}
	column = make([]int, n)
	for j, i := range rowOf[:n] {
		column[i] = j
		total += cost[i][j]
	}
	return column, total
}
