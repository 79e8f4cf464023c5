package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/store"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// exposition is what Prometheus would read.
func exposition(t *testing.T, s *Server) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	return w.Body.String()
}

// nameless fails if what is measured names anything of a person: what they are called
// and heard, an address they asked for, or one they came from. TestEveryRoute asks it
// of every address in every state.
func nameless(t *testing.T, s *Server) {
	t.Helper()
	told := exposition(t, s)
	for _, canary := range []string{singing, "192.0.2.", `"` + selfID + `"`, "brought", "evil", "passwd", "etc/", "%"} {
		if strings.Contains(told, canary) {
			t.Errorf("the metrics tell %q", canary)
		}
	}
	if problems, err := testutil.GatherAndLint(s.measures.registry); err != nil || len(problems) > 0 {
		t.Errorf("the metrics: %v, %v", err, problems)
	}
}

// A request's line of the log says which route was asked for and how it was answered,
// and nothing of what was asked, or by whom.
func TestAccessLog(t *testing.T) {
	var log bytes.Buffer
	s, _ := served(t, Options{Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	asked := []struct{ method, path, route string }{
		{"GET", "/how?q=" + singing, "GET /how"}, {"POST", "/welcome?x=" + singing, "POST /welcome"}, {"GET", "/hours/" + singing, "GET /hours/{id}"},
		{"GET", "/share/" + singing, "GET /share/{id}"}, {"GET", "/" + singing, "/"}, {singing, "/how", "/"}, {"GET", "/healthz?" + singing, "GET /healthz"}, {"GET", static("segue.css"), "GET /static/"},
	}
	for _, a := range asked {
		r := httptest.NewRequest(a.method, a.path, strings.NewReader("name="+singing))
		r.Host, r.RemoteAddr = "localhost", "192.0.2.77:1"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("User-Agent", singing)
		s.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
	nameless(t, s)
	for _, canary := range []string{singing, "192.0.2.77"} {
		if strings.Contains(log.String(), canary) {
			t.Errorf("the log tells %q", canary)
		}
	}
	var routes []string
	for d := json.NewDecoder(&log); ; {
		var line map[string]any
		if err := d.Decode(&line); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if line["msg"] != "request" {
			continue
		}
		if got := strings.Join(slices.Sorted(maps.Keys(line)), " "); got != "bytes code level method ms msg route time" {
			t.Errorf("a line of the log has %s", got)
		}
		quiet := line["route"] == "GET /healthz" || line["route"] == "GET /static/"
		if (line["level"] == "DEBUG") != quiet {
			t.Errorf("%v is logged at %v", line["route"], line["level"])
		}
		routes = append(routes, line["route"].(string))
	}
	for i, a := range asked {
		if i >= len(routes) || routes[i] != a.route {
			t.Fatalf("routes %q", routes)
		}
	}
	if got := healthOf(s, "GET", "/metrics"); got.Code == http.StatusOK {
		t.Error("the pages show the metrics")
	}
}

// What is counted is what happened, under labels of fixed sets.
func TestMetricsCount(t *testing.T) {
	s, _ := served(t, Options{})
	for range 3 {
		ask(s, "GET", "/how", nil)
	}
	ask(s, "GET", "/nowhere/at/all", nil)
	ask(s, "BREW", "/how", nil)
	ask(s, "GET", "/how", func(r *http.Request) { r.Host = "evil.example" })
	post(s, "/welcome", map[string]string{"name": "Noor"})
	told := exposition(t, s)
	for _, want := range []string{
		`segue_http_requests_total{code="200",method="GET",route="GET /how"} 3`,
		`segue_http_requests_total{code="404",method="GET",route="/"} 1`,
		`segue_http_requests_total{code="421",method="GET",route="refused"} 1`,
		`segue_http_requests_total{code="303",method="POST",route="POST /welcome"} 1`,
		`segue_http_request_seconds_count{method="GET",route="GET /how"} 3`,
		`segue_http_requests_in_flight 0`,
		`segue_imports_total{end="done"} 0`, `segue_sign_ins_total{end="failed",way="passkey"} 0`, `segue_rate_limited_total{surface="api"} 0`,
		`segue_imports_running 0`, `segue_store_writes_waiting 0`, `segue_portraits 0`, "go_goroutines ", "segue_ready ",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(told, "BREW") || !strings.Contains(told, `method="other"`) {
		t.Error("a method that is none is named, or not counted")
	}
	if !regexp.MustCompile(`segue_store_writes_total\{end="ok"\} [1-9]`).MatchString(told) || !regexp.MustCompile(`segue_store_write_seconds_count [1-9]`).MatchString(told) {
		t.Error("changes are not counted")
	}
}

// The alerts that are shipped rest on metrics that there are.
func TestAlertsNameMetrics(t *testing.T) {
	b, err := os.ReadFile("../deploy/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := served(t, Options{})
	ask(s, "GET", "/how", nil)
	told := exposition(t, s)
	names := regexp.MustCompile(`(?:segue|process)_[a-z_]+`).FindAllString(string(b), -1)
	if len(names) < 10 {
		t.Fatalf("the alerts name %v", names)
	}
	for _, name := range names {
		if !strings.Contains(told, "\n"+name+"{") && !strings.Contains(told, "\n"+name+" ") {
			t.Errorf("there is no metric %s", name)
		}
	}
	// What failed by a fault is told apart from what somebody asked for in vain.
	s.measures.wroteIn(time.Second, store.ErrConflict)
	s.measures.wroteIn(time.Second, fmt.Errorf("store: cannot write: %w", store.ErrFull))
	if told := exposition(t, s); !strings.Contains(told, `segue_store_writes_total{end="refused"} 1`) || !strings.Contains(told, `segue_store_writes_total{end="failed"} 1`) {
		t.Error("writes that were refused and that failed are not told apart")
	}
}

// A broken connection is counted as such, and a handler's panic as what was answered.
func TestWatchBroken(t *testing.T) {
	s, _ := served(t, Options{})
	for _, c := range []struct {
		h    http.HandlerFunc
		code string
	}{
		{func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "0"},
		{func(w http.ResponseWriter, _ *http.Request) {}, "200"},
		{func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusEarlyHints); w.WriteHeader(204) }, "204"},
	} {
		func() {
			defer func() { _ = recover() }()
			r := httptest.NewRequest("GET", "/", nil)
			r.Pattern = "GET /broken"
			s.watch(c.h).ServeHTTP(httptest.NewRecorder(), r)
		}()
		if want := `segue_http_requests_total{code="` + c.code + `",method="GET",route="GET /broken"} 1`; !strings.Contains(exposition(t, s), want) {
			t.Errorf("no %s", want)
		}
	}
	if !strings.Contains(exposition(t, s), "segue_http_requests_in_flight 0") {
		t.Error("a request stays in flight")
	}
}
