package store

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
)

// A JobState is how far a job is.
type JobState string

// The states of a job. The last three are ends: nothing follows.
const (
	JobQueued    JobState = "queued"
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

// Ended reports whether nothing follows.
func (s JobState) Ended() bool { return s == JobDone || s == JobFailed || s == JobCancelled }

// A Job is long work that a worker takes up, of this process or of another, and
// goes on with from Progress where another was stopped.
type Job struct {
	ID       string
	Owner    string // account or listener that asked for it
	Kind     string // what work it is
	Input    []byte // what was asked
	State    JobState
	Progress []byte // how far it is, and what is needed to go on; may be empty
	Result   []byte // if done
	Error    string // if failed: in words for its owner
	Created  time.Time
	Changed  time.Time
	Lease    time.Time // when a running one that was not kept is another worker's
	Worker   string    // who runs it, or ran it last
	Attempts int       // how often it was claimed
	Cancel   bool      // asked to stop
}

// How much of jobs is kept at most. (d)
const (
	mostOpenJobs    = 20      // of one owner, queued or running
	mostEndedJobs   = 200     // of one owner; the oldest go
	mostAttempts    = 3       // a job whose worker died so often may be why
	mostKinds       = 50      // that a worker claims
	mostInput       = 1 << 20 // bytes
	mostProgress    = 4 << 20 // bytes
	mostResult      = 16 << 20
	mostError       = 2000 // bytes
	longestJobLease = 24 * time.Hour
)

func (j Job) check() error {
	if err := checkID("the job", j.ID); err != nil {
		return err
	}
	if err := checkID("the owner of the job", j.Owner); err != nil {
		return err
	}
	if err := checkID("the kind of the job", j.Kind); err != nil {
		return err
	}
	if err := checkBytes("what is asked of the job", j.Input, mostInput); err != nil {
		return err
	}
	if err := checkBytes("the progress of the job", j.Progress, mostProgress); err != nil {
		return err
	}
	return checkTime("the job", j.Created)
}

const (
	jobColumns = "id, owner, kind, input, state, progress, result, error, created_ms, changed_ms, lease_ms, worker, attempts, cancel"

	// jobListed leaves out what may be large.
	jobListed = "id, owner, kind, state, error, created_ms, changed_ms, lease_ms, worker, attempts, cancel"
)

func scanJob(read func(...any) error) (j Job, err error) {
	var created, changed, lease int64
	err = read(&j.ID, &j.Owner, &j.Kind, &j.Input, &j.State, &j.Progress, &j.Result, &j.Error, &created, &changed, &lease, &j.Worker, &j.Attempts, &j.Cancel)
	j.Created, j.Changed, j.Lease = moment(created), moment(changed), moment(lease)
	return j, err
}

func scanJobListed(read func(...any) error) (j Job, err error) {
	var created, changed, lease int64
	err = read(&j.ID, &j.Owner, &j.Kind, &j.State, &j.Error, &created, &changed, &lease, &j.Worker, &j.Attempts, &j.Cancel)
	j.Created, j.Changed, j.Lease = moment(created), moment(changed), moment(lease)
	return j, err
}

// AddJob queues a job: of j counts what was asked, and a progress to begin from
// if there is one. It returns ErrConflict if its id is taken, and ErrTooMany if
// its owner has 20 that have not ended. Of those that have, the oldest beyond
// 200 are dropped.
func (s *Store) AddJob(ctx context.Context, j Job) error {
	const doing = "add the job"
	if err := j.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, j.Owner, doing, func(ctx context.Context, c *conn) error {
		open, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM jobs WHERE owner = $1 AND state IN ($2, $3)", j.Owner, string(JobQueued), string(JobRunning))
		if err != nil {
			return err
		}
		if open >= mostOpenJobs {
			return ErrTooMany
		}
		_, err = c.exec(ctx, `DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE owner = $1 AND state NOT IN ($2, $3)
			ORDER BY created_ms DESC, id DESC LIMIT 1000 OFFSET $4)`, j.Owner, string(JobQueued), string(JobRunning), int64(mostEndedJobs))
		if err != nil {
			return err
		}
		_, err = c.exec(ctx, "INSERT INTO jobs ("+jobColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
			j.ID, j.Owner, j.Kind, blob(j.Input), string(JobQueued), blob(j.Progress), []byte{}, "",
			stamp(j.Created), stamp(j.Created), never(), "", int64(0), false)
		return err
	})
}

