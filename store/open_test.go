package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"segue/internal/racetest"
)

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return b
}

func TestMadeForTheOwnerAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	path := filepath.Join(t.TempDir(), "a", "b", "segue.db")
	s := opened(t, Options{Path: path})
	filled(t, s, "self", "x")
	must(t, s.Backup(context.Background(), path+".copy"))
	for name, want := range map[string]fs.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600, path + ".copy": 0o600} {
		info, err := os.Stat(name)
		must(t, err)
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", filepath.Base(name), info.Mode().Perm(), want)
		}
	}
}

// Opening twice changes nothing; opening by several at once makes one schema.
func TestMigrations(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "segue.db")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := Open(ctx, Options{Path: path})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if _, err := s.Listeners(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	// Those that closed at one moment may have left what they wrote beside the file.
	s, err := Open(ctx, Options{Path: path})
	must(t, err)
	must(t, s.Close())
	before := read(t, path)
	for range 2 {
		s, err := Open(ctx, Options{Path: path})
		must(t, err)
		must(t, s.Close())
	}
	if !bytes.Equal(before, read(t, path)) {
		t.Error("opening changed the file")
	}
}

func TestFuture(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "segue.db")
	s, err := Open(ctx, Options{Path: path})
	must(t, err)
	must(t, s.write(ctx, "", func(ctx context.Context, c *conn) error {
		_, err := c.exec(ctx, "INSERT INTO "+versionTable+" (version_id, is_applied) VALUES (99, true)")
		return err
	}))
	must(t, s.Close())
	before := read(t, path)
	for _, o := range []Options{{Path: path}, {Path: path, ReadOnly: true}} {
		if _, err := Open(ctx, o); !errors.Is(err, ErrFuture) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if !bytes.Equal(before, read(t, path)) {
		t.Error("a database of the future was changed")
	}
}

func TestKeys(t *testing.T) {
	racetest.Alone(t)
	ctx := context.Background()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	secret := []byte("a secret that no message holds")
	for name, key := range map[string][]byte{"plain": nil, "encrypted": secret} {
		s, err := Open(ctx, Options{Path: in(name), Key: key})
		must(t, err)
		filled(t, s, "self", "x")
		must(t, s.Close())
	}
	foreign, err := sql.Open("sqlite3", "file:"+in("foreign"))
	must(t, err)
	_, err = foreign.Exec("CREATE TABLE listeners (id TEXT)")
	must(t, err)
	must(t, foreign.Close())
	for name, content := range map[string]string{
		"byte": "x", "short": strings.Repeat("short", 20), "page": strings.Repeat("page", 1024), "long": strings.Repeat("long", 30_000),
		"headed": "SQLite format 3\x00" + strings.Repeat("no", 5000), "header": "SQLite format 3\x00",
	} {
		must(t, os.WriteFile(in(name), []byte(content), 0o600))
	}
	cases := []struct {
		name string
		key  []byte
		says string
	}{
		{"plain", secret, "not encrypted"},
		{"encrypted", nil, "needs its key"},
		{"encrypted", []byte("wrong"), "the key is wrong"},
		{"encrypted", []byte{}, "the key is empty"},
		{"foreign", nil, "another program"}, {"foreign", secret, "not encrypted"},
		{"headed", nil, ""}, {"header", nil, ""},
	}
	for _, garbage := range []string{"byte", "short", "page", "long"} {
		cases = append(cases, struct {
			name string
			key  []byte
			says string
		}{garbage, nil, "no database of Segue"})
	}
	for _, garbage := range []string{"short", "page", "long"} {
		cases = append(cases, struct {
			name string
			key  []byte
			says string
		}{garbage, secret, "the key is wrong, or the file is no database of Segue"})
	}
	for _, c := range cases {
		before := read(t, in(c.name))
		s, err := Open(ctx, Options{Path: in(c.name), Key: c.key})
		if err == nil {
			s.Close()
		}
		if !errors.Is(err, ErrKey) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), string(secret)) {
			t.Errorf("%s with key %q: %v", c.name, c.key, err)
		}
		if !bytes.Equal(before, read(t, in(c.name))) {
			t.Errorf("%s with key %q was changed", c.name, c.key)
		}
	}
	left, _ := filepath.Glob(in("*-*"))
	if len(left) > 0 {
		t.Errorf("failed to open and left %v", left)
	}
	s, err := Open(ctx, Options{Path: in("encrypted"), Key: secret})
	must(t, err)
	if _, err := s.Listener(ctx, "self"); err != nil {
		t.Error(err)
	}
	must(t, s.Close())
	if b := read(t, in("encrypted")); bytes.Contains(b, []byte("SQLite")) || bytes.Contains(b, []byte("CREATE TABLE")) {
		t.Error("the encrypted file is not")
	}
}

