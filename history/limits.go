package history

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"segue"
)

// A budget is what all sources together may still unpack to.
type budget struct {
	limit int64
	used  atomic.Int64
}

// A meter is an open source: it counts what is read of it, keeps the limits,
// and stops when ctx ends.
type meter struct {
	ctx    context.Context
	rc     io.ReadCloser
	source source
	o      Options
	budget *budget
	read   int64
	told   func(n int64) // progress; may be nil
}

// slack is how much any entry may unpack to, whatever its ratio: small files
// of repeated rows compress very well.
const slack = 1 << 20

func openSource(ctx context.Context, s source, o Options, b *budget) (*meter, error) {
	rc, err := s.open()
	if err != nil {
		return nil, sourceError(s, err)
	}
	return &meter{ctx: ctx, rc: rc, source: s, o: o, budget: b}, nil
}

// Read reads on, or returns ctx's error, an *InputError, or io.EOF.
func (m *meter) Read(b []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.rc.Read(b)
	m.read += int64(n)
	if m.budget.used.Add(int64(n)) > m.budget.limit {
		return 0, &segue.InputError{
			Problem: "the files unpack to more than %s",
			Args:    []any{size(m.budget.limit)},
			Hint:    "give only the listening history, or raise the limit",
		}
	}
	if s := m.source; s.packed > 0 && m.read > slack && m.read/s.packed > int64(m.o.MaxRatio) {
		return 0, &segue.InputError{
			File:    s.name,
			Problem: "unpacks to more than %d times its size, which no listening history does",
			Args:    []any{m.o.MaxRatio},
			Hint:    "get the ZIP from the service again",
		}
	}
	if m.told != nil && n > 0 {
		m.told(int64(n))
	}
	if err != nil && err != io.EOF {
		err = sourceError(m.source, err)
	}
	return n, err
}

// Close closes what is read.
func (m *meter) Close() error { return m.rc.Close() }

// sourceError turns what opening or reading ended with into a line for people.
func sourceError(s source, err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return &segue.InputError{File: s.name, Problem: "is packed in a way that cannot be read", Hint: "unpack the ZIP and give the folder"}
	case errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &corrupt), s.packed > 0:
		return damagedZIP(s.name)
	}
	return cannotOpen(s.name, err)
}

func damagedZIP(name string) error {
	return &segue.InputError{File: name, Problem: "the ZIP is damaged or was not downloaded to its end", Hint: "nothing was imported; download it again"}
}

func tooMany(name string, limit int) error {
	return &segue.InputError{File: name, Problem: "holds more than %d files", Args: []any{limit}, Hint: "give only the listening history"}
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// size writes a number of bytes as people do.
func size(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
