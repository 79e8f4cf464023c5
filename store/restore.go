package store

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"segue"
	"segue/internal/jsonwords"
	"segue/internal/zipcount"
)

// What an export may hold at most: a file from elsewhere must not fill memory
// or disk. (d)
const (
	mostEntries = 64        // files in it
	mostBytes   = 1 << 30   // of all files, unpacked
	mostRatio   = 200       // unpacked to packed, beyond freeBytes
	freeBytes   = 1 << 20   // of a file, whatever its ratio
	mostRow     = 16 << 20  // bytes of one row; an hour's plan is the largest
	mostRows    = 5_000_000 // of one file
	mostDepth   = 64        // nesting of JSON
)

// Restore reads an Export back, in place of everything that is stored of the
// listener, who need not exist: all of it or, with an error, nothing. A
// *segue.InputError says what is wrong with the file and where.
func (s *Store) Restore(ctx context.Context, listener string, r io.ReaderAt, size int64) error {
	const doing = "restore the export"
	if err := checkID("the listener", listener); err != nil {
		return fault(doing, err)
	}
	p, err := readExport(ctx, listener, r, size)
	if err != nil {
		return fault(doing, err)
	}
	return s.removeOf(ctx, listener, doing, func(ctx context.Context, c *conn) error {
		err := p.save(ctx, c)
		switch {
		case err == nil:
			return nil
		case errors.Is(plain(err), ErrConflict):
			return &segue.InputError{Problem: "the export holds an entry twice, or a share that another listener has", Hint: "use the file as 'segue export' wrote it"}
		case errors.Is(plain(err), ErrNotFound):
			return &segue.InputError{File: "reflections.jsonl", Problem: "it speaks of an hour that is not in the export", Hint: "use the file as 'segue export' wrote it"}
		}
		return err
	})
}

// An unpacking is an export being read, within its bounds.
type unpacking struct {
	ctx   context.Context
	left  int64 // bytes that may still be unpacked
	files map[string]*zip.File
}

// readExport reads and checks an export as a whole.
func readExport(ctx context.Context, listener string, r io.ReaderAt, size int64) (*person, error) {
	u, err := unpack(ctx, r, size)
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := u.object(manifestFile, &m, false); err != nil {
		return nil, err
	}
	switch {
	case m.Format != exportFormat || m.Version < 1:
		return nil, wrong(manifestFile, 0, "this is no export of Segue")
	case m.Version > exportVersion:
		return nil, &segue.InputError{File: manifestFile, Problem: "a newer version of Segue wrote this export", Hint: "update Segue"}
	}
	var l listenerRow
	if err := u.object(listenerFile, &l, true); err != nil {
		return nil, err
	}
	p := &person{listener: l.listener(listener)}
	if err := p.listener.check(); err != nil {
		return nil, wrong(listenerFile, 0, reason(err))
	}
	for _, part := range parts() {
		n, err := u.rows(part, p)
		if err != nil {
			return nil, err
		}
		if n != m.Rows[part.file] {
			return nil, wrong(part.file, 0, "it does not hold as many rows as the manifest says")
		}
	}
	for i, play := range p.plays {
		if play.from < 1 || play.from > int64(len(p.imports)) {
			return nil, wrong("plays.jsonl", i+1, "its import is no line of imports.jsonl")
		}
	}
	for i := range p.shares {
		p.shares[i].Listener = listener
	}
	return p, nil
}

// wrong is the complaint about an export that was changed or broken.
func wrong(file string, row int, problem string) error {
	return &segue.InputError{File: file, Row: row, Problem: problem, Hint: "use the file as 'segue export' wrote it"}
}

// reason is what is wrong with a record, without the words all such errors
// begin with.
func reason(err error) string {
	return strings.TrimPrefix(err.Error(), ErrInvalid.Error()+": ")
}

