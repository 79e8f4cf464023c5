package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"segue"
	"segue/recommend"
	"segue/store"
)

// smallDisk mounts a file system of two megabytes, where the test may.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("no file system can be mounted here: a real full disk was not tried")
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// onDisk is a walker whose listener is kept on a disk of its own.
func onDisk(t *testing.T, dir string, m *recommend.Music) *walker {
	t.Helper()
	kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "segue.db"), Consents: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), Options{Kept: kept, Folder: dir, Music: func(context.Context, segue.Progress) (*recommend.Music, error) { return m, nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Close()
		_ = kept.Close()
	})
	return &walker{s: s}
}

// fillUp writes until nothing more fits, and returns what makes room again.
func fillUp(t *testing.T, dir string) (room func()) {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	_ = f.Close()
	return func() { _ = os.Remove(path) }
}

// On a disk that is really full every page that writes says so, what was saved stays,
// and with room again all goes on.
func TestReallyFullDisk(t *testing.T) {
	dir := smallDisk(t)
	m, _ := invented(t)
	w := onDisk(t, dir, m)
	w.post("/welcome", values("name", "Noor", "adult16", "yes", "moods", "yes", "plays", "yes", "check_ins", "yes"))
	at := w.hour(t, values("now", "2-8", "target", "7-3", "minutes", "20"))
	if got := w.post(at+"/feel", values("feel", "1", "words", "before")); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	before, err := w.s.kept.Reflections(t.Context(), selfID)
	if err != nil {
		t.Fatal(err)
	}
	room := fillUp(t, dir)
	full := 0
	body, kind := form(named{"a.json", account1(heard(0, strings.Repeat("A", 5000)))})
	upload := func() int {
		r, _ := http.NewRequest("POST", "http://localhost/bring", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return w.send(r).Code
	}
	for name, code := range map[string]int{
		"saying how it felt":     w.post(at+"/feel", values("feel", "-1", "words", strings.Repeat("x", 1000))).Code,
		"a check-in":             w.post("/now", values("now", "2-8", "target", "7-3")).Code,
		"settings":               w.post("/data/settings", values("name", "Other")).Code,
		"taking back":            w.post("/data/consents", values("moods", "yes")).Code,
		"an upload":              upload(),
		"an export to be made":   w.post("/data/export", nil).Code,
		"the look, here at once": w.post("/look", values("theme", "dark")).Code,
	} {
		switch code {
		case http.StatusInsufficientStorage:
			full++
		case http.StatusSeeOther, http.StatusOK: // it fitted into what the database has left
		default:
			t.Errorf("%s: %d", name, code)
		}
	}
	if full < 3 {
		t.Errorf("only %d of the pages say that the disk is full", full)
	}
	for _, path := range []string{"/", "/data", "/hours", at, at + "/feel", "/time", "/bring"} {
		if got := w.get(path); got.Code != http.StatusOK {
			t.Errorf("%s on a full disk: %d", path, got.Code)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	room()
	v, err := w.s.visitOf(t.Context(), selfID)
	if err != nil {
		t.Fatal(err)
	}
	if felt, err := v.keeper(store.CheckIns).Reflections(t.Context(), selfID); err != nil || len(felt) != len(before) {
		t.Errorf("there were %d reflections and are %d, %v", len(before), len(felt), err)
	}
	for _, again := range []int{w.post("/data/consents", values("moods", "yes", "plays", "yes", "check_ins", "yes")).Code, w.post(at+"/feel", values("feel", "2")).Code, w.post("/data/export", nil).Code - 200 + 303, upload()} {
		if again != http.StatusSeeOther {
			t.Errorf("with room again: %d", again)
		}
	}
}

// A database that can only be read is shown, and every page that would write says
// that it cannot.
func TestReadOnlyDisk(t *testing.T) {
	dir := smallDisk(t)
	m, _ := invented(t)
	kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "segue.db"), Consents: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), Options{Kept: kept})
	if err != nil {
		t.Fatal(err)
	}
	post(s, "/welcome", everything())
	fill(t, s, "a track")
	if err := errors.Join(s.Close(), kept.Close()); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	w := onDisk(t, dir, m)
	for _, path := range []string{"/", "/data", "/bring", "/moods", "/persona", "/now", "/hours", "/hours/h/feel", "/time", "/data/restore", "/share/s"} {
		if got := w.get(path); got.Code != http.StatusOK && got.Code != http.StatusUnprocessableEntity { // fill's hour is none
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	body, kind := form(named{"a.json", account1(heard(0, "A"))})
	upload, _ := http.NewRequest("POST", "http://localhost/bring", io.NopCloser(bytes.NewReader(body)))
	upload.Header.Set("Content-Type", kind)
	back, _ := http.NewRequest("POST", "http://localhost/data/restore", io.NopCloser(bytes.NewReader(body)))
	back.Header.Set("Content-Type", kind)
	for name, got := range map[string]int{
		"a check-in": w.post("/now", values("now", "2-8", "target", "7-3", "minutes", "20")).Code, "settings": w.post("/data/settings", values("name", "Other")).Code,
		"consents": w.post("/data/consents", nil).Code, "the welcome": w.post("/welcome", nil).Code, "deleting": w.post("/data/delete", nil).Code,
		"deleting an hour": w.post("/hours/h/delete", nil).Code, "unsharing": w.post("/persona/share/delete", values("id", "s")).Code,
		"an upload": w.send(upload).Code, "restoring": w.send(back).Code, "the look": w.post("/look", values("theme", "dark")).Code,
		"not now": w.post("/offer/dismiss", values("kind", "gentle")).Code,
	} {
		if got != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", name, got)
		}
	}
	v, err := w.s.visitOf(t.Context(), selfID)
	if err != nil {
		t.Fatal(err)
	}
	if h, err := v.holds(t.Context()); err != nil || h.Plays != 1 || h.CheckIns != 1 || h.Hours != 1 || h.Shares != 1 {
		t.Errorf("%+v, %v", h, err)
	}
}
