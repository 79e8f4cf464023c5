package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/recommend"
)

// A diary is a log that keeps every line, of every level.
type diary struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (d *diary) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lines.Write(b)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lines.String()
}

func (d *diary) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(d, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// A panic is a page that says so and a line that says where: neither repeats what it
// was about. What was written of an answer before is no whole answer.
func TestPanic(t *testing.T) {
	const canary = "canary of a mood"
	var d diary
	s, _ := served(t, Options{Log: d.log()})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /early", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="`+canary+`"`)
		setChoice(w, factCookie, "x")
		panic(canary)
	})
	mux.HandleFunc("GET /late", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, strings.Repeat("half a page ", 1000))
		panic(fmt.Errorf("of %s", canary))
	})
	h := httptest.NewUnstartedServer(s.guard(s.rescue(mux)))
	h.Config.ErrorLog = slog.NewLogLogger(d.log().Handler(), slog.LevelDebug)
	h.Start()
	defer h.Close()
	r, err := http.Get(h.URL + "/early")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(r.Body)
	if r.StatusCode != 500 || !strings.Contains(string(body), "Something went wrong here") || r.Header.Get("Content-Disposition") != "" || len(r.Cookies()) > 0 || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v %.200s", r.StatusCode, r.Header, body)
	}
	if r, err = http.Get(h.URL + "/late"); err == nil {
		if _, err = io.ReadAll(r.Body); err == nil {
			t.Error("half a page passes for one")
		}
	}
	said := d.String()
	for _, says := range []string{"GET /early", "GET /late", "panic: string at segue/web.TestPanic", "panic: *errors.errorString at segue/web.TestPanic"} {
		if !strings.Contains(said, says) {
			t.Errorf("the log does not say %q: %s", says, said)
		}
	}
	if strings.Contains(said+string(body), canary) {
		t.Errorf("repeated: %s", said)
	}
}

// What panics apart from any request is an error of those who wait for it.
func TestPanicApart(t *testing.T) {
	var d diary
	s, _ := served(t, Options{Log: d.log(), Music: func(context.Context, segue.Progress) (*recommend.Music, error) { panic("canary") }})
	post(s, "/welcome", everything())
	for range 2 { // the next one tries again
		if w := ask(s, "GET", "/moods", nil); w.Code != 500 {
			t.Errorf("%d: %s", w.Code, text(w))
		}
	}
	if said := d.String(); !strings.Contains(said, "panic: string at segue/web.TestPanicApart") || strings.Contains(said, "canary") {
		t.Error(said)
	}
}

// serveOn serves on a port of its own, as segue serve does.
func serveOn(t *testing.T, s *Server) (address string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(cancel)
	return l.Addr().String(), func() error {
		cancel()
		return <-ended
	}
}

func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

