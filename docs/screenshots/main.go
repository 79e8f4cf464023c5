// Command screenshots makes the pictures of the documentation: it runs the
// demonstration, opens the report in a headless Chromium and writes what it
// shows to docs/images.
//
//	go run ./docs/screenshots
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/chromedp/chromedp"
)

// A shot is one picture: what part of the page, how wide, in which theme.
type shot struct {
	file          string
	selector      string // an element of the page, or empty for the first screen
	width, height int64
	dark          bool
}

func main() {
	out := flag.String("out", "docs/images", "folder to write to")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	dir, err := os.MkdirTemp("", "segue-screenshots-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command("go", "run", "./cmd/segue", "demo", "--no-serve", "--quiet", "--out", dir)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("segue demo: %w", err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, s := range []shot{
		{"report.png", "", 1280, 1500, false},
		{"report-dark.png", "", 1280, 1500, true},
		{"report-phone.png", "", 390, 1100, false},
	} {
		if err := take(s, "file://"+filepath.Join(dir, "report.html"), out); err != nil {
			return fmt.Errorf("%s: %w", s.file, err)
		}
	}
	return nil
}

func take(s shot, page, out string) error {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.WindowSize(int(s.width), int(s.height)))
	if s.dark {
		options = append(options, chromedp.Flag("blink-settings", "preferredColorScheme=0"))
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	var png []byte
	tasks := chromedp.Tasks{
		chromedp.EmulateViewport(s.width, s.height, chromedp.EmulateScale(1)),
		chromedp.Navigate(page), chromedp.WaitReady("main"), chromedp.Sleep(300 * time.Millisecond),
	}
	if s.dark {
		tasks = append(tasks, chromedp.Evaluate(`document.documentElement.dataset.theme="dark"`, nil))
	}
	if s.selector == "" {
		tasks = append(tasks, chromedp.CaptureScreenshot(&png))
	} else {
		tasks = append(tasks, chromedp.Screenshot(s.selector, &png))
	}
	if err := chromedp.Run(ctx, tasks); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, s.file), png, 0o644)
}
