package job_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"segue/lab/job"
	"segue/store"
)

// queue is a store as a Queue, with failures on demand.
type queue struct {
	s *store.Store

	mu   sync.Mutex
	fail map[string]error // by method
	keep int              // calls of Keep
}

func (q *queue) failing(method string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if method == "Keep" {
		q.keep++
	}
	return q.fail[method]
}

func (q *queue) set(method string, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.fail[method] = err
}

func lost(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return job.ErrLost
	}
	return err
}

func (q *queue) Claim(ctx context.Context, kinds []string, worker string, now time.Time, lease time.Duration) (job.Job, error) {
	if err := q.failing("Claim"); err != nil {
		return job.Job{}, err
	}
	j, err := q.s.ClaimJob(ctx, kinds, worker, now, lease)
	if errors.Is(err, store.ErrNotFound) {
		err = job.ErrNothing
	}
	return job.Job{ID: j.ID, Owner: j.Owner, Kind: j.Kind, Input: j.Input, Progress: j.Progress, Attempts: j.Attempts, Cancel: j.Cancel}, err
}

func (q *queue) Keep(ctx context.Context, id, worker string, progress []byte, now time.Time, lease time.Duration) (bool, error) {
	if err := q.failing("Keep"); err != nil {
		return false, err
	}
	cancel, err := q.s.KeepJob(ctx, id, worker, progress, now, lease)
	return cancel, lost(err)
}

func (q *queue) Finish(ctx context.Context, id, worker string, state job.State, result []byte, failure string, now time.Time) error {
	if err := q.failing("Finish"); err != nil {
		return err
	}
	return lost(q.s.FinishJob(ctx, id, worker, store.JobState(state), result, failure, now))
}

func (q *queue) Release(ctx context.Context, id, worker string, now time.Time) error {
	return lost(q.s.ReleaseJob(ctx, id, worker, now))
}

// bench is a store with a runner that can be started and stopped.
type bench struct {
	*testing.T
	q      *queue
	kinds  map[string]job.Work
	mu     sync.Mutex
	events []job.Event
	lease  time.Duration
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{Path: filepath.Join(t.TempDir(), "jobs.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &bench{T: t, q: &queue{s: s, fail: map[string]error{}}, kinds: map[string]job.Work{}, lease: time.Hour}
}

// start runs a worker until the function it returns is called, which waits for it.
func (b *bench) start(worker string) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	r := &job.Runner{Queue: b.q, Kinds: b.kinds, Worker: worker, Lease: b.lease, Beat: 5 * time.Millisecond, Idle: 5 * time.Millisecond, Tell: func(e job.Event) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.events = append(b.events, e)
	}}
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				b.Error(err)
			}
		})
	}
	b.Cleanup(stop)
	return stop
}

func (b *bench) add(id, kind, input string) {
	b.Helper()
	if err := b.q.s.AddJob(context.Background(), store.Job{ID: id, Owner: "mai", Kind: kind, Input: []byte(input), Created: time.Now()}); err != nil {
		b.Fatal(err)
	}
}

// until waits for something to be so of a job.
func (b *bench) until(id, what string, is func(store.Job) bool) store.Job {
	b.Helper()
	for end := time.Now().Add(time.Minute); ; {
		j, err := b.q.s.Job(context.Background(), id)
		if err != nil {
			b.Fatal(err)
		}
		if is(j) {
			return j
		}
		if time.Now().After(end) {
			b.Fatalf("job %s is not %s after a minute: %+v", id, what, j)
		}
		time.Sleep(time.Millisecond)
	}
}

func (b *bench) ended(id string) store.Job {
	b.Helper()
	return b.until(id, "at its end", func(j store.Job) bool { return j.State.Ended() })
}

func (b *bench) told() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, e := range b.events {
		out = append(out, e.What)
	}
	return out
}

