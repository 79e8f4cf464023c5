package knn

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"runtime"
	"sync"

	"segue/internal/parallel"
	"segue/matrix"
)

// build makes the index of x but for what grow adds.
func build[F matrix.Float](caller string, x matrix.Table[F]) (*Index, error) {
	n, d := x.Dims()
	if n > math.MaxInt32 || n > 0 && d == 0 {
		panic(fmt.Sprintf("knn: %s: a table of %d×%d", caller, n, d))
	}
	if err := x.CheckFinite(); err != nil {
		return nil, fmt.Errorf("nearest neighbours: %w", err)
	}
	ix := &Index{shape: newShape(n, d, leafRowsFor(d)), center: make([]float64, d)}
	if n > 0 {
		ix.center, ix.scale = frame(x)
	}
	return ix, nil
}

// frame returns the middle of each column's interval, and the power of two that
// brings the widest of them into [−1, 1]. A table so narrow that squares of its
// distances vanish is left smaller.
func frame[F matrix.Float](x matrix.Table[F]) (center []float64, scale float64) {
	_, d := x.Dims()
	center = make([]float64, d)
	widest := 0.0
	for j := range center {
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range x.Col(j) {
			low, high = min(low, float64(v)), max(high, float64(v))
		}
		center[j] = low/2 + high/2
		widest = max(widest, high-center[j], center[j]-low)
	}
	if widest == 0 {
		return center, 1
	}
	_, exp := math.Frexp(widest)
	return center, math.Ldexp(1, -max(exp, -1000))
}

// grow sorts the rows of x into leaves, fills in all parts of ix, and returns the
// points in the order of places. Where each row ends up depends on x alone, so
// large parts are sorted at the same time.
func grow[F matrix.Float](ix *Index, x matrix.Table[F]) []F {
	n, d := ix.n, ix.d
	g := growth[F]{ix: ix, points: make([]F, n*d)}
	ix.rows = make([]int32, n)
	everything := context.Background() // nothing here takes long enough to be cancelled
	_ = parallel.Chunks(everything, n, 1<<10, func(_, lo, hi int) {
		for j := range d {
			for i, v := range x.Col(j)[lo:hi] {
				g.points[(lo+i)*d+j] = v
			}
		}
		for i := lo; i < hi; i++ {
			ix.rows[i] = int32(i)
		}
	})
	g.split(0, ix.leafN, bits.Len(uint(runtime.GOMAXPROCS(0)))) // up to twice as many branches as processors

	ix.bounds = make([]float32, ix.nodes*ix.boundsPerNode())
	ix.leaves = make([]float64, ix.leafN*ix.perLeaf())
	ix.codes = make([]uint8, ix.blocks()*ix.codesPerBlock())
	_ = parallel.Chunks(everything, ix.leafN, fan, func(node, lo, hi int) {
		scaled := make([]float64, ix.leafRows*d)
		for leaf := lo; leaf < hi; leaf++ {
			g.code(node, leaf, scaled)
		}
	})
	for lev := 1; lev < len(ix.levels); lev++ {
		for i := range ix.levels[lev-1].nodes {
			ix.enclose(lev, i)
		}
	}
	return g.points
}

// growth is an index while it is built.
type growth[F matrix.Float] struct {
	ix     *Index
	points []F // row by row
}

// split sorts the rows of leaves [lo, hi) among them: two halves as equal as full
// nodes allow, cut where the column that varies most has its middle row.
func (g *growth[F]) split(lo, hi, branches int) {
	for hi-lo > 1 {
		full := 1 // leaves below a full child
		for full*fan < hi-lo {
			full *= fan
		}
		mid := lo + (ceil(hi-lo, full)+1)/2*full
		from, to := lo*g.ix.leafRows, min(hi*g.ix.leafRows, g.ix.n)
		d := g.ix.d
		r := run[F]{d: d, axis: g.axis(from, to), rows: g.ix.rows[from:to], points: g.points[from*d : to*d]}
		r.split(mid*g.ix.leafRows - from)
		if branches > 0 && to-from >= 1<<14 {
			var wg sync.WaitGroup
			wg.Go(func() { g.split(lo, mid, branches-1) })
			g.split(mid, hi, branches-1)
			wg.Wait()
			return
		}
		g.split(lo, mid, 0)
		lo, branches = mid, 0
	}
}

// axis returns the column of greatest variance among some of the rows [lo, hi).
func (g *growth[F]) axis(lo, hi int) int {
	const sample = 512
	ix, step := g.ix, max(1, (hi-lo)/sample)
	axis, most := 0, -1.0
	for j := range ix.d {
		sum, squares, count := 0.0, 0.0, 0.0
		first := ix.scaled(j, float64(g.points[lo*ix.d+j]))
		for p := lo; p < hi; p += step {
			v := ix.scaled(j, float64(g.points[p*ix.d+j])) - first
			sum, squares, count = sum+v, squares+v*v, count+1
		}
		if variance := squares - sum*sum/count; variance > most {
			axis, most = j, variance
		}
	}
	return axis
}

// scaled is a coordinate in the units of the tree.
func (ix *Index) scaled(j int, v float64) float64 { return (v - ix.center[j]) * ix.scale }
