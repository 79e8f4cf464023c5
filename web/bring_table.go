package web

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
)

// tablesIn is where brought tables are, within the folder beside the store, each
// under its content's hash.
func tablesIn(folder string) string { return filepath.Join(folder, "catalogs") }

// tablesKept is how many brought tables stay: the one in use, and those before, in
// case one wants to go back. (d)
const tablesKept = 3

// Brought returns the table of tracks that was last brought on a page, of a server
// with that folder, and whether there is one.
func Brought(folder string) (path string, ok bool) {
	if all := broughtTables(folder); len(all) > 0 {
		return all[0], true
	}
	return "", false
}

// broughtTables returns the tables in a folder, the one last brought first.
func broughtTables(folder string) []string {
	if folder == "" {
		return nil
	}
	type table struct {
		path string
		at   int64
	}
	var all []table
	paths, _ := filepath.Glob(filepath.Join(tablesIn(folder), "*.parquet")) // the pattern is sound
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			all = append(all, table{path, info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(all, func(a, b table) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.path, b.path)) })
	out := make([]string, len(all))
	for i, t := range all {
		out[i] = t.path
	}
	return out
}

// keepTable moves a table that was written, whose name is its content's hash, to
// where the next start finds it, and returns what takes it away again. It appears
// whole or not at all, and only its owner may read it.
func (s *Server) keepTable(written string) (undo func(), err error) {
	folder := tablesIn(s.o.Folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, full(err)
	}
	if err := os.Chmod(written, 0o600); err != nil {
		return nil, full(err)
	}
	path := filepath.Join(folder, filepath.Base(written)+".parquet")
	_, before := os.Stat(path)
	// Not the clock of the server, which may be a test's: the file system's own.
	if err := os.Rename(written, path); err != nil {
		return nil, full(err)
	}
	return func() {
		if before != nil { // else it was there already
			_ = os.Remove(path)
		}
	}, nil
}

// forgetOldTables deletes those that are too many.
func (s *Server) forgetOldTables() {
	all := broughtTables(s.o.Folder)
	for _, old := range all[min(len(all), tablesKept):] {
		_ = os.Remove(old) // one too many does no harm
	}
}

// forgetBrought deletes the tables that were brought: which music somebody has is
// theirs, too.
func (s *Server) forgetBrought() error {
	all := broughtTables(s.o.Folder)
	for _, path := range all {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	if len(all) > 0 {
		s.own.put(nil) // the next page loads what the server was started with, if anything
	}
	return nil
}

// A progressed counts the bytes of some files of an upload, whatever they unpack to.
type progressed struct{ n atomic.Int64 }

// tell notes that a share of them was read.
func (p *progressed) tell(done, total, size int64) {
	if total > 0 {
		p.n.Store(int64(float64(size) * float64(done) / float64(total)))
	}
}

func (p *progressed) bytes() int64 { return p.n.Load() }
