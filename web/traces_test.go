package web

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"segue/store"
)

// What is written lies in the folder of the database, for its owner's eyes alone, and
// nowhere else; with everything deleted the tables that were brought are gone, too.
func TestWhatIsWritten(t *testing.T) {
	inTurn(t)
	elsewhere := t.TempDir()
	b := bringer(t, store.Moods, store.Plays, store.CheckIns)
	t.Setenv("TMPDIR", elsewhere)
	export, table := demoFiles(t)
	if err := os.RemoveAll(elsewhere); err != nil { // whatever makes a file there fails
		t.Fatal(err)
	}
	if code, page := b.bring(export, table); code != http.StatusOK {
		t.Fatal(code, page)
	}
	if got := post(b.s, "/demo", nil); got.Code != http.StatusSeeOther {
		t.Errorf("the demo: %d", got.Code)
	}
	archive := post(b.s, "/data/export", nil)
	if archive.Code != http.StatusOK || archive.Body.Len() < 10_000 {
		t.Errorf("an export: %d, %d bytes", archive.Code, archive.Body.Len())
	}
	if got := restoring(b.s, archive.Body.Bytes()); got.Code != http.StatusSeeOther {
		t.Errorf("restoring: %d", got.Code)
	}
	b.clean()
	var files []string
	err := filepath.WalkDir(b.folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == b.folder {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, info.Mode())
		}
		files = append(files, e.Name())
		return err
	})
	if err != nil || !strings.Contains(strings.Join(files, " "), ".parquet") {
		t.Errorf("%v, %v: no table was kept", files, err)
	}
	if got := post(b.s, "/data/delete", nil); got.Code != http.StatusOK {
		t.Fatal(got.Code)
	}
	if left := broughtTables(b.folder); len(left) > 0 {
		t.Errorf("deleted, and still there: %v", left)
	}
	b.clean()
}
