package store

import (
	"cmp"
	"context"
	"time"
)

// A Reflection is what a listener said after an hour.
type Reflection struct {
	Hour  string // its id
	At    time.Time
	After *[2]int // cells of valence and arousal, 1…9; nil if not said
	Feel  int     // −2 much worse … +2 much better
	Words string
}

// mostWords is how long the words of a reflection may be, in bytes. (d)
const mostWords = 64 << 10

func (r Reflection) check() error {
	if err := checkID("the hour of the reflection", r.Hour); err != nil {
		return err
	}
	if r.After != nil {
		if err := checkCell("the reflection", *r.After); err != nil {
			return err
		}
	}
	if r.Feel < -2 || r.Feel > 2 {
		return invalid("the reflection is not on the scale of -2 to 2")
	}
	if len(r.Words) > mostWords {
		return invalid("the words of the reflection are longer than %d bytes", mostWords)
	}
	return checkTime("the reflection", r.At)
}

const reflectionColumns = "hour, at_ms, after_valence, after_arousal, feel, words"

func scanReflection(read func(...any) error) (r Reflection, err error) {
	var at int64
	var valence, arousal *int
	err = read(&r.Hour, &at, &valence, &arousal, &r.Feel, &r.Words)
	r.At, r.After = moment(at), cellOf(valence, arousal)
	return r, err
}

// SaveReflection stores the reflection on an hour, in place of an earlier one.
// It returns ErrNotFound if there is no such hour, and ErrConsent if the listener does
// not agree to it.
func (s *Store) SaveReflection(ctx context.Context, listener string, r Reflection) error {
	return s.SaveReflectionTold(ctx, listener, r, Told{})
}

// SaveReflectionTold is SaveReflection with the records of it. It returns ErrTooMany,
// too, see AppendRecords.
func (s *Store) SaveReflectionTold(ctx context.Context, listener string, r Reflection, told Told) error {
	const doing = "save the reflection"
	if err := cmp.Or(r.check(), told.check()); err != nil {
		return fault(doing, err)
	}
	return s.writeCovered(ctx, listener, CheckIns, doing, func(ctx context.Context, c *conn) error {
		if err := saveReflection(ctx, c, listener, r); err != nil {
			return err
		}
		_, err := replaceRecords(ctx, c, listener, told.Instead, told.Records)
		return err
	})
}

func saveReflection(ctx context.Context, c *conn, listener string, r Reflection) error {
	valence, arousal := cellColumns(r.After)
	_, err := c.exec(ctx, "INSERT INTO reflections (listener, "+reflectionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (listener, hour) DO UPDATE SET at_ms = excluded.at_ms, after_valence = excluded.after_valence,
			after_arousal = excluded.after_arousal, feel = excluded.feel, words = excluded.words`,
		listener, r.Hour, stamp(r.At), valence, arousal, int64(r.Feel), text(r.Words))
	return err
}

// DeleteReflection deletes the reflection on an hour, if there is one, and its records.
func (s *Store) DeleteReflection(ctx context.Context, listener, hour string) error {
	return s.removeOf(ctx, listener, "delete the reflection", func(ctx context.Context, c *conn) error {
		return deleteReflection(ctx, c, listener, hour)
	})
}

func deleteReflection(ctx context.Context, c *conn, listener, hour string) error {
	if _, err := c.exec(ctx, "DELETE FROM records WHERE listener = $1 AND hour = $2 AND kind IN ('reflection', 'checkin_after')", listener, hour); err != nil {
		return err
	}
	_, err := c.exec(ctx, "DELETE FROM reflections WHERE listener = $1 AND hour = $2", listener, hour)
	return err
}

// Reflection returns the reflection on an hour, or ErrNotFound.
func (s *Store) Reflection(ctx context.Context, listener, hour string) (r Reflection, err error) {
	err = s.readOne(ctx, "read the reflection", func(ctx context.Context, c *conn) error {
		r, err = first(ctx, c, scanReflection, "SELECT "+reflectionColumns+" FROM reflections WHERE listener = $1 AND hour = $2", listener, hour)
		return err
	})
	return r, err
}

// Reflections returns the reflections in order of time.
func (s *Store) Reflections(ctx context.Context, listener string) (all []Reflection, err error) {
	err = s.readOne(ctx, "read the reflections", func(ctx context.Context, c *conn) error {
		all, err = listReflections(ctx, c, listener)
		return err
	})
	return all, err
}

func listReflections(ctx context.Context, c *conn, listener string) ([]Reflection, error) {
	return list(ctx, c, scanReflection, "SELECT "+reflectionColumns+" FROM reflections WHERE listener = $1 ORDER BY at_ms, hour", listener)
}
