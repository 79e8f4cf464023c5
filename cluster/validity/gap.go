package validity

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"segue/internal/parallel"
	"segue/matrix"
)

// A Gap compares, for every number of clusters, how close a table's rows are to
// their centers with how close they would be without any clusters.
type Gap struct {
	Points     []GapPoint // of k = 1, 2, …
	K          int        // smallest k with Gap(k) ≥ Gap(k+1) − S(k+1); 0 if none has
	Best       int        // k of the largest gap, the smallest of equals
	References int        // number of tables without clusters
}

// A GapPoint is the gap at one number of clusters.
type GapPoint struct {
	K         int
	LogW      float64 // natural logarithm of the inertia of the table
	Reference float64 // mean of the same over the reference tables
	Gap       float64 // Reference − LogW: high where the clusters are real
	S         float64 // √(1 + 1/References) standard deviations of the reference's, ≥ 0
}

// An Inertia partitions the rows x of a table into k clusters and returns the sum
// over rows of the squared distance to their cluster's center. Table 0 is the one
// that is judged, 1, 2, … are the references. It is called from several goroutines.
type Inertia func(ctx context.Context, table int, x matrix.Columns, k int) (float64, error)

// GapStatistic computes the gap of x, n×d, for k = 1, …, kmax. The reference
// tables, b of them, hold n rows drawn evenly from the box around x whose sides
// are x's principal axes, and serve every k: b + 1 fits for each. Columns of
// differing units must be standardized first (package scale). The tables are fitted
// several at a time; what is drawn depends on x, seed and the number of the table
// alone. With the inertia as dispersion, W is that of the paper.
//
// K follows the paper's rule, which wants a gap no worse than the next by more than
// its standard error; it is 1 where there are no clusters. The rule is cautious
// where k clusters are few large groups of small ones: then Best is larger.
//
// It returns ErrUndefined if n < 3 or n < kmax, if x has no column or no spread,
// or if a table has no inertia left at some k, as with no more than k distinct rows;
// matrix.ErrNotFinite for a NaN or an infinity; the first error of fit, naming the
// table and k; and ctx.Err() if ctx ended. It panics if kmax < 2 or b < 1.
//
// Reference: Tibshirani, Walther & Hastie 2001, doi:10.1111/1467-9868.00293.
func GapStatistic(ctx context.Context, x matrix.Columns, kmax, b int, seed uint64, fit Inertia) (Gap, error) {
	if kmax < 2 || b < 1 {
		panic(fmt.Sprintf("validity: GapStatistic: kmax = %d, b = %d: want at least 2 clusters and 1 reference", kmax, b))
	}
	n, d := x.Dims()
	if n < 3 || n < kmax || d < 1 {
		return Gap{}, fmt.Errorf("%w: gap of up to %d clusters of %d rows of %d columns: want at least 3 rows, a row for each cluster, and a column", ErrUndefined, kmax, n, d)
	}
	if err := x.CheckFinite(); err != nil {
		return Gap{}, err
	}
	box, err := newBox(x)
	if err != nil {
		return Gap{}, err
	}
	logs := make([][]float64, b+1) // of x, then of each reference
	err = parallel.Each(ctx, b+1, func(ctx context.Context, t int) error {
		table, name := x, "the table"
		if t > 0 {
			table, name = box.draw(n, seed, t-1), fmt.Sprintf("reference %d", t-1)
		}
		logs[t] = make([]float64, kmax)
		for k := 1; k <= kmax; k++ {
			w, err := fit(ctx, t, table, k)
			if err != nil {
				return fmt.Errorf("%d clusters of %s: %w", k, name, err)
			}
			if !(w > 0) || math.IsInf(w, 1) {
				return fmt.Errorf("%w: %d clusters of %s leave an inertia of %v: ask for fewer clusters than distinct rows", ErrUndefined, k, name, w)
			}
			logs[t][k-1] = math.Log(w)
		}
		return nil
	})
	if err != nil {
		return Gap{}, err
	}
	return newGap(logs[0], logs[1:]), nil
}

// newGap judges the logarithms of inertias of a table, k = 1, 2, …, by those of
// the reference tables.
func newGap(table []float64, references [][]float64) Gap {
	out := Gap{References: len(references)}
	b := float64(len(references))
	for i, w := range table {
		p := GapPoint{K: i + 1, LogW: w}
		for _, r := range references {
			p.Reference += r[i] / b
		}
		squares := 0.0
		for _, r := range references {
			squares += (r[i] - p.Reference) * (r[i] - p.Reference)
		}
		p.Gap = p.Reference - w
		p.S = math.Sqrt(squares/b) * math.Sqrt(1+1/b)
		out.Points = append(out.Points, p)
		if out.Best == 0 || p.Gap > out.Points[out.Best-1].Gap {
			out.Best = p.K
		}
		if i > 0 && out.K == 0 && out.Points[i-1].Gap >= p.Gap-p.S {
			out.K = i
		}
	}
	return out
}

// A box is the smallest around a table whose sides are its principal axes; its
// center is left out, as no inertia depends on it.
type box struct {
	axes   axes
	lo, hi []float64 // along each axis
}

func newBox(x matrix.Columns) (box, error) {
	p, err := principalAxes(x)
	if err != nil {
		return box{}, err
	}
	n, d := x.Dims()
	out := box{p, make([]float64, d), make([]float64, d)}
	score := make([]float64, n)
	for a, loading := range p.loadings {
		clear(score)
		for j, l := range loading {
			for i, v := range p.centered.Col(j) {
				score[i] += l * v
			}
		}
		lo, hi := score[0], score[0]
		for _, s := range score {
			lo, hi = min(lo, s), max(hi, s)
		}
		out.lo[a], out.hi[a] = math.Ldexp(lo, -p.scale), math.Ldexp(hi, -p.scale)
	}
	return out, nil
}

// draw returns n rows drawn evenly from the box: reference table r.
func (b box) draw(n int, seed uint64, r int) matrix.Columns {
	d := len(b.lo)
	rng := rand.New(rand.NewPCG(seed, streamGap+uint64(r)))
	out := matrix.New(n, d)
	for a, loading := range b.axes.loadings {
		lo, side := b.lo[a], b.hi[a]-b.lo[a]
		for i := range n {
			at := lo + side*rng.Float64()
			for j, l := range loading {
				out.Col(j)[i] += l * at
			}
		}
	}
	return out
}