func unpack(ctx context.Context, r io.ReaderAt, size int64) (*unpacking, error) {
	const crowded = "it holds more files than an export"
	if zipcount.More(ctx, r, size, mostEntries) { // the list of them alone would fill memory
		return nil, wrong("", 0, crowded)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, wrong("", 0, "this is no ZIP, or a part of it is missing")
	}
	if len(z.File) > mostEntries {
		return nil, wrong("", 0, crowded)
	}
	known := map[string]bool{manifestFile: true, listenerFile: true, readmeFile: true, accountFile: true}
	for _, part := range parts() {
		known[part.file] = true
	}
	u := &unpacking{ctx, mostBytes, map[string]*zip.File{}}
	for _, f := range z.File {
		if !known[f.Name] {
			return nil, wrong("", 0, "it holds a file that belongs in no export")
		}
		if u.files[f.Name] != nil {
			return nil, wrong(f.Name, 0, "it is there twice")
		}
		u.files[f.Name] = f
	}
	return u, nil
}

// open opens a file of the export; reading it fails where it grows beyond its
// bounds.
func (u *unpacking) open(name string) (io.ReadCloser, error) {
	f := u.files[name]
	if f == nil {
		return nil, wrong(name, 0, "it is missing")
	}
	r, err := f.Open()
	if err != nil {
		return nil, wrong(name, 0, "it cannot be unpacked")
	}
	most := max(freeBytes, min(int64(f.CompressedSize64), mostBytes)*mostRatio)
	return &bounded{ReadCloser: r, u: u, left: most}, nil
}

var errTooLarge = errors.New("it unpacks to more than an export holds")

// bounded is a file that may only unpack to so much.
type bounded struct {
	io.ReadCloser
	u    *unpacking
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if err := b.u.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	b.u.left -= int64(n)
	if b.left < 0 || b.u.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// unreadable words why reading a file ended early.
func (u *unpacking) unreadable(name string, row int, err error) error {
	switch {
	case u.ctx.Err() != nil:
		return u.ctx.Err()
	case errors.Is(err, errTooLarge):
		return wrong(name, row, errTooLarge.Error())
	case errors.Is(err, bufio.ErrTooLong):
		return wrong(name, row, "it is larger than any row of an export")
	}
	return wrong(name, row, "it is damaged")
}

// object reads a file that is one JSON object. What is not known is refused if
// strict is set.
func (u *unpacking) object(name string, v any, strict bool) error {
	r, err := u.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, freeBytes+1))
	if err != nil {
		return u.unreadable(name, 0, err)
	}
	if len(b) > freeBytes {
		return wrong(name, 0, errTooLarge.Error())
	}
	return decode(name, 0, b, strict, func(d *json.Decoder) error { return d.Decode(v) })
}

// rows reads a file of JSON lines into the person, and returns how many there
// were.
func (u *unpacking) rows(part part, p *person) (int, error) {
	r, err := u.open(part.file)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), mostRow)
	n := 0
	for lines.Scan() {
		n++
		if n > mostRows {
			return n, wrong(part.file, n, "it holds more rows than an export")
		}
		err := decode(part.file, n, lines.Bytes(), true, func(d *json.Decoder) error { return part.add(p, d) })
		if err != nil {
			return n, err
		}
	}
	if err := lines.Err(); err != nil {
		return n, u.unreadable(part.file, n+1, err)
	}
	return n, nil
}

// decode reads one JSON value, and nothing after it.
func decode(name string, row int, b []byte, strict bool, read func(*json.Decoder) error) error {
	if !bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{")) {
		return wrong(name, row, "it is not JSON as Segue writes it")
	}
	if depth(b) > mostDepth {
		return wrong(name, row, "it is nested deeper than anything in an export")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if strict {
		d.DisallowUnknownFields()
	}
	err := read(d)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			return wrong(name, row, "there is something after the end of it")
		}
		return nil
	}
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.Is(err, ErrInvalid):
		return wrong(name, row, reason(err))
	case errors.As(err, &mismatch):
		if strings.HasPrefix(mismatch.Value, "number") {
			mismatch.Value = "number" // and not which
		}
		return wrong(name, row, jsonwords.Mismatch(mismatch))
	}
	return wrong(name, row, "it is not JSON as Segue writes it") // what encoding/json says may quote it
}

// depth returns how deep the brackets outside of strings are nested.
func depth(b []byte) int {
	deepest, now, inside := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inside && c == '\\':
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}
