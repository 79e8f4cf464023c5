package web

import "net/http"

// howPage says what Segue does and what it cannot know.
func (s *Server) howPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return v.show(w, r, http.StatusOK, page{Title: v.Say("How it works")}, howPage(v))
}
