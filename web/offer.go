package web

import (
	"log/slog"
	"net/http"

	"segue/persona"
	"segue/recommend"
)

// unasked reports whether a card may be shown that nobody asked for, and notes that
// it was: there is at most one a week, and at night none, by the listener's clock.
// What cannot be noted is not shown. (docs/science.md §8)
func (s *Server) unasked(r *http.Request, v *visit) bool {
	if r.Method != http.MethodGet || recommend.IsNight(v.at, v.zone()) {
		return false
	}
	err := s.home(v.who.ID).CardShown(r.Context(), v.who.ID, persona.Gentle, v.at)
	if err != nil {
		s.o.Log.LogAttrs(r.Context(), slog.LevelWarn, "a page could not note what it shows", slog.String("kind", kindOf(err)))
	}
	return err == nil
}

// dismissOffer sends a card away; after two there are none for a month. Only what
// came unasked can be sent away: the others answer a check-in.
func (s *Server) dismissOffer(w http.ResponseWriter, r *http.Request, v *visit) error {
	if kind := r.PostFormValue("kind"); v.known && kind == persona.Gentle {
		if err := s.home(v.who.ID).CardDismissed(r.Context(), v.who.ID, kind, v.at); err != nil {
			return err
		}
	}
	return see(w, r, back(r))
}
