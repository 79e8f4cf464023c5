package sampletest

import (
	"context"

	"segue/matrix"
)

// InPieces is x, read in pieces of so many times matrix.PieceRows rows in turn. Each
// piece is a copy that is spoiled when the next is due, so that who keeps one is
// found out.
func InPieces[F matrix.Float](x matrix.Table[F], sizes ...int) matrix.Source[F] {
	return &pieces[F]{x: x, sizes: sizes}
}

type pieces[F matrix.Float] struct {
	x     matrix.Table[F]
	sizes []int
}

func (p *pieces[F]) Dims() (n, d int) { return p.x.Dims() }

func (p *pieces[F]) Pieces(ctx context.Context, work func(lo int, piece matrix.Table[F]) error) error {
	n, d := p.x.Dims()
	for lo, i := 0, 0; lo < n; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		hi := min(lo+p.sizes[i%len(p.sizes)]*matrix.PieceRows, n)
		cols := make([][]F, d)
		for j := range cols {
			cols[j] = append([]F(nil), p.x.Col(j)[lo:hi]...)
		}
		if err := work(lo, matrix.FromColumns(cols...)); err != nil {
			return err
		}
		for _, col := range cols {
			for r := range col {
				col[r] = -1e30
			}
		}
		lo = hi
	}
	return ctx.Err()
}
