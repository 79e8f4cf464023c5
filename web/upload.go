package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"segue/store"
)

// An upload is what a form brought, in files of a folder that only Segue may look
// into. Files there bear numbers: what a browser calls them is only shown.
type upload struct {
	dir    string
	files  []staged
	fields url.Values // of the form besides its files
	passed []string   // names of what was not taken: files that systems keep for themselves
	noted  *note      // what a later start needs to go on with it, as it stands beside its files; nil if it is not to
}

// A staged file is one file of an upload.
type staged struct {
	path  string
	name  string // to be shown
	bytes int64
}

// remove deletes what was staged.
func (u *upload) remove() error {
	if u == nil {
		return nil
	}
	return removeUpload(u.dir)
}

// uploadsBegin is how the names of folders begin that uploads are staged in.
const uploadsBegin = ".segue-upload-"

// stagedIn is the folder, within such a one, that the files are in.
const stagedIn = "in"

// A creator makes an empty file that did not exist.
type creator func(path string) (io.WriteCloser, error)

func createFile(path string) (io.WriteCloser, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// clearUploads deletes what a Segue that did not end properly left behind, and returns
// the folders of what it was to go on with. In the system's folder, which several may
// share, what is young may be another's.
func (s *Server) clearUploads() (resumable []string) {
	folder, young := s.o.Folder, time.Time{}
	if folder == "" {
		folder, young = os.TempDir(), time.Now().Add(-2*longestUpload)
	}
	left, _ := filepath.Glob(filepath.Join(folder, uploadsBegin+"*")) // the pattern is sound
	for _, dir := range left {
		if info, err := os.Lstat(dir); err != nil || !info.IsDir() || !young.IsZero() && info.ModTime().After(young) {
			continue
		}
		if s.o.Folder != "" && isNoted(dir) {
			resumable = append(resumable, dir)
			continue
		}
		_ = removeUpload(dir) // another's, or gone: the next start tries again
	}
	return resumable
}

// scratch makes a folder for files that are needed for a moment, which only Segue may
// look into. Whoever asked removes it; if Segue is killed before, the next start does.
func (s *Server) scratch() (string, error) {
	dir, err := os.MkdirTemp(s.o.Folder, uploadsBegin+"*") // 0700
	return dir, full(err)
}

// stage writes the files of a form, of at most so many bytes, to the disk as they
// come. Whatever ends it early, nothing is left: the upload is returned whole or not
// at all.
func (s *Server) stage(j *job, w http.ResponseWriter, r *http.Request, v *visit, most int64) (*upload, error) {
	body := newBody(j, w, r, &s.imports)
	body.most = most
	r.Body = body
	parts, err := r.MultipartReader()
	if err != nil {
		body.drain()
		body.giveUp(w)
		return nil, misread(v.Tongue, v.Say("Choose the files that you want to bring."))
	}
	dir, err := s.scratch()
	if err != nil {
		body.drain()
		body.giveUp(w)
		return nil, err
	}
	u := &upload{dir: dir}
	if err = os.Mkdir(filepath.Join(dir, stagedIn), 0o700); err == nil {
		err = s.receive(j, u, parts, v)
	}
	if err == nil && len(u.files) == 0 {
		err = misread(v.Tongue, v.Say("Choose the files that you want to bring."))
	}
	if err == nil {
		body.done()
		return u, nil
	}
	if body.err != nil && !errors.Is(body.err, io.EOF) {
		err = body.err // what the form's reader made of it tells less
	}
	body.drain()
	body.giveUp(w)
	return nil, errors.Join(s.uploadError(v, err), u.remove())
}

// errForm says that a body does not go on as a form does.
var errForm = errors.New("web: no form")

// receive takes the parts of a form.
func (s *Server) receive(j *job, u *upload, parts *multipart.Reader, v *visit) error {
	buffer := make([]byte, 256<<10)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%w: %w", errForm, err)
		}
		name := part.FileName()
		if name == "" {
			if err := u.field(part); err != nil {
				return err
			}
			continue // a field, or a choice of files left empty
		}
		if len(u.files)+len(u.passed) >= s.imports.files {
			return &wrong{code: http.StatusRequestEntityTooLarge, what: v.Say("Those are too many files at once"),
				todo: v.Say("Nothing of it was kept. At most %d are read at once; bring the folder of the listening history alone, or the ZIP as it came.", s.imports.files)}
		}
		shown := shownName(name)
		if strings.HasPrefix(shown, ".") || shown == "Thumbs.db" {
			u.passed = append(u.passed, shown)
			continue
		}
		one := staged{path: filepath.Join(u.dir, stagedIn, stagedName(len(u.files))), name: shown}
		if one.bytes, err = s.keep(j.ctx, one.path, part, buffer); err != nil {
			return err
		}
		u.files = append(u.files, one)
	}
}

// Bounds of the fields of a form that brings files: they are numbers and names.
const (
	mostFields = 16
	mostField  = 256 // bytes
)

