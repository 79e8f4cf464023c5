package web

import (
	"os"
	"slices"
	"testing"
	"time"

	"segue/internal/browsertest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// largestPaint is when the largest text or picture of the page was painted, in
// milliseconds after the address was asked for (largest contentful paint).
const largestPaint = `new Promise(done => new PerformanceObserver(l => setTimeout(done, 0, l.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))`

// TestLargestPaint prints how soon each page of the demo listener shows itself, with
// nothing in the browser's cache, for docs/benchmarks.md:
//
//	WEB_PAINT=1 go test ./web -run TestLargestPaint -v
func TestLargestPaint(t *testing.T) {
	if os.Getenv("WEB_PAINT") == "" {
		t.Skip("WEB_PAINT is not set: how soon pages are painted was not measured")
	}
	ctx := browsertest.Open(t, 5*time.Minute)
	s, base := served(t, Options{})
	if _, err := s.demo.get(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	for _, view := range []browsertest.View{browsertest.Screens()[0], browsertest.Screens()[2]} {
		if err := view.Set(ctx); err != nil {
			t.Fatal(err)
		}
		for name, path := range demoPages() {
			if err := choose(ctx, base, whoCookie, demoID); err != nil {
				t.Fatal(err)
			}
			var took []float64
			for range 5 {
				if _, err := chromedp.Call(ctx, network.ClearBrowserCache, cdp.Empty{}); err != nil {
					t.Fatal(err)
				}
				if err := open(ctx, base+path); err != nil {
					t.Fatal(err)
				}
				ms, err := chromedp.Run(ctx, chromedp.Evaluate[float64](largestPaint, chromedp.EvalAwaitPromise))
				if err != nil {
					t.Fatal(err)
				}
				took = append(took, ms)
			}
			slices.Sort(took)
			t.Logf("%-6s %-10s largest paint after %.0f ms (%.0f–%.0f of five)", view.Name, name, took[2], took[0], took[4])
		}
	}
}
