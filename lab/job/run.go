package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// Work does one kind of job. It returns soon after ctx ends, with any error. An error
// before that ends the job as failed and is said to its owner: it names what to do,
// and nothing that the job holds.
type Work func(ctx context.Context, t *Task) (result []byte, err error)

// A Task is a job under way, for its Work. Its methods are safe for many goroutines.
type Task struct {
	Job
	Checkpoint []byte // what the worker before kept; nil if this is the first

	mu       sync.Mutex
	progress Progress
	changed  bool // since it was kept
}

// Tell says how far the work is; it is a segue.Progress.
func (t *Task) Tell(stage string, done, total int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.Stage, t.progress.Done, t.progress.Total = stage, done, total
	t.changed = true
}

// Keep keeps what another worker needs to go on from here, soon: until then the one
// before holds. More than MaxCheckpoint bytes are not kept, which is no error: the
// work then begins further back.
func (t *Task) Keep(checkpoint []byte) {
	if len(checkpoint) > MaxCheckpoint {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.Checkpoint, t.changed = checkpoint, true
}

// take returns what is to be kept, nil if nothing changed.
func (t *Task) take() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.changed {
		return nil
	}
	t.changed = false
	b, err := json.Marshal(t.progress)
	if err != nil {
		panic("job: " + err.Error()) // texts, numbers and bytes
	}
	return b
}

// again marks what was taken as not kept.
func (t *Task) again() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed = true
}

// An Event is something a Runner did, for a log: it holds nothing of the job but its
// id and kind.
type Event struct {
	What  string // "claimed", "done", "failed", "cancelled", "released", "lost", "panicked", or "queue" for a queue that fails
	ID    string
	Kind  string
	Err   error  // of the queue
	Stack string // of what panicked, without its words
}

// How a Runner keeps time, unless told otherwise. (d)
const (
	DefaultLease = 30 * time.Second       // what a crash delays a job by
	DefaultBeat  = 400 * time.Millisecond // half of the second in which a cancelled job stops
	DefaultIdle  = 2 * time.Second
)

// goodbye is how long a Runner that ends may take to give a job back.
const goodbye = 5 * time.Second

// A Runner takes up jobs, one at a time.
type Runner struct {
	Queue  Queue
	Kinds  map[string]Work
	Worker string           // its name: no other lives by it
	Clock  func() time.Time // for leases; nil is time.Now

	Lease time.Duration // how long a job is its worker's without a sign of life; 0 is DefaultLease
	Beat  time.Duration // how often it gives one, keeps progress and learns of a cancel; 0 is DefaultBeat
	Idle  time.Duration // how often it looks for jobs; 0 is DefaultIdle

	Wake <-chan struct{} // told of a new job, so as not to wait for the next look; may be nil
	Tell func(Event)     // told of what happens, one at a time; may be nil
}

// Run takes up jobs until ctx ends. The one under way then is given back with its
// last checkpoint, so that another worker goes on from there, and Run returns nil.
//
// A job that is asked to stop does so within a beat and the time its Work takes to
// notice. Work that panics has failed, in words that say nothing of why. While the
// queue fails, Run waits and tries again: a job under way goes on for as long as its
// lease holds, and its result is offered until then.
//
// It panics if Queue, Kinds or Worker is missing.
func (r *Runner) Run(ctx context.Context) error {
	if r.Queue == nil || len(r.Kinds) == 0 || r.Worker == "" {
		panic("job: Run needs a queue, kinds and the worker's name")
	}
	kinds := make([]string, 0, len(r.Kinds))
	for k := range r.Kinds {
		kinds = append(kinds, k)
	}
	for ctx.Err() == nil {
		j, err := r.Queue.Claim(ctx, kinds, r.Worker, r.now(), r.lease())
		switch {
		case err == nil:
			r.one(ctx, j)
			continue
		case ctx.Err() != nil:
			return nil
		case !errors.Is(err, ErrNothing):
			r.tell(Event{What: "queue", Err: err})
		}
		select {
		case <-ctx.Done():
		case <-r.Wake:
		case <-time.After(or(r.Idle, DefaultIdle)):
		}
	}
	return nil
}

func (r *Runner) now() time.Time {
	if r.Clock == nil {
		return time.Now()
	}
	return r.Clock()
}

func (r *Runner) lease() time.Duration { return or(r.Lease, DefaultLease) }

func or(d, usual time.Duration) time.Duration {
	if d == 0 {
		return usual
	}
	return d
}

func (r *Runner) tell(e Event) {
	if r.Tell != nil {
		r.Tell(e)
	}
}

// outcome is how Work ended.
type outcome struct {
	result []byte
	err    error
	stack  string // of a panic
}

