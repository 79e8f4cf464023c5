package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"segue/internal/racetest"
)

// unused is how many pages of a file hold nothing: a VACUUM leaves none.
func unused(t testing.TB, s *Store) (n int64) {
	t.Helper()
	must(t, s.read(context.Background(), "", func(ctx context.Context, c *conn) (err error) {
		n, err = first(ctx, c, scanCount, "SELECT freelist_count FROM pragma_freelist_count")
		return err
	}))
	return n
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for begin := time.Now(); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatalf("%s does not happen", what)
		}
	}
}

// Of a large file the VACUUM is put off: the deletion returns, the mark that it is due
// survives the process, and one is made once nobody writes, for all deletions. What
// was deleted cannot be read meanwhile, and at the end is in no file.
func TestSweepPutOff(t *testing.T) {
	racetest.Alone(t)
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "segue.db")
	late := Options{Path: path, SweepAbove: 1, Sweep: time.Hour}
	s, err := Open(ctx, late)
	must(t, err)
	filled(t, s, "other", "kept")
	must(t, s.AddImport(ctx, "other", Import{ID: "large", At: at(1)}, years(40_000, 9000))) // more than SQLite holds in memory
	crowded(t, s, "self")
	if s.Unswept() {
		t.Error("nothing was deleted, and traces are left")
	}
	must(t, s.DeletePlays(ctx, "self"))
	must(t, s.Forget(ctx, "self"))
	if unused(t, s) == 0 || !s.Unswept() {
		t.Errorf("%d pages are unused after a deletion that was to be swept later; traces may be left: %v", unused(t, s), s.Unswept())
	}
	must(t, s.Close())
	s, err = Open(ctx, late)
	must(t, err)
	if !s.Unswept() {
		t.Error("another process does not know that a sweep is due")
	}
	must(t, s.Close())

	t.Setenv("TMPDIR", filepath.Join(dir, "none"))
	s, err = Open(ctx, Options{Path: path, SweepAbove: 1, Sweep: time.Hour})
	must(t, err)
	if err := s.Sweep(ctx); !errors.Is(err, ErrTraces) {
		t.Errorf("swept with nowhere to put what that needs: %v", err)
	}
	must(t, s.Close())
	t.Setenv("TMPDIR", t.TempDir())
	s, err = Open(ctx, Options{Path: path, SweepAbove: 1, Sweep: 10 * time.Millisecond})
	must(t, err)
	eventually(t, "the sweep", func() bool { return !s.Unswept() })
	if n := unused(t, s); n > 0 {
		t.Errorf("%d pages are unused after the sweep", n)
	}
	must(t, s.Close())
	if files := found(t, dir); len(files) > 0 {
		t.Errorf("%v hold what was deleted", files)
	}
	s = opened(t, late)
	if s.Unswept() {
		t.Error("swept, and still marked")
	}
	if _, err := s.Listener(ctx, "other"); err != nil {
		t.Error(err)
	}
}

// Sweep waits for nothing, and writes meanwhile are done afterwards.
func TestSweepNow(t *testing.T) {
	racetest.Alone(t)
	ctx := context.Background()
	dir := t.TempDir()
	s := opened(t, Options{Path: filepath.Join(dir, "segue.db"), SweepAbove: 1})
	must(t, s.Sweep(ctx))
	for want, o := range map[Erasure]*Store{Later: s, AtOnce: opened(t, Options{Path: filepath.Join(t.TempDir(), "small.db")})} {
		if got, err := o.Erasure(ctx); err != nil || got != want {
			t.Errorf("erasure %d, want %d, %v", got, want, err)
		}
	}
	crowded(t, s, "self")
	must(t, s.SaveListener(ctx, Listener{ID: "other"}))
	must(t, s.Forget(ctx, "self"))
	if !s.Unswept() {
		t.Error("nothing was put off")
	}
	must(t, s.Sweep(ctx))
	if n := unused(t, s); n > 0 || s.Unswept() {
		t.Errorf("%d pages are unused after Sweep; traces may be left: %v", n, s.Unswept())
	}
	if files := found(t, dir); len(files) > 0 {
		t.Errorf("%v hold what was deleted", files)
	}
	must(t, s.AddCheckIn(ctx, "other", CheckIn{ID: "c", Now: [2]int{1, 1}}))
}

// When what is due is done: after a quiet moment, at the latest in time, and not at
// once again after it failed.
func TestSweeping(t *testing.T) {
	s := sweeping{within: time.Hour, quiet: time.Minute}
	near := func(what string, want time.Duration) {
		t.Helper()
		if got := s.wait(); got > want || got < want-time.Minute/2 {
			t.Errorf("%s: waits %v, want %v", what, got, want)
		}
	}
	s.put()
	near("put off", time.Minute)
	first := s.by
	s.put()
	if s.by != first {
		t.Error("another deletion puts it off further")
	}
	s.by = time.Now().Add(time.Second)
	near("nearly late", time.Second)
	s.by = time.Now().Add(-time.Second)
	near("late", 0)
	s.failed()
	near("failed", 10*time.Minute)
}
