package web

import (
	"context"
	"errors"
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

// restore takes an export back. It is an upload like any other, and nothing is
// imported meanwhile.
func (s *Server) restore(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.who.Demo {
		return s.refuse(w, r, see(w, r, "/data"))
	}
	err := s.takeBack(w, r, v)
	var input *segue.InputError
	if errors.As(err, &input) {
		e := status(v.Tongue, err)
		return v.show(w, r, e.code, page{Title: v.Say("Bring everything back"), Nav: navData}, restorePage(v, e.what+". "+e.todo))
	}
	if err != nil {
		return err
	}
	return see(w, r, "/data?done=restored")
}

// takeBack puts an uploaded export in place of everything of a listener.
func (s *Server) takeBack(w http.ResponseWriter, r *http.Request, v *visit) error {
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	j, fresh := s.begin(v)
	if !fresh {
		return s.refuse(w, r, &wrong{code: http.StatusConflict, what: v.Say("One import is still under way"), todo: v.Say("Nothing of this one was kept. Wait until it has ended, or stop it, and bring this again."), kind: kindUnderWay})
	}
	err := s.restoreBy(j, w, r, v)
	s.end(j, err)
	s.imports.drop(j)
	return err
}

// restoreBy takes in the form and what it holds, as the job j.
func (s *Server) restoreBy(j *job, w http.ResponseWriter, r *http.Request, v *visit) (err error) {
	u, err := s.stage(j, w, r, v, maxRestore)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.remove()) }()
	// By the person's leave it could be stopped until here; what is begun is finished.
	ctx := context.WithoutCancel(r.Context())
	all, err := store.Open(ctx, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, all.Close()) }()
	if err := restoreFile(ctx, v.self, u.files[0], all); err != nil {
		return err
	}
	defer s.changing.alone(v.self)()
	return s.putBack(ctx, v.self, all)
}

// restoreFile reads an export into a store.
func restoreFile(ctx context.Context, id string, from staged, to *store.Store) error {
	f, err := os.Open(from.path)
	if err != nil {
		return err
	}
	defer f.Close()
	return to.Restore(ctx, id, f, from.bytes)
}

// putBack puts what a store in memory holds of the listener in place of what is
// there. An export holds everything, also what was in memory when it was made: what
// its consents do not cover goes back there, and not to the file.
func (s *Server) putBack(ctx context.Context, id string, all *store.Store) error {
	who, err := all.Listener(ctx, id)
	if err != nil {
		return err
	}
	consents, err := all.Consents(ctx, id)
	if err != nil {
		return err
	}
	// Ready to be put into memory, before anything is changed.
	beside, err := store.Open(ctx, store.Options{})
	if err != nil {
		return err
	}
	defer beside.Close()
	if err := beside.SaveListener(ctx, who); err != nil {
		return err
	}
	for _, p := range purposes() {
		if consents[p].Given {
			continue
		}
		if err := errors.Join(carry(ctx, all, id, p, beside), drop(ctx, all, id, p)); err != nil {
			return err
		}
	}
	err = all.Copy(ctx, id, s.kept)
	if err != nil && !errors.Is(err, store.ErrTraces) {
		return err
	}
	// What was replaced may not be swept yet: that is said in the end.
	err = errors.Join(err, beside.Copy(ctx, id, s.passing))
	s.portraits.forget(id)
	s.drafts.forgetOf(id)
	s.lab.learned.drop()
	s.lab.finishers.drop()
	return err
}
