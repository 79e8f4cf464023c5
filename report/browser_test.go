package report

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/chart"
	"segue/internal/browsertest"
	"segue/language"
	"segue/persona"
	"segue/tell"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestInBrowser opens the pages on a phone and on a screen, by day and by night,
// and on paper.
func TestInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 4*time.Minute)
	watch, err := browsertest.NewWatch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	dir, keep := t.TempDir(), os.Getenv("REPORT_OUT")
	for name, r := range results(t) {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".html")
		if err := os.WriteFile(file, render(t, r), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, view := range []struct {
			name, media, scheme string
			width               int64
		}{{"wide", "screen", "light", 1280}, {"wide-dark", "screen", "dark", 1280}, {"tablet", "screen", "light", 820}, {"phone", "screen", "light", 390}, {"phone-dark", "screen", "dark", 390}, {"paper", "print", "dark", 690}} {
			watch.Take()
			if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: view.media,
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: view.scheme}}}); err != nil {
				t.Fatal(err)
			}
			err := chromedp.Do(ctx, chromedp.EmulateViewport(view.width, 900), chromedp.Navigate("file://"+file), chromedp.WaitReady("footer"),
				chromedp.Evaluate[chromedp.Void]("document.fonts.ready.then(() => {})", chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			wrongs, err := browsertest.Look(ctx, view.media == "screen")
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wrongs {
				t.Errorf("%s, %s: %s: %s", name, view.name, w.What, w.Where)
			}
			fonts, err := chromedp.Run(ctx, chromedp.Evaluate[int](`[...document.fonts].filter(f => f.status === "loaded").length`))
			if err != nil || fonts < 2 { // more where names need more letters
				t.Errorf("%s, %s: %d fonts in use, fewer than two (%v)", name, view.name, fonts, err)
			}
			asked, said := watch.Take()
			for _, u := range asked {
				if !strings.HasPrefix(u, "data:") && u != "file://"+file {
					t.Errorf("%s, %s: the page asked for %s", name, view.name, u)
				}
			}
			if len(said) > 0 {
				t.Errorf("%s, %s: the console says %q", name, view.name, slices.Compact(said))
			}
			if keep != "" && (name == "full" || view.name == "wide") {
				if err := browsertest.Keep(ctx, keep, strings.ReplaceAll(name, " ", "-")+"-"+view.name, view.width); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestPictureInBrowser opens the hour's picture, by itself and as paper, on a
// phone and on a screen, by day and by night, for hours of every kind, the
// fullest of them in every language.
func TestPictureInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 4*time.Minute)
	dir, keep := t.TempDir(), os.Getenv("REPORT_OUT")
	type drawn struct {
		name, svg string
	}
	var pictures []drawn
	for name, p := range hours(t) {
		pictures = append(pictures, drawn{name, tell.HourPicture(nil, p)})
	}
	for _, in := range language.All()[1:] {
		for _, name := range []string{"told", "night", "long"} {
			pictures = append(pictures, drawn{name + " " + in.Code(), tell.HourPicture(in, hours(t)[name])})
		}
	}
	for _, p := range pictures {
		name := p.name
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".svg")
		if err := os.WriteFile(file, []byte(p.svg), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, view := range []struct {
			name, media, scheme string
			width, height       int64
		}{{"wide", "screen", "light", 1280, 900}, {"wide-dark", "screen", "dark", 1280, 900}, {"phone", "screen", "light", 390, 844}, {"phone-dark", "screen", "dark", 390, 844}, {"paper", "print", "dark", 718, 1047}} {
			if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: view.media,
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: view.scheme}}}); err != nil {
				t.Fatal(err)
			}
			err := chromedp.Do(ctx, chromedp.EmulateViewport(view.width, view.height), chromedp.Navigate("file://"+file), chromedp.WaitReady("text"),
				chromedp.Evaluate[chromedp.Void]("document.fonts.ready.then(() => {})", chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			wrongs, err := chromedp.Run(ctx, chromedp.Evaluate[[]browsertest.Wrong](strings.ReplaceAll(lookAtPicture, "SMALL", fmt.Sprint(view.media == "screen"))))
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wrongs {
				t.Errorf("%s, %s: %s: %s", name, view.name, w.What, w.Where)
			}
			if keep != "" {
				if err := browsertest.Keep(ctx, keep, "picture-"+strings.ReplaceAll(name, " ", "-")+"-"+view.name, view.width); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestDrawingsInBrowser opens every drawing of tell and the check-in's, in every
// language, on a page of its own, on a phone and on a screen.
func TestDrawingsInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 4*time.Minute)
	dir, keep := t.TempDir(), os.Getenv("REPORT_OUT")
	r, hour := results(t)["full"], hours(t)["told"]
	day := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)
	var outcomes []chart.Outcome
	for i := range 24 {
		outcomes = append(outcomes, chart.Outcome{At: day.Add(time.Duration(i*53) * time.Hour), Change: .3 * math.Sin(float64(i*i))})
	}
	for _, in := range language.All() {
		cap := func(id string) chart.Caption { return chart.Caption{ID: id, Title: id, Desc: id, In: in} }
		var b strings.Builder
		b.WriteString(`<!DOCTYPE html><html lang="` + in.Code() + `"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>x</title><style>` +
			chart.Fonts() + chart.Style() + "body{margin:0 auto;max-width:70rem;padding:20px;background:var(--paper);color:var(--ink);font-family:var(--font-text)}svg.plane{max-width:34rem}svg.chart{margin-bottom:2rem}</style><main>")
		for _, svg := range []string{
			tell.HourPlane(in, hour, "way"), tell.HourArc(in, hour, "arc"), tell.MoodsPlane(in, tell.WhereHeard(r.Listener), r.Profile, "moods"), tell.Timeline(in, r.Listener.Sessions, r.Listener.Zone(), "timeline"),
			tell.HourMap(in, r.Profile, "hours"), tell.Calendar(in, r.Profile, "calendar"), tell.Transitions(in, r.Profile, "transitions"),
			tell.DrawTree(in, persona.PersonaTree(), r.Profile.Persona.Path, cap("tree")),
			chart.DrawPad(chart.Pad{Now: &[2]float64{.25, .75}, Target: &[2]float64{.75, .25}, NowWord: in.Say("now"), TargetWord: in.Say("target")}, cap("pad")),
			chart.DrawPad(chart.Pad{Now: &[2]float64{0, 1}, Target: &[2]float64{1, 1}, NowWord: in.Say("now"), TargetWord: in.Say("target")}, cap("pad-corners")),
			chart.DrawChange(chart.Change{Before: [2]float64{.25, .75}, After: &[2]float64{.5, .375}, Target: &[2]float64{.75, .25}}, cap("change")),
			chart.DrawOutcomes(chart.Outcomes{Name: in.Say("Energy"), Class: "dim-arousal", Points: outcomes, Mean: &chart.Mean{Value: -.04, Lo: -.12, Hi: .04}}, cap("outcomes")),
		} {
			b.WriteString(svg)
		}
		b.WriteString("</main></html>")
		file := filepath.Join(dir, in.Code()+".html")
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int64{1280, 820, 390} {
			err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+file), chromedp.WaitReady("main"),
				chromedp.Evaluate[chromedp.Void]("document.fonts.ready.then(() => {})", chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			wrongs, err := browsertest.Look(ctx, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wrongs {
				t.Errorf("%s, %d px: %s: %s", in.Code(), width, w.What, w.Where)
			}
			if keep != "" {
				if err := browsertest.Keep(ctx, keep, fmt.Sprintf("drawings-%s-%d", in.Code(), width), width); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// lookAtPicture returns what is wrong with a picture by itself: none or both of
// its drawings shown, a window that scrolls sideways, text that is too small, cut
// off or printed over other text, text whose contrast with the paper is under
// 4.5:1 (the plane's corners, which are washed, are the tokens' test's), and paper
// that ends before the words.
const lookAtPicture = `(() => {
  const wrongs = [], say = (What, Where) => wrongs.push({What, Where});
  const root = document.documentElement, shown = [...root.querySelectorAll(":scope > svg")].filter(s => getComputedStyle(s).display !== "none");
  if (shown.length !== 1) return [{What: "drawings shown", Where: "" + shown.length}];
  if (root.scrollWidth > innerWidth) say("scrolls sideways", root.scrollWidth + " > " + innerWidth);
  const light = s => { const [r, g, b] = s.match(/[0-9.]+/g).slice(0, 3).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const paper = root.querySelector(".back"), fill = getComputedStyle(paper).fill, ground = fill === "none" ? "rgb(255, 255, 255)" : fill, area = paper.getBoundingClientRect();
  const texts = [...shown[0].querySelectorAll("text")];
  for (const x of texts) {
    const b = x.getBoundingClientRect(), m = x.getScreenCTM(), size = parseFloat(getComputedStyle(x).fontSize) * Math.hypot(m.a, m.b);
    const [p, q] = [light(getComputedStyle(x).fill), light(ground)].sort((p, q) => q - p), r = (p + .05) / (q + .05);
    if (r < 4.5) say("contrast " + r.toFixed(2), x.textContent);
    if (SMALL && size < 10.4) say("text of " + size.toFixed(1) + " px", x.textContent);
    if (b.left < area.left || b.right > area.right || b.top < area.top || b.bottom > area.bottom) say("text off the paper", x.textContent);
  }
  const boxes = texts.map(x => x.getBoundingClientRect());
  for (let i = 0; i < texts.length; i++) for (let j = 0; j < i; j++) {
    const a = boxes[i], b = boxes[j], w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (w > 1 && h > Math.min(a.height, b.height) * .3) say("text over text", texts[i].textContent + " / " + texts[j].textContent);
  }
  return wrongs;
})()`