const jobByID = "SELECT " + jobColumns + " FROM jobs WHERE id = $1"

// Job returns a job, whosever it is, or ErrNotFound.
func (s *Store) Job(ctx context.Context, id string) (j Job, err error) {
	err = s.readOne(ctx, "read the job", func(ctx context.Context, c *conn) error {
		j, err = first(ctx, c, scanJob, jobByID, id)
		return err
	})
	return j, err
}

// Jobs returns jobs, the newest first, without Input, Progress and Result: those
// of a kind and of an owner, "" for any, that are older than the job of the id
// after, "" for the newest; at most limit, and never more than 500. It returns
// ErrNotFound if there is no job after.
func (s *Store) Jobs(ctx context.Context, kind, owner, after string, limit int) (all []Job, err error) {
	err = s.read(ctx, "list the jobs", func(ctx context.Context, c *conn) error {
		from := Job{Created: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}
		if after != "" {
			if from, err = first(ctx, c, scanJob, jobByID, after); err != nil {
				return err
			}
		}
		query, args := "SELECT "+jobListed+" FROM jobs WHERE (created_ms < $1 OR (created_ms = $1 AND id < $2))", []any{stamp(from.Created), from.ID}
		for _, by := range []struct{ column, value string }{{"kind", kind}, {"owner", owner}} {
			if by.value != "" {
				args = append(args, by.value)
				query += " AND " + by.column + " = $" + strconv.Itoa(len(args))
			}
		}
		args = append(args, page(limit))
		all, err = list(ctx, c, scanJobListed, query+" ORDER BY created_ms DESC, id DESC LIMIT $"+strconv.Itoa(len(args)), args...)
		return err
	})
	return all, err
}

// jobKinds is a part of a query's text: that the kind is one of these, from the
// parameter $first on.
func jobKinds(kinds []string, first int, args []any) (string, []any) {
	places := make([]string, len(kinds))
	for i, k := range kinds {
		places[i] = "$" + strconv.Itoa(first+i)
		args = append(args, text(k))
	}
	return "kind IN (" + strings.Join(places, ", ") + ")", args
}

// exhausted is what a job says whose worker died too often.
const exhausted = "it was begun several times and never came to an end"