func TestReadOnly(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "segue.db")
	if _, err := Open(ctx, Options{Path: path, ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing to read: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("opened to be read and made")
	}
	w := opened(t, Options{Path: path})
	want := filled(t, w, "self", "x")
	r := opened(t, Options{Path: path, ReadOnly: true})
	refusesWrites(t, r)
	must(t, w.SaveListener(ctx, Listener{ID: "self", Name: "changed"})) // while it is read
	l, err := r.Listener(ctx, "self")
	if must(t, err); l.Name != "changed" {
		t.Errorf("read %+v", l)
	}
	if plays, err := r.Plays(ctx, "self"); err != nil || len(plays) != len(want.plays) {
		t.Errorf("%d plays, %v", len(plays), err)
	}
	must(t, r.Backup(ctx, path+".copy"))
}

func refusesWrites(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	for name, do := range map[string]func() error{
		"SaveListener": func() error { return s.SaveListener(ctx, Listener{ID: "other"}) },
		"AddImport":    func() error { return s.AddImport(ctx, "self", Import{ID: "more"}, nil) },
		"Forget":       func() error { return s.Forget(ctx, "self") },
	} {
		if err := do(); !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Listener(ctx, "self"); err != nil {
		t.Error(err)
	}
}

// A file, and a folder, that the system lets nobody write.
func TestUnwritable(t *testing.T) {
	for _, name := range []string{"file", "folder"} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			dir := filepath.Join(t.TempDir(), "d")
			path := filepath.Join(dir, "segue.db")
			s, err := Open(ctx, Options{Path: path})
			must(t, err)
			filled(t, s, "self", "x")
			must(t, s.Close())
			locked := []string{path}
			must(t, os.Chmod(path, 0o400))
			if name == "folder" {
				locked = append(locked, dir)
				must(t, os.Chmod(dir, 0o500))
			}
			t.Cleanup(func() { os.Chmod(dir, 0o700) })
			if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil { // root
				f.Close()
				for _, l := range locked {
					if out, err := exec.Command("chattr", "+i", l).CombinedOutput(); err != nil {
						t.Skipf("this user writes whatever the permissions, and the file system cannot forbid it (%v: %s): nothing was tried", err, bytes.TrimSpace(out))
					}
					t.Cleanup(func() { exec.Command("chattr", "-i", l).Run() })
				}
			}
			s, err = Open(ctx, Options{Path: path})
			must(t, err)
			defer s.Close()
			refusesWrites(t, s)
		})
	}
}

func TestPaths(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	var input interface{ Error() string }
	if _, err := Open(ctx, Options{Path: dir}); err == nil || !errors.As(err, &input) || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	if _, err := Open(ctx, Options{Path: filepath.Join(dir, "file", "segue.db")}); err == nil {
		t.Error("a file as a folder")
	}
	for _, name := range []string{"file", "with space.db", "q?x=1&mode=memory#y%20.db", "mưa.db"} { // an empty file is one to be made
		path := filepath.Join(dir, name)
		s, err := Open(ctx, Options{Path: path})
		must(t, err)
		must(t, s.SaveListener(ctx, Listener{ID: "self"}))
		must(t, s.Close())
		if b := read(t, path); !bytes.HasPrefix(b, header) {
			t.Errorf("%s holds %d bytes", name, len(b))
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Open(ended, Options{Path: filepath.Join(dir, "late.db")}); !errors.Is(err, context.Canceled) {
		t.Errorf("opened after the end: %v", err)
	}
}

// Stores in memory are apart, and nothing of them is on a disk.
func TestMemory(t *testing.T) {
	racetest.Alone(t)
	ctx := context.Background()
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	a, b := opened(t, Options{}), opened(t, Options{})
	filled(t, a, "self", "x")
	must(t, a.AddImport(ctx, "self", Import{ID: "large"}, years(60_000, 9000)))
	if all, err := b.Listeners(ctx); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	must(t, a.Copy(ctx, "self", b))
	if !reflect.DeepEqual(stored(t, a, "self"), stored(t, b, "self")) {
		t.Error("the copy differs")
	}
	if left, _ := os.ReadDir("."); len(left) > 0 {
		t.Errorf("a database in memory left %v", left)
	}
}
