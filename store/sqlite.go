package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // the file system that encrypts
	_ "github.com/ncruces/go-sqlite3/vfs/memdb"    // the one that keeps everything in memory
	"github.com/pressly/goose/v3"
	"golang.org/x/crypto/argon2"
)

// What SQLite alone knows is in this file: how a database is named and set
// up, what its errors mean, how traces are swept. Queries are not: their text
// is SQLite's and PostgreSQL's alike.

// patience is how long a lock of another process is waited for. (d)
const patience = 3 * time.Second

// applicationID marks a file as a database of Segue: "SEGU".
const applicationID = 0x53454755

// stretch makes a 256-bit key of a passphrase of any length, with Argon2id at
// the cost and with the salt of package adiantum's textkey, so that a file can
// be opened by whatever else opens such files. The salt is the same for all:
// there is no place for another before the first encrypted byte. A long random
// key needs none.
func stretch(key []byte) []byte {
	return argon2.IDKey(key, []byte("github.com/ncruces/go-sqlite3/vfs/adiantum"), 3, 64<<10, 4, 32)
}

// A place is where a database is, and how it is opened.
type place struct {
	path      string // absolute; for one in memory its name
	memory    bool
	key       []byte // stretched; nil if the file is not encrypted
	readOnly  bool
	immutable bool // on a medium nobody can write to

	sweepAbove  int64         // bytes of a file whose VACUUM is put off
	sweepWithin time.Duration // how long at most
}

// uri names the database for SQLite.
func (p place) uri() string {
	if p.memory {
		return "file:/" + p.path + "?vfs=memdb&_txlock=immediate"
	}
	path := filepath.ToSlash(p.path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	mode := "rw"
	if p.readOnly {
		mode = "ro"
	}
	query := "?_txlock=immediate&mode=" + mode + "&modeof=" + strings.ReplaceAll(url.PathEscape(p.path), "&", "%26") // the log gets the file's permissions
	if p.immutable {
		query += "&immutable=1"
	}
	if p.key != nil {
		query += "&vfs=adiantum"
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: path}
	return u.String() + query
}

// open returns a handle whose connections are set up for writing or reading.
func (p place) open(writer bool) (*sql.DB, error) {
	return driver.Open(p.uri(), func(c *sqlite3.Conn) error {
		if p.key != nil {
			if err := c.Exec("PRAGMA hexkey='" + hex.EncodeToString(p.key) + "'"); err != nil {
				return err
			}
		}
		if err := c.BusyTimeout(patience); err != nil {
			return err
		}
		set := `PRAGMA temp_store=memory; PRAGMA foreign_keys=on; PRAGMA secure_delete=on; PRAGMA synchronous=full; PRAGMA trusted_schema=off;`
		if !writer {
			set += ` PRAGMA query_only=on;`
		}
		return c.Exec(set)
	})
}

func (p place) habits() habits {
	return habits{readOnly: p.readOnly, readers: mostReaders, writers: 1, together: mostTogether, pinned: true, reading: &sql.TxOptions{ReadOnly: true}, sweepWithin: p.sweepWithin}
}

// mostReaders is how many reads of a file run at once; more wait for their turn. (d)
const mostReaders = 6

// mostTogether is how many writes to a file share one transaction at most. (d)
const mostTogether = 512

// lock has nothing to do: a transaction that writes has the file to itself.
func (p place) lock(context.Context, *conn, []string) error { return nil }

// prepare marks a new file as Segue's and turns on the write-ahead log.
func (p place) prepare(ctx context.Context, db *sql.DB) error {
	return insist(ctx, func() error { return p.mark(ctx, db) })
}

func (p place) mark(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id=%d", applicationID)); err != nil {
		return err
	}
	if p.memory {
		return nil
	}
	_, err := db.ExecContext(ctx, "PRAGMA journal_mode=wal")
	return err
}

// migrate brings the schema up to date. Of two processes that find a new file
// at the same time, one makes the tables; the other fails at that, and sees at
// the next try that it is done.
func (p place) migrate(ctx context.Context, db *sql.DB) error {
	files, err := migrationFiles()
	if err != nil {
		return err
	}
	return insist(ctx, func() error {
		up, err := migrator(db, goose.DialectSQLite3, files)
		if err == nil {
			_, err = up.Up(ctx)
		}
		return err
	})
}

// identify reads a file's identity: the mark of its application, which a new file
// does not bear yet.
func (p place) identify(ctx context.Context, c *conn) (id identity, err error) {
	var application, tables, versioned int64
	if err = c.QueryRowContext(ctx, "PRAGMA application_id").Scan(&application); err != nil {
		return id, err
	}
	if err = c.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return id, err
	}
	id.foreign = tables > 0 && application != applicationID
	if err = c.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = $1", versionTable).Scan(&versioned); err != nil || versioned == 0 || id.foreign {
		return id, err
	}
	err = c.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM "+versionTable).Scan(&id.version)
	return id, err
}

// unopened words why a file did not open.
func (p place) unopened(err error) error {
	switch {
	case err == ErrKey && p.key != nil:
		return fmt.Errorf("%w: the key is wrong, or the file is no database of Segue; give the key it was made with, or name another file", ErrKey)
	case err == ErrKey:
		return fmt.Errorf("%w: it is no database of Segue, or it is damaged; name another file, or restore a backup", ErrKey)
	}
	return err
}

// discard removes what was made beside the file.
func (p place) discard() { p.dropIndex() }

// sqliteFault words what SQLite answered. Its own message is left out, except
// for the code: it may quote what was stored. It returns nil if the error is
// not from there.
func sqliteFault(err error) error {
	var code sqlite3.ErrorCode
	if !errors.As(err, &code) {
		return nil
	}
	return codeFault(err, code)
}

func codeFault(err error, code sqlite3.ErrorCode) error {
	var extended sqlite3.ExtendedErrorCode
	errors.As(err, &extended)
	switch extended {
	case sqlite3.CONSTRAINT_FOREIGNKEY:
		return ErrNotFound
	case sqlite3.CONSTRAINT_UNIQUE, sqlite3.CONSTRAINT_PRIMARYKEY:
		return ErrConflict
	case sqlite3.IOERR_BADKEY:
		return ErrKey
	}
	switch code {
	case sqlite3.BUSY, sqlite3.LOCKED:
		return ErrBusy
	case sqlite3.FULL:
		return ErrFull
	case sqlite3.READONLY, sqlite3.PERM:
		return ErrReadOnly
	case sqlite3.NOTADB:
		return ErrKey
	case sqlite3.CORRUPT:
		return ErrDamaged
	case sqlite3.INTERRUPT:
		return context.Canceled
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("%v (%w)", code, path)
	}
	return code
}
