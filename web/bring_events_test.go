package web

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"segue/demo"
	"segue/store"
)

// large makes the demo as large as people have it: a history of about plays plays,
// by shifting the demo's year back in time, and a table of about tracks rows, by
// repeating the demo's under other ids and titles.
func large(t testing.TB, plays, tracks int) (export, table named) {
	t.Helper()
	tablePath, exports, err := demo.Write(context.Background(), t.TempDir(), demo.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	from, err := zip.OpenReader(exports[0])
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	var packed bytes.Buffer
	to := zip.NewWriter(&packed)
	n := 0
	for years := 0; n < plays; years++ {
		for _, e := range from.File {
			r, err := e.Open()
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(body, []byte(`"ts"`))
			body = bytes.ReplaceAll(body, []byte(`"ts": "2025`), fmt.Appendf(nil, `"ts": "%d`, 2025-years))
			body = bytes.ReplaceAll(body, []byte(`"ts":"2025`), fmt.Appendf(nil, `"ts":"%d`, 2025-years))
			w, err := to.Create(fmt.Sprintf("%d/%s", years, e.Name))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = w.Write(body)
		}
	}
	_ = to.Close()

	text, err := os.ReadFile(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	id, title := -1, -1
	for i, name := range rows[0] {
		switch name {
		case "track_id":
			id = i
		case "track_name":
			title = i
		}
	}
	if id < 0 || title < 0 {
		t.Fatalf("the demo's table has the columns %v", rows[0])
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write(rows[0])
	for n, times := 0, 0; n < tracks; times++ {
		for _, row := range rows[1:] {
			row := append([]string(nil), row...)
			if times > 0 {
				row[id] = fmt.Sprintf("%02d%s", times, row[id][2:])
				row[title] += fmt.Sprint(" ", times)
			}
			_ = w.Write(row)
			n++
		}
	}
	w.Flush()
	return named{filepath.Base(exports[0]), packed.Bytes()}, named{"tracks.csv", out.Bytes()}
}

// TestLargeImport sees 60,000 plays and a table of 114,000 rows through, from the
// first byte sent to the finished report, with progress as it happens. It prints how
// long that took; the bound is loose, because machines of tests are shared.
func TestLargeImport(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds; run without -short")
	}
	b := bringer(t, store.Moods, store.Plays)
	export, table := large(t, 60_000, 114_000)
	body, kind := form(export, table)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	code, to, page := b.send(bytes.NewReader(body), kind)
	if code != http.StatusSeeOther {
		t.Fatal(code, page)
	}
	uploaded := time.Since(start)
	seen := b.follow(to)
	read := time.Since(start)
	code, page = b.get(to)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if code != http.StatusOK || !strings.Contains(page, "How much of it is in the table of tracks") {
		t.Fatal(code, between(page, "<main", "</main>"))
	}
	stages := map[stage]time.Duration{}
	for _, e := range seen {
		if _, ok := stages[e.Stage]; !ok {
			stages[e.Stage] = e.at.Sub(start).Round(time.Millisecond)
		}
	}
	t.Logf("%d plays, %.1f MB: uploaded after %v, read after %v, report after %v; %d events, stages first seen after %v; heap %.0f MB in use, %.0f MB made",
		b.plays(b.s.kept), float64(len(body))/1e6, uploaded.Round(time.Millisecond), read.Round(time.Millisecond), took.Round(time.Millisecond), len(seen), stages,
		float64(after.HeapAlloc)/1e6, float64(after.TotalAlloc-before.TotalAlloc)/1e6)
	if took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
	if len(seen) < 4 || len(stages) < 3 {
		t.Errorf("only %d events of %d stages came while it lasted", len(seen), len(stages))
	}
	b.clean()
}

// A heardEvent is what a page heard of a job, and when.
type heardEvent struct {
	telling
	at time.Time
}

// follow reads a job's events to their end, as a browser that takes gzip does.
func (b *bringing) follow(to string) (seen []heardEvent) {
	b.Helper()
	r, err := http.NewRequest("GET", b.base+to+"/events", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip, br, zstd")
	r.Header.Set("Accept", "text/event-stream")
	answer, err := b.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	if h := answer.Header; answer.StatusCode != 200 || h.Get("Content-Type") != "text/event-stream" || h.Get("Content-Encoding") != "" || h.Get("Cache-Control") != "no-store" {
		b.Fatalf("%d %v", answer.StatusCode, h)
	}
	name, ended := "", false
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		line := lines.Text()
		if n, ok := strings.CutPrefix(line, "event: "); ok {
			name = n
		}
		data, ok := strings.CutPrefix(line, "data: ")
		switch {
		case ok && name == "end":
			ended = true
		case ok:
			e := heardEvent{at: time.Now()}
			if err := json.Unmarshal([]byte(data), &e.telling); err != nil {
				b.Fatal(err)
			}
			seen = append(seen, e)
		}
	}
	if !ended {
		b.Error("the events stop without an end")
	}
	return seen
}

// TestEventsLive: an event is there as soon as it is sent, through everything that
// lies between, and the stream ends with the job.
func TestEventsLive(t *testing.T) {
	b := bringer(t, store.Plays)
	j, _ := b.s.begin(&visit{server: b.s, who: store.Listener{ID: selfID}})
	r, err := http.NewRequest("GET", b.base+"/bring/"+j.id+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	in := bufio.NewReader(answer.Body)
	next := func() string {
		t.Helper()
		line := make(chan string, 1)
		go func() {
			for {
				s, err := in.ReadString('\n')
				if err != nil || strings.HasPrefix(s, "data: ") {
					line <- s
					return
				}
			}
		}()
		select {
		case s := <-line:
			return s
		case <-time.After(3 * time.Second):
			t.Fatal("nothing came")
			return ""
		}
	}
	if code, page := b.get("/bring/" + j.id); code != http.StatusOK || !strings.Contains(page, `<noscript><meta http-equiv="refresh" content="2">`) || !strings.Contains(page, `action="/bring/`+j.id+`/cancel"`) {
		t.Errorf("without script the page does not go on, or cannot be stopped: %d %s", code, page)
	}
	if s := next(); !strings.Contains(s, "Taking the files in") {
		t.Error(s)
	}
	j.tell(staging, 500_000, 2_000_000)
	if s := next(); !strings.Contains(s, `"share":25`) || !strings.Contains(s, "0.5 MB of 2.0 MB") {
		t.Error(s)
	}
	j.step(reading)
	j.counted(1234)
	for s := next(); !strings.Contains(s, "1\u202f234\u00a0plays so far"); s = next() {
		if !strings.Contains(s, "Reading the files") {
			t.Error(s)
			break
		}
	}
	b.s.end(j, nil)
	for s := next(); !strings.Contains(s, "{}"); s = next() {
	}
	if rest, err := io.ReadAll(in); err != nil || strings.TrimSpace(string(rest)) != "" {
		t.Errorf("%q %v", rest, err)
	}
}
