package store

import (
	"context"
	"database/sql"
)

// mostReaders is how many reads run at once; more wait for their turn. (d)
const mostReaders = 6

// A readers is the connections for reading, opened when first needed.
type readers struct {
	db   *sql.DB
	free chan *conn // nil stands for one not opened yet
}

func newReaders(db *sql.DB) *readers {
	r := &readers{db, make(chan *conn, mostReaders)}
	for range mostReaders {
		r.free <- nil
	}
	return r
}

// do runs a read on one connection, all of its queries on one state of the
// database.
func (r *readers) do(ctx context.Context, read func(context.Context, *conn) error) (err error) {
	var c *conn
	select {
	case <-ctx.Done():
		return ctx.Err()
	case c = <-r.free:
	}
	defer func() { r.free <- c }()
	if c == nil {
		if c, err = newConn(ctx, r.db); err != nil {
			return err
		}
	}
	// Not ctx: database/sql would end the transaction under the statement that
	// is running.
	tx, err := c.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return read(ctx, c)
}

// close waits for the reads that run.
func (r *readers) close() error {
	for range mostReaders {
		if c := <-r.free; c != nil {
			c.close()
		}
	}
	return r.db.Close()
}

// read runs a read; doing says what it does, for its error.
func (s *Store) read(ctx context.Context, doing string, read func(context.Context, *conn) error) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.closed {
		return fault(doing, ErrClosed)
	}
	err := s.readers.do(ctx, read)
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // an interrupted statement says so in its own way
	}
	return fault(doing, err)
}
