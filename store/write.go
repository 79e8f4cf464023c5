package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
)

// mostTogether is how many writes share one transaction at most. (d)
const mostTogether = 512

// A write is one change, waiting for its turn, begun, or done.
type write struct {
	ctx    context.Context
	do     func(context.Context, *conn) error // may run twice, see together
	traces bool                               // it deletes, and nothing of that may stay in the files
	state  atomic.Int32
	err    error
	done   chan struct{}
}

// The states of a write.
const (
	waiting int32 = iota
	begun
	abandoned
)

// A writer is the one goroutine that writes. While it waits for the disk,
// further writes gather; they then share one transaction and one wait, each
// within a savepoint, so that one's failure undoes nothing of its neighbours.
type writer struct {
	place   place
	db      *sql.DB
	conn    *conn
	queue   chan *write
	ended   chan struct{}
	unswept bool // traces of something deleted may be left
}

func newWriter(ctx context.Context, p place, db *sql.DB) (*writer, error) {
	c, err := newConn(ctx, db)
	if err != nil {
		return nil, err
	}
	w := &writer{place: p, db: db, conn: c, queue: make(chan *write, mostTogether), ended: make(chan struct{})}
	go w.run()
	return w, nil
}

// close waits for the writes in the queue.
func (w *writer) close() error {
	close(w.queue)
	<-w.ended
	err := w.conn.close()
	return errors.Join(err, w.db.Close())
}

func (w *writer) run() {
	defer close(w.ended)
	for first := range w.queue {
		w.commit(w.gather(first))
	}
	if w.unswept {
		_ = w.sweep() // whoever deleted was told that traces are left
	}
}

// gather takes what waits in the queue and has not been abandoned.
func (w *writer) gather(first *write) []*write {
	var batch []*write
	for next := first; next != nil; {
		if err := next.ctx.Err(); err != nil {
			next.err = err
			close(next.done)
		} else if next.state.CompareAndSwap(waiting, begun) {
			batch = append(batch, next)
		}
		if len(batch) == mostTogether {
			return batch
		}
		select {
		case next = <-w.queue: // nil once it is closed and empty
		default:
			return batch
		}
	}
	return batch
}

// commit makes the writes durable and answers them. Those that delete are
// answered when their traces are swept.
func (w *writer) commit(batch []*write) {
	if len(batch) == 0 {
		return
	}
	w.together(batch)
	sweep := false
	for _, one := range batch {
		one.err = w.place.spaceless(one.err)
		if one.traces && one.err == nil {
			sweep = true
		} else {
			close(one.done)
		}
	}
	if !sweep {
		return
	}
	err := w.sweep()
	for _, one := range batch {
		if one.traces && one.err == nil {
			if err != nil {
				one.err = fmt.Errorf("%w: %w", ErrTraces, plain(w.place.spaceless(err)))
			}
			close(one.done)
		}
	}
}

// plain turns an error of SQLite into one of ours.
func plain(err error) error {
	if isOurs(err) {
		return err
	}
	return sqliteFault(err)
}

func (w *writer) sweep() error {
	err := w.place.sweep(context.Background(), w.conn)
	w.unswept = err != nil
	return err
}

// together runs the writes in one transaction. Where that fails as a whole —
// the disk filled up, or a failing write took the transaction with it — each
// runs again in one of its own.
func (w *writer) together(batch []*write) {
	err := w.transaction(batch)
	switch {
	case err == nil:
	case len(batch) == 1:
		batch[0].err = err
	case errors.Is(sqliteFault(err), ErrBusy): // for one as for all
		for _, one := range batch {
			one.err = err
		}
	default:
		for _, one := range batch {
			one.err = w.transaction([]*write{one})
		}
	}
}

// transaction runs the writes and commits. An error is of the whole; a write's
// own is in its err, except that of a lone one, which is the whole's.
func (w *writer) transaction(batch []*write) error {
	tx, err := w.conn.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, one := range batch {
		ctx := context.WithoutCancel(one.ctx)
		if len(batch) == 1 {
			if err := one.do(ctx, w.conn); err != nil {
				return err
			}
			break
		}
		if _, err := w.conn.exec(ctx, "SAVEPOINT one"); err != nil {
			return err
		}
		if one.err = one.do(ctx, w.conn); one.err != nil {
			if _, err := w.conn.exec(ctx, "ROLLBACK TO SAVEPOINT one"); err != nil {
				return err
			}
		}
		if _, err := w.conn.exec(ctx, "RELEASE SAVEPOINT one"); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// write makes a change and returns when it is durable, or nothing of it has
// happened. Until it is begun, ctx can call it off. doing says what it does,
// for its error.
func (s *Store) write(ctx context.Context, doing string, do func(context.Context, *conn) error) error {
	return fault(doing, s.submit(&write{ctx: ctx, do: do, done: make(chan struct{})}))
}

// remove is write for what deletes: it returns when no trace is left in the
// files, or ErrTraces.
func (s *Store) remove(ctx context.Context, doing string, do func(context.Context, *conn) error) error {
	return fault(doing, s.submit(&write{ctx: ctx, do: do, traces: true, done: make(chan struct{})}))
}

func (s *Store) submit(one *write) error {
	if err := s.enqueue(one); err != nil {
		return err
	}
	select {
	case <-one.done:
	case <-one.ctx.Done():
		if one.state.CompareAndSwap(waiting, abandoned) {
			return one.ctx.Err()
		}
		<-one.done
	}
	return one.err
}

func (s *Store) enqueue(one *write) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	switch {
	case s.closed:
		return ErrClosed
	case s.writer == nil:
		return ErrReadOnly
	}
	select {
	case s.writer.queue <- one:
		return nil
	case <-one.ctx.Done():
		return one.ctx.Err()
	}
}