// ClaimJob gives a worker the job of these kinds that waits longest, or one
// whose lease ran out because its worker died: then it is claimed anew, from
// the progress that was kept, at most three times in all before it has failed.
// Of all workers one gets it, until now+lease. It returns ErrNotFound if there
// is nothing to do, and then writes nothing, so that it may be called often.
//
// Leases compare the clocks of all workers: they must agree to well within one.
func (s *Store) ClaimJob(ctx context.Context, kinds []string, worker string, now time.Time, lease time.Duration) (Job, error) {
	const doing = "claim a job"
	if len(kinds) == 0 || len(kinds) > mostKinds {
		return Job{}, fault(doing, invalid("a worker claims jobs of 1 to %d kinds", mostKinds))
	}
	if err := checkLease(worker, now, lease); err != nil {
		return Job{}, fault(doing, err)
	}
	waits, args := jobKinds(kinds, 4, []any{string(JobQueued), string(JobRunning), stamp(now)})
	waits = "(state = $1 OR (state = $2 AND lease_ms <= $3)) AND " + waits
	oldest := "SELECT " + jobListed + " FROM jobs WHERE " + waits + " ORDER BY created_ms, id LIMIT 1"
	err := s.readOne(ctx, doing, func(ctx context.Context, c *conn) error {
		_, err := first(ctx, c, scanJobListed, oldest, args...)
		return err
	})
	if err != nil {
		return Job{}, err
	}
	var claimed *Job
	err = s.writeOf(ctx, ofClaims, doing, func(ctx context.Context, c *conn) error {
		claimed = nil
		for {
			j, err := first(ctx, c, scanJobListed, oldest, args...)
			if errors.Is(err, ErrNotFound) {
				return nil // and what has ended below stays so
			}
			if err != nil {
				return err
			}
			next := j
			next.Changed = now
			switch {
			case j.State == JobRunning && j.Cancel:
				next.State = JobCancelled
			case j.Attempts >= mostAttempts:
				next.State, next.Error = JobFailed, exhausted
			default:
				next.State, next.Worker, next.Lease, next.Attempts = JobRunning, text(worker), now.Add(lease), j.Attempts+1
			}
			changed, err := changeJob(ctx, c, j, next)
			if err != nil {
				return err
			}
			if changed && next.State.Ended() {
				if err := forgetAsked(ctx, c, j.ID); err != nil {
					return err
				}
			}
			if changed && next.State == JobRunning {
				whole, err := first(ctx, c, scanJob, jobByID, j.ID)
				claimed = &whole
				return err
			}
		}
	})
	if err == nil && claimed == nil {
		err = fault(doing, ErrNotFound)
	}
	if err != nil {
		return Job{}, err
	}
	return *claimed, nil
}

// changeJob changes a job if it is still as it was read: its worker may have
// kept or finished it in between.
func changeJob(ctx context.Context, c *conn, was, is Job) (bool, error) {
	n, err := c.exec(ctx, `UPDATE jobs SET state = $1, worker = $2, lease_ms = $3, changed_ms = $4, attempts = $5, error = $6
		WHERE id = $7 AND state = $8 AND lease_ms = $9 AND attempts = $10`,
		string(is.State), is.Worker, stamp(is.Lease), stamp(is.Changed), int64(is.Attempts), is.Error,
		was.ID, string(was.State), stamp(was.Lease), int64(was.Attempts))
	return n == 1, err
}

func checkLease(worker string, now time.Time, lease time.Duration) error {
	if err := checkID("the worker", worker); err != nil {
		return err
	}
	if lease <= 0 || lease > longestJobLease {
		return invalid("a lease is longer than no time, and no longer than %v", longestJobLease)
	}
	return checkTimes("the lease of the job", now, now.Add(lease))
}

// KeepJob renews a worker's lease until now+lease and keeps how far it is; a nil
// progress leaves what is there. It returns whether the job was asked to stop,
// and ErrConflict if it is not the worker's any more: its lease ran out and
// another has it, it ended, or it was deleted. The worker then stops and writes
// nothing.
func (s *Store) KeepJob(ctx context.Context, id, worker string, progress []byte, now time.Time, lease time.Duration) (cancel bool, err error) {
	const doing = "keep the job"
	if err := checkLease(worker, now, lease); err != nil {
		return false, fault(doing, err)
	}
	if err := checkBytes("the progress of the job", progress, mostProgress); err != nil {
		return false, fault(doing, err)
	}
	var kept any
	if progress != nil {
		kept = progress
	}
	err = s.writeOf(ctx, id, doing, func(ctx context.Context, c *conn) error {
		all, err := list(ctx, c, scanBool, `UPDATE jobs SET progress = COALESCE($1, progress), lease_ms = $2, changed_ms = $3
			WHERE id = $4 AND worker = $5 AND state = $6 RETURNING cancel`, kept, stamp(now.Add(lease)), stamp(now), id, text(worker), string(JobRunning))
		if err == nil && len(all) == 0 {
			return ErrConflict
		}
		if err == nil {
			cancel = all[0]
		}
		return err
	})
	return cancel, err
}

func scanBool(read func(...any) error) (b bool, err error) {
	err = read(&b)
	return b, err
}

