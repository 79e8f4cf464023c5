package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/driver"
)

// stopped holds the writer until the function it returns is called, so that
// writes gather behind it.
func stopped(t *testing.T, s *Store) (resume func()) {
	t.Helper()
	holding, release := make(chan bool), make(chan bool)
	done := make(chan error, 1)
	go func() {
		done <- s.write(context.Background(), "hold", func(context.Context, *conn) error {
			holding <- true
			<-release
			return nil
		})
	}()
	<-holding
	return func() {
		close(release)
		must(t, <-done)
	}
}

// queued waits until n writes wait behind the one that holds.
func queued(s *Store, n int) {
	for len(s.writer.queue) < n {
		time.Sleep(time.Millisecond)
	}
}

// Writes that wait share one transaction, and one's failure undoes nothing of
// its neighbours, whether it fails within its savepoint or takes the whole
// transaction with it.
func TestTogether(t *testing.T) {
	for name, failing := range map[string]func(context.Context, *conn) error{
		"none": nil,
		"savepoint": func(ctx context.Context, c *conn) error {
			if err := addCheckIn(ctx, c, "self", CheckIn{ID: "half"}); err != nil {
				return err
			}
			return addCheckIn(ctx, c, "self", CheckIn{ID: "half"})
		},
		"transaction": func(ctx context.Context, c *conn) error {
			if err := addCheckIn(ctx, c, "self", CheckIn{ID: "half"}); err != nil {
				return err
			}
			_, err := c.ExecContext(ctx, "ROLLBACK")
			return errors.Join(ErrFull, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			s := opened(t, Options{Path: filepath.Join(t.TempDir(), "segue.db")})
			must(t, s.SaveListener(ctx, Listener{ID: "self"}))
			commits := 0
			must(t, s.write(ctx, "", func(_ context.Context, c *conn) error {
				return c.Raw(func(raw any) error {
					raw.(driver.Conn).Raw().CommitHook(func() bool { commits++; return true })
					return nil
				})
			}))
			commits = 0
			resume := stopped(t, s)
			const n = 100
			var all sync.WaitGroup
			errs := make([]error, n+1)
			for i := range n + 1 {
				all.Go(func() {
					if i == n/2 && failing != nil {
						errs[i] = s.write(ctx, "fail", failing)
						return
					}
					errs[i] = s.AddCheckIn(ctx, "self", CheckIn{ID: fmt.Sprint(i), Now: [2]int{1, 1}})
				})
			}
			queued(s, n+1)
			resume()
			all.Wait()
			want := n + 1
			if failing != nil {
				want = n
			}
			for i, err := range errs {
				if fails := i == n/2 && failing != nil; fails != (err != nil) {
					t.Errorf("write %d: %v", i, err)
				}
			}
			checkIns, err := s.CheckIns(ctx, "self")
			must(t, err)
			if len(checkIns) != want {
				t.Errorf("%d check-ins, want %d", len(checkIns), want)
			}
			if most := 2; name != "transaction" && commits > most {
				t.Errorf("%d commits for %d writes", commits, n+1)
			}
		})
	}
}

