// Command screenshots makes the pictures of the documentation in docs/images: it
// runs the demonstration, draws its hour, opens the report and the pages of segue
// serve in a headless Chromium, and writes what they show.
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

// A shot is one picture of the first screen: how large, in which theme.
type shot struct {
	file          string
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
	data := filepath.Join(dir, "data")
	for _, args := range [][]string{
		{"demo", "--no-serve", "--out", dir},
		{"playlist", "--catalog", filepath.Join(data, "catalog.csv"), "--history", filepath.Join(data, "my_spotify_data.zip"),
			"--from", "angry", "--to", "calm", "--at", "18:00", "--picture", filepath.Join(out, "hour.svg")},
	} {
		cmd := exec.Command("go", append([]string{"run", "./cmd/segue", "--quiet"}, args...)...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("segue %s: %w", args[0], err)
		}
	}
	for _, s := range []shot{
		{"report.png", 1280, 1500, false},
		{"report-dark.png", 1280, 1500, true},
		{"report-phone.png", 390, 1100, false},
	} {
		if err := take(s, "file://"+filepath.Join(dir, "report.html"), out); err != nil {
			return fmt.Errorf("%s: %w", s.file, err)
		}
	}
	return app(dir, out)
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
	// The first call starts the browser, which lives as long as its context.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, s.height, chromedp.EmulateScale(1))); err != nil {
		return err
	}
	ctx, cancel = context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	theme := "light"
	if s.dark {
		theme = "dark"
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(page), chromedp.WaitReady("main"),
		chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.documentElement.dataset.theme=%q", theme)), chromedp.Sleep(300*time.Millisecond)); err != nil {
		return err
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, s.file), png, 0o644)
}
