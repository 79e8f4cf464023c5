package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// span is how long a limit is measured, in pieces of which the fastest counts:
// a limit is what can be reached when nobody else is at work.
const span = 150 * time.Millisecond

// stream returns the bytes a second at which all processors together read the
// columns of x and do nothing else.
func stream[F matrix.Float](ctx context.Context, x matrix.Table[F]) (*Answer, error) {
	n, d := x.Dims()
	size := 8
	if _, small := any(F(0)).(float32); small {
		size = 4
	}
	sums := make([]F, parallel.Count(n, kernel.ChunkRows))
	return fastest(float64(n*d*size), func() error {
		return parallel.Chunks(ctx, n, kernel.ChunkRows, func(chunk, lo, hi int) {
			for j := range d {
				sums[chunk] += kernel.Total(x.Col(j)[lo:hi])
			}
		})
	})
}

// work returns the multiplications and additions a second that all processors
// together can do when they do nothing else.
func work[F matrix.Float](ctx context.Context) (*Answer, error) {
	const rounds = 1 << 17
	tasks := 2 * runtime.GOMAXPROCS(0)
	made := make([]int, tasks)
	made[0], _ = kernel.Work[F](rounds)
	return fastest(2*float64(made[0]*tasks), func() error {
		return parallel.Chunks(ctx, tasks, 1, func(task, _, _ int) {
			var result F
			made[task], result = kernel.Work[F](rounds)
			if result < 0 {
				panic(fmt.Sprintf("bench: work came to %v", result))
			}
		})
	})
}

// fastest repeats do, which handles amount of something, and returns its best
// rate.
func fastest(amount float64, do func() error) (*Answer, error) {
	a := &Answer{}
	for began := time.Now(); time.Since(began) < span; {
		start := time.Now()
		if err := do(); err != nil {
			return nil, err
		}
		a.Seconds = time.Since(start).Seconds()
		a.Rate = max(a.Rate, amount/a.Seconds)
	}
	return a, nil
}
