// Command load measures the web app from outside, as a browser on the same machine
// meets it: how long from starting the program to its first page, how long to see a
// history through from upload to report, and then how long pages take while so many
// are asked for each second, whatever the server does: a request that has to wait
// counts from when it was due.
//
//	go build -o segue ./cmd/segue
//	go run ./bench/resample -catalog tracks.csv -history StreamingHistory0.json -tracks 114000 -plays 60000 -out /tmp/bench
//	go run ./bench/load -segue ./segue -catalog /tmp/bench/catalog.csv -history /tmp/bench/StreamingHistory0.json
//
// It prints Markdown and ends with 1 if a bar was missed.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// The bars of docs/benchmarks.md.
const (
	startBar  = 1500 * time.Millisecond
	importBar = 3 * time.Second
	pageBar   = 50 * time.Millisecond
	sizeBar   = 100_000 // bytes, charts aside
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	missed, err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
	}
	if err != nil || missed {
		os.Exit(1)
	}
}

func run(ctx context.Context) (missed bool, err error) {
	segue := flag.String("segue", "./segue", "the program to measure")
	catalog := flag.String("catalog", "", "track table to serve with")
	history := flag.String("history", "", "listening export to bring")
	rate := flag.Int("rate", 100, "requests a second")
	length := flag.Duration("for", 30*time.Second, "how long to ask")
	flag.Parse()
	if *catalog == "" || *history == "" {
		return false, errors.New("name -catalog and -history; see -h")
	}
	dir, err := os.MkdirTemp("", "segue-load-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	v, err := start(ctx, *segue, *catalog, dir)
	if err != nil {
		return false, err
	}
	defer v.stop()
	fmt.Printf("| What | got | bar | met |\n|---|---|---|---|\n")
	say := func(what string, got, bar time.Duration) {
		met := "yes"
		if got > bar {
			met, missed = "no", true
		}
		fmt.Printf("| %s | %s | %s | %s |\n", what, round(got), bar, met)
	}
	say("start of the program to the first page", v.started, startBar)
	took, err := v.bring(ctx, *history)
	if err != nil {
		return false, fmt.Errorf("bringing the history: %w", err)
	}
	say("a history, from upload to report", took, importBar)
	pages, err := v.pages(ctx)
	if err != nil {
		return false, err
	}
	all, err := v.load(ctx, pages, *rate, *length)
	if err != nil {
		return false, err
	}
	say(fmt.Sprintf("pages at %d requests a second for %s, 99 in 100 within", *rate, *length), quantile(all, .99), pageBar)
	fmt.Printf("\n| Page | requests | median | 99 in 100 within | transferred | without charts | bar | met |\n|---|---|---|---|---|---|---|---|\n")
	for _, p := range pages {
		met := "yes"
		if quantile(p.took, .99) > pageBar || p.plain > sizeBar {
			met, missed = "no", true
		}
		fmt.Printf("| %s | %d | %s | %s | %.1f kB | %.1f kB | %s, 100 kB | %s |\n", p.name, len(p.took), round(quantile(p.took, .5)), round(quantile(p.took, .99)), float64(p.bytes)/1e3, float64(p.plain)/1e3, pageBar, met)
	}
	return missed, nil
}

// A visitor is a browser and the program it visits.
type visitor struct {
	client  *http.Client
	base    string
	process *exec.Cmd
	started time.Duration
}

// start runs the program and waits for its first page.
func start(ctx context.Context, segue, catalog, dir string) (*visitor, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close()
	jar, _ := cookiejar.New(nil)
	v := &visitor{base: "http://" + addr, client: &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}}
	v.process = exec.CommandContext(ctx, segue, "serve", "--addr", addr, "--db", filepath.Join(dir, "segue.db"), "--catalog", catalog)
	v.process.Stderr = os.Stderr
	begun := time.Now()
	if err := v.process.Start(); err != nil {
		return nil, err
	}
	for time.Since(begun) < 20*time.Second {
		if r, err := v.client.Get(v.base + "/"); err == nil {
			_, _ = io.Copy(io.Discard, r.Body)
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				v.started = time.Since(begun)
				return v, nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	v.stop()
	return nil, errors.New("the program showed no page within 20 s")
}

func (v *visitor) stop() {
	_ = v.process.Process.Signal(os.Interrupt)
	_ = v.process.Wait()
}

// post sends a form of a page, and follows where it leads.
func (v *visitor) post(ctx context.Context, path, kind string, body io.Reader) (*http.Response, string, error) {
	r, err := http.NewRequestWithContext(ctx, "POST", v.base+path, body)
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Origin", v.base)
	return v.read(v.client.Do(r))
}

func (v *visitor) get(ctx context.Context, path string) (*http.Response, string, error) {
	r, err := http.NewRequestWithContext(ctx, "GET", v.base+path, nil)
	if err != nil {
		return nil, "", err
	}
	return v.read(v.client.Do(r))
}

func (v *visitor) read(resp *http.Response, err error) (*http.Response, string, error) {
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 400 {
		err = fmt.Errorf("%s answered %s", resp.Request.URL.Path, resp.Status)
	}
	return resp, string(b), err
}

// bring agrees to everything, brings a history, and waits for its report, as the
// page does: by the events of the job.
func (v *visitor) bring(ctx context.Context, path string) (time.Duration, error) {
	form := url.Values{"name": {"Load"}, "zone": {"Europe/Lisbon"}, "adult16": {"yes"}, "moods": {"yes"}, "plays": {"yes"}, "check_ins": {"yes"}}
	if _, _, err := v.post(ctx, "/welcome", "application/x-www-form-urlencoded", strings.NewReader(form.Encode())); err != nil {
		return 0, err
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", filepath.Base(path))
	if err != nil {
		return 0, err
	}
	if _, err := part.Write(file); err != nil {
		return 0, err
	}
	if err := m.Close(); err != nil {
		return 0, err
	}
	begun := time.Now()
	resp, _, err := v.post(ctx, "/bring", m.FormDataContentType(), &body)
	if err != nil {
		return 0, err
	}
	job := resp.Request.URL.Path
	events, err := v.client.Get(v.base + job + "/events")
	if err != nil {
		return 0, err
	}
	defer events.Body.Close()
	for lines := bufio.NewScanner(events.Body); lines.Scan(); { // the stream ends with the job
	}
	_, page, err := v.get(ctx, job)
	took := time.Since(begun)
	if err == nil && !strings.Contains(page, "60") {
		err = errors.New("the report does not hold what was brought")
	}
	return took, err
}

// A page is one that is asked for, and how long it took.
type page struct {
	name, path   string
	bytes, plain int // transferred, and that without its charts
	took         []time.Duration
}

// pages makes an hour and lists what a listener opens.
func (v *visitor) pages(ctx context.Context) ([]*page, error) {
	form := url.Values{"do": {"build"}, "now": {"2-8"}, "target": {"7-3"}, "minutes": {"60"}}
	resp, _, err := v.post(ctx, "/now", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	hour := resp.Request.URL.Path
	all := []*page{{name: "start", path: "/"}, {name: "moods", path: "/moods"}, {name: "sessions", path: "/moods/sessions"}, {name: "one session", path: "/moods/sessions/100"}, {name: "persona", path: "/persona"},
		{name: "check-in", path: "/now"}, {name: "hour", path: hour}, {name: "how did this feel?", path: hour + "/feel"}, {name: "over time", path: "/time"}, {name: "your data", path: "/data"}, {name: "support", path: "/support"}}
	for _, p := range all {
		_, whole, err := v.get(ctx, p.path)
		if err != nil {
			return nil, err
		}
		p.plain = packed(charts.ReplaceAllString(whole, ""))
		p.bytes = packed(whole)
	}
	return all, nil
}

// charts are drawings; the rest of a page is what the bar speaks of.
var charts = regexp.MustCompile(`(?s)<svg class="chart.*?</svg>`)

// load asks for the pages in turn, so many a second.
func (v *visitor) load(ctx context.Context, pages []*page, rate int, length time.Duration) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	var first error
	var open sync.WaitGroup
	begun := time.Now()
	n := int(length.Seconds() * float64(rate))
	for i := range n {
		due := begun.Add(time.Duration(i) * time.Second / time.Duration(rate))
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		p := pages[i%len(pages)]
		open.Go(func() {
			r, err := http.NewRequestWithContext(ctx, "GET", v.base+p.path, nil)
			if err == nil {
				r.Header.Set("Accept-Encoding", "gzip")
				_, _, err = v.read(v.client.Do(r))
			}
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			if err != nil && first == nil {
				first = err
			}
			p.took, all = append(p.took, took), append(all, took)
		})
	}
	open.Wait()
	return all, first
}

// quantile returns the q-quantile of durations, the nearest one above.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Clone(all)
	slices.Sort(sorted)
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(10 * time.Millisecond)
}
