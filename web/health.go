package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"segue/store"
)

// Whoever runs the server asks it two things: /healthz, whether the process answers
// at all, and /readyz, whether people can be sent to it now. Both are asked by any
// name, also by those that a balancer or a container's runtime uses, and tell nothing
// else.
const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
)

// How long the database may take to be there, and how long an answer holds: asking
// often costs nothing. (d)
const (
	readyWithin = time.Second
	readyHolds  = time.Second
)

// A readiness is the last answer to whether the server can answer people.
type readiness struct {
	mu  sync.Mutex
	at  time.Time
	was bool
}

// healthy answers at the two addresses, before anybody is asked who they are.
func (s *Server) healthy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code := http.StatusOK
		switch r.URL.Path {
		case healthPath:
		case readyPath:
			if !s.ready() {
				code = http.StatusServiceUnavailable
			}
		default:
			next.ServeHTTP(w, r)
			return
		}
		r.Pattern = "GET " + r.URL.Path // for the log and the metrics: no mux saw it
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			code = http.StatusMethodNotAllowed
		}
		w.WriteHeader(code)
		if r.Method != http.MethodHead {
			_, _ = io.WriteString(w, http.StatusText(code)+"\n") // who left needs no answer
		}
	})
}

// ready reports whether the server can answer people: it is not about to stop, its
// database answers, and the music is there, or known not to be.
func (s *Server) ready() bool {
	if s.leaving.Load() || s.ctx.Err() != nil {
		return false
	}
	r := &s.readiness
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.at) < readyHolds {
		return r.was
	}
	ctx, cancel := context.WithTimeout(s.ctx, readyWithin)
	defer cancel()
	_, err := s.kept.Listener(ctx, selfID)
	r.was = (err == nil || errors.Is(err, store.ErrNotFound)) && s.own.settled()
	r.at = time.Now()
	return r.was
}
