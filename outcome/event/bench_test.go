package event

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"
)

// listening draws records as an app makes them: hours of twelve tracks by many
// listeners, side by side.
func listening(n, listeners int, seed uint64) []Event {
	rnd := rand.New(rand.NewPCG(seed, 1))
	all := make([]Event, 0, n)
	for i := 0; len(all) < n; i++ {
		l := rnd.IntN(listeners)
		at := day.Add(time.Duration(i) * time.Second)
		hour := fmt.Sprintf("%016x", rnd.Uint64())
		e := Event{Schema: 1, Listener: fmt.Sprintf("l-%06d", l), At: at, Offset: 60, Source: Web, Hour: hour, Kind: PlaylistStart, PlannedMS: 3_600_000}
		e.ID = fmt.Sprintf("%024x", rnd.Uint64())
		all = append(all, e)
		for place := 1; place <= 12; place++ {
			s := e
			s.ID, s.Kind, s.Place, s.PlannedMS = fmt.Sprintf("%024x", rnd.Uint64()), TrackStart, place, 200_000+rnd.Int64N(100_000)
			s.Track = fmt.Sprintf("%022d", rnd.IntN(50_000))
			s.At = at.Add(time.Duration(place) * 4 * time.Minute)
			end := s
			end.ID, end.Kind, end.MS, end.Reason = fmt.Sprintf("%024x", rnd.Uint64()), TrackEnd, rnd.Int64N(300_000), Completed
			all = append(all, s, end)
		}
	}
	return all[:n]
}

func BenchmarkReadLines(b *testing.B) {
	text := lines(b, listening(200_000, 10_000, 1)...)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := ReadLines(context.Background(), bytes.NewReader(text), ReadOptions{}, func(events []Event) error { n += len(events); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mevents/s")
}

func BenchmarkReadParquet(b *testing.B) {
	file := parquetFile(b, listening(200_000, 10_000, 1)...)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := ReadParquet(context.Background(), bytes.NewReader(file), int64(len(file)), ReadOptions{}, func(events []Event) error { n += len(events); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mevents/s")
}

func BenchmarkWriteParquet(b *testing.B) {
	events := listening(100_000, 10_000, 1)
	for b.Loop() {
		w := NewParquetWriter(io.Discard)
		if err := w.Write(events...); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(events))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
}

func BenchmarkWriteLines(b *testing.B) {
	events := listening(100_000, 10_000, 1)
	b.SetBytes(int64(len(lines(b, events...))))
	for b.Loop() {
		if err := NewLineWriter(io.Discard).Write(events...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(events))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
}

func BenchmarkDedupe(b *testing.B) {
	events := listening(200_000, 10_000, 1)
	for b.Loop() {
		var d Dedupe
		if _, err := d.Keep(events); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(events))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
}
