package pass

import (
	"context"
	"math/rand/v2"
	"slices"

	"segue/cluster/internal/guard"
	"segue/internal/kernel"
	"segue/matrix"
)

// Draw returns m different rows of n, or all of them if m ≥ n, in increasing
// order; every set of m rows is as likely. O(m·log m).
//
// Reference: Bentley & Floyd 1987, A sample of brilliance.
func Draw(n, m int, seed uint64) []int {
	if m >= n {
		rows := make([]int, n)
		for i := range rows {
			rows[i] = i
		}
		return rows
	}
	random := rand.New(rand.NewPCG(seed, 0x5a3b1e))
	taken := make(map[int]bool, m)
	rows := make([]int, 0, m)
	for last := n - m; last < n; last++ {
		row := random.IntN(last + 1)
		if taken[row] {
			row = last
		}
		taken[row] = true
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return rows
}

// Look reads src once and returns a copy of the given rows, in increasing order,
// and the spread of all rows, each as often as weights says; nil weights are all
// 1. It returns an error that names row and column of a value that cannot be
// clustered (see guard.Finite), and the errors of Chunks.
func Look[F matrix.Float](ctx context.Context, src matrix.Source[F], rows []int, weights []float64) (sample matrix.Table[F], spread *kernel.Spread, err error) {
	_, d := src.Dims()
	cols := make([][]F, d)
	for j := range cols {
		cols[j] = make([]F, len(rows))
	}
	type part struct {
		spread *kernel.Spread
		err    error
	}
	spread = kernel.NewSpread(d)
	var bad error
	err = Chunks(ctx, src, NewParts(func() *part { return &part{spread: kernel.NewSpread(d)} }),
		func(p *part, r Rows[F]) {
			if p.err = guard.Finite(r.Piece.Slice(r.Lo, r.Hi), r.First); p.err != nil {
				return
			}
			var own []float64
			if weights != nil {
				own = weights[r.First : r.First+r.Hi-r.Lo]
			}
			kernel.SpreadOf(r.Piece, r.Lo, r.Hi, own, p.spread)
			at, _ := slices.BinarySearch(rows, r.First)
			for ; at < len(rows) && rows[at] < r.First+r.Hi-r.Lo; at++ {
				for j := range cols {
					cols[j][at] = r.Piece.At(r.Lo+rows[at]-r.First, j)
				}
			}
		},
		func(p *part) {
			if bad == nil {
				bad = p.err
			}
			spread.Merge(p.spread)
		})
	if err == nil {
		err = bad
	}
	if err != nil {
		return matrix.Table[F]{}, nil, err
	}
	return matrix.FromColumns(cols...), spread, nil
}
