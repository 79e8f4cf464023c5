package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"segue/history"
	"segue/store"

	_ "github.com/ncruces/go-sqlite3/driver"
)

// A servedProcess is segue serve in a process of its own, to be killed.
type servedProcess struct {
	*testing.T
	cmd  *exec.Cmd
	base string
}

func serveProcess(t *testing.T, args ...string) *servedProcess {
	t.Helper()
	cmd, _ := process(t, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	cmd.Stderr = nil
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &servedProcess{T: t, cmd: cmd}
	t.Cleanup(p.kill)
	lines := bufio.NewScanner(pipe)
	for p.base == "" && lines.Scan() {
		p.base = regexp.MustCompile(`http://[0-9.:]+`).FindString(lines.Text())
	}
	if p.base == "" {
		t.Fatal("segue serve did not say where it is")
	}
	go func() { _, _ = io.Copy(io.Discard, pipe) }()
	return p
}

// kill ends the process as a power switch does, for what it still holds.
func (p *servedProcess) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

var noRedirect = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 30 * time.Second}

// post sends a form and returns where the answer leads, if it says that all is well.
func (p *servedProcess) post(path string, form url.Values) (to string, err error) {
	r, err := noRedirect.PostForm(p.base+path, form)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusSeeOther {
		body, _ := io.ReadAll(r.Body)
		return "", fmt.Errorf("%s: %d: %.300s", path, r.StatusCode, body)
	}
	return r.Header.Get("Location"), nil
}

// upload brings a file.
func (p *servedProcess) upload(file string) (to string, err error) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, _ := m.CreateFormFile("file", filepath.Base(file))
	body, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	_, _ = part.Write(body)
	_ = m.Close()
	r, err := noRedirect.Post(p.base+"/bring", m.FormDataContentType(), &b)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("bring: %d", r.StatusCode)
	}
	return r.Header.Get("Location"), nil
}

// awaitNothingLeft waits until what was begun before a start is at its end.
func awaitNothingLeft(t *testing.T, db string) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		left, _ := filepath.Glob(filepath.Join(filepath.Dir(db), ".*"))
		if len(left) == 0 {
			return
		}
		if time.Since(began) > 2*time.Minute {
			t.Errorf("long after the next start there is still %v", left)
			return
		}
	}
}

