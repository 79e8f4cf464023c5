package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"

	"segue/account"
	"segue/language"
	"segue/outcome/event"
	"segue/store"

	"github.com/a-h/templ"
)

// The listeners of a server for one person. Where people sign in, each has the id of
// their account, and there is no demo listener: what is tried in its place would be
// seen by all.
const (
	selfID = "self"
	demoID = "demo"
)

// Cookies of choices hold no secret; that of who signed in is in signed.go.
const (
	whoCookie      = "segue_who"      // "demo" while the demo listener is looked at
	themeCookie    = "segue_theme"    // "light" or "dark"; else as the system
	languageCookie = "segue_language" // a code; else as the browser asks
)

// A visit is one request and who makes it. Handlers and pages are given it; it
// speaks the listener's language.
type visit struct {
	*language.Tongue
	server *Server

	account  *store.Account // nil where nobody signs in, or of who has not
	login    store.Login    // of the account
	self     string         // the id of who asks, also while the demo listener is looked at; "" of who has not signed in
	who      store.Listener // whose pages these are; only ID and Demo are set before the welcome was answered
	known    bool           // whether who is stored
	consents map[store.Purpose]store.Consent
	use      *inUse // see using
	theme    string // "", "light" or "dark"
	path     string // of the request, for links back
	at       time.Time
}

// allows reports whether the listener agreed to a purpose.
func (v *visit) allows(p store.Purpose) bool { return v.consents[p].Given }

// zone returns where the listener lives, UTC if that was not said.
func (v *visit) zone() *time.Location {
	if at, err := time.LoadLocation(v.who.Zone); err == nil && v.who.Zone != "" {
		return at
	}
	return time.UTC
}

// keeper returns the store that holds what a purpose covers: the file if the
// listener agreed, else memory.
func (v *visit) keeper(p store.Purpose) *store.Store {
	if !v.who.Demo && v.allows(p) {
		return v.server.kept
	}
	return v.server.passing
}

// home returns the store that knows the listener: memory until they agreed to
// anything, and for the demo listener always.
func (s *Server) home(id string) *store.Store {
	if id == demoID {
		return s.passing
	}
	return s.kept
}

// save stores a listener's settings, in memory too: what is not kept hangs on them
// there.
func (s *Server) save(ctx context.Context, who store.Listener) error {
	if !who.Demo {
		if err := s.kept.SaveListener(ctx, who); err != nil {
			return err
		}
	}
	return s.meet(ctx, who)
}

// Met are the listeners that memory knows, as it knows them. Another process may let
// somebody in, change or delete them: memory follows when it next sees them.
type met struct {
	mu   sync.Mutex
	of   map[string]store.Listener
	seen map[string]time.Time // last, of each of them
}

func (m *met) init() { m.of, m.seen = map[string]store.Listener{}, map[string]time.Time{} }

// meet makes memory know a listener as they are.
func (s *Server) meet(ctx context.Context, who store.Listener) error {
	s.met.mu.Lock()
	defer s.met.mu.Unlock()
	if s.met.seen[who.ID] = s.now(); s.met.of[who.ID] == who {
		return nil
	}
	if err := s.passing.SaveListener(ctx, who); err != nil {
		return err
	}
	s.met.of[who.ID] = who
	return nil
}

// miss makes memory forget a listener who is not stored any more.
func (s *Server) miss(ctx context.Context, id string) error {
	s.met.mu.Lock()
	defer s.met.mu.Unlock()
	if _, known := s.met.of[id]; !known {
		return nil
	}
	if err := s.passing.Forget(ctx, id); err != nil {
		return err
	}
	delete(s.met.of, id)
	delete(s.met.seen, id)
	s.portraits.forget(id)
	return nil
}

// visit finds out who asks.
func (s *Server) visit(r *http.Request) (*visit, error) {
	find := s.visitAlone
	if s.o.Accounts {
		find = s.visitSigned
	}
	v, err := find(r)
	v.path = strings.ToValidUTF8(r.URL.Path, "\ufffd")
	return v.speaking(r), err
}

// visitAlone is visit on a server for one person, who may be looking at the demo
// listener.
func (s *Server) visitAlone(r *http.Request) (v *visit, err error) {
	if c, err := r.Cookie(whoCookie); err == nil && c.Value == demoID {
		// The demo listener may have been forgotten, as after a restart: back to oneself.
		if v, err = s.visitOf(r.Context(), demoID); err != nil || v.known {
			v.self = selfID
			return v, err
		}
	}
	return s.visitOf(r.Context(), selfID)
}

// visitOf looks up a listener. The visit is usable, if by a stranger, even where
// that fails.
func (s *Server) visitOf(ctx context.Context, id string) (*visit, error) {
	v := &visit{Tongue: language.English(), server: s, at: s.now(), self: id, who: store.Listener{ID: id, Demo: id == demoID}, use: s.inUse(ctx)}
	who, err := s.home(id).Listener(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return v, s.miss(ctx, id)
	} else if err != nil {
		return v, err
	}
	v.who, v.known = who, true
	if v.consents, err = s.home(id).Consents(ctx, id); err != nil {
		return v, err
	}
	return v, s.meet(ctx, who)
}

