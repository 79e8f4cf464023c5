package store

import (
	"context"
	"time"
)

// A Role is what an account may do; package account says what that is.
type Role string

// The roles.
const (
	RoleListener   Role = "listener"
	RoleResearcher Role = "researcher"
	RoleAdmin      Role = "admin"
)

// An Account is somebody who may sign in. Whether its listener is stored is
// another matter: that takes a consent.
type Account struct {
	ID       string // also the id of its listener
	Name     string // sign-in name, as typed
	Key      string // the name folded; no two accounts have the same
	Role     Role
	Password string // PHC string of its hash, "" if there is none
	Disabled bool   // may not sign in
	Created  time.Time
	Version  int // 1 when made, and one more with each change; set by the store
}

func (a Account) check() error {
	if err := checkID("the account", a.ID); err != nil {
		return err
	}
	if a.Name == "" || len(a.Name) > mostName {
		return invalid("the name of the account is empty or longer than %d bytes", mostName)
	}
	if a.Key == "" || len(a.Key) > mostName || text(a.Key) != a.Key {
		return invalid("the folded name of the account is empty, longer than %d bytes or no text", mostName)
	}
	if err := a.Role.check(); err != nil {
		return err
	}
	if err := checkText("the hash of the password", a.Password, mostPHC); err != nil {
		return err
	}
	return checkTime("the account", a.Created)
}

func (r Role) check() error {
	switch r {
	case RoleListener, RoleResearcher, RoleAdmin:
		return nil
	}
	return invalid("there is no such role of an account")
}

// administers reports whether the account is an admin that may sign in.
func (a Account) administers() bool { return a.Role == RoleAdmin && !a.Disabled }

const accountColumns = "id, name, key, role, password, disabled, created_ms, version"

func scanAccount(read func(...any) error) (a Account, err error) {
	var created int64
	err = read(&a.ID, &a.Name, &a.Key, &a.Role, &a.Password, &a.Disabled, &created, &a.Version)
	a.Created = moment(created)
	return a, err
}

const accountByID = "SELECT " + accountColumns + " FROM accounts WHERE id = $1"

// AddAccount stores a new account, as Version 1 whatever a says. It returns
// ErrConflict if its id or its folded name is taken.
func (s *Store) AddAccount(ctx context.Context, a Account) error {
	if err := a.check(); err != nil {
		return fault("add the account", err)
	}
	return s.writeOf(ctx, ofAccounts, "add the account", func(ctx context.Context, c *conn) error { return addAccount(ctx, c, a) })
}

func addAccount(ctx context.Context, c *conn, a Account) error {
	_, err := c.exec(ctx, "INSERT INTO accounts ("+accountColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
		a.ID, text(a.Name), a.Key, string(a.Role), text(a.Password), a.Disabled, stamp(a.Created))
	return err
}

// Account returns an account by its id, or ErrNotFound.
func (s *Store) Account(ctx context.Context, id string) (Account, error) {
	return s.account(ctx, accountByID, id)
}

// AccountByKey returns an account by its folded name, or ErrNotFound.
func (s *Store) AccountByKey(ctx context.Context, key string) (Account, error) {
	return s.account(ctx, "SELECT "+accountColumns+" FROM accounts WHERE key = $1", text(key))
}

func (s *Store) account(ctx context.Context, query, by string) (a Account, err error) {
	err = s.readOne(ctx, "read the account", func(ctx context.Context, c *conn) error {
		a, err = first(ctx, c, scanAccount, query, by)
		return err
	})
	return a, err
}

// Accounts returns accounts in the order of their folded names: those after a
// folded name, at most limit of them, and never more than 500.
func (s *Store) Accounts(ctx context.Context, after string, limit int) (all []Account, err error) {
	err = s.readOne(ctx, "list the accounts", func(ctx context.Context, c *conn) error {
		all, err = list(ctx, c, scanAccount, "SELECT "+accountColumns+" FROM accounts WHERE key > $1 ORDER BY key LIMIT $2", text(after), page(limit))
		return err
	})
	return all, err
}

// CountAccounts returns how many accounts there are, disabled ones included.
func (s *Store) CountAccounts(ctx context.Context) (n int, err error) {
	err = s.read(ctx, "count the accounts", func(ctx context.Context, c *conn) error {
		all, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM accounts")
		n = int(all)
		return err
	})
	return n, err
}

// SaveAccount changes name, role, password and whether it is disabled of the
// stored account, which must still be of a.Version: ErrConflict says that
// somebody else changed it, or that another account has the name; ErrLastAdmin
// that it would leave no admin who can sign in; ErrLastWay that it would take the
// password from an account that has no passkey; ErrNotFound that it is not there.
// The stored version is then a.Version+1.
//
// Logins and tokens stay as they are: of a disabled account none is valid.
func (s *Store) SaveAccount(ctx context.Context, a Account) error {
	const doing = "save the account"
	if err := a.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, ofAccounts, doing, func(ctx context.Context, c *conn) error {
		was, err := first(ctx, c, scanAccount, accountByID, a.ID)
		if err != nil {
			return err
		}
		if was.administers() && !a.administers() {
			if err := anotherAdmin(ctx, c, a.ID); err != nil {
				return err
			}
		}
		if was.Version == a.Version && was.Password != "" && a.Password == "" {
			if err := aPasskey(ctx, c, a.ID); err != nil {
				return err
			}
		}
		n, err := c.exec(ctx, `UPDATE accounts SET name = $1, key = $2, role = $3, password = $4, disabled = $5, version = version + 1
			WHERE id = $6 AND version = $7`,
			text(a.Name), a.Key, string(a.Role), text(a.Password), a.Disabled, a.ID, int64(a.Version))
		if err == nil && n == 0 {
			return ErrConflict
		}
		return err
	})
}

// anotherAdmin returns ErrLastAdmin unless somebody else can administer. Writes to
// accounts take turns: of two admins who step down at once, the second sees that
// the first has gone.
func anotherAdmin(ctx context.Context, c *conn, but string) error {
	n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM accounts WHERE role = $1 AND NOT disabled AND id <> $2", string(RoleAdmin), but)
	if err == nil && n == 0 {
		return ErrLastAdmin
	}
	return err
}

// DeleteAccount deletes an account, everything of its listener, and the
// invitations it made, and leaves no byte of that in the files, as Forget does.
// It returns ErrLastAdmin if nobody else could administer; then nothing is
// deleted. Deleting one that is not there is not an error. Of what it did,
// its id stays in the events and in the history of choices, where it names
// nobody any more.
func (s *Store) DeleteAccount(ctx context.Context, id string) error {
	return s.remove(ctx, "delete the account", func(ctx context.Context, c *conn) error {
		was, err := list(ctx, c, scanAccount, accountByID, id)
		if err != nil {
			return err
		}
		if len(was) > 0 && was[0].administers() {
			if err := anotherAdmin(ctx, c, id); err != nil {
				return err
			}
		}
		for _, query := range []string{
			"DELETE FROM challenges WHERE account = $1",
			"DELETE FROM invitations WHERE maker = $1",
			"DELETE FROM accounts WHERE id = $1", // with its passkeys, logins and tokens
		} {
			if _, err := c.exec(ctx, query, id); err != nil {
				return err
			}
		}
		return forget(ctx, c, id)
	})
}