// field takes a field of a form; of what is too much the rest is left out.
func (u *upload) field(part *multipart.Part) error {
	b, err := io.ReadAll(io.LimitReader(part, mostField))
	if err == nil && len(u.fields) < mostFields && part.FormName() != "" {
		if u.fields == nil {
			u.fields = url.Values{}
		}
		u.fields.Set(part.FormName(), string(b))
	}
	return err
}

// keep writes one part to a file.
func (s *Server) keep(ctx context.Context, path string, part io.Reader, buffer []byte) (int64, error) {
	f, err := s.imports.create(path)
	if err != nil {
		return 0, full(err)
	}
	// Read and write apart, to know whose error it is.
	var n int64
	for {
		if err := ctx.Err(); err != nil {
			return n, errors.Join(err, f.Close())
		}
		read, err := part.Read(buffer)
		if _, wrote := f.Write(buffer[:read]); wrote != nil {
			return n, errors.Join(full(wrote), f.Close())
		}
		n += int64(read)
		if errors.Is(err, io.EOF) {
			return n, full(f.Close())
		} else if err != nil {
			return n, errors.Join(err, f.Close())
		}
	}
}

// full makes the error of a disk that is full, or may not be written to, known as
// such.
func full(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %w", store.ErrReadOnly, err)
	}
	return err
}

// uploadError says what ended an upload.
func (s *Server) uploadError(v *visit, err error) error {
	var known *wrong
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &known), errors.As(err, &large), errors.Is(err, store.ErrFull), errors.Is(err, store.ErrReadOnly), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &wrong{code: http.StatusRequestTimeout, what: v.Say("The upload came to a stop"), todo: v.Say("Nothing of it was kept. Try again."), cause: err}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errForm):
		return &wrong{code: http.StatusBadRequest, what: v.Say("The upload broke off"), todo: v.Say("Nothing of it was kept. Bring it again."), cause: err}
	}
	return err
}

// A body is what a browser sends, within bounds: so many bytes, so long, and
// never a long while without any.
type body struct {
	in   io.ReadCloser
	job  *job
	rc   *http.ResponseController
	free func() bool // takes back what ends a read when the job is stopped

	read, most, total int64
	paid              int64 // bytes read when the deadline was last put off
	patience          time.Duration
	last              time.Time // no deadline lies after it
	err               error     // the first
}

// pace is how many bytes have to come within the patience: 2 KiB a second.
const pace = 64 << 10

func newBody(j *job, w http.ResponseWriter, r *http.Request, i *imports) *body {
	b := &body{in: r.Body, job: j, rc: http.NewResponseController(w), most: i.most, total: max(r.ContentLength, 0), patience: i.patience, last: time.Now().Add(i.longest)}
	b.putOff()
	b.free = context.AfterFunc(j.ctx, func() { _ = b.rc.SetReadDeadline(time.Unix(1, 0)) })
	return b
}

// putOff sets the deadline of reading. Not every connection has one: a test's
// recorder does not.
func (b *body) putOff() {
	at := time.Now().Add(b.patience)
	if at.After(b.last) {
		at = b.last
	}
	_ = b.rc.SetReadDeadline(at)
	b.paid = b.read
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.in.Read(p)
	b.read += int64(n)
	if b.job.ctx.Err() != nil {
		b.err = b.job.ctx.Err()
		return 0, b.err
	}
	if b.read-b.paid >= pace {
		b.putOff()
	}
	b.job.tell(staging, b.read, b.total)
	if b.read > b.most {
		b.err = &http.MaxBytesError{Limit: b.most}
		return 0, b.err
	}
	b.err = err
	return n, err
}

// Close implements io.Closer.
func (b *body) Close() error { return b.in.Close() }

// drain reads what is left, so that a browser that is still sending gets to read
// the answer; of what is far too much not all of it.
func (b *body) drain() {
	if b.job.ctx.Err() != nil || b.total > 4*b.most {
		return
	}
	drain(b.in, b.rc, b.patience, 4*b.most)
}

// giveUp ends it: the connection ends with the answer, and nothing more of the body is
// waited for before it.
func (b *body) giveUp(w http.ResponseWriter) {
	b.free()
	w.Header().Set("Connection", "close")
	_ = b.rc.SetReadDeadline(time.Unix(1, 0))
}

// done takes the deadline off the connection, which serves on.
func (b *body) done() {
	b.free()
	_ = b.rc.SetReadDeadline(time.Time{})
}

// drain reads and forgets at most so much for at most so long.
func drain(in io.Reader, rc *http.ResponseController, patience time.Duration, most int64) {
	_ = rc.SetReadDeadline(time.Now().Add(patience))
	_, _ = io.CopyN(io.Discard, in, most)
}

// megabytes writes a size as people read it.
func (v *visit) megabytes(n int64) string {
	if n >= 1<<30 && n%(1<<30) == 0 {
		return v.Say("%s GB", strconv.FormatInt(n>>30, 10))
	}
	decimals := 1
	if n >= 100e6 {
		decimals = 0
	}
	return v.Say("%s MB", v.Decimal(float64(n)/1e6, decimals))
}
