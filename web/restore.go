package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"

	"segue"
	"segue/store"
)

// maxRestore bounds an export that is brought back. The largest real one, of a
// decade of listening, packs to some ten megabytes.
const maxRestore = 256 << 20

func (v *visit) keeps(purpose string) bool {
	return v.keeper(store.Purpose(purpose)) == v.server.kept
}

// restorePage asks for an export.
func (s *Server) restorePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Bring everything back"), Nav: navData}, restorePage(v, ""))
}

// restore takes an export back. What it holds beyond what was agreed to in it
// cannot be: it holds the consents, too.
func (s *Server) restore(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.who.Demo {
		return see(w, r, "/data")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxRestore)
	parts, err := r.MultipartReader()
	if err != nil {
		return misread(v.Tongue, v.Say("Choose the ZIP that you downloaded here."))
	}
	f, err := os.CreateTemp("", "segue-restore-*.zip")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	size, err := receive(parts, f)
	if err != nil {
		return err
	}
	if size == 0 {
		return misread(v.Tongue, v.Say("Choose the ZIP that you downloaded here."))
	}
	err = s.kept.Restore(r.Context(), selfID, f, size)
	var input *segue.InputError
	if errors.As(err, &input) {
		e := status(v.Tongue, err)
		return v.show(w, r, e.code, page{Title: v.Say("Bring everything back"), Nav: navData}, restorePage(v, e.what+". "+e.todo))
	}
	if err != nil {
		return err
	}
	if err := s.passing.Forget(r.Context(), selfID); err != nil {
		return err
	}
	if err := s.introduce(r.Context()); err != nil {
		return err
	}
	s.portraits.forget(selfID)
	s.drafts.forget()
	return see(w, r, "/data?done=restored")
}

// receive copies the first file of a form to w.
func receive(parts *multipart.Reader, w io.Writer) (int64, error) {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return 0, nil
		} else if err != nil {
			return 0, err
		}
		if part.FileName() != "" {
			return io.Copy(w, part)
		}
	}
}
