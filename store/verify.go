package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Verified is what Verify found.
type Verified struct {
	Listeners int64
	Rows      int64  // of all tables
	Sum       string // SHA-256 of every row of every table, in hexadecimal: the same on SQLite and PostgreSQL
}

// Verify reads everything a database holds: it checks a file's structure (SQLite's
// integrity_check and foreign_key_check; a PostgreSQL checks its own), makes every
// listener's export, whose SHA-256 is handed to each, in order of their ids, and sums
// up every row of every table. Two databases with the same Sum hold the same. All of
// it is of one moment but the exports, which may be of a later one where somebody
// writes meanwhile.
//
// It returns ErrDamaged if something cannot be read as it was written.
func (s *Store) Verify(ctx context.Context, each func(listener, sum string) error) (v Verified, err error) {
	const doing = "verify the database"
	var listeners []string
	whole := sha256.New()
	err = s.read(ctx, doing, func(ctx context.Context, c *conn) error {
		if err := s.checkFile(ctx, c); err != nil {
			return err
		}
		for _, t := range tables() {
			d, err := t.digest(ctx, c, func([]string, []any) error { return ctx.Err() })
			if err != nil {
				return err
			}
			fmt.Fprintf(whole, "%s %d %x\n", t.name, d.rows, d.sum)
			v.Rows += d.rows
		}
		listeners, err = list(ctx, c, scanText, "SELECT id FROM listeners ORDER BY id")
		return err
	})
	if err != nil {
		return Verified{}, err
	}
	v.Listeners, v.Sum = int64(len(listeners)), hex.EncodeToString(whole.Sum(nil))
	for _, id := range listeners {
		h := sha256.New()
		if err := s.Export(ctx, id, h); err != nil {
			return Verified{}, err
		}
		if err := each(id, hex.EncodeToString(h.Sum(nil))); err != nil {
			return Verified{}, err
		}
	}
	return v, nil
}

// checkFile has SQLite look through its file.
func (s *Store) checkFile(ctx context.Context, c *conn) error {
	if _, isFile := s.engine.(place); !isFile {
		return nil
	}
	said, err := first(ctx, c, scanText, "PRAGMA integrity_check(1)")
	if err != nil {
		return err
	}
	if said != "ok" {
		return fmt.Errorf("%w: its pages do not belong together", ErrDamaged)
	}
	rows, err := c.query(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		return fmt.Errorf("%w: there are rows of nobody", ErrDamaged)
	}
	return rows.Err()
}
