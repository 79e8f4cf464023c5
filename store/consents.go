package store

import (
	"context"
	"errors"
	"time"
)

// A Purpose is something a listener may consent to having kept.
type Purpose string

// The purposes.
const (
	Moods       Purpose = "moods"       // moods inferred from plays
	Plays       Purpose = "plays"       // the plays themselves
	CheckIns    Purpose = "check_ins"   // check-ins, hours and reflections
	Research    Purpose = "research"    // sums over many listeners, see GroupSums
	Experiments Purpose = "experiments" // hours whose order is drawn by lot
	Taste       Purpose = "taste"       // what is said of how tracks feel
	Adaptation  Purpose = "adaptation"  // hours built by what came of earlier ones
)

// A Consent is a purpose allowed, or no longer allowed.
type Consent struct {
	Purpose Purpose
	Given   bool
	At      time.Time
}

func (c Consent) check() error {
	switch c.Purpose {
	case Moods, Plays, CheckIns, Research, Experiments, Taste, Adaptation:
		return checkTime("a consent", c.At)
	}
	return invalid("there is no such purpose of a consent")
}

func scanConsent(read func(...any) error) (c Consent, err error) {
	var at int64
	err = read(&c.Purpose, &c.Given, &at)
	c.At = moment(at)
	return c, err
}

// SetConsent appends to the log of consents: the last one of a purpose counts. With
// Options.Consents, taking one back deletes what it covers in the same step, so that
// nobody's write comes between; it then returns as deletions do.
func (s *Store) SetConsent(ctx context.Context, listener string, consent Consent) error {
	const doing = "save the consent"
	if err := consent.check(); err != nil {
		return fault(doing, err)
	}
	if !s.consents || consent.Given {
		return s.writeOf(ctx, listener, doing, func(ctx context.Context, c *conn) error { return addConsent(ctx, c, listener, consent) })
	}
	return s.removeOf(ctx, listener, doing, func(ctx context.Context, c *conn) error {
		if err := addConsent(ctx, c, listener, consent); err != nil {
			return err
		}
		return dropCovered(ctx, c, listener, consent.Purpose)
	})
}

// dropCovered deletes what a purpose covers: of Moods, Research and Experiments nothing is stored.
func dropCovered(ctx context.Context, c *conn, listener string, p Purpose) error {
	switch p {
	case Plays:
		return dropPlays(ctx, c, listener)
	case CheckIns:
		return dropCheckIns(ctx, c, listener)
	case Taste:
		return dropCorrections(ctx, c, listener)
	}
	return nil
}

// given returns the present consent of a purpose, or ErrNotFound if it was never asked.
func given(ctx context.Context, c *conn, listener string, p Purpose) (bool, error) {
	return first(ctx, c, scanBool, "SELECT given FROM consents WHERE listener = $1 AND purpose = $2 ORDER BY n DESC LIMIT 1", listener, string(p))
}

// covered returns ErrConsent if a purpose was asked about and not agreed to.
func (s *Store) covered(ctx context.Context, c *conn, listener string, p Purpose) error {
	if !s.consents {
		return nil
	}
	given, err := given(ctx, c, listener, p)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err == nil && !given:
		return ErrConsent
	}
	return err
}

// writeCovered is writeOf for what a purpose covers.
func (s *Store) writeCovered(ctx context.Context, listener string, p Purpose, doing string, do func(context.Context, *conn) error) error {
	return s.writeOf(ctx, listener, doing, func(ctx context.Context, c *conn) error {
		if err := s.covered(ctx, c, listener, p); err != nil {
			return err
		}
		return do(ctx, c)
	})
}

func addConsent(ctx context.Context, c *conn, listener string, consent Consent) error {
	_, err := c.exec(ctx, `INSERT INTO consents (listener, n, purpose, given, at_ms)
		VALUES ($1, (SELECT COALESCE(MAX(n), 0) + 1 FROM consents WHERE listener = $1), $2, $3, $4)`,
		listener, string(consent.Purpose), consent.Given, stamp(consent.At))
	return err
}

// Consents returns the present consent of each purpose that was ever asked.
func (s *Store) Consents(ctx context.Context, listener string) (map[Purpose]Consent, error) {
	log, err := s.ConsentLog(ctx, listener)
	if err != nil {
		return nil, err
	}
	present := map[Purpose]Consent{}
	for _, c := range log {
		present[c.Purpose] = c
	}
	return present, nil
}

// ConsentLog returns all consents given and withdrawn, in that order.
func (s *Store) ConsentLog(ctx context.Context, listener string) (log []Consent, err error) {
	err = s.readOne(ctx, "read the consents", func(ctx context.Context, c *conn) error {
		log, err = consentLog(ctx, c, listener)
		return err
	})
	return log, err
}

func consentLog(ctx context.Context, c *conn, listener string) ([]Consent, error) {
	return list(ctx, c, scanConsent, "SELECT purpose, given, at_ms FROM consents WHERE listener = $1 ORDER BY n", listener)
}
