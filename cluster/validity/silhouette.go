package validity

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"segue/internal/parallel"
	"segue/matrix"
)

const (
	// ExactPairs is how many distances SilhouettesAuto takes at most to measure
	// every row. Those of 150,000 rows of up to three columns take two processors
	// about two seconds.
	ExactPairs = 150_000 * 150_000

	// DefaultSample is the number of rows SilhouettesAuto measures in a larger
	// table. A silhouette's standard deviation is rarely above 0.35, so the
	// interval is about ±0.01 wide.
	DefaultSample = 5000
)

// Silhouette is the mean silhouette of a labeling, in [−1, 1].
type Silhouette struct {
	Mean float64

	// PerCluster holds the mean silhouette of each label, indexed by label. It
	// is NaN for a label no measured row bears.
	PerCluster []float64

	// N is how many rows were measured: all of them, or those sampled.
	N int

	// Sampled says that Mean is an estimate from N rows, drawn without
	// replacement and each measured exactly against all rows.
	Sampled bool

	// Lo and Hi bound the 95 % confidence interval of Mean within [−1, 1].
	// Both equal Mean where nothing was sampled.
	Lo, Hi float64

	// Rows holds the measured rows, ascending; nil where every row was.
	Rows []int

	// Samples holds the silhouette of each measured row, in row order.
	Samples []float64
}

// Silhouettes measures every row of x, n×d, under each of the labelings, all of
// length n. Each distance is computed once for both its rows and for as many
// labelings as gain by sharing it: O(n²·d) time, O(n·(d + clusters)) memory, with
// the clusters of those labelings together. Distances are summed in float64, but
// in a table of float32 the first thousand of each sum in float32, which leaves a
// silhouette within 1e-5.
//
// It returns ErrBadLabel for a label outside [0, n), ErrUndefined for a
// labeling without 2 ≤ k ≤ n−1 clusters, matrix.ErrNotFinite for a NaN or an
// infinity, and ctx.Err() if ctx ended. It panics if a labeling does not have
// n labels. Rows alone in their cluster are not an error: they count as 0.
//
// Reference: Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7.
func Silhouettes[F matrix.Float](ctx context.Context, x matrix.Table[F], labels [][]int32) ([]Silhouette, error) {
	return silhouettes(ctx, x, labels, nil)
}

// SilhouettesSampled measures m rows of x, n×d, drawn without replacement, each
// exactly against all n rows: O(m·n·d) time. The same rows serve every
// labeling, so that labelings are compared on equal terms. If m ≥ n it is
// Silhouettes.
//
// As no distance is left out of a measured silhouette, the mean over a simple
// random sample is an unbiased estimate of the mean over all rows (clustering a
// subsample instead changes the clusters' sizes and is not). Lo and Hi are
// Mean ± 1.96·√((1 − m/n)·s²/m), the normal interval with finite-population
// correction, s² being the variance of the measured silhouettes. The interval
// speaks of sampling alone: not of what another data set would give.
//
// Errors are those of Silhouettes. It panics if m < 2.
func SilhouettesSampled[F matrix.Float](ctx context.Context, x matrix.Table[F], labels [][]int32, m int, seed uint64) ([]Silhouette, error) {
	if m < 2 {
		panic(fmt.Sprintf("validity: SilhouettesSampled: m = %d: want at least 2 rows", m))
	}
	n, _ := x.Dims()
	if m >= n {
		return silhouettes(ctx, x, labels, nil)
	}
	return silhouettes(ctx, x, labels, drawRows(n, m, seed))
}

// SilhouettesAuto is Silhouettes for a table of n rows and d columns if Exact(n, d),
// else SilhouettesSampled with DefaultSample rows. The results say which.
func SilhouettesAuto[F matrix.Float](ctx context.Context, x matrix.Table[F], labels [][]int32, seed uint64) ([]Silhouette, error) {
	if Exact(x.Dims()) {
		return Silhouettes(ctx, x, labels)
	}
	return SilhouettesSampled(ctx, x, labels, DefaultSample, seed)
}

// Exact reports whether SilhouettesAuto measures every one of n rows of d columns:
// whether their n² distances are within ExactPairs, each counted (d + 3)/6 times
// where there are more than three columns, as it costs so much more. Neither the
// machine nor the kernels it runs have a say, so that results are alike everywhere.
func Exact(n, d int) bool {
	return float64(n)*float64(n)*float64(max(d, 3)+3)/6 <= ExactPairs
}

