package store

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"segue/internal/pgtest"
)

func benchmarked(b *testing.B, o Options) *Store {
	if o.URL == "" {
		o.Path = filepath.Join(b.TempDir(), "segue.db")
	}
	s := opened(b, o)
	must(b, s.SaveListener(context.Background(), Listener{ID: "self"}))
	return s
}

// Durable writes, one at a time and by many at once, who share transactions: of one
// listener, and of as many as write.
func BenchmarkWrites(b *testing.B) {
	for name, o := range map[string]func() Options{"SQLite": func() Options { return Options{} }, "PostgreSQL": func() Options { return Options{URL: pgtest.URL(b)} }} {
		for _, at := range []int{1, 16, 256} {
			for _, listeners := range []int{1, at} {
				b.Run(fmt.Sprint(name, ", ", at, " at once, of ", listeners), func(b *testing.B) {
					s := benchmarked(b, o())
					for i := range listeners {
						must(b, s.SaveListener(context.Background(), Listener{ID: fmt.Sprint(i)}))
					}
					b.ResetTimer()
					var n atomic.Int64
					var all sync.WaitGroup
					for g := range at {
						all.Go(func() {
							for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
								must(b, s.AddCheckIn(context.Background(), fmt.Sprint(g%listeners), CheckIn{ID: fmt.Sprint(i), Now: [2]int{1, 1}}))
							}
						})
					}
					all.Wait()
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
				})
			}
		}
	}
}

func eachOf(b *testing.B, do func(*testing.B, *Store)) {
	for name, o := range map[string]Options{"plain": {}, "encrypted": {Key: []byte("k")}} {
		b.Run(name, func(b *testing.B) { do(b, benchmarked(b, o)) })
	}
	b.Run("PostgreSQL", func(b *testing.B) { do(b, benchmarked(b, Options{URL: pgtest.URL(b)})) })
}

// 60,000 plays of 8,000 tracks, about five years.
func BenchmarkPlays(b *testing.B) {
	eachOf(b, func(b *testing.B, s *Store) {
		must(b, s.AddImport(context.Background(), "self", Import{ID: "i"}, years(60_000, 8000)))
		for b.Loop() {
			_, err := s.Plays(context.Background(), "self")
			must(b, err)
		}
	})
}

func BenchmarkFirstImport(b *testing.B) {
	eachOf(b, func(b *testing.B, s *Store) {
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
	eachOf(b, func(b *testing.B, s *Store) {
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
	eachOf(b, func(b *testing.B, s *Store) {
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
	eachOf(b, func(b *testing.B, s *Store) {
		b.SetBytes(r.Size())
		for b.Loop() {
			must(b, s.Restore(context.Background(), "self", r, r.Size()))
			exportOf(b, s, "self")
		}
	})
}
