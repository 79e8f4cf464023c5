package store

import (
	"context"
	"fmt"
	"time"
)

// accountFile is the file of an export that says how its listener signs in. It
// is to be read, and Restore leaves it: an account belongs to the service, and
// nothing secret of it is here.
const accountFile = "account.json"

type accountRow struct {
	Name     string       `json:"name"`
	Role     Role         `json:"role"`
	Created  time.Time    `json:"created"`
	Passkeys []passkeyRow `json:"passkeys"`
	Tokens   []tokenRow   `json:"tokens"`
	Logins   []loginRow   `json:"signed_in"`
}

type passkeyRow struct {
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero"`
}

type tokenRow struct {
	Name    string    `json:"name"`
	Scopes  []string  `json:"scopes"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	Used    time.Time `json:"used,omitzero"`
}

type loginRow struct {
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
	Browser string    `json:"browser"`
}

// loadAccount reads what an export says of a listener's account, or nil if there
// is none.
func loadAccount(ctx context.Context, c *conn, id string) (*accountRow, error) {
	accounts, err := list(ctx, c, scanAccount, accountByID, id)
	if err != nil || len(accounts) == 0 {
		return nil, err
	}
	a := accounts[0]
	row := &accountRow{a.Name, a.Role, a.Created, []passkeyRow{}, []tokenRow{}, []loginRow{}}
	passkeys, err := listPasskeys(ctx, c, id)
	if err != nil {
		return nil, err
	}
	for _, p := range passkeys {
		row.Passkeys = append(row.Passkeys, passkeyRow{p.Name, p.Created, p.Used})
	}
	tokens, err := listTokens(ctx, c, id)
	if err != nil {
		return nil, err
	}
	for _, t := range tokens {
		row.Tokens = append(row.Tokens, tokenRow{t.Name, append([]string{}, t.Scopes...), t.Created, t.Expires, t.Used})
	}
	logins, err := listLogins(ctx, c, id)
	for _, l := range logins {
		row.Logins = append(row.Logins, loginRow{l.Created, l.Seen, l.Expires, l.Agent})
	}
	return row, err
}

// CopyAccount carries what an export says of a listener's account over into
// another store, for one that gathers what there is of a listener to export it:
// nobody can sign in with what arrives, for passwords, passkeys and hashes stay.
// Where there is no account nothing happens; where there is one already, in that
// other store, it returns ErrConflict.
func (s *Store) CopyAccount(ctx context.Context, id string, to *Store) error {
	const doing = "copy the account"
	var row *accountRow
	err := s.read(ctx, doing, func(ctx context.Context, c *conn) (err error) {
		row, err = loadAccount(ctx, c, id)
		return err
	})
	if err != nil || row == nil {
		return err
	}
	return to.write(ctx, doing, func(ctx context.Context, c *conn) error { return row.save(ctx, c, id) })
}

func (r *accountRow) save(ctx context.Context, c *conn, id string) error {
	nth := func(i int) string { return fmt.Sprintf("%s %03d", id, i) } // in place of ids and hashes, in their order
	err := addAccount(ctx, c, Account{ID: id, Name: r.Name, Key: r.Name, Role: r.Role, Disabled: true, Created: r.Created})
	for i, p := range r.Passkeys {
		if err == nil {
			err = addPasskey(ctx, c, Passkey{nth(i), id, p.Name, []byte("{}"), p.Created, p.Used})
		}
	}
	for i, t := range r.Tokens {
		if err == nil {
			err = addToken(ctx, c, Token{nth(i), nth(i), id, t.Name, t.Scopes, t.Created, t.Expires, t.Used})
		}
	}
	for i, l := range r.Logins {
		if err == nil {
			err = addLogin(ctx, c, Login{nth(i), id, l.Created, l.Seen, l.Created, l.Expires, l.Browser})
		}
	}
	return err
}
