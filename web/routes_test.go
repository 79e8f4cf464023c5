package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"segue"
	"segue/recommend"
	"segue/store"
)

// The canary stands in all that is personal: in names, plays, words.
const singing = "CANARYqz7"

// A scene is a server in some state, at which every address is asked for.
type scene struct {
	name    string
	s       *Server
	d       *diary
	cookies []*http.Cookie
	fill    map[string]string // what addresses hold in place of their {names}, where something is there
}

// scenes are the states that a listener can be in.
func scenes(t *testing.T) []*scene {
	t.Helper()
	m, plays := invented(t)
	plays = slices.Clone(plays[len(plays)-5000:])
	for i := range plays {
		if i%7 == 0 {
			plays[i].Track = segue.TrackRef{Title: singing + "<script>\u202e", Artist: singing + strings.Repeat("x", 10_000)}
		}
	}
	make := func(name string, music bool) *scene {
		c := &scene{name: name, d: &diary{}, fill: map[string]string{}}
		dir := t.TempDir()
		kept, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "segue.db"), Consents: true})
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Kept: kept, Folder: dir, Seed: 1, Log: c.d.log()}
		if music {
			o.Music = func(context.Context, segue.Progress) (*recommend.Music, error) { return m, nil }
		}
		if c.s, err = New(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = c.s.Close()
			_ = kept.Close()
		})
		return c
	}
	known := func(c *scene) *scene {
		form := everything()
		form["name"] = singing
		post(c.s, "/welcome", form)
		if err := c.s.kept.AddImport(t.Context(), selfID, store.Import{ID: "brought", At: afternoon, Report: []byte(`{"files":[{"name":"` + singing + `"}]}`), Plays: len(plays)}, plays); err != nil {
			t.Fatal(err)
		}
		c.s.portraits.forget(selfID)
		c.fill["{job}"] = "brought"
		return c
	}
	lived := func(c *scene) *scene {
		w := &walker{s: c.s}
		at := w.hour(t, values("now", "2-8", "target", "7-3", "artists", singing))
		if got := w.post(at+"/feel", values("feel", "-2", "after", "1-1", "words", singing, "talk", "yes")); got.Code != http.StatusSeeOther {
			t.Fatal(got.Code)
		}
		c.fill["{id}"], c.fill["{n}"] = strings.TrimPrefix(at, "/hours/"), "3"
		return c
	}
	demo := make("the demo", true)
	if got := post(demo.s, "/demo", nil); got.Code != http.StatusSeeOther {
		t.Fatal(got.Code)
	}
	demo.cookies = []*http.Cookie{cookieOf(whoCookie, demoID)}
	demo.fill["{job}"], demo.fill["{n}"] = "demo", "3"
	forgotten := make("the demo, forgotten meanwhile", true)
	forgotten.cookies = demo.cookies
	bare := make("known, without consents", true)
	post(bare.s, "/welcome", map[string]string{"name": singing})
	gone := lived(known(make("after everything was deleted", true)))
	if got := post(gone.s, "/data/delete", nil); got.Code != http.StatusOK {
		t.Fatal(got.Code)
	}
	return []*scene{make("nobody", true), make("nobody, and no music", false), bare, demo, forgotten, known(make("a history without a table", false)), lived(known(make("a history", true))), gone}
}

// TestEveryRoute asks for every address there is, in every state, by every method,
// with forms that are empty and forms of junk. None is Segue's fault, and none tells
// an address, a header or the log what somebody heard, is called, or said.
func TestEveryRoute(t *testing.T) {
	inTurn(t)
	junk := map[string]string{
		"nothing": "", "no text": "name=%ff%00&zone=%ff&now=%ff&do=%ff&version=%ff&words=%ff&kind=%ff&fact=%ff&id=%ff&back=%ff&theme=%ff&feel=%ff&artists=%ff&place=%ff",
		"twice":       "now=1-1&now=9-9&do=swap&do=&place=1&place=99999999999999999999&version=1&version=x&minutes=60&minutes=-1&feel=2&feel=3&name=a&name=b&plays=yes&plays=no&retention=30&retention=0",
		"far off":     "do=move&version=1&place=-9223372036854775808&where=9223372036854775807&minutes=1e9&other=999999999999&now=0-0&target=--&after=a-b&feel=99&zone=../../../etc/passwd&back=//evil.example&retention=-1",
		"wrong forms": "%zz;;&&&===&%",
		"hostile":     "name=%E2%80%AE" + singing + "%3Cscript%3E&artists=" + strings.Repeat(singing+"%0A", 60) + "&words=" + strings.Repeat(singing, 200) + "&now=2-8&target=7-3&do=build&back=/%09/evil.example&feel=1",
	}
	for _, c := range scenes(t) {
		routes := c.s.table()
		// What deletes comes last, or there is nothing left to ask for.
		last := func(r route) bool {
			for _, path := range []string{"/welcome", "/consents", "/settings", "/delete", "/data/restore"} {
				if strings.HasSuffix(r.pattern, path) {
					return true
				}
			}
			return false
		}
		slices.SortStableFunc(routes, func(a, b route) int {
			switch {
			case last(a) == last(b):
				return 0
			case last(a):
				return 1
			}
			return -1
		})
		for _, one := range routes {
			for _, path := range addresses(one.pattern, c.fill) {
				for _, method := range []string{"GET", "HEAD", "OPTIONS", "DELETE"} {
					c.try(t, method, path, "", "")
				}
				if !strings.HasPrefix(one.pattern, "POST") && one.pattern != "/" {
					continue
				}
				if path == "/demo" && c.name != "nobody" && c.name != "the demo" {
					continue // it takes as long in every state
				}
				for name, body := range junk {
					if path == "/data/export" && name != "hostile" {
						continue // it reads no form, and takes long
					}
					c.try(t, "POST", path, "application/x-www-form-urlencoded", body)
					if name == "nothing" {
						for _, kind := range []string{"", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "application/json", "a;;b"} {
							c.try(t, "POST", path, kind, body)
						}
					}
				}
			}
		}
		said := c.d.String()
		if strings.Contains(said, singing) || strings.Contains(said, "panic") || strings.Contains(said, "<nil>") {
			t.Errorf("%s: the log says %.2000s", c.name, said)
		}
		nameless(t, c.s)
	}
}

