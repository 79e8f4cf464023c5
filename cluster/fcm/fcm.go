// Package fcm clusters observations softly: every row belongs to every cluster
// to a degree, its memberships adding up to 1, and a row between two clusters is
// counted in both.
//
// Fuzzy c-means is k-means with the hard assignment replaced by memberships
// uᵢ꜀ ∝ ‖xᵢ − center꜀‖^(−2/(m−1)). The fuzzifier m > 1 sets how soft: near 1 the
// memberships become k-means labels, at large m all equal 1/k. Like k-means it
// alternates two steps, each of which can only lower its objective; unlike
// k-means it has few local optima, so that a few starts are enough.
//
// Memberships are shares, not probabilities: they say how the distances to the
// centers compare, and a row far from all centers has equal memberships, not
// small ones. Package gmm has probabilities, and clusters of other shapes than
// balls.
//
// Bezdek writes the memberships U as c×n; here rows are observations, n×k.
package fcm

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"segue/cluster/internal/guard"
	"segue/cluster/internal/lloyd"
	"segue/cluster/internal/pass"
	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// ErrTooFewRows reports fewer rows than clusters, or fewer than one cluster.
var ErrTooFewRows = guard.ErrTooFewRows

// Options say what Fit looks for and how long. The zero value of every field but
// K is a usable default.
type Options struct {
	K        int     // number of clusters, 1…n
	M        float64 // fuzzifier, > 1; 0 means 2
	Seed     uint64  // of the starts; the same seed gives the same model
	Restarts int     // number of starts; 0 means 3
	MaxIter  int     // iterations per start; 0 means 500
	Tol      float64 // stop when no center moved by more than Tol × the root mean variance of the columns; 0 means 1e-5, negative: after MaxIter only

	// Start, if given, holds k centers of length d to begin from, instead of
	// k-means++: one run, no seed. K may then be 0.
	Start [][]float64
}

// withDefaults fills in what is zero and panics on what cannot be meant.
func (o Options) withDefaults(caller string, d int) Options {
	if o.Start != nil {
		guard.Start("fcm: "+caller, o.Start, o.K, d)
		o.K, o.Restarts = len(o.Start), 1
	}
	if o.M == 0 {
		o.M = 2
	}
	if o.Restarts == 0 {
		o.Restarts = 3
	}
	if o.MaxIter == 0 {
		o.MaxIter = 500
	}
	if o.Tol == 0 {
		o.Tol = 1e-5
	}
	if !(o.M > 1) || math.IsInf(o.M, 1) {
		panic(fmt.Sprintf("fcm: %s: M = %g: the fuzzifier must be above 1 and finite", caller, o.M))
	}
	if o.Restarts < 0 || o.MaxIter < 0 {
		panic(fmt.Sprintf("fcm: %s: Restarts = %d, MaxIter = %d: must not be negative", caller, o.Restarts, o.MaxIter))
	}
	return o
}

// tolerance is the move at which to stop.
func (o Options) tolerance(meanVariance float64) float64 {
	if o.Tol < 0 {
		return -1
	}
	return o.Tol * math.Sqrt(meanVariance)
}

// A Model is a fitted fuzzy partition. It is plain data: read back from JSON, it
// lacks the labels of the rows it was fitted on, but predicts the same.
type Model struct {
	K          int         `json:"k"`
	M          float64     `json:"m"`          // fuzzifier, > 1
	Centers    [][]float64 `json:"centers"`    // k×d, mean of all rows weighted by membership^m
	Labels     []int32     `json:"-"`          // length n, the cluster of highest membership, 0…k−1
	Sizes      []int       `json:"sizes"`      // length k, rows per label; they add up to n
	Objective  float64     `json:"objective"`  // Σᵢ Σ꜀ uᵢ꜀ᵐ·‖xᵢ − center꜀‖², ≥ 0
	FPC        float64     `json:"fpc"`        // partition coefficient Σᵢ Σ꜀ uᵢ꜀²/n, in [1/k, 1]; 1 is a hard partition
	PE         float64     `json:"pe"`         // partition entropy −Σᵢ Σ꜀ uᵢ꜀·ln uᵢ꜀/n, in [0, ln k]; 0 is a hard partition
	Iterations int         `json:"iterations"` // of the start that was kept
	Converged  bool        `json:"converged"`  // false: MaxIter stopped it, Centers were still moving
	Seed       uint64      `json:"seed"`
	Restarts   int         `json:"restarts"` // starts tried
}

