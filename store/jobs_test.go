package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

const lease = time.Minute

// asked is a job of id "id", of kind "curves", that mai asked for at a moment.
func asked(id string, n int) Job {
	return Job{ID: id, Owner: "id-mai", Kind: "curves", Input: []byte("k=\x00\xff"), Created: at(n)}
}

func TestJobs(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		claim := func(now time.Time) (Job, error) {
			return s.ClaimJob(ctx, []string{"other", "curves"}, "w1", now, lease)
		}
		_, err := claim(at(1))
		refuses(t, "nothing to do", err, ErrNotFound)
		want := asked("j1", 1)
		must(t, s.AddJob(ctx, want))
		want.State, want.Progress, want.Result, want.Changed = JobQueued, []byte{}, []byte{}, at(1)
		is := func(what string, want Job) {
			t.Helper()
			if got, err := s.Job(ctx, want.ID); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, %v, want %+v", what, got, err, want)
			}
		}
		is("queued", want)
		refuses(t, "the same id", s.AddJob(ctx, asked("j1", 2)), ErrConflict)
		_, err = s.ClaimJob(ctx, []string{"other"}, "w1", at(2), lease)
		refuses(t, "of another kind", err, ErrNotFound)
		_, err = s.KeepJob(ctx, "j1", "w1", nil, at(2), lease)
		refuses(t, "kept and not claimed", err, ErrConflict)

		got, err := claim(at(2))
		want.State, want.Worker, want.Attempts, want.Changed, want.Lease = JobRunning, "w1", 1, at(2), at(2).Add(lease)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("claimed %+v, %v, want %+v", got, err, want)
		}
		_, err = claim(at(3))
		refuses(t, "claimed twice", err, ErrNotFound)
		cancel, err := s.KeepJob(ctx, "j1", "w1", []byte("half"), at(4), lease)
		if want.Progress, want.Changed, want.Lease = []byte("half"), at(4), at(4).Add(lease); err != nil || cancel {
			t.Errorf("kept: %v, %v", cancel, err)
		}
		is("kept", want)
		_, err = s.KeepJob(ctx, "j1", "w2", []byte("wrong"), at(5), lease)
		refuses(t, "kept by another", err, ErrConflict)
		if _, err = s.KeepJob(ctx, "j1", "w1", nil, at(5), lease); err != nil {
			t.Errorf("renewed alone: %v", err)
		}
		want.Changed, want.Lease = at(5), at(5).Add(lease)
		is("renewed alone", want)

		refuses(t, "finished by another", s.FinishJob(ctx, "j1", "w2", JobDone, nil, "", at(6)), ErrConflict)
		refuses(t, "no end", s.FinishJob(ctx, "j1", "w1", JobQueued, nil, "", at(6)), ErrInvalid)
		must(t, s.FinishJob(ctx, "j1", "w1", JobDone, []byte("\x00four"), "", at(6)))
		want.State, want.Result, want.Changed, want.Input = JobDone, []byte("\x00four"), at(6), []byte{} // what was asked goes
		is("done", want)
		refuses(t, "finished twice", s.FinishJob(ctx, "j1", "w1", JobFailed, nil, "", at(7)), ErrConflict)
		must(t, s.CancelJob(ctx, "j1", at(8)))
		is("done and cancelled", want)
		refuses(t, "none cancelled", s.CancelJob(ctx, "none", at(8)), ErrNotFound)
		must(t, s.DeleteJob(ctx, "j1"))
		must(t, s.DeleteJob(ctx, "j1"))
		_, err = s.Job(ctx, "j1")
		refuses(t, "deleted", err, ErrNotFound)
	})
}