// drawRows returns m of the rows 0…n−1, drawn without replacement, ascending.
func drawRows(n, m int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, streamSample))
	rows := identity(n)
	for i := range m {
		j := i + rng.IntN(n-i)
		rows[i], rows[j] = rows[j], rows[i]
	}
	rows = rows[:m:m]
	slices.Sort(rows)
	return rows
}

// silhouettes measures the given rows, or all of them if rows is nil.
func silhouettes[F matrix.Float](ctx context.Context, x matrix.Table[F], labels [][]int32, rows []int) ([]Silhouette, error) {
	n, d := x.Dims()
	if len(labels) == 0 {
		return nil, ctx.Err()
	}
	by := make([]census, len(labels))
	for l := range labels {
		var err error
		if by[l], err = take(labels[l], n); err != nil {
			return nil, fmt.Errorf("labeling %d: %w", l, err)
		}
	}
	if err := x.CheckFinite(); err != nil {
		return nil, err
	}
	measured := len(rows)
	if rows == nil {
		measured = n
	}
	out := make([]Silhouette, len(labels))
	for l := range out {
		out[l] = Silhouette{N: measured, Sampled: rows != nil, Rows: rows, Samples: make([]float64, measured)}
	}
	ends, err := batches(ctx, by, n, d)
	if err != nil {
		return nil, err
	}
	from := 0
	for _, to := range ends {
		g, err := group(ctx, x, by[from:to])
		if err != nil {
			return nil, err
		}
		if rows == nil {
			err = g.measureAll(ctx, by[from:to], out[from:to])
		} else {
			err = g.measure(ctx, rows, by[from:to], out[from:to])
		}
		if err != nil {
			return nil, err
		}
		from = to
	}
	for l := range out {
		out[l].summarize(labels[l], n)
	}
	return out, nil
}

// measureAll fills in the samples of every row.
func (g *grouped[F]) measureAll(ctx context.Context, by []census, out []Silhouette) error {
	sums, err := g.allSums(ctx)
	if err != nil {
		return err
	}
	return parallel.Chunks(ctx, len(g.place), mostBlockRows, func(_, lo, hi int) {
		for l, c := range by {
			own := sums[g.offset[l]*g.places:]
			for row := lo; row < hi; row++ {
				out[l].Samples[row] = width(own, g.places, g.place[row], c.size, int(c.cluster[row]))
			}
		}
	})
}

// measure fills in the samples of the given rows.
func (g *grouped[F]) measure(ctx context.Context, rows []int, by []census, out []Silhouette) error {
	return parallel.Chunks(ctx, len(rows), queriesPerChunk, func(_, lo, hi int) {
		sums := g.sumsOf(ctx, rows[lo:hi])
		if sums == nil {
			return
		}
		for l, c := range by {
			own := sums[g.offset[l]*(hi-lo):]
			for i, row := range rows[lo:hi] {
				out[l].Samples[lo+i] = width(own, hi-lo, i, c.size, int(c.cluster[row]))
			}
		}
	})
}

// width is the silhouette width of a row of cluster own, given the clusters' sizes
// and the sums of its distances to the rows of each, which are stride apart in sums
// and begin at first.
func width(sums []float64, stride, first int, size []int, own int) float64 {
	if size[own] == 1 {
		return 0
	}
	a := sums[first+own*stride] / float64(size[own]-1)
	b := math.Inf(1)
	for c, s := range size {
		if c != own {
			b = min(b, sums[first+c*stride]/float64(s))
		}
	}
	if a == b { // above all where both are 0
		return 0
	}
	return (b - a) / max(a, b)
}

// summarize fills in the means and the interval from Samples.
func (s *Silhouette) summarize(labels []int32, n int) {
	top := slices.Max(labels)
	s.PerCluster = make([]float64, top+1)
	count := make([]int, top+1)
	sum := 0.0
	for i, v := range s.Samples {
		row := i
		if s.Rows != nil {
			row = s.Rows[i]
		}
		sum += v
		s.PerCluster[labels[row]] += v
		count[labels[row]]++
	}
	for c := range s.PerCluster {
		s.PerCluster[c] /= float64(count[c]) // 0/0 is NaN: no row measured
	}
	m := float64(s.N)
	s.Mean = sum / m
	s.Lo, s.Hi = s.Mean, s.Mean
	if !s.Sampled {
		return
	}
	squares := 0.0
	for _, v := range s.Samples {
		squares += (v - s.Mean) * (v - s.Mean)
	}
	const z = 1.959963984540054 // the 97.5 % quantile of the normal distribution
	half := z * math.Sqrt((1-m/float64(n))*squares/(m-1)/m)
	s.Lo, s.Hi = max(-1, s.Mean-half), min(1, s.Mean+half)
}
