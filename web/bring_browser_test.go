package web

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/demo"
	"segue/internal/browsertest"
	"segue/store"

	"github.com/chromedp/chromedp"
)

// within waits for something to be true of the page.
func within(ctx context.Context, limit time.Duration, script string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script))
		if is || ctx.Err() != nil {
			return ctx.Err()
		}
		_ = err // between two documents there is nothing to ask
		time.Sleep(30 * time.Millisecond)
	}
}

// TestBringInBrowser brings music by choosing files, by dropping them, and without
// script, and looks at every page on the way in both languages on all screens.
func TestBringInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 10*time.Minute)
	axe := browsertest.AxeSource(t)
	watch, err := browsertest.NewWatch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b := bringer(t, store.Moods, store.Plays)
	dir := t.TempDir()
	table, exports, err := demo.Write(ctx, dir, demo.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "holiday.json")
	if err := os.WriteFile(bad, []byte("\x89PNG\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	heading := func(text string) string { return `document.querySelector("h1")?.textContent.includes("` + text + `")` }
	must := func(err error) {
		t.Helper()
		if err != nil {
			text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
			t.Fatal(err, text)
		}
	}
	choose1 := func(paths ...string) {
		t.Helper()
		must(open(ctx, b.base+"/bring"))
		must(chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void]("window.kept = true; 0"), chromedp.SetUploadFiles("[data-files]", paths), chromedp.Click(".bring .btn.main")))
	}
	choose1(bad)
	must(within(ctx, 20*time.Second, heading("could not be read")))
	choose1(exports...)
	must(within(ctx, 60*time.Second, heading("Your music is here")))
	if kept, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("window.kept === true && location.pathname.length > 20")); err != nil || !kept {
		t.Error("the page was loaded anew, or the address is not the report's", err)
	}
	if focus, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.activeElement.id")); focus != "main" {
		t.Errorf("the focus is on %q", focus)
	}
	// The report asks for a table, and its form works as the first one does: dropped.
	body, err := os.ReadFile(table)
	must(err)
	drop := `(async () => {
		const t = new DataTransfer();
		t.items.add(new File([TABLE], "tracks.csv", {type: "text/csv"}));
		for (const kind of ["dragenter", "dragover", "drop"]) dispatchEvent(Object.assign(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: t})));
	})()`
	quoted := "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`", "${", "\\${").Replace(string(body)) + "`"
	must(chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](strings.Replace(drop, "TABLE", quoted, 1)+";0")))
	must(within(ctx, 60*time.Second, `document.querySelector("#covered-h") !== null`))

	// Stopped while it is sent, by the button of the page.
	j, _ := b.s.begin(&visit{server: b.s, who: store.Listener{ID: selfID}})
	j.step(reading)
	j.tell(reading, 3_100_000, 8_200_000)
	j.counted(12_345)
	failed, _ := b.s.begin(&visit{server: b.s, who: store.Listener{ID: "x"}})
	b.s.end(failed, nil)

	all, err := b.s.kept.Imports(ctx, selfID)
	must(err)
	pages := []struct{ name, path string }{{"report", "/bring/" + all[0].ID}, {"reading", "/bring/" + j.id}, {"waiting", "/bring"}}
	look := func(name, path string) {
		for _, code := range []string{"en", "vi"} {
			must(choose(ctx, b.base, languageCookie, code))
			around(t, ctx, watch, b.base, axe, code+" bring "+name, func() { must(open(ctx, b.base+path)) })
		}
	}
	watch.Take() // among them the page of the file that could not be read, which is a 422
	for _, p := range pages {
		look(p.name, p.path)
	}
	must(choose(ctx, b.base, languageCookie, "en"))
	must(open(ctx, b.base+"/bring/"+j.id))
	go func() {
		<-j.ctx.Done()
		b.s.end(j, j.ctx.Err())
	}()
	must(chromedp.Do(ctx, chromedp.Click(".reading .btn")))
	must(within(ctx, 20*time.Second, heading("Stopped")))
	look("stopped", "/bring/"+j.id)
	look("form", "/bring")
	watch.Take()
	b.clean()
}
