package web

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// routes lists every address there is, in the order of the listener's way.
func (s *Server) routes() (http.Handler, error) {
	mux := http.NewServeMux()
	on := func(pattern string, h handler) { mux.Handle(pattern, s.page(h)) }

	on("GET /{$}", s.homePage)
	on("POST /welcome", s.agree)
	on("POST /demo", s.enterDemo)
	on("POST /demo/leave", s.leaveDemo)

	on("GET /data", s.dataPage)
	on("POST /data/consents", s.changeConsents)
	on("POST /data/settings", s.changeSettings)
	on("POST /data/export", s.export)
	on("GET /data/delete", s.deletePage)
	on("POST /data/delete", s.deleteAll)
	on("POST /look", s.changeLook)

	on("GET /support", s.supportPage)
	on("GET /how", s.howPage)

	s.routesOfBringing(mux, on)
	s.routesOfListening(mux, on)
	s.routesOfHours(on)

	mux.Handle("GET /static/", serveStatic())
	mux.Handle("/", s.page(func(w http.ResponseWriter, r *http.Request, v *visit) error { return notFound(v.Tongue) }))
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.ContentTypes([]string{"text/html", "text/css", "text/javascript", "image/svg+xml", "application/json"}))
	if err != nil {
		return nil, err
	}
	return s.guard(compress(mux)), nil
}
