package validity

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"

	"segue/internal/parallel"
	"segue/internal/quantile"
	"segue/matrix"
)

// PermutedColumns returns a table of x's size in which each column holds x's
// values in an order of its own: every variable keeps its distribution, and
// nothing is left of how variables go together. An index refitted on it says
// what that index is worth where there are no clusters but those of the single
// variables. x is not changed; column j depends on seed and j alone.
func PermutedColumns(x matrix.Columns, seed uint64) matrix.Columns {
	n, d := x.Dims()
	out := matrix.New(n, d)
	for j := range d {
		col := out.Col(j)
		copy(col, x.Col(j))
		rng := rand.New(rand.NewPCG(seed, streamPermute+uint64(j)))
		rng.Shuffle(n, func(a, b int) { col[a], col[b] = col[b], col[a] })
	}
	return out
}

// Bootstrap yields b resamples of n rows, each a new slice of n indices in
// [0, n) drawn with replacement. Resample r depends on n, seed and r alone, so
// more resamples never change the earlier ones. It panics if n or b is
// negative.
func Bootstrap(n, b int, seed uint64) iter.Seq[[]int] {
	if n < 0 || b < 0 {
		panic(fmt.Sprintf("validity: Bootstrap(%d, %d): negative size", n, b))
	}
	return func(yield func([]int) bool) {
		for r := range b {
			if !yield(resample(n, r, seed)) {
				return
			}
		}
	}
}

// resample returns the r-th resample.
func resample(n, r int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, streamBootstrap+uint64(r)))
	rows := make([]int, n)
	for i := range rows {
		rows[i] = rng.IntN(n)
	}
	return rows
}

// Agreement says how well a clustering came back on resampled data.
type Agreement struct {
	ARIMean   float64   // mean adjusted Rand index, in [−½, 1]
	ARIMin    float64   // that of the worst resample
	Lo, Hi    float64   // the 2.5 % and 97.5 % quantiles over the resamples: what 95 % of them lie between
	ARI       []float64 // that of each resample
	Resamples int       // how many there were
}

// A Refit fits a model to a table as the labeling under test was fitted, from
// the given seed, and returns how that model labels the rows of any table. It is
// called from several goroutines.
type Refit func(ctx context.Context, sample matrix.Columns, seed uint64) (predict func(matrix.Columns) []int32, err error)

// Stability refits on b bootstrap resamples of the rows of x, n×d, lets each
// fitted model label the original rows, and compares with their labels, length
// n, by AdjustedRand. Agreement near 1 says that the clusters do not hang on
// which rows happened to be drawn; it does not say that they are real, for a
// wrong k can be stable too. Refits run several at a time; which seeds they are
// given derives from seed alone. Lo and Hi are the percentile interval of the
// resamples, which shrinks with n and not with b; from fewer than 40 they are nearly
// the extremes.
//
// It returns the error of the first resample whose refit failed, naming it, or
// ctx.Err(). It panics if b < 1, or if labels or a prediction do not have length n.
//
// Reference: Hennig 2007, doi:10.1016/j.csda.2006.11.025, with the adjusted
// Rand index of the whole in place of a Jaccard index for each cluster.
func Stability(ctx context.Context, x matrix.Columns, labels []int32, b int, seed uint64, refit Refit) (Agreement, error) {
	n, _ := x.Dims()
	if len(labels) != n {
		panic(fmt.Sprintf("validity: %d labels for %d rows", len(labels), n))
	}
	if b < 1 {
		panic(fmt.Sprintf("validity: Stability: b = %d: want at least 1 resample", b))
	}
	random := rand.New(rand.NewPCG(seed, streamRefit))
	seeds := make([]uint64, b)
	for r := range seeds {
		seeds[r] = random.Uint64()
	}
	out := Agreement{ARI: make([]float64, b), Resamples: b}
	err := parallel.Each(ctx, b, func(ctx context.Context, r int) error {
		predict, err := refit(ctx, x.Select(resample(n, r, seed)), seeds[r])
		if err != nil {
			return fmt.Errorf("refit on resample %d: %w", r, err)
		}
		again := predict(x)
		if len(again) != n {
			panic(fmt.Sprintf("validity: Stability: predict gave %d labels for %d rows", len(again), n))
		}
		out.ARI[r] = AdjustedRand(labels, again)
		return nil
	})
	if err != nil {
		return Agreement{}, err
	}
	sorted := slices.Sorted(slices.Values(out.ARI))
	out.ARIMean, out.ARIMin = mean(out.ARI), sorted[0]
	out.Lo, out.Hi = quantile.Of(sorted, 0.025), quantile.Of(sorted, 0.975)
	return out, nil
}
