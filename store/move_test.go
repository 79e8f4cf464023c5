package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"segue"
	"segue/internal/pgtest"
)

// everything fills every table of a database.
func everything(t testing.TB, s *Store) {
	t.Helper()
	ctx := context.Background()
	for i, id := range []string{"self", "B", "ä", "b"} {
		filled(t, s, id, fmt.Sprint("x", i))
		must(t, s.AddImport(ctx, id, Import{ID: "large", At: at(99)}, years(400+i, 90)))
	}
	must(t, s.CountShare(ctx, "spring", "view"))
	must(t, s.write(ctx, "", func(ctx context.Context, c *conn) error {
		for _, query := range []string{
			"INSERT INTO accounts (id, name, key, role, password, disabled, created_ms, version) VALUES ('a', 'Mai', 'mai', 'admin', '$x', true, 1, 2), ('b', 'B', 'B', 'listener', '', false, -62135596800000, 1)",
			"INSERT INTO passkeys (id, account, name, credential, created_ms, used_ms) VALUES ('k', 'a', 'phone', '{}', 1, 2)",
			"INSERT INTO logins (id, account, created_ms, seen_ms, authenticated_ms, expires_ms, agent) VALUES ('l', 'a', 1, 2, 3, 4, '')",
			"INSERT INTO invitations (id, role, note, maker, created_ms, expires_ms, used_ms) VALUES ('i', 'listener', 'n', 'a', 1, 2, 3)",
			"INSERT INTO tokens (id, hash, account, name, scopes, created_ms, expires_ms, used_ms) VALUES ('t', 'h', 'a', 'n', 'x y', 1, 2, 3)",
			"INSERT INTO choices (n, kind, id, at_ms, maker) VALUES (1, 'model', 'm', 1, 'a')",
			"INSERT INTO events (n, at_ms, maker, what, subject) VALUES (1, 1, 'a', 'w', 's')",
		} {
			if strings.Contains(query, "INTO choices") {
				if _, err := c.exec(ctx, "INSERT INTO versions (kind, id, at_ms, maker, note, body) VALUES ('model', 'm', 1, 'a', 'n', $1)", []byte{0, 255, 0}); err != nil {
					return err
				}
			}
			if _, err := c.exec(ctx, query); err != nil {
				return err
			}
		}
		for query, n := range map[string]int{
			"INSERT INTO challenges (id, account, kind, data, expires_ms) VALUES ('c', '', 'k', $1, 1)":                                                                                                                    1,
			"INSERT INTO answers (account, key, request, status, header, body, at_ms) VALUES ('a', 'k', 'r', 200, '{}', $1, 1)":                                                                                            1,
			"INSERT INTO jobs (id, owner, kind, input, state, progress, result, error, created_ms, changed_ms, lease_ms, worker, attempts, cancel) VALUES ('j', 'a', 'k', $1, 'queued', $2, $3, '', 1, 2, 3, '', 0, true)": 3,
		} {
			if _, err := c.exec(ctx, query, []any{[]byte("\x00\xff"), []byte{}, bytes.Repeat([]byte("long"), 1<<19)}[:n]...); err != nil {
				return err
			}
		}
		return nil
	}))
}

// digests are the checksums of all tables, which a database must have in every one.
func digests(t testing.TB, s *Store) map[string]digest {
	t.Helper()
	all := map[string]digest{}
	must(t, s.read(context.Background(), "", func(ctx context.Context, c *conn) error {
		for _, table := range tables() {
			d, err := table.digest(ctx, c, func([]string, []any) error { return nil })
			if err != nil {
				return err
			}
			all[table.name] = d
		}
		return nil
	}))
	return all
}

// All of a database goes from one kind to another and on, and everywhere every
// listener's export is the same bytes.
func TestMoveAll(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{Path: filepath.Join(t.TempDir(), "first.db")})
	everything(t, s)
	want := digests(t, s)
	for name, d := range want {
		if d.rows == 0 {
			t.Errorf("nothing is in %s: what is moved of it is not tested", name)
		}
	}
	exports := map[string][]byte{}
	for _, id := range []string{"self", "B", "ä", "b"} {
		exports[id] = exportOf(t, s, id)
	}
	to := []Options{{Path: filepath.Join(t.TempDir(), "second.db"), Key: []byte("k")}, {}}
	there := false
	t.Run("PostgreSQL", func(t *testing.T) { // skips where there is none
		pgtest.URL(t)
		there = true
	})
	if there {
		to = []Options{{URL: pgtest.URL(t)}, {URL: pgtest.URL(t)}, to[0], to[1]}
	}
	for i, o := range to {
		next := opened(t, o)
		var last, total int64
		moved, err := CopyAll(ctx, s, next, func(stage string, d, n int64) {
			if d < last || d > n {
				t.Errorf("progress went from %d to %d of %d", last, d, n)
			}
			last, total = d, n
		})
		must(t, err)
		if moved.Listeners != 4 || moved.Rows != total || last != total {
			t.Errorf("step %d: moved %+v, told of %d of %d", i, moved, last, total)
		}
		if got := digests(t, next); !reflect.DeepEqual(got, want) {
			t.Errorf("step %d: %v, want %v", i, got, want)
		}
		for id, b := range exports {
			if !bytes.Equal(exportOf(t, next, id), b) {
				t.Errorf("step %d: the export of %q differs", i, id)
			}
		}
		var input *segue.InputError
		if _, err := CopyAll(ctx, s, next, nil); !errors.As(err, &input) {
			t.Errorf("step %d: moved over what was there: %v", i, err)
		}
		s = next
	}
}

// What ends in the midst leaves nothing.
func TestMoveCalledOff(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		from, to := memory(t), open(Options{})
		everything(t, from)
		ctx, cancel := context.WithCancel(context.Background())
		_, err := CopyAll(ctx, from, to, func(_ string, done, total int64) {
			if done > total/2 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("called off: %v", err)
		}
		for name, d := range digests(t, to) {
			if d.rows > 0 {
				t.Errorf("%d rows are left in %s", d.rows, name)
			}
		}
		_, err = CopyAll(context.Background(), from, to, nil)
		must(t, err)
	})
}

// The list of tables is the schema's, and their keys are.
func TestTables(t *testing.T) {
	s := opened(t, Options{})
	var want, got []string
	must(t, s.read(context.Background(), "", func(ctx context.Context, c *conn) (err error) {
		want, err = list(ctx, c, scanText, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
		for _, table := range tables() {
			got = append(got, table.name)
			key, err := list(ctx, c, scanText, "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk", table.name)
			must(t, err)
			if strings.Join(key, ", ") != table.key {
				t.Errorf("the key of %s is %v, not %s", table.name, key, table.key)
			}
		}
		return err
	}))
	got = append(got, versionTable)
	slices.Sort(got)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the schema has %v, and moved are %v: what is new belongs in move.go", want, got)
	}
}
