package store

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// An Hour is a playlist that was made, as it was last changed.
type Hour struct {
	ID      string
	CheckIn string    // id of the check-in it was made for, "" if none
	At      time.Time // made
	Changed time.Time
	Plan    []byte // JSON of playlist.Playlist
	Version int    // 1 when made, and one more with each change
}

func (h Hour) check() error {
	if err := checkID("the hour", h.ID); err != nil {
		return err
	}
	if h.CheckIn != "" {
		if err := checkID("the check-in of the hour", h.CheckIn); err != nil {
			return err
		}
	}
	if err := checkJSON("the plan of the hour", h.Plan); err != nil {
		return err
	}
	if h.Version < 1 {
		return invalid("versions of an hour count from 1")
	}
	if err := checkTime("the hour", h.At); err != nil {
		return err
	}
	return checkTime("the change of the hour", h.Changed)
}

const hourColumns = "id, check_in, at_ms, changed_ms, plan, version"

func scanHour(read func(...any) error) (h Hour, err error) {
	var at, changed int64
	err = read(&h.ID, &h.CheckIn, &at, &changed, &h.Plan, &h.Version)
	h.At, h.Changed = moment(at), moment(changed)
	return h, err
}

// SaveHour stores a new hour, of Version 1, or a change of the stored hour
// whose version is Version−1. It returns ErrConflict if the hour was changed in
// the meantime, so that two windows lose nothing silently, and ErrNotFound if
// there is none to change; ErrConsent if the listener does not agree to it.
func (s *Store) SaveHour(ctx context.Context, listener string, h Hour) error {
	return s.SaveHourTold(ctx, listener, h, Told{})
}

// SaveHourTold is SaveHour with the records of it. It returns ErrTooMany, too, see
// AppendRecords.
func (s *Store) SaveHourTold(ctx context.Context, listener string, h Hour, told Told) error {
	const doing = "save the hour"
	if err := cmp.Or(h.check(), told.check()); err != nil {
		return fault(doing, err)
	}
	return s.writeCovered(ctx, listener, CheckIns, doing, func(ctx context.Context, c *conn) error {
		if err := saveHour(ctx, c, listener, h); err != nil {
			return err
		}
		_, err := replaceRecords(ctx, c, listener, told.Instead, told.Records)
		return err
	})
}

func saveHour(ctx context.Context, c *conn, listener string, h Hour) error {
	if h.Version == 1 {
		return addHour(ctx, c, listener, h)
	}
	n, err := c.exec(ctx, `UPDATE hours SET check_in = $1, at_ms = $2, changed_ms = $3, plan = $4, version = $5
		WHERE listener = $6 AND id = $7 AND version = $8`,
		h.CheckIn, stamp(h.At), stamp(h.Changed), text(string(h.Plan)), int64(h.Version), listener, h.ID, int64(h.Version-1))
	if err != nil || n == 1 {
		return err
	}
	if _, err := first(ctx, c, scanHour, hourByID, listener, h.ID); err != nil {
		return err
	}
	return ErrConflict
}

const hourByID = "SELECT " + hourColumns + " FROM hours WHERE listener = $1 AND id = $2"

func addHour(ctx context.Context, c *conn, listener string, h Hour) error {
	_, err := c.exec(ctx, "INSERT INTO hours (listener, "+hourColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		listener, h.ID, h.CheckIn, stamp(h.At), stamp(h.Changed), text(string(h.Plan)), int64(h.Version))
	return err
}

// Hour returns an hour, or ErrNotFound.
func (s *Store) Hour(ctx context.Context, listener, id string) (h Hour, err error) {
	err = s.readOne(ctx, "read the hour", func(ctx context.Context, c *conn) error {
		h, err = first(ctx, c, scanHour, hourByID, listener, id)
		return err
	})
	return h, err
}

// Hours returns the hours, the newest first.
func (s *Store) Hours(ctx context.Context, listener string) (all []Hour, err error) {
	err = s.readOne(ctx, "read the hours", func(ctx context.Context, c *conn) error {
		all, err = listHours(ctx, c, listener)
		return err
	})
	return all, err
}

// headLength is how many characters HourHeads keeps of a plan. (d)
const headLength = 1024

// HourHeads is Hours with no more of each plan than its first characters: they tell
// what a list shows, and plans are large.
func (s *Store) HourHeads(ctx context.Context, listener string) (all []Hour, err error) {
	err = s.readOne(ctx, "read the hours", func(ctx context.Context, c *conn) error {
		all, err = list(ctx, c, scanHour, "SELECT id, check_in, at_ms, changed_ms, substr(plan, 1, $1), version FROM hours WHERE listener = $2 ORDER BY at_ms DESC, id DESC", int64(headLength), listener)
		return err
	})
	return all, err
}

func listHours(ctx context.Context, c *conn, listener string) ([]Hour, error) {
	return list(ctx, c, scanHour, "SELECT "+hourColumns+" FROM hours WHERE listener = $1 ORDER BY at_ms DESC, id DESC", listener)
}

// DeleteHour deletes an hour with its reflection and records, and the check-in it was made for
// unless another hour was too. Deleting one that is not there is not an error.
func (s *Store) DeleteHour(ctx context.Context, listener, id string) error {
	return s.removeOf(ctx, listener, "delete the hour", func(ctx context.Context, c *conn) error {
		h, err := first(ctx, c, scanHour, hourByID, listener, id)
		if errors.Is(err, ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		for _, table := range []string{"DELETE FROM records WHERE listener = $1 AND hour = $2", "DELETE FROM reflections WHERE listener = $1 AND hour = $2", "DELETE FROM hours WHERE listener = $1 AND id = $2"} {
			if _, err := c.exec(ctx, table, listener, id); err != nil {
				return err
			}
		}
		_, err = c.exec(ctx, `DELETE FROM check_ins WHERE listener = $1 AND id = $2
			AND NOT EXISTS (SELECT 1 FROM hours WHERE hours.listener = $1 AND hours.check_in = $2)`, listener, h.CheckIn)
		return err
	})
}
