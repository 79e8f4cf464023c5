package parallel_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"sync/atomic"
	"testing"

	"segue/internal/parallel"

	"pgregory.net/rapid"
)

// TestEveryIndexOnce: the chunks cover [0, n) without gap or overlap, and each
// is where Chunks says.
func TestEveryIndexOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, size := rapid.IntRange(0, 500).Draw(t, "n"), rapid.IntRange(1, 60).Draw(t, "size")
		seen := make([]atomic.Int32, n)
		var chunks atomic.Int32
		err := parallel.Chunks(context.Background(), n, size, func(c, lo, hi int) {
			chunks.Add(1)
			if lo != c*size || hi > n || hi-lo > size || lo >= hi {
				panic("chunk out of place")
			}
			for i := lo; i < hi; i++ {
				seen[i].Add(1)
			}
		})
		if err != nil || int(chunks.Load()) != parallel.Count(n, size) {
			t.Fatalf("%d chunks of %d, %v", chunks.Load(), parallel.Count(n, size), err)
		}
		for i := range seen {
			if seen[i].Load() != 1 {
				t.Fatalf("index %d was done %d times", i, seen[i].Load())
			}
		}
	})
}

// TestSumsDoNotDependOnProcessors: floating-point addition is not associative,
// so equal bits show that the order is fixed.
func TestSumsDoNotDependOnProcessors(t *testing.T) {
	sum := func() float64 {
		const n, size = 100_000, 777
		parts := make([]float64, parallel.Count(n, size))
		_ = parallel.Chunks(context.Background(), n, size, func(c, lo, hi int) {
			for i := lo; i < hi; i++ {
				parts[c] += math.Sin(float64(i)) * 1e-3
			}
		})
		total := 0.0
		for _, p := range parts {
			total += p
		}
		return total
	}
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	want := sum()
	for _, p := range []int{2, 3, 8} {
		runtime.GOMAXPROCS(p)
		if got := sum(); got != want {
			t.Errorf("%d processors: %v, one: %v", p, got, want)
		}
	}
}

func TestAnEndedContextStopsTheWork(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var done atomic.Int32
	err := parallel.Chunks(ctx, 1000, 1, func(int, int, int) {
		if done.Add(1) == 10 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := done.Load(); n >= 1000 {
		t.Errorf("all %d chunks ran", n)
	}
}

func TestASizeBelowOnePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	_ = parallel.Chunks(context.Background(), 1, 0, func(int, int, int) {})
}
