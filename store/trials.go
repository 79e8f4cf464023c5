package store

import (
	"context"
	"encoding/json"
	"time"
)

// A Trial is a listener's own crossover: hours of two kinds in an order drawn by lot, to
// see which does more for them. The consent to remember check-ins covers it.
type Trial struct {
	ID     string
	At     time.Time // when it was declared
	Ended  time.Time // zero while it runs
	Design []byte    // as package experiment writes it
}

// mostDesign is how long a trial's design may be, in bytes: as package experiment reads
// it. (d)
const mostDesign = 256 << 10

func (t Trial) check() error {
	if err := checkID("the trial", t.ID); err != nil {
		return err
	}
	if !json.Valid(t.Design) || text(string(t.Design)) != string(t.Design) {
		return invalid("the design of the trial is no JSON")
	}
	if err := checkBytes("the design of the trial", t.Design, mostDesign); err != nil {
		return err
	}
	return checkTimes("the trial", t.At, t.Ended)
}

const trialColumns = "id, at_ms, ended_ms, design"

func scanTrial(read func(...any) error) (t Trial, err error) {
	var at int64
	var ended *int64
	err = read(&t.ID, &at, &ended, &t.Design)
	t.At = moment(at)
	if ended != nil {
		t.Ended = moment(*ended)
	}
	return t, err
}

// AddTrial stores a trial. It returns ErrConflict if one of the listener's runs, or the id
// was used before, and ErrConsent if they do not agree that check-ins are kept.
func (s *Store) AddTrial(ctx context.Context, listener string, t Trial) error {
	const doing = "save the trial"
	if err := t.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeCovered(ctx, listener, CheckIns, doing, func(ctx context.Context, c *conn) error {
		running, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM trials WHERE listener = $1 AND ended_ms IS NULL", listener)
		if err != nil {
			return err
		}
		if running > 0 && t.Ended.IsZero() {
			return ErrConflict
		}
		return addTrial(ctx, c, listener, t)
	})
}

func addTrial(ctx context.Context, c *conn, listener string, t Trial) error {
	var ended *int64
	if !t.Ended.IsZero() {
		at := stamp(t.Ended)
		ended = &at
	}
	_, err := c.exec(ctx, "INSERT INTO trials (listener, "+trialColumns+") VALUES ($1, $2, $3, $4, $5)", listener, t.ID, stamp(t.At), ended, string(t.Design))
	return err
}

// Trials returns a listener's trials, in the order in which they began.
func (s *Store) Trials(ctx context.Context, listener string) (all []Trial, err error) {
	err = s.readOne(ctx, "read the trials", func(ctx context.Context, c *conn) error {
		all, err = listTrials(ctx, c, listener)
		return err
	})
	return all, err
}

func listTrials(ctx context.Context, c *conn, listener string) ([]Trial, error) {
	return list(ctx, c, scanTrial, "SELECT "+trialColumns+" FROM trials WHERE listener = $1 ORDER BY at_ms, id", listener)
}

// EndTrial ends a trial that runs; ending it again changes nothing. It returns ErrNotFound
// if the listener has none of that id.
func (s *Store) EndTrial(ctx context.Context, listener, id string, at time.Time) error {
	const doing = "end the trial"
	if err := checkTime("the end of the trial", at); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, listener, doing, func(ctx context.Context, c *conn) error {
		n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM trials WHERE listener = $1 AND id = $2", listener, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNotFound
		}
		_, err = c.exec(ctx, "UPDATE trials SET ended_ms = $1 WHERE listener = $2 AND id = $3 AND ended_ms IS NULL", stamp(at), listener, id)
		return err
	})
}

// DeleteTrial deletes a trial, if there is one of that id, and the records of its draws,
// which name it as their experiment; what was said of the hours stays with these.
func (s *Store) DeleteTrial(ctx context.Context, listener, id, experiment string) error {
	return s.removeOf(ctx, listener, "delete the trial", func(ctx context.Context, c *conn) error {
		if _, err := c.exec(ctx, "DELETE FROM records WHERE listener = $1 AND experiment = $2 AND kind = 'exposure'", listener, experiment); err != nil {
			return err
		}
		_, err := c.exec(ctx, "DELETE FROM trials WHERE listener = $1 AND id = $2", listener, id)
		return err
	})
}
