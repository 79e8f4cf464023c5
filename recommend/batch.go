package recommend

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"segue"
	"segue/playlist"
)

// An Order is one listener's wish among many.
type Order struct {
	ID   string // the caller's own; its Answer has it too
	Wish Wish

	// Plays reads the listener's history, in order of the plays' end. It is
	// called once, when the hour is about to be planned and on the goroutine that
	// plans it, and what it returns is forgotten with the hour's planning. Nil for
	// a listener without a history.
	Plays  func(ctx context.Context) ([]segue.Play, error)
	Listen ListenOptions // how to cut that history
}

// An Answer is what came of an Order: an hour, or why there is none.
type Answer struct {
	ID       string
	Playlist *playlist.Playlist // nil if Err is not
	Err      error
}

// BatchOptions say how a batch is planned. The zero value is the default.
type BatchOptions struct {
	Workers int                     // hours planned, or histories read, at once; 0 is one a processor
	Pool    *playlist.FinishingPool // what many people hear out, over the same catalogue; nil weighs only what each listener does. See Voices
}

// HeldPerWorker is how many orders a batch holds for each of its workers:
// those waiting, those in work, and those whose answers wait for an earlier one.
// So many that an hour which takes ten times as long as others, because much has
// to be relaxed, leaves the other workers something to do. (d)
const HeldPerWorker = 16

// PlanAll plans an hour for every order over one catalogue, several at once, and
// hands each answer to emit, in the order of the orders. An hour is the one that
// Plan gives the listener, their profile and the wish, whatever the number of
// workers.
//
// Orders are read as they are needed and never more than HeldPerWorker a worker
// are held, so that memory does not grow with their number; a history is held
// only while its hour is planned. Orders and emit are called on the caller's
// goroutine, never both at once.
//
// An error that comes with an order, or that an order's history or plan gives, is
// its Answer's, and the rest go on. PlanAll itself returns what emit returns if
// that is an error, after which nothing more is read or emitted; ctx's error if
// ctx ends first; and the errors of Music.Library without a listener. It panics if
// there are fewer than 0 workers.
func PlanAll(ctx context.Context, m *Music, orders iter.Seq2[Order, error], o BatchOptions, emit func(Answer) error) error {
	o.fill("PlanAll")
	if _, err := m.everyones(); err != nil {
		return err // no order could be answered
	}
	ctx, cancel := context.WithCancel(ctx)
	held := o.Workers * HeldPerWorker
	todo := make(chan *task, held)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(todo)
	defer cancel() // what is in work is not wanted if this returns early
	for range o.Workers {
		workers.Go(func() {
			for t := range todo {
				t.do(ctx, m, o.Pool)
			}
		})
	}

	var waiting []*task // for being emitted, in order
	next := func() error {
		t := waiting[0]
		waiting = waiting[1:]
		<-t.done
		if err := ctx.Err(); err != nil {
			return err
		}
		return emit(t.answer)
	}
	for order, err := range orders {
		t := &task{order: order, answer: Answer{ID: order.ID, Err: err}, done: make(chan struct{})}
		waiting = append(waiting, t)
		if err != nil {
			close(t.done)
		} else {
			todo <- t
		}
		for len(waiting) > 0 && (len(waiting) == held || waiting[0].ready()) {
			if err := next(); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	for len(waiting) > 0 {
		if err := next(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// fill puts in what stands for 0, on behalf of a function.
func (o *BatchOptions) fill(of string) {
	if o.Workers < 0 {
		panic("recommend: " + of + ": workers below 0")
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
}

// A task is an order in work. Its answer may be read once done is closed.
type task struct {
	order  Order
	answer Answer
	done   chan struct{}
}

// ready reports whether the task is done.
func (t *task) ready() bool {
	select {
	case <-t.done:
		return true
	default:
		return false
	}
}

// do plans the hour and lets go of the order.
func (t *task) do(ctx context.Context, m *Music, pool *playlist.FinishingPool) {
	defer close(t.done)
	t.answer.Playlist, t.answer.Err = t.order.hour(ctx, m, pool)
	t.order = Order{}
}

// hour takes the staircase from the order's plays to its hour.
func (o Order) hour(ctx context.Context, m *Music, pool *playlist.FinishingPool) (*playlist.Playlist, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var l *Listener
	var liking leaning
	if o.Plays != nil {
		plays, err := o.Plays(ctx)
		if err != nil {
			return nil, err
		}
		if l, err = Listen(ctx, m, plays, o.Listen); err != nil {
			return nil, err
		}
		if liking, err = leaningOf(ctx, l); err != nil {
			return nil, err
		}
	}
	return hourOf(ctx, nil, m, pool, l, liking, o.Wish)
}
