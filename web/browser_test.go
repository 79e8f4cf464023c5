package web

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/chart"
	"segue/internal/browsertest"
	"segue/store"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// served starts a server with nothing in it, on loopback.
func served(t *testing.T, o Options) (*Server, string) {
	t.Helper()
	if o.Kept == nil {
		kept, err := store.Open(context.Background(), store.Options{Path: t.TempDir() + "/segue.db", Consents: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = kept.Close() })
		o.Kept = kept
	}
	s, err := New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		h.CloseClientConnections()
		h.Close()
		_ = s.Close()
	})
	return s, h.URL
}

// choose sets a cookie of ours, as the forms of the footer do.
func choose(ctx context.Context, base, name, value string) error {
	_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: base})
	return err
}

// open goes to a page and waits until it is whole.
func open(ctx context.Context, address string) error {
	if err := chromedp.Do(ctx, chromedp.Navigate(address), chromedp.WaitReady("footer")); err != nil {
		return err
	}
	return browsertest.Fonts(ctx)
}

// around brings up a page on a wide screen and on a phone, and reports what is wrong
// with it by day and by night, which is painted in other colors and no other page:
// TestNightOnlyPaints.
func around(t *testing.T, ctx context.Context, watch *browsertest.Watch, base, axe, name string, show func()) {
	t.Helper()
	for _, day := range browsertest.Days() {
		if err := day.Set(ctx); err != nil {
			t.Fatal(err)
		}
		show()
		looked(t, ctx, watch, base, axe, name, day)
		painted(t, ctx, watch, base, axe, name, day.ByNight())
	}
}

// looked reports what is wrong with the page that is open.
func looked(t *testing.T, ctx context.Context, watch *browsertest.Watch, base, axe, name string, view browsertest.View) {
	t.Helper()
	judged(t, ctx, watch, base, axe, browsertest.Axe, name, view)
}

// painted reports what is wrong with the page that is open, and was looked at, once it
// has the colors of another view.
func painted(t *testing.T, ctx context.Context, watch *browsertest.Watch, base, axe, name string, view browsertest.View) {
	t.Helper()
	if err := view.Set(ctx); err != nil {
		t.Fatal(err)
	}
	judged(t, ctx, watch, base, axe, browsertest.AxeColors, name, view)
}

func judged(t *testing.T, ctx context.Context, watch *browsertest.Watch, base, axe string, ask func(context.Context, string) ([]browsertest.Wrong, error), name string, view browsertest.View) {
	t.Helper()
	wrongs, err := browsertest.Look(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	if axe != "" {
		found, err := ask(ctx, axe)
		if err != nil {
			t.Fatal(err)
		}
		wrongs = append(wrongs, found...)
	}
	for _, w := range wrongs {
		t.Errorf("%s, %s: %s: %s", name, view.Name, w.What, w.Where)
	}
	asked, said := watch.Take()
	for _, u := range asked {
		if !strings.HasPrefix(u, base+"/") {
			t.Errorf("%s: the page asked another host: %s", name, u)
		}
	}
	if len(said) > 0 {
		t.Errorf("%s, %s: the console says %q", name, view.Name, said)
	}
	if keep := os.Getenv("WEB_OUT"); keep != "" {
		if err := browsertest.Keep(ctx, keep, strings.NewReplacer("/", "-", " ", "-").Replace(name)+"-"+view.Name, view.Width); err != nil {
			t.Fatal(err)
		}
	}
}

// demoPages are the pages that the demo listener has, by name.
func demoPages() map[string]string {
	return map[string]string{
		"home": "/", "moods": "/moods", "sessions": "/moods/sessions", "session": "/moods/sessions/40", "persona": "/persona", "tree": "/persona/tree",
		"now": "/now", "hours": "/hours", "taste": "/taste", "time": "/time", "own": "/time/own", "bring": "/bring", "data": "/data", "delete": "/data/delete", "support": "/support", "how": "/how", "api": "/api", "nothing": "/nowhere",
	}
}

// TestPagesInBrowser looks at every page in both languages, on a phone and a wide
// screen, by day and by night: layout, contrast, axe-core, the console, and that
// nothing is asked of another host.
func TestPagesInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 15*time.Minute)
	axe := browsertest.AxeSource(t)
	watch, err := browsertest.NewWatch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s, base := served(t, Options{})
	if _, err := s.demo.get(ctx); err != nil {
		t.Fatal(err)
	}
	only := os.Getenv("WEB_PAGE")
	for _, code := range []string{"en", "vi"} {
		if err := choose(ctx, base, languageCookie, code); err != nil {
			t.Fatal(err)
		}
		show := func(path string) func() {
			return func() {
				if err := open(ctx, base+path); err != nil {
					t.Fatalf("%s: %v", path, err)
				}
				if path == demoPages()["nothing"] {
					watch.Take() // the console tells of the 404
				}
			}
		}
		if err := choose(ctx, base, whoCookie, "nobody"); err != nil {
			t.Fatal(err)
		}
		if only == "" || only == "welcome" {
			around(t, ctx, watch, base, axe, code+" welcome", show("/"))
		}
		if err := choose(ctx, base, whoCookie, demoID); err != nil {
			t.Fatal(err)
		}
		for name, path := range demoPages() {
			if only == "" || only == name {
				around(t, ctx, watch, base, axe, code+" "+name, show(path))
			}
		}
	}
}

// TestNightOnlyPaints: what pages are by night differs in colors alone. Those of both
// times stand in one light-dark(), which can hold nothing else, and nothing asks what
// time it is.
func TestNightOnlyPaints(t *testing.T) {
	said := chart.Style()
	for _, pattern := range []string{"static/*.css", "static/*.js", "*.templ"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			said += string(b)
		}
	}
	if strings.Contains(said, "prefers-color-scheme") {
		t.Error("something besides colors may change by night: look at every page by night as by day")
	}
	if !strings.Contains(said, "light-dark(") {
		t.Error("the colors of day and night are not where they were")
	}
}
