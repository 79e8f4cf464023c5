package store

import (
	"context"
)

// do runs a read on one connection, all of its queries on one state of the
// database.
func (s *Store) do(ctx context.Context, read func(context.Context, *conn) error) error {
	c, tx, err := s.readers.begin(ctx, s.engine.habits().reading)
	if err != nil {
		return err
	}
	defer s.readers.give(c)
	defer tx.Rollback()
	return ended(c, read(ctx, c))
}

// read runs a read; doing says what it does, for its error.
func (s *Store) read(ctx context.Context, doing string, read func(context.Context, *conn) error) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.closed {
		return fault(doing, ErrClosed)
	}
	err := s.do(ctx, read)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // an interrupted statement says so in its own way
	}
	return fault(doing, err)
}