// one does a job.
func (r *Runner) one(ctx context.Context, j Job) {
	at := func(what string) Event { return Event{What: what, ID: j.ID, Kind: j.Kind} }
	r.tell(at("claimed"))
	before, _ := ParseProgress(j.Progress) // what cannot be read is begun anew
	t := &Task{Job: j, Checkpoint: before.Checkpoint, progress: before}
	work, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan outcome, 1)
	go func() { ended <- r.work(work, t) }()

	h := &holding{r: r, t: t, until: r.now().Add(r.lease()), cancelled: j.Cancel}
	if h.cancelled {
		stop()
	}
	beat := time.NewTicker(or(r.Beat, DefaultBeat))
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			if ctx.Err() != nil {
				continue // the work is about to notice; what it kept last is kept below
			}
			if h.keep(ctx); h.cancelled || h.lost {
				stop()
			}
		case o := <-ended:
			if o.stack != "" {
				e := at("panicked")
				e.Stack = o.stack
				r.tell(e)
			}
			r.tell(at(h.end(ctx, o)))
			return
		}
	}
}

// work calls a job's Work and catches its panic.
func (r *Runner) work(ctx context.Context, t *Task) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = outcome{err: errors.New("it failed for a reason that lies in the program; those who run it find where in their log"), stack: framesOnly(debug.Stack())}
		}
	}()
	do, ok := r.Kinds[t.Kind]
	if !ok {
		return outcome{err: fmt.Errorf("nobody here does work of the kind %.40q", t.Kind)}
	}
	result, err := do(ctx, t)
	if err == nil && len(result) > MaxResult {
		return outcome{err: fmt.Errorf("what came out has %d bytes; at most %d are kept", len(result), MaxResult)}
	}
	return outcome{result: result, err: err}
}

// framesOnly cuts the panics' words from a stack: they may hold what the job holds.
func framesOnly(stack []byte) string {
	var out []string
	for line := range strings.SplitSeq(string(stack), "\n") {
		if strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "goroutine ") {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return strings.Join(out, "\n")
}

// holding is a job that is this worker's.
type holding struct {
	r         *Runner
	t         *Task
	until     time.Time // end of the lease
	cancelled bool
	lost      bool
}

// keep renews the lease and keeps what changed.
func (h *holding) keep(ctx context.Context) {
	if h.lost {
		return
	}
	progress, now := h.t.take(), h.r.now()
	cancel, err := h.r.Queue.Keep(ctx, h.t.ID, h.r.Worker, progress, now, h.r.lease())
	if err == nil {
		h.until, h.cancelled = now.Add(h.r.lease()), h.cancelled || cancel
		return
	}
	if progress != nil {
		h.t.again()
	}
	h.failed(ctx, err)
}

// failed notes that the queue did not answer as hoped.
func (h *holding) failed(ctx context.Context, err error) {
	switch {
	case errors.Is(err, ErrLost), !h.r.now().Before(h.until):
		h.lost = true
	case ctx.Err() == nil:
		h.r.tell(Event{What: "queue", ID: h.t.ID, Kind: h.t.Kind, Err: err})
	}
}

// end tells the queue how the job ended, and returns what became of it.
func (h *holding) end(ctx context.Context, o outcome) string {
	if h.lost {
		return "lost"
	}
	if ctx.Err() != nil {
		last, stop := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer stop()
		ctx = last
		if o.err != nil && o.stack == "" && !h.cancelled {
			h.keep(ctx)
			if h.lost {
				return "lost"
			}
			if !h.cancelled {
				return h.released(ctx)
			}
		}
	}
	state, failure := Done, ""
	switch {
	case h.cancelled:
		state, o.result = Cancelled, nil
	case o.err != nil:
		state, failure, o.result = Failed, oneLine(o.err.Error()), nil
	}
	// Without an answer the lease decides how long it is worth asking.
	for {
		err := h.r.Queue.Finish(ctx, h.t.ID, h.r.Worker, state, o.result, failure, h.r.now())
		if err == nil {
			return string(state)
		}
		if h.failed(ctx, err); h.lost {
			return "lost"
		}
		select {
		case <-ctx.Done():
			return "lost"
		case <-time.After(or(h.r.Beat, DefaultBeat)):
		}
	}
}

// released gives the job back.
func (h *holding) released(ctx context.Context) string {
	if err := h.r.Queue.Release(ctx, h.t.ID, h.r.Worker, h.r.now()); err != nil {
		return "lost" // its lease gives it back
	}
	return "released"
}

// oneLine makes a failure one short line.
func oneLine(s string) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "")
	if len(s) <= MaxFailure {
		return s
	}
	return strings.ToValidUTF8(s[:MaxFailure-len("…")], "") + "…"
}
