package knn

import (
	"context"
	"fmt"

	"segue/internal/parallel"
	"segue/matrix"
)

// batchQueries is how many queries are answered before the context is asked.
const batchQueries = 8

// NearestAll returns Nearest(query, k, keep) for every row of queries, m×d, in
// their order, computed on all processors; keep is called by several goroutines
// at once. It returns ctx.Err() if ctx ended first, and matrix.ErrNotFinite,
// naming row and column, if a query holds a NaN or an infinity. It panics if
// queries are not of d columns, k is negative or the index is closed.
func (ix *Index) NearestAll(ctx context.Context, queries matrix.Columns, k int, keep func(row int) bool) ([][]Neighbor, error) {
	return ix.nearestAll(ctx, queries, func(query []float64) []Neighbor { return ix.Nearest(query, k, keep) }, k)
}

func (ix *Index) nearestAll(ctx context.Context, queries matrix.Columns, nearest func([]float64) []Neighbor, k int) ([][]Neighbor, error) {
	m, d := queries.Dims()
	if m > 0 {
		ix.check("NearestAll", d, k)
	}
	if err := queries.CheckFinite(); err != nil {
		return nil, fmt.Errorf("nearest neighbours of queries: %w", err)
	}
	answers := make([][]Neighbor, m)
	err := parallel.Chunks(ctx, m, batchQueries, func(_, lo, hi int) {
		query := make([]float64, d)
		for i := lo; i < hi; i++ {
			answers[i] = nearest(queries.Row(query, i))
		}
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}