// count counts to its input, a step a checkpoint, and waits at each for a word.
func count(steps *atomic.Int64, next <-chan struct{}) job.Work {
	return func(ctx context.Context, t *job.Task) ([]byte, error) {
		to, err := strconv.Atoi(string(t.Input))
		if err != nil {
			return nil, errors.New("the input is no number; give one")
		}
		from := 0
		if t.Checkpoint != nil {
			if from, err = strconv.Atoi(string(t.Checkpoint)); err != nil {
				return nil, err
			}
		}
		for i := from; i < to; i++ {
			select {
			case <-next:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			steps.Add(1)
			t.Tell("counting", int64(i+1), int64(to))
			t.Keep([]byte(strconv.Itoa(i + 1)))
		}
		return fmt.Appendf(nil, "counted to %d", to), nil
	}
}

func always() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func TestRunsToTheEnd(t *testing.T) {
	b := newBench(t)
	var steps atomic.Int64
	b.kinds["count"] = count(&steps, always())
	b.add("one", "count", "3")
	b.add("two", "count", "4")
	b.add("bad", "count", "x\ny")
	b.add("other", "unknown", "")
	b.start("w")
	for id, want := range map[string]string{"one": "counted to 3", "two": "counted to 4"} {
		if j := b.ended(id); j.State != store.JobDone || string(j.Result) != want || j.Attempts != 1 {
			t.Errorf("%s: %+v", id, j)
		}
	}
	if j := b.ended("bad"); j.State != store.JobFailed || j.Error != "the input is no number; give one" {
		t.Errorf("%+v", j)
	}
	if j, _ := b.q.s.Job(context.Background(), "other"); j.State != store.JobQueued {
		t.Errorf("a job of another kind: %+v", j)
	}
	if steps.Load() != 7 {
		t.Errorf("%d steps", steps.Load())
	}
}

// A worker that ends gives the job back as it is, and the next goes on from there:
// no step is done twice.
func TestGoesOnAfterAShutdown(t *testing.T) {
	b := newBench(t)
	var steps atomic.Int64
	next := make(chan struct{})
	b.kinds["count"] = count(&steps, next)
	b.add("j", "count", "5")
	stop := b.start("w1")
	next <- struct{}{}
	next <- struct{}{}
	b.until("j", "at 2", func(j store.Job) bool {
		p, err := job.ParseProgress(j.Progress)
		return err == nil && string(p.Checkpoint) == "2" && p.Stage == "counting" && p.Done == 2 && p.Total == 5 && p.Share() == .4
	})
	next <- struct{}{}
	stop()
	j, err := b.q.s.Job(context.Background(), "j")
	if p, _ := job.ParseProgress(j.Progress); err != nil || j.State != store.JobQueued || string(p.Checkpoint) != "3" || j.Attempts != 0 {
		t.Fatalf("given back as %+v with %+v, %v", j, p, err)
	}
	close(next)
	b.start("w2")
	if j := b.ended("j"); j.State != store.JobDone || string(j.Result) != "counted to 5" || j.Worker != "w2" {
		t.Errorf("%+v", j)
	}
	if steps.Load() != 5 {
		t.Errorf("%d steps for a count to 5", steps.Load())
	}
	// The job is done a moment before that is told.
	for end := time.Now().Add(time.Minute); len(b.told()) < 4 && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	if got := b.told(); !slices.Equal(got, []string{"claimed", "released", "claimed", "done"}) {
		t.Errorf("told %v", got)
	}
}

// A worker that dies says nothing; when its lease is over, another goes on.
func TestGoesOnAfterACrash(t *testing.T) {
	b := newBench(t)
	var steps atomic.Int64
	b.kinds["count"] = count(&steps, always())
	b.add("j", "count", "5")
	ctx := context.Background()
	if _, err := b.q.s.ClaimJob(ctx, []string{"count"}, "dead", time.Now(), 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if _, err := b.q.s.KeepJob(ctx, "j", "dead", []byte(`{"done":4,"total":5,"checkpoint":"NA=="}`), time.Now(), 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	b.start("w")
	if j := b.ended("j"); j.State != store.JobDone || string(j.Result) != "counted to 5" || j.Attempts != 2 {
		t.Errorf("%+v", j)
	}
	if steps.Load() != 1 {
		t.Errorf("%d steps from 4 to 5", steps.Load())
	}
}

func TestStopsWhenCancelled(t *testing.T) {
	b := newBench(t)
	var steps atomic.Int64
	next := make(chan struct{})
	b.kinds["count"] = count(&steps, next)
	b.add("j", "count", "5")
	b.add("waits", "count", "5")
	ctx := context.Background()
	b.start("w")
	next <- struct{}{}
	if err := b.q.s.CancelJob(ctx, "waits", time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := b.q.s.CancelJob(ctx, "j", time.Now()); err != nil {
		t.Fatal(err)
	}
	if j := b.ended("j"); j.State != store.JobCancelled || len(j.Result) > 0 || j.Error != "" {
		t.Errorf("%+v", j)
	}
	if j := b.ended("waits"); j.State != store.JobCancelled || steps.Load() != 1 {
		t.Errorf("%+v after %d steps", j, steps.Load())
	}
	// The worker is free for others.
	b.add("after", "count", "1")
	next <- struct{}{}
	if j := b.ended("after"); j.State != store.JobDone {
		t.Errorf("%+v", j)
	}
}

// A panic is a failure that says nothing of what the job holds, to nobody.
func TestPanicsBecomeFailures(t *testing.T) {
	b := newBench(t)
	b.kinds["panic"] = func(_ context.Context, t *job.Task) ([]byte, error) {
		panic("secret: " + string(t.Input))
	}
	b.kinds["large"] = func(context.Context, *job.Task) ([]byte, error) { return make([]byte, job.MaxResult+1), nil }
	b.kinds["long"] = func(context.Context, *job.Task) ([]byte, error) {
		return nil, errors.New("one\nline, " + strings.Repeat("ă", 3000))
	}
	b.add("p", "panic", "a song")
	b.add("l", "large", "")
	b.add("e", "long", "")
	b.start("w")
	if j := b.ended("p"); j.State != store.JobFailed || strings.Contains(j.Error, "song") || strings.Contains(j.Error, "secret") || !strings.HasPrefix(j.Error, "it failed for a reason") {
		t.Errorf("%+v", j)
	}
	if j := b.ended("l"); j.State != store.JobFailed || !strings.Contains(j.Error, "bytes") {
		t.Errorf("%+v", j)
	}
	if j := b.ended("e"); j.State != store.JobFailed || len(j.Error) > job.MaxFailure || !strings.HasPrefix(j.Error, "one line, ăă") || !strings.HasSuffix(j.Error, "ă…") {
		t.Errorf("%d bytes: %+v", len(j.Error), j)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	panicked := false
	for _, e := range b.events {
		if text := fmt.Sprintf("%+v", e); strings.Contains(text, "song") || strings.Contains(text, "secret") {
			t.Errorf("%s", text)
		}
		panicked = panicked || e.What == "panicked" && strings.Contains(e.Stack, "run_test.go")
	}
	if !panicked {
		t.Errorf("nobody is told where it panicked: %+v", b.events)
	}
}

// While the queue fails the work goes on, and its result is offered until it is
// taken.
func TestOutlivesAQueueThatFails(t *testing.T) {
	b := newBench(t)
	var steps atomic.Int64
	next := make(chan struct{})
	b.kinds["count"] = count(&steps, next)
	down := errors.New("the database cannot be reached")
	b.q.set("Claim", down)
	b.add("j", "count", "2")
	b.start("w")
	for len(b.told()) == 0 {
		time.Sleep(time.Millisecond)
	}
	b.q.set("Claim", nil)
	next <- struct{}{}
	b.q.set("Keep", down)
	b.q.set("Finish", down)
	next <- struct{}{}
	for told := len(b.told()); len(b.told()) < told+3; {
		time.Sleep(time.Millisecond)
	}
	b.q.set("Keep", nil)
	b.q.set("Finish", nil)
	if j := b.ended("j"); j.State != store.JobDone || string(j.Result) != "counted to 2" || j.Attempts != 1 {
		t.Errorf("%+v", j)
	}
}

// A worker whose job is another's by now stops and writes nothing.
func TestLetsGoOfALostJob(t *testing.T) {
	b := newBench(t)
	var stopped atomic.Bool
	begun := make(chan struct{})
	b.kinds["wait"] = func(ctx context.Context, _ *job.Task) ([]byte, error) {
		close(begun)
		<-ctx.Done()
		stopped.Store(true)
		return []byte("late"), nil
	}
	b.add("j", "wait", "")
	b.start("w")
	<-begun
	if err := b.q.s.DeleteJob(context.Background(), "j"); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); !stopped.Load() || !slices.Contains(b.told(), "lost"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("told %v, stopped %v", b.told(), stopped.Load())
		}
	}
}

// Several workers share what there is to do, and nothing is done twice.
func TestWorkersShare(t *testing.T) {
	b := newBench(t)
	var steps atomic.Int64
	b.kinds["count"] = count(&steps, always())
	for i := range 15 {
		b.add(fmt.Sprint("j", i), "count", "2")
	}
	for i := range 3 {
		b.start(fmt.Sprint("w", i))
	}
	for i := range 15 {
		if j := b.ended(fmt.Sprint("j", i)); j.State != store.JobDone || j.Attempts != 1 {
			t.Errorf("%+v", j)
		}
	}
	if steps.Load() != 30 {
		t.Errorf("%d steps", steps.Load())
	}
}

// What is too large to keep is not kept, and what cannot be read is begun anew.
func TestCheckpointsAreBounded(t *testing.T) {
	b := newBench(t)
	b.kinds["big"] = func(ctx context.Context, t *job.Task) ([]byte, error) {
		t.Keep([]byte("small"))
		t.Keep(make([]byte, job.MaxCheckpoint+1))
		return fmt.Appendf(nil, "%v", t.Checkpoint == nil), nil
	}
	if err := b.q.s.AddJob(context.Background(), store.Job{ID: "j", Owner: "mai", Kind: "big", Progress: []byte("{half"), Created: time.Now()}); err != nil {
		t.Fatal(err)
	}
	b.start("w")
	if j := b.ended("j"); j.State != store.JobDone || string(j.Result) != "true" {
		t.Errorf("%+v", j)
	}
	for in, want := range map[string]float64{"": 0, `{"done":3,"total":0}`: 0, `{"done":3,"total":2}`: 1, `{"done":-3,"total":2}`: 0, `{"done":1,"total":4}`: .25} {
		if p, err := job.ParseProgress([]byte(in)); err != nil || p.Share() != want {
			t.Errorf("%s: %v, %v", in, p.Share(), err)
		}
	}
}