// The disk is full in the midst of an import: nothing of it is there, its
// neighbours are, and once there is room it works.
func TestFull(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{Path: filepath.Join(t.TempDir(), "segue.db")})
	limit := func(pages int) {
		must(t, s.write(ctx, "", func(ctx context.Context, c *conn) error {
			_, err := c.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count=%d", pages))
			return err
		}))
	}
	must(t, s.SaveListener(ctx, Listener{ID: "self"}))
	before := years(500, 50)
	must(t, s.AddImport(ctx, "self", Import{ID: "before"}, before))
	large := exported(t, 5000)
	var pages int
	must(t, s.read(ctx, "", func(ctx context.Context, c *conn) error {
		return c.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages)
	}))
	limit(pages + 10)
	resume := stopped(t, s)
	var all sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		all.Go(func() {
			if i == 10 {
				errs[i] = s.AddImport(ctx, "self", Import{ID: "large"}, years(5000, 2000))
			} else {
				errs[i] = s.AddCheckIn(ctx, "self", CheckIn{ID: fmt.Sprint(i), Now: [2]int{1, 1}})
			}
		})
	}
	queued(s, len(errs))
	resume()
	all.Wait()
	for i, err := range errs {
		if i == 10 && !errors.Is(err, ErrFull) || i != 10 && err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
	plays, err := s.Plays(ctx, "self")
	must(t, err)
	imports, err := s.Imports(ctx, "self")
	must(t, err)
	checkIns, err := s.CheckIns(ctx, "self")
	must(t, err)
	if len(plays) != len(before) || len(imports) != 1 || len(checkIns) != len(errs)-1 {
		t.Errorf("%d plays, %d imports, %d check-ins", len(plays), len(imports), len(checkIns))
	}
	if err := s.Restore(ctx, "self", large, large.Size()); !errors.Is(err, ErrFull) {
		t.Errorf("restored to a full disk: %v", err)
	}
	limit(1 << 30)
	must(t, s.AddImport(ctx, "self", Import{ID: "large"}, years(5000, 2000)))
}

// A write that has not begun can be called off, and then has not happened.
func TestCalledOff(t *testing.T) {
	s := opened(t, Options{})
	must(t, s.SaveListener(context.Background(), Listener{ID: "self"}))
	resume := stopped(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	got := make(chan error)
	go func() { got <- s.AddCheckIn(ctx, "self", CheckIn{ID: "c", Now: [2]int{1, 1}}) }()
	queued(s, 1)
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
	resume()
	if _, err := s.LastCheckIn(context.Background(), "self"); !errors.Is(err, ErrNotFound) {
		t.Errorf("it happened all the same: %v", err)
	}
	if _, err := s.Plays(ctx, "self"); !errors.Is(err, context.Canceled) {
		t.Errorf("read after the end: %v", err)
	}
	if err := s.AddCheckIn(ctx, "self", CheckIn{ID: "c", Now: [2]int{1, 1}}); !errors.Is(err, context.Canceled) {
		t.Errorf("written after the end: %v", err)
	}
}

// Close waits for what was begun; what comes later is refused; what was
// acknowledged is there.
func TestClose(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "segue.db")
	s, err := Open(ctx, Options{Path: path})
	must(t, err)
	must(t, s.SaveListener(ctx, Listener{ID: "self"}))
	const n = 400
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			errs[i] = s.AddCheckIn(ctx, "self", CheckIn{ID: fmt.Sprint(i), Now: [2]int{1, 1}})
			if _, err := s.CheckIns(ctx, "self"); err != nil && !errors.Is(err, ErrClosed) {
				t.Error(err)
			}
		})
		if i == n/2 {
			all.Go(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	must(t, s.Close())
	stored := map[string]bool{}
	s = opened(t, Options{Path: path})
	checkIns, err := s.CheckIns(ctx, "self")
	must(t, err)
	for _, k := range checkIns {
		stored[k.ID] = true
	}
	for i, err := range errs {
		if err != nil && !errors.Is(err, ErrClosed) || stored[fmt.Sprint(i)] != (err == nil) {
			t.Errorf("check-in %d: %v, stored %v", i, err, stored[fmt.Sprint(i)])
		}
	}
}

// Readers and writers of all kinds at once, for the race detector.
func TestAtOnce(t *testing.T) {
	eachKind(t, func(t *testing.T, o Options) {
		ctx := context.Background()
		s := opened(t, o)
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				id := fmt.Sprint("listener ", i)
				for range 3 {
					filled(t, s, id, "x")
					stored(t, s, id)
					if _, err := s.Plays(ctx, id); err != nil {
						t.Error(err)
					}
					if err := s.Forget(ctx, id); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if left, err := s.Listeners(ctx); err != nil || len(left) > 0 {
			t.Errorf("%v, %v", left, err)
		}
	})
}
