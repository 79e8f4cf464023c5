package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"segue/store"
)

// What somebody keeps lies in two stores, and consents say in which. A request that
// looked up a consent must not write by it after the consent was taken back, nor must
// two requests move the same things. So what changes a consent, a setting, or
// everything, is done alone, and what writes where consents say so beside others of
// its kind. Both look up the visit once nothing else can change it. Reading needs
// neither: it may see what was a moment ago.

// alone makes a handler run while no other changes anything.
func (s *Server) alone(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		defer s.changing.alone(v.self)()
		return s.anew(w, r, h)
	}
}

// beside makes a handler run while no other changes what it writes by.
func (s *Server) beside(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		defer s.changing.beside(v.self)()
		return s.anew(w, r, h)
	}
}

// loaded makes a handler wait for the music, and what is heard in it, before it holds
// up anybody else. What goes wrong with that is the handler's to find.
func (s *Server) loaded(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if v.known {
			_, _ = v.portrait(r.Context())
		}
		return h(w, r, v)
	}
}

// anew answers with the visit as it is now.
func (s *Server) anew(w http.ResponseWriter, r *http.Request, h handler) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	return h(w, r, v)
}

// purposes returns what a listener can agree to that has something kept or computed of
// them.
func purposes() []store.Purpose {
	return []store.Purpose{store.Moods, store.Plays, store.CheckIns, store.Taste}
}

// purposes returns all that can be agreed to here. Who is alone is no group.
func (s *Server) purposes() []store.Purpose {
	if s.o.Accounts {
		return append(purposes(), store.Research, store.Experiments, store.Adaptation)
	}
	return append(purposes(), store.Adaptation)
}

// consent takes what the listener of the file agrees to now. What is agreed to is
// kept from now on with what memory holds already; what is not leaves the file at
// once, also where that was to be so before: a deletion may have failed.
func (s *Server) consent(ctx context.Context, v *visit, agreed func(store.Purpose) bool) error {
	for _, p := range s.purposes() {
		given := agreed(p)
		before, asked := v.consents[p]
		if !asked || given != before.Given {
			if err := s.move(ctx, v, p, given); err != nil {
				return err
			}
		}
		if given {
			continue
		}
		if err := drop(ctx, s.kept, v.who.ID, p); err != nil {
			return err
		}
	}
	return nil
}

// move notes a consent, and brings what it covers to where it says: from memory to the
// file, in one step with the consent, or back to memory, where it ends with the process;
// the file lets go of it in one step with the consent, whoever else writes. What is
// stored twice is shown once, by the consent, and the next change or the next start
// takes away what is not covered.
func (s *Server) move(ctx context.Context, v *visit, p store.Purpose, given bool) error {
	id := v.who.ID
	consent := store.Consent{Purpose: p, Given: given, At: v.at}
	if given {
		if err := s.kept.Agree(ctx, id, consent, s.passing); err != nil {
			return err
		}
		return drop(ctx, s.passing, id, p)
	}
	if v.allows(p) {
		if err := carry(ctx, s.kept, id, p, s.passing); err != nil {
			return err
		}
	}
	if err := s.kept.SetConsent(ctx, id, consent); err != nil {
		return err
	}
	s.lab.learned.drop()
	if s.lab.finishers.covers(p) {
		s.lab.finishers.drop()
	}
	if p == store.Experiments && v.allows(p) {
		v.leave(ctx)
	}
	return nil
}

// carry copies what a purpose covers; moods are computed and kept nowhere.
func carry(ctx context.Context, from *store.Store, id string, p store.Purpose, to *store.Store) error {
	switch p {
	case store.Plays:
		return from.CopyPlays(ctx, id, to)
	case store.CheckIns:
		return from.CopyCheckIns(ctx, id, to)
	case store.Taste:
		return from.CopyCorrections(ctx, id, to)
	}
	return nil
}

// drop deletes what a purpose covers.
func drop(ctx context.Context, from *store.Store, id string, p store.Purpose) error {
	switch p {
	case store.Plays:
		return from.DeletePlays(ctx, id)
	case store.CheckIns:
		return from.DeleteCheckIns(ctx, id)
	case store.Taste:
		return from.DeleteCorrections(ctx, id)
	}
	return nil
}

// holdsOf reports whether a store holds anything that a purpose covers.
func holdsOf(ctx context.Context, in *store.Store, id string, p store.Purpose) (bool, error) {
	switch p {
	case store.Plays:
		imports, err := in.Imports(ctx, id)
		if err != nil || len(imports) > 0 {
			return true, err
		}
		sums, err := in.HourSums(ctx, id)
		return len(sums) > 0, err
	case store.CheckIns:
		said, err := in.CheckIns(ctx, id)
		if err != nil || len(said) > 0 {
			return true, err
		}
		hours, err := in.Hours(ctx, id)
		if err != nil || len(hours) > 0 {
			return true, err
		}
		records, err := in.CountRecords(ctx, id)
		return records > 0, err
	case store.Taste:
		said, err := in.Corrections(ctx, id)
		return len(said) > 0, err
	}
	return false, nil
}

// introduce makes the listener of the file known in memory, and lets go of what no
// consent covers: a Segue that was killed between two steps of a change left it.
func (s *Server) introduce(ctx context.Context) error {
	if s.o.Accounts {
		return s.clearUncovered(ctx)
	}
	who, err := s.kept.Listener(ctx, selfID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	consents, err := s.kept.Consents(ctx, selfID)
	if err != nil {
		return err
	}
	for _, p := range purposes() {
		if consents[p].Given {
			continue
		}
		left, err := holdsOf(ctx, s.kept, selfID, p)
		if left && err == nil {
			err = drop(ctx, s.kept, selfID, p)
		}
		if err != nil { // it is not shown, and the next start tries again
			s.o.Log.LogAttrs(ctx, slog.LevelError, "what no consent covers could not be let go", slog.String("kind", kindOf(err)))
		}
	}
	return s.passing.SaveListener(ctx, who)
}
