package store

import (
	"context"
	"io"
)

// Export is to come.
func (s *Store) Export(ctx context.Context, listener string, w io.Writer) error {
	panic("store: not yet")
}

// Restore is to come.
func (s *Store) Restore(ctx context.Context, listener string, r io.ReaderAt, size int64) error {
	panic("store: not yet")
}
