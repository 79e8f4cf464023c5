package history

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"segue"
	"segue/internal/zipcount"
	"segue/language"
)

// A source is one file, or one entry of a ZIP, that may hold a history.
type source struct {
	name     string
	top      int   // index of the path it was found by
	size     int64 // bytes it is expected to have when unpacked
	packed   int64 // bytes it has in its ZIP, 0 outside of one
	explicit bool  // named by the caller, not found
	open     func() (io.ReadCloser, error)
}

// A finder turns paths into sources, in an order that depends on names alone.
type finder struct {
	o       Options
	budget  *budget
	top     int
	entries int
	sources []source
	ignored []string
	files   []io.Closer // ZIPs kept open
}

// Folders deeper than maxFolders, and ZIPs within ZIPs deeper than maxNested,
// are not looked into: no export has either.
const (
	maxFolders = 16
	maxNested  = 3
)

func (f *finder) close() {
	for _, c := range f.files {
		c.Close()
	}
}

// add finds the sources of one path as the caller named it.
func (f *finder) add(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return cannotOpen(path, err)
	}
	switch {
	case info.Mode().IsRegular():
		return f.file(ctx, path, true)
	case !info.IsDir():
		return &segue.InputError{File: printable(path), Problem: "is neither a file nor a folder", Hint: whatToGive}
	}
	root := path
	if path, err = filepath.EvalSymlinks(root); err != nil {
		return cannotOpen(root, err)
	}
	return filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return cannotOpen(at, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rel, _ := filepath.Rel(path, at)
		switch {
		case d.IsDir():
			if strings.Count(filepath.ToSlash(rel), "/") >= maxFolders || (hidden(d.Name()) && rel != ".") {
				f.ignored = append(f.ignored, printable(at))
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular(), hidden(d.Name()):
			f.ignored = append(f.ignored, printable(at))
			return nil
		}
		if f.entries++; f.entries > f.o.MaxEntries {
			return tooMany(path, f.o.MaxEntries)
		}
		return f.file(ctx, at, false)
	})
}

// file adds one file of the file system, or what its ZIP holds.
func (f *finder) file(ctx context.Context, path string, explicit bool) error {
	file, err := os.Open(path)
	if err != nil {
		return cannotOpen(path, err)
	}
	var magic [4]byte
	n, _ := io.ReadFull(file, magic[:])
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return cannotOpen(path, err)
	}
	if string(magic[:n]) == "PK\x03\x04" || string(magic[:n]) == "PK\x05\x06" {
		f.files = append(f.files, file)
		return f.archive(ctx, path, file, info.Size(), 1, explicit)
	}
	file.Close()
	f.sources = append(f.sources, source{
		name: printable(path), top: f.top, size: info.Size(), explicit: explicit,
		open: func() (io.ReadCloser, error) { return os.Open(path) },
	})
	return nil
}

// archive adds the entries of a ZIP.
func (f *finder) archive(ctx context.Context, name string, r io.ReaderAt, size int64, depth int, explicit bool) error {
	shown := printable(name)
	if zipcount.More(ctx, r, size, f.o.MaxEntries) {
		return tooMany(shown, f.o.MaxEntries)
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return damagedZIP(shown)
	}
	if kind := officeDocument(z); kind != "" {
		if explicit {
			return &segue.InputError{File: shown, Problem: "is not a listening history: it looks like %s", Args: []any{segue.Phrase{Text: kind}}, Hint: whatToGive}
		}
		f.ignored = append(f.ignored, shown)
		return nil
	}
	for _, e := range z.File {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		at := shown + "/" + printable(e.Name)
		if strings.HasSuffix(e.Name, "/") {
			continue
		}
		if f.entries++; f.entries > f.o.MaxEntries {
			return tooMany(shown, f.o.MaxEntries)
		}
		base := e.Name[strings.LastIndexByte(e.Name, '/')+1:]
		if hidden(base) || strings.HasPrefix(e.Name, "__MACOSX/") {
			f.ignored = append(f.ignored, at)
			continue
		}
		if e.Flags&1 != 0 {
			return &segue.InputError{File: at, Problem: "is locked with a password", Hint: "unpack the ZIP and give the folder"}
		}
		s := source{
			name: at, top: f.top, open: e.Open,
			// What a ZIP says of its sizes may be anything; it is only believed so far.
			size: int64(min(e.UncompressedSize64, uint64(f.o.MaxBytes))), packed: int64(min(e.CompressedSize64, 1<<62)),
		}
		if depth < maxNested && strings.EqualFold(filepath.Ext(base), ".zip") {
			if err := f.nested(ctx, s, depth); err != nil {
				return err
			}
			continue
		}
		f.sources = append(f.sources, s)
	}
	return nil
}

// nested unpacks a ZIP within a ZIP into memory, within all limits.
func (f *finder) nested(ctx context.Context, s source, depth int) error {
	m, err := openSource(ctx, s, f.o, f.budget)
	if err != nil {
		return err
	}
	defer m.Close()
	b, err := io.ReadAll(m)
	if err != nil {
		return (&input{name: s.name}).unreadable(0, err)
	}
	return f.archive(ctx, s.name, bytes.NewReader(b), int64(len(b)), depth+1, false)
}

// officeDocument names the kind of document a ZIP is, "" if it is plain.
func officeDocument(z *zip.Reader) string {
	for _, e := range z.File {
		switch {
		case strings.HasPrefix(e.Name, "xl/"):
			return language.Text("a spreadsheet; save it as CSV")
		case strings.HasPrefix(e.Name, "word/"):
			return language.Text("a text document")
		}
	}
	return ""
}

// hidden reports whether a name is one of the files systems keep for
// themselves.
func hidden(base string) bool { return strings.HasPrefix(base, ".") || base == "Thumbs.db" }

// printable returns a name that can be shown on one line.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(name, "\ufffd"))
}

func cannotOpen(path string, err error) error {
	e := &segue.InputError{File: printable(path), Problem: "cannot be opened", Hint: "check the path"}
	var cause *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Problem = "does not exist"
	case errors.Is(err, fs.ErrPermission):
		e.Problem = "may not be read by you"
	case errors.As(err, &cause):
		e.Problem, e.Args = "cannot be opened (%s)", []any{cause.Err.Error()}
	}
	return e
}
