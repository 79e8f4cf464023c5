package mood

import (
	"math/rand/v2"
	"slices"

	"segue"
	"segue/matrix"
)

// drawFew returns m of n rows, drawn without replacement by the seed, ascending,
// or all if there are no more; unlike draw, in memory proportional to m.
//
// Reference: Floyd's algorithm, in Bentley & Floyd 1987, doi:10.1145/30401.315746.
func drawFew(n, m int, seed, stream uint64) []int {
	if n <= m {
		rows := make([]int, n)
		for i := range rows {
			rows[i] = i
		}
		return rows
	}
	rng := rand.New(rand.NewPCG(seed, stream))
	taken := make(map[int]bool, m)
	rows := make([]int, 0, m)
	for last := n - m; last < n; last++ {
		row := rng.IntN(last + 1)
		if taken[row] {
			row = last
		}
		taken[row] = true
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return rows
}

// A gatherer keeps chosen rows of a source as its pieces pass.
type gatherer struct {
	rows []int // ascending
	at   int   // the next of them
	x    matrix.Columns
}

func newGatherer(rows []int, d int) *gatherer {
	return &gatherer{rows: rows, x: matrix.New(len(rows), d)}
}

// take keeps those rows of a piece, which begins at row lo, that were chosen:
// its first columns, as many as the table has.
func (g *gatherer) take(lo int, piece matrix.Columns) {
	n, _ := piece.Dims()
	_, d := g.x.Dims()
	for ; g.at < len(g.rows) && g.rows[g.at] < lo+n; g.at++ {
		for j := range d {
			g.x.Col(j)[g.at] = piece.Col(j)[g.rows[g.at]-lo]
		}
	}
}

// catalogOf writes columns of features into a catalogue that holds nothing
// else, for what is written over catalogues. Features not among fs are missing.
func (p *featurePiece) catalogOf(fs []segue.Feature, columns [][]float64) *segue.Catalog {
	n := len(columns[0])
	if len(p.c.ID) < n {
		p.c.ID = make([]string, n)
		for f := range p.c.Feature {
			p.c.Feature[f] = make([]float32, n)
		}
		nan := segue.NoFeatures()
		for f := range p.c.Feature {
			for i := range p.c.Feature[f] {
				p.c.Feature[f][i] = nan[f]
			}
		}
	}
	out := &segue.Catalog{ID: p.c.ID[:n]}
	for f := range out.Feature {
		out.Feature[f] = p.c.Feature[f][:n]
	}
	for j, f := range fs {
		for i, v := range columns[j] {
			out.Feature[f][i] = float32(v) // as it was before it was read
		}
	}
	return out
}

// A featurePiece holds the memory of catalogOf, for one piece after the other.
type featurePiece struct{ c segue.Catalog }
