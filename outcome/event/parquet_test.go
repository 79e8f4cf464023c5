package event

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"segue"
	"segue/internal/racetest"
)

func parquetFile(t testing.TB, events ...Event) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewParquetWriter(&b)
	if err := w.Write(events...); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readParquet reads a file, of which each kept record is a copy.
func readParquet(file []byte, o ReadOptions) (all []Event, err error) {
	o.File = "f"
	err = ReadParquet(context.Background(), bytes.NewReader(file), int64(len(file)), o, func(events []Event) error {
		all = append(all, events...)
		return nil
	})
	return all, err
}

func TestParquetReadsBack(t *testing.T) {
	racetest.Alone(t)
	var long []Event
	for i := range rowGroupRows + 3*batchRows + 7 {
		e := examples()[i%19]
		e.ID = fmt.Sprint("id", i)
		long = append(long, e)
	}
	for name, want := range map[string][]Event{"none": nil, "one": examples()[:1], "each": examples(), "two row groups": long} {
		got, err := readParquet(parquetFile(t, want...), ReadOptions{})
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read %d records, wrote %d: %v", name, len(got), len(want), err)
		}
	}
}

// A foreign file: other order, types and units, and nulls written as NaN.
func TestForeignParquet(t *testing.T) {
	type foreign struct {
		At        time.Time `parquet:"at,timestamp(nanosecond)"`
		Place     float64   `parquet:"place"`
		MS        float64   `parquet:"ms"`
		PlannedMS int32     `parquet:"planned_ms"`
		Kind      string    `parquet:"kind"`
		ID        string    `parquet:"id"`
		Source    *string   `parquet:"source,optional"`
		Listener  [2]byte   `parquet:"listener"`
		Schema    int64     `parquet:"schema"`
		Hour      string    `parquet:"hour"`
		Track     string    `parquet:"track"`
		Reason    string    `parquet:"reason"`
	}
	api := "api"
	rows := []foreign{
		{day.Add(999), 3, 5, 7, "track_end", "a", &api, [2]byte{'l', '1'}, 1, "h", "t", "skipped"},
		{day, math.NaN(), math.NaN(), 0, "track_end", "b", &api, [2]byte{'l', '2'}, 1, "", "t", "unknown"},
		{day, 1.5, 5, 7, "track_end", "c", &api, [2]byte{'l', '1'}, 1, "h", "t", "skipped"},
		{day, 3, -1, 7, "track_end", "d", &api, [2]byte{'l', '1'}, 1, "h", "t", "skipped"},
		{day, math.NaN(), math.NaN(), 0, "app_open", "e", nil, [2]byte{'l', '1'}, 1, "", "", ""},
		{day, math.NaN(), math.NaN(), 0, "app_open", "f", &api, [2]byte{'l', '1'}, 2, "", "", ""},
		{day, math.NaN(), math.NaN(), 0, "app_open", "g", &api, [2]byte{'l', '1'}, 1, "", "", ""},
	}
	var b bytes.Buffer
	if err := parquet.Write(&b, rows); err != nil {
		t.Fatal(err)
	}
	var told []string
	got, err := readParquet(b.Bytes(), ReadOptions{Bad: func(e *segue.InputError) error {
		told = append(told, e.Error())
		return nil
	}})
	want := []Event{
		{Schema: 1, ID: "a", Listener: "l1", Kind: TrackEnd, At: day, Source: API, Hour: "h", Track: "t", Place: 3, PlannedMS: 7, MS: 5, Reason: Skipped},
		{Schema: 1, ID: "b", Listener: "l2", Kind: TrackEnd, At: day, Source: API, Track: "t", MS: -1, Reason: Unknown},
		{Schema: 1, ID: "g", Listener: "l1", Kind: AppOpen, At: day, Source: API},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v: %v", got, err)
	}
	if want := []string{
		"f: row 3, column place: 1.5 is not a whole number",
		"f: row 4, column ms: -1 is not in 0 to 604800000 (a week)",
		`f: row 5, column source: there is no source ""; there are web, api and export`,
		"f: row 6, column schema: the record follows schema 2, and this Segue knows schemas up to 1; use a newer Segue",
	}; !reflect.DeepEqual(told, want) {
		t.Errorf("told\n%s", strings.Join(told, "\n"))
	}
	if got, err = readParquet(b.Bytes(), ReadOptions{}); err == nil || !strings.HasPrefix(err.Error(), "f: row 3, column place") || len(got) != 2 {
		t.Errorf("%d read: %v", len(got), err)
	}
}

func TestBadParquet(t *testing.T) {
	good := parquetFile(t, examples()...)
	file := func(rows any, o ...parquet.WriterOption) []byte {
		var b bytes.Buffer
		w := parquet.NewWriter(&b, append(o, parquet.SchemaOf(rows))...)
		if err := w.Write(rows); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for want, file := range map[string][]byte{
		"f: the Parquet file is cut short or damaged": good[:len(good)-9],
		"f: the Parquet file is cut short":            nil,
		"f: there is no column \"later\" in schema 1; take out": file(struct {
			Later int `parquet:"later"`
		}{}),
		"f: column schema: the record follows schema 9": file(struct {
			Later int `parquet:"later"`
		}{}, parquet.KeyValueMetadata(schemaKey, "9")),
		"f: column hour: it is not a plain column": file(struct {
			Hour []string `parquet:"hour,list"`
		}{}),
		"f: column schema: the column is missing": file(struct {
			ID string `parquet:"id"`
		}{}),
		"f: row 1, column kind: it is not text": file(struct {
			Schema   int    `parquet:"schema"`
			ID       string `parquet:"id"`
			Listener string `parquet:"listener"`
			Kind     int    `parquet:"kind"`
			At       string `parquet:"at"`
			Source   string `parquet:"source"`
		}{1, "a", "l", 3, "2026-05-06T19:30:00Z", "web"}),
		`f: row 1, column at: "noon" is not a time`: file(struct {
			Schema   int    `parquet:"schema"`
			ID       string `parquet:"id"`
			Listener string `parquet:"listener"`
			Kind     string `parquet:"kind"`
			At       string `parquet:"at"`
			Source   string `parquet:"source"`
		}{1, "a", "l", "app_open", "noon", "web"}),
	} {
		if _, err := readParquet(file, ReadOptions{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	long := parquetFile(t, listening(3*batchRows, 10, 1)...)
	if err := ReadParquet(ctx, bytes.NewReader(long), int64(len(long)), ReadOptions{}, func([]Event) error { cancel(); return nil }); err != context.Canceled {
		t.Error(err)
	}
}

// FuzzReadParquet: reading ends in records, which are the same when written and read
// again, or in an error of the input.
func FuzzReadParquet(f *testing.F) {
	f.Add(parquetFile(f, examples()...))
	f.Add(parquetFile(f, examples()[0]))
	f.Add(parquetFile(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		var bad *segue.InputError
		got, err := readParquet(data, ReadOptions{})
		if err != nil && !errors.As(err, &bad) {
			t.Fatal(err)
		}
		again, err := readParquet(parquetFile(t, got...), ReadOptions{})
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Fatalf("written and read again:\n%+v, was\n%+v: %v", again, got, err)
		}
	})
}
