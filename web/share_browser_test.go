package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"segue/internal/browsertest"

	"github.com/chromedp/chromedp"
)

// The page of a shared card in a real browser, with a campaign: layout, contrast,
// names for those who hear it, and nothing asked of another host. And the persona
// with what is said of shared cards.
func TestShareInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 5*time.Minute)
	axe := browsertest.AxeSource(t)
	watch, err := browsertest.NewWatch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2027, 10, 9, 12, 0, 0, 0, time.UTC)
	s, base := served(t, Options{Campaign: exampleCampaign(t), Now: func() time.Time { return at }})
	if _, err := s.demo.get(ctx); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"en", "vi"} {
		r := httptest.NewRequest("POST", "http://localhost/persona/share", nil)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.AddCookie(&http.Cookie{Name: whoCookie, Value: demoID})
		r.AddCookie(&http.Cookie{Name: languageCookie, Value: code})
		made := httptest.NewRecorder()
		s.Handler().ServeHTTP(made, r)
		for name, value := range map[string]string{whoCookie: demoID, languageCookie: code} {
			if err := choose(ctx, base, name, value); err != nil {
				t.Fatal(err)
			}
		}
		for name, path := range map[string]string{"shared card": made.Header().Get("Location"), "persona with shared cards": "/persona#shared"} {
			around(t, ctx, watch, base, axe, code+" "+name, func() {
				if err := open(ctx, base+path); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`[...document.images].filter(i => i.loading !== "lazy").every(i => i.complete && i.naturalWidth > 0)`))
	if err != nil || !seen {
		t.Errorf("a card is not shown: %v", err)
	}
}
