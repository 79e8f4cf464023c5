package store

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"
)

// nobody is the listener of a rehearsal. It would not matter if there were one: what is
// read is thrown away, and nothing is written.
const nobody = "nobody"

// errRehearsed takes a rehearsal back.
var errRehearsed = errors.New("rehearsed")

// Warm opens all the connections to a PostgreSQL that there may be, and asks on each what
// is asked most often, of a listener that does not exist: a server that begins is as quick
// for the first hundred people at once as later. Connections take tens of milliseconds of
// a processor each, most of it for the server's first look at the tables. Nothing is
// written. Of a file, whose connections are there in no time, it does nothing.
func (s *Store) Warm(ctx context.Context) error {
	const doing = "open the connections"
	s.gate.RLock()
	defer s.gate.RUnlock()
	switch {
	case s.closed:
		return fault(doing, ErrClosed)
	case s.readers.pinned:
		return nil
	}
	err := s.readers.onEach(ctx, func(ctx context.Context, one *pool) error {
		return (&Store{engine: s.engine, readers: one}).rehearseReads(ctx)
	})
	if err == nil && s.writer != nil {
		err = s.writer.pool.onEach(ctx, func(ctx context.Context, one *pool) error {
			return (&writer{engine: s.engine, pool: one}).rehearse(ctx)
		})
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return fault(doing, err)
}

// onEach takes all connections there may be, and calls do for each at the same time, with
// a pool that holds this one alone.
func (p *pool) onEach(ctx context.Context, do func(context.Context, *pool) error) error {
	p.whole.Lock()
	defer p.whole.Unlock()
	all := make([]*pool, 0, cap(p.free))
	defer func() {
		for _, one := range all {
			p.give(<-one.free)
		}
	}()
	for range cap(p.free) {
		c, err := p.take(ctx)
		if err != nil {
			return err
		}
		one := &pool{db: p.db, pinned: true, free: make(chan *conn, 1)}
		one.free <- c
		all = append(all, one)
	}
	failed := make([]error, len(all))
	var running sync.WaitGroup
	for i, one := range all {
		running.Go(func() { failed[i] = do(ctx, one) })
	}
	running.Wait()
	return errors.Join(failed...)
}

// rehearseReads asks what answers to people need.
func (s *Store) rehearseReads(ctx context.Context) error {
	for _, ask := range []func() error{
		func() error { _, err := s.TokenByHash(ctx, nobody, time.Time{}); return err },
		func() error { _, err := s.Account(ctx, nobody); return err },
		func() error { _, err := s.Listener(ctx, nobody); return err },
		func() error { _, err := s.Consents(ctx, nobody); return err },
		func() error { _, err := s.Plays(ctx, nobody); return err },
		func() error { _, err := s.HourSums(ctx, nobody); return err },
		func() error { _, err := s.Corrections(ctx, nobody); return err },
		func() error { _, err := s.HourHeads(ctx, nobody); return err },
		func() error { _, err := s.Hour(ctx, nobody, nobody); return err },
		func() error { _, err := s.Reflections(ctx, nobody); return err },
		func() error { _, err := s.Chosen(ctx, nobody); return err },
	} {
		if err := ask(); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// rehearse writes as a reflection does, to the tables it goes to, and takes that back.
func (w *writer) rehearse(ctx context.Context) error {
	err := w.transaction([]*write{{ctx: ctx, listener: nobody, do: func(ctx context.Context, c *conn) error {
		if _, err := given(ctx, c, nobody, CheckIns); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if _, err := replaceRecords(ctx, c, nobody, []string{nobody, nobody}, nil); err != nil {
			return err
		}
		return cmp.Or(deleteReflection(ctx, c, nobody, nobody), errRehearsed)
	}}})
	if errors.Is(err, errRehearsed) || errors.Is(plain(err), ErrReadOnly) {
		return nil
	}
	return err
}