func TestCancelJob(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		ends := func(id string, want JobState) {
			t.Helper()
			if j, err := s.Job(ctx, id); err != nil || j.State != want {
				t.Errorf("%s is %s, %v, want %s", id, j.State, err, want)
			}
		}
		for i, id := range []string{"runs", "dies", "released", "waits"} {
			must(t, s.AddJob(ctx, asked(id, i)))
		}
		for _, worker := range []string{"w-runs", "w-dies", "w-released"} {
			j, err := s.ClaimJob(ctx, []string{"curves"}, worker, at(10), lease)
			if err != nil || "w-"+j.ID != worker {
				t.Fatalf("%s has %s, %v: the oldest comes first", worker, j.ID, err)
			}
		}
		for _, id := range []string{"runs", "dies", "released", "waits"} {
			must(t, s.CancelJob(ctx, id, at(11)))
			must(t, s.CancelJob(ctx, id, at(12)))
		}
		ends("waits", JobCancelled)
		ends("runs", JobRunning)
		if cancel, err := s.KeepJob(ctx, "runs", "w-runs", nil, at(13), lease); err != nil || !cancel {
			t.Errorf("the worker is told: %v, %v", cancel, err)
		}
		must(t, s.FinishJob(ctx, "runs", "w-runs", JobCancelled, nil, "", at(14)))
		ends("runs", JobCancelled)
		must(t, s.ReleaseJob(ctx, "released", "w-released", at(14)))
		ends("released", JobCancelled)
		_, err := s.ClaimJob(ctx, []string{"curves"}, "w2", at(11).Add(lease), lease)
		refuses(t, "what was cancelled is not begun again", err, ErrNotFound)
		ends("dies", JobCancelled)
	})
}

// A job whose worker died is another's, from what was kept, and not for ever.
func TestJobOfTheDead(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		must(t, s.AddJob(ctx, asked("j", 1)))
		now := at(2)
		for i := range mostAttempts {
			j, err := s.ClaimJob(ctx, []string{"curves"}, fmt.Sprint("w", i), now, lease)
			if err != nil || j.Attempts != i+1 || i > 0 && string(j.Progress) != fmt.Sprint("by w", i-1) {
				t.Fatalf("attempt %d: %+v, %v", i, j, err)
			}
			_, err = s.KeepJob(ctx, "j", fmt.Sprint("w", i), []byte(fmt.Sprint("by w", i)), now, lease)
			must(t, err)
			_, err = s.ClaimJob(ctx, []string{"curves"}, "early", now.Add(lease-time.Millisecond), lease)
			refuses(t, "before the lease ran out", err, ErrNotFound)
			now = now.Add(lease)
			if i == 0 { // who was only slow goes on: nobody else has it
				_, err = s.KeepJob(ctx, "j", "w0", nil, now, lease)
				must(t, err)
				now = now.Add(lease)
			}
		}
		_, err := s.ClaimJob(ctx, []string{"curves"}, "w9", now, lease)
		refuses(t, "too often", err, ErrNotFound)
		j, err := s.Job(ctx, "j")
		if err != nil || j.State != JobFailed || j.Error != exhausted || string(j.Progress) != "by w2" {
			t.Errorf("ended %+v, %v", j, err)
		}
		_, err = s.KeepJob(ctx, "j", "w2", nil, now, lease)
		refuses(t, "the last worker wakes", err, ErrConflict)

		// What was released was not an attempt.
		must(t, s.AddJob(ctx, asked("r", 1)))
		for range mostAttempts + 1 {
			if j, err := s.ClaimJob(ctx, []string{"curves"}, "w", now, lease); err != nil || j.ID != "r" || j.Attempts != 1 {
				t.Fatalf("after a release: %+v, %v", j, err)
			}
			must(t, s.ReleaseJob(ctx, "r", "w", now))
		}
		refuses(t, "released twice", s.ReleaseJob(ctx, "r", "w", now), ErrConflict)
	})
}

