package validity

import (
	"context"
	"math"

	"segue/internal/parallel"
	"segue/matrix"
)

const (
	// A block is what one comparison takes on each side. 1024 rows of three
	// columns and their sums are 32 KB, which a first-level cache holds; a small
	// table makes smaller ones, so that there are enough for many processors.
	mostBlockRows  = 1024
	leastBlockRows = 256
	wantedBlocks   = 64

	// alignment is the place at multiples of which a long group begins, so that no
	// vector of sixteen floats lies across two cache lines.
	alignment = 16
	longGroup = 256
)

// grouped holds a table sorted so that rows with the same cluster in every
// labeling stand together. A row's distances to such a group are summed without
// looking at a label, once for all labelings.
type grouped[F matrix.Float] struct {
	cols   [][]F       // d columns, sorted, scaled, with gaps before long groups
	place  []int       // where row i stands in cols
	places int         // how many places there are
	blocks [][]tile[F] // each of at most blockRows(n) places
	offset []int       // of each labeling among the clusters of all labelings
	width  int         // number of clusters of all labelings together
}

// tile is a run of rows of one group within a block.
type tile[F matrix.Float] struct {
	lo, hi int
	cols   [][]F // places [lo, hi) of every column
	slot   []int // per labeling, the slot its sum belongs to
}

// blockRows is how many rows make a block of a table of n. It depends on nothing
// else, so that sums are added in the same order on every machine.
func blockRows(n int) int {
	return min(max(parallel.Count(n, wantedBlocks*alignment)*alignment, leastBlockRows), mostBlockRows)
}

// group sorts x by the joint clusters of the labelings. It returns ctx's error if it
// ended first.
func group[F matrix.Float](ctx context.Context, x matrix.Table[F], by []census) (*grouped[F], error) {
	n, d := x.Dims()
	g := &grouped[F]{place: make([]int, n), offset: make([]int, len(by))}
	order := identity(n)
	for l, c := range by {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		g.offset[l] = g.width
		g.width += len(c.size)
		order = countingSort(order, c)
	}
	g.lay(order, by)

	// Silhouettes do not change with the scale, and a power of two changes no
	// digit: so no square of a difference overflows, nor vanishes.
	scale := powerToUnit(x)
	g.cols = make([][]F, d)
	for j := range g.cols {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		to := make([]F, g.places)
		for i, v := range x.Col(j) {
			to[g.place[i]] = F(math.Ldexp(float64(v), scale))
		}
		g.cols[j] = to
	}
	for _, block := range g.blocks {
		for t := range block {
			block[t].cols = cut(g.cols, block[t].lo, block[t].hi)
		}
	}
	return g, nil
}

// lay gives every row of order its place, and cuts the places into blocks and
// these into tiles.
func (g *grouped[F]) lay(order []int, by []census) {
	size := blockRows(len(order))
	end := 0 // of the block
	for at := 0; at < len(order); {
		next := at + 1
		for next < len(order) && sameGroup(by, order[at], order[next]) {
			next++
		}
		slot := make([]int, len(by))
		for l, c := range by {
			slot[l] = g.offset[l] + int(c.cluster[order[at]])
		}
		if next-at >= longGroup {
			g.places = parallel.Count(g.places, alignment) * alignment
		}
		for at < next {
			if g.places >= end {
				g.blocks = append(g.blocks, nil)
				end = g.places + size
			}
			hi := g.places + min(next-at, end-g.places)
			last := &g.blocks[len(g.blocks)-1]
			*last = append(*last, tile[F]{lo: g.places, hi: hi, slot: slot})
			for ; g.places < hi; at++ {
				g.place[order[at]] = g.places
				g.places++
			}
		}
	}
}

// cut returns places [lo, hi) of every column.
func cut[F matrix.Float](cols [][]F, lo, hi int) [][]F {
	out := make([][]F, len(cols))
	for j, c := range cols {
		out[j] = c[lo:hi:hi]
	}
	return out
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
func powerToUnit[F matrix.Float](x matrix.Table[F]) int {
	_, d := x.Dims()
	top := F(0)
	for j := range d {
		for _, v := range x.Col(j) {
			top = max(top, v, -v)
		}
	}
	_, exp := math.Frexp(float64(top))
	return -exp
}
