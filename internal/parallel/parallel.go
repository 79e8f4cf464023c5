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
// [0, n), on up to GOMAXPROCS goroutines. Chunk c covers [c·size, (c+1)·size).
// A caller that reduces keeps one partial result per chunk and merges them in
// chunk order after Chunks returns; the result is then the same on any number
// of processors. It returns ctx.Err() if ctx ended before all chunks ran.
func Chunks(ctx context.Context, n, size int, work func(chunk, lo, hi int)) error {
	if size < 1 {
		panic("parallel: chunk size below 1")
	}
	count := Count(n, size)
	workers := min(runtime.GOMAXPROCS(0), count)
	if workers <= 1 {
		for c := range count {
			if err := ctx.Err(); err != nil {
				return err
			}
			work(c, c*size, min((c+1)*size, n))
		}
		return ctx.Err()
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				c := int(next.Add(1)) - 1
				if c >= count {
					return
				}
				work(c, c*size, min((c+1)*size, n))
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// Count returns how many chunks Chunks makes of n indices.
func Count(n, size int) int { return (n + size - 1) / size }
