package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A write is one change, waiting for its turn, begun, or done.
type write struct {
	ctx      context.Context
	listener string                             // whose rows it changes; "" if not those of one
	do       func(context.Context, *conn) error // may run several times, see together
	traces   bool                               // it deletes, and nothing of that may stay in the files
	all      bool                               // nor of what was put off
	state    atomic.Int32
	err      error
	done     chan struct{}
}

// The states of a write.
const (
	waiting int32 = iota
	begun
	abandoned
)

// A writer is the goroutines that write. While one waits for the disk, further
// writes gather; they then share one transaction and one wait, each within a
// savepoint, so that one's failure undoes nothing of its neighbours.
type writer struct {
	engine   engine
	together int
	pool     *pool
	queue    chan *write
	whole    chan *write // those of no one listener, where others may go on beside; else nil
	running  sync.WaitGroup
	sweeping sweeping    // of the one goroutine of a file
	unswept  atomic.Bool // traces of something deleted may be left
}

func newWriter(ctx context.Context, e engine, db *sql.DB) (*writer, error) {
	h := e.habits()
	w := &writer{engine: e, together: h.together, pool: newPool(db, h.writers, h.pinned), queue: make(chan *write, h.together),
		sweeping: sweeping{within: h.sweepWithin, quiet: min(quiet, h.sweepWithin)}}
	c, err := w.pool.take(ctx)
	if err == nil {
		var due bool
		if due, err = e.isDue(ctx, c); due {
			w.sweeping.put()
			w.unswept.Store(true)
		}
		w.pool.give(c)
	}
	if err != nil {
		return nil, errors.Join(err, w.pool.close())
	}
	if h.writers > 1 {
		w.whole = make(chan *write, h.together)
		w.running.Go(func() { w.run(w.whole) })
		h.writers--
	}
	for range h.writers {
		w.running.Go(func() { w.run(w.queue) })
	}
	return w, nil
}

// queueOf is where a write waits. Those that need everything for themselves wait
// apart, so that no long one of a listener shares their transaction.
func (w *writer) queueOf(one *write) chan *write {
	if one.listener == "" && w.whole != nil {
		return w.whole
	}
	return w.queue
}

// close waits for the writes in the queue.
func (w *writer) close() error {
	close(w.queue)
	if w.whole != nil {
		close(w.whole)
	}
	w.running.Wait()
	if w.unswept.Load() && w.sweeping.by.IsZero() {
		_ = w.sweep(false) // whoever deleted was told that traces are left
	}
	return w.pool.close()
}

func (w *writer) run(queue chan *write) {
	for {
		first, ok := w.next(queue)
		if !ok {
			return
		}
		w.commit(w.gather(queue, first))
	}
}

// next returns the next write, and sweeps what is due until there is one.
func (w *writer) next(queue chan *write) (*write, bool) {
	for !w.sweeping.by.IsZero() {
		select {
		case first, ok := <-queue:
			return first, ok
		case <-time.After(w.sweeping.wait()):
			_ = w.sweep(true) // it stays due, and is tried again
		}
	}
	first, ok := <-queue
	return first, ok
}

