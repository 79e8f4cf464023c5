package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"segue"
	"segue/lab"
	"segue/lab/job"
	"segue/mood"
	"segue/store"
)

// queue is a store as a Queue.
type queue struct{ *store.Store }

func lost(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return job.ErrLost
	}
	return err
}

func (q queue) Claim(ctx context.Context, kinds []string, worker string, now time.Time, lease time.Duration) (job.Job, error) {
	j, err := q.ClaimJob(ctx, kinds, worker, now, lease)
	if errors.Is(err, store.ErrNotFound) {
		err = job.ErrNothing
	}
	return job.Job{ID: j.ID, Kind: j.Kind, Input: j.Input, Progress: j.Progress, Attempts: j.Attempts, Cancel: j.Cancel}, err
}

func (q queue) Keep(ctx context.Context, id, worker string, progress []byte, now time.Time, lease time.Duration) (bool, error) {
	cancel, err := q.KeepJob(ctx, id, worker, progress, now, lease)
	return cancel, lost(err)
}

func (q queue) Finish(ctx context.Context, id, worker string, state job.State, result []byte, failure string, now time.Time) error {
	return lost(q.FinishJob(ctx, id, worker, store.JobState(state), result, failure, now))
}

func (q queue) Release(ctx context.Context, id, worker string, now time.Time) error {
	return lost(q.ReleaseJob(ctx, id, worker, now))
}

// A comparison as a job, whose process ends in the middle and is taken up by another,
// is the bytes of one made at once; so is a kept model.
func TestWorksAsJobs(t *testing.T) {
	ctx := context.Background()
	c := few()
	s, err := store.Open(ctx, store.Options{Path: filepath.Join(t.TempDir(), "jobs.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	asked := lab.CompareAsked{Stability: 2, Seed: 3}
	add := func(id, kind string, input []byte) {
		t.Helper()
		if err := s.AddJob(ctx, store.Job{ID: id, Owner: "mai", Kind: kind, Input: input, Created: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	until := func(id string, is func(store.Job) bool) store.Job {
		t.Helper()
		for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if j, err := s.Job(ctx, id); err != nil {
				t.Fatal(err)
			} else if is(j) {
				return j
			}
		}
		t.Fatalf("job %s did not get there", id)
		return store.Job{}
	}
	ended := func(j store.Job) bool { return j.State.Ended() }
	start := func(worker string, kinds map[string]job.Work) (stop func()) {
		ctx, cancel := context.WithCancel(ctx)
		done := make(chan error, 1)
		r := &job.Runner{Queue: queue{s}, Kinds: kinds, Worker: worker, Beat: 2 * time.Millisecond, Idle: 2 * time.Millisecond, Lease: time.Hour}
		go func() { done <- r.Run(ctx) }()
		return func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	open := func(context.Context) (*segue.Catalog, error) { return c, nil }
	works := lab.Works(open, nil, still)

	// The first process ends once an algorithm is kept: its work waits there.
	var trained atomic.Int64
	slow := map[string]job.Work{lab.CompareJob: func(ctx context.Context, task *job.Task) ([]byte, error) {
		a := lab.Order[lab.CompareAsked]{}
		if err := json.Unmarshal(task.Input, &a); err != nil {
			return nil, err
		}
		_, err := lab.Compare(ctx, c, a.Asked, still, lab.Hold{Checkpoint: task.Checkpoint, Keep: func(b []byte) {
			task.Keep(b)
			trained.Add(1)
			<-ctx.Done()
		}})
		return nil, err
	}}
	add("compare", lab.CompareJob, bytesOf(t, lab.Order[lab.CompareAsked]{Catalog: c.Version, Asked: asked}))
	stop := start("one", slow)
	until("compare", func(store.Job) bool { return trained.Load() > 0 })
	stop()
	if j, _ := s.Job(ctx, "compare"); j.State != store.JobQueued || len(j.Progress) == 0 {
		t.Fatalf("%+v", j)
	}

	other := *c
	other.Version = "gone"
	add("curves", lab.CurvesJob, bytesOf(t, lab.Order[lab.CurvesAsked]{Catalog: c.Version, Asked: lab.CurvesAsked{KMax: 2}}))
	add("elsewhere", lab.CurvesJob, bytesOf(t, lab.Order[lab.CurvesAsked]{Catalog: other.Version}))
	add("unread", lab.CurvesJob, []byte(`{"catalog":"few","asked":{"colour":1}}`))
	add("more", lab.CurvesJob, []byte(`{"catalog":"few"}{}`))
	add("bad", lab.CompareJob, bytesOf(t, lab.Order[lab.CompareAsked]{Catalog: c.Version, Asked: lab.CompareAsked{K: 99}}))
	defer start("two", works)()

	want, err := lab.Compare(ctx, c, asked, still, lab.Hold{})
	if err != nil {
		t.Fatal(err)
	}
	j := until("compare", ended)
	if j.State != store.JobDone || !bytes.Equal(j.Result, bytesOf(t, want)) {
		t.Fatalf("%s %s: %.200s", j.State, j.Error, j.Result)
	}
	found := new(lab.Comparison)
	if err := json.Unmarshal(j.Result, found); err != nil {
		t.Fatal(err)
	}
	body, err := found.ModelBody(c, found.Models[2].ID)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := mood.Train(ctx, c, mood.Options{Algorithms: []string{mood.FCM}, Stability: 2, Seed: 3, Clock: still})
	if err != nil {
		t.Fatal(err)
	}
	if m := bytesOf(t, whole.Models[0]); !bytes.Equal(m, body) {
		t.Errorf("the kept model is not the trained one:\n%.300s\n%.300s", body, m)
	}
	if p, err := job.ParseProgress(j.Progress); err != nil || p.Share() <= 0 { // as of the last beat
		t.Errorf("last told at %s, %d of %d, %v", p.Stage, p.Done, p.Total, err)
	}
	if j := until("curves", ended); j.State != store.JobDone || !strings.Contains(string(j.Result), `"suggested"`) {
		t.Errorf("%+v", j)
	}
	for id, want := range map[string]string{"elsewhere": "not in use any more", "unread": "cannot be read", "more": "after its end", "bad": "k = 99"} {
		if j := until(id, ended); j.State != store.JobFailed || !strings.Contains(j.Error, want) || strings.Contains(j.Error, "lab:") || strings.Contains(j.Error, "usage") {
			t.Errorf("%s: %s %q", id, j.State, j.Error)
		}
	}
}
