package web

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"segue/internal/browsertest"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
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
	at = at.Add(time.Minute) // so that this is the one spoken of last
	w.post(worse+"/feel", values("feel", "-2", "after", "3-3"))
	_, p := w.stored(t, hour)
	for i, cell := range []string{"8-2", "9-1", "7-3", "8-1", "9-2"} {
		at = at.Add(time.Minute)
		w.post("/taste", values("track", p.Tracks[2*i].ID, "feels", cell))
	}
	w.post("/taste", values("track", p.Tracks[1].ID, "never", "angry"))
	for _, code := range []string{"en", "vi"} {
		if err := choose(ctx, base, languageCookie, code); err != nil {
			t.Fatal(err)
		}
		if err := choose(ctx, base, whoCookie, demoID); err != nil {
			t.Fatal(err)
		}
		w.cookies = append(w.cookies[:1:1], cookieOf(languageCookie, code))
		w.edit(t, hour, values("do", "swap", "place", "5"))
		fresh := w.hour(t, values("now", "3-7", "target", "6-6", "minutes", "30"))
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
			{"taste-feels", fresh + "/tracks/3", ""},
			{"taste-said", "/taste", ""},
		} {
			if only := os.Getenv("WEB_PAGE"); only != "" && !strings.Contains(p.name, only) {
				continue
			}
			around(t, ctx, watch, base, axe, code+" "+p.name, func() {
				if err := open(ctx, base+p.path); err != nil {
					t.Fatalf("%s: %v", p.name, err)
				}
				if p.first != "" {
					evaluated[chromedp.Void](t, ctx, p.first)
				}
			})
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

// middle returns where the middle of the first element of a selector is.
func middle(t *testing.T, ctx context.Context, selector string) (x, y float64) {
	t.Helper()
	at := evaluated[[]float64](t, ctx, fmt.Sprintf(`(e => { e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return [r.x + r.width/2, r.y + r.height/2] })(document.querySelector(%q))`, selector))
	return at[0], at[1]
}

// cell is the selector of a square.
func cell(group string, c string) string {
	return fmt.Sprintf(`[data-cells=%s] input[value="%s"]`, group, c)
}

// said is what a page says is chosen.
func said(t *testing.T, ctx context.Context, group string) string {
	t.Helper()
	return evaluated[string](t, ctx, fmt.Sprintf(`document.querySelector("[name=%s]:checked")?.value + " " + document.querySelector("[data-words=%[1]s] .v").textContent`, group))
}

// The pad takes a mouse, also dragged, and keys in two dimensions, and says what is
// chosen; its squares are large enough for a finger on a small phone.
func TestPadInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 4*time.Minute)
	s, base := served(t, Options{Now: func() time.Time { return afternoon }})
	w := &walker{s: s}
	w.post("/demo", nil)
	for _, c := range [][2]string{{whoCookie, demoID}, {languageCookie, "en"}} {
		if err := choose(ctx, base, c[0], c[1]); err != nil {
			t.Fatal(err)
		}
	}
	view := browsertest.View{Name: "small", Width: 320, Height: 640, Media: "screen", Scheme: "light", Still: true}
	if err := view.Set(ctx); err != nil {
		t.Fatal(err)
	}
	hour := w.hour(t, values("now", "3-7", "target", "7-3", "minutes", "20"))
	w.post(hour+"/feel", values("feel", "-2", "after", "2-8"))
	for _, path := range []string{hour, hour + "/feel", "/hours", "/time", "/now"} {
		if err := open(ctx, base+path); err != nil {
			t.Fatal(err)
		}
		evaluated[chromedp.Void](t, ctx, `document.querySelectorAll("details").forEach(d => d.open = true)`)
		if wide := evaluated[float64](t, ctx, `document.documentElement.scrollWidth`); wide > 320 {
			t.Errorf("%s is %.0f px wide at 320 px: %s", strings.TrimPrefix(path, hour), wide, evaluated[string](t, ctx, `[...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > 321).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join("\n")`))
		}
		if keep := os.Getenv("WEB_OUT"); keep != "" {
			if err := browsertest.Keep(ctx, keep, "small-"+strings.ReplaceAll(path, "/", "-"), view.Width); err != nil {
				t.Fatal(err)
			}
		}
	}
	if size := evaluated[float64](t, ctx, `Math.min(...[...document.querySelectorAll(".cells input")].flatMap(c => [c.getBoundingClientRect().width, c.getBoundingClientRect().height]))`); size < 24 {
		t.Errorf("a square is %.1f px at 320 px", size)
	}
	// The squares lie on those that are drawn.
	if off := evaluated[float64](t, ctx, `(() => { const p = document.querySelector("svg.pad").getBoundingClientRect(), c = document.querySelector(".cells").getBoundingClientRect(); return Math.max(Math.abs(c.x - p.x - p.width*34/608), Math.abs(c.width - p.width*540/608), Math.abs(c.height - p.height*540/608)) })()`); off > 1 {
		t.Errorf("the squares are %.1f px off the drawn ones", off)
	}

	x, y := middle(t, ctx, cell("now", "3-7"))
	if err := chromedp.Do(ctx, chromedp.MouseClickXY(x, y)); err != nil {
		t.Fatal(err)
	}
	if got := said(t, ctx, "now"); got != "3-7 Wound up" {
		t.Errorf("a tap chose %q", got)
	}
	if !evaluated[bool](t, ctx, `document.querySelector("[name=which][value=target]").checked`) {
		t.Error("after the first tap the second is not asked for")
	}
	x, y = middle(t, ctx, cell("target", "5-5"))
	tx, ty := middle(t, ctx, cell("target", "7-3"))
	for _, step := range []struct {
		kind input.DispatchMouseEventType
		x, y float64
	}{{input.DispatchMouseEventTypeMousePressed, x, y}, {input.DispatchMouseEventTypeMouseMoved, (x + tx) / 2, (y + ty) / 2}, {input.DispatchMouseEventTypeMouseMoved, tx, ty}, {input.DispatchMouseEventTypeMouseReleased, tx, ty}} {
		if _, err := chromedp.Call(ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: step.kind, X: step.x, Y: step.y, Button: "left", Buttons: 1, ClickCount: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if got := said(t, ctx, "target"); got != "7-3 Calm" {
		t.Errorf("a drag chose %q", got)
	}
	if got := said(t, ctx, "now"); got != "3-7 Wound up" {
		t.Errorf("the drag moved what was chosen before to %q", got)
	}
	if evaluated[bool](t, ctx, `document.querySelector(".pad-line").hasAttribute("hidden")`) {
		t.Error("no line joins the two")
	}

	// By key: to the corner and no further, a row's and a column's end.
	evaluated[chromedp.Void](t, ctx, `document.querySelector("[name=now]:checked").focus()`)
	for _, step := range []struct{ keys, want string }{
		{kb.ArrowUp, "3-8"}, {kb.ArrowUp + kb.ArrowUp, "3-9"}, {kb.ArrowLeft + kb.ArrowLeft + kb.ArrowLeft, "1-9"}, {kb.End, "9-9"}, {kb.PageDown, "9-1"}, {kb.Home, "1-1"}, {kb.ArrowRight, "2-1"},
	} {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(step.keys)); err != nil {
			t.Fatal(err)
		}
		if got := said(t, ctx, "now"); !strings.HasPrefix(got, step.want+" ") {
			t.Errorf("keys led to %q, want %s", got, step.want)
		}
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		got := evaluated[string](t, ctx, `document.activeElement.name + " " + document.activeElement.value`)
		if got == "target 7-3" {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("Enter leads to %q, at %s", got, evaluated[string](t, ctx, `location.pathname`))
		}
	}

	// Without script the switch and the squares do the same.
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(base+"/now"), chromedp.WaitReady("footer")); err != nil {
		t.Fatal(err)
	}
	for _, selector := range []string{cell("now", "3-7"), `[name=which][value=target]`, cell("target", "8-2"), "#build"} {
		x, y := middle(t, ctx, selector)
		if err := chromedp.Do(ctx, chromedp.MouseClickXY(x, y)); err != nil {
			t.Fatal(err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.WaitReady("#t1")); err != nil {
		t.Fatal(err)
	}
	if got := evaluated[string](t, ctx, `document.querySelector("h1").textContent`); !strings.Contains(got, "wound up") {
		t.Errorf("without script the hour is %q", got)
	}
}

// An edit changes the page without loading it: the focus stays, and what changed is
// said and marked.
func TestEditInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 4*time.Minute)
	s, base := served(t, Options{Now: func() time.Time { return afternoon }})
	w := &walker{s: s}
	w.post("/demo", nil)
	at := w.hour(t, values("now", "3-7", "target", "7-3", "minutes", "30"))
	for _, c := range [][2]string{{whoCookie, demoID}, {languageCookie, "en"}} {
		if err := choose(ctx, base, c[0], c[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := open(ctx, base+at); err != nil {
		t.Fatal(err)
	}
	evaluated[chromedp.Void](t, ctx, `window.stays = true`)
	press := func(id string) {
		t.Helper()
		h, _ := w.stored(t, at)
		evaluated[chromedp.Void](t, ctx, fmt.Sprintf(`document.getElementById(%q).closest("details")?.setAttribute("open", ""), document.getElementById(%[1]q).focus(), document.getElementById(%[1]q).click()`, id))
		next := fmt.Sprintf(`[name=version][value="%d"]`, h.Version+1)
		if err := chromedp.Do(ctx, chromedp.WaitReady(next)); err != nil {
			t.Fatal(err)
		}
	}
	focus := func() string { return evaluated[string](t, ctx, `document.activeElement.id`) }

	press("swap-3")
	if focus() != "swap-3" || !evaluated[bool](t, ctx, `!!document.querySelector("#t3.fresh")`) {
		t.Errorf("after a swap the focus is on %q, or the new track is not marked", focus())
	}
	if said := evaluated[string](t, ctx, `document.querySelector("body > [role=status]").textContent`); !strings.HasPrefix(said, "Place 3 is now") {
		t.Errorf("it says %q", said)
	}
	press("lock-2")
	if focus() != "lock-2" || !evaluated[bool](t, ctx, `document.activeElement.getAttribute("aria-pressed") === "true"`) {
		t.Errorf("after locking the focus is on %q", focus())
	}
	press("down-4")
	if focus() != "down-5" {
		t.Errorf("the focus does not go with a track that moves: %q", focus())
	}
	press("minutes-20")
	if focus() != "minutes-20" {
		t.Errorf("after another length the focus is on %q", focus())
	}
	press("undo")
	press("undo")
	press("redo")
	if !evaluated[bool](t, ctx, `window.stays === true`) {
		t.Error("the page was loaded anew")
	}
	if err := chromedp.Do(ctx, chromedp.WaitReady(`main:not([aria-busy])`)); err != nil {
		t.Fatal(err)
	}
}
