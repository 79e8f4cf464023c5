package store

import (
	"context"
	"time"
)

// A CheckIn is what a listener said of how they feel, on the 9×9 grid.
type CheckIn struct {
	ID     string
	At     time.Time
	Now    [2]int  // cells of valence and arousal, 1…9
	Target *[2]int // nil if none was named
	Stay   bool    // wants to stay where they are
}

func (k CheckIn) check() error {
	if err := checkID("the check-in", k.ID); err != nil {
		return err
	}
	if err := checkCell("the check-in", k.Now); err != nil {
		return err
	}
	if k.Target != nil {
		if err := checkCell("the target of the check-in", *k.Target); err != nil {
			return err
		}
	}
	return checkTime("the check-in", k.At)
}

const checkInColumns = "id, at_ms, valence, arousal, target_valence, target_arousal, stay"

func scanCheckIn(read func(...any) error) (k CheckIn, err error) {
	var at int64
	var valence, arousal *int
	err = read(&k.ID, &at, &k.Now[0], &k.Now[1], &valence, &arousal, &k.Stay)
	k.At, k.Target = moment(at), cellOf(valence, arousal)
	return k, err
}

// AddCheckIn stores a check-in. An id that was used before gives ErrConflict,
// and a listener who does not agree to it ErrConsent.
func (s *Store) AddCheckIn(ctx context.Context, listener string, k CheckIn) error {
	if err := k.check(); err != nil {
		return fault("save the check-in", err)
	}
	return s.writeCovered(ctx, listener, CheckIns, "save the check-in", func(ctx context.Context, c *conn) error { return addCheckIn(ctx, c, listener, k) })
}

func addCheckIn(ctx context.Context, c *conn, listener string, k CheckIn) error {
	valence, arousal := cellColumns(k.Target)
	_, err := c.exec(ctx, "INSERT INTO check_ins (listener, "+checkInColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		listener, k.ID, stamp(k.At), int64(k.Now[0]), int64(k.Now[1]), valence, arousal, k.Stay)
	return err
}

// LastCheckIn returns the check-in made last, or ErrNotFound.
func (s *Store) LastCheckIn(ctx context.Context, listener string) (k CheckIn, err error) {
	err = s.readOne(ctx, "read the last check-in", func(ctx context.Context, c *conn) error {
		k, err = first(ctx, c, scanCheckIn, "SELECT "+checkInColumns+" FROM check_ins WHERE listener = $1 ORDER BY at_ms DESC, id DESC LIMIT 1", listener)
		return err
	})
	return k, err
}

// CheckIns returns the check-ins in order of time.
func (s *Store) CheckIns(ctx context.Context, listener string) (all []CheckIn, err error) {
	err = s.readOne(ctx, "read the check-ins", func(ctx context.Context, c *conn) error {
		all, err = listCheckIns(ctx, c, listener)
		return err
	})
	return all, err
}

func listCheckIns(ctx context.Context, c *conn, listener string) ([]CheckIn, error) {
	return list(ctx, c, scanCheckIn, "SELECT "+checkInColumns+" FROM check_ins WHERE listener = $1 ORDER BY at_ms, id", listener)
}

// DeleteCheckIns deletes a listener's check-ins, hours, reflections, records and trials.
func (s *Store) DeleteCheckIns(ctx context.Context, listener string) error {
	return s.removeOf(ctx, listener, "delete the check-ins", func(ctx context.Context, c *conn) error { return dropCheckIns(ctx, c, listener) })
}

// dropCheckIns deletes what the consent to remember check-ins covers.
func dropCheckIns(ctx context.Context, c *conn, listener string) error {
	for _, table := range []string{"trials", "records", "reflections", "hours", "check_ins"} {
		if _, err := c.exec(ctx, "DELETE FROM "+table+" WHERE listener = $1", listener); err != nil {
			return err
		}
	}
	return nil
}
