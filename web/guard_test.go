package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ask sends one request to a server's handler, as a browser on this machine would.
func ask(s *Server, method, path string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, nil)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// post sends a form as a page of ours does.
func post(s *Server, path string, form map[string]string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	values := make([]string, 0, len(form))
	for k, v := range form {
		values = append(values, k+"="+v)
	}
	r := httptest.NewRequest("POST", "http://127.0.0.1:8080"+path, strings.NewReader(strings.Join(values, "&")))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestOurs(t *testing.T) {
	for _, c := range []struct {
		requested, host string
		ours            bool
	}{
		{"127.0.0.1:8080", "", true}, {"localhost:8080", "", true}, {"LOCALHOST", "", true}, {"[::1]:8080", "", true}, {"127.9.9.9", "", true},
		{"evil.example", "", false}, {"evil.example:8080", "127.0.0.1:8080", false}, {"localhost.evil.example", "", false}, {"127.0.0.1.nip.io", "", false},
		{"", "", false}, {"192.168.1.5:8080", "", false}, {"10.0.0.1", "", false}, {"segue.home:8080", "segue.home:8080", true}, {"segue.home", "segue.home:8080", true}, {"0.0.0.0", "", false}, {"192.168.1.5:8080", "0.0.0.0:8080", true}, {"evil.example", "0.0.0.0:8080", false}, {"192.168.1.5", "127.0.0.1:8080", false},
	} {
		if got := Ours(c.requested, c.host); got != c.ours {
			t.Errorf("Ours(%q, %q) = %v", c.requested, c.host, got)
		}
	}
}

// No page of another site reaches the server: by a name of its own, by a form or a
// script, or by taking a part of a page into itself.
func TestGuard(t *testing.T) {
	s, _ := served(t, Options{})
	header := func(pairs ...string) func(*http.Request) {
		return func(r *http.Request) {
			for i := 0; i < len(pairs); i += 2 {
				r.Header.Set(pairs[i], pairs[i+1])
			}
		}
	}
	for name, c := range map[string]struct {
		method, path string
		change       func(*http.Request)
		want         int
	}{
		"typed by a person":         {"GET", "/", header("Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), 200},
		"a link on another site":    {"GET", "/", header("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), 200},
		"a program":                 {"GET", "/", nil, 200},
		"a name of another":         {"GET", "/", func(r *http.Request) { r.Host = "rebound.example" }, 421},
		"a frame on another site":   {"GET", "/", header("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"), 403},
		"a picture on another site": {"GET", "/persona/card/wide.png", header("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"), 403},
		"a script on another site":  {"GET", "/moods", header("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"), 403},
		"another port, same site":   {"GET", "/moods", header("Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"), 403},
		"a form on another site":    {"POST", "/data/delete", header("Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"), 403},
		"a form, an old browser":    {"POST", "/data/delete", header("Origin", "https://evil.example"), 403},
		"a form of no origin":       {"POST", "/data/delete", header("Origin", "null"), 403},
		"another port's form":       {"POST", "/data/delete", header("Origin", "http://127.0.0.1:9999"), 403},
		"our own form":              {"POST", "/demo/leave", header("Sec-Fetch-Site", "same-origin", "Origin", "http://127.0.0.1:8080"), 303},
		"no such page":              {"GET", "/no/such", nil, 404},
		"a method there is none of": {"PUT", "/data", header("Sec-Fetch-Site", "same-origin"), 404},
	} {
		w := ask(s, c.method, c.path, c.change)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
		for _, h := range []string{"Access-Control-Allow-Origin", "Server", "X-Powered-By"} {
			if v := w.Header().Get(h); v != "" {
				t.Errorf("%s: %s: %s", name, h, v)
			}
		}
		if csp := w.Header().Get("Content-Security-Policy"); csp != policy || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", name, csp)
		}
		if w.Header().Get("Cross-Origin-Resource-Policy") != "same-origin" || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", name, w.Header())
		}
	}
}

// Pages hold no inline script or style, which the policy would refuse, and name
// nothing of another host but links a person may follow.
func TestPagesHoldNothingInline(t *testing.T) {
	s, _ := served(t, Options{})
	for _, path := range []string{"/", "/support", "/how", "/nowhere"} {
		body := ask(s, "GET", path, nil).Body.String()
		for _, bad := range []string{"<style", " style=", "javascript:", " onclick=", " onload=", "src=\"http", "url(http", "@import"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
	}
}

func TestStatic(t *testing.T) {
	s, _ := served(t, Options{})
	for name := range assets() {
		w := ask(s, "GET", static(name), nil)
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
	for _, path := range []string{"/static/", "/static/segue.css", "/static/../go.mod", "/static/%2e%2e/web.go"} {
		if w := ask(s, "GET", path, nil); w.Code == 200 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestBackStaysHere(t *testing.T) {
	for in, want := range map[string]string{"/moods": "/moods", "": "/", "//evil.example": "/", "https://evil.example": "/", "/\\evil.example": "/", "/a\r\nSet-Cookie: x": "/", "moods": "/", "/x?y": "/", "/\t/evil.example": "/", "/\x00": "/", "/\u0085/x": "/", "/a b": "/a%20b", "/hours/%": "/hours/%25"} {
		r := httptest.NewRequest("POST", "/look", nil)
		r.PostForm = map[string][]string{"back": {in}}
		if got := back(r); got != want {
			t.Errorf("back %q leads to %q", in, got)
		}
	}
}

// A program that is refused at the door is told so as it is told anything.
func TestGuardOfAPI(t *testing.T) {
	s, _ := served(t, Options{})
	for code, change := range map[int]func(*http.Request){
		http.StatusMisdirectedRequest: func(r *http.Request) { r.Host = "evil.example" },
		http.StatusForbidden:          func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
	} {
		got := ask(s, "POST", apiBase+"/hours", change)
		var p apiProblem
		if err := json.Unmarshal(got.Body.Bytes(), &p); err != nil || got.Code != code || p.Status != code || p.Detail == "" || got.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%d: %d %v %s", code, got.Code, got.Header(), got.Body)
		}
	}
}
