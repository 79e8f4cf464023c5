package store

import (
	"path/filepath"
	"testing"

	"segue/internal/pgtest"
)

// each runs a test on every database a Store can stand on, an empty one each: SQLite
// always, PostgreSQL where there is one. open opens it, and again for a second Store on
// the same database, as another process would; where it is and its key are not for the
// test to say.
func each(t *testing.T, test func(t *testing.T, open func(o Options) *Store)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "segue.db")
		test(t, func(o Options) *Store {
			t.Helper()
			o.Path = path
			return opened(t, o)
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		url := pgtest.URL(t)
		test(t, func(o Options) *Store {
			t.Helper()
			o.URL = url
			return opened(t, o)
		})
	})
}
