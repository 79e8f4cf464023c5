package store

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is where the migrations that were applied are kept.
const versionTable = "schema_versions"

// migrator returns what brings a database up to date.
func migrator(db *sql.DB, dialect goose.Dialect, files fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(dialect, db, files, goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
}

// migrationFiles are the migrations, by name.
func migrationFiles() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

// newest is the version of the last migration this Segue knows.
func newest() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(names[len(names)-1])
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
