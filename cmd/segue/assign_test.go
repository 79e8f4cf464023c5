package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/parquet-go/parquet-go"

	"segue/artifact"
	"segue/catalog"
	"segue/mood"
)

// smallModel trains one model on the invented tracks.
func smallModel(t *testing.T, algorithm string) (path string, m *mood.Model) {
	t.Helper()
	dir := t.TempDir()
	code, _, stderr := segueRun("train", "-q", "--catalog", filepath.Join(invented(t), "small.csv"), "--algorithm", algorithm, "--no-null", "--stability", "0", "-o", dir)
	if code != 0 {
		t.Fatal(stderr)
	}
	entries, err := artifact.List(dir, modelKind)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v: %v", entries, err)
	}
	m = new(mood.Model)
	if err := artifact.Read(entries[0].Path, modelKind, m); err != nil {
		t.Fatal(err)
	}
	return entries[0].Path, m
}

// Both formats say, row by row, what the model says of the catalogue.
func TestAssignWritesWhatTheModelSays(t *testing.T) {
	path, m := smallModel(t, "fcm")
	from := filepath.Join(invented(t), "small.csv")
	c, _, err := catalog.Read(context.Background(), []string{from}, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	labels, shares := m.Labels(c), m.Memberships(c)
	row := map[string]int{}
	for i, id := range c.ID {
		row[id] = i
	}
	dir := t.TempDir()
	for _, name := range []string{"m.csv", "m.parquet"} {
		if code, _, stderr := segueRun("assign", "-q", "--model", path, "--catalog", from, "-o", filepath.Join(dir, name)); code != 0 {
			t.Fatal(stderr)
		}
	}
	records, err := csv.NewReader(bytes.NewReader(read(t, filepath.Join(dir, "m.csv")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	type assigned struct {
		ID      string   `parquet:"track_id"`
		Cluster *int32   `parquet:"cluster,optional"`
		Name    *string  `parquet:"name,optional"`
		Margin  *float32 `parquet:"margin,optional"`
		Calm    *float32 `parquet:"membership_calm,optional"`
	}
	rows, err := parquet.ReadFile[assigned](filepath.Join(dir, "m.parquet"))
	if err != nil || len(rows) != len(records)-1 || len(rows) < c.Len() {
		t.Fatalf("%d and %d rows for %d tracks: %v", len(rows), len(records)-1, c.Len(), err)
	}
	for i, r := range rows {
		track, ok := row[r.ID]
		record := records[i+1]
		if !ok || record[0] != r.ID {
			t.Fatalf("row %d is %q and %q", i, r.ID, record[0])
		}
		if labels[track] < 0 {
			if r.Cluster != nil || r.Name != nil || r.Calm != nil || record[1] != "" || record[8] != "" {
				t.Fatalf("%q has no cluster, but %v", r.ID, record)
			}
			continue
		}
		if *r.Cluster != labels[track] || *r.Name != m.Moods[labels[track]].Name || *r.Calm != float32(shares[track][2]) {
			t.Fatalf("%q: %v %v, want %v %v", r.ID, *r.Cluster, *r.Calm, labels[track], shares[track])
		}
		if record[1] != strconv.Itoa(int(*r.Cluster)) || record[2] != *r.Name || record[3] != decimal(float64(*r.Margin)) || record[8] != decimal(float64(*r.Calm)) {
			t.Fatalf("%q: CSV says %v, Parquet %v %v %v", r.ID, record, *r.Cluster, *r.Margin, *r.Calm)
		}
	}
}

// full is a disk with no space left after some bytes.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return 0, &os.PathError{Op: "write", Path: "m", Err: syscall.ENOSPC}
	}
	f.left -= len(p)
	return len(p), nil
}

// A disk that fills up is an error at whichever write it comes, in both formats.
func TestAssignOnAFullDisk(t *testing.T) {
	_, m := smallModel(t, "kmeans")
	c, _, err := catalog.Read(context.Background(), []string{filepath.Join(invented(t), "small.csv")}, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := m.Assign(c)
	for name, open := range map[string]func(io.Writer) assignTable{
		"csv":     func(w io.Writer) assignTable { return newCSVTable(w, m) },
		"parquet": func(w io.Writer) assignTable { return newParquetTable(w, m) },
	} {
		for _, room := range []int{0, 100, 5000, 20000} {
			table := open(&full{room})
			if err := errors.Join(table.add(c.ID, a), table.close()); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%s, after %d bytes: %v", name, room, err)
			}
		}
	}
}

// Ctrl-C leaves the file that was there.
func TestAssignStops(t *testing.T) {
	path, _ := smallModel(t, "kmeans")
	out := filepath.Join(t.TempDir(), "m.parquet")
	if err := os.WriteFile(out, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"assign", "--model", path, "--catalog", filepath.Join(invented(t), "small.csv"), "-o", out}, &stdout, &stderr)
	if code != 1 || stdout.Len() > 0 || stderr.String() != "segue: stopped; nothing was left half-written\n" {
		t.Errorf("exit code %d, said %q", code, stderr.String())
	}
	files, _ := os.ReadDir(filepath.Dir(out))
	if string(read(t, out)) != "before" || len(files) != 1 {
		t.Errorf("left %v", files)
	}
}
