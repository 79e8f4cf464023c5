package recommend_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"segue"
	"segue/demo"
	"segue/playlist"
	"segue/recommend"
)

// enlarged returns the demonstration's tracks and others like them, n in all:
// drawn again with features a little different, each under an id of its own.
func enlarged(c *segue.Catalog, n int) *segue.Catalog {
	rng := rand.New(rand.NewPCG(uint64(n), 3))
	big := &segue.Catalog{
		ID: slices.Clone(c.ID), ISRC: nil, Title: slices.Clone(c.Title), Album: slices.Clone(c.Album), DurationMS: slices.Clone(c.DurationMS),
		Popularity: slices.Clone(c.Popularity), Explicit: slices.Clone(c.Explicit), Recording: slices.Clone(c.Recording),
		Artists: segue.Lists{Values: slices.Clone(c.Artists.Values), Index: slices.Clone(c.Artists.Index), Offset: slices.Clone(c.Artists.Offset)},
		Genres:  segue.Lists{Values: c.Genres.Values, Index: slices.Clone(c.Genres.Index), Offset: slices.Clone(c.Genres.Offset)},
	}
	for f := range c.Feature {
		big.Feature[f] = slices.Clone(c.Feature[f])
	}
	artists := len(c.Artists.Values)
	for range n / 5 {
		big.Artists.Values = append(big.Artists.Values, fmt.Sprintf("Artist %d", len(big.Artists.Values)))
	}
	for i := c.Len(); i < n; i++ {
		from := rng.IntN(c.Len())
		big.ID = append(big.ID, fmt.Sprintf("drawn%06d", i))
		big.Title = append(big.Title, fmt.Sprintf("%s %d", c.Title[from], i))
		big.Album = append(big.Album, c.Album[from])
		big.DurationMS = append(big.DurationMS, c.DurationMS[from]+int32(rng.IntN(20_000)))
		big.Popularity = append(big.Popularity, c.Popularity[from])
		big.Explicit = append(big.Explicit, c.Explicit[from])
		big.Recording = append(big.Recording, int32(i))
		big.Artists.Index = append(big.Artists.Index, int32(artists+rng.IntN(n/5)))
		big.Artists.Offset = append(big.Artists.Offset, int32(len(big.Artists.Index)))
		big.Genres.Index = append(big.Genres.Index, c.Genres.Indices(from)...)
		big.Genres.Offset = append(big.Genres.Offset, int32(len(big.Genres.Index)))
		for f := range c.Feature {
			v := c.Feature[f][from]
			if lo, hi := segue.Feature(f).Interval(); f != int(segue.Key) && f != int(segue.Mode) && f != int(segue.TimeSignature) && hi-lo < 1e4 {
				v = min(float32(hi), max(float32(lo), v*float32(1+.04*rng.NormFloat64())))
			}
			big.Feature[f] = append(big.Feature[f], v)
		}
	}
	return big
}

// wishing yields n orders of all ways between anchors, with histories of so many
// plays each; none for 0.
func wishing(n int, plays []segue.Play, each int) iter.Seq2[recommend.Order, error] {
	return func(yield func(recommend.Order, error) bool) {
		anchors := segue.Anchors()
		for i := range n {
			o := recommend.Order{ID: fmt.Sprint(i), Wish: recommend.Wish{
				From: anchors[i%len(anchors)].Name, To: anchors[i/len(anchors)%len(anchors)].Name, Seed: uint64(i),
				Candidates: playlist.MinCandidates, NoCertificate: true,
			}}
			if each > 0 {
				first := i * 37 % max(1, len(plays)-each)
				o.Plays = func(context.Context) ([]segue.Play, error) { return plays[first:min(len(plays), first+each)], nil }
				o.Listen.Location = demo.Location()
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

// BenchmarkPlanAll plans hours of 300 candidates over 114,000 tracks, without a
// bound of their cost, and reports how many a second, and how much memory the
// whole process took from the system at the most, the catalogue's included.
func BenchmarkPlanAll(b *testing.B) {
	c, plays := demonstration()
	m, err := recommend.Place(enlarged(c, 114_000))
	if err != nil {
		b.Fatal(err)
	}
	// Indexes are built once for all; what is measured is the hours.
	if err := recommend.PlanAll(context.Background(), m, wishing(2, plays, 10), recommend.BatchOptions{}, func(recommend.Answer) error { return nil }); err != nil {
		b.Fatal(err)
	}
	for _, each := range []int{0, 200, 2_000} {
		b.Run(fmt.Sprintf("plays=%d", each), func(b *testing.B) {
			runtime.GC()
			var before runtime.MemStats
			runtime.ReadMemStats(&before)
			var most atomic.Uint64
			watching, stop := context.WithCancel(context.Background())
			go func() {
				for tick := time.Tick(20 * time.Millisecond); watching.Err() == nil; <-tick {
					var now runtime.MemStats
					runtime.ReadMemStats(&now)
					most.Store(max(most.Load(), now.HeapAlloc))
				}
			}()
			planned := 0
			b.ReportAllocs()
			b.ResetTimer()
			err := recommend.PlanAll(context.Background(), m, wishing(b.N, plays, each), recommend.BatchOptions{}, func(a recommend.Answer) error {
				if a.Err == nil {
					planned++
				}
				return nil
			})
			b.StopTimer()
			stop()
			if err != nil || planned != b.N {
				b.Fatalf("%d of %d hours, %v", planned, b.N, err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "hours/s")
			b.ReportMetric(max(0, float64(most.Load())-float64(before.HeapAlloc))/1e6, "peak-MB")
		})
	}
}
