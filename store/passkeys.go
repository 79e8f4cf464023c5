package store

import (
	"context"
	"time"
)

// A Passkey is a key an account signs in with. Its secret half never leaves
// the person's device.
type Passkey struct {
	ID         string // base64url of the credential's id
	Account    string
	Name       string // what the person calls it
	Credential []byte // JSON of go-webauthn's Credential
	Created    time.Time
	Used       time.Time // last; zero if never
}

// mostPasskeys is how many passkeys an account has. (d)
const mostPasskeys = 20

func (p Passkey) check() error {
	if p.ID == "" || len(p.ID) > mostKeyID || text(p.ID) != p.ID {
		return invalid("the id of the passkey is empty, longer than %d bytes or no text", mostKeyID)
	}
	if err := checkText("the name of the passkey", p.Name, mostName); err != nil {
		return err
	}
	if err := checkCredential(p.Credential); err != nil {
		return err
	}
	return checkTime("the passkey", p.Created)
}

func checkCredential(b []byte) error {
	if err := checkBytes("the passkey", b, mostCredential); err != nil {
		return err
	}
	return checkJSON("the passkey", b)
}

const passkeyColumns = "id, account, name, credential, created_ms, used_ms"

func scanPasskey(read func(...any) error) (p Passkey, err error) {
	var created, used int64
	err = read(&p.ID, &p.Account, &p.Name, &p.Credential, &created, &used)
	p.Created, p.Used = moment(created), moment(used)
	return p, err
}

// AddPasskey stores a passkey that was not used. It returns ErrConflict if its
// id is taken, ErrTooMany if the account has 20 already, and ErrNotFound if
// there is no such account.
func (s *Store) AddPasskey(ctx context.Context, p Passkey) error {
	const doing = "save the passkey"
	if err := p.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, p.Account, doing, func(ctx context.Context, c *conn) error {
		n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM passkeys WHERE account = $1", p.Account)
		if err != nil {
			return err
		}
		if n >= mostPasskeys {
			return ErrTooMany
		}
		p.Used = time.Time{}
		return addPasskey(ctx, c, p)
	})
}

func addPasskey(ctx context.Context, c *conn, p Passkey) error {
	_, err := c.exec(ctx, "INSERT INTO passkeys ("+passkeyColumns+") VALUES ($1, $2, $3, $4, $5, $6)",
		p.ID, p.Account, text(p.Name), text(string(p.Credential)), stamp(p.Created), stamp(p.Used))
	return err
}

// Passkeys returns the passkeys of an account in the order they were made.
func (s *Store) Passkeys(ctx context.Context, account string) (all []Passkey, err error) {
	err = s.readOne(ctx, "list the passkeys", func(ctx context.Context, c *conn) error {
		all, err = listPasskeys(ctx, c, account)
		return err
	})
	return all, err
}

func listPasskeys(ctx context.Context, c *conn, account string) ([]Passkey, error) {
	return list(ctx, c, scanPasskey, "SELECT "+passkeyColumns+" FROM passkeys WHERE account = $1 ORDER BY created_ms, id", account)
}

// PasskeyByID returns a passkey, whosever it is, or ErrNotFound.
func (s *Store) PasskeyByID(ctx context.Context, id string) (p Passkey, err error) {
	err = s.readOne(ctx, "read the passkey", func(ctx context.Context, c *conn) error {
		p, err = first(ctx, c, scanPasskey, "SELECT "+passkeyColumns+" FROM passkeys WHERE id = $1", id)
		return err
	})
	return p, err
}

// UsePasskey notes that a passkey was used, with the credential as it is after
// that: it holds the counter by which a copy of the key is noticed. It returns
// ErrNotFound if the passkey is gone.
func (s *Store) UsePasskey(ctx context.Context, id string, credential []byte, at time.Time) error {
	const doing = "note the passkey"
	if err := checkCredential(credential); err != nil {
		return fault(doing, err)
	}
	if err := checkTime("the passkey", at); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, id, doing, func(ctx context.Context, c *conn) error {
		n, err := c.exec(ctx, "UPDATE passkeys SET credential = $1, used_ms = $2 WHERE id = $3", text(string(credential)), stamp(at), id)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

// RenamePasskey changes what a person calls their passkey. It returns ErrNotFound
// if the account has none of that id.
func (s *Store) RenamePasskey(ctx context.Context, account, id, name string) error {
	const doing = "rename the passkey"
	if err := checkText("the name of the passkey", name, mostName); err != nil {
		return fault(doing, err)
	}
	return s.write(ctx, doing, func(ctx context.Context, c *conn) error {
		n, err := c.exec(ctx, "UPDATE passkeys SET name = $1 WHERE account = $2 AND id = $3", text(name), account, id)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

// DeletePasskey deletes an account's passkey, if there is one of that id. It returns
// ErrLastWay, and deletes nothing, if it is the last and there is no password. It takes
// turns with SaveAccount: of two windows that remove password and passkey at once, the
// second sees what the first has done.
func (s *Store) DeletePasskey(ctx context.Context, account, id string) error {
	return s.writeOf(ctx, ofAccounts, "delete the passkey", func(ctx context.Context, c *conn) error {
		n, err := c.exec(ctx, "DELETE FROM passkeys WHERE account = $1 AND id = $2", account, id)
		if err != nil || n == 0 {
			return err
		}
		a, err := first(ctx, c, scanAccount, accountByID, account)
		if err != nil || a.Password != "" {
			return err
		}
		return aPasskey(ctx, c, account)
	})
}

// aPasskey returns ErrLastWay unless the account has a passkey.
func aPasskey(ctx context.Context, c *conn, account string) error {
	n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM passkeys WHERE account = $1", account)
	if err == nil && n == 0 {
		return ErrLastWay
	}
	return err
}
