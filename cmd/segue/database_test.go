package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/store"
)

// keepSomething writes an export of an invented listener to my-segue.zip in a
// folder.
func keepSomething(dir string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	at := time.Date(2024, 5, 6, 19, 30, 0, 0, time.UTC)
	steps := []func() error{
		func() error { return s.SaveListener(ctx, store.Listener{ID: selfID, Name: "Mai", Created: at}) },
		func() error {
			return s.AddImport(ctx, selfID, store.Import{ID: "first", At: at}, []segue.Play{
				{Track: segue.TrackRef{Title: "Quetzalcoatlus", Artist: "Hanne Lund"}, EndedAt: at, Played: 3 * time.Minute, Skipped: segue.No},
				{Track: segue.TrackRef{Title: "Tide", Artist: "Ada & the Sea"}, EndedAt: at.Add(time.Hour), Played: 20 * time.Second, Skipped: segue.Yes},
			})
		},
		func() error {
			return s.AddCheckIn(ctx, selfID, store.CheckIn{ID: "c", At: at, Now: [2]int{2, 8}})
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := s.Export(ctx, selfID, &b); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "my-segue.zip"), b.Bytes(), 0o600)
}

// What is taken along and back is the same; what is encrypted opens with its
// key only, from a file or the environment; what is forgotten is gone.
func TestKeep(t *testing.T) {
	dir := invented(t)
	work := t.TempDir()
	in := func(name string) string { return filepath.Join(work, name) }
	write(t, in("key"), "correct horse battery staple\n")
	ok := func(args ...string) string {
		t.Helper()
		code, out, stderr := segueRun(args...)
		if code != 0 {
			t.Fatalf("%v: %s", args, stderr)
		}
		return out
	}
	refused := func(word string, args ...string) {
		t.Helper()
		code, out, stderr := segueRun(args...)
		if code != 1 || !strings.Contains(stderr, word) {
			t.Errorf("%v: exit code %d, %q", args, code, stderr)
		}
		if err := oneComplaint(out, stderr); err != nil {
			t.Error(err)
		}
	}
	t.Setenv("SEGUE_KEY", "")
	db := []string{"--db", in("folder/segue.db"), "--key-file", in("key")}
	ok(append([]string{"restore", filepath.Join(dir, "my-segue.zip")}, db...)...)
	ok(append([]string{"export", "-o", in("again.zip")}, db...)...)
	if !bytes.Equal(read(t, in("again.zip")), read(t, filepath.Join(dir, "my-segue.zip"))) {
		t.Error("the export of what was restored differs")
	}
	for _, name := range []string{"folder/segue.db", "again.zip"} {
		if info, err := os.Stat(in(name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}

	ok(append([]string{"backup", "-o", in("copy.db")}, db...)...)
	refused("there is a file of this name", append([]string{"backup", "-o", in("copy.db")}, db...)...)
	refused("needs its key", "export", "--db", in("copy.db"), "-o", in("no.zip"))
	refused("--key-file FILE or SEGUE_KEY", "export", "--db", in("copy.db"), "-o", in("no.zip"))
	t.Setenv("SEGUE_KEY", "wrong")
	refused("the key is wrong", "export", "--db", in("copy.db"), "-o", in("no.zip"))
	t.Setenv("SEGUE_KEY", "correct horse battery staple")
	ok("export", "--db", in("copy.db"), "-o", in("copy.zip"))
	if !bytes.Equal(read(t, in("copy.zip")), read(t, in("again.zip"))) {
		t.Error("the export of the backup differs")
	}
	write(t, in("empty"), "\n")
	refused("there is no key in it", "export", "--db", in("copy.db"), "--key-file", in("empty"), "-o", in("no.zip"))

	if code, _, stderr := segueRun("restore", in("again.zip"), "--db", in("copy.db")); code != 2 || !strings.Contains(stderr, "add --yes") {
		t.Errorf("replaced without --yes: exit code %d, %q", code, stderr)
	}
	ok("restore", in("again.zip"), "--db", in("copy.db"), "--yes")
	ok("forget", "--db", in("copy.db"), "--yes")
	refused("nothing is kept of you", "export", "--db", in("copy.db"), "-o", in("no.zip"))
	if _, err := os.Stat(in("no.zip")); err == nil {
		t.Error("a failed export left a file")
	}
	refused("would replace it", "export", "--db", in("copy.db"), "-o", in("copy.db"))
}
