package catalog_test

import (
	"context"
	"path/filepath"
	"testing"

	"segue/catalog"
)

// realData returns the public track tables beside the repository, which are
// not part of it.
func realData(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("../../shared/data/catalog/*.csv")
	if err != nil || len(paths) == 0 {
		t.Skip("SKIPPED: no track tables in ../shared/data/catalog")
	}
	return paths
}

func TestRealTables(t *testing.T) {
	paths := realData(t)
	for _, p := range append([][]string{paths}, split(paths)...) {
		c, r, err := catalog.Read(context.Background(), p, catalog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		addsUp(t, r)
		name := "all"
		if len(p) == 1 {
			name = filepath.Base(p[0])
		}
		t.Logf("%s: rows %d tracks %d duplicates %d dropped %v recordings %d conflicts %d bad %d recoded %d missing %v artists %d", name, r.Rows, r.Tracks, r.Duplicates, r.Dropped, r.Recordings, r.Conflicts, r.BadValues, r.Recoded, r.Missing, len(c.Artists.Values))
		for i, p := range r.Problems {
			if i < 3 {
				t.Log(p.Error())
			}
		}
	}
}

func split(paths []string) (out [][]string) {
	for _, p := range paths {
		out = append(out, []string{p})
	}
	return out
}
