package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// What a Queue answers besides failures of the machine.
var (
	ErrNothing = errors.New("there is nothing to do")
	ErrLost    = errors.New("the job is not this worker's any more")
)

// A State is how a job ended.
type State string

// The ends of a job.
const (
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// A Job is what a worker needs to know of one.
type Job struct {
	ID       string
	Owner    string
	Kind     string
	Input    []byte
	Progress []byte // what an earlier worker kept; see Progress
	Attempts int    // this one included
	Cancel   bool   // asked to stop
}

// A Queue keeps jobs. Its methods are called from several goroutines, and those that
// name a worker answer ErrLost if the job is another's by now, has ended or is gone.
type Queue interface {
	// Claim gives the worker a job of one of the kinds that is nobody's, until
	// now+lease. It returns ErrNothing if there is none.
	Claim(ctx context.Context, kinds []string, worker string, now time.Time, lease time.Duration) (Job, error)

	// Keep renews the lease until now+lease and keeps progress; nil leaves what is
	// there. It reports whether somebody asked the job to stop.
	Keep(ctx context.Context, id, worker string, progress []byte, now time.Time, lease time.Duration) (cancel bool, err error)

	// Finish ends the job. The failure is said to its owner.
	Finish(ctx context.Context, id, worker string, state State, result []byte, failure string, now time.Time) error

	// Release gives back a job whose worker ends, without counting the attempt.
	Release(ctx context.Context, id, worker string, now time.Time) error
}

// How much a job may keep. (d)
const (
	MaxCheckpoint = 2 << 20 // bytes
	MaxResult     = 8 << 20 // bytes
	MaxFailure    = 500     // bytes of what a failure says
)

// Progress is how far a job is, as Keep keeps it.
type Progress struct {
	Stage      string `json:"stage,omitempty"`
	Done       int64  `json:"done"`  // of Total, in one unit
	Total      int64  `json:"total"` // 0 while unknown
	Checkpoint []byte `json:"checkpoint,omitempty"`
}

// ParseProgress reads what a Runner kept; of nothing it is the zero Progress.
func ParseProgress(b []byte) (Progress, error) {
	var p Progress
	if len(b) == 0 {
		return p, nil
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return Progress{}, fmt.Errorf("job: the progress of a job cannot be read: %w", err)
	}
	return p, nil
}

// Share returns how much is done, in [0, 1]; 0 while that is not known.
func (p Progress) Share() float64 {
	if p.Total <= 0 {
		return 0
	}
	return min(1, max(0, float64(p.Done)/float64(p.Total)))
}
