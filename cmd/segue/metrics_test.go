package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/outcome/event"
)

// TestMetricsStop: a reader of a long file ends when it is told to, with one line.
func TestMetricsStop(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	line := `{"schema":1,"id":"1","listener":"c","kind":"app_open","at":"2024-05-06T16:04:00Z","source":"web"}` + "\n"
	write(t, path, strings.Repeat(line, 200_000))
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"metrics", path}, &stdout, &stderr); code != 1 || stdout.Len() > 0 || strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), "stopped") {
		t.Errorf("%d: %q, %q", code, stdout.String(), stderr.String())
	}
}

// TestMetricsParquet: the same records say the same as Parquet and as JSON Lines, also
// when both are named: then all of the second came again.
func TestMetricsParquet(t *testing.T) {
	dir := t.TempDir()
	lines, columns := filepath.Join(dir, "e.jsonl"), filepath.Join(dir, "e.parquet")
	var text bytes.Buffer
	l := event.NewLineWriter(&text)
	f, err := os.Create(columns)
	if err != nil {
		t.Fatal(err)
	}
	p := event.NewParquetWriter(f)
	for i := range 3000 {
		feel := i%5 - 2
		e := event.Event{
			Schema: 1, ID: fmt.Sprint(i), Listener: fmt.Sprintf("l%d", i%97), Kind: event.Reflection, Source: event.Web, Hour: fmt.Sprint(i), Feel: &feel,
			At: time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Hour),
		}
		if err := errors.Join(l.Write(e), p.Write(e)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(l.Flush(), p.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	write(t, lines, text.String())
	code, want, stderr := segueRun("metrics", "--by", "week", "-q", lines)
	if code != 0 || !strings.Contains(want, "3 000 reflections") {
		t.Fatalf("%d: %s%s", code, want, stderr)
	}
	if code, got, stderr := segueRun("metrics", "--by", "week", "-q", columns); code != 0 || got != want {
		t.Errorf("%d: %s%s", code, got, stderr)
	}
	code, got, _ := segueRun("metrics", "--by", "week", "-q", lines, columns)
	again := "3 000 records came again with an id that counted already\n"
	if code != 0 || strings.Replace(got, again, "", 1) != want || !strings.Contains(got, again) {
		t.Errorf("%d: %s", code, got)
	}
}
