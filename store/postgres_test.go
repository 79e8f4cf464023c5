package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"segue"
	"segue/internal/pgtest"

	"github.com/jackc/pgx/v5/pgconn"
)

// administered runs a statement on a database of PostgreSQL, as its administrator.
func administered(t testing.TB, at, statement string) {
	t.Helper()
	s, err := findServer(Options{URL: at})
	must(t, err)
	db, err := s.open(true)
	must(t, err)
	defer db.Close()
	_, err = db.Exec(statement)
	must(t, err)
}

// set adds a parameter to the URL of a database.
func set(at, name, value string) string {
	u, err := url.Parse(at)
	if err != nil {
		panic(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// Eight processes find a database with nothing in it at the same time: one makes the
// tables, and all work.
func TestPostgresOpenedAtOnce(t *testing.T) {
	ctx := context.Background()
	at := pgtest.URL(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			s, err := Open(ctx, Options{URL: at})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.SaveListener(ctx, Listener{ID: fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s := opened(t, Options{URL: at})
	if l, err := s.Listeners(ctx); err != nil || len(l) != 8 {
		t.Errorf("%d listeners, %v", len(l), err)
	}
}

// What is not Segue's, what a newer Segue made, and what nobody could open is refused
// in words, and nothing is made in it.
func TestPostgresRefused(t *testing.T) {
	ctx := context.Background()
	foreign, begun, future := pgtest.URL(t), pgtest.URL(t), pgtest.URL(t)
	administered(t, foreign, "CREATE TABLE listeners (id TEXT)")
	administered(t, begun, "CREATE TABLE schema_versions (id INT)")
	opened(t, Options{URL: future})
	administered(t, future, "INSERT INTO "+versionTable+" (version_id, is_applied) VALUES (99, true)")
	const secret = "a-secret-that-no-message-holds"
	nowhere, err := url.Parse(foreign)
	must(t, err)
	nowhere.User = url.UserPassword("segue", secret)
	none := *nowhere
	none.Path = "/no_such_database"
	gone := *nowhere
	gone.RawQuery = url.Values{"host": {t.TempDir()}}.Encode()
	port := *nowhere
	port.RawQuery = "port=none"
	for name, c := range map[string]struct {
		o    Options
		want error
		says string
	}{
		"foreign":     {Options{URL: foreign}, ErrKey, "another program"},
		"other table": {Options{URL: begun}, ErrKey, "another program"},
		"future":      {Options{URL: future}, ErrFuture, "newer"},
		"read future": {Options{URL: future, ReadOnly: true}, ErrFuture, "newer"},
		"no database": {Options{URL: none.String()}, ErrKey, "no database of that name"},
		"no server":   {Options{URL: gone.String()}, ErrGone, "reached"},
		"no schema":   {Options{URL: set(foreign, "search_path", "nothing")}, ErrKey, "search_path"},
		"no such URL": {Options{URL: port.String()}, nil, "cannot be read"},
		"http":        {Options{URL: "http://segue:" + secret + "@host/db"}, nil, "postgres://"},
		"file too":    {Options{URL: foreign, Path: "x"}, nil, "besides"},
		"key too":     {Options{URL: foreign, Key: []byte(secret)}, nil, "besides"},
		"never made":  {Options{URL: pgtest.URL(t), ReadOnly: true}, ErrReadOnly, "up to date"},
	} {
		s, err := Open(ctx, c.o)
		if err == nil {
			s.Close()
		}
		var input *segue.InputError
		if c.want == nil && !errors.As(err, &input) || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(fmt.Sprint(err), c.says) || strings.Contains(fmt.Sprint(err), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, at := range map[string]string{"foreign": foreign, "other table": begun} {
		s, err := findServer(Options{URL: at})
		must(t, err)
		db, err := s.open(false)
		must(t, err)
		defer db.Close()
		var tables int
		must(t, db.QueryRow("SELECT COUNT(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace").Scan(&tables))
		if tables != 1 {
			t.Errorf("%s holds %d tables now", name, tables)
		}
	}
}

// A schema of its own keeps Segue apart from whoever else uses the database.
func TestPostgresSchema(t *testing.T) {
	at := pgtest.URL(t)
	administered(t, at, "CREATE TABLE listeners (id TEXT)")
	administered(t, at, "CREATE SCHEMA segue")
	s := opened(t, Options{URL: set(at, "search_path", "segue")})
	filled(t, s, "self", "x")
}

// Texts are in the order of their bytes, whatever the language of the server.
func TestPostgresOrder(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{URL: pgtest.URL(t)})
	must(t, s.read(ctx, "", func(ctx context.Context, c *conn) error {
		other, err := list(ctx, c, scanText, `SELECT c.relname || '.' || a.attname FROM pg_attribute a
			JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation l ON l.oid = a.attcollation
			WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND l.collname <> 'C'`)
		if len(other) > 0 {
			t.Errorf("columns that sort by a language: %v", other)
		}
		return err
	}))
	want := []string{"B", "_", "a", "ä", "あ"}
	for _, i := range []int{4, 2, 0, 3, 1} {
		must(t, s.SaveListener(ctx, Listener{ID: want[i]}))
	}
	all, err := s.Listeners(ctx)
	must(t, err)
	for i, l := range all {
		if l.ID != want[i] {
			t.Errorf("listener %d is %q, want %q", i, l.ID, want[i])
		}
	}
}

func TestPostgresReadOnly(t *testing.T) {
	ctx := context.Background()
	at := pgtest.URL(t)
	w := opened(t, Options{URL: at})
	filled(t, w, "self", "x")
	refusesWrites(t, opened(t, Options{URL: at, ReadOnly: true}))
	// The server itself allows no writing, as a standby does not.
	refusesWrites(t, opened(t, Options{URL: set(at, "default_transaction_read_only", "on")}))
	if err := w.Backup(ctx, t.TempDir()+"/copy"); err == nil || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("backed up as a file: %v", err)
	}
}

// A listener's writes of two processes are as if one came after the other: nothing is
// lost, numbers have no gap, versions count on.
func TestPostgresSameListener(t *testing.T) {
	ctx := context.Background()
	at := pgtest.URL(t)
	stores := []*Store{opened(t, Options{URL: at}), opened(t, Options{URL: at})}
	must(t, stores[0].SaveListener(ctx, Listener{ID: "self"}))
	must(t, stores[0].SaveHour(ctx, "self", Hour{ID: "h", Plan: []byte("{}"), Version: 1}))
	const each = 15
	var changed atomic.Int64
	var all sync.WaitGroup
	for p, s := range stores {
		for g := range 4 {
			all.Go(func() {
				for i := range each {
					id := fmt.Sprintf("%d-%d-%d", p, g, i)
					must := func(err error) {
						if err != nil {
							t.Error(err)
						}
					}
					must(s.SetConsent(ctx, "self", Consent{Purpose: Plays, Given: i%2 == 0, At: time.UnixMilli(int64(i))}))
					must(s.CountShare(ctx, "c", "view"))
					must(s.AddCheckIn(ctx, "self", CheckIn{ID: id, Now: [2]int{1, 1}}))
					must(s.AddImport(ctx, "self", Import{ID: id}, years(100, 10)))
					h, err := s.Hour(ctx, "self", "h")
					must(err)
					h.Version++
					switch err := s.SaveHour(ctx, "self", h); {
					case err == nil:
						changed.Add(1)
					case !errors.Is(err, ErrConflict):
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	const n = 2 * 4 * each
	s := stores[0]
	log, err := s.ConsentLog(ctx, "self")
	must(t, err)
	imports, err := s.Imports(ctx, "self")
	must(t, err)
	checkIns, err := s.CheckIns(ctx, "self")
	must(t, err)
	counts, err := s.ShareCounts(ctx, "c")
	must(t, err)
	if len(log) != n || len(imports) != n || len(checkIns) != n || counts["view"] != n {
		t.Errorf("%d consents, %d imports, %d check-ins, %d views, want %d of each", len(log), len(imports), len(checkIns), counts["view"], n)
	}
	for i, m := range imports {
		if first := i == 0; first != (m.Plays == 100) || !first && m.Plays != 0 {
			t.Errorf("import %d keeps %d plays; the first brought all", i, m.Plays)
		}
	}
	h, err := s.Hour(ctx, "self", "h")
	if must(t, err); int64(h.Version) != 1+changed.Load() {
		t.Errorf("version %d after %d changes", h.Version, changed.Load())
	}
	must(t, s.read(ctx, "", func(ctx context.Context, c *conn) error {
		last, err := first(ctx, c, scanCount, "SELECT MAX(n) FROM consents WHERE listener = 'self'")
		if last != n {
			t.Errorf("consents are numbered up to %d", last)
		}
		return err
	}))
}

// A write that needs everything, and those of single listeners, keep out of each
// other's way whatever comes first; no wait is for good.
func TestPostgresWholeAndSingle(t *testing.T) {
	ctx := context.Background()
	at := pgtest.URL(t)
	stores := []*Store{opened(t, Options{URL: at}), opened(t, Options{URL: at})}
	var all sync.WaitGroup
	for p, s := range stores {
		for g := range 4 {
			all.Go(func() {
				id := fmt.Sprint(p, g)
				for range 5 {
					filled(t, s, id, "x")
					if err := s.Forget(ctx, id); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	if left, err := stores[0].Listeners(ctx); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// The server goes away in the midst of writing and comes back. Meanwhile every call
// answers with ErrGone, soon; afterwards all work, and what was acknowledged is there.
func TestPostgresGoneAndBack(t *testing.T) {
	ctx := context.Background()
	server := pgtest.Start(t)
	s := opened(t, Options{URL: server.URL(t)})
	must(t, s.SaveListener(ctx, Listener{ID: "self"}))
	var acknowledged sync.Map
	var failed, written atomic.Int64
	stop := make(chan bool)
	var all sync.WaitGroup
	for g := range 6 {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				id := fmt.Sprint(g, "-", i)
				begin := time.Now()
				switch err := s.AddCheckIn(ctx, "self", CheckIn{ID: id, Now: [2]int{1, 1}}); {
				case err == nil:
					acknowledged.Store(id, true)
					written.Add(1)
				case errors.Is(err, ErrGone):
					failed.Add(1)
				default:
					t.Errorf("written while it is gone: %v", err)
				}
				if _, err := s.LastCheckIn(ctx, "self"); err != nil && !errors.Is(err, ErrGone) && !errors.Is(err, ErrNotFound) {
					t.Errorf("read while it is gone: %v", err)
				}
				if took := time.Since(begin); took > time.Minute {
					t.Errorf("a call took %v", took)
				}
			}
		})
	}
	until := func(what string, reached func() bool) {
		t.Helper()
		for begin := time.Now(); !reached(); time.Sleep(5 * time.Millisecond) {
			if time.Since(begin) > 2*time.Minute {
				t.Fatalf("%s does not happen", what)
			}
		}
	}
	for range 3 {
		before := written.Load()
		until("writing", func() bool { return written.Load() >= before+20 })
		before = failed.Load()
		server.Stop(t)
		until("failing", func() bool { return failed.Load() >= before+12 })
		server.Resume(t)
	}
	before := written.Load()
	until("writing again", func() bool { return written.Load() >= before+20 })
	close(stop)
	all.Wait()
	must(t, s.AddCheckIn(ctx, "self", CheckIn{ID: "last", Now: [2]int{1, 1}}))
	// Idle connections that died unnoticed trouble nobody.
	server.Stop(t)
	server.Resume(t)
	must(t, s.AddCheckIn(ctx, "self", CheckIn{ID: "after", Now: [2]int{1, 1}}))
	checkIns, err := s.CheckIns(ctx, "self")
	must(t, err)
	there := map[string]bool{}
	for _, k := range checkIns {
		there[k.ID] = true
	}
	acknowledged.Range(func(id, _ any) bool {
		if !there[id.(string)] {
			t.Errorf("check-in %s was acknowledged and is lost", id)
		}
		return true
	})
	t.Logf("%d writes acknowledged, none lost; %d refused", written.Load(), failed.Load())
}

// A context that ends interrupts a read and calls off a write that waits, and the
// connection serves the next.
func TestPostgresCalledOff(t *testing.T) {
	at := pgtest.URL(t)
	s := opened(t, Options{URL: at, Connections: 3})
	must(t, s.SaveListener(context.Background(), Listener{ID: "self"}))
	for range 5 {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Duration(rand.IntN(30))*time.Millisecond, cancel)
		err := s.read(ctx, "", func(ctx context.Context, c *conn) error {
			_, err := c.exec(ctx, "SELECT pg_sleep(600)")
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("interrupted: %v", err)
		}
		if _, err := s.Listener(context.Background(), "self"); err != nil {
			t.Error(err)
		}
	}
}

// A server that says nothing any more is gone after a while, and the next question
// reaches another connection.
func TestPostgresSilent(t *testing.T) {
	ctx := context.Background()
	e, err := findServer(Options{URL: pgtest.URL(t)})
	must(t, err)
	s, err := open(ctx, e)
	must(t, err)
	defer s.Close()
	must(t, s.SaveListener(ctx, Listener{ID: "self"}))
	e.answer.Store(int64(time.Second))
	sleep := func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "SELECT pg_sleep(600)")
		return err
	}
	fresh := func() { // connections made from now on are less patient
		for _, p := range []*pool{s.readers, s.writer.pool} {
			p.db.SetMaxIdleConns(0)
			p.db.SetMaxIdleConns(4)
		}
	}
	fresh()
	begin := time.Now()
	if err := s.write(ctx, "wait", sleep); !errors.Is(err, ErrGone) {
		t.Errorf("a write: %v", err)
	}
	if err := s.read(ctx, "wait", sleep); !errors.Is(err, ErrGone) {
		t.Errorf("a read: %v", err)
	}
	if took := time.Since(begin); took > longestAnswer {
		t.Errorf("after %v", took)
	}
	e.answer.Store(int64(longestAnswer))
	fresh()
	must(t, s.SaveListener(ctx, Listener{ID: "self", Name: "after"}))
	if l, err := s.Listener(ctx, "self"); err != nil || l.Name != "after" {
		t.Errorf("%+v, %v", l, err)
	}
}

// What the server refuses is said in our words, and none of its own.
func TestPostgresFaults(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{URL: pgtest.URL(t)})
	for code, want := range map[string]error{"53100": ErrFull, "55P03": ErrBusy, "57P01": ErrGone, "08006": ErrGone, "XX001": ErrDamaged, "42501": ErrReadOnly, "40001": ErrConflict} {
		err := s.write(ctx, "try", func(ctx context.Context, c *conn) error {
			_, err := c.exec(ctx, "DO $$ BEGIN RAISE EXCEPTION '"+canary+"' USING ERRCODE = '"+code+"'; END $$")
			return err
		})
		if !errors.Is(err, want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
	err := s.write(ctx, "try", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "SELECT '"+canary+"'::bigint")
		return err
	})
	if err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), "22P02") {
		t.Errorf("an error of no other kind: %v", err)
	}
}

// However a connection ends under a question, it is the server that is gone.
func TestPostgresConnectionEnded(t *testing.T) {
	for _, err := range []error{pgconn.ErrConnClosed, driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}} {
		if got := plain(fmt.Errorf("receive message failed: %w", err)); !errors.Is(got, ErrGone) {
			t.Errorf("%v: %v, want %v", err, got, ErrGone)
		}
	}
}

// A process that is killed loses nothing it was told is stored.
func TestPostgresKilled(t *testing.T) {
	at := pgtest.URL(t)
	s := opened(t, Options{URL: at})
	must(t, s.SaveListener(context.Background(), Listener{ID: "self"}))
	acknowledged := killedWriting(t, at, 3)
	checkIns, err := s.CheckIns(context.Background(), "self")
	must(t, err)
	there := map[string]bool{}
	for _, k := range checkIns {
		there[k.ID] = true
	}
	for _, id := range acknowledged {
		if !there[id] {
			t.Errorf("check-in %s was acknowledged and is lost", id)
		}
	}
	if len(acknowledged) == 0 {
		t.Error("nothing was acknowledged")
	}
}
