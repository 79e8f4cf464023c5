package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"segue/internal/racetest"
)

// canary is a word that nothing but the tests writes.
const canary = "Quetzalcoatlus"

// found lists the files of a folder that hold the canary.
func found(t testing.TB, dir string) (files []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range list {
		if bytes.Contains(read(t, filepath.Join(dir, e.Name())), []byte(canary)) {
			files = append(files, e.Name())
		}
	}
	return files
}

// crowded fills a store with a listener, and enough plays of tracks that bear
// the canary for pages to be split and moved.
func crowded(t testing.TB, s *Store, id string) {
	t.Helper()
	ctx := context.Background()
	filled(t, s, id, canary)
	plays := years(8000, 3000)
	for i := range plays {
		plays[i].Track.Title = fmt.Sprint(canary, " ", plays[i].Track.Title)
	}
	for i := range 3 { // imports that replace one another
		must(t, s.AddImport(ctx, id, Import{ID: fmt.Sprint(canary, i), At: at(i), Report: []byte(`"` + canary + `"`)}, plays[:4000+2000*i]))
	}
	for i := range 300 {
		h := fmt.Sprintf("%s-%d", id, i*7919%300)
		must(t, s.SaveHour(ctx, id, Hour{ID: h, At: at(i), Plan: []byte(`"` + strings.Repeat(canary, 1+i*131%400) + `"`), Version: 1}))
		must(t, s.SaveReflection(ctx, id, Reflection{Hour: h, At: at(i), Words: strings.Repeat(canary+" ", 1+i%40)}))
	}
}

// After Forget no file holds a byte of the listener, neither while the store
// is open nor after; others keep theirs; with the last the file is as new.
func TestForget(t *testing.T) {
	racetest.Alone(t)
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "segue.db")
	s, err := Open(ctx, Options{Path: path})
	must(t, err)
	must(t, s.Close())
	fresh := len(read(t, path))
	s, err = Open(ctx, Options{Path: path})
	must(t, err)
	other := filled(t, s, "other", "kept")
	crowded(t, s, "self")
	must(t, s.CountShare(ctx, canary, "view"))
	if len(found(t, dir)) == 0 {
		t.Fatal("the canary is nowhere: the test looks in the wrong place")
	}
	must(t, s.Forget(ctx, "self"))
	counts, err := s.ShareCounts(ctx, canary)
	if must(t, err); counts["view"] != 1 {
		t.Errorf("counts that know no people: %v", counts)
	}
	if got := stored(t, s, "other"); got.listener != other.listener || len(got.plays) != len(other.plays) {
		t.Error("somebody else was forgotten, too")
	}
	must(t, s.Forget(ctx, "nobody"))
	must(t, s.Forget(ctx, "other"))
	if files := found(t, dir); len(files) > 0 {
		t.Errorf("%v hold what was forgotten", files)
	}
	must(t, s.Close())
	if files := found(t, dir); len(files) > 0 {
		t.Errorf("after closing, %v hold what was forgotten", files)
	}
	if b := read(t, path); len(b) != fresh || bytes.Contains(b, []byte("Mai")) {
		t.Errorf("the file has %d bytes, a new one %d", len(b), fresh)
	}
}

// While somebody reads an older state, its traces cannot be swept: that is
// said, and the next try sweeps them.
func TestTraces(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a lock; run without -short")
	}
	ctx := context.Background()
	dir := t.TempDir()
	s := opened(t, Options{Path: filepath.Join(dir, "segue.db")})
	filled(t, s, "self", canary)
	reading, stop, ended := make(chan bool), make(chan bool), make(chan error)
	go func() {
		ended <- s.read(ctx, "", func(ctx context.Context, c *conn) error {
			_, err := listHours(ctx, c, "self")
			reading <- true
			<-stop
			return err
		})
	}()
	<-reading
	err := s.Forget(ctx, "self")
	if !errors.Is(err, ErrTraces) || !errors.Is(err, ErrBusy) {
		t.Errorf("forgotten while it is read: %v", err)
	}
	if _, err := s.Listener(ctx, "self"); !errors.Is(err, ErrNotFound) {
		t.Errorf("still there: %v", err)
	}
	close(stop)
	must(t, <-ended)
	must(t, s.Forget(ctx, "self"))
	if files := found(t, dir); len(files) > 0 {
		t.Errorf("%v hold what was forgotten", files)
	}
}

