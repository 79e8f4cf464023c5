package knn

import (
	"context"
	"fmt"
	"math"

	"segue/internal/kernel"
	"segue/matrix"
)

// Subset is some rows of an Index, to search among them alone. It passes over
// parts of the tree that hold none of them, so it is never slower than searching
// all rows by much, and fast however few they are. It does not change, and is
// valid as long as its Index.
type Subset struct {
	ix       *Index
	count    int
	words    []uint64 // a bit for each place
	children []uint16 // for each node a bit for each child that holds any
}

// Subset makes the subset of the rows that keep accepts, in O(n) calls of keep and
// n/8 bytes: worth it from a few searches on.
func (ix *Index) Subset(keep func(row int) bool) *Subset {
	ix.check("Subset", ix.d, 0)
	s := &Subset{ix: ix, words: make([]uint64, ix.blocks()), children: make([]uint16, ix.nodes)}
	for p, row := range ix.rows {
		if keep(int(row)) {
			s.words[p/kernel.CodeRows] |= 1 << (p % kernel.CodeRows)
			s.count++
		}
	}
	blocks := ix.leafRows / kernel.CodeRows
	for b, word := range s.words {
		if leaf := b / blocks; word != 0 {
			s.children[leaf/fan] |= 1 << (leaf % fan)
		}
	}
	for lev := 1; lev < len(ix.levels); lev++ {
		inner := s.children[ix.levels[lev-1].first:][:ix.levels[lev-1].nodes]
		outer := s.children[ix.levels[lev].first:]
		for i, some := range inner {
			if some != 0 {
				outer[i/fan] |= 1 << (i % fan)
			}
		}
	}
	return s
}

// Len returns the number of rows in the subset.
func (s *Subset) Len() int { return s.count }

// Nearest is Index.Nearest among the rows of the subset. It panics as that does.
func (s *Subset) Nearest(query []float64, k int) []Neighbor {
	s.ix.check("Nearest", len(query), k)
	for j, q := range query {
		if math.IsNaN(q) || math.IsInf(q, 0) {
			panic(fmt.Sprintf("knn: Nearest: query[%d] is %v", j, q))
		}
	}
	if s.count == 0 {
		return nil
	}
	return s.ix.nearest(query, min(k, s.count), nil, s)
}

// NearestAll is Index.NearestAll among the rows of the subset.
func (s *Subset) NearestAll(ctx context.Context, queries matrix.Columns, k int) ([][]Neighbor, error) {
	return s.ix.nearestAll(ctx, queries, func(query []float64) []Neighbor { return s.Nearest(query, k) }, k)
}
