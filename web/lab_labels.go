package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"segue"
	"segue/lab"
	"segue/labels"
	"segue/mood"
	"segue/recommend"
	"segue/store"
)

// maxLabels bounds a table of labels that is brought: some million rows. (d)
const maxLabels = 128 << 20

// labelsPage asks for a table of labels.
func (s *Server) labelsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Labels"), Nav: navLab}, labelsPage(v, ""))
}

// auditLabels takes a table of labels, joins it, and queues the audit of what joined.
func (s *Server) auditLabels(w http.ResponseWriter, r *http.Request, v *visit) error {
	j, err := s.takeLabels(w, r, v)
	var input *segue.InputError
	if errors.As(err, &input) || errors.Is(err, segue.ErrUsage) {
		e := status(v.Tongue, v.unread(err))
		return v.show(w, r, e.code, page{Title: v.Say("Labels"), Nav: navLab}, labelsPage(v, e.what+". "+e.todo))
	}
	if err != nil {
		return err
	}
	return see(w, r, "/lab/jobs/"+j.ID)
}

// takeLabels takes an upload as any other, and nothing is imported meanwhile.
func (s *Server) takeLabels(w http.ResponseWriter, r *http.Request, v *visit) (store.Job, error) {
	if s.ctx.Err() != nil {
		return store.Job{}, s.ctx.Err()
	}
	up, fresh := s.begin(v)
	if !fresh {
		return store.Job{}, s.refuse(w, r, &wrong{code: http.StatusConflict, what: v.Say("One import is still under way"), todo: v.Say("Nothing of this one was kept. Wait until it has ended, or stop it, and bring this again."), kind: kindUnderWay})
	}
	j, err := s.orderAudit(up, w, r, v)
	s.end(up, err)
	s.imports.drop(up)
	return j, err
}

// orderAudit reads and joins the table of a form, as the upload up. The table is deleted
// before it returns; what joined stays with the job until that ends.
func (s *Server) orderAudit(up *job, w http.ResponseWriter, r *http.Request, v *visit) (_ store.Job, err error) {
	u, err := s.stage(up, w, r, v, maxLabels)
	if err != nil {
		return store.Job{}, err
	}
	defer func() { err = errors.Join(err, u.remove()) }()
	o := labels.Options{MaxUnpacked: maxUnpackedLabels}
	if text := u.fields.Get("scale"); text != "" {
		if o.Scale, err = labels.ParseScale(text); err != nil {
			return store.Job{}, misread(v.Tongue, v.Say("A scale is its ends with a comma between them, such as 1,9."))
		}
	}
	seed, err := v.formSeed(u.fields)
	if err != nil {
		return store.Job{}, err
	}
	m, err := v.shelf().get(r.Context())
	if err != nil {
		return store.Job{}, err
	}
	l, joined, err := m.Labels(func(each func(labels.Row) error) (*labels.Report, error) {
		return readStaged(r.Context(), u.files[0], o, each)
	})
	if err != nil {
		return store.Job{}, err
	}
	asked, err := lab.AskAudit(l, joined, seed)
	if err == nil {
		asked.Train = u.fields.Get("train") != ""
		asked.InUse = v.modelInUse(m)
		asked.File, err = hashOf(r.Context(), u.files[0].path)
	}
	if errors.Is(err, segue.ErrUsage) {
		return store.Job{}, &wrong{code: http.StatusRequestEntityTooLarge, what: v.Say("Those are too many labels"), todo: v.Say("At most %s tracks are audited here; the command ‘segue audit’ takes any number.", v.Count(lab.MaxAudited))}
	}
	if err != nil {
		return store.Job{}, err
	}
	return order(r.Context(), v, lab.AuditJob, asked)
}

// modelInUse returns the id of the version by which music is placed; empty of the usual
// placing, also where the version chosen does not fit the music.
func (v *visit) modelInUse(m *recommend.Music) string {
	u := v.using()
	if u.placing == nil {
		return ""
	}
	if _, err := v.shelf().by(m, u); err != nil {
		return ""
	}
	return u.model
}

// hashOf returns the SHA-256 of a file, in hexadecimal.
func hashOf(ctx context.Context, path string) (_ string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), ctx.Err()
}

// maxUnpackedLabels is how many bytes a packed table may unpack to. (d)
const maxUnpackedLabels = 1 << 30

// readStaged reads a table under the name its owner knows it by.
func readStaged(ctx context.Context, f staged, o labels.Options, each func(labels.Row) error) (*labels.Report, error) {
	report, err := labels.Read(ctx, f.path, o, each)
	var input *segue.InputError
	if errors.As(err, &input) {
		named := *input
		named.File = f.name
		return nil, &named
	}
	if report != nil {
		report.Name = f.name
	}
	return report, err
}

// auditOf reads what an audit found.
func auditOf(j store.Job) (*lab.Audited, error) {
	found := new(lab.Audited)
	if err := json.Unmarshal(j.Result, found); err != nil {
		return nil, fmt.Errorf("web: the audit of a job: %w", err)
	}
	return found, nil
}

// learnedOf returns the model that an audit learned, without what it computes with; nil if
// it learned none.
func learnedOf(found *lab.Audited) (*mood.Model, error) {
	if len(found.Model) == 0 {
		return nil, nil
	}
	m, err := lab.OpenModel(found.Model)
	if err != nil {
		return nil, fmt.Errorf("web: the model of an audit: %w", err)
	}
	m.Fitted = nil
	return m, nil
}
