package store

import (
	"context"
	"math"
	"time"

	"segue"
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

// ExpiredPlays returns the plays that Reduce lets go: those of imports made at
// or before a time.
func (s *Store) ExpiredPlays(ctx context.Context, listener string, before time.Time) (plays []segue.Play, err error) {
	err = s.read(ctx, "read the plays to let go", func(ctx context.Context, c *conn) error {
		plays, err = listPlays(ctx, c, playsBefore, listener, stamp(before))
		return err
	})
	return plays, err
}

// Reduce lets the plays of imports go that were made at or before a time, see
// ExpiredPlays, and keeps the sums that were made of them: both or neither.
//
// Where there is a sum of an hour already, the one with more seconds stays:
// exports repeat what earlier ones held, and adding would count it twice. (d)
func (s *Store) Reduce(ctx context.Context, listener string, before time.Time, sums []HourSum) error {
	const doing = "reduce the plays to sums"
	for _, h := range sums {
		if err := h.check(); err != nil {
			return fault(doing, err)
		}
	}
	return s.removeOf(ctx, listener, doing, func(ctx context.Context, c *conn) error {
		for _, query := range []string{
			"DELETE FROM plays WHERE listener = $1 AND import IN (SELECT n FROM imports WHERE listener = $1 AND at_ms <= $2)",
			"UPDATE imports SET plays = 0 WHERE listener = $1 AND at_ms <= $2",
		} {
			if _, err := c.exec(ctx, query, listener, stamp(before)); err != nil {
				return err
			}
		}
		_, err := c.exec(ctx, "DELETE FROM tracks WHERE listener = $1 AND n NOT IN (SELECT track FROM plays WHERE listener = $1)", listener)
		if err != nil {
			return err
		}
		if err := saveSums(ctx, c, listener, sums); err != nil {
			return err
		}
		return playsChanged(ctx, c, listener)
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
				valence = excluded.valence, arousal = excluded.arousal, plays = excluded.plays, skips = excluded.skips
			WHERE excluded.seconds >= hour_sums.seconds`,
			listener, h.Date, int64(h.Hour), h.Seconds, h.Featured, h.Valence, h.Arousal, int64(h.Plays), int64(h.Skips))
		if err != nil {
			return err
		}
	}
	return nil
}

// HourSums returns the sums in order of time.
func (s *Store) HourSums(ctx context.Context, listener string) (sums []HourSum, err error) {
	err = s.readOne(ctx, "read the sums", func(ctx context.Context, c *conn) error {
		sums, err = listSums(ctx, c, listener)
		return err
	})
	return sums, err
}

func listSums(ctx context.Context, c *conn, listener string) ([]HourSum, error) {
	return list(ctx, c, scanSum, `SELECT day, hour, seconds, featured, valence, arousal, plays, skips
		FROM hour_sums WHERE listener = $1 ORDER BY day, hour`, listener)
}