// FinishJob ends a worker's job as done, failed or cancelled. It returns
// ErrConflict if the job is not the worker's any more, as KeepJob does: what it
// found is then not kept. What was asked is kept no longer.
func (s *Store) FinishJob(ctx context.Context, id, worker string, state JobState, result []byte, failure string, now time.Time) error {
	const doing = "finish the job"
	if !state.Ended() {
		return fault(doing, invalid("a job ends done, failed or cancelled"))
	}
	if err := checkBytes("the result of the job", result, mostResult); err != nil {
		return fault(doing, err)
	}
	if err := checkText("what went wrong with the job", failure, mostError); err != nil {
		return fault(doing, err)
	}
	if err := checkTime("the end of the job", now); err != nil {
		return fault(doing, err)
	}
	return s.ofWorker(ctx, doing, id, `UPDATE jobs SET state = $1, result = $2, error = $3, changed_ms = $4
		WHERE id = $5 AND worker = $6 AND state = $7`, string(state), blob(result), text(failure), stamp(now), id, text(worker), string(JobRunning))
}

// ReleaseJob gives a job back that its worker cannot go on with, because its
// process ends: it is queued again, with the progress kept so far, and the
// attempt does not count. It returns ErrConflict as KeepJob does.
func (s *Store) ReleaseJob(ctx context.Context, id, worker string, now time.Time) error {
	const doing = "release the job"
	if err := checkTime("the release of the job", now); err != nil {
		return fault(doing, err)
	}
	return s.ofWorker(ctx, doing, id, `UPDATE jobs SET state = CASE WHEN cancel THEN $1 ELSE $2 END, attempts = attempts - 1, lease_ms = $3, changed_ms = $4
		WHERE id = $5 AND worker = $6 AND state = $7`, string(JobCancelled), string(JobQueued), never(), stamp(now), id, text(worker), string(JobRunning))
}

// ofWorker changes a job that must still be its worker's.
func (s *Store) ofWorker(ctx context.Context, doing, id, query string, args ...any) error {
	return s.writeOf(ctx, id, doing, func(ctx context.Context, c *conn) error {
		n, err := c.exec(ctx, query, args...)
		if err == nil && n == 0 {
			return ErrConflict
		}
		if err == nil {
			err = forgetAsked(ctx, c, id)
		}
		return err
	})
}

// forgetAsked takes what was asked from a job that has ended: it may hold what its owner
// brought, and nobody asks for it again.
func forgetAsked(ctx context.Context, c *conn, id string) error {
	_, err := c.exec(ctx, "UPDATE jobs SET input = $1 WHERE id = $2 AND state IN ($3, $4, $5)", blob(nil), id, string(JobDone), string(JobFailed), string(JobCancelled))
	return err
}

// CancelJob asks a job to stop: one that waits is cancelled at once, one that
// runs is told the next time it is kept, and one that has ended stays as it is.
// It returns ErrNotFound if there is none.
func (s *Store) CancelJob(ctx context.Context, id string, now time.Time) error {
	const doing = "cancel the job"
	if err := checkTime("the cancelling of the job", now); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, id, doing, func(ctx context.Context, c *conn) error {
		n, err := c.exec(ctx, `UPDATE jobs SET cancel = $1, changed_ms = CASE WHEN state = $2 THEN $3 ELSE changed_ms END,
			state = CASE WHEN state = $2 THEN $4 ELSE state END WHERE id = $5 AND state IN ($2, $6)`,
			true, string(JobQueued), stamp(now), string(JobCancelled), id, string(JobRunning))
		if err == nil && n == 1 {
			return forgetAsked(ctx, c, id)
		}
		if err != nil {
			return err
		}
		_, err = first(ctx, c, scanJob, jobByID, id)
		return err
	})
}

// DeleteJob deletes a job, if it is there, and leaves no byte of it in the
// files, as Forget does: it may hold what its owner gave. A worker that has it
// is told the next time it keeps it.
func (s *Store) DeleteJob(ctx context.Context, id string) error {
	return s.removeOf(ctx, id, "delete the job", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "DELETE FROM jobs WHERE id = $1", id)
		return err
	})
}
