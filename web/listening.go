package web

import "net/http"

// routesOfListening are the addresses of what was heard: moods, sessions, persona,
// cards. The pages of shared cards know no visit, and stand on the mux itself.
func (s *Server) routesOfListening(mux *http.ServeMux, on func(string, handler)) {
	on("GET /moods", s.moodsPage)
	on("GET /moods/sessions", s.sessionsPage)
	on("GET /moods/sessions/{n}", s.sessionPage)

	on("GET /persona", s.personaPage)
	on("GET /persona/tree", s.treePage)
	on("GET /persona/card/{file}", s.ownCard)
	on("POST /persona/fact", s.chooseFact)
	on("POST /persona/art", s.drawAnew)
	on("POST /persona/share", s.share)
	on("POST /persona/share/delete", s.unshare)

	mux.Handle("GET /share/{id}", s.open(s.sharePage))
	mux.Handle("GET /share/{id}/{file}", s.open(s.shareFile))

	on("POST /offer/dismiss", s.dismissOffer)
}
