package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is where the migrations that were applied are kept.
const versionTable = "schema_versions"

// migrator returns what brings a database up to date.
func migrator(db *sql.DB, dialect goose.Dialect) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, db, files, goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
}

// newest is the version of the last migration this Segue knows.
func newest(p *goose.Provider) int64 {
	sources := p.ListSources()
	return sources[len(sources)-1].Version
}

// migrate brings the schema up to date. Of two processes that find a new file
// at the same time, one makes the tables; the other fails at that, and sees at
// the next try that it is done.
func migrate(ctx context.Context, db *sql.DB) error {
	p, err := migrator(db, goose.DialectSQLite3)
	if err == nil {
		_, err = p.Up(ctx)
	}
	return err
}

// insist tries again what another process may be in the way of, for as long as
// a lock is waited for.
func insist(ctx context.Context, try func() error) error {
	for start := time.Now(); ; {
		err := try()
		if err == nil || time.Since(start) > patience {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// An identity is what a file says of itself before anything is written to it.
type identity struct {
	application int64
	tables      int64
	version     int64 // of the schema; 0 if it has none yet
}

// identify reads a file's identity.
func identify(ctx context.Context, c *conn) (id identity, err error) {
	if err = c.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id.application); err != nil {
		return id, err
	}
	if err = c.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&id.tables); err != nil {
		return id, err
	}
	var versioned int64
	if err = c.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = $1", versionTable).Scan(&versioned); err != nil || versioned == 0 {
		return id, err
	}
	err = c.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM "+versionTable).Scan(&id.version)
	return id, err
}

// check reports whether the file is one that this Segue can use, and whether
// it has to be brought up to date first.
func (id identity) check(db *sql.DB) (stale bool, err error) {
	p, err := migrator(db, goose.DialectSQLite3)
	if err != nil {
		return false, err
	}
	switch {
	case id.tables > 0 && id.application != applicationID:
		return false, fmt.Errorf("%w: it is a database of another program; name another file", ErrKey)
	case id.version > newest(p):
		return false, ErrFuture
	}
	return id.version < newest(p), nil
}
