package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"segue/store"
)

// A fullAfter is a file on a disk that has just become full.
type fullAfter struct{ io.WriteCloser }

func (f fullAfter) Write(p []byte) (int, error) {
	return 0, fmt.Errorf("write: %w", syscall.ENOSPC)
}

func TestFull(t *testing.T) {
	if !errors.Is(full(fmt.Errorf("x: %w", syscall.ENOSPC)), store.ErrFull) || full(nil) != nil || errors.Is(full(io.EOF), store.ErrFull) {
		t.Error("a full disk is not told from other errors")
	}
}

func TestShownName(t *testing.T) {
	for name, want := range map[string]string{
		"a.json": "a.json", "dir/a.json": "a.json", `C:\x\a.json`: "a.json", "../..": "..", "": "file", "/": "file", ".": "file",
		"a\u202eb\x00c": "a\ufffdb\ufffdc", "a\n\tb": "a b", "👩‍🎤.zip": "👩‍🎤.zip", "\xff.zip": "\ufffd.zip", "bài hát.json": "bài hát.json", "أغاني.json": "أغاني.json",
	} {
		if got := shownName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	long := shownName(strings.Repeat("é", 10_000) + ".json")
	if utf8.RuneCountInString(long) != mostShown || !strings.HasSuffix(long, "é.json") {
		t.Error(long)
	}
}

// FuzzUpload: whatever a form holds, its files lie in one private folder under
// names of ours, have names that can be shown, and go when told to; or there is an
// error that a person can read, and nothing is left.
func FuzzUpload(f *testing.F) {
	for _, seed := range []named{{"a.json", account1(heard(0, "A"))}, {"../x\x00\u202e.zip", []byte("PK\x03\x04")}, {"", nil}, {strings.Repeat("é", 999), []byte("PAR1")}, {"a\"\r\nX: y", []byte("\x1f\x8b")}} {
		body, kind := form(seed)
		f.Add(body, kind)
	}
	folder := f.TempDir()
	kept, err := store.Open(context.Background(), store.Options{Consents: true})
	if err != nil {
		f.Fatal(err)
	}
	defer kept.Close()
	s, err := New(context.Background(), Options{Kept: kept, Folder: folder})
	if err != nil {
		f.Fatal(err)
	}
	defer s.Close()
	s.imports.files = 5
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		r := httptest.NewRequest("POST", "/bring", bytes.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		v := (&visit{server: s, who: store.Listener{ID: selfID}}).speaking(r)
		j, fresh := s.begin(v)
		if !fresh {
			t.Fatal("the last one has not ended")
		}
		u, err := s.stage(j, httptest.NewRecorder(), r, v, s.imports.most)
		s.end(j, err)
		if err != nil {
			if e := status(v.Tongue, err); e.code >= 500 {
				t.Errorf("%d: %v", e.code, err)
			}
		} else {
			if info, err := os.Stat(u.dir); err != nil || info.Mode().Perm() != 0o700 || len(u.files) > 5 {
				t.Error(info, err, len(u.files))
			}
			for _, one := range u.files {
				if filepath.Dir(one.path) != filepath.Join(u.dir, stagedIn) || len(filepath.Base(one.path)) != 5 {
					t.Errorf("a file at %q", one.path)
				}
				if n := utf8.RuneCountInString(one.name); n == 0 || n > mostShown || strings.ContainsAny(one.name, "/\\\n\u202e\x00") || !utf8.ValidString(one.name) {
					t.Errorf("a file named %q", one.name)
				}
			}
			if err := u.remove(); err != nil {
				t.Error(err)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(folder, uploadsBegin+"*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}
