package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// app serves the pages and takes pictures of the demo listener's.
func app(dir, out string) error {
	program := filepath.Join(dir, "segue")
	build := exec.Command("go", "build", "-o", program, "./cmd/segue")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	serve := exec.Command(program, "serve", "--seed", "1", "--addr", "127.0.0.1:0", "--db", filepath.Join(dir, "app.db"))
	said, err := serve.StderrPipe()
	if err != nil {
		return err
	}
	if err := serve.Start(); err != nil {
		return err
	}
	defer func() {
		_ = serve.Process.Signal(os.Interrupt)
		_ = serve.Wait()
	}()
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		return err
	}
	base := regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	if base == "" {
		return errors.New("segue serve did not say where it is")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 1000)); err != nil {
		return err
	}
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := press(ctx, base+"/", "form[action='/demo'] button", "/moods"); err != nil {
		return err
	}
	for _, s := range []struct {
		shot
		path string
	}{
		{shot{"app-moods.png", 1280, 1030, false}, "/moods"},
		{shot{"app-persona.png", 1280, 940, true}, "/persona"},
	} {
		if err := pictured(ctx, s.shot, base+s.path, out); err != nil {
			return err
		}
	}
	// At night an hour keeps to quieter music: the picture is of an early evening,
	// wherever that is now.
	zone := fmt.Sprintf("Etc/GMT%+d", time.Now().UTC().Hour()-18)
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`fetch("/data/settings", {method: "POST", body: new URLSearchParams({name: "Mai", zone: %q, retention: "90", offers: "yes"})}).then(() => {})`, zone), chromedp.EvalAwaitPromise)); err != nil {
		return err
	}
	if err := press(ctx, base+"/now", "", ""); err != nil {
		return err
	}
	for _, square := range []string{"input[name=now][value='3-8']", "input[name=target][value='7-3']"} {
		if err := tap(ctx, square); err != nil {
			return err
		}
	}
	if err := shoot(ctx, shot{"app-now-phone.png", 390, 1165, false}, out); err != nil {
		return err
	}
	if err := pressed(ctx, "#build", "/hours/"); err != nil {
		return err
	}
	if err := shoot(ctx, shot{"app-hour.png", 1280, 1250, false}, out); err != nil {
		return err
	}
	// The lab compares the three algorithms by a job, whose page fills when it ends.
	if err := press(ctx, base+"/lab/jobs", "form:has([value=compare]) button", "/lab/jobs/"); err != nil {
		return err
	}
	if err := chromedp.Do(ctx, chromedp.WaitReady("table.figures")); err != nil {
		return err
	}
	return shoot(ctx, shot{"app-lab.png", 1280, 1340, false}, out)
}

// tap taps the middle of an element, as the plane's squares want it.
func tap(ctx context.Context, selector string) error {
	at, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(() => { const e = document.querySelector(%q);
		e.scrollIntoView({block: "center", behavior: "instant"}); const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()`, selector)))
	if err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.MouseClickXY(at[0], at[1]))
}

// press opens a page, and presses what the selector names, if anything.
func press(ctx context.Context, address, selector, next string) error {
	if err := chromedp.Do(ctx, chromedp.Navigate(address), chromedp.WaitReady("footer")); err != nil || selector == "" {
		return err
	}
	return pressed(ctx, selector, next)
}

// pressed presses what the selector names and waits for the page it leads to.
func pressed(ctx context.Context, selector, next string) error {
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).click()", selector))); err != nil {
		return err
	}
	for ctx.Err() == nil {
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf("location.pathname.startsWith(%q) && document.readyState === 'complete'", next)))
		if err == nil && there {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return ctx.Err()
}

// pictured opens a page and takes its picture.
func pictured(ctx context.Context, s shot, address, out string) error {
	if err := press(ctx, address, "", ""); err != nil {
		return err
	}
	return shoot(ctx, s, out)
}

// shoot takes a picture of the page that is open.
func shoot(ctx context.Context, s shot, out string) error {
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "screen",
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}); err != nil {
		return err
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, s.height), chromedp.Evaluate[chromedp.Void]("scrollTo(0, 0)"),
		chromedp.Evaluate[chromedp.Void]("document.fonts.ready.then(() => {})", chromedp.EvalAwaitPromise), chromedp.Sleep(300*time.Millisecond)); err != nil {
		return err
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	if png, err = smaller(png); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, s.file), png, 0o644)
}
