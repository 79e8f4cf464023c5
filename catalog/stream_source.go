package catalog

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"segue"
	"segue/internal/table"
	"segue/matrix"
)

// Complete returns the rows that have all the features OpenStream was given, n×d
// in their order and units, as a Source; and after these the given others, NaN
// where missing. Every call of its Pieces reads the file once more, the next rows
// while work has the last ones; memory is bounded whatever n. Pieces returns a
// *segue.InputError if the file was changed since it was opened, or is damaged.
// Complete panics if a feature is then there twice.
func (s *Stream) Complete(others ...segue.Feature) matrix.Source[float64] {
	return completeSource[float64](s, others)
}

// Complete32 is Complete in float32, which is as precise as the table is.
func (s *Stream) Complete32(others ...segue.Feature) matrix.Source[float32] {
	return completeSource[float32](s, others)
}

func completeSource[F matrix.Float](s *Stream, others []segue.Feature) *streamSource[F] {
	features := slices.Concat(s.features, others)
	mustWant("Stream.Complete", features)
	return &streamSource[F]{s, features, &s.complete}
}

// All returns the given features of all Len rows, NaN where one is missing, as
// a Source like Complete. It panics if no
// feature is named, or one twice.
func (s *Stream) All(features []segue.Feature) matrix.Source[float64] {
	mustWant("Stream.All", features)
	return &streamSource[float64]{s, slices.Clone(features), &s.kept}
}

// A streamSource is some columns and rows of a Stream.
type streamSource[F matrix.Float] struct {
	s        *Stream
	features []segue.Feature
	rows     *rowSet
}

func (t *streamSource[F]) Dims() (n, d int) { return t.rows.n, len(t.features) }

// buffers is how many pieces there are at a time: one that work has, one that
// waits, one that is filled. (d)
const buffers = 3

func (t *streamSource[F]) Pieces(ctx context.Context, work func(lo int, piece matrix.Table[F]) error) error {
	if err := t.s.unchanged(); err != nil {
		return err
	}
	reading, stop := context.WithCancel(ctx)
	free, full := make(chan [][]F, buffers), make(chan [][]F, buffers)
	for range buffers {
		columns := make([][]F, len(t.features))
		for j := range columns {
			columns[j] = make([]F, 0, 2*scanRows)
		}
		free <- columns
	}
	var readErr error // set once full is closed
	var running sync.WaitGroup
	running.Go(func() {
		defer close(full)
		readErr = t.read(reading, free, full)
	})
	defer running.Wait()
	defer stop()

	lo := 0
	for columns := range full {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		piece := matrix.FromColumns(columns...)
		n, _ := piece.Dims()
		if err := work(lo, piece); err != nil {
			return err
		}
		lo += n
		free <- columns
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case readErr != nil:
		return t.s.blame(readErr)
	}
	if err := t.s.unchanged(); err != nil {
		return err
	}
	if lo != t.rows.n {
		return table.DamagedParquet(t.s.path, fmt.Errorf("%d rows where there were %d", lo, t.rows.n))
	}
	return nil
}

// read fills buffers and sends them on: multiples of matrix.PieceRows, and the
// rest at the end.
func (t *streamSource[F]) read(ctx context.Context, free <-chan [][]F, full chan<- [][]F) error {
	take := func() ([][]F, error) {
		select {
		case c := <-free:
			for j := range c {
				c[j] = c[j][:0]
			}
			return c, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	columns, err := take()
	if err != nil {
		return err
	}
	p := newScan(&t.s.columns, t.s.path, t.features)
	p.wanted = t.rows
	var chosen []int32
	err = p.run(ctx, func(b *tableBlock) error {
		chosen = t.rows.appendRows(chosen[:0], b.first, len(b.named))
		for j, from := range b.features {
			to := columns[j]
			for _, i := range chosen {
				to = append(to, F(from[i]))
			}
			columns[j] = to
		}
		have := len(columns[0])
		if have < scanRows {
			return nil
		}
		next, err := take()
		if err != nil {
			return err
		}
		whole := have - have%matrix.PieceRows
		for j := range columns {
			next[j] = append(next[j], columns[j][whole:]...)
			columns[j] = columns[j][:whole]
		}
		full <- columns // never blocks: there are no more buffers than room
		columns = next
		return nil
	})
	if err == nil && len(columns[0]) > 0 {
		full <- columns
	}
	return err
}
