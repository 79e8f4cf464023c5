package store

import (
	"context"
	"math"
	"time"
)

// An HourSum is what is kept of an hour's plays when they are let go: no track
// is in it.
type HourSum struct {
	Date     string  // local, YYYY-MM-DD
	Hour     int     // local, 0…23
	Seconds  float64 // listened
	Featured float64 // of those, in plays with a place on the plane
	Valence  float64 // sum of valence × featured seconds
	Arousal  float64 // sum of arousal × featured seconds
	Plays    int
	Skips    int
}

func (h HourSum) check() error {
	if _, err := time.Parse(time.DateOnly, h.Date); err != nil || h.Hour < 0 || h.Hour > 23 {
		return invalid("a sum is of no hour of a day")
	}
	for _, v := range []float64{h.Seconds, h.Featured, h.Valence, h.Arousal} {
		if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
			return invalid("a sum is not a number from 0 on")
		}
	}
	if h.Plays < 0 || h.Skips < 0 {
		return invalid("a sum counts less than no plays")
	}
	return nil
}

func scanSum(read func(...any) error) (h HourSum, err error) {
	err = read(&h.Date, &h.Hour, &h.Seconds, &h.Featured, &h.Valence, &h.Arousal, &h.Plays, &h.Skips)
	return h, err
}

// Reduce lets a listener's plays go and keeps the sums, both or neither. An
// import takes over all plays there are, so the plays are as old as the last
// import: if that was made after before, Reduce changes nothing and returns
// ErrConflict, because the sums were made of plays that are no longer all.
//
// Sums of an hour there was one for already take its place: they were made of
// a later import of the same history.
func (s *Store) Reduce(ctx context.Context, listener string, before time.Time, sums []HourSum) error {
	const doing = "reduce the plays to sums"
	for _, h := range sums {
		if err := h.check(); err != nil {
			return fault(doing, err)
		}
	}
	return s.remove(ctx, doing, func(ctx context.Context, c *conn) error {
		later, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM imports WHERE listener = $1 AND at_ms > $2", listener, stamp(before))
		if err != nil {
			return err
		}
		if later > 0 {
			return ErrConflict
		}
		if err := deletePlays(ctx, c, listener); err != nil {
			return err
		}
		return saveSums(ctx, c, listener, sums)
	})
}

func scanCount(read func(...any) error) (n int64, err error) {
	err = read(&n)
	return n, err
}

func saveSums(ctx context.Context, c *conn, listener string, sums []HourSum) error {
	for _, h := range sums {
		_, err := c.exec(ctx, `INSERT INTO hour_sums (listener, day, hour, seconds, featured, valence, arousal, plays, skips)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (listener, day, hour) DO UPDATE SET seconds = excluded.seconds, featured = excluded.featured,
				valence = excluded.valence, arousal = excluded.arousal, plays = excluded.plays, skips = excluded.skips`,
			listener, h.Date, int64(h.Hour), h.Seconds, h.Featured, h.Valence, h.Arousal, int64(h.Plays), int64(h.Skips))
		if err != nil {
			return err
		}
	}
	return nil
}

// HourSums returns the sums in order of time.
func (s *Store) HourSums(ctx context.Context, listener string) (sums []HourSum, err error) {
	err = s.read(ctx, "read the sums", func(ctx context.Context, c *conn) error {
		sums, err = listSums(ctx, c, listener)
		return err
	})
	return sums, err
}

func listSums(ctx context.Context, c *conn, listener string) ([]HourSum, error) {
	return list(ctx, c, scanSum, `SELECT day, hour, seconds, featured, valence, arousal, plays, skips
		FROM hour_sums WHERE listener = $1 ORDER BY day, hour`, listener)
}
