package web

import (
	"errors"
	"fmt"
	"io"
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
