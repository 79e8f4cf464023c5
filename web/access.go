package web

import (
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// watch counts each request and writes its line of the log, at level info: when,
// which route, how it was answered, how long that took and how much it was. Not which
// address, not what was asked for, and not who asked.
func (s *Server) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, seen := time.Now(), &measured{ResponseWriter: w}
		s.measures.underWay.Inc()
		whole := false
		defer func() { // also where the connection is broken off
			s.measures.underWay.Dec()
			code, route, took := seen.code, routeOf(r), time.Since(began)
			if code == 0 && whole {
				code = http.StatusOK
			}
			s.measures.asked(route, r.Method, code, took)
			level := slog.LevelInfo
			if strings.HasPrefix(route, "GET /static/") || route == "GET "+healthPath || route == "GET "+readyPath {
				level = slog.LevelDebug // monitors ask all the time, and pages bring their files along
			}
			s.o.Log.LogAttrs(r.Context(), level, "request", slog.String("route", route), slog.String("method", knownMethod(r.Method)),
				slog.Int("code", code), slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int64("bytes", seen.bytes))
		}()
		next.ServeHTTP(seen, r)
		whole = true
	})
}

// routeOf is the pattern that a request was answered by, one of a fixed set.
func routeOf(r *http.Request) string {
	if r.Pattern == "" {
		return "refused" // before anything was looked for
	}
	return r.Pattern
}

// A measured answer is one of which code and size are noted.
type measured struct {
	http.ResponseWriter
	code  int // 0 before it was begun
	bytes int64
}

// WriteHeader implements http.ResponseWriter.
func (m *measured) WriteHeader(code int) {
	if m.code == 0 && code >= 200 {
		m.code = code
	}
	m.ResponseWriter.WriteHeader(code)
}

// Write implements http.ResponseWriter.
func (m *measured) Write(b []byte) (int, error) {
	if m.code == 0 {
		m.code = http.StatusOK
	}
	n, err := m.ResponseWriter.Write(b)
	m.bytes += int64(n)
	return n, err
}

// Flush implements http.Flusher, for what packs the answer.
func (m *measured) Flush() { _ = http.NewResponseController(m.ResponseWriter).Flush() }

// Unwrap lets http.ResponseController find what lies below.
func (m *measured) Unwrap() http.ResponseWriter { return m.ResponseWriter }