// addresses fills in a pattern's names: with what is there, and with what is not.
func addresses(pattern string, fill map[string]string) []string {
	_, path, ok := strings.Cut(pattern, " ")
	if !ok {
		path = pattern
	}
	path = strings.TrimSuffix(path, "{$}")
	files := []string{"tall.png", "wide.svg", "link", "hour.csv", "hour.m3u8", "hour.exe", "%00", "..%2f..%2fetc%2fpasswd", "%ff"}
	out := []string{path}
	for name, bad := range map[string][]string{
		"{job}": {"none", "%2e%2e", "%ff"}, "{n}": {"1", "0", "-1", "99999999999999999999", "01", "%00"}, "{id}": {"none", "%ff", "%0d%0aX-Y:z"}, "{file}": files,
	} {
		var next []string
		for _, p := range out {
			if !strings.Contains(p, name) {
				next = append(next, p)
				continue
			}
			with := bad
			if there, ok := fill[name]; ok {
				with = append([]string{there}, bad...)
			}
			for _, w := range with {
				next = append(next, strings.Replace(p, name, w, 1))
			}
		}
		out = next
	}
	switch path {
	case "/static/":
		out = append(out, "/static/../go.mod", "/static/%2e%2e%2fweb.go", "/static/segue.css%00")
	case "/now":
		out = append(out, "/now?session=3", "/now?session=-1", "/now?session=%ff")
	case "/moods/sessions", "/hours", "/data":
		out = append(out, path+"?page=2", path+"?page=-1", path+"?page=99999999999999999999", path+"?done=<script>", path+"?%zz;")
	case "/":
		out = append(out, "/no/such", "//evil.example/", "/%2e%2e/%2e%2e/etc/passwd", "/a%0d%0aSet-Cookie:x=y", "/\u202e")
	}
	return out
}

// try asks once, and looks at everything but what the page says.
func (c *scene) try(t *testing.T, method, path, kind, body string) {
	t.Helper()
	r, err := http.NewRequest(method, "http://localhost"+path, io.NopCloser(strings.NewReader(body)))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	r.RequestURI = path
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for _, one := range c.cookies {
		r.AddCookie(one)
	}
	r.AddCookie(cookieOf(factCookie, strings.Repeat("x", 4000)))
	r.Header.Add("Cookie", `segue_theme="; \xff; a=b;;; segue_language=../../x`)
	r.Header.Set("Accept-Language", "x-"+strings.Repeat("vi,", 500)+"\xff")
	w := httptest.NewRecorder()
	c.s.Handler().ServeHTTP(w, r)
	about := c.name + ": " + method + " " + path + " " + kind
	if len(body) > 0 {
		about += " of " + body[:min(len(body), 20)]
	}
	if w.Code >= 500 {
		t.Errorf("%s: %d: %.300s", about, w.Code, text(w))
	}
	if method == "HEAD" && w.Body.Len() > 0 && !strings.HasPrefix(path, "/static/") { // net/http cuts it off
		t.Errorf("%s: %d bytes of a body", about, w.Body.Len())
	}
	for name, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %s: %q", about, name, got)
		}
	}
	if cache := w.Header().Get("Cache-Control"); !strings.Contains(cache, "no-store") && !strings.HasPrefix(path, "/static/") {
		t.Errorf("%s: may be cached: %q", about, cache)
	}
	for name, all := range w.Header() {
		for _, v := range all {
			if strings.Contains(v, singing) || strings.ContainsAny(v, "\r\n\x00") {
				t.Errorf("%s: %s: %q", about, name, v)
			}
		}
	}
	if at := w.Header().Get("Location"); at != "" && (!strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//") || strings.ContainsAny(at, "\t\\")) {
		t.Errorf("%s: leads to %q", about, at)
	}
	for _, cookie := range w.Result().Cookies() {
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.Domain != "" {
			t.Errorf("%s: %v", about, cookie)
		}
	}
	if b := w.Body.Bytes(); bytes.Contains(b, []byte("<script>\u202e")) || bytes.Contains(b, []byte("goroutine ")) {
		t.Errorf("%s: the page holds what it must not", about)
	}
}

// TestErrorsTellNothing: what a log may be told of an error is its kind.
func TestErrorsTellNothing(t *testing.T) {
	for _, err := range []error{
		errors.New(singing), &segue.InputError{File: singing, Problem: singing}, &wrong{what: singing, cause: errors.New(singing)}, &panicked{what: "string", where: "here:1"}, nil,
	} {
		if said := kindOf(err); strings.Contains(said, singing) || said == "" {
			t.Errorf("%v is told as %q", err, said)
		}
	}
}
