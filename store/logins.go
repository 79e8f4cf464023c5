package store

import (
	"context"
	"time"
)

// A Login is a browser that is signed in.
type Login struct {
	ID            string // hash of the cookie's secret
	Account       string
	Created       time.Time
	Seen          time.Time // last, to the minute
	Authenticated time.Time // last proved who they are
	Expires       time.Time // is never put off
	Agent         string    // what kind of browser, in words that fit many; may be ""
}

// mostLogins is how many logins an account has; the one seen longest ago goes.
// (d)
const mostLogins = 100

func (l Login) check() error {
	if err := checkID("the login", l.ID); err != nil {
		return err
	}
	if err := checkText("the browser of the login", l.Agent, mostName); err != nil {
		return err
	}
	return checkTimes("the login", l.Created, l.Seen, l.Authenticated, l.Expires)
}

const loginColumns = "id, account, created_ms, seen_ms, authenticated_ms, expires_ms, agent"

func scanLogin(read func(...any) error) (l Login, err error) {
	var created, seen, authenticated, expires int64
	err = read(&l.ID, &l.Account, &created, &seen, &authenticated, &expires, &l.Agent)
	l.Created, l.Seen, l.Authenticated, l.Expires = moment(created), moment(seen), moment(authenticated), moment(expires)
	return l, err
}

// AddLogin stores a login, and drops those of its account that have expired when
// it was made, and those seen longest ago beyond 100. It returns ErrNotFound if there is no such account.
func (s *Store) AddLogin(ctx context.Context, l Login) error {
	const doing = "save the login"
	if err := l.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, l.Account, doing, func(ctx context.Context, c *conn) error {
		if _, err := c.exec(ctx, "DELETE FROM logins WHERE account = $1 AND expires_ms <= $2", l.Account, stamp(l.Created)); err != nil {
			return err
		}
		_, err := c.exec(ctx, `DELETE FROM logins WHERE id IN
			(SELECT id FROM logins WHERE account = $1 ORDER BY seen_ms DESC, id LIMIT 1000 OFFSET $2)`, l.Account, int64(mostLogins-1))
		if err != nil {
			return err
		}
		return addLogin(ctx, c, l)
	})
}

func addLogin(ctx context.Context, c *conn, l Login) error {
	_, err := c.exec(ctx, "INSERT INTO logins ("+loginColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		l.ID, l.Account, stamp(l.Created), stamp(l.Seen), stamp(l.Authenticated), stamp(l.Expires), text(l.Agent))
	return err
}

// Login returns a login, or ErrNotFound if there is none, if it has expired, or
// if its account is disabled.
func (s *Store) Login(ctx context.Context, id string, now time.Time) (l Login, err error) {
	err = s.readOne(ctx, "read the login", func(ctx context.Context, c *conn) error {
		l, err = first(ctx, c, scanLogin, "SELECT "+loginColumns+` FROM logins WHERE id = $1 AND expires_ms > $2
			AND EXISTS (SELECT 1 FROM accounts WHERE accounts.id = logins.account AND NOT accounts.disabled)`, id, stamp(now))
		return err
	})
	return l, err
}

// TouchLogin notes that a login was seen. It writes only if that is more than a
// minute after it was last noted, so that it may be called at every request; a
// clock that was set back changes nothing. A login that is gone is not an
// error.
func (s *Store) TouchLogin(ctx context.Context, id string, now time.Time) error {
	const doing = "note the login"
	if err := checkTime("what was used", now); err != nil {
		return fault(doing, err)
	}
	old := stamp(now.Add(-time.Minute))
	var stale int64
	err := s.readOne(ctx, doing, func(ctx context.Context, c *conn) (err error) {
		stale, err = first(ctx, c, scanCount, "SELECT COUNT(*) FROM logins WHERE id = $1 AND seen_ms <= $2", id, old)
		return err
	})
	if err != nil || stale == 0 {
		return err
	}
	return s.writeOf(ctx, id, doing, func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "UPDATE logins SET seen_ms = $1 WHERE id = $2 AND seen_ms <= $3", stamp(now), id, old)
		return err
	})
}

// ConfirmLogin notes that whoever is signed in has proved again who they are.
// It returns ErrNotFound if the login is gone.
func (s *Store) ConfirmLogin(ctx context.Context, id string, now time.Time) error {
	const doing = "confirm the login"
	if err := checkTime("the login", now); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, id, doing, func(ctx context.Context, c *conn) error {
		n, err := c.exec(ctx, "UPDATE logins SET authenticated_ms = $1 WHERE id = $2", stamp(now), id)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

// Logins returns the logins of an account, the one seen last first, expired
// ones included until DropExpired.
func (s *Store) Logins(ctx context.Context, account string) (all []Login, err error) {
	err = s.readOne(ctx, "list the logins", func(ctx context.Context, c *conn) error {
		all, err = listLogins(ctx, c, account)
		return err
	})
	return all, err
}

func listLogins(ctx context.Context, c *conn, account string) ([]Login, error) {
	return list(ctx, c, scanLogin, "SELECT "+loginColumns+" FROM logins WHERE account = $1 ORDER BY seen_ms DESC, id", account)
}

// DeleteLogin signs one browser of an account out, if it is signed in.
func (s *Store) DeleteLogin(ctx context.Context, account, id string) error {
	return s.writeOf(ctx, account, "delete the login", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "DELETE FROM logins WHERE account = $1 AND id = $2", account, id)
		return err
	})
}

// DeleteLogins signs all browsers of an account out but one; "" stands for
// none.
func (s *Store) DeleteLogins(ctx context.Context, account, except string) error {
	return s.writeOf(ctx, account, "delete the logins", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "DELETE FROM logins WHERE account = $1 AND id <> $2", account, except)
		return err
	})
}
