// Package gram adds up the products of a table's columns: what least squares is
// solved from, and what makes the steps of a logistic regression the right length.
package gram

import (
	"context"

	"segue/internal/parallel"
	"segue/matrix"

	"gonum.org/v1/gonum/floats"
)

// chunkRows is how many rows are added up at a time: a chunk of all columns lies
// in the second cache.
const chunkRows = 1024

// Products returns Σᵢ aᵢⱼ·bᵢₗ over the rows of a, n×p, and b, n×q: p rows of q sums.
// Where symmetric is set, a and b being one table, each is computed once. O(n·p·q),
// all processors at once; the same on any number of them. The only error is
// ctx.Err(). It panics if a and b differ in rows.
func Products(ctx context.Context, a, b matrix.Columns, symmetric bool) ([][]float64, error) {
	n, p := a.Dims()
	m, q := b.Dims()
	if n != m {
		panic("gram: tables of different lengths")
	}
	parts := make([][]float64, parallel.Count(n, chunkRows))
	err := parallel.Chunks(ctx, n, chunkRows, func(chunk, lo, hi int) {
		part := make([]float64, p*q)
		for j := range p {
			first := 0
			if symmetric {
				first = j
			}
			for l := first; l < q; l++ {
				part[j*q+l] = floats.Dot(a.Col(j)[lo:hi], b.Col(l)[lo:hi])
			}
		}
		parts[chunk] = part
	})
	if err != nil {
		return nil, err
	}
	flat := make([]float64, p*q)
	for _, part := range parts {
		floats.Add(flat, part)
	}
	out := make([][]float64, p)
	for j := range out {
		out[j] = flat[j*q : (j+1)*q : (j+1)*q]
		for l := 0; symmetric && l < j; l++ {
			out[j][l] = out[l][j]
		}
	}
	return out, nil
}

// Sums returns the sum of each column of x.
func Sums(x matrix.Columns) []float64 {
	_, d := x.Dims()
	out := make([]float64, d)
	for j := range out {
		out[j] = floats.Sum(x.Col(j))
	}
	return out
}
