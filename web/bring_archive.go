package web

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"segue/internal/zipcount"
)

// Sites of data sets pack their tables into a ZIP. A history's ZIP is read by
// package history as it came; a table is unpacked here first.

// Of a ZIP so many entries are looked at, each as far as a table's header reaches. (d)
const (
	mostEntries = 1000
	lookedAt    = 256 << 10
)

// unpackTables puts the tables of ZIPs beside them. A ZIP of which nothing is left
// then, because all in it are tables, is dropped.
func (u *upload) unpackTables(ctx context.Context, most int64) error {
	var out []staged
	var added []staged
	for _, f := range u.files {
		tables, others, err := u.tablesOf(ctx, f, len(u.files)+len(added), &most)
		if err != nil {
			return err
		}
		added = append(added, tables...)
		if len(tables) > 0 && others == 0 {
			if err := os.Rename(f.path, filepath.Join(u.dir, filepath.Base(f.path))); err != nil { // see resume
				return err
			}
			continue
		}
		out = append(out, f)
	}
	u.files = append(out, added...)
	return nil
}

// tablesOf unpacks the tables of one file, if it is a ZIP, and counts its other
// entries. What is wrong with a ZIP is for those to say who read it.
func (u *upload) tablesOf(ctx context.Context, f staged, number int, most *int64) (tables []staged, others int, err error) {
	if crowded(ctx, f) {
		return nil, 1, nil
	}
	z, err := zip.OpenReader(f.path)
	if z == nil || err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, 1, nil
	}
	defer z.Close()
	for i, e := range z.File {
		base := e.Name[strings.LastIndexByte(e.Name, '/')+1:]
		if base == "" || strings.HasPrefix(base, ".") || strings.HasPrefix(e.Name, "__MACOSX/") {
			continue
		}
		if i >= mostEntries || ctx.Err() != nil {
			return tables, others + len(z.File) - i, ctx.Err()
		}
		path := filepath.Join(u.dir, stagedIn, stagedName(number+len(tables)))
		is, err := lookInto(ctx, e, path+".head")
		if err != nil {
			return tables, others, err
		}
		if !is {
			others++
			continue
		}
		n, err := unpack(ctx, e, path, *most)
		if err != nil {
			return tables, others, err
		}
		*most -= n
		tables = append(tables, staged{path: path, name: f.name + "/" + shownName(e.Name), bytes: n})
	}
	return tables, others, nil
}

// crowded reports whether a file has more entries than any ZIP that is read: its list
// alone would fill memory.
func crowded(ctx context.Context, f staged) bool {
	r, err := os.Open(f.path)
	if err != nil {
		return false
	}
	defer r.Close()
	return zipcount.More(ctx, r, f.bytes, maxUploadFiles)
}

// lookInto reports whether an entry begins as a table does.
func lookInto(ctx context.Context, e *zip.File, scratch string) (bool, error) {
	r, err := e.Open()
	if err != nil {
		return false, nil
	}
	defer r.Close()
	head := make([]byte, lookedAt)
	n, err := io.ReadFull(r, head[:4])
	if first := bytes.TrimLeft(head[:n], " \t\r\n"); n < 4 || len(first) > 0 && (first[0] == '[' || first[0] == '{') || bytes.HasPrefix(head, []byte("PK")) {
		return false, nil
	}
	if err != nil {
		return false, nil
	}
	if bytes.HasPrefix(head, []byte("PAR1")) || bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		return true, nil
	}
	more, err := io.ReadFull(r, head[n:])
	head = head[:n+more]
	if err == nil { // there is more: the last line is cut
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	if err := os.WriteFile(scratch, head, 0o600); err != nil {
		return false, full(err)
	}
	is, err := isTable(ctx, scratch)
	return is, errors.Join(err, os.Remove(scratch))
}

// unpack writes an entry to a file, if that is not more than so much.
func unpack(ctx context.Context, e *zip.File, path string, most int64) (n int64, err error) {
	r, err := e.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	w, err := createFile(path)
	if err != nil {
		return 0, full(err)
	}
	defer func() { err = errors.Join(err, full(w.Close())) }()
	for {
		k, err := io.CopyN(w, r, 1<<20)
		n += k
		switch {
		case errors.Is(err, io.EOF):
			return n, ctx.Err()
		case err != nil:
			return n, full(err)
		case ctx.Err() != nil:
			return n, ctx.Err()
		case n > most:
			return n, &http.MaxBytesError{Limit: most}
		}
	}
}
