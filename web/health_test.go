package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/recommend"
	"segue/store"
)

// healthOf asks a server how it is, by the name that a container's runtime uses.
func healthOf(s *Server, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, nil)
	r.Host = "segue1:8080"
	s.Handler().ServeHTTP(w, r)
	return w
}

// awaitReady waits until readyz answers with a code.
func awaitReady(t *testing.T, s *Server, code int) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		got := healthOf(s, "GET", "/readyz")
		if got.Code == code {
			return
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("readyz says %d, want %d", got.Code, code)
		}
	}
}

// A server is ready once its music is there or known not to be, and as long as its
// database answers and it is not about to stop; it lives all the while.
func TestHealth(t *testing.T) {
	let := make(chan error)
	kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "segue.db")})
	if err != nil {
		t.Fatal(err)
	}
	s, _ := served(t, Options{Kept: kept, Music: func(ctx context.Context, _ segue.Progress) (*recommend.Music, error) {
		select {
		case err := <-let:
			return nil, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}})
	if got := healthOf(s, "GET", "/readyz"); got.Code != http.StatusServiceUnavailable || got.Body.String() != "Service Unavailable\n" {
		t.Errorf("while the music is loaded: %d %q", got.Code, got.Body)
	}
	if got := healthOf(s, "GET", "/healthz"); got.Code != http.StatusOK || got.Body.String() != "OK\n" {
		t.Errorf("healthz: %d %q", got.Code, got.Body)
	}
	let <- ErrNoMusic
	awaitReady(t, s, http.StatusOK)
	if got := healthOf(s, "HEAD", "/readyz"); got.Code != http.StatusOK || got.Body.Len() > 0 {
		t.Errorf("HEAD: %d %q", got.Code, got.Body)
	}
	if got := healthOf(s, "POST", "/readyz"); got.Code != http.StatusMethodNotAllowed || got.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d %v", got.Code, got.Header())
	}
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, s, http.StatusServiceUnavailable)
	if got := healthOf(s, "GET", "/healthz"); got.Code != http.StatusOK {
		t.Errorf("healthz without a database: %d", got.Code)
	}
}

// A table that cannot be read is for pages to tell of: people are sent to them.
func TestReadyWithoutMusic(t *testing.T) {
	times := 0
	s, _ := served(t, Options{Music: func(context.Context, segue.Progress) (*recommend.Music, error) {
		times++
		return nil, errors.New("a table that is none")
	}})
	awaitReady(t, s, http.StatusOK)
	for range 5 {
		s.readiness.at = time.Time{}
		awaitReady(t, s, http.StatusOK)
	}
	if times != 1 {
		t.Errorf("the table was read %d times", times)
	}
}

// What is to stop says so, answers on for its grace, and then ends.
func TestGrace(t *testing.T) {
	kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "segue.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	s, err := New(t.Context(), Options{Kept: kept, Grace: 3 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	l := loopbackListener(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	awaitReady(t, s, http.StatusOK)
	began := time.Now()
	stop()
	for !s.leaving.Load() {
		time.Sleep(time.Millisecond)
	}
	r, err := http.Get("http://" + l.Addr().String() + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	page, err := http.Get("http://" + l.Addr().String() + "/how")
	if err != nil {
		t.Fatal(err)
	}
	page.Body.Close()
	if r.StatusCode != http.StatusServiceUnavailable || page.StatusCode != http.StatusOK {
		t.Errorf("while it leaves: readyz %d, a page %d", r.StatusCode, page.StatusCode)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took < 3*time.Second {
		t.Errorf("it left after %v", took)
	}
	if _, err := http.Get("http://" + l.Addr().String() + "/healthz"); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("after its end: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
