package matrix

import "context"

// PieceRows divides the number of rows of every piece of a Source but the last.
// It is the number of rows over which kernels make one partial sum, so that a
// table read in pieces adds up to the same bits as the same table in memory.
const PieceRows = 4096

// Source is an n×d table that is read piece by piece, because it may be larger
// than memory. A Table is a Source of one piece.
type Source[F Float] interface {
	// Dims returns the number of rows n and of columns d.
	Dims() (n, d int)

	// Pieces calls work with one piece after the other, from the first row to
	// the last: piece holds rows lo, lo+1, … of the table, a multiple of PieceRows
	// of them except in the last piece. work must neither change nor keep it.
	// Pieces may be called again, and gives the same rows every time. It returns
	// the first error of work or of reading, and ctx.Err() if ctx ended first.
	Pieces(ctx context.Context, work func(lo int, piece Table[F]) error) error
}

// Pieces calls work once, with all of m; it makes every Table a Source.
func (m Table[F]) Pieces(ctx context.Context, work func(lo int, piece Table[F]) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.rows == 0 {
		return nil
	}
	return work(0, m)
}
