package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// A Token lets a program act for an account.
type Token struct {
	ID      string // public
	Hash    string // of its secret
	Account string
	Name    string // what the person calls it
	Scopes  []string
	Created time.Time
	Expires time.Time // zero if never
	Used    time.Time // last, to the minute; zero if never
}

// The most tokens an account has, and scopes a token. (d)
const (
	mostTokens = 50
	mostScopes = 50
)

func (t Token) check() error {
	if err := checkID("the token", t.ID); err != nil {
		return err
	}
	if err := checkID("the hash of the token", t.Hash); err != nil {
		return err
	}
	if err := checkText("the name of the token", t.Name, mostName); err != nil {
		return err
	}
	if len(t.Scopes) > mostScopes {
		return invalid("the token has more than %d scopes", mostScopes)
	}
	for _, scope := range t.Scopes {
		if scope == "" || len(scope) > mostName || text(scope) != scope || strings.Contains(scope, " ") {
			return invalid("a scope of the token is empty, longer than %d bytes, or not one word", mostName)
		}
	}
	return checkTimes("the token", t.Created, t.Expires)
}

const tokenColumns = "id, hash, account, name, scopes, created_ms, expires_ms, used_ms"

func scanToken(read func(...any) error) (t Token, err error) {
	var scopes string
	var created, expires, used int64
	err = read(&t.ID, &t.Hash, &t.Account, &t.Name, &scopes, &created, &expires, &used)
	t.Created, t.Expires, t.Used = moment(created), moment(expires), moment(used)
	if scopes != "" {
		t.Scopes = strings.Split(scopes, " ")
	}
	return t, err
}

// AddToken stores a token that was not used. It returns ErrConflict if its id
// or hash is taken, ErrTooMany if the account has 50 already, and ErrNotFound
// if there is no such account.
func (s *Store) AddToken(ctx context.Context, t Token) error {
	const doing = "save the token"
	if err := t.check(); err != nil {
		return fault(doing, err)
	}
	return s.writeOf(ctx, t.Account, doing, func(ctx context.Context, c *conn) error {
		n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM tokens WHERE account = $1", t.Account)
		if err != nil {
			return err
		}
		if n >= mostTokens {
			return ErrTooMany
		}
		t.Used = time.Time{}
		return addToken(ctx, c, t)
	})
}

func addToken(ctx context.Context, c *conn, t Token) error {
	_, err := c.exec(ctx, "INSERT INTO tokens ("+tokenColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		t.ID, t.Hash, t.Account, text(t.Name), strings.Join(t.Scopes, " "), stamp(t.Created), stamp(t.Expires), stamp(t.Used))
	return err
}

// TokenByHash returns a token by the hash of its secret, or ErrNotFound if there
// is none, if it has expired, or if its account is disabled.
func (s *Store) TokenByHash(ctx context.Context, hash string, now time.Time) (t Token, err error) {
	err = s.readOne(ctx, "read the token", func(ctx context.Context, c *conn) error {
		t, err = first(ctx, c, scanToken, "SELECT "+tokenColumns+` FROM tokens WHERE hash = $1 AND (expires_ms > $2 OR expires_ms = $3)
			AND EXISTS (SELECT 1 FROM accounts WHERE accounts.id = tokens.account AND NOT accounts.disabled)`, hash, stamp(now), never())
		return err
	})
	return t, err
}

// TouchTokens notes that tokens were used, each at most once a minute, as TouchLogin does
// of a login. All share one change, which no other waits for.
func (s *Store) TouchTokens(ctx context.Context, ids []string, now time.Time) error {
	const doing = "note the tokens"
	if err := checkTime("what was used", now); err != nil {
		return fault(doing, err)
	}
	if len(ids) == 0 {
		return nil
	}
	return s.writeOf(ctx, touching, doing, func(ctx context.Context, c *conn) error {
		for some := range slices.Chunk(ids, rowsAtOnce) {
			args := []any{stamp(now), stamp(now.Add(-time.Minute))}
			for _, id := range some {
				args = append(args, id)
			}
			if _, err := c.exec(ctx, "UPDATE tokens SET used_ms = $1 WHERE used_ms <= $2 AND id IN ("+parameters(3, len(some))+")", args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// touching stands for whose rows TouchTokens changes: there is no account of that id, and
// the times are nobody else's to change.
const touching = "(tokens used)"

// Tokens returns the tokens of an account in the order they were made, expired
// ones included.
func (s *Store) Tokens(ctx context.Context, account string) (all []Token, err error) {
	err = s.readOne(ctx, "list the tokens", func(ctx context.Context, c *conn) error {
		all, err = listTokens(ctx, c, account)
		return err
	})
	return all, err
}

func listTokens(ctx context.Context, c *conn, account string) ([]Token, error) {
	return list(ctx, c, scanToken, "SELECT "+tokenColumns+" FROM tokens WHERE account = $1 ORDER BY created_ms, id", account)
}

// DeleteToken deletes an account's token, if there is one of that id.
func (s *Store) DeleteToken(ctx context.Context, account, id string) error {
	return s.writeOf(ctx, account, "delete the token", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "DELETE FROM tokens WHERE account = $1 AND id = $2", account, id)
		return err
	})
}
