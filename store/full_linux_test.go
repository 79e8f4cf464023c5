package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// On a disk that is really full a write is refused as such, whichever; a new
// database is not begun; and with room again all goes on.
func TestReallyFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("no file system can be mounted here: a real full disk was not tried")
	}
	defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	ctx := context.Background()
	s, err := Open(ctx, Options{Path: filepath.Join(dir, "segue.db")})
	must(t, err)
	defer s.Close()
	must(t, s.SaveListener(ctx, Listener{ID: "self", Name: "before"}))
	ballast := filepath.Join(dir, "ballast")
	f, err := os.Create(ballast)
	must(t, err)
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	must(t, f.Close())
	for i := range 3 {
		if err := s.SaveListener(ctx, Listener{ID: "self", Name: strings.Repeat("x", 50+i)}); !errors.Is(err, ErrFull) {
			t.Errorf("saved on a full disk: %v", err)
		}
	}
	if err := s.AddImport(ctx, "self", Import{ID: "i", At: at(0)}, years(3000, 300)); !errors.Is(err, ErrFull) {
		t.Errorf("imported on a full disk: %v", err)
	}
	if _, err := Open(ctx, Options{Path: filepath.Join(dir, "other.db")}); !errors.Is(err, ErrFull) {
		t.Errorf("begun on a full disk: %v", err)
	}
	if l, err := s.Listener(ctx, "self"); err != nil || l.Name != "before" {
		t.Errorf("there is %q, %v", l.Name, err)
	}
	must(t, os.Remove(ballast))
	must(t, s.SaveListener(ctx, Listener{ID: "self", Name: "after"}))
	if l, err := s.Listener(ctx, "self"); err != nil || l.Name != "after" {
		t.Errorf("there is %q, %v", l.Name, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".segue-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
