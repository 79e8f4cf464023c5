package store

import (
	"context"
	"errors"
)

// A belongings is what a purpose covers of a listener, and how it is put into another
// store, in place of what is there.
type belongings func(ctx context.Context, c *conn) error

// belongings reads what a purpose covers.
func (s *Store) belongings(ctx context.Context, doing, listener string, of Purpose) (belongings, error) {
	p, err := s.person(ctx, doing, listener)
	if err != nil {
		return nil, err
	}
	packed, err := packKept(p.plays)
	if err != nil {
		return nil, fault(doing, err)
	}
	return func(ctx context.Context, c *conn) error {
		if err := dropCovered(ctx, c, listener, of); err != nil {
			return err
		}
		switch of {
		case Plays:
			return steps(
				func() error { return addImports(ctx, c, listener, p.imports) },
				func() error { return packed.insert(ctx, c, listener) },
				func() error { return packed.count(ctx, c, listener) },
				func() error { return saveSums(ctx, c, listener, p.sums) },
				func() error {
					if len(p.imports)+len(p.sums) == 0 {
						return nil // and what was there has said so itself
					}
					return playsChanged(ctx, c, listener)
				},
			)
		case CheckIns:
			return steps(
				func() error {
					return every(p.checkIns, func(v CheckIn) error { return addCheckIn(ctx, c, listener, v) })
				},
				func() error { return every(p.hours, func(v Hour) error { return addHour(ctx, c, listener, v) }) },
				func() error {
					return every(p.reflections, func(v Reflection) error { return saveReflection(ctx, c, listener, v) })
				},
				func() error { _, err := addRecords(ctx, c, listener, p.records); return err },
				func() error { return every(p.trials, func(v Trial) error { return addTrial(ctx, c, listener, v) }) },
			)
		case Taste:
			if len(p.corrections) == 0 {
				return nil
			}
			if err := every(p.corrections, func(v Correction) error { return addCorrection(ctx, c, listener, v) }); err != nil {
				return err
			}
			return playsChanged(ctx, c, listener)
		}
		return nil
	}, nil
}

// steps does one after the other, up to the first that fails.
func steps(all ...func() error) error {
	return every(all, func(do func() error) error { return do() })
}

// CopyPlays carries what the consent to keep plays covers, plays, imports and
// sums, over into another store that knows the listener, in place of what is
// there. The original stays.
func (s *Store) CopyPlays(ctx context.Context, listener string, to *Store) error {
	return s.copyCovered(ctx, "copy the plays", listener, Plays, to)
}

// CopyCheckIns does the same for what the consent to remember check-ins covers:
// check-ins, hours, reflections, records and trials.
func (s *Store) CopyCheckIns(ctx context.Context, listener string, to *Store) error {
	return s.copyCovered(ctx, "copy the check-ins", listener, CheckIns, to)
}

// CopyCorrections does the same for what the consent to learn a taste covers.
func (s *Store) CopyCorrections(ctx context.Context, listener string, to *Store) error {
	return s.copyCovered(ctx, "copy the corrections", listener, Taste, to)
}

func (s *Store) copyCovered(ctx context.Context, doing, listener string, of Purpose, to *Store) error {
	put, err := s.belongings(ctx, doing, listener, of)
	if err != nil {
		return err
	}
	return to.writeCovered(ctx, listener, of, doing, put)
}

// Agree is SetConsent for a consent that is given, and takes over what it covers from
// another store, which held it until now and still does: both, or neither. A store that
// does not know the listener holds nothing to take over. If another process gave the
// consent in the meantime, and may have kept something by it, that is ErrConflict.
func (s *Store) Agree(ctx context.Context, listener string, consent Consent, from *Store) error {
	const doing = "save the consent"
	if err := consent.check(); err != nil {
		return fault(doing, err)
	}
	put, err := from.belongings(ctx, doing, listener, consent.Purpose)
	if errors.Is(err, ErrNotFound) {
		put, err = func(context.Context, *conn) error { return nil }, nil
	}
	if err != nil {
		return err
	}
	return s.writeOf(ctx, listener, doing, func(ctx context.Context, c *conn) error {
		given, err := given(ctx, c, listener, consent.Purpose)
		switch {
		case given:
			return ErrConflict
		case err != nil && !errors.Is(err, ErrNotFound):
			return err
		}
		if err := addConsent(ctx, c, listener, consent); err != nil {
			return err
		}
		return put(ctx, c)
	})
}
