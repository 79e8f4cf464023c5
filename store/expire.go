package store

import (
	"context"
	"time"
)

// DropExpired deletes what has expired of all accounts: logins, challenges,
// answers that are a day old, invitations a month after their end. None of it
// counts any more; what is gone cannot be read by whoever gets at the database.
// A server calls it every hour or so.
func (s *Store) DropExpired(ctx context.Context, now time.Time) error {
	const doing = "drop what has expired"
	if err := checkTime("the present", now); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, ofExpired, doing, func(ctx context.Context, c *conn) error {
		for _, query := range []struct {
			text   string
			before time.Time
		}{
			{"DELETE FROM logins WHERE expires_ms <= $1", now},
			{"DELETE FROM challenges WHERE expires_ms <= $1", now},
			{"DELETE FROM answers WHERE at_ms <= $1", now.Add(-answersKept)},
			{"DELETE FROM invitations WHERE expires_ms <= $1", now.Add(-invitationsKept)},
		} {
			if _, err := c.exec(ctx, query.text, stamp(query.before)); err != nil {
				return err
			}
		}
		return nil
	})
}
