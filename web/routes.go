package web

import (
	"compress/gzip"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// A route is an address and who answers there.
type route struct {
	pattern string // as http.ServeMux reads it
	answering
}

// table lists every address there is, in the order of the listener's way. What
// changes what somebody keeps, or whether it is kept, stands alone; what writes where
// consents say so stands beside others of its kind.
func (s *Server) table() []route {
	programs := newAPI(s)
	all := []route{
		{"GET /{$}", s.page(s.homePage)},
		{"POST /welcome", s.page(s.alone(s.agree))},
		{"POST /offer/dismiss", s.page(s.beside(s.dismissOffer))},

		{"GET /bring", s.page(s.bringPage)},
		{"POST /bring", s.upload(s.bring)},
		{"GET /bring/{job}", s.page(s.broughtPage)},
		{"GET /bring/{job}/events", s.page(s.bringEvents)},
		{"POST /bring/{job}/cancel", s.page(s.cancelBringing)},

		{"GET /moods", s.page(s.moodsPage)},
		{"GET /moods/sessions", s.page(s.sessionsPage)},
		{"GET /moods/sessions/{n}", s.page(s.sessionPage)},

		{"GET /persona", s.page(s.personaPage)},
		{"GET /persona/tree", s.page(s.treePage)},
		{"GET /persona/card/{file}", s.page(s.ownCard)},
		{"POST /persona/fact", s.page(s.chooseFact)},
		{"POST /persona/art", s.page(s.alone(s.drawAnew))},
		{"POST /persona/share", s.page(s.beside(s.share))},
		{"POST /persona/share/delete", s.page(s.beside(s.unshare))},
		{"GET /share/{id}", s.open(s.sharePage)},
		{"GET /share/{id}/{file}", s.open(s.shareFile)},

		{"GET /now", s.page(s.nowPage)},
		{"POST /now", s.page(s.loaded(s.beside(s.buildHour)))},

		{"GET /hours", s.page(s.hoursPage)},
		{"GET /hours/{id}", s.page(s.hourPage)},
		{"POST /hours/{id}/edit", s.page(s.loaded(s.beside(s.editHour)))},
		{"POST /hours/{id}/delete", s.page(s.beside(s.deleteHour))},
		{"GET /hours/{id}/{file}", s.page(s.hourFile)},
		{"GET /hours/{id}/tracks/{n}", s.page(s.feelsPage)},

		{"GET /hours/{id}/feel", s.page(s.feelPage)},
		{"POST /hours/{id}/feel", s.page(s.beside(s.saveFeeling))},
		{"POST /hours/{id}/feel/delete", s.page(s.beside(s.deleteFeeling))},

		{"GET /taste", s.page(s.tastePage)},
		{"POST /taste", s.page(s.loaded(s.beside(s.correct)))},
		{"POST /taste/undo", s.page(s.beside(s.takeBackCorrection))},

		{"GET /time", s.page(s.timePage)},
		{"GET /time/own", s.page(s.ownPage)},
		{"POST /time/own", s.page(s.beside(s.beginOwn))},
		{"POST /time/own/{id}/end", s.page(s.beside(s.endOwn))},
		{"POST /time/own/{id}/delete", s.page(s.beside(s.deleteOwn))},

		{"GET /learned", s.page(s.learnedPage)},
		{"POST /learned/reset", s.page(s.beside(s.resetLearned))},
		{"POST /hours/{id}/usual", s.page(s.loaded(s.beside(s.usualHour)))},
		{"GET /data", s.page(s.dataPage)},
		{"POST /data/consents", s.page(s.alone(s.changeConsents))},
		{"POST /data/settings", s.page(s.alone(s.changeSettings))},
		{"POST /data/export", s.page(s.sensitive(s.export))},
		{"GET /data/restore", s.page(s.restorePage)},
		{"POST /data/restore", s.upload(s.restore)},
		{"GET /data/delete", s.page(s.deletePage)},
		{"POST /data/delete", s.page(s.sensitive(s.deleteAll))}, // alone, once imports have ended
		{"POST /look", s.pageFor(anyone, s.alone(s.changeLook))},

		{"GET /support", s.pageFor(anyone, s.supportPage)},
		{"GET /how", s.pageFor(anyone, s.howPage)},

		{"GET /api", s.pageFor(anyone, programs.guidePage)},
		{apiBase + "/", answering{programs, anyone}},
		{"GET /static/", answering{serveStatic(), anyone}},
		{"/", s.pageFor(anyone, func(w http.ResponseWriter, r *http.Request, v *visit) error { return notFound(v.Tongue) })},
	}
	all = append(all, s.labRoutes()...)
	if s.o.Accounts {
		return append(all, s.peopleRoutes()...)
	}
	return append(all, route{"POST /demo", s.page(s.enterDemo)}, route{"POST /demo/leave", s.page(s.alone(s.leaveDemo))})
}

// routes answers at every address of the table.
func (s *Server) routes() (http.Handler, error) {
	mux := http.NewServeMux()
	for _, one := range s.table() {
		mux.Handle(one.pattern, one)
	}
	// Drawings are most of a page and pack well at any level; the fastest takes a third
	// of the time of the usual one.
	compress, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.MinSize(1024), gzhttp.ContentTypes([]string{"text/html", "text/css", "text/javascript", "image/svg+xml", "application/json"}))
	if err != nil {
		return nil, err
	}
	return s.watch(s.healthy(s.guard(compress(s.rescue(mux))))), nil
}
