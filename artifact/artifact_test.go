package artifact_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"segue"
	"segue/artifact"
)

type thing struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`
}

func TestSaveThenLoad(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	want := thing{"a <b> & \u2028", []float64{0.1, 1e-300, -3}}
	path, created, err := artifact.Save(dir, "model", "00ff", want)
	if err != nil || !created {
		t.Fatalf("Save: created %v, %v", created, err)
	}
	if filepath.Base(path) != "model-00ff.json" {
		t.Errorf("path %q", path)
	}
	var got thing
	if err := artifact.Load(dir, "model", "00ff", &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != want.Name || len(got.Values) != 3 || got.Values[1] != 1e-300 {
		t.Errorf("got %+v", got)
	}
	moved := filepath.Join(t.TempDir(), "sent by mail.json")
	data, _ := os.ReadFile(path)
	if err := os.WriteFile(moved, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := artifact.Read(moved, "model", &got); err != nil {
		t.Errorf("Read under another name: %v", err)
	}
	leftovers, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if len(leftovers) > 0 {
		t.Errorf("left behind: %v", leftovers)
	}
}

func TestSaveNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	path, _, err := artifact.Save(dir, "model", "1", thing{Name: "first"})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	again, created, err := artifact.Save(dir, "model", "1", thing{Name: "second"})
	if err != nil || created || again != path {
		t.Fatalf("second Save: %q, created %v, %v", again, created, err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file changed")
	}
}

func TestOneOfManyWritersCreates(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	var made atomic.Int32
	for range 16 {
		wg.Go(func() {
			_, created, err := artifact.Save(dir, "model", "race", thing{Name: "x"})
			if err != nil {
				t.Error(err)
			}
			if created {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Errorf("%d writers created the file, want 1", made.Load())
	}
	files, _ := os.ReadDir(dir)
	if len(files) != 1 {
		t.Errorf("%d files, want 1", len(files))
	}
}

func TestBadNamesAndContent(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"", "../x", "a/b", "a-b", "ä", "a.b", strings.Repeat("x", 101)} {
		if _, _, err := artifact.Save(dir, "model", name, 1); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("Save id %q: %v, want ErrUsage", name, err)
		}
		if err := artifact.Load(dir, name, "1", new(int)); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("Load kind %q: %v, want ErrUsage", name, err)
		}
	}
	if _, _, err := artifact.Save(dir, "model", "f", func() {}); err == nil {
		t.Error("a function was written as JSON")
	}
	if _, _, err := artifact.Save(dir, "model", "big", strings.Repeat("x", artifact.MaxBytes)); err == nil {
		t.Error("too large a value was written")
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("failed saves left %v", files)
	}
	if err := artifact.Load(dir, "model", "none", new(int)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v, want ErrNotExist", err)
	}
}

func TestLoadRefusesWhatWasNotWritten(t *testing.T) {
	dir := t.TempDir()
	path, _, err := artifact.Save(dir, "model", "7", thing{"name", []float64{1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	good, _ := os.ReadFile(path)
	cases := map[string]struct{ data, problem string }{
		"empty":        {"", "not a whole one"},
		"cut short":    {string(good[:len(good)/2]), "not a whole one"},
		"other JSON":   {`{"rows": 3}`, "not an artifact"},
		"an array":     {`[1]`, "not a whole one"},
		"binary":       {"PAR1\x00\x01", "not a whole one"},
		"edited":       {strings.Replace(string(good), "[1,2]", "[1,3]", 1), "checksum"},
		"other kind":   {strings.Replace(string(good), `"model"`, `"tree"`, 1), `want a "model"`},
		"other id":     {strings.Replace(string(good), `"id":"7"`, `"id":"8"`, 1), `its id is "8"`},
		"later format": {strings.Replace(string(good), `"format":1`, `"format":2`, 1), "format 2"},
		"two objects":  {string(good) + string(good), "not a whole one"},
	}
	for name, c := range cases {
		if err := os.WriteFile(path, []byte(c.data), 0o600); err != nil {
			t.Fatal(err)
		}
		var input *segue.InputError
		err := artifact.Load(dir, "model", "7", new(thing))
		if !errors.As(err, &input) || input.File != path || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%s: %v, want an InputError with %q", name, err, c.problem)
		}
	}
	// White space is not content.
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, good, "", "  "); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pretty.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := artifact.Load(dir, "model", "7", new(thing)); err != nil {
		t.Errorf("indented: %v", err)
	}
	var input *segue.InputError
	if err := artifact.Load(dir, "model", "7", new([]int)); !errors.As(err, &input) {
		t.Errorf("content of another type: %v", err)
	}
	huge := filepath.Join(dir, "huge.json")
	f, _ := os.Create(huge)
	if err := f.Truncate(artifact.MaxBytes + 1); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := artifact.Read(huge, "model", new(thing)); !errors.As(err, &input) {
		t.Errorf("huge file: %v", err)
	}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	if got, err := artifact.List(filepath.Join(dir, "none"), ""); err != nil || got != nil {
		t.Errorf("missing folder: %v, %v", got, err)
	}
	for _, a := range [][2]string{{"model", "b"}, {"tree", "a"}, {"model", "a"}} {
		if _, _, err := artifact.Save(dir, a[0], a[1], 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []string{"report.html", "model.json", "model-x-y.json", ".model-c-1.tmp", "model-.json"} {
		if err := os.WriteFile(filepath.Join(dir, other), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "model-folder.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := artifact.List(dir, "model")
	if err != nil || len(got) != 2 || got[0].ID != "a" || got[1].ID != "b" || got[0].Bytes == 0 {
		t.Errorf("models: %+v, %v", got, err)
	}
	got, err = artifact.List(dir, "")
	if err != nil || len(got) != 3 || got[2].Kind != "tree" {
		t.Errorf("all: %+v, %v", got, err)
	}
}

func TestAnyTextComesBack(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[0-9a-f]{1,12}`).Draw(t, "id")
		text := rapid.String().Draw(t, "text")
		path, _, err := artifact.Save(dir, "text", id, text)
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(path)
		var got string
		if err := artifact.Load(dir, "text", id, &got); err != nil {
			t.Fatal(err)
		}
		if got != text {
			t.Fatalf("%q came back as %q", text, got)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"kind":"model","id":"1","format":1,"sha256":"","content":{}}`))
	f.Add([]byte(`{`))
	path := filepath.Join(f.TempDir(), "model-1.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var input *segue.InputError
		if err := artifact.Read(path, "model", new(thing)); err != nil && !errors.As(err, &input) {
			t.Fatalf("%v is not an InputError", err)
		}
	})
}
