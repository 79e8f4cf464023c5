package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"segue/language"
	"segue/store"
)

// Whoever was told that their upload is being read may count on it: it is read also
// where Segue stops or is killed meanwhile. Beside its files stands a note of it, on
// the disk before the answer; the next start finds both and goes on, from the files as
// they came. An import is stored with its id, and an id is taken once: however often
// it is begun, it is stored once. Without a consent to keep plays there is no note:
// what is then brought ends with the process, and so do its files.

// noteName is the file of the note, in the upload's folder.
const noteName = "import.json"

// An import is never given up: it was acknowledged. But one that ends Segue each time
// must not do so at every start, so after some beginnings that Segue did not come to
// leave as it should, the next ones wait, longer each time, until Segue has been up for
// a while. They are fewer than the starts that deploy/segue.service allows. (d)
const (
	beginningsAtOnce = 4
	firstRest        = 5 * time.Second
	longestRest      = 5 * time.Minute
)

// rest is how long after a start an import waits that was begun so often.
func rest(begun int) time.Duration {
	over := begun - beginningsAtOnce
	switch {
	case over < 0:
		return 0
	case over >= 6: // 5 s doubled six times
		return longestRest
	}
	return firstRest << over
}

// A note is what a later start needs to know of an upload.
type note struct {
	ID       string    `json:"id"`
	Listener string    `json:"listener"`
	At       time.Time `json:"at"`
	Language string    `json:"language"` // in which it tells what is wrong
	Names    []string  `json:"names"`    // of its files, in the order of their numbers
	Passed   []string  `json:"passed"`
	Begun    int       `json:"begun"` // how often, those apart that were left
}

// setToWork begins to read what was staged, apart from any request. Once it returned
// nil the upload is read, whatever becomes of the process.
func (s *Server) setToWork(j *job, v *visit, u *upload) error {
	if s.o.Folder != "" && v.allows(store.Plays) {
		if err := u.note(j, v); err != nil {
			err = errors.Join(err, u.remove())
			s.end(j, err)
			return err
		}
	}
	go s.work(j, v, u)
	return nil
}

// note writes down what an upload is, once its files are on the disk.
func (u *upload) note(j *job, v *visit) error {
	n := note{ID: j.id, Listener: j.listener, At: j.at, Language: v.Code(), Passed: u.passed, Begun: 1}
	for _, f := range u.files {
		if err := toDisk(f.path); err != nil {
			return full(err)
		}
		n.Names = append(n.Names, f.name)
	}
	if err := errors.Join(toDisk(filepath.Join(u.dir, stagedIn)), n.write(u.dir), toDisk(filepath.Dir(u.dir))); err != nil {
		return full(err)
	}
	u.noted = &n
	return nil
}

// leave leaves an upload to the next start: this beginning did no harm.
func (u *upload) leave() {
	u.noted.Begun--
	_ = u.noted.write(u.dir) // as it was it serves, too
}

// write puts the note in its place, whole or not at all.
func (n note) write(dir string) error {
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, noteName)
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return err
	}
	if err := errors.Join(toDisk(path+".new"), os.Rename(path+".new", path)); err != nil {
		return err
	}
	return toDisk(dir)
}

// toDisk waits until a file, or the list of what is in a folder, is on the disk.
func toDisk(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, errors.ErrUnsupported) { // of folders, on some systems
		err = nil
	}
	return errors.Join(err, f.Close())
}

// isNoted reports whether a folder is of an upload that is to be gone on with.
func isNoted(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, noteName))
	return err == nil
}

