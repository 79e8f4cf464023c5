package store

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"segue"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// pagesAtOnce is how many pages are copied between two looks at the context. (d)
const pagesAtOnce = 256

// Backup writes a whole copy of the database as it is at one moment, while
// others read and write, encrypted with the same key if there is one. The copy
// appears under its name when it is complete and on the disk, readable by its
// owner alone. A file that exists is not replaced: that is a
// *segue.InputError.
func (s *Store) Backup(ctx context.Context, path string) error {
	from, ok := s.engine.(place)
	if !ok {
		return &segue.InputError{Problem: "a PostgreSQL is not backed up as a file", Hint: "use PostgreSQL's own pg_dump"}
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(abs); err == nil {
		return existing(path)
	}
	temporary, err := os.CreateTemp(filepath.Dir(abs), ".segue-backup-*")
	if err != nil {
		return err
	}
	name := temporary.Name()
	defer func() {
		for _, left := range []string{name, name + "-journal", name + "-wal", name + "-shm"} {
			os.Remove(left)
		}
	}()
	if err := temporary.Close(); err != nil {
		return err
	}
	err = s.read(ctx, "back up the database", func(ctx context.Context, c *conn) error {
		// The first query takes hold of the state that is copied.
		if _, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM listeners"); err != nil {
			return err
		}
		return c.Raw(func(raw any) error {
			return copyPages(ctx, raw.(driver.Conn).Raw(), place{path: name, key: from.key})
		})
	})
	if err != nil {
		return err
	}
	if err := syncFile(name); err != nil {
		return err
	}
	return s.publish(name, abs, path)
}

func existing(path string) error {
	return &segue.InputError{File: path, Problem: "there is a file of this name", Hint: "choose another name for the backup"}
}

// copyPages copies all pages of the connection's database to a file.
func copyPages(ctx context.Context, from *sqlite3.Conn, to place) (err error) {
	uri := to.uri()
	if to.key != nil {
		uri += "&_pragma=hexkey('" + hex.EncodeToString(to.key) + "')"
	}
	b, err := from.BackupInit("main", uri)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if done, err := b.Step(pagesAtOnce); done || err != nil {
			return err
		}
	}
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// publish gives the copy its name, unless another file has taken it.
func (s *Store) publish(from, to, path string) error {
	err := os.Link(from, to)
	switch {
	case errors.Is(err, fs.ErrExist):
		return existing(path)
	case err != nil: // a file system without links
		if _, err := os.Lstat(to); err == nil {
			return existing(path)
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
	}
	return syncFolder(to)
}