// An upload that was acknowledged is read, whenever Segue is killed after that, and
// stored once; so it is when a kill meets the import that an earlier start left.
func TestServeKilledReading(t *testing.T) {
	dir := invented(t)
	db := filepath.Join(t.TempDir(), "segue.db")
	args := []string{"--db", db, "--catalog", filepath.Join(dir, "catalog.csv")}
	p := serveProcess(t, args...)
	if _, err := p.post("/welcome", url.Values{"adult16": {"yes"}, "moods": {"yes"}, "plays": {"yes"}}); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]bool{}
	pauses := []time.Duration{0, 10, 40, 90, 160, 300, 600}
	if testing.Short() {
		pauses = pauses[:4]
	}
	resumed := 0
	for _, pause := range pauses {
		to, err := p.upload(filepath.Join(dir, "plays.json"))
		if err != nil {
			t.Fatal(err)
		}
		acknowledged[strings.TrimPrefix(to, "/bring/")] = true
		time.Sleep(pause * time.Millisecond)
		p.kill()
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(db), ".segue-upload-*")); len(left) > 0 {
			resumed++
			p = serveProcess(t, args...) // and killed as it goes on with it
			p.kill()
		}
		p = serveProcess(t, args...)
		awaitNothingLeft(t, db)
		r, err := http.Get(p.base + to)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusOK {
			t.Errorf("the page of the import: %d", r.StatusCode)
		}
		s, err := store.Open(context.Background(), store.Options{Path: db, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		imports, err := s.Imports(t.Context(), selfID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		times := map[string]int{}
		for _, i := range imports {
			times[i.ID]++
		}
		for id := range acknowledged {
			if times[id] != 1 {
				t.Errorf("after %v ms: an acknowledged upload was stored %d times", int64(pause), times[id])
			}
		}
		if len(times) != len(acknowledged) {
			t.Errorf("%d imports of %d uploads", len(times), len(acknowledged))
		}
	}
	if resumed == 0 {
		t.Error("no kill met an import: the test saw too little")
	}
}

// What a page said was saved is saved when Segue is killed the moment after, an
// import is there whole or not at all, and the next start takes away what lies about.
func TestServeKilled(t *testing.T) {
	dir := invented(t)
	db := filepath.Join(t.TempDir(), "segue.db")
	args := []string{"--db", db, "--catalog", filepath.Join(dir, "catalog.csv")}
	p := serveProcess(t, args...)
	if _, err := p.post("/welcome", url.Values{"adult16": {"yes"}, "moods": {"yes"}, "plays": {"yes"}, "check_ins": {"yes"}}); err != nil {
		t.Fatal(err)
	}
	rounds := 6
	if testing.Short() {
		rounds = 3
	}
	hours, words := map[string]bool{}, map[string]string{} // what was acknowledged
	brought, _, err := history.Read(t.Context(), []string{filepath.Join(dir, "plays.json")}, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	plays := 0
	for round := range rounds {
		var mu sync.Mutex
		var all sync.WaitGroup
		killed := make(chan struct{})
		all.Go(func() { // check-ins, each an hour
			for {
				to, err := p.post("/now", url.Values{"now": {"2-8"}, "target": {"7-3"}, "minutes": {"20"}})
				if err != nil {
					return
				}
				mu.Lock()
				hours[strings.TrimPrefix(to, "/hours/")] = true
				mu.Unlock()
			}
		})
		all.Go(func() { // what is said of them
			for n := 0; ; n++ {
				mu.Lock()
				id := ""
				for id = range hours {
					break
				}
				mu.Unlock()
				if id == "" { // none yet; on a busy machine none at all in this round
					select {
					case <-killed:
						return
					case <-time.After(5 * time.Millisecond):
						continue
					}
				}
				said := fmt.Sprintf("round %d, %06d", round, n)
				if _, err := p.post("/hours/"+id+"/feel", url.Values{"feel": {"1"}, "words": {said}}); err != nil {
					return
				}
				mu.Lock()
				words[id] = said
				mu.Unlock()
			}
		})
		all.Go(func() {
			for {
				if _, err := p.upload(filepath.Join(dir, "plays.json")); err != nil && err.Error() != "bring: 409" {
					return
				}
			}
		})
		time.Sleep(time.Duration(300+round*170) * time.Millisecond)
		p.kill()
		close(killed)
		all.Wait()

		p = serveProcess(t, args...)
		awaitNothingLeft(t, db) // of imports that were acknowledged it reads on first
		s, err := store.Open(context.Background(), store.Options{Path: db, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		for id := range hours {
			if _, err := s.Hour(t.Context(), selfID, id); err != nil {
				t.Errorf("round %d: an hour that was answered is gone: %v", round, err)
			}
		}
		felt, err := s.Reflections(t.Context(), selfID)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range felt {
			if f.Words < words[f.Hour] {
				t.Errorf("round %d: saved was %q, and there is %q", round, words[f.Hour], f.Words)
			}
			delete(words, f.Hour)
		}
		if len(words) > 0 {
			t.Errorf("round %d: what was said of %d hours is gone", round, len(words))
		}
		words = map[string]string{}
		for _, f := range felt {
			words[f.Hour] = f.Words
		}
		there, err := s.Plays(t.Context(), selfID)
		imports, failed := s.Imports(t.Context(), selfID)
		if err != nil || failed != nil || len(there) != 0 && len(there) != len(brought) || len(there) < plays || (len(imports) == 0) != (len(there) == 0) {
			t.Errorf("round %d: %d plays of %d imports, after %d: %v, %v", round, len(there), len(imports), plays, err, failed)
		}
		plays = len(there)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(hours) == 0 || len(words) == 0 || plays == 0 {
		t.Errorf("%d hours, %d reflections, %d plays: the test saw too little", len(hours), len(words), plays)
	}
	// Only its owner may look into anything that is there.
	err = filepath.Walk(filepath.Dir(db), func(path string, info os.FileInfo, err error) error {
		if err == nil && path != filepath.Dir(db) && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", filepath.Base(path), info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// One Segue serves a database. A second one, and what replaces or deletes all of it,
// says so in a line; a copy can still be made.
func TestServeTwice(t *testing.T) {
	db := filepath.Join(t.TempDir(), "segue.db")
	p := serveProcess(t, "--db", db)
	if _, err := p.post("/welcome", url.Values{"name": {"Noor"}}); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"serve", "--addr", "127.0.0.1:0", "--db", db}, {"forget", "--yes", "--db", db}, {"restore", filepath.Join(invented(t), "my-segue.zip"), "--yes", "--db", db},
	} {
		code, out, stderr := segueRun(args...)
		if code != 1 || !strings.Contains(stderr, "another 'segue serve' has it open") {
			t.Errorf("%v: exit %d, %q", args, code, stderr)
		}
		if err := oneComplaint(out, stderr); err != nil {
			t.Error(err)
		}
	}
	if code, _, stderr := segueRun("backup", "--db", db, "-o", filepath.Join(t.TempDir(), "copy.db")); code != 0 {
		t.Errorf("backup: %s", stderr)
	}
	p.kill()
	if code, _, stderr := segueRun("forget", "--yes", "--db", db); code != 0 {
		t.Errorf("the lock outlives who held it: %s", stderr)
	}
}

// A database that this Segue, or this key, cannot open is left as it is, with one
// line at the start.
func TestServeRefusesDatabases(t *testing.T) {
	t.Setenv("SEGUE_KEY", "")
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write(t, in("key"), "correct horse battery staple\n")
	write(t, in("other"), "another\n")
	for name, key := range map[string][]byte{"plain.db": nil, "future.db": nil, "locked.db": []byte("correct horse battery staple")} {
		s, err := store.Open(t.Context(), store.Options{Path: in(name), Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SaveListener(t.Context(), store.Listener{ID: selfID, Name: "Noor"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	d, err := sql.Open("sqlite3", "file:"+in("future.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec("INSERT INTO schema_versions (version_id, is_applied) VALUES (99, true)"); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	whole := read(t, in("plain.db"))
	if err := os.WriteFile(in("half.db"), append(whole[:len(whole)/2:len(whole)/2], make([]byte, len(whole)/4)...), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		db   string
		args []string
		says string
	}{
		"a schema from the future": {"future.db", nil, "newer version of Segue"},
		"no key":                   {"locked.db", nil, "needs its key"},
		"a wrong key":              {"locked.db", []string{"--key-file", in("other")}, "the key is wrong"},
		"a key too many":           {"plain.db", []string{"--key-file", in("key")}, "not encrypted"},
		"half a database":          {"half.db", nil, "damaged"},
	} {
		before := sha256.Sum256(read(t, in(c.db)))
		code, out, stderr := segueRun(append([]string{"serve", "--addr", "127.0.0.1:0", "--db", in(c.db)}, c.args...)...)
		if code != 1 || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit %d, %q", name, code, stderr)
		}
		if err := oneComplaint(out, stderr); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if sha256.Sum256(read(t, in(c.db))) != before {
			t.Errorf("%s: the file was changed", name)
		}
	}
}
