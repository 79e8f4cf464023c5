package catalog_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"segue/catalog"
)

// resampled writes a table of n rows in the first layout to a file, drawn from
// words and numbers like those of public tables: some 160 bytes a row, 12 % of
// the titles with a suffix, 5 % not in Latin script, a quarter of the tracks by
// several artists, 21 % of the rows of an id that came before.
func resampled(b testing.TB, n int) (path string, size int64) {
	rng := rand.New(rand.NewPCG(uint64(n), 7))
	words := strings.Fields("love night river golden Sunday blue electric heart over the of and again fire home little moon dancing road never stay rain you me gone dream light shadow summer")
	other := strings.Fields("夜に駆ける Песня नींद أغنية 사랑 Ünïcödé")
	suffixes := []string{" - Remastered 2011", " (feat. Ana Bell)", " - Live", " - Radio Edit", " - Acoustic Version"}
	phrase := func(k int) string {
		if rng.IntN(20) == 0 {
			return other[rng.IntN(len(other))]
		}
		p := make([]string, 1+rng.IntN(k))
		for i := range p {
			p[i] = words[rng.IntN(len(words))]
		}
		return strings.Join(p, " ")
	}
	path = filepath.Join(b.TempDir(), "tracks.csv")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriter(file)
	out.WriteString(strings.SplitAfter(layoutOne, "\n")[0])
	artistNames := make([]string, n/4+1)
	for i := range artistNames {
		artistNames[i] = fmt.Sprintf("%s %d", phrase(2), i)
	}
	const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	id := func(i int) string {
		r := rand.New(rand.NewPCG(uint64(i), 9))
		var s [22]byte
		for k := range s {
			s[k] = digits[r.IntN(len(digits))]
		}
		return string(s[:])
	}
	for i := range n {
		if i > 0 && rng.IntN(100) < 21 {
			i = rng.IntN(i)
		}
		title := phrase(5)
		if rng.IntN(8) == 0 {
			title += suffixes[rng.IntN(len(suffixes))]
		}
		if rng.IntN(20) == 0 {
			title = `"` + title + `, Pt. 1"`
		}
		artists := artistNames[rng.IntN(len(artistNames))]
		for rng.IntN(4) == 0 {
			artists += ";" + artistNames[rng.IntN(len(artistNames))]
		}
		fmt.Fprintf(out, "%d,%s,%s,%s,%s,%d,%d,%s,%.3f,%.3f,%d,%.3f,%d,%.4f,%.4g,%.3g,%.4f,%.3f,%.3f,%d,%s\n",
			rng.IntN(114_000), id(i), artists, phrase(4), title, rng.IntN(100), 100_000+rng.IntN(200_000), []string{"False", "True"}[rng.IntN(2)],
			rng.Float64(), rng.Float64(), rng.IntN(12), -30*rng.Float64(), rng.IntN(2), rng.Float64(), rng.Float64(), rng.Float64()*rng.Float64(), rng.Float64(), rng.Float64(), 60+140*rng.Float64(), 3+rng.IntN(2), phrase(1))
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if size, err = file.Seek(0, io.SeekCurrent); err != nil {
		b.Fatal(err)
	}
	return path, size
}

// processorTime returns what this process has used of all processors. Unlike
// the time on the wall it hardly depends on what else the machine does.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkReadCSV reads ten times the rows in ten times the time: compare
// MB/s. It also reports the memory the catalogue keeps, the peak, and the
// processor time of a Read, which stays comparable on a busy machine.
func BenchmarkReadCSV(b *testing.B) {
	for _, n := range []int{114_000, 1_140_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			path, size := resampled(b, n)
			b.SetBytes(size)
			var before, after runtime.MemStats
			used, reads := time.Duration(0), 0
			for b.Loop() {
				b.StopTimer()
				runtime.GC()
				runtime.ReadMemStats(&before)
				start := processorTime(b)
				b.StartTimer()
				c, _, err := catalog.Read(context.Background(), []string{path}, catalog.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				used += processorTime(b) - start
				reads++
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.HeapSys-after.HeapReleased)/1e6, "heap-MB")
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "kept-MB")
				runtime.KeepAlive(c)
				b.StartTimer()
			}
			b.ReportMetric(used.Seconds()*1e3/float64(reads), "cpu-ms/op")
		})
	}
}

func BenchmarkParquet(b *testing.B) {
	path, _ := resampled(b, 114_000)
	c, _, err := catalog.Read(context.Background(), []string{path}, catalog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	out := filepath.Join(b.TempDir(), "c.parquet")
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if err := catalog.WriteParquet(context.Background(), out, c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := catalog.Read(context.Background(), []string{out}, catalog.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkExplore(b *testing.B) {
	path, _ := resampled(b, 114_000)
	c, _, err := catalog.Read(context.Background(), []string{path}, catalog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		catalog.Explore(c)
	}
}