// gather takes what waits in the queue and has not been abandoned.
func (w *writer) gather(queue chan *write, first *write) []*write {
	var batch []*write
	for next := first; next != nil; {
		if err := next.ctx.Err(); err != nil {
			next.err = err
			close(next.done)
		} else if next.state.CompareAndSwap(waiting, begun) {
			batch = append(batch, next)
		}
		if len(batch) == w.together {
			return batch
		}
		select {
		case next = <-queue: // nil once it is closed and empty
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
	w.all(batch)
	sweep, all := false, false
	for _, one := range batch {
		one.err = w.engine.spaceless(one.err)
		if one.traces && one.err == nil {
			sweep, all = true, all || one.all
		} else {
			close(one.done)
		}
	}
	if !sweep {
		return
	}
	err := w.sweep(all)
	for _, one := range batch {
		if one.traces && one.err == nil {
			if err != nil {
				one.err = fmt.Errorf("%w: %w", ErrTraces, plain(w.engine.spaceless(err)))
			}
			close(one.done)
		}
	}
}

// sweep leaves no trace of what was deleted, or sees to it that it is done later.
func (w *writer) sweep(all bool) error {
	ctx := context.Background()
	due := false
	c, err := w.pool.take(ctx)
	if err == nil {
		due, err = w.engine.sweep(ctx, c, all)
		w.pool.give(c)
	}
	switch {
	case due:
		w.sweeping.put()
	case w.sweeping.by.IsZero():
	case err == nil:
		w.sweeping.by = time.Time{}
	default:
		w.sweeping.failed()
	}
	w.unswept.Store(due || err != nil)
	return err
}

// all runs the writes in one transaction. Where that fails as a whole — the disk
// filled up, or a failing write took the transaction with it — each runs again in
// one of its own. What holds for one as for all is not tried again: somebody else
// has the database, or it is gone, perhaps with the writes done.
func (w *writer) all(batch []*write) {
	err := w.insist(batch)
	switch {
	case err == nil:
	case len(batch) == 1:
		batch[0].err = err
	case errors.Is(plain(err), ErrBusy), errors.Is(plain(err), ErrGone):
		for _, one := range batch {
			one.err = err
		}
	default:
		for _, one := range batch {
			one.err = w.insist([]*write{one})
		}
	}
}

// mostTries is how often a transaction runs that others crossed. (d)
const mostTries = 5

// insist runs a transaction again that had to give way to another's.
func (w *writer) insist(batch []*write) error {
	for try := 1; ; try++ {
		err := w.transaction(batch)
		if try == mostTries || !isCrossed(err) {
			return err
		}
		time.Sleep(time.Duration(try*try) * 5 * time.Millisecond)
	}
}

// transaction runs the writes and commits. An error is of the whole; a write's
// own is in its err, except that of a lone one, which is the whole's.
func (w *writer) transaction(batch []*write) error {
	c, tx, err := w.pool.begin(context.Background(), nil)
	if err != nil {
		return err
	}
	defer w.pool.give(c)
	defer tx.Rollback()
	if err := ended(c, w.each(c, batch)); err != nil {
		return err
	}
	err = ended(c, tx.Commit())
	if errors.Is(plain(err), ErrGone) {
		return fmt.Errorf("%w; whether this was written is not known", ErrGone)
	}
	return err
}

// each runs the writes, one after the other.
func (w *writer) each(c *conn, batch []*write) error {
	if err := w.engine.lock(context.Background(), c, listenersOf(batch)); err != nil {
		return err
	}
	if len(batch) == 1 {
		return batch[0].do(context.WithoutCancel(batch[0].ctx), c)
	}
	for _, one := range batch {
		ctx := context.WithoutCancel(one.ctx)
		if _, err := c.exec(ctx, "SAVEPOINT one"); err != nil {
			return err
		}
		if one.err = one.do(ctx, c); one.err != nil {
			if _, err := c.exec(ctx, "ROLLBACK TO SAVEPOINT one"); err != nil {
				return err
			}
		}
		if _, err := c.exec(ctx, "RELEASE SAVEPOINT one"); err != nil {
			return err
		}
	}
	return nil
}

// listenersOf is whose rows the writes change, in order and each once, or nil if
// one of them may change anybody's.
func listenersOf(batch []*write) []string {
	all := make([]string, len(batch))
	for i, one := range batch {
		if one.listener == "" {
			return nil
		}
		all[i] = one.listener
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// write makes a change and returns when it is durable, or nothing of it has
// happened. It is as if nobody else wrote meanwhile. Until it is begun, ctx can call
// it off. doing says what it does, for its error. do may run several times, and
// returns the database's errors as they come: after one nothing else works.
func (s *Store) write(ctx context.Context, doing string, do func(context.Context, *conn) error) error {
	return s.writeOf(ctx, "", doing, do)
}

// writeOf is write for what changes nothing but the rows of one listener, or of the
// account of that id: where many write, those of others go on beside it.
func (s *Store) writeOf(ctx context.Context, listener, doing string, do func(context.Context, *conn) error) error {
	return fault(doing, s.submit(&write{ctx: ctx, listener: listener, do: do, done: make(chan struct{})}))
}

// remove is write for what deletes: it returns when no trace is left in the
// files, or ErrTraces.
func (s *Store) remove(ctx context.Context, doing string, do func(context.Context, *conn) error) error {
	return s.removeOf(ctx, "", doing, do)
}

// removeOf is remove for what changes nothing but the rows of one listener.
func (s *Store) removeOf(ctx context.Context, listener, doing string, do func(context.Context, *conn) error) error {
	return fault(doing, s.submit(&write{ctx: ctx, listener: listener, do: do, traces: true, done: make(chan struct{})}))
}

func (s *Store) submit(one *write) error {
	began := time.Now()
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
	s.tellWatch(began, one.err)
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
	case s.writer.queueOf(one) <- one:
		return nil
	case <-one.ctx.Done():
		return one.ctx.Err()
	}
}