// removeUpload deletes an upload, the note first: without it nobody goes on with the
// rest.
func removeUpload(dir string) error {
	if err := os.Remove(filepath.Join(dir, noteName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(dir)
}

// resume goes on with what an earlier start was reading.
func (s *Server) resume(ctx context.Context, dirs []string) {
	for _, dir := range dirs {
		begun, err := s.resumeOne(ctx, dir)
		if err != nil && err != errNotNow {
			s.o.Log.LogAttrs(ctx, slog.LevelError, "an import could not be gone on with", slog.String("kind", kindOf(err)))
		}
		switch {
		case begun:
		case errors.Is(err, errNotNow):
			s.tasks.begin(func() { s.goOnLater(dir) })
		default:
			_ = removeUpload(dir) // the next start tries again
		}
	}
}

// errNotNow leaves an upload to a later try: the database does not answer, or another
// import of its listener is under way.
var errNotNow = errors.New("web: an import has to wait")

// goOnLater begins an upload anew as soon as that can be, and reports whether it did.
func (s *Server) goOnLater(dir string) (begun bool) {
	for wait := firstRest; ; wait = min(2*wait, longestRest) {
		select {
		case <-time.After(wait):
		case <-s.ctx.Done():
			return false
		}
		begun, err := s.resumeOne(s.ctx, dir)
		if begun {
			return true
		}
		if errors.Is(err, errNotNow) {
			continue
		}
		if err != nil {
			s.o.Log.LogAttrs(s.ctx, slog.LevelError, "an import could not be gone on with", slog.String("kind", kindOf(err)))
		}
		_ = removeUpload(dir) // the next start tries again
		return false
	}
}

// resumeOne begins an upload anew, unless nobody waits for it any more.
func (s *Server) resumeOne(ctx context.Context, dir string) (begun bool, err error) {
	b, err := os.ReadFile(filepath.Join(dir, noteName))
	if err != nil {
		return false, err
	}
	var n note
	if err := json.Unmarshal(b, &n); err != nil {
		return false, err
	}
	v, err := s.visitOf(ctx, n.Listener)
	if err != nil {
		return false, errors.Join(errNotNow, err)
	}
	if !v.known || v.who.Demo || !v.allows(store.Plays) {
		return false, nil
	}
	if s.o.Accounts { // what they may bring depends on it
		who, err := s.kept.Account(ctx, n.Listener)
		if errors.Is(err, store.ErrNotFound) || err == nil && who.Disabled {
			return false, nil
		} else if err != nil {
			return false, errors.Join(errNotNow, err)
		}
		v.account = &who
	}
	before, err := s.kept.Imports(ctx, n.Listener)
	if err != nil {
		return false, errors.Join(errNotNow, err)
	}
	if slices.ContainsFunc(before, func(i store.Import) bool { return i.ID == n.ID }) {
		return false, nil // it was stored; its files were not yet deleted
	}
	u, err := n.restage(dir)
	if err != nil {
		return false, err
	}
	u.noted = &n
	if t, ok := language.Of(n.Language); ok {
		v.Tongue = t
	}
	v.at = n.At
	j, fresh := s.beginAs(v, n.ID)
	if !fresh {
		return false, errNotNow // another was taken in while this one waited for the database
	}
	go s.goOn(j, v, u)
	return true, nil
}

// goOn begins an upload once more, when its time has come.
func (s *Server) goOn(j *job, v *visit, u *upload) {
	wait := rest(u.noted.Begun)
	if wait > 0 {
		s.o.Log.LogAttrs(s.ctx, slog.LevelWarn, "an import that was often cut short waits", slog.Int("begun", u.noted.Begun), slog.Duration("for", wait))
	}
	select {
	case <-time.After(wait):
	case <-j.ctx.Done():
		s.halt(j, u)
		return
	}
	u.noted.Begun++
	if err := u.noted.write(u.dir); err != nil {
		u.noted.Begun--
		s.o.Log.LogAttrs(s.ctx, slog.LevelError, "an import could not be gone on with", slog.String("kind", kindOf(err)))
		s.end(j, full(err)) // its files stay for the next start
		return
	}
	j.step(reading)
	s.work(j, v, u)
}

// passes reports whether what went wrong may be right again by and by: the database
// was away or held, its disk was full, or another process changed the same plays.
func passes(err error) bool {
	for _, one := range []error{store.ErrGone, store.ErrBusy, store.ErrFull, store.ErrReadOnly, store.ErrConflict} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// later ends a job with why it failed, and begins its upload anew as soon as that is
// over.
func (s *Server) later(j *job, u *upload, why error) {
	u.leave()
	s.o.Log.LogAttrs(s.ctx, slog.LevelWarn, "an import waits for the database", slog.String("kind", kindOf(why)))
	s.end(j, why)
	s.tasks.begin(func() {
		if s.goOnLater(u.dir) {
			s.imports.drop(j)
		}
	})
}

// halt ends an upload that waits: for good if its person stopped it, else until the
// next start.
func (s *Server) halt(j *job, u *upload) {
	err := context.Cause(j.ctx)
	if s.ctx.Err() == nil {
		err = errors.Join(err, removeUpload(u.dir))
	}
	s.end(j, err)
}

// restage puts the files of an upload back to where they came, and takes away what was
// made of them.
func (n note) restage(dir string) (*upload, error) {
	u := &upload{dir: dir, passed: n.Passed}
	in := filepath.Join(dir, stagedIn)
	for i, name := range n.Names {
		one := staged{path: filepath.Join(in, stagedName(i)), name: name}
		info, err := os.Lstat(one.path)
		if errors.Is(err, fs.ErrNotExist) { // moved aside, see sort and unpackTables
			if err = os.Rename(filepath.Join(dir, stagedName(i)), one.path); err == nil {
				info, err = os.Lstat(one.path)
			}
		}
		if err != nil {
			return nil, err
		}
		one.bytes = info.Size()
		u.files = append(u.files, one)
	}
	for _, folder := range []string{dir, in} {
		there, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, e := range there {
			path := filepath.Join(folder, e.Name())
			kept := path == in || path == filepath.Join(dir, noteName) || slices.ContainsFunc(u.files, func(f staged) bool { return f.path == path })
			if kept {
				continue
			}
			if err := os.RemoveAll(path); err != nil {
				return nil, err
			}
		}
	}
	return u, nil
}

// stagedName is what the nth file of an upload is called.
func stagedName(n int) string { return fmt.Sprintf("%05d", n) }
