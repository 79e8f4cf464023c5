package store

import (
	"context"
	"math"
	"time"
)

// The kinds of corrections.
const (
	KindPoint = "point" // the track lies at a point of the plane
	KindCell  = "cell"  // … in a cell of the 9×9 grid, whose middle is stored
	KindNever = "never" // the track never has a mood
)

// A Correction is what a listener said of how a track feels to them.
type Correction struct {
	ID               string
	Track            string // id in the catalogue
	At               time.Time
	Kind             string
	Valence, Arousal float64 // on the plane, [0, 1]; 0 of KindNever
	Mood             string  // of KindNever: angry, sad, calm or happy
}

// MostCorrections is how many of one listener are kept. (d)
const MostCorrections = 1000

// mostTrackID is how long an id of a track may be, in bytes. (d)
const mostTrackID = 500

func (k Correction) check() error {
	if err := checkID("the correction", k.ID); err != nil {
		return err
	}
	if k.Track == "" {
		return invalid("the correction names no track")
	}
	if err := checkText("the track of the correction", k.Track, mostTrackID); err != nil {
		return err
	}
	switch k.Kind {
	case KindPoint, KindCell:
		for _, x := range []float64{k.Valence, k.Arousal} {
			if !(x >= 0 && x <= 1) || k.Kind == KindCell && 8*x != math.Trunc(8*x) {
				return invalid("the place of the correction is not on the plane, or not in the middle of a cell")
			}
		}
		if k.Mood != "" {
			return invalid("the correction says both a place and a mood")
		}
	case KindNever:
		switch k.Mood {
		case "angry", "sad", "calm", "happy":
		default:
			return invalid("the correction names no mood that there is")
		}
		if k.Valence != 0 || k.Arousal != 0 {
			return invalid("the correction says both a place and a mood")
		}
	default:
		return invalid("the correction is of no kind that there is")
	}
	return checkTime("the correction", k.At)
}

const correctionColumns = "id, track, at_ms, kind, valence, arousal, mood"

func scanCorrection(read func(...any) error) (k Correction, err error) {
	var at int64
	err = read(&k.ID, &k.Track, &at, &k.Kind, &k.Valence, &k.Arousal, &k.Mood)
	k.At = moment(at)
	return k, err
}

// AddCorrection stores a correction. An id that was used before gives ErrConflict, one
// beyond MostCorrections ErrTooMany, and a listener who does not agree to it ErrConsent.
func (s *Store) AddCorrection(ctx context.Context, listener string, k Correction) error {
	const doing = "save the correction"
	if err := k.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeCovered(ctx, listener, Taste, doing, func(ctx context.Context, c *conn) error {
		n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM corrections WHERE listener = $1", listener)
		if err != nil {
			return err
		}
		if n >= MostCorrections {
			return ErrTooMany
		}
		if err := addCorrection(ctx, c, listener, k); err != nil {
			return err
		}
		return playsChanged(ctx, c, listener) // what was computed of them is old
	})
}

func addCorrection(ctx context.Context, c *conn, listener string, k Correction) error {
	_, err := c.exec(ctx, "INSERT INTO corrections (listener, "+correctionColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		listener, k.ID, text(k.Track), stamp(k.At), k.Kind, k.Valence, k.Arousal, k.Mood)
	return err
}

// Corrections returns the corrections in order of time.
func (s *Store) Corrections(ctx context.Context, listener string) (all []Correction, err error) {
	err = s.readOne(ctx, "read the corrections", func(ctx context.Context, c *conn) error {
		all, err = listCorrections(ctx, c, listener)
		return err
	})
	return all, err
}

func listCorrections(ctx context.Context, c *conn, listener string) ([]Correction, error) {
	return list(ctx, c, scanCorrection, "SELECT "+correctionColumns+" FROM corrections WHERE listener = $1 ORDER BY at_ms, id", listener)
}

// DeleteCorrection deletes a correction, if there is one of that id.
func (s *Store) DeleteCorrection(ctx context.Context, listener, id string) error {
	return s.removeOf(ctx, listener, "delete the correction", func(ctx context.Context, c *conn) error {
		n, err := c.exec(ctx, "DELETE FROM corrections WHERE listener = $1 AND id = $2", listener, id)
		if err != nil || n == 0 {
			return err
		}
		return playsChanged(ctx, c, listener)
	})
}

// DeleteCorrections deletes all of a listener's corrections.
func (s *Store) DeleteCorrections(ctx context.Context, listener string) error {
	return s.removeOf(ctx, listener, "delete the corrections", func(ctx context.Context, c *conn) error { return dropCorrections(ctx, c, listener) })
}

// dropCorrections deletes what the consent to learn a taste covers.
func dropCorrections(ctx context.Context, c *conn, listener string) error {
	n, err := c.exec(ctx, "DELETE FROM corrections WHERE listener = $1", listener)
	if err != nil || n == 0 {
		return err
	}
	return playsChanged(ctx, c, listener)
}
