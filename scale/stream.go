package scale

import (
	"context"
	"fmt"
	"math"

	"segue/internal/parallel"
	"segue/matrix"
)

// FitStandardizerStream takes mean and standard deviation of every column of src,
// n×d, in one pass, O(n·d), in the memory of one piece: of every
// matrix.PieceRows rows, and merged in their order, so that a table read in pieces
// has the same bits as in memory.
//
// Errors are those of FitStandardizer and of src, and ctx's if it ended first.
func FitStandardizerStream[F matrix.Float](ctx context.Context, src matrix.Source[F]) (Standardizer, error) {
	n, d := src.Dims()
	if n < 1 {
		return Standardizer{}, fmt.Errorf("scale: %w: got %d, need at least 1", ErrTooFewRows, n)
	}
	all := make([]moments, d)
	seen := 0
	var parts []moments // d for each chunk
	err := src.Pieces(ctx, func(first int, piece matrix.Table[F]) error {
		rows, width := piece.Dims()
		if width != d || first != seen || first+rows > n {
			return fmt.Errorf("scale: source gives %d×%d values at row %d of %d×%d, want row %d", rows, width, first, n, d, seen)
		}
		seen += rows
		count := parallel.Count(rows, matrix.PieceRows)
		for len(parts) < count*d {
			parts = append(parts, moments{})
		}
		bad := make([]error, count)
		err := parallel.Chunks(ctx, rows, matrix.PieceRows, func(chunk, lo, hi int) {
			for j := range d {
				part, finite := momentsOf(piece.Col(j)[lo:hi])
				if !finite {
					bad[chunk] = notFinite(piece.Col(j)[lo:hi], first+lo, j)
					return
				}
				parts[chunk*d+j] = part
			}
		})
		if err != nil {
			return err
		}
		for chunk, err := range bad {
			if err != nil {
				return err
			}
			for j := range all {
				all[j].merge(&parts[chunk*d+j])
			}
		}
		return nil
	})
	if err != nil {
		return Standardizer{}, err
	}
	if seen != n {
		return Standardizer{}, fmt.Errorf("scale: source ends after %d of %d rows", seen, n)
	}
	s := Standardizer{Mean: make([]float64, d), SD: make([]float64, d)}
	for j, m := range all {
		s.Mean[j], s.SD[j] = m.mean, m.sd()
		if !(s.SD[j] <= math.MaxFloat64) {
			return Standardizer{}, fmt.Errorf("scale: column %d: standard deviation: %w: values from %g to %g; use a smaller unit", j, matrix.ErrNotFinite, m.lo, m.hi)
		}
	}
	return s, nil
}

// notFinite is the error that names the first value of col, rows first, first+1, …
// of column j, that is no finite number.
func notFinite[F matrix.Float](col []F, first, j int) error {
	for i, v := range col {
		if v-v != 0 {
			return fmt.Errorf("scale: row %d, column %d: %w: %v", first+i, j, matrix.ErrNotFinite, v)
		}
	}
	return nil
}

// TransformSource is Transformed for float64.
func (s Standardizer) TransformSource(src matrix.Source[float64]) matrix.Source[float64] {
	return Transformed(s, src)
}

// Transformed returns the table of src standardized, piece by piece as it is
// read, in the memory of one more piece: the same bits as Transform gives. A NaN
// stays one, but in a constant column, as there. It panics if src has another
// number of columns than the fit.
func Transformed[F matrix.Float](s Standardizer, src matrix.Source[F]) matrix.Source[F] {
	_, d := src.Dims()
	s.checkWidth("Transformed", d)
	return transformed[F]{s, src}
}

type transformed[F matrix.Float] struct {
	s   Standardizer
	src matrix.Source[F]
}

func (t transformed[F]) Dims() (n, d int) { return t.src.Dims() }

func (t transformed[F]) Pieces(ctx context.Context, work func(lo int, piece matrix.Table[F]) error) error {
	room := make([][]F, len(t.s.Mean))
	return t.src.Pieces(ctx, func(first int, piece matrix.Table[F]) error {
		rows, _ := piece.Dims()
		cols := make([][]F, len(room))
		for j := range room {
			if cap(room[j]) < rows {
				room[j] = make([]F, rows)
			}
			cols[j] = room[j][:rows]
		}
		err := parallel.Chunks(ctx, rows, matrix.PieceRows, func(_, lo, hi int) {
			for j, col := range cols {
				standardize(col[lo:hi], piece.Col(j)[lo:hi], t.s.Mean[j], t.s.SD[j])
			}
		})
		if err != nil {
			return err
		}
		return work(first, matrix.FromColumns(cols...))
	})
}

// standardize writes z of src to dst.
func standardize[F matrix.Float](dst, src []F, mean, sd float64) {
	if sd == 0 {
		clear(dst)
		return
	}
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = F((float64(v) - mean) / sd)
	}
}
