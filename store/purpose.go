package store

import (
	"context"
	"errors"
)

// CopyPlays carries what the consent to keep plays covers, plays, imports and
// sums, over into another store that knows the listener, in place of what is
// there. The original stays.
func (s *Store) CopyPlays(ctx context.Context, listener string, to *Store) error {
	const doing = "copy the plays"
	p, err := s.person(ctx, doing, listener)
	if err != nil {
		return err
	}
	packed, err := packKept(p.plays)
	if err != nil {
		return fault(doing, err)
	}
	return to.writeOf(ctx, listener, doing, func(ctx context.Context, c *conn) error {
		if err := dropPlays(ctx, c, listener); err != nil {
			return err
		}
		if err := addImports(ctx, c, listener, p.imports); err != nil {
			return err
		}
		if err := packed.insert(ctx, c, listener); err != nil {
			return err
		}
		if err := packed.count(ctx, c, listener); err != nil {
			return err
		}
		return saveSums(ctx, c, listener, p.sums)
	})
}

// CopyCheckIns does the same for what the consent to remember check-ins covers:
// check-ins, hours and reflections.
func (s *Store) CopyCheckIns(ctx context.Context, listener string, to *Store) error {
	const doing = "copy the check-ins"
	p, err := s.person(ctx, doing, listener)
	if err != nil {
		return err
	}
	return to.writeOf(ctx, listener, doing, func(ctx context.Context, c *conn) error {
		if err := dropCheckIns(ctx, c, listener); err != nil {
			return err
		}
		return errors.Join(
			every(p.checkIns, func(v CheckIn) error { return addCheckIn(ctx, c, listener, v) }),
			every(p.hours, func(v Hour) error { return addHour(ctx, c, listener, v) }),
			every(p.reflections, func(v Reflection) error { return saveReflection(ctx, c, listener, v) }),
		)
	})
}
