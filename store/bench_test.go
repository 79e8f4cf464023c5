package store

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
)

func benchmarked(b *testing.B, key []byte) *Store {
	s := opened(b, Options{Path: filepath.Join(b.TempDir(), "segue.db"), Key: key})
	must(b, s.SaveListener(context.Background(), Listener{ID: "self"}))
	return s
}

// Durable writes, one at a time and by many at once, who share transactions.
func BenchmarkWrites(b *testing.B) {
	for _, at := range []int{1, 16, 256} {
		b.Run(fmt.Sprint(at, " at once"), func(b *testing.B) {
			s := benchmarked(b, nil)
			var n atomic.Int64
			b.SetParallelism(at)
			if at == 1 {
				for b.Loop() {
					must(b, s.AddCheckIn(context.Background(), "self", CheckIn{ID: fmt.Sprint(n.Add(1)), Now: [2]int{1, 1}}))
				}
			} else {
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						must(b, s.AddCheckIn(context.Background(), "self", CheckIn{ID: fmt.Sprint(n.Add(1)), Now: [2]int{1, 1}}))
					}
				})
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
	}
}

func eachKey(b *testing.B, do func(*testing.B, *Store)) {
	for name, key := range map[string][]byte{"plain": nil, "encrypted": []byte("k")} {
		b.Run(name, func(b *testing.B) { do(b, benchmarked(b, key)) })
	}
}

// 60,000 plays of 8,000 tracks, about five years.
func BenchmarkPlays(b *testing.B) {
	eachKey(b, func(b *testing.B, s *Store) {
		must(b, s.AddImport(context.Background(), "self", Import{ID: "i"}, years(60_000, 8000)))
		for b.Loop() {
			_, err := s.Plays(context.Background(), "self")
			must(b, err)
		}
	})
}

func BenchmarkFirstImport(b *testing.B) {
	eachKey(b, func(b *testing.B, s *Store) {
		plays := years(60_000, 8000)
		for b.Loop() {
			must(b, s.AddImport(context.Background(), "self", Import{ID: "i"}, plays))
			b.StopTimer()
			must(b, s.DeletePlays(context.Background(), "self"))
			b.StartTimer()
		}
	})
}

// An import of what is there, and a little more.
func BenchmarkNextImport(b *testing.B) {
	eachKey(b, func(b *testing.B, s *Store) {
		plays := years(60_000, 8000)
		must(b, s.AddImport(context.Background(), "self", Import{ID: "i"}, plays[:55_000]))
		n := 0
		for b.Loop() {
			n++
			must(b, s.AddImport(context.Background(), "self", Import{ID: fmt.Sprint(n)}, plays))
		}
	})
}

func BenchmarkForget(b *testing.B) {
	eachKey(b, func(b *testing.B, s *Store) {
		plays := years(60_000, 8000)
		for b.Loop() {
			b.StopTimer()
			must(b, s.SaveListener(context.Background(), Listener{ID: "self"}))
			must(b, s.AddImport(context.Background(), "self", Import{ID: "i"}, plays))
			b.StartTimer()
			must(b, s.Forget(context.Background(), "self"))
		}
	})
}

func BenchmarkExportRestore(b *testing.B) {
	r := exported(b, 60_000)
	eachKey(b, func(b *testing.B, s *Store) {
		b.SetBytes(r.Size())
		for b.Loop() {
			must(b, s.Restore(context.Background(), "self", r, r.Size()))
			exportOf(b, s, "self")
		}
	})
}
