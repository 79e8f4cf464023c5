package metric_test

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"segue/outcome/event"
	"segue/outcome/metric"
)

func BenchmarkAdd(b *testing.B) {
	var all []event.Event
	invented{records: 500_000, listeners: 5000, days: 56, seed: 1}.each(func(e *event.Event) { all = append(all, *e) })
	b.ReportAllocs()
	for b.Loop() {
		c := metric.NewCollector(metric.Options{})
		for i := range all {
			c.Add(&all[i])
		}
	}
	b.ReportMetric(float64(len(all))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
}

// TestWriteInvented writes records for testdata/peer.py and for measuring by hand:
//
//	SEGUE_METRIC_OUT=events.jsonl SEGUE_METRIC_RECORDS=10000000 SEGUE_METRIC_LISTENERS=100000 go test -run WriteInvented ./outcome/metric
func TestWriteInvented(t *testing.T) {
	path := os.Getenv("SEGUE_METRIC_OUT")
	if path == "" {
		t.Skip("SEGUE_METRIC_OUT names no file")
	}
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return otherwise
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := event.NewLineWriter(f)
	o := reference
	o.records, o.listeners = number("SEGUE_METRIC_RECORDS", o.records), number("SEGUE_METRIC_LISTENERS", o.listeners)
	o.each(func(e *event.Event) {
		if err := w.Write(*e); err != nil {
			t.Fatal(err)
		}
	})
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// reference are the records that testdata/reference.json was computed from.
var reference = invented{records: 60_000, listeners: 400, days: 56, seed: 5}

// TestReadWritten reads the file that SEGUE_METRIC_IN names, and says how long each part
// takes.
func TestReadWritten(t *testing.T) {
	path := os.Getenv("SEGUE_METRIC_IN")
	if path == "" {
		t.Skip("SEGUE_METRIC_IN names no file")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	begin := time.Now()
	var d event.Dedupe
	c := metric.NewCollector(metric.Options{})
	err = event.ReadLines(context.Background(), f, event.ReadOptions{}, func(events []event.Event) error {
		kept, err := d.Keep(events)
		for i := range kept {
			c.Add(&kept[i])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("read in %v", time.Since(begin))
	for _, by := range []metric.By{metric.Whole, metric.Day, metric.Week, metric.Arm} {
		begin := time.Now()
		if _, err := c.Read(context.Background(), metric.ReadOptions{By: by, Experiment: "lead", Holdout: "holdout"}); err != nil {
			t.Fatal(err)
		}
		t.Logf("by %q in %v", by, time.Since(begin))
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	status, _ := os.ReadFile("/proc/self/status")
	for line := range bytes.Lines(status) {
		if bytes.HasPrefix(line, []byte("VmHWM")) {
			t.Logf("%s; from the system %d MB", bytes.TrimSpace(line), m.Sys>>20)
		}
	}
}
