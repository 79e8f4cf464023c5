package validity

import (
	"math"

	"segue/matrix"
)

const (
	queriesPerChunk = 64  // rows measured together, for which a tile stays in the first-level cache
	tileRows        = 512 // 512 rows of 3 columns are 12 KB
)

// grouped holds a table sorted so that rows with the same cluster in every
// labeling stand together. A row's distances to such a group are summed without
// looking at a label, once for all labelings.
type grouped struct {
	cols   [][]float64 // d columns of n, sorted, scaled
	place  []int       // where row i stands in cols
	tiles  []tile
	offset []int // of each labeling among the clusters of all labelings
	width  int   // number of clusters of all labelings together
}

// tile is a run of at most tileRows rows of one group.
type tile struct {
	lo, hi int
	slot   []int // per labeling, the slot its sum belongs to
}

// group sorts x by the joint clusters of the labelings.
func group(x matrix.Columns, by []census) *grouped {
	n, d := x.Dims()
	g := &grouped{place: make([]int, n), offset: make([]int, len(by))}
	order := identity(n)
	for l, c := range by {
		g.offset[l] = g.width
		g.width += len(c.size)
		order = countingSort(order, c)
	}

	// Silhouettes do not change with the scale, and a power of two changes no
	// digit: so no square of a difference overflows, nor vanishes.
	scale := powerToUnit(x)
	g.cols = make([][]float64, d)
	for j := range g.cols {
		from, to := x.Col(j), make([]float64, n)
		for p, row := range order {
			to[p] = math.Ldexp(from[row], scale)
		}
		g.cols[j] = to
	}
	for p, row := range order {
		g.place[row] = p
	}

	for lo := 0; lo < n; {
		hi := lo + 1
		for hi < n && hi-lo < tileRows && sameGroup(by, order[lo], order[hi]) {
			hi++
		}
		slot := make([]int, len(by))
		for l, c := range by {
			slot[l] = g.offset[l] + int(c.cluster[order[lo]])
		}
		g.tiles = append(g.tiles, tile{lo, hi, slot})
		lo = hi
	}
	return g
}

// countingSort returns the rows of order sorted by cluster, rows of one cluster
// keeping their order.
func countingSort(order []int, c census) []int {
	next := make([]int, len(c.size))
	for k := 1; k < len(next); k++ {
		next[k] = next[k-1] + c.size[k-1]
	}
	sorted := make([]int, len(order))
	for _, row := range order {
		k := c.cluster[row]
		sorted[next[k]] = row
		next[k]++
	}
	return sorted
}

func sameGroup(by []census, a, b int) bool {
	for _, c := range by {
		if c.cluster[a] != c.cluster[b] {
			return false
		}
	}
	return true
}

// powerToUnit returns the power of two that brings the largest magnitude of x
// into [½, 1), or 0 for a table of zeros.
func powerToUnit(x matrix.Columns) int {
	_, d := x.Dims()
	top := 0.0
	for j := range d {
		for _, v := range x.Col(j) {
			top = max(top, math.Abs(v))
		}
	}
	_, exp := math.Frexp(top)
	return -exp
}

// distanceSums returns, for every queried row, the sums of its scaled Euclidean
// distances to the rows of each cluster of each labeling: len(queries)×width,
// row by row.
func (g *grouped) distanceSums(queries []int) []float64 {
	sums := make([]float64, len(queries)*g.width)
	var square [tileRows]float64
	for _, t := range g.tiles {
		for i, row := range queries {
			s := g.sumTo(t.lo, t.hi, g.place[row], &square)
			slots := sums[i*g.width:][:g.width]
			for _, c := range t.slot {
				slots[c] += s
			}
		}
	}
	return sums
}

// sumTo returns the sum of the distances between place p and places [lo, hi).
// Two and three columns, the common cases, keep everything in registers; square
// is scratch for the others.
func (g *grouped) sumTo(lo, hi, p int, square *[tileRows]float64) float64 {
	switch len(g.cols) {
	case 2:
		x, y := g.cols[0], g.cols[1]
		return sum2(x[lo:hi], y[lo:hi], x[p], y[p])
	case 3:
		x, y, z := g.cols[0], g.cols[1], g.cols[2]
		return sum3(x[lo:hi], y[lo:hi], z[lo:hi], x[p], y[p], z[p])
	}
	sq := square[:hi-lo]
	clear(sq)
	for _, c := range g.cols {
		q, run := c[p], c[lo:hi]
		run = run[:len(sq)]
		for i := range sq {
			v := run[i] - q
			sq[i] += v * v
		}
	}
	s := 0.0
	for _, v := range sq {
		s += math.Sqrt(v)
	}
	return s
}

func sum2(x, y []float64, qx, qy float64) float64 {
	y = y[:len(x)]
	s := 0.0
	for i, v := range x {
		dx, dy := v-qx, y[i]-qy
		s += math.Sqrt(dx*dx + dy*dy)
	}
	return s
}

func sum3(x, y, z []float64, qx, qy, qz float64) float64 {
	y, z = y[:len(x)], z[:len(x)]
	s := 0.0
	for i, v := range x {
		dx, dy, dz := v-qx, y[i]-qy, z[i]-qz
		s += math.Sqrt(dx*dx + dy*dy + dz*dz)
	}
	return s
}
