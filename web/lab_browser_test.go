package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/internal/browsertest"
	"segue/lab"
	"segue/language"
	"segue/outcome/experiment"

	"github.com/chromedp/chromedp"
)

// TestLabInBrowser looks at the pages of the lab in both languages, on a phone and a
// wide screen, by day and by night, and follows a job to its end with script.
func TestLabInBrowser(t *testing.T) {
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
	if err := choose(ctx, base, whoCookie, demoID); err != nil {
		t.Fatal(err)
	}
	w := &stroll{t: t, ctx: ctx, base: base, page: func() {}}
	w.must(browsertest.Screens()[0].Set(ctx))
	w.to("/lab/jobs")
	w.tap("form:has([value=compare]) button")
	w.arrive("/lab/jobs/")
	at := w.path()
	if j, err := s.kept.Job(t.Context(), strings.TrimPrefix(at, "/lab/jobs/")); err != nil || j.Owner != demoID {
		t.Fatal(j.Owner, err)
	}
	for end := time.Now().Add(5 * time.Minute); !w.is("document.querySelector('table.figures') && document.readyState === 'complete'"); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the page does not show what was found: %s", w.text("main"))
		}
	}
	demo, err := s.demo.get(ctx)
	if err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(t.TempDir(), "moods of people.csv")
	if err := os.WriteFile(table, []byte(labelTable(demo.Catalog)), 0o600); err != nil {
		t.Fatal(err)
	}
	w.to("/lab/labels")
	w.must(chromedp.Do(ctx, chromedp.SetUploadFiles("input[name=files]", []string{table})))
	w.tap("form[action='/lab/labels'] [name=train]")
	w.tap("form[action='/lab/labels'] button")
	w.arrive("/lab/jobs/")
	audited := w.path()
	for end := time.Now().Add(5 * time.Minute); !w.is("document.querySelector('#limits-h') && document.readyState === 'complete'"); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the page does not show what the audit found: %s", w.text("main"))
		}
	}
	w.tap("form[action$='/keep'] button")
	w.arrive("/lab/versions/model/")
	learned := w.path()
	watch.Take()
	pages := map[string]string{"lab": "/lab", "lab jobs": "/lab/jobs", "labels": "/lab/labels", "audit": audited, "comparison": at, "models": "/lab/versions/model", "learned version": learned, "persona versions": "/lab/versions/" + lab.PersonaTreeKind,
		"tree version": "/lab/versions/" + lab.OfferTreeKind + "/" + shippedVersion, "tree edit": "/lab/versions/" + lab.OfferTreeKind + "/edit"}
	only := os.Getenv("WEB_PAGE")
	for _, code := range []string{"en", "vi"} {
		if err := choose(ctx, base, languageCookie, code); err != nil {
			t.Fatal(err)
		}
		for name, path := range pages {
			if only != "" && only != name {
				continue
			}
			around(t, ctx, watch, base, axe, code+" "+name, func() {
				if err := open(ctx, base+path); err != nil {
					t.Fatalf("%s: %v", path, err)
				}
			})
		}
	}
}

// TestLabOutcomesInBrowser looks at the lab's metrics and experiments, with enough people
// behind them and with too few.
func TestLabOutcomesInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 10*time.Minute)
	axe := browsertest.AxeSource(t)
	watch, err := browsertest.NewWatch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s, base := served(t, Options{})
	if _, err := s.demo.get(ctx); err != nil {
		t.Fatal(err)
	}
	v := &visit{Tongue: language.English(), server: s, at: s.now()}
	d, _ := declared(t, "steps", experiment.AlwaysValid, nil)
	must(t, v.keepDesign(t.Context(), d))
	few, _ := declared(t, "few", experiment.FixedHorizon, nil)
	must(t, v.keepDesign(t.Context(), few))
	throng{people: 62, hours: 6, from: s.now().UTC().Truncate(time.Hour).AddDate(0, 0, -50), seed: 4, expose: exposing(t, d), nearer: map[string]float64{"iso": 3}}.gather(t, s.kept)
	must(t, choose(ctx, base, whoCookie, demoID))
	pages := map[string]string{"metrics": "/lab/metrics", "experiments": "/lab/experiments", "experiment": "/lab/experiments/" + d.Hash(), "experiment of few": "/lab/experiments/" + few.Hash(), "experiment new": "/lab/experiments/new?from=" + d.Hash()}
	only := os.Getenv("WEB_PAGE")
	for _, code := range []string{"en", "vi"} {
		must(t, choose(ctx, base, languageCookie, code))
		for name, path := range pages {
			if only != "" && only != name {
				continue
			}
			around(t, ctx, watch, base, axe, code+" "+name, func() { must(t, open(ctx, base+path)) })
		}
	}
}
