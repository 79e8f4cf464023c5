package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/demo"
	"segue/internal/browsertest"
	"segue/playlist"
	"segue/store"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A stroll is a person at a browser: who sees what is on the screen, taps and
// types, and waits for the next page.
type stroll struct {
	t     *testing.T
	ctx   context.Context
	base  string
	step  string // where they are, for what goes wrong
	page  func() // is called with every new page
	whole func() // likewise, of those that only this walk comes to
}

func (w *stroll) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", w.step, err)
	}
}

// is evaluates a condition of the page.
func (w *stroll) is(condition string) bool {
	ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
	return err == nil && ok // between two pages there is none to ask
}

// wait waits until a condition of the page holds.
func (w *stroll) wait(condition string) {
	w.t.Helper()
	for began := time.Now(); !w.is(condition); time.Sleep(25 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			at, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string]("location.pathname + ' ' + document.body.innerText.slice(0, 800)"))
			w.t.Fatalf("%s: waited in vain for %s at %s", w.step, condition, at)
		}
	}
}

// tap taps the middle of an element, as a finger or a mouse does.
func (w *stroll) tap(selector string) {
	w.t.Helper()
	w.wait(fmt.Sprintf("document.querySelector(%q)", selector))
	at, err := chromedp.Run(w.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(() => { const e = document.querySelector(%q);
		e.scrollIntoView({block: "center", behavior: "instant"}); const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2, b.width]; })()`, selector)))
	w.must(err)
	if at[2] == 0 {
		w.t.Fatalf("%s: %s is not to be seen", w.step, selector)
	}
	w.must(chromedp.Do(w.ctx, chromedp.MouseClickXY(at[0], at[1])))
}

// arrive waits for a page whose path begins so, and looks at it.
func (w *stroll) arrive(path string) {
	w.t.Helper()
	w.wait(fmt.Sprintf("location.pathname.startsWith(%q) && document.readyState === 'complete' && document.querySelector('h1')", path))
	w.step = path
	w.page()
}

// go goes to a page by its address.
func (w *stroll) to(path string) {
	w.t.Helper()
	w.step = path
	w.must(open(w.ctx, w.base+path))
	w.page()
}

func (w *stroll) text(selector string) string {
	w.t.Helper()
	s, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q)?.textContent ?? ''", selector)))
	w.must(err)
	return strings.TrimSpace(s)
}

func (w *stroll) path() string {
	w.t.Helper()
	s, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("location.pathname"))
	w.must(err)
	return s
}

// TestNineSteps walks the listener's whole way in a real browser, from the welcome
// to deleting everything, with files of their own: with script on a wide screen,
// without on a phone, in one language and the other.
func TestNineSteps(t *testing.T) {
	ctx := browsertest.Open(t, 5*time.Minute)
	axe := browsertest.AxeSource(t)
	files := t.TempDir()
	table, exports, err := demo.Write(context.Background(), files, demo.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	watch, err := browsertest.NewWatch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	screens := browsertest.Screens()
	for _, c := range []struct {
		code     string
		scripted bool
		view     browsertest.View
	}{{"en", true, screens[0]}, {"vi", false, screens[2]}, {"vi", true, screens[3]}, {"en", false, screens[1]}} {
		name := fmt.Sprintf("%s, script %v, %s", c.code, c.scripted, c.view.Name)
		dir := t.TempDir()
		kept, err := store.Open(context.Background(), store.Options{Path: filepath.Join(dir, "segue.db"), Consents: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = kept.Close() })
		_, base := served(t, Options{Kept: kept, Folder: dir})
		w := &stroll{t: t, ctx: ctx, base: base, step: name}
		look := func(axe string) {
			t.Helper()
			w.must(browsertest.Fonts(ctx))
			looked(t, ctx, watch, base, axe, name+" "+w.step, c.view)
		}
		// TestPagesInBrowser looks at all others with axe-core, which takes longest and
		// needs script itself.
		w.page, w.whole = func() { look("") }, func() { look("") }
		if c.scripted {
			w.whole = func() { look(axe) }
		}
		w.must(c.view.Set(ctx))
		_, err = chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !c.scripted})
		w.must(err)
		w.must(choose(ctx, base, languageCookie, c.code))

		// 1 Welcome.
		w.to("/")
		w.tap("input[name=name]")
		w.must(chromedp.Do(ctx, chromedp.KeyEvent("Noor")))
		for _, p := range purposes() {
			w.tap("#c-" + string(p))
		}
		w.tap("input[name=adult16]")
		w.tap("form[action='/welcome'] button")
		w.arrive("/bring")

		// 2 Bring your music: the table of tracks and the history, as they came.
		w.must(chromedp.Do(ctx, chromedp.SetUploadFiles("input[name=file]", append([]string{table}, exports...))))
		w.tap("form[action='/bring'] button.main")
		w.wait("location.pathname.startsWith('/bring/') && document.querySelector(\"a[href='/moods']:not(nav a)\")")
		w.step = "the report"
		w.whole()
		if plays, err := kept.Plays(context.Background(), selfID); err != nil || len(plays) < 10_000 {
			t.Fatalf("%s: %d plays were kept, %v", name, len(plays), err)
		}

		// 3 Your moods, and a session.
		w.tap("main a[href='/moods']")
		w.arrive("/moods")
		if w.text("h1") == "" || !w.is("document.querySelector('svg.plane')") {
			t.Errorf("%s: the moods show no plane", name)
		}
		w.to("/moods/sessions")
		w.tap("main a[href^='/moods/sessions/']")
		w.arrive("/moods/sessions/")

		// 4 The persona, and a card to share.
		w.to("/persona")
		w.tap("form[action='/persona/share'] button")
		w.arrive("/share/")
		share := w.path()

		// 5 How are you now?
		w.to("/now")
		w.tap("input[name=now][value='2-8']")
		if !c.scripted || !w.is("document.querySelector('input[name=which][value=target]').checked") {
			w.tap("label:has(input[name=which][value=target])")
		}
		w.tap("input[name=target][value='7-3']")
		w.tap("#build")

		// 6 Your hour: change it, take it along.
		w.arrive("/hours/")
		hour := w.path()
		tracks := func() string {
			s, err := chromedp.Run(ctx, chromedp.Evaluate[string]("[...document.querySelectorAll('.track b')].map(e => e.textContent).join('|')"))
			w.must(err)
			return s
		}
		edit := func(what, selector string) {
			t.Helper()
			before, was := tracks(), w.version()
			w.tap(selector)
			// Between two pages there is no version at all.
			for began := time.Now(); w.version() == was || w.version() == ""; time.Sleep(25 * time.Millisecond) {
				if time.Since(began) > 20*time.Second {
					t.Fatalf("%s: %s changed nothing", name, what)
				}
			}
			w.step = what
			if tracks() == before && what != "lock" {
				t.Errorf("%s: after %s the tracks are the same", name, what)
			}
		}
		first := tracks()
		edit("lock", "#lock-2")
		edit("swap", "#swap-4")
		if w.is("document.querySelector('#lock-2').getAttribute('aria-pressed') !== 'true'") {
			t.Errorf("%s: the lock did not hold", name)
		}
		edit("undo", "#undo")
		if tracks() != first {
			t.Errorf("%s: undone, and the tracks are not the first ones", name)
		}
		edit("a shorter hour", "#minutes-30")
		edit("a fresh hour", "#fresh")
		w.whole()
		for _, f := range playlist.Formats() {
			w.download(hour + "/hour." + string(f))
		}

		// 7 How did this feel?
		w.to(hour + "/feel")
		w.tap("input[type=radio][value='7-4']")
		w.tap("label:has(input[name=feel][value='1'])")
		w.tap("textarea[name=words]")
		w.must(chromedp.Do(ctx, chromedp.KeyEvent("quieter")))
		w.tap("form[action$='/feel'] button.main")
		w.wait("document.querySelector(\"form[action$='/feel/delete']\")")
		w.step = "what it learned"
		w.whole()
		if felt, err := kept.Reflections(context.Background(), selfID); err != nil || len(felt) != 1 || felt[0].Feel != 1 || felt[0].Words != "quieter" {
			t.Errorf("%s: felt %v, %v", name, felt, err)
		}

		// 8 Over time.
		w.to("/time")

		// 9 Your data and support.
		w.to("/data")
		w.tap("footer a[href='/support']")
		w.arrive("/support")
		w.must(chromedp.Do(ctx, chromedp.Navigate(base+share), chromedp.WaitReady("h1"))) // no frame of ours stands around it
		w.step = "a shared card"
		w.whole()
		w.to("/data/delete")
		w.tap("form[action='/data/delete'] button")
		w.wait("!document.querySelector(\"form[action='/data/delete']\") && document.querySelector('main h1')")
		w.step = "deleted"
		w.whole()
		if _, err := kept.Listener(context.Background(), selfID); err == nil {
			t.Errorf("%s: the listener is still known", name)
		}
		if found := holding(t, dir, "quieter"); len(found) > 0 {
			t.Errorf("%s: words are still in %v", name, found)
		}
		if left, _ := os.ReadDir(filepath.Join(dir, "catalogs")); len(left) > 0 {
			t.Errorf("%s: the table that was brought is still there: %v", name, left)
		}
	}
}

// version is which version of the hour the page shows.
func (w *stroll) version() string {
	s, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string]("document.readyState === 'complete' ? document.querySelector('input[name=version]')?.value ?? '' : ''"))
	return s
}

// download fetches a file of the hour and reads it back.
func (w *stroll) download(path string) {
	w.t.Helper()
	r, err := http.Get(w.base + path)
	w.must(err)
	defer r.Body.Close()
	if _, err := playlist.ReadAny(io.LimitReader(r.Body, 1<<20), path); err != nil || r.StatusCode != http.StatusOK {
		w.t.Errorf("%s: %s, %v", path, r.Status, err)
	}
}
