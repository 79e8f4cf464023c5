package web

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"segue/demo"
	"segue/internal/browsertest"
	"segue/store"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestFolderInBrowser brings a whole folder, with the history in a folder of it, as
// an unpacked download has it: once chosen, once dropped, by the browser's own
// means, as a script can make no folder.
func TestFolderInBrowser(t *testing.T) {
	ctx := browsertest.Open(t, 3*time.Minute)
	folder := filepath.Join(t.TempDir(), "my data")
	inner := filepath.Join(folder, "Account Data")
	if err := os.MkdirAll(inner, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := demo.Write(ctx, inner, demo.DefaultSeed); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "Read me first.pdf"), []byte("%PDF-1.4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, bring := range map[string]func() error{
		"chosen": func() error {
			return chromedp.Do(ctx, chromedp.SetUploadFiles("[data-tree]", []string{folder}), chromedp.Click(".bring .btn.main"))
		},
		"dropped": func() error {
			for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
				if _, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: 300, Y: 500,
					Data: &input.DragData{Items: []*input.DragDataItem{}, Files: []string{folder}, DragOperationsMask: 1}}); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		b := bringer(t, store.Moods, store.Plays)
		if err := open(ctx, b.base+"/bring"); err != nil {
			t.Fatal(err)
		}
		if err := bring(); err != nil {
			t.Fatal(name, err)
		}
		if err := within(ctx, 60*time.Second, `location.pathname.length > 20 && document.querySelector("#covered-h") !== null`); err != nil {
			text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
			t.Fatalf("%s: %v at %s", name, err, text)
		}
		if plays, err := b.s.kept.Plays(context.Background(), selfID); err != nil || len(plays) < 10_000 {
			t.Errorf("%s: %d plays were kept, %v", name, len(plays), err)
		}
	}
}
