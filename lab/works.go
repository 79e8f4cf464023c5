package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"segue"
	"segue/lab/job"
	"segue/mood"
)

// The kinds of jobs this package works on.
const (
	CurvesJob  = "lab_curves"
	CompareJob = "lab_compare"
)

// An Order is the input of a job, as JSON: what is asked for, and of which catalogue.
type Order[Asked any] struct {
	Catalog string `json:"catalog"` // content hash
	Asked   Asked  `json:"asked"`
}

// ErrOtherTracks reports a job whose catalogue is not the one in use any more.
var ErrOtherTracks = errors.New("the tracks it was asked for are not in use any more; ask again for those that are")

// Works returns the work of CurvesJob, CompareJob and AuditJob, whose results are the
// JSON of CurvesFound, Comparison and Audited. Open gives the catalogue in use, and
// version the model of a version's id. The clock is for the seconds of training; nil is
// time.Now.
func Works(open func(context.Context) (*segue.Catalog, error), version func(ctx context.Context, id string) (*mood.Model, error), clock func() time.Time) map[string]job.Work {
	return map[string]job.Work{
		CurvesJob: work(open, func(ctx context.Context, c *segue.Catalog, a CurvesAsked, h Hold) (any, error) {
			return Curves(ctx, c, a, h)
		}),
		CompareJob: work(open, func(ctx context.Context, c *segue.Catalog, a CompareAsked, h Hold) (any, error) {
			return Compare(ctx, c, a, clock, h)
		}),
		AuditJob: work(open, func(ctx context.Context, c *segue.Catalog, a AuditAsked, h Hold) (any, error) {
			var inUse *mood.Model
			if a.InUse != "" {
				var err error
				if inUse, err = version(ctx, a.InUse); err != nil {
					return nil, err
				}
			}
			return Audit(ctx, c, a, inUse, clock, h)
		}),
	}
}

func work[Asked any](open func(context.Context) (*segue.Catalog, error), do func(context.Context, *segue.Catalog, Asked, Hold) (any, error)) job.Work {
	return func(ctx context.Context, t *job.Task) ([]byte, error) {
		var o Order[Asked]
		d := json.NewDecoder(bytes.NewReader(t.Input))
		d.DisallowUnknownFields()
		if err := d.Decode(&o); err != nil {
			return nil, errors.New("what was asked cannot be read; ask anew")
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return nil, errors.New("what was asked goes on after its end; ask anew")
		}
		c, err := open(ctx)
		if err != nil {
			return nil, plain(err)
		}
		if c.Version != o.Catalog {
			return nil, ErrOtherTracks
		}
		found, err := do(ctx, c, o.Asked, Hold{Progress: t.Tell, Checkpoint: t.Checkpoint, Keep: t.Keep})
		if err != nil {
			return nil, plain(err)
		}
		b, err := json.Marshal(found)
		if err != nil {
			return nil, fmt.Errorf("the result cannot be written: %w", err)
		}
		return b, nil
	}
}

var origin = regexp.MustCompile(`\b(lab|mood|recommend): (usage: )?`)

// plain is an error in the words its owner reads, without where in the program it
// comes from.
func plain(err error) error {
	if text := origin.ReplaceAllString(err.Error(), ""); text != err.Error() {
		return errors.New(text)
	}
	return err
}
