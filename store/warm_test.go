package store

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"segue/internal/pgtest"
)

// tally counts what a PostgreSQL's connections of the name have, by a query of one number.
func tally(t *testing.T, s *Store, query string) (n int64) {
	t.Helper()
	must(t, s.ask(context.Background(), func(ctx context.Context, c *conn) (err error) {
		n, err = first(ctx, c, scanCount, query)
		return err
	}))
	return n
}

// Afterwards all connections are there, each with the statements of a usual request, and
// whoever asks opens none.
func TestWarm(t *testing.T) {
	ctx := context.Background()
	at := pgtest.URL(t)
	watcher := opened(t, Options{URL: at})
	filled(t, watcher, "self", "x")
	filled(t, watcher, nobody, "x") // even of them nothing changes
	before := [2]*person{stored(t, watcher, "self"), stored(t, watcher, nobody)}
	s := opened(t, Options{URL: set(at, "application_name", "warmed"), Connections: 9})
	const connected = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'warmed'"
	if n := tally(t, watcher, connected); n >= 9 {
		t.Fatalf("%d connections before", n)
	}
	var both sync.WaitGroup // would two of them wait for each other?
	for range 2 {
		both.Go(func() {
			if err := s.Warm(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := tally(t, watcher, connected); n != 9 {
		t.Errorf("%d connections, want 9", n)
	}
	for i := range cap(s.readers.free) {
		c, err := s.readers.take(ctx) // and kept, so that the next is another
		must(t, err)
		defer s.readers.give(c)
		n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM tokens%' OR statement LIKE '%FROM plays%'")
		must(t, err)
		if n < 3 { // the token, how many plays, the plays
			t.Errorf("connection %d has %d of the statements prepared", i, n)
		}
		if c.tx != nil {
			t.Errorf("connection %d asks within a transaction that has ended", i)
		}
	}
	if after := [2]*person{stored(t, watcher, "self"), stored(t, watcher, nobody)}; !reflect.DeepEqual(after, before) {
		t.Errorf("something was written: %+v, before %+v", after, before)
	}
}

func TestWarmBounds(t *testing.T) {
	ctx := context.Background()
	file := opened(t, Options{Path: filepath.Join(t.TempDir(), "segue.db")})
	must(t, file.Warm(ctx))
	must(t, file.Close())
	if err := file.Warm(ctx); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}

	at := pgtest.URL(t)
	opened(t, Options{URL: at}) // makes the tables
	must(t, opened(t, Options{URL: at, ReadOnly: true}).Warm(ctx))
	must(t, opened(t, Options{URL: set(at, "default_transaction_read_only", "on")}).Warm(ctx))

	s := opened(t, Options{URL: at})
	busy, err := s.readers.take(ctx) // somebody's long question
	must(t, err)
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if err := s.Warm(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("called off: %v", err)
	}
	s.readers.give(busy)
	must(t, s.Warm(ctx)) // nothing was kept from the next
}
