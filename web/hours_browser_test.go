package web

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"segue/internal/browsertest"

	"github.com/chromedp/chromedp"
)

// TestHoursInBrowser looks at the pages of check-ins and hours as they are once one
// has some, in both languages, on a phone and a wide screen, by day and by night.
func TestHoursInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 10*time.Minute)
	axe := browsertest.AxeSource(t)
	watch, err := browsertest.NewWatch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	at := afternoon
	s, base := served(t, Options{Now: func() time.Time { return at }})
	w := &walker{s: s, now: &at}
	w.post("/demo", nil)
	hour := w.hour(t, values("now", "3-7", "target", "7-3"))
	w.edit(t, hour, values("do", "lock", "place", "7"))
	worse := w.hour(t, values("now", "8-8", "do", "stay", "minutes", "20"))
	for i := range 11 {
		at = at.Add(31 * time.Hour)
		past := w.hour(t, values("now", fmt.Sprintf("%d-%d", 2+i%3, 8-i%4), "target", "8-3", "minutes", "10"))
		if i != 4 {
			w.post(past+"/feel", values("feel", fmt.Sprint(i%4-1), "after", fmt.Sprintf("%d-%d", 4+i%4, 6-i%3)))
		}
	}
	w.post(hour+"/feel", values("feel", "1", "after", "6-4", "words", "Warmer than I thought.\nẤm hơn tôi tưởng."))
	w.post(worse+"/feel", values("feel", "-2", "after", "3-3"))
	for _, code := range []string{"en", "vi"} {
		if err := choose(ctx, base, languageCookie, code); err != nil {
			t.Fatal(err)
		}
		if err := choose(ctx, base, whoCookie, demoID); err != nil {
			t.Fatal(err)
		}
		w.cookies = append(w.cookies[:1:1], cookieOf(languageCookie, code))
		w.edit(t, hour, values("do", "swap", "place", "5"))
		fresh := w.hour(t, values("now", "3-7", "minutes", "30"))
		for _, view := range browsertest.Screens() {
			if err := view.Set(ctx); err != nil {
				t.Fatal(err)
			}
			for _, p := range []struct {
				name, path string
				first      string
			}{
				{"now-worse", "/now", ""},
				{"now-chosen", "/now", `document.querySelector("#options").open = true, pick("now", "3-7"), pick("target", "7-3"); function pick(n, v) { const c = document.querySelector("[name=" + n + "][value='" + v + "']"); c.checked = true; c.dispatchEvent(new Event("change", {bubbles: true})) }`},
				{"hour", hour, ""},
				{"hour-open", fresh, `document.querySelectorAll("#lead-to, #more-2").forEach(d => d.open = true)`},
				{"feel", fresh + "/feel", ""},
				{"felt", hour + "/feel", ""},
				{"felt-worse", worse + "/feel", ""},
				{"time", "/time", ""},
				{"hours", "/hours", ""},
			} {
				if only := os.Getenv("WEB_PAGE"); only != "" && !strings.Contains(p.name, only) {
					continue
				}
				if err := open(ctx, base+p.path); err != nil {
					t.Fatalf("%s: %v", p.name, err)
				}
				if p.first != "" {
					evaluated[chromedp.Void](t, ctx, p.first)
				}
				looked(t, ctx, watch, base, axe, code+" "+p.name, view)
			}
		}
	}
}

// evaluated returns what an expression gives on the page that is open.
func evaluated[T any](t *testing.T, ctx context.Context, js string) T {
	t.Helper()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	return out
}