// Clients that do not go on are not waited for: with the head of a request, with a
// form, with the body of what has none, and with taking an answer in.
func TestSlowClients(t *testing.T) {
	s, _ := served(t, Options{})
	s.patience = patience{head: 150 * time.Millisecond, form: 300 * time.Millisecond, write: time.Second, end: time.Second}
	s.handler, _ = s.routes()
	address, stop := serveOn(t, s)
	for name, c := range map[string]struct{ sends, gets string }{
		"half a head":       {"POST /look HTTP/1.1\r\nHost: localhost\r\nContent-", "400"},
		"half a form":       {"POST /look HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\ntheme=d", "408"},
		"half what is none": {"GET /how HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n", "200"},
		"half, refused":     {"POST /look HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 50\r\n\r\n", "421"},
		"half an upload":    {"POST /data/restore HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 900\r\n\r\n--x\r\n", "408"},
	} {
		s.imports.patience = 300 * time.Millisecond
		t.Run(name, func(t *testing.T) {
			conn := dial(t, address, c.sends)
			_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			got, err := io.ReadAll(conn)
			if errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
				t.Fatal("the connection is still open")
			}
			if line, _, _ := strings.Cut(string(got), "\r\n"); !strings.Contains(line, c.gets) {
				t.Errorf("answered %q", line)
			}
		})
	}
	// A client that asks and asks, and reads nothing.
	conn := dial(t, address, "")
	_ = conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
	for err := error(nil); err == nil; {
		if _, err = io.WriteString(conn, strings.Repeat("GET "+static("segue.css")+" HTTP/1.1\r\nHost: localhost\r\n\r\n", 100)); isTimeout(err) {
			t.Fatal("who reads nothing is answered for ever")
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// An upload and a stream last longer than any form or answer may.
func TestLongUpload(t *testing.T) {
	s, _ := served(t, Options{})
	s.patience = patience{head: 200 * time.Millisecond, form: 200 * time.Millisecond, write: 200 * time.Millisecond, end: time.Second}
	s.handler, _ = s.routes()
	post(s, "/welcome", everything())
	address, stop := serveOn(t, s)
	body, kind := form(named{"a.json", account1(heard(0, "A"), heard(5, "B"))})
	conn := dial(t, address, fmt.Sprintf("POST /bring HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(body), body[:50]))
	var j *job
	for j == nil {
		j = s.imports.underWay(selfID)
	}
	stream, err := http.Get("http://" + address + "/bring/" + j.id + "/events")
	if err != nil {
		t.Fatal(err)
	}
	for at := 50; at < len(body); at += len(body)/5 + 1 {
		time.Sleep(150 * time.Millisecond)
		if _, err := conn.Write(body[at:min(at+len(body)/5+1, len(body))]); err != nil {
			t.Fatal(err)
		}
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || r.StatusCode != http.StatusSeeOther {
		t.Fatal(r, err)
	}
	if seen, err := io.ReadAll(stream.Body); err != nil || !strings.Contains(string(seen), "event: end") {
		t.Errorf("the stream told %q, %v", seen, err)
	}
	stream.Body.Close()
	if _, over := j.result(); !over {
		t.Error("the stream ended before the work")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// A page that takes long to compute is still sent: only taking it in is timed.
func TestSlowPage(t *testing.T) {
	m, _ := invented(t)
	s, _ := served(t, Options{Music: func(context.Context, segue.Progress) (*recommend.Music, error) {
		time.Sleep(700 * time.Millisecond)
		return m, nil
	}})
	s.patience = patience{head: 200 * time.Millisecond, form: 200 * time.Millisecond, write: 200 * time.Millisecond, end: time.Second}
	s.handler, _ = s.routes()
	post(s, "/welcome", everything())
	address, stop := serveOn(t, s)
	r, err := http.Get("http://" + address + "/")
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r.Body); err != nil || r.StatusCode != 200 || len(body) < 1000 {
		t.Errorf("%d, %d bytes, %v", r.StatusCode, len(body), err)
	}
	r.Body.Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// A request that is under way when Segue is told to stop is answered, and only then
// does Serve return: what it was told was saved is saved.
func TestStopWaits(t *testing.T) {
	s, _ := served(t, Options{})
	address, stop := serveOn(t, s)
	form := "name=Noor&zone=&adult16=yes"
	conn := dial(t, address, fmt.Sprintf("POST /welcome HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(form), form[:9]))
	time.Sleep(100 * time.Millisecond)
	ended := make(chan error)
	go func() { ended <- stop() }()
	select {
	case err := <-ended:
		t.Fatal("it ended with a request under way", err)
	case <-time.After(300 * time.Millisecond):
	}
	if _, err := io.WriteString(conn, form[9:]); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || r.StatusCode != http.StatusSeeOther {
		t.Fatal(r, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := s.kept.Listener(t.Context(), selfID); err != nil {
		t.Error(err)
	}
}

// A name is what can be seen of it.
func TestNamesAreSeen(t *testing.T) {
	s, _ := served(t, Options{})
	post(s, "/welcome", map[string]string{"name": url.QueryEscape("\u202eNo\x00or\u2066  👩\u200d🎤\a"), "adult16": "yes"})
	if who, err := s.kept.Listener(t.Context(), selfID); err != nil || who.Name != "Noor 👩\u200d🎤" {
		t.Errorf("called %q, %v", who.Name, err)
	}
}

// A form that is none is the sender's fault.
func TestFormsThatAreNone(t *testing.T) {
	s, _ := served(t, Options{})
	for name, c := range map[string]struct {
		kind, body string
		want       int
	}{
		"bad escapes": {"application/x-www-form-urlencoded", "name=%zz", 400},
		"semicolons":  {"application/x-www-form-urlencoded", "name=a;b=c", 400},
		"bad kind":    {"application/x-www-form-urlencoded; =", "name=a", 400},
		"too large":   {"application/x-www-form-urlencoded", "name=" + strings.Repeat("x", 1<<17), 413},
	} {
		r := httptest.NewRequest("POST", "http://localhost/welcome", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d: %s", name, w.Code, text(w))
		}
	}
	if _, err := s.kept.Listener(t.Context(), selfID); err == nil {
		t.Error("a refused form was stored")
	}
}