// The smaller deletions leave nothing, either.
func TestDeletionsLeaveNothing(t *testing.T) {
	racetest.Alone(t)
	ctx := context.Background()
	for name, do := range map[string]func(*Store) error{
		"DeletePlays": func(s *Store) error { return s.DeletePlays(ctx, "self") },
		"Reduce": func(s *Store) error {
			s.AddImport(ctx, "self", Import{ID: "new", At: at(500)}, years(10, 3))
			return s.Reduce(ctx, "self", at(400), []HourSum{{Date: "2024-01-01"}})
		},
		"DeleteCheckIns":    func(s *Store) error { return s.DeleteCheckIns(ctx, "self") },
		"DeleteReflection":  func(s *Store) error { return s.DeleteReflection(ctx, "self", "h") },
		"DeleteCorrection":  func(s *Store) error { return s.DeleteCorrection(ctx, "self", "k") },
		"DeleteCorrections": func(s *Store) error { return s.DeleteCorrections(ctx, "self") },
		"DeleteShare":       func(s *Store) error { return s.DeleteShare(ctx, "self", "share") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := opened(t, Options{Path: filepath.Join(dir, "segue.db")})
			must(t, s.SaveListener(ctx, Listener{ID: "self"}))
			switch name {
			case "DeletePlays", "Reduce":
				plays := years(8000, 3000)
				for i := range plays {
					plays[i].Track.Artist = canary
				}
				must(t, s.AddImport(ctx, "self", Import{ID: "i", At: at(1)}, plays))
			case "DeleteCheckIns", "DeleteReflection":
				for i := range 200 {
					h := fmt.Sprint("h", i)
					must(t, s.SaveHour(ctx, "self", Hour{ID: h, Plan: []byte("{}"), Version: 1}))
					must(t, s.SaveReflection(ctx, "self", Reflection{Hour: h, Words: strings.Repeat("words ", i)}))
				}
				must(t, s.SaveHour(ctx, "self", Hour{ID: "h", Plan: []byte("{}"), Version: 1}))
				must(t, s.SaveReflection(ctx, "self", Reflection{Hour: "h", Words: canary}))
			case "DeleteCorrection", "DeleteCorrections":
				must(t, s.AddCorrection(ctx, "self", Correction{ID: "k", Track: canary, Kind: KindNever, Mood: "sad"}))
			case "DeleteShare":
				must(t, s.AddShare(ctx, Share{ID: "share", Listener: "self", Fact: canary}))
			}
			if len(found(t, dir)) == 0 {
				t.Fatal("the canary is nowhere: the test looks in the wrong place")
			}
			must(t, do(s))
			if files := found(t, dir); len(files) > 0 {
				t.Errorf("%v hold what was deleted", files)
			}
		})
	}
}

// With a key nothing of a listener is ever on the disk in plain: not in the
// file, its log, its backup, or what VACUUM needs.
func TestEncrypted(t *testing.T) {
	racetest.Alone(t)
	ctx := context.Background()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("SQLITE_TMPDIR", dir)
	path := filepath.Join(dir, "segue.db")
	s, err := Open(ctx, Options{Path: path, Key: []byte("k")})
	must(t, err)
	done := make(chan bool)
	looked := make(chan int)
	go func() { // looks all the time
		n := 0
		for {
			select {
			case <-done:
				looked <- n
				return
			default:
			}
			list, _ := os.ReadDir(dir)
			for _, e := range list {
				if b, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil && (bytes.Contains(b, []byte(canary)) || bytes.Contains(b, []byte("Artist"))) {
					t.Errorf("%s holds a listener in plain", e.Name())
				}
			}
			n++
		}
	}()
	crowded(t, s, "self")
	must(t, s.Backup(ctx, path+".copy"))
	must(t, s.DeletePlays(ctx, "self"))
	must(t, s.Forget(ctx, "self"))
	must(t, s.Close())
	close(done)
	t.Logf("looked %d times", <-looked)
	c := opened(t, Options{Path: path + ".copy", Key: []byte("k")})
	if plays, err := c.Plays(ctx, "self"); err != nil || len(plays) != 8000 {
		t.Errorf("the backup holds %d plays, %v", len(plays), err)
	}
}