// Many workers of two processes share many jobs: each is one's, and all are done.
func TestClaimsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		stores := []*Store{open(Options{}), open(Options{})}
		const jobs = 30
		for i := range jobs {
			j := asked(numbered("j", i), i)
			j.Owner = fmt.Sprint("owner ", i%3)
			must(t, stores[0].AddJob(ctx, j))
		}
		var mu sync.Mutex
		claimed := map[string]string{}
		var all sync.WaitGroup
		for w := range 6 {
			all.Go(func() {
				s, worker := stores[w%2], fmt.Sprint("w", w)
				for {
					j, err := s.ClaimJob(ctx, []string{"curves"}, worker, at(1000), lease)
					if errors.Is(err, ErrNotFound) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					if by, taken := claimed[j.ID]; taken {
						t.Errorf("%s was claimed by %s and by %s", j.ID, by, worker)
					}
					claimed[j.ID] = worker
					mu.Unlock()
					if err := s.FinishJob(ctx, j.ID, worker, JobDone, nil, "", at(1001)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if len(claimed) != jobs {
			t.Errorf("%d of %d jobs were claimed", len(claimed), jobs)
		}
	})
}

func TestListJobs(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		for i := range 6 {
			j := asked(numbered("j", i), i/2) // two at a time
			j.Kind = []string{"curves", "compare"}[i%2]
			j.Owner = []string{"id-mai", "id-binh"}[i/4]
			must(t, s.AddJob(ctx, j))
		}
		ids := func(kind, owner, after string, limit int, want string) {
			t.Helper()
			all, err := s.Jobs(ctx, kind, owner, after, limit)
			must(t, err)
			var got []string
			for _, j := range all {
				got = append(got, strings.TrimLeft(strings.TrimPrefix(j.ID, "j-"), "0"))
				if j.Input != nil {
					t.Error("a list holds what may be large")
				}
			}
			if g := strings.Join(got, " "); g != want {
				t.Errorf("jobs %q, want %q", g, want)
			}
		}
		ids("", "", "", 0, "5 4 3 2 1 ")
		ids("", "", "", 2, "5 4")
		ids("", "", "j-004", 2, "3 2")
		ids("compare", "", "", 0, "5 3 1")
		ids("", "id-mai", "", 0, "3 2 1 ")
		ids("compare", "id-mai", "j-003", 9, "1")
		_, err := s.Jobs(ctx, "", "", "none", 2)
		refuses(t, "after none", err, ErrNotFound)
	})
}

// No owner fills the database with jobs, and none keeps another from theirs.
func TestManyJobs(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	for i := range mostOpenJobs {
		must(t, s.AddJob(ctx, asked(numbered("j", i), i)))
	}
	refuses(t, "one too many", s.AddJob(ctx, asked("more", 1)), ErrTooMany)
	other := asked("other", 9999)
	other.Owner = "id-binh"
	must(t, s.AddJob(ctx, other))
	for i := range mostEndedJobs + 5 {
		j, err := s.ClaimJob(ctx, []string{"curves"}, "w", at(1), lease)
		must(t, err)
		must(t, s.FinishJob(ctx, j.ID, "w", JobDone, nil, "", at(1)))
		must(t, s.AddJob(ctx, asked(numbered("k", i), 100+i)))
	}
	all, err := s.Jobs(ctx, "", "id-mai", "", 0)
	must(t, err)
	if ended := len(all) - mostOpenJobs; ended < mostEndedJobs-1 || ended > mostEndedJobs+1 {
		t.Errorf("%d ended jobs are kept", ended)
	}
	_, err = s.Job(ctx, numbered("j", 0))
	refuses(t, "the oldest", err, ErrNotFound)
}

