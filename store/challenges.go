package store

import (
	"context"
	"time"
)

// A Challenge is the state of a ceremony that somebody has begun, such as
// signing in with a passkey: it can be taken once.
type Challenge struct {
	ID      string // not to be guessed
	Account string // "" if it is not known yet
	Kind    string
	Data    []byte
	Expires time.Time
}

// How many challenges are kept at most: of all, of one account, and of how many
// bytes. Those that would expire first go. (d)
const (
	mostChallenges    = 10_000
	mostChallengesOne = 20
	mostChallenge     = 64 << 10
)

func (k Challenge) check() error {
	if err := checkID("the challenge", k.ID); err != nil {
		return err
	}
	if err := checkID("the kind of the challenge", k.Kind); err != nil {
		return err
	}
	if err := checkText("the account of the challenge", k.Account, mostID); err != nil {
		return err
	}
	if err := checkBytes("the challenge", k.Data, mostChallenge); err != nil {
		return err
	}
	return checkTime("the challenge", k.Expires)
}

const challengeColumns = "id, account, kind, data, expires_ms"

func scanChallenge(read func(...any) error) (k Challenge, err error) {
	var expires int64
	err = read(&k.ID, &k.Account, &k.Kind, &k.Data, &expires)
	k.Expires = moment(expires)
	return k, err
}

// AddChallenge stores a challenge, and lets those go that would expire first
// where an account has more than 20, or all together are more than 10,000. Who
// can begin ceremonies without end can push out those of others: callers limit
// how often one may begin.
func (s *Store) AddChallenge(ctx context.Context, k Challenge) error {
	const doing = "save the challenge"
	if err := k.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, ofChallenges, doing, func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, `DELETE FROM challenges WHERE expires_ms <=
			(SELECT expires_ms FROM challenges ORDER BY expires_ms DESC LIMIT 1 OFFSET $1)`, int64(mostChallenges-1))
		if err != nil {
			return err
		}
		if k.Account != "" {
			_, err := c.exec(ctx, `DELETE FROM challenges WHERE account = $1 AND expires_ms <=
				(SELECT expires_ms FROM challenges WHERE account = $1 ORDER BY expires_ms DESC LIMIT 1 OFFSET $2)`, k.Account, int64(mostChallengesOne-1))
			if err != nil {
				return err
			}
		}
		_, err = c.exec(ctx, "INSERT INTO challenges ("+challengeColumns+") VALUES ($1, $2, $3, $4, $5)",
			k.ID, text(k.Account), k.Kind, blob(k.Data), stamp(k.Expires))
		return err
	})
}

// TakeChallenge returns a challenge and deletes it, so that of all who ask, one
// gets it. It returns ErrNotFound if it was taken, if it has expired, or if
// there never was one of that id and kind.
func (s *Store) TakeChallenge(ctx context.Context, id, kind string, now time.Time) (k Challenge, err error) {
	err = s.writeOf(ctx, id, "take the challenge", func(ctx context.Context, c *conn) error {
		k, err = first(ctx, c, scanChallenge, "DELETE FROM challenges WHERE id = $1 AND kind = $2 AND expires_ms > $3 RETURNING "+challengeColumns, id, kind, stamp(now))
		return err
	})
	return k, err
}

// Challenge returns a challenge and leaves it to be taken: for a page that asks
// what to do with it. It returns ErrNotFound as TakeChallenge does.
func (s *Store) Challenge(ctx context.Context, id, kind string, now time.Time) (k Challenge, err error) {
	err = s.readOne(ctx, "read the challenge", func(ctx context.Context, c *conn) error {
		k, err = first(ctx, c, scanChallenge, "SELECT "+challengeColumns+" FROM challenges WHERE id = $1 AND kind = $2 AND expires_ms > $3", id, kind, stamp(now))
		return err
	})
	return k, err
}

// DropChallenges deletes the challenges of a kind that an account has: of links that
// somebody was given, those before the last must not hold on.
func (s *Store) DropChallenges(ctx context.Context, account, kind string) error {
	return s.writeOf(ctx, account, "delete the challenges", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "DELETE FROM challenges WHERE account = $1 AND kind = $2", account, kind)
		return err
	})
}
