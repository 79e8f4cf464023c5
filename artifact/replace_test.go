package artifact_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"segue/artifact"
)

// While one replaces, another reads: always one whole content or another, and
// nothing is left beside it.
func TestReplaceIsNeverHalf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "state.json")
	want := func(i int) thing { return thing{Name: strings.Repeat("x", 1000*(i%7)), Values: []float64{float64(i)}} }
	if err := artifact.Replace(path, "checkpoint", "1", want(0)); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for i := range 60 {
			if err := artifact.Replace(path, "checkpoint", "1", want(i)); err != nil {
				t.Error(err)
			}
		}
	})
	for range 200 {
		var got thing
		if err := artifact.Read(path, "checkpoint", &got); err != nil {
			t.Fatal(err)
		}
		if len(got.Name) != 1000*(int(got.Values[0])%7) {
			t.Fatalf("a mixture: %d bytes of %v", len(got.Name), got.Values)
		}
	}
	running.Wait()
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("left %v", files)
	}
}

func TestReplaceRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := artifact.Replace(dir, "checkpoint", "1", thing{}); err == nil {
		t.Error("a folder was replaced")
	}
	if err := artifact.Replace(filepath.Join(dir, "a"), "checkpoint", "1", func() {}); err == nil {
		t.Error("a function was written")
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("left %v", files)
	}
}