func TestInvalidJobs(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	for name, change := range map[string]func(*Job){
		"no id":    func(j *Job) { j.ID = "" },
		"no owner": func(j *Job) { j.Owner = "" },
		"no kind":  func(j *Job) { j.Kind = "" },
		"input":    func(j *Job) { j.Input = make([]byte, mostInput+1) },
		"progress": func(j *Job) { j.Progress = make([]byte, mostProgress+1) },
		"year":     func(j *Job) { j.Created = time.UnixMilli(1 << 60) },
	} {
		j := asked("j", 1)
		change(&j)
		refuses(t, name, s.AddJob(ctx, j), ErrInvalid)
	}
	_, none := s.ClaimJob(ctx, nil, "w", at(1), lease)
	_, many := s.ClaimJob(ctx, make([]string, mostKinds+1), "w", at(1), lease)
	_, nobody := s.ClaimJob(ctx, []string{"k"}, "", at(1), lease)
	_, short := s.ClaimJob(ctx, []string{"k"}, "w", at(1), 0)
	_, long := s.KeepJob(ctx, "j", "w", make([]byte, mostProgress+1), at(1), lease)
	for what, err := range map[string]error{
		"no kinds": none, "many kinds": many, "no worker": nobody, "no lease": short, "long progress": long,
		"long result": s.FinishJob(ctx, "j", "w", JobDone, make([]byte, mostResult+1), "", at(1)),
		"long error":  s.FinishJob(ctx, "j", "w", JobFailed, nil, strings.Repeat("e", mostError+1), at(1)),
	} {
		refuses(t, what, err, ErrInvalid)
	}
}

// What somebody gave to a job goes with the job, and with them.
func TestJobsLeaveNothing(t *testing.T) {
	ctx := context.Background()
	for name, do := range map[string]func(*Store) error{
		"DeleteJob":     func(s *Store) error { return s.DeleteJob(ctx, "j") },
		"Forget":        func(s *Store) error { return s.Forget(ctx, "id-mai") },
		"DeleteAccount": func(s *Store) error { return s.DeleteAccount(ctx, "id-mai") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := opened(t, Options{Path: filepath.Join(dir, "segue.db")})
			j := asked("j", 1)
			j.Input = []byte(canary)
			must(t, s.AddJob(ctx, j))
			if name != "DeleteJob" {
				a, _, err := s.BeginAnswer(ctx, "id-mai", "key", "hash", at(1))
				must(t, err)
				a.Status, a.Body = 200, []byte(canary)
				must(t, s.FinishAnswer(ctx, a))
			}
			if len(found(t, dir)) == 0 {
				t.Fatal("the canary is nowhere: the test looks in the wrong place")
			}
			must(t, do(s))
			if files := found(t, dir); len(files) > 0 {
				t.Errorf("%v hold what was deleted", files)
			}
			_, err := s.Job(ctx, "j")
			refuses(t, "the job", err, ErrNotFound)
		})
	}
}

// At the moment a lease runs out, its worker renews it or another claims the job,
// and never both.
func TestKeepOrClaim(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		stores := []*Store{open(Options{}), open(Options{})}
		must(t, stores[0].AddJob(ctx, asked("j", 1)))
		now := at(1)
		_, err := stores[0].ClaimJob(ctx, []string{"curves"}, "w", now, lease)
		must(t, err)
		lost := errors.New("the other has it")
		for range 20 {
			now = now.Add(lease)
			var kept, claimed bool
			won := race(t, 2, lost, func(i int) error {
				var err error
				if i == 0 {
					_, err = stores[0].KeepJob(ctx, "j", "w", []byte("p"), now, lease)
					kept = err == nil
				} else {
					_, err = stores[1].ClaimJob(ctx, []string{"curves"}, "w2", now, lease)
					claimed = err == nil
				}
				if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
					return lost
				}
				return err
			})
			if won != 1 {
				t.Fatalf("kept %v, claimed %v", kept, claimed)
			}
			if claimed { // back to the first worker, without an attempt counted
				must(t, stores[1].ReleaseJob(ctx, "j", "w2", now))
				must(t, stores[1].write(ctx, "", func(ctx context.Context, c *conn) error {
					_, err := c.exec(ctx, "UPDATE jobs SET attempts = 0")
					return err
				}))
				if _, err := stores[0].ClaimJob(ctx, []string{"curves"}, "w", now, lease); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
