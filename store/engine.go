package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// An engine is the database a Store stands on: what each knows alone. Queries are
// not: their text is the same for all.
type engine interface {
	// open returns a handle whose connections read, or read and write.
	open(writer bool) (*sql.DB, error)
	// prepare is what a new database needs before its tables are made.
	prepare(ctx context.Context, db *sql.DB) error
	// identify reads what a database says of itself, and writes nothing.
	identify(ctx context.Context, c *conn) (identity, error)
	// migrate brings the schema up to date, whoever else does at the same time.
	migrate(ctx context.Context, db *sql.DB) error
	// lock keeps other processes' writes from what a transaction is about to change:
	// everything of these listeners, or everything if there are none.
	lock(ctx context.Context, c *conn, listeners []string) error
	// sweep leaves no trace of what was deleted, where that can be promised. It
	// reports whether a part of it is due later; all puts nothing off.
	sweep(ctx context.Context, c *conn, all bool) (due bool, err error)
	// isDue reports whether an earlier process put a part off.
	isDue(ctx context.Context, c *conn) (bool, error)
	// spaceless finds out whether a write failed for want of space.
	spaceless(err error) error
	// unopened words why a database did not open.
	unopened(err error) error
	// discard takes back what opening left if nothing came of it.
	discard()
	habits() habits
}

// habits are how an engine is best used.
type habits struct {
	readOnly bool
	readers  int  // connections that read at once
	writers  int  // transactions that write at once
	together int  // writes that share a transaction at most
	pinned   bool // a connection is kept, with the statements prepared on it; otherwise the driver keeps both
	reading  *sql.TxOptions

	sweepWithin time.Duration // how long a part of a sweep is put off at most
}

// An identity is what a database says of itself before anything is written to it.
type identity struct {
	foreign bool  // it is another program's
	version int64 // of the schema; 0 if it has none yet
}

// check reports whether the database is one that this Segue can use, and whether
// it has to be brought up to date first.
func (id identity) check() (stale bool, err error) {
	newest, err := newest()
	switch {
	case err != nil:
		return false, err
	case id.foreign:
		return false, fmt.Errorf("%w: it is a database of another program; name another", ErrKey)
	case id.version > newest:
		return false, ErrFuture
	}
	return id.version < newest, nil
}

// A pool is connections of one kind, opened when first needed.
type pool struct {
	db     *sql.DB
	pinned bool
	free   chan *conn // nil stands for one not opened
	whole  sync.Mutex // is with whoever takes all: two would wait for each other
}

func newPool(db *sql.DB, n int, pinned bool) *pool {
	db.SetMaxOpenConns(n)
	p := &pool{db: db, pinned: pinned, free: make(chan *conn, n)}
	for range n {
		p.free <- nil
	}
	return p
}

// begin begins a transaction on a connection of the pool. A connection that died
// while it lay idle is put aside for another: nothing had been asked of it. The
// transaction does not end with ctx: database/sql would end it under the statement
// that is running.
func (p *pool) begin(ctx context.Context, o *sql.TxOptions) (*conn, *sql.Tx, error) {
	for left := cap(p.free); ; left-- {
		c, err := p.take(ctx)
		if err != nil {
			return nil, nil, err
		}
		tx, err := c.BeginTx(context.WithoutCancel(ctx), o)
		if err == nil {
			if c.prepared == nil {
				c.tx = tx
			}
			return c, tx, nil
		}
		err = ended(c, err)
		p.give(c)
		if left == 0 || !errors.Is(plain(err), ErrGone) {
			return nil, nil, err
		}
	}
}

func (p *pool) take(ctx context.Context) (c *conn, err error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case c = <-p.free:
	}
	if c == nil {
		if c, err = newConn(ctx, p.db, p.pinned); err != nil {
			p.free <- nil
		}
	}
	return c, err
}

// give takes a connection back.
func (p *pool) give(c *conn) {
	if c != nil {
		c.tx = nil
		if !p.pinned || !c.alive() {
			_ = c.close()
			c = nil
		}
	}
	p.free <- c
}

// ended is the error of a transaction, which ErrGone is if its connection ended under
// it and nothing says why.
func ended(c *conn, err error) error {
	if err != nil && errors.Is(plain(err), err) && !isOurs(err) && !c.alive() {
		return ErrGone
	}
	return err
}

// close waits for the transactions that run.
func (p *pool) close() error {
	for range cap(p.free) {
		if c := <-p.free; c != nil {
			_ = c.close()
		}
	}
	return p.db.Close()
}
