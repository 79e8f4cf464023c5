// Package artifact keeps what Segue computes once and reads many times, such as
// trained models, as files: JSON, named by kind and id, written whole or not at
// all, and never overwritten.
//
// An id is a hash of everything the artifact was computed from. Two files of one
// id therefore say the same, timings apart, and the first one written stays. The
// content carries its own checksum: a file that was cut short or edited is
// refused, not half believed.
//
// A file is one JSON object:
//
//	{"kind": "model", "id": "9f…", "format": 1, "sha256": "…", "content": {…}}
//
// where sha256 is that of the content, compacted, in hexadecimal.
package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"segue"
)

// MaxBytes is the size beyond which a file is neither written nor read: many
// times that of the largest model, and little enough to hold in memory.
const MaxBytes = 64 << 20

// format is the version of the envelope. A reader refuses any other.
const format = 1

// envelope is the file.
type envelope struct {
	Kind    string          `json:"kind"`
	ID      string          `json:"id"`
	Format  int             `json:"format"`
	SHA256  string          `json:"sha256"`
	Content json.RawMessage `json:"content"`
}

// Path returns where the artifact of a kind and id is kept: dir/kind-id.json.
// Kind and id must be ASCII letters, digits and underscores, 1…100 of them, so
// that a name from a command line or a page cannot lead elsewhere; otherwise the
// error wraps segue.ErrUsage.
func Path(dir, kind, id string) (string, error) {
	for _, part := range []struct{ what, value string }{{"kind", kind}, {"id", id}} {
		if !isName(part.value) {
			return "", fmt.Errorf("artifact: %w: %s %q; use letters, digits and underscores", segue.ErrUsage, part.what, part.value)
		}
	}
	return filepath.Join(dir, kind+"-"+id+extension), nil
}

const extension = ".json"

func isName(s string) bool {
	if s == "" || len(s) > 100 {
		return false
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_') {
			return false
		}
	}
	return true
}

// Save writes v as JSON to the file of Path, making dir if need be, and returns
// its path. It writes a temporary file in dir, syncs it, and gives it its name in
// one step, so that no reader and no crash meets half a file.
//
// If the file exists it is left as it is, and created is false: an id names one
// content. Save returns an error if v cannot be written as JSON or is larger than
// MaxBytes.
func Save(dir, kind, id string, v any) (path string, created bool, err error) {
	path, err = Path(dir, kind, id)
	if err != nil {
		return "", false, err
	}
	if _, err := os.Lstat(path); err == nil {
		return path, false, nil
	}
	data, err := encode(kind, id, v)
	if err != nil {
		return "", false, fmt.Errorf("artifact: %s: %w", path, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", false, fmt.Errorf("artifact: %w", err)
	}
	temp, err := writeTemp(dir, kind, id, data)
	if err != nil {
		return "", false, fmt.Errorf("artifact: %w", err)
	}
	created, err = publish(temp, path)
	if err != nil {
		return "", false, fmt.Errorf("artifact: %w", err)
	}
	return path, created, syncDir(dir)
}

func encode(kind, id string, v any) ([]byte, error) {
	content, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(envelope{kind, id, format, checksum(content), content})
	if err != nil {
		return nil, err
	}
	data = append(data, '\n')
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%d bytes are more than the %d an artifact may have", len(data), MaxBytes)
	}
	return data, nil
}

func checksum(compact []byte) string {
	sum := sha256.Sum256(compact)
	return hex.EncodeToString(sum[:])
}

// writeTemp leaves a synced file whose name List does not know.
func writeTemp(dir, kind, id string, data []byte) (name string, err error) {
	f, err := os.CreateTemp(dir, "."+kind+"-"+id+"-*.tmp")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // already failing: err says why
			_ = os.Remove(f.Name())
		}
	}()
	if err := f.Chmod(0o644); err != nil {
		return "", err
	}
	if _, err := f.Write(data); err != nil {
		return "", err
	}
	if err := f.Sync(); err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// publish gives the temporary file its name, unless somebody took it meanwhile.