// speaking chooses language and theme: what the listener set, else a cookie, else
// what the browser asks for.
func (v *visit) speaking(r *http.Request) *visit {
	v.Tongue = language.Preferred(r.Header.Get("Accept-Language"))
	code, theme := v.who.Language, v.who.Theme
	if c, err := r.Cookie(languageCookie); err == nil {
		code = c.Value
	}
	if c, err := r.Cookie(themeCookie); err == nil {
		theme = c.Value
	}
	if t, ok := language.Of(code); ok {
		v.Tongue = t
	}
	if theme == "light" || theme == "dark" {
		v.theme = theme
	}
	return v
}

// A handler answers a visit, or returns why not. Once it has written it returns
// nil.
type handler func(w http.ResponseWriter, r *http.Request, v *visit) error

// page makes a handler answer requests: it finds the visit, reads the form there may
// be, which is bounded, and turns an error into its page.
func (s *Server) page(h handler) answering { return s.pageFor(ourselves, h) }

// pageFor is page with another access.
func (s *Server) pageFor(a account.Permission, h handler) answering {
	return answering{access: a, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		s.answer(w, r, a, func(w http.ResponseWriter, r *http.Request, v *visit) error {
			if err := v.readForm(r); err != nil {
				return err
			}
			return h(w, r, v)
		})
	})}
}

// upload makes a handler answer requests with files, which it bounds itself.
func (s *Server) upload(h handler) answering { return s.uploadFor(ourselves, h) }

// uploadFor is upload for who may do more.
func (s *Server) uploadFor(a account.Permission, h handler) answering {
	return answering{access: a, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, a, h) })}
}

// maxForm is the most that a form of a page may hold; uploads have their own bound.
const maxForm = 1 << 16

// readForm reads the whole form of a request before its handler does anything.
func (v *visit) readForm(r *http.Request) error {
	err := r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case r.Method != http.MethodPost || err == nil:
		return nil // an address with a query that is none asks for no more than its page
	case errors.As(err, &large):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &wrong{code: http.StatusRequestTimeout, what: v.Say("That could not be read"), todo: v.Say("Nothing was changed. Try again.")}
	}
	return misread(v.Tongue, v.Say("Nothing was changed. Try again."))
}

// errAnswered says that a request has its answer.
var errAnswered = errors.New("answered")

func (s *Server) answer(w http.ResponseWriter, r *http.Request, a account.Permission, h handler) {
	v, err := s.visit(r)
	if err == nil {
		err = s.admit(w, r, v, a)
	}
	if err == nil {
		err = h(w, r, v)
	}
	if err == nil {
		v.noticed(r, event.AppOpen, openedID)
	}
	if err == nil || errors.Is(err, errAnswered) {
		return
	}
	e := v.ofService(status(v.Tongue, err))
	if e.code >= http.StatusInternalServerError && r.Context().Err() == nil { // else nobody waits for the answer
		// The route and not the path: an address may hold what a person typed.
		s.o.Log.LogAttrs(r.Context(), slog.LevelError, "a page failed", slog.String("route", r.Pattern), slog.Int("status", e.code), slog.String("kind", kindOf(e.cause)))
	}
	if shown := v.show(w, r, e.code, page{Title: e.what, Nav: navOf(r.URL.Path)}, wrongPage(v, e)); shown != nil {
		s.o.Log.LogAttrs(r.Context(), slog.LevelError, "an error could not be shown", slog.String("route", r.Pattern))
	}
}

// A page is what the layout needs to know of one.
type page struct {
	Title string
	Nav   string   // the step it belongs to, as the menu names it
	Bare  bool     // without the menu, for the first steps
	Head  []string // scripts it uses, by name
	Every int      // seconds after which it is asked for again, where no script is; 0 never
}

// show writes a page: whole or not at all, so that an error on the way is still
// an error.
func (v *visit) show(w http.ResponseWriter, r *http.Request, code int, p page, body templ.Component) error {
	var b bytes.Buffer
	if err := layout(v, p, body).Render(context.WithoutCancel(r.Context()), &b); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Code())
	h.Set("Vary", "Accept-Language, Cookie")
	w.WriteHeader(code)
	if r.Method == http.MethodHead {
		return nil
	}
	_, _ = w.Write(b.Bytes()) // a reader who left needs no answer
	return nil
}

// see sends the browser on to another page of ours, as after a form.
func see(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// back returns the page of ours that a form names as its own, or home.
func back(r *http.Request) string { return ownPath(r.PostFormValue("back")) }

// ownPath returns a path if it is one of a page of ours, else home.
func ownPath(p string) string {
	// Browsers leave out controls where they stand in an address, and take \ for /.
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, `\?#`) || strings.ContainsFunc(p, unicode.IsControl) {
		return "/"
	}
	return (&url.URL{Path: p}).EscapedPath()
}

// setChoice keeps a choice in a cookie for a year; an empty one is forgotten.
func setChoice(w http.ResponseWriter, name, value string) {
	c := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
