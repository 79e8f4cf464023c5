package knn

import (
	"math"

	"segue/internal/kernel"
)

// slop bounds, per square root of a column, how far rounding moves a scaled row or
// query: coordinates up to reach, off by 2⁻⁵³ of themselves twice.
const slop = 0x1p-48

// reach is how far out, in scaled units, a query is followed. Beyond it the search
// is from the nearest point of that cube.
const reach = 8

// narrowest is the least distance between codes: still coarse next to slop.
const narrowest = 0x1p-40

// code computes the box and the codes of a leaf below node, using scaled for the
// coordinates of its rows.
func (g *growth[F]) code(node, leaf int, scaled []float64) {
	ix := g.ix
	d := ix.d
	lo, hi := ix.places(leaf)
	scaled = scaled[:(hi-lo)*d]
	about := ix.leaves[leaf*ix.perLeaf():][:ix.perLeaf()]
	bounds := ix.bounds[node*ix.boundsPerNode():][:ix.boundsPerNode()]
	width := 0.0
	for j := range d {
		low, high := math.Inf(1), math.Inf(-1)
		for i := range hi - lo {
			v := ix.scaled(j, float64(g.points[(lo+i)*d+j]))
			scaled[i*d+j] = v
			low, high = min(low, v), max(high, v)
		}
		bounds[2*fan*j+leaf%fan], bounds[2*fan*j+fan+leaf%fan] = below(low), above(high)
		if j < ix.coded {
			about[j] = low
			width = max(width, high-low)
		}
	}
	step := max(width/255, narrowest)
	worst := 0.0
	for i := range hi - lo {
		off := 0.0
		for j, low := range about[:ix.coded] {
			v := (scaled[i*d+j] - low) / step
			c := min(math.Round(v), 255)
			ix.codes[ix.codeAt(lo+i, j)] = uint8(c)
			off += (v - c) * (v - c)
		}
		worst = max(worst, off)
	}
	about[ix.coded] = step
	// To the row's distance from its code add the query's, whose coordinates are
	// rounded to parts of a step, and what rounding did to both.
	part := math.Sqrt(float64(ix.coded)) / (2 << kernel.CodeBits)
	about[ix.coded+1] = (math.Sqrt(worst)+part)*step*(1+1e-9) + slop*math.Sqrt(float64(d))
}

// codeAt returns where the code of column j of the row at place p is.
func (ix *Index) codeAt(p, j int) int {
	return p/kernel.CodeRows*ix.codesPerBlock() + j/2*2*kernel.CodeRows + p%kernel.CodeRows*2 + j%2
}

// enclose sets the box of node i of the level below lev in its parent.
func (ix *Index) enclose(lev, i int) {
	size := ix.boundsPerNode()
	inner := ix.bounds[(ix.levels[lev-1].first+i)*size:][:size]
	outer := ix.bounds[(ix.levels[lev].first+i/fan)*size:][:size]
	count := ix.children(lev-1, i)
	for j := 0; j < size; j += 2 * fan {
		low, high := inner[j], inner[j+fan]
		for c := 1; c < count; c++ {
			low, high = min(low, inner[j+c]), max(high, inner[j+fan+c])
		}
		outer[j+i%fan], outer[j+fan+i%fan] = low, high
	}
}

// below returns the largest float32 that is at most v, above the smallest that is
// at least v.
func below(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

func above(v float64) float32 { return -below(-v) }