// Fit finds memberships u, n×k, and K centers, k×d, minimizing
// Σᵢ Σ꜀ uᵢ꜀ᵐ·‖xᵢ − center꜀‖² over the rows of x, n×d with one observation per
// row, by alternating optimization from Restarts k-means++ starts, and keeps the
// least, the earliest start on ties. O(n·k·d) per iteration, without ever
// storing u. Columns of differing units must be standardized first (package
// scale).
//
// Fit returns ErrTooFewRows if K < 1 or n < K, matrix.ErrNotFinite, naming row
// and column, if x or Start holds a NaN, an infinity or a value beyond 1e140 (1e17
// in float32), and the context's error if it ends first. Reaching MaxIter is not an
// error: see Model.Converged. Nor is a row on a center: its membership there is
// exactly 1, or shared equally by the centers that coincide on it.
//
// References: Bezdek, Ehrlich & Full 1984, FCM: the fuzzy c-means clustering
// algorithm, doi:10.1016/0098-3004(84)90020-7; Arthur & Vassilvitskii 2007,
// k-means++: the advantages of careful seeding.
func Fit[F matrix.Float](ctx context.Context, x matrix.Table[F], o Options) (*Model, error) {
	n, d := x.Dims()
	o = o.withDefaults("Fit", d)
	if err := guard.Table(x, o.K); err != nil {
		return nil, fmt.Errorf("fcm: %w", err)
	}
	if err := guard.Centers[F](o.Start); err != nil {
		return nil, fmt.Errorf("fcm: %w", err)
	}
	tolerance := o.tolerance(kernel.MeanVariance(x))
	best, err := descend(ctx, x, o, tolerance)
	if err != nil {
		return nil, err
	}
	m := o.model(best)
	m.Labels = make([]int32, n)
	all := newOutline[F](o.K, d)
	rounded := kernel.As[F](best.centers)
	parts := pass.NewParts(func() *outline[F] { return newOutline[F](o.K, d) })
	err = pass.Chunks(ctx, x, parts, func(part *outline[F], rows pass.Rows[F]) {
		outlineRows(part, rows.Piece, rows.Lo, rows.Hi, best.centers, rounded, o.M, m.Labels[rows.First:])
	}, all.merge)
	if err != nil {
		return nil, err
	}
	all.describe(m, n)
	return m, nil
}

// sideBySide is up to how many rows starts run at the same time: with so few
// chunks in an iteration processors would wait for each other at the end of each.
const sideBySide = 16 * kernel.ChunkRows

// descend alternates from every start and returns the end of least objective.
func descend[F matrix.Float](ctx context.Context, x matrix.Table[F], o Options, tolerance float64) (*run, error) {
	n, _ := x.Dims()
	ends := make([]*run, o.Restarts)
	from := func(ctx context.Context, restart int) error {
		centers, err := start(ctx, x, o, restart)
		if err != nil {
			return err
		}
		ends[restart] = &run{centers: centers}
		return alternate(ctx, x, ends[restart], o, tolerance, nil, nil)
	}
	if n <= sideBySide {
		if err := parallel.Each(ctx, o.Restarts, from); err != nil {
			return nil, err
		}
	} else {
		for restart := range ends {
			if err := from(ctx, restart); err != nil {
				return nil, err
			}
		}
	}
	best := ends[0]
	for _, r := range ends {
		if r.objective < best.objective {
			best = r
		}
	}
	return best, nil
}

// start returns the centers, k×d flat, that one run begins from. Each start draws
// from a stream of its own, so more restarts add starts and change none.
func start[F matrix.Float](ctx context.Context, x matrix.Table[F], o Options, restart int) ([]float64, error) {
	if o.Start != nil {
		return kernel.Flatten(o.Start), nil
	}
	return lloyd.Start(ctx, x, o.K, rand.New(rand.NewPCG(o.Seed, uint64(restart))))
}

// model returns the model of a run, but for what its memberships tell.
func (o Options) model(r *run) *Model {
	return &Model{
		K:          o.K,
		M:          o.M,
		Centers:    kernel.Unflatten(r.centers, o.K, len(r.centers)/o.K),
		Objective:  r.objective,
		Iterations: r.iterations,
		Converged:  r.converged,
		Seed:       o.Seed,
		Restarts:   o.Restarts,
	}
}

// Predict returns for each row of x, n×d, the cluster of highest membership,
// which is that of the nearest center, the lowest on ties; −1 for a row with a
// NaN. O(n·k·d). It panics if x has another number of columns than the centers.
func (m *Model) Predict(x matrix.Columns) []int32 {
	return lloyd.Nearest("fcm: Predict", x, m.Centers)
}

// Membership writes the memberships of row, length d, in the k clusters to dst
// and returns it: each in [0, 1], adding up to 1; NaN for a row with a NaN. A nil
// dst is allocated. O(k·d). It panics if row or dst has the wrong length.
func (m *Model) Membership(dst, row []float64) []float64 {
	guard.Width("fcm: Membership", len(row), m.Centers)
	dst = guard.Room("fcm: Membership", dst, m.K)
	kernel.Memberships(matrix.FromRows([][]float64{row}), 0, 1, kernel.Flatten(m.Centers), m.M, kernel.NewPulls[float64](m.K, len(row)), dst)
	return dst
}

// Memberships returns the memberships of the rows of x, n×d, in the k clusters:
// n×k, each row adding up to 1, NaN for a row with a NaN. O(n·k·d). It panics if
// x has another number of columns than the centers.
func (m *Model) Memberships(x matrix.Columns) [][]float64 {
	n, d := x.Dims()
	guard.Width("fcm: Memberships", d, m.Centers)
	centers, flat := kernel.Flatten(m.Centers), make([]float64, n*m.K)
	// Without a deadline Chunks cannot fail.
	_ = parallel.Chunks(context.Background(), n, kernel.ChunkRows, func(_, lo, hi int) {
		kernel.Memberships(x, lo, hi, centers, m.M, kernel.NewPulls[float64](m.K, d), flat[lo*m.K:])
	})
	return kernel.Unflatten(flat, n, m.K)
}
