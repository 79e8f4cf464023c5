package web

import (
	"os"
	"strings"
	"testing"
	"time"

	"segue/internal/browsertest"
	"segue/lab"
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
	watch.Take()
	pages := map[string]string{"lab": "/lab", "lab jobs": "/lab/jobs", "comparison": at, "models": "/lab/versions/model", "persona versions": "/lab/versions/" + lab.PersonaTreeKind,
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
