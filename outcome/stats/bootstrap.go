package stats

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"segue"
	"segue/internal/parallel"
	"segue/internal/quantile"
)

// A Bootstrap says how samples are drawn from a sample, and what is read off them.
type Bootstrap struct {
	Replicates int     // samples drawn, 100 to 1,000,000; default 9,999
	Seed       uint64  // of the draws
	Level      float64 // default Level
	Percentile bool    // the plain percentile interval, instead of BCa
}

const (
	defaultReplicates = 9_999
	drawnTogether     = 64    // replicates of one generator; fixes the draws whatever the number of cores
	leftOutTogether   = 1_000 // groups of the jackknife, where there are more rows
	mostUndefined     = .05   // share of replicates without a value that still has an interval
)

// Rows resamples n independent rows with replacement and returns the statistic of all
// rows with its interval over the replicates: BCa, corrected for bias and acceleration
// (Efron 1987, doi:10.1080/01621459.1987.10478410), or the percentiles. statistic gets
// row numbers, in any number and order, and returns NaN where it is not defined on
// them; it is called by several goroutines at once and must not keep or change rows.
// The acceleration is that of the jackknife, which leaves out one row at a time, or a
// thousandth of them where there are more than 1,000.
//
// The same seed gives the same bytes on any number of cores. The cost is that of
// Replicates + min(n, 1000) statistics. Without rows, with one row, or where the
// statistic is undefined on all rows or on more than 5 % of the replicates, there is no
// interval and a reason. The error is ctx's.
//
// Few rows (fewer than about 20) make every bootstrap interval too narrow.
func (b Bootstrap) Rows(ctx context.Context, name string, n int, statistic func(rows []int) float64) (Estimate, error) {
	if b.Replicates == 0 {
		b.Replicates = defaultReplicates
	}
	if b.Replicates < 100 || b.Replicates > 1_000_000 {
		panic("stats: a bootstrap draws 100 to 1,000,000 samples")
	}
	level := wholeLevel(b.Level)
	method := fmt.Sprintf("bootstrap of %d samples, BCa interval (Efron 1987), seed %d", b.Replicates, b.Seed)
	if b.Percentile {
		method = fmt.Sprintf("bootstrap of %d samples, percentile interval, seed %d", b.Replicates, b.Seed)
	}
	if n == 0 {
		return Undefined(name, method, 0, level, noShare), nil
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	value := statistic(all)
	e := estimate(name, method, n, level, value, math.NaN(), math.NaN())
	switch {
	case !e.Value.Known():
		e.Reason, e.Enough = "the statistic is not defined for these data", false
		return e, nil
	case n == 1:
		e.Reason = "one observation has no samples but itself"
		return e, nil
	}
	drawn := make([]float64, b.Replicates)
	err := parallel.Chunks(ctx, b.Replicates, drawnTogether, func(chunk, lo, hi int) {
		rng := rand.New(rand.NewPCG(b.Seed, uint64(chunk)*0x9e3779b97f4a7c15+1))
		rows := make([]int, n)
		for i := lo; i < hi && ctx.Err() == nil; i++ {
			for j := range rows {
				rows[j] = rng.IntN(n)
			}
			drawn[i] = statistic(rows)
		}
	})
	if err != nil {
		return Estimate{}, err
	}
	drawn = slices.DeleteFunc(drawn, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	if lost := b.Replicates - len(drawn); float64(lost) > mostUndefined*float64(b.Replicates) {
		e.Reason = fmt.Sprintf("the statistic is not defined on %d of %d samples drawn from these data", lost, b.Replicates)
		return e, nil
	}
	slices.Sort(drawn)
	lo, hi := (1-level)/2, (1+level)/2
	if !b.Percentile {
		below, _ := slices.BinarySearch(drawn, value)
		upTo := firstOf(below, len(drawn), func(i int) bool { return drawn[i] > value })
		share := float64(below+upTo) / 2 / float64(len(drawn))
		switch {
		case drawn[0] == drawn[len(drawn)-1]:
			// Nothing varies: the interval is one point.
		case share == 0 || share == 1:
			e.Reason = "the statistic lies outside all samples drawn, so that its bias cannot be corrected"
			return e, nil
		default:
			a, err := acceleration(ctx, all, statistic)
			if err != nil {
				return Estimate{}, err
			}
			if math.IsNaN(a) {
				e.Reason = "the statistic is not defined when some observations are left out"
				return e, nil
			}
			z0 := normal.Quantile(share)
			shift := func(p float64) float64 {
				z := z0 + normal.Quantile(p)
				return normal.CDF(z0 + z/(1-a*z))
			}
			lo, hi = shift(lo), shift(hi)
		}
	}
	e.Lo, e.Hi = segue.Number(quantile.Of(drawn, lo)), segue.Number(quantile.Of(drawn, hi))
	if e.Lo == e.Hi {
		e.Reason = "nothing varies between the samples drawn: the interval is one point, which is not certainty"
	}
	return e, nil
}

// acceleration is Efron's a = Σd³/(6(Σd²)^1.5), d the jackknife's deviations.
func acceleration(ctx context.Context, all []int, statistic func([]int) float64) (float64, error) {
	n := len(all)
	groups := min(n, leftOutTogether)
	left := make([]float64, groups)
	err := parallel.Chunks(ctx, groups, 8, func(_, lo, hi int) {
		rows := make([]int, 0, n)
		for g := lo; g < hi && ctx.Err() == nil; g++ {
			from, to := g*n/groups, (g+1)*n/groups
			rows = append(append(rows[:0], all[:from]...), all[to:]...)
			left[g] = statistic(rows)
		}
	})
	if err != nil {
		return 0, err
	}
	mean := 0.
	for _, v := range left {
		mean += v / float64(groups)
	}
	squares, cubes := 0., 0.
	for _, v := range left {
		d := mean - v
		squares += d * d
		cubes += d * d * d
	}
	if squares == 0 {
		return 0, nil
	}
	return cubes / (6 * math.Pow(squares, 1.5)), nil
}

// Values is Rows for a statistic of independent values.
func (b Bootstrap) Values(ctx context.Context, name string, values []float64, statistic func([]float64) float64) (Estimate, error) {
	mustBeFinite(values)
	return b.Rows(ctx, name, len(values), func(rows []int) float64 {
		v := make([]float64, len(rows))
		for i, r := range rows {
			v[i] = values[r]
		}
		return statistic(v)
	})
}

// Clusters is Rows for a statistic of values that come in clusters, such as the hours of
// one listener: whole clusters are drawn, and the statistic sees their values together.
// N is the number of clusters.
func (b Bootstrap) Clusters(ctx context.Context, name string, clusters [][]float64, statistic func([]float64) float64) (Estimate, error) {
	mustBeFinite(clusters...)
	return b.Rows(ctx, name, len(clusters), func(rows []int) float64 {
		var v []float64
		for _, r := range rows {
			v = append(v, clusters[r]...)
		}
		if len(v) == 0 {
			return math.NaN()
		}
		return statistic(v)
	})
}
