package web

import (
	"context"
	"net/http"

	"segue/persona"
)

// shown notes that a card was shown unasked: there is at most one a week.
func (v *visit) shown(ctx context.Context, kind string) error {
	return v.server.home(v.who.ID).CardShown(ctx, v.who.ID, kind, v.at)
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
