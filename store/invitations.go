package store

import (
	"context"
	"time"
)

// An Invitation lets whoever has its secret make one account.
type Invitation struct {
	ID      string // hash of its secret
	Role    Role   // of the account that is made with it
	Note    string // whom it is for, as whoever made it will know
	By      string // account that made it, "" if the operator did
	Created time.Time
	Expires time.Time
	Used    time.Time // zero if it was not
}

// Used and expired invitations are kept for a month, to look back; there are so
// many at most. (d)
const (
	invitationsKept = 30 * 24 * time.Hour
	mostInvitations = 2000
)

func (i Invitation) check() error {
	if err := checkID("the invitation", i.ID); err != nil {
		return err
	}
	if err := i.Role.check(); err != nil {
		return err
	}
	if err := checkText("the note of the invitation", i.Note, mostNote); err != nil {
		return err
	}
	if err := checkText("the maker of the invitation", i.By, mostID); err != nil {
		return err
	}
	return checkTimes("the invitation", i.Created, i.Expires)
}

const invitationColumns = "id, role, note, maker, created_ms, expires_ms, used_ms"

func scanInvitation(read func(...any) error) (i Invitation, err error) {
	var created, expires, used int64
	err = read(&i.ID, &i.Role, &i.Note, &i.By, &created, &expires, &used)
	i.Created, i.Expires, i.Used = moment(created), moment(expires), moment(used)
	return i, err
}

// AddInvitation stores an invitation that was not used, and drops those that
// were used or expired a month before it was made. It returns ErrConflict if
// its id is taken, and ErrTooMany beyond 2000 invitations.
func (s *Store) AddInvitation(ctx context.Context, i Invitation) error {
	const doing = "save the invitation"
	if err := i.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, ofAccounts, doing, func(ctx context.Context, c *conn) error {
		old := stamp(i.Created.Add(-invitationsKept))
		if _, err := c.exec(ctx, "DELETE FROM invitations WHERE expires_ms <= $1 OR (used_ms > $2 AND used_ms <= $1)", old, never()); err != nil {
			return err
		}
		n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM invitations")
		if err != nil {
			return err
		}
		if n >= mostInvitations {
			return ErrTooMany
		}
		_, err = c.exec(ctx, "INSERT INTO invitations ("+invitationColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
			i.ID, string(i.Role), text(i.Note), text(i.By), stamp(i.Created), stamp(i.Expires), never())
		return err
	})
}

// Invitations returns the invitations, used and expired ones as well, the
// newest first.
func (s *Store) Invitations(ctx context.Context) (all []Invitation, err error) {
	err = s.readOne(ctx, "list the invitations", func(ctx context.Context, c *conn) error {
		all, err = list(ctx, c, scanInvitation, "SELECT "+invitationColumns+" FROM invitations ORDER BY created_ms DESC, id")
		return err
	})
	return all, err
}

// usable is what an invitation must fulfil: not used, not expired, and made by
// somebody who could still give its role. One that an admin made who has been
// disabled since would be a way back in; so would one for an admin that
// somebody made who is none any more.
const usable = `used_ms = $2 AND expires_ms > $3 AND (maker = '' OR EXISTS
	(SELECT 1 FROM accounts WHERE accounts.id = invitations.maker AND NOT accounts.disabled
		AND (accounts.role = $4 OR invitations.role <> $4)))`

// Invitation returns an invitation that can be used now, or ErrNotFound: there
// is none of that id, it was used, it has expired, or who made it has left, is
// disabled, or lost the role it would give.
func (s *Store) Invitation(ctx context.Context, id string, now time.Time) (i Invitation, err error) {
	err = s.readOne(ctx, "read the invitation", func(ctx context.Context, c *conn) error {
		i, err = first(ctx, c, scanInvitation, "SELECT "+invitationColumns+" FROM invitations WHERE id = $1 AND "+usable,
			id, never(), stamp(now), string(RoleAdmin))
		return err
	})
	return i, err
}

// DeleteInvitation takes an invitation back, if it is there.
func (s *Store) DeleteInvitation(ctx context.Context, id string) error {
	return s.writeOf(ctx, ofAccounts, "delete the invitation", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "DELETE FROM invitations WHERE id = $1", id)
		return err
	})
}

// TakeInvitation makes an account with an invitation and marks that used, both
// or neither. The account gets the invitation's role, whatever a says. Where
// Invitation returns ErrNotFound so does this, and of several who come at once
// all but one get it. ErrConflict says that the account's name or id is taken;
// the invitation can then be used with another.
func (s *Store) TakeInvitation(ctx context.Context, id string, now time.Time, a Account) error {
	const doing = "use the invitation"
	a.Role = RoleListener // until the invitation says
	if err := a.check(); err != nil {
		return fault(doing, err)
	}
	if err := checkTime("the use of the invitation", now); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, ofAccounts, doing, func(ctx context.Context, c *conn) error {
		i, err := first(ctx, c, scanInvitation, "SELECT "+invitationColumns+" FROM invitations WHERE id = $1 AND "+usable,
			id, never(), stamp(now), string(RoleAdmin))
		if err != nil {
			return err
		}
		n, err := c.exec(ctx, "UPDATE invitations SET used_ms = $1 WHERE id = $2 AND used_ms = $3", stamp(now), id, never())
		if err == nil && n == 0 {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		made := a
		made.Role = i.Role
		return addAccount(ctx, c, made)
	})
}
