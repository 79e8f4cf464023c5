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

// TestEachTaskOnce: every task runs once, and what it cuts up is whole, however
// the processors are divided.
func TestEachTaskOnce(t *testing.T) {
	old := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(old)
	for _, processors := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(processors)
		for _, n := range []int{0, 1, 2, 5, 40} {
			done := make([]int, n)
			err := parallel.Each(context.Background(), n, func(ctx context.Context, task int) error {
				var inner atomic.Int32
				err := parallel.Chunks(ctx, 10, 3, func(int, int, int) { inner.Add(1) })
				done[task] += int(inner.Load())
				return err
			})
			for i, chunks := range done {
				if err != nil || chunks != 4 {
					t.Errorf("%d processors, %d tasks: task %d made %d chunks of 4, %v", processors, n, i, chunks, err)
				}
			}
		}
	}
}

// TestEachKeepsToItsShare: never more goroutines than processors, in chunks of
// tasks of tasks.
func TestEachKeepsToItsShare(t *testing.T) {
	old := runtime.GOMAXPROCS(4)
	defer runtime.GOMAXPROCS(old)
	var now, most atomic.Int32
	inner := func(ctx context.Context, _ int) error {
		return parallel.Chunks(ctx, 50, 1, func(int, int, int) {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			runtime.Gosched()
			now.Add(-1)
		})
	}
	for _, tasks := range []int{1, 2, 3, 9} {
		err := parallel.Each(context.Background(), tasks, func(ctx context.Context, _ int) error {
			return parallel.Each(ctx, 2, inner)
		})
		if err != nil || most.Load() > 4 {
			t.Errorf("%d tasks: %d goroutines at once on 4 processors, %v", tasks, most.Load(), err)
		}
	}
}

// TestEachReturnsTheFirstError: the same one on any number of processors, and no
// further task is begun.
func TestEachReturnsTheFirstError(t *testing.T) {
	failed := []error{nil, nil, nil, errors.New("third"), nil, errors.New("fifth")}
	old := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(old)
	for _, processors := range []int{1, 2, 6} {
		runtime.GOMAXPROCS(processors)
		var begun atomic.Int32
		err := parallel.Each(context.Background(), 1000, func(_ context.Context, task int) error {
			begun.Add(1)
			return failed[min(task, 5)]
		})
		if err != failed[3] || begun.Load() > 100 {
			t.Errorf("%d processors: %v after %d tasks", processors, err, begun.Load())
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	err := parallel.Each(ctx, 100, func(context.Context, int) error { cancel(); return errors.New("mine") })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := parallel.Each(ctx, 0, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, no tasks: %v", err)
	}
}

// A panic on a goroutine of the work is the caller's to answer for.
func TestPanicsReachTheCaller(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	defer func() {
		if r := recover(); r != "the third" {
			t.Errorf("recovered %v", r)
		}
	}()
	_ = parallel.Chunks(context.Background(), 100, 1, func(c, lo, hi int) {
		if c == 3 {
			panic("the third")
		}
	})
	t.Error("nothing panicked")
}
