// Package pass walks a table chunk by chunk, whether it lies in memory or is read
// in pieces, so that both ways add up the same numbers in the same order. A
// clustering that is written over a matrix.Source with it gives the same bytes
// for both, on any number of processors.
package pass

import (
	"context"
	"fmt"
	"runtime"

	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// Rows is one chunk of a table: at most kernel.ChunkRows rows, as many of them
// except in the last chunk.
type Rows[F matrix.Float] struct {
	Piece  matrix.Table[F]
	Lo, Hi int // the rows [Lo, Hi) of Piece
	First  int // what row Lo of Piece is in the whole table
}

// batch is how many chunks, for each processor, are worked on before their partial
// results are merged: few enough that these take no memory to speak of however
// long the table, and so many that processors seldom wait for each other.
const batch = 16

// Parts are the partial results, one per chunk of a batch, that Chunks fills
// again and again.
type Parts[P any] struct {
	fresh func() P
	parts []P
}

// NewParts returns Parts that makes each partial result with fresh.
func NewParts[P any](fresh func() P) *Parts[P] { return &Parts[P]{fresh: fresh} }

// Chunks calls work for every chunk of src, a batch of them in parallel, each with
// a partial result of its own, and then merge for each of these in the order of
// the rows. A partial result is used again for the next batch, so work must reset
// it. Memory is that of one piece and one batch of partial results.
//
// It returns the error of src, ctx's if ctx ended first, and an error if src gives
// other pieces than it promises; merge has then seen only some of the rows.
func Chunks[F matrix.Float, P any](ctx context.Context, src matrix.Source[F], parts *Parts[P], work func(part P, rows Rows[F]), merge func(part P)) error {
	n, d := src.Dims()
	next := 0
	err := src.Pieces(ctx, func(first int, piece matrix.Table[F]) error {
		m, width := piece.Dims()
		if first != next || width != d || m > n-first || first+m < n && (m == 0 || m%kernel.ChunkRows != 0) {
			return fmt.Errorf("source gives %d×%d values at row %d of %d×%d, want row %d and a multiple of %d rows", m, width, first, n, d, next, kernel.ChunkRows)
		}
		next += m
		atOnce := batch * runtime.GOMAXPROCS(0) * kernel.ChunkRows
		for from := 0; from < m; from += atOnce {
			rows := min(atOnce, m-from)
			count := parallel.Count(rows, kernel.ChunkRows)
			for len(parts.parts) < count {
				parts.parts = append(parts.parts, parts.fresh())
			}
			err := parallel.Chunks(ctx, rows, kernel.ChunkRows, func(chunk, lo, hi int) {
				work(parts.parts[chunk], Rows[F]{Piece: piece, Lo: from + lo, Hi: from + hi, First: first + from + lo})
			})
			if err != nil {
				return err
			}
			for _, part := range parts.parts[:count] {
				merge(part)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if next != n {
		return fmt.Errorf("source ends after %d of %d rows", next, n)
	}
	return ctx.Err()
}
