package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"segue/language"
)

// rescue keeps what goes wrong in one answer to that answer. A handler's panic is a
// page like any error's, and a line of the log that says where and nothing else. And
// each piece of an answer has its own time to be taken in, so that a stream may last
// while a client that has stopped reading does not.
func (s *Server) rescue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &answer{ResponseWriter: w, rc: http.NewResponseController(w), each: s.patience.write}
		defer func() {
			fault := recover()
			switch {
			case fault == nil:
				return
			case fault == http.ErrAbortHandler: // how a handler ends a connection
				panic(fault)
			}
			p := panickedOf(fault)
			s.o.Log.LogAttrs(r.Context(), slog.LevelError, "a page panicked", slog.String("route", r.Pattern), slog.String("kind", p.Error()))
			if a.begun {
				panic(http.ErrAbortHandler) // half a page must not look like one
			}
			s.faulty(a, r, p)
		}()
		next.ServeHTTP(a, r)
	})
}

// faulty shows that something went wrong, to whoever it is; if that goes wrong, too,
// in plain words.
func (s *Server) faulty(w *answer, r *http.Request, p *panicked) {
	t := language.Preferred(r.Header.Get("Accept-Language"))
	e := status(t, p)
	err := rescued(func() error {
		for name := range w.Header() {
			switch name { // what the handler said of an answer that is not to be
			case "Content-Type", "Content-Disposition", "Content-Length", "Content-Encoding", "Cache-Control", "Set-Cookie", "Location":
				w.Header().Del(name)
			}
		}
		w.Header().Set("Cache-Control", "no-store")
		v := &visit{Tongue: t, server: s, at: s.now()}
		return v.show(w, r, e.code, page{Title: e.what, Bare: true}, wrongPage(v, e))
	})
	if err != nil && !w.begun {
		http.Error(w, fmt.Sprintf("%s. %s", e.what, e.todo), e.code)
	}
}

// An answer knows whether it was begun, and gives each piece of it its time.
type answer struct {
	http.ResponseWriter
	rc    *http.ResponseController
	each  time.Duration
	begun bool
}

// patient puts off the time at which writing ends. Not every connection has one: a
// test's recorder does not.
func (a *answer) patient() { _ = a.rc.SetWriteDeadline(time.Now().Add(a.each)) }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(code int) {
	a.begun = true
	a.patient()
	a.ResponseWriter.WriteHeader(code)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	a.begun = true
	a.patient()
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find what lies below.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
