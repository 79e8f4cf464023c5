// Package browsertest opens pages in a real browser for tests, and looks at them as
// a person would: on a phone and a wide screen, by day and by night, with a
// keyboard, and with axe-core for what a screen reader needs.
package browsertest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Open opens a Chromium for a test of up to so long, or skips it aloud.
func Open(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: no browser")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium on this machine: the page was not looked at in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	// The first call starts the browser, which lives as long as its context.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, limit)
	t.Cleanup(cancel)
	return ctx
}

// A View is how a page is looked at.
type View struct {
	Name          string
	Width, Height int64
	Media         string // "screen" or "print"
	Scheme        string // "light" or "dark"
	Still         bool   // reduced motion is asked for
}

// Screens are a wide screen and a phone, each by day and by night.
func Screens() []View {
	var all []View
	for _, day := range Days() {
		all = append(all, day, day.ByNight())
	}
	return all
}

// Days are a wide screen and a phone by day.
func Days() []View {
	return []View{{"wide", 1280, 900, "screen", "light", true}, {"phone", 390, 844, "screen", "light", true}}
}

// ByNight is the same screen by night.
func (v View) ByNight() View {
	v.Name, v.Scheme = v.Name+"-dark", "dark"
	return v
}

// Set makes the browser look in a way.
func (v View) Set(ctx context.Context) error {
	motion := "no-preference"
	if v.Still {
		motion = "reduce"
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: v.Media, Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: v.Scheme}, {Name: "prefers-reduced-motion", Value: motion}}}); err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.EmulateViewport(v.Width, v.Height))
}

// Fonts waits until the page's fonts are there.
func Fonts(ctx context.Context) error {
	return chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void]("document.fonts.ready.then(() => {})", chromedp.EvalAwaitPromise))
}

// A Wrong is something on a page that should not be.
type Wrong struct{ What, Where string }

//go:embed look.js
var look string

// Look returns what is wrong with the page as it is laid out now. On paper small
// text in drawings is no fault.
func Look(ctx context.Context, screen bool) ([]Wrong, error) {
	return chromedp.Run(ctx, chromedp.Evaluate[[]Wrong](strings.ReplaceAll(look, "SMALL", fmt.Sprint(screen))))
}

// A Watch notes what pages ask for and what the console says.
type Watch struct {
	mu          sync.Mutex
	asked, said []string
}

// NewWatch begins to watch.
func NewWatch(ctx context.Context) (*Watch, error) {
	w := &Watch{}
	err := chromedp.Listen(ctx, func(ev any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			w.asked = append(w.asked, e.Request.URL)
		case *runtime.EventExceptionThrown:
			w.said = append(w.said, e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			w.said = append(w.said, e.Entry.Text+" "+e.Entry.URL)
		}
	})
	if err != nil {
		return nil, err
	}
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	return w, err
}

// Take returns what was asked for and said since the last Take.
func (w *Watch) Take() (asked, said []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked, said = w.asked, w.said
	w.asked, w.said = nil, nil
	return asked, said
}

// Axe returns what axe-core, whose source is given, finds on the page by the rules
// of WCAG 2.2 A and AA and its best practices.
func Axe(ctx context.Context, source string) ([]Wrong, error) {
	return axe(ctx, source, `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`)
}

// AxeColors does so by those of the rules that look at colors: what may have changed
// on a page of which nothing else has.
func AxeColors(ctx context.Context, source string) ([]Wrong, error) {
	return axe(ctx, source, `["color-contrast", "link-in-text-block"]`)
}

func axe(ctx context.Context, source, only string) ([]Wrong, error) {
	there, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("'axe' in window"))
	if err == nil && !there {
		err = chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](source+";0"))
	}
	if err != nil {
		return nil, err
	}
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {runOnly: `+only+`, resultTypes: ["violations"]})
		.then(r => JSON.stringify(r.violations.flatMap(v => v.nodes.map(n => ({What: v.id + ": " + v.help, Where: n.target.join(" ") + " " + n.html.slice(0, 160) + " " + (n.failureSummary || "").replace(/\s+/g, " ").slice(0, 200)})))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, err
	}
	var wrongs []Wrong
	return wrongs, json.Unmarshal([]byte(raw), &wrongs)
}

// AxeSource returns axe-core, or says aloud that it is not there.
func AxeSource(t *testing.T) string {
	t.Helper()
	path := os.Getenv("AXE_CORE")
	if path == "" {
		path = filepath.Join("..", "internal", "browsertest", "axe.min.js")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Log("axe-core is not on this machine: accessibility was looked at without it (.ci/run fetches it)")
		return ""
	}
	return string(b)
}

// Keep writes the page as pictures of at most 1700 px height each.
func Keep(ctx context.Context, dir, name string, width int64) error {
	height, err := chromedp.Run(ctx, chromedp.Evaluate[float64]("document.documentElement.scrollHeight"))
	if err != nil {
		return err
	}
	for i, y := 0, 0.0; y < height; i, y = i+1, y+1700 {
		shot, err := chromedp.Call(ctx, cdp.CaptureScreenshot, cdp.CaptureScreenshotParams{
			Clip: &cdp.Viewport{X: 0, Y: y, Width: float64(width), Height: min(1700, height-y), Scale: 1}, CaptureBeyondViewport: new(true)})
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%02d.png", name, i)), shot.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