// A hard link fails where a rename would overwrite; file systems without links
// get the rename.
func publish(temp, path string) (created bool, err error) {
	err = os.Link(temp, path)
	switch {
	case err == nil:
		return true, os.Remove(temp)
	case errors.Is(err, fs.ErrExist):
		return false, os.Remove(temp)
	}
	if err := os.Rename(temp, path); err != nil {
		_ = os.Remove(temp) // the rename's error says why
		return false, err
	}
	return true, nil
}

// syncDir makes the new name durable. Systems that cannot sync a directory have
// nothing better to offer, so that is not an error.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("artifact: %w", err)
	}
	_ = d.Sync()
	return d.Close()
}

// Load reads the artifact of a kind and id in dir into v, a pointer. Errors are
// those of Path and Read.
func Load(dir, kind, id string, v any) error {
	path, err := Path(dir, kind, id)
	if err != nil {
		return err
	}
	return read(path, kind, id, v)
}

// Read reads the artifact of the given kind from a file of any name into v, a
// pointer. It returns a *segue.InputError if the file is not an artifact of that
// kind, is cut short, was changed, or is larger than MaxBytes, and an error
// wrapping fs.ErrNotExist if there is none.
func Read(path, kind string, v any) error { return read(path, kind, "", v) }

// read takes any id if id is empty.
func read(path, kind, id string, v any) error {
	data, err := contents(path)
	if err != nil {
		return err
	}
	bad := func(hint, format string, args ...any) error {
		return &segue.InputError{File: path, Problem: fmt.Sprintf(format, args...), Hint: hint}
	}
	const again = "make it again"
	var e envelope
	if err := json.Unmarshal(data, &e); err != nil {
		return bad(again, "this is no file that segue wrote, or not a whole one")
	}
	switch {
	case e.Kind == "" || e.Content == nil:
		return bad("give a file that segue wrote", "not an artifact: it has no kind and content")
	case e.Format != format:
		return bad("use the version of segue that wrote it, or make it again", "artifact format %d; this version reads %d", e.Format, format)
	case e.Kind != kind:
		return bad("", "it is a %q; want a %q", e.Kind, kind)
	case id != "" && e.ID != id:
		return bad("do not rename artifacts", "its id is %q, its name says %q", e.ID, id)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, e.Content); err != nil {
		return bad(again, "content: %v", err)
	}
	if checksum(compact.Bytes()) != e.SHA256 {
		return bad(again, "its content is not what was written: checksum differs")
	}
	if err := json.Unmarshal(e.Content, v); err != nil {
		return bad(again, "content: %v", err)
	}
	return nil
}

// contents reads at most MaxBytes.
func contents(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("artifact: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("artifact: %w", err)
	}
	if len(data) > MaxBytes {
		return nil, &segue.InputError{File: path, Problem: fmt.Sprintf("larger than the %d bytes an artifact may have", MaxBytes), Hint: "give a file that segue wrote"}
	}
	return data, nil
}

// An Entry is one artifact in a directory, by its name; its content is unread.
type Entry struct {
	Kind    string    `json:"kind"`
	ID      string    `json:"id"`
	Path    string    `json:"path"`
	Bytes   int64     `json:"bytes"`
	Written time.Time `json:"written"` // the file's time of modification, UTC
}

// List returns the artifacts of a kind in dir, or of every kind if kind is
// empty, in order of kind and id. A directory that does not exist has none.
// Other files are passed over.
func List(dir, kind string) ([]Entry, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("artifact: %w", err)
	}
	var out []Entry
	for _, f := range files {
		k, id, ok := strings.Cut(strings.TrimSuffix(f.Name(), extension), "-")
		if !ok || !strings.HasSuffix(f.Name(), extension) || !isName(k) || !isName(id) || kind != "" && k != kind || !f.Type().IsRegular() {
			continue
		}
		info, err := f.Info()
		if errors.Is(err, fs.ErrNotExist) { // removed meanwhile
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("artifact: %w", err)
		}
		out = append(out, Entry{k, id, filepath.Join(dir, f.Name()), info.Size(), info.ModTime().UTC()})
	}
	slices.SortFunc(out, func(a, b Entry) int {
		if c := strings.Compare(a.Kind, b.Kind); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, nil
}
