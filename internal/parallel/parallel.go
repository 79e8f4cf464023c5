// Package parallel cuts work into a fixed number of chunks, so that what is
// summed, and in which order, never depends on how many processors there are.
package parallel

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Chunks calls work once for every run [lo, hi) of at most size indices of
// [0, n), on up to GOMAXPROCS goroutines, or fewer below Each. Chunk c covers
// [c·size, (c+1)·size). A caller that reduces keeps one partial result per chunk
// and merges them in chunk order after Chunks returns; the result is then the
// same on any number of processors. It returns ctx.Err() if ctx ended before all
// chunks ran.
func Chunks(ctx context.Context, n, size int, work func(chunk, lo, hi int)) error {
	if size < 1 {
		panic("parallel: chunk size below 1")
	}
	count := Count(n, size)
	spread(min(workers(ctx), count), func(next func() int) {
		for ctx.Err() == nil {
			c := next()
			if c >= count {
				return
			}
			work(c, c*size, min((c+1)*size, n))
		}
	})
	return ctx.Err()
}

// Count returns how many chunks Chunks makes of n indices.
func Count(n, size int) int { return (n + size - 1) / size }

// Each calls work for every task of [0, n), in order, several at a time, and
// returns the error of the first task that failed; tasks not begun by then are
// left out. It is for tasks so small, or so many, that cutting up each of them
// would cost more than it gains: the processors are divided among the tasks that
// run at once, and Chunks, given the context that work is given, keeps to its
// share. It returns ctx.Err() if ctx ended before all tasks ran.
func Each(ctx context.Context, n int, work func(ctx context.Context, task int) error) error {
	all := workers(ctx)
	at := min(all, n)
	if at == 0 {
		return ctx.Err()
	}
	inner := context.WithValue(ctx, share{}, max(1, all/at))
	errs := make([]error, n)
	var failed atomic.Bool
	spread(at, func(next func() int) {
		for ctx.Err() == nil && !failed.Load() {
			i := next()
			if i >= n {
				return
			}
			if errs[i] = work(inner, i); errs[i] != nil {
				failed.Store(true)
			}
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// share is the key under which Each tells Chunks how many processors are its.
type share struct{}

// workers returns how many goroutines may run at once.
func workers(ctx context.Context) int {
	if n, ok := ctx.Value(share{}).(int); ok {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// spread runs n copies of work at once and waits for them; next gives each a
// number no other was given, counting up from 0. A copy's panic becomes the caller's,
// who may be able to go on without: on a goroutine of its own it would end the program.
func spread(n int, work func(next func() int)) {
	var given atomic.Int64
	next := func() int { return int(given.Add(1)) - 1 }
	if n == 1 {
		work(next)
		return
	}
	var wg sync.WaitGroup
	var fault atomic.Pointer[any]
	for range n {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					fault.CompareAndSwap(nil, &r)
				}
			}()
			work(next)
		})
	}
	wg.Wait()
	if r := fault.Load(); r != nil {
		panic(*r)
	}
}
