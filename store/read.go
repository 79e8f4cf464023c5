package store

import (
	"context"
	"errors"
	"time"
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

// deadAtOnce is how soon a connection that died while it lay idle shows it: a failure
// that took longer is one of the question. (d)
const deadAtOnce = time.Second

// ask runs a read of one statement on one connection. Such a read sees one state of the
// database by itself; a transaction around it would be two more ways to the server.
func (s *Store) ask(ctx context.Context, read func(context.Context, *conn) error) error {
	for left := cap(s.readers.free); ; left-- {
		c, err := s.readers.take(ctx)
		if err != nil {
			return err
		}
		began := time.Now()
		err = ended(c, read(ctx, c))
		s.readers.give(c)
		if left == 0 || !errors.Is(plain(err), ErrGone) || time.Since(began) > deadAtOnce {
			return err
		}
	}
}

// read runs a read; doing says what it does, for its error.
func (s *Store) read(ctx context.Context, doing string, read func(context.Context, *conn) error) error {
	return s.readBy(ctx, doing, s.do, read)
}

// readOne is read for what is one statement, see ask. It may run again: it begins anew
// with what it returns.
func (s *Store) readOne(ctx context.Context, doing string, read func(context.Context, *conn) error) error {
	return s.readBy(ctx, doing, s.ask, read)
}

func (s *Store) readBy(ctx context.Context, doing string, by func(context.Context, func(context.Context, *conn) error) error, read func(context.Context, *conn) error) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.closed {
		return fault(doing, ErrClosed)
	}
	err := by(ctx, read)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // an interrupted statement says so in its own way
	}
	return fault(doing, err)
}
