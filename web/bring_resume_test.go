package web

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"segue"
	"segue/history"
	"segue/recommend"
	"segue/store"
)

// A halted bringing is one whose music never comes, so that an import waits at its
// latest stage before it is stored.
func halted(t *testing.T, folder string, kept *store.Store) *Server {
	t.Helper()
	s, err := New(context.Background(), Options{Kept: kept, Folder: folder, Seed: 1, Music: func(ctx context.Context, _ segue.Progress) (*recommend.Music, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// uploaded sends files as the form of the page does.
func uploaded(s *Server, files ...named) *httptest.ResponseRecorder {
	body, kind := form(files...)
	return ask(s, "POST", "/bring", func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Header.Set("Content-Type", kind)
	})
}

// inZIP packs a file.
func inZIP(t *testing.T, f named) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create(f.name)
	if err == nil {
		_, err = w.Write(f.body)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// leftBehind brings files to a server that ends while it reads them, and returns the
// job's address.
func leftBehind(t *testing.T, folder string, kept *store.Store, files ...named) string {
	t.Helper()
	s := halted(t, folder, kept)
	defer s.Close()
	post(s, "/welcome", everything())
	w := uploaded(s, files...)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d: %.300s", w.Code, w.Body)
	}
	to := w.Header().Get("Location")
	j := s.imports.job(selfID, strings.TrimPrefix(to, "/bring/"))
	for began := time.Now(); j.now().Stage < seeing; time.Sleep(5 * time.Millisecond) {
		if _, over := j.result(); over || time.Since(began) > time.Minute {
			t.Fatalf("the import is at stage %d: %v", j.now().Stage, j.err)
		}
	}
	return to
}

// An import that the server's end broke off is gone on with by the next start, from the
// files as they came, and stored once, however often that happens. Whoever looks at its
// page finds it there.
func TestResume(t *testing.T) {
	export, table := demoFiles(t)
	for name, files := range map[string][]named{
		"a history":                     {{"heard.json", account1(heard(1, "One"), heard(2, "Two"))}},
		"several":                       {{"a/StreamingHistory0.json", account1(heard(1, "One"), heard(2, "Two"))}, {"a/StreamingHistory1.json", account1(heard(3, "Three"))}, {".DS_Store", []byte("x")}},
		"a history and a table":         {export, table},
		"a table in a ZIP, and history": {{"t.zip", inZIP(t, table)}, {"heard.json", account1(heard(1, "One"), heard(2, "Two"))}},
	} {
		folder := t.TempDir()
		kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(folder, "segue.db")})
		if err != nil {
			t.Fatal(err)
		}
		defer kept.Close()
		withTable := strings.Contains(name, "table")
		var to string
		if withTable { // which brings its own music: it is struck where it reads
			to = struck(t, folder, kept, files...)
		} else {
			to = leftBehind(t, folder, kept, files...)
			for range 2 * beginningsAtOnce { // which are none that it is to be blamed for
				if err := halted(t, folder, kept).Close(); err != nil {
					t.Fatal(err)
				}
			}
		}
		id := strings.TrimPrefix(to, "/bring/")
		// What was made of the files meanwhile is gone, and they are where they were.
		if left, _ := filepath.Glob(filepath.Join(folder, uploadsBegin+"*", noteName)); len(left) != 1 {
			t.Fatalf("%s: notes %v", name, left)
		}
		s, err := New(t.Context(), Options{Kept: kept, Folder: folder, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		j := s.imports.job(selfID, id)
		if j == nil {
			t.Fatalf("%s: nobody goes on", name)
		}
		<-j.ended
		imports, err := kept.Imports(t.Context(), selfID)
		if j.err != nil || err != nil || len(imports) != 1 || imports[0].ID != id || imports[0].Plays == 0 {
			t.Errorf("%s: %v, %v, %+v", name, j.err, err, imports)
		}
		if got := ask(s, "GET", to, nil); got.Code != http.StatusOK {
			t.Errorf("%s: its page: %d", name, got.Code)
		}
		var r history.Report
		if err := json.Unmarshal(imports[0].Report, &r); err != nil {
			t.Error(err)
		}
		for _, f := range r.Files {
			if strings.Contains(f.Name, "0000") {
				t.Errorf("%s: a file is called %q", name, f.Name)
			}
		}
		if withTable {
			if _, err := s.own.get(t.Context()); err != nil {
				t.Errorf("%s: no music: %v", name, err)
			}
		}
		plays, _ := kept.Plays(t.Context(), selfID)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(folder, uploadsBegin+"*")); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
		// Nothing is left to go on with.
		s, err = New(t.Context(), Options{Kept: kept, Folder: folder, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if n := s.imports.count(); n > 0 {
			t.Errorf("%s: %d go on a second time", name, n)
		}
		if again, _ := kept.Plays(t.Context(), selfID); len(again) != len(plays) {
			t.Errorf("%s: %d plays, then %d", name, len(plays), len(again))
		}
		_ = s.Close()
	}
}

// struck brings files to a server that is ended the moment after.
func struck(t *testing.T, folder string, kept *store.Store, files ...named) string {
	t.Helper()
	s, err := New(context.Background(), Options{Kept: kept, Folder: folder, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	post(s, "/welcome", everything())
	// Its turn does not come, so that nothing of it is done.
	for range importsAtOnce {
		s.imports.turns <- struct{}{}
	}
	w := uploaded(s, files...)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d: %.300s", w.Code, w.Body)
	}
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		got := text(ask(s, "GET", w.Header().Get("Location"), nil))
		if strings.Contains(got, "Waiting until the imports of others have ended") {
			break
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("the page of who waits: %.600s", got)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// As a kill in the middle leaves it: a file moved aside, others made of it.
	dir, _ := filepath.Glob(filepath.Join(folder, uploadsBegin+"*"))
	if len(dir) != 1 {
		t.Fatal(dir)
	}
	in := filepath.Join(dir[0], stagedIn)
	for _, err := range []error{
		os.Rename(filepath.Join(in, stagedName(0)), filepath.Join(dir[0], stagedName(0))),
		os.WriteFile(filepath.Join(in, stagedName(len(files))), []byte("half a table"), 0o600),
		os.WriteFile(filepath.Join(in, stagedName(7)+".head"), []byte("half"), 0o600),
		os.WriteFile(filepath.Join(dir[0], "version"), []byte("half a catalogue"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return w.Header().Get("Location")
}

// What a person stops, no consent covers, was stored already, or belongs to nobody any
// more is not gone on with, and its files go.
func TestResumeNot(t *testing.T) {
	file := named{"heard.json", account1(heard(1, "One"))}
	for name, change := range map[string]func(t *testing.T, kept *store.Store, dir, id string){
		"a consent taken back": func(t *testing.T, kept *store.Store, dir, id string) {
			if err := kept.SetConsent(t.Context(), selfID, store.Consent{Purpose: store.Plays, At: time.Now()}); err != nil {
				t.Fatal(err)
			}
		},
		"forgotten": func(t *testing.T, kept *store.Store, dir, id string) {
			if err := kept.Forget(t.Context(), selfID); err != nil {
				t.Fatal(err)
			}
		},
		"a note that is none":    func(t *testing.T, _ *store.Store, dir, id string) { overwrite(t, dir, "{") },
		"a file that is missing": func(t *testing.T, _ *store.Store, dir, id string) { _ = os.RemoveAll(filepath.Join(dir, stagedIn)) },
	} {
		folder := t.TempDir()
		kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(folder, "segue.db")})
		if err != nil {
			t.Fatal(err)
		}
		defer kept.Close()
		id := strings.TrimPrefix(leftBehind(t, folder, kept, file), "/bring/")
		dirs, _ := filepath.Glob(filepath.Join(folder, uploadsBegin+"*"))
		if len(dirs) != 1 {
			t.Fatalf("%s: %v", name, dirs)
		}
		change(t, kept, dirs[0], id)
		s, err := New(t.Context(), Options{Kept: kept, Folder: folder, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if n := s.imports.count(); n > 0 {
			t.Errorf("%s: it goes on", name)
		}
		if left, _ := filepath.Glob(filepath.Join(folder, uploadsBegin+"*")); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
		if all, _ := kept.Imports(t.Context(), selfID); len(all) > 0 {
			t.Errorf("%s: %v", name, all)
		}
		_ = s.Close()
	}
}

// What ended Segue each time waits until Segue has been up for a while, longer each
// time, and is neither begun nor given up before; its person can stop it for good.
func TestResumeRests(t *testing.T) {
	for begun, want := range map[int]time.Duration{0: 0, 3: 0, 4: 5 * time.Second, 5: 10 * time.Second, 9: 160 * time.Second, 10: 5 * time.Minute, 1000: 5 * time.Minute} {
		if got := rest(begun); got != want {
			t.Errorf("begun %d times: waits %s, want %s", begun, got, want)
		}
	}
	folder := t.TempDir()
	kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(folder, "segue.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	id := strings.TrimPrefix(leftBehind(t, folder, kept, named{"heard.json", account1(heard(1, "One"))}), "/bring/")
	dirs, _ := filepath.Glob(filepath.Join(folder, uploadsBegin+"*"))
	overwrite(t, dirs[0], `{"id":"`+id+`","listener":"self","names":["heard.json"],"begun":12}`)
	noteNow := func() string {
		b, _ := os.ReadFile(filepath.Join(dirs[0], noteName))
		return string(b)
	}
	before := noteNow()
	for _, stopped := range []bool{false, true} {
		s, err := New(t.Context(), Options{Kept: kept, Folder: folder, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		j := s.imports.job(selfID, id)
		if j == nil {
			t.Fatal("it is not known")
		}
		if _, over := j.result(); over {
			t.Error("it is over")
		}
		if stopped {
			if got := post(s, "/bring/"+id+"/cancel", nil); got.Code != http.StatusSeeOther {
				t.Errorf("stopping it: %d", got.Code)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if after := noteNow(); stopped && after != "" || !stopped && after != before {
			t.Errorf("stopped %v: %q is left of %q", stopped, after, before)
		}
	}
}

// Two uploads of one person may be left, where the first waited for the database while
// the second came: the second is gone on with after the first, not by a later start.
func TestResumeTwo(t *testing.T) {
	folder, aside := t.TempDir(), t.TempDir()
	kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(folder, "segue.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	leftBehind(t, aside, kept, named{"heard.json", account1(heard(1, "One"))})
	leftBehind(t, folder, kept, named{"heard.json", account1(heard(2, "Two"))})
	dirs, _ := filepath.Glob(filepath.Join(aside, uploadsBegin+"*"))
	if len(dirs) != 1 {
		t.Fatal(dirs)
	}
	if err := os.Rename(dirs[0], filepath.Join(folder, filepath.Base(dirs[0]))); err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), Options{Kept: kept, Folder: folder, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		all, err := kept.Imports(t.Context(), selfID)
		if err != nil || time.Since(began) > time.Minute {
			t.Fatalf("%d are stored, %v", len(all), err)
		}
		if len(all) == 2 {
			break
		}
	}
}

func overwrite(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, noteName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Without the consent to keep plays, and where the person stops it, an import ends with
// its files; nothing waits for the next start.
func TestLeftOnlyIfAgreed(t *testing.T) {
	for name, c := range map[string]struct {
		agreed map[string]string
		stop   bool
		left   int
	}{
		"agreed":            {everything(), false, 1},
		"not agreed":        {map[string]string{"moods": "yes", "adult16": "yes"}, false, 0},
		"agreed, and stops": {everything(), true, 0},
	} {
		folder := t.TempDir()
		kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(folder, "segue.db")})
		if err != nil {
			t.Fatal(err)
		}
		defer kept.Close()
		s := halted(t, folder, kept)
		post(s, "/welcome", c.agreed)
		w := uploaded(s, named{"heard.json", account1(heard(1, "One"))})
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d", name, w.Code)
		}
		if c.stop {
			post(s, w.Header().Get("Location")+"/cancel", nil)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if left, _ := filepath.Glob(filepath.Join(folder, uploadsBegin+"*")); len(left) != c.left {
			t.Errorf("%s: left %v", name, left)
		}
	}
}

// So many imports are at work at once and no more; the others come one after the other.
func TestImportsTakeTurns(t *testing.T) {
	s, _ := served(t, Options{})
	var at, most atomic.Int32
	ended := make(chan error, 8)
	for i := range 8 {
		j, fresh := s.begin(&visit{server: s, who: store.Listener{ID: string(rune('a' + i))}})
		if !fresh {
			t.Fatal(i)
		}
		go func() {
			done, err := s.imports.turn(j)
			if err == nil {
				n := at.Add(1)
				for {
					if was := most.Load(); n <= was || most.CompareAndSwap(was, n) {
						break
					}
				}
				time.Sleep(5 * time.Millisecond)
				at.Add(-1)
				done()
			}
			s.end(j, err)
			ended <- err
		}()
	}
	for range 8 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != importsAtOnce {
		t.Errorf("%d at once", most.Load())
	}
	// Who is stopped waits no longer.
	for range importsAtOnce {
		s.imports.turns <- struct{}{}
	}
	j, _ := s.begin(&visit{server: s, who: store.Listener{ID: "stopped"}})
	j.cancel()
	if _, err := s.imports.turn(j); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s.end(j, nil)
	for range importsAtOnce {
		<-s.imports.turns
	}
}
