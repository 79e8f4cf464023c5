// Package gmm describes observations as drawn from k Gaussians: each cluster has
// a weight, a mean and a covariance, so clusters may be long, tilted and of
// different size, and a row's membership in one is a probability.
//
// The likelihood is maximized by expectation–maximization: given the Gaussians,
// each row's responsibilities (the probabilities that it came from each) follow
// by Bayes' rule; given the responsibilities, weights, means and covariances are
// weighted averages. Neither step can lower the likelihood, but where they end
// depends on where they start: on 11,000 real tracks with four components 42 of 200
// single starts end in a clearly worse optimum (79 of 200 if k-means does not
// settle them first). Fit therefore tries several; see Options.Restarts.
//
// The likelihood of a Gaussian that shrinks onto a few equal rows has no bound.
// A small constant added to every variance keeps it finite, and Model.Degenerate
// names the components that came to lean on it: they describe duplicates, or a
// column that hardly varies, rather than a cluster.
//
// Package kmeans finds round clusters with hard borders, package fcm round ones
// with soft borders.
package gmm

import (
	"context"
	"fmt"
	"math"

	"segue/cluster/internal/guard"
	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

// ErrTooFewRows reports fewer rows than components, or fewer than one component.
var ErrTooFewRows = guard.ErrTooFewRows

// Covariance names what the components' covariance matrices may be.
type Covariance string

const (
	Full      Covariance = "full"      // any, one per component: ellipsoids in any direction
	Diag      Covariance = "diag"      // diagonal, one per component: ellipsoids along the axes
	Tied      Covariance = "tied"      // any, one for all components
	Spherical Covariance = "spherical" // one variance per component: balls
)

// Options say what Fit looks for and how long. The zero value of every field but
// K is a usable default.
type Options struct {
	K              int        // number of components, 1…n
	Covariance     Covariance // "" means Full
	Seed           uint64     // of the starts; the same seed gives the same model
	Restarts       int        // number of starts; 0 means 10
	Rough          int        // how many of the starts, the last ones, k-means does not settle first; see Fit
	MaxIter        int        // iterations per start and per finish; 0 means 200
	Tol            float64    // stop when an iteration raises the mean log-likelihood of a row by less than this, in nats; 0 means 1e-3, negative: never stop before MaxIter
	Regularization float64    // added to every variance, in squared units of the columns; 0 means 1e-6

	// Start, if given, holds k centers of length d whose partition, once k-means
	// has settled it, is the one start: no seed. K may then be 0.
	Start [][]float64

	// From, if given, is a model of K components (K may then be 0) and of the same
	// Covariance, from which one run climbs on all rows: no start, no seed. Only its
	// weights, means and covariances count.
	From *Model
}

// withDefaults fills in what is zero and panics on what cannot be meant.
func (o Options) withDefaults(d int) Options {
	if o.Start != nil {
		guard.Start("gmm: Fit", o.Start, o.K, d)
		o.K, o.Restarts, o.Rough = len(o.Start), 1, 0
	}
	if o.From != nil {
		o.like("gmm: Fit: From", o.From, d)
		o.K, o.Covariance, o.Restarts, o.Rough = o.From.K, o.From.Covariance, 1, 0
	}
	if o.Covariance == "" {
		o.Covariance = Full
	}
	if o.Restarts == 0 {
		o.Restarts = 10
	}
	if o.MaxIter == 0 {
		o.MaxIter = 200
	}
	if o.Tol == 0 {
		o.Tol = 1e-3
	}
	if o.Regularization == 0 {
		o.Regularization = 1e-6
	}
	switch o.Covariance {
	case Full, Diag, Tied, Spherical:
	default:
		panic(fmt.Sprintf("gmm: Fit: covariance %q: want full, diag, tied or spherical", o.Covariance))
	}
	if o.Rough < 0 || o.Rough > o.Restarts {
		panic(fmt.Sprintf("gmm: Fit: Rough = %d of Restarts = %d", o.Rough, o.Restarts))
	}
	if o.Restarts < 0 || o.MaxIter < 0 || !(o.Regularization > 0) || math.IsInf(o.Regularization, 1) {
		panic(fmt.Sprintf("gmm: Fit: Restarts = %d, MaxIter = %d, Regularization = %g: must be finite and not negative", o.Restarts, o.MaxIter, o.Regularization))
	}
	return o
}

// like panics in the caller's name unless m is of o.K components, if that is given,
// of o.Covariance, likewise, and of d columns, and describes that many Gaussians
// with numbers. Whether F can hold the means is for guard.Centers to say.
func (o Options) like(caller string, m *Model, d int) {
	if o.K != 0 && o.K != m.K || o.Covariance != "" && o.Covariance != m.Covariance {
		panic(fmt.Sprintf("%s: a model of %d components, %s, for K = %d, %s", caller, m.K, m.Covariance, o.K, o.Covariance))
	}
	guard.Width(caller, d, m.Means)
	if len(m.Means) != m.K || len(m.Weights) != m.K || len(m.Covariances) != m.K {
		panic(fmt.Sprintf("%s: a model of %d components with %d weights, %d means and %d covariances", caller, m.K, len(m.Weights), len(m.Means), len(m.Covariances)))
	}
	sum := 0.0
	for c, covariance := range m.Covariances {
		sum += m.Weights[c]
		if !finite(covariance, d) || !(m.Weights[c] >= 0) {
			panic(fmt.Sprintf("%s: component %d has weight %v and must have one of at least 0, and a finite %d×%d covariance", caller, c, m.Weights[c], d, d))
		}
	}
	if !(math.Abs(sum-1) <= 1e-3) { // in float32 they are 1 to within 1e-6
		panic(fmt.Sprintf("%s: weights add up to %v, want 1", caller, sum))
	}
}

// centers are those given to start from, if any are.
func (o Options) centers() [][]float64 {
	if o.From != nil {
		return o.From.Means
	}
	return o.Start
}

// A Model is a fitted mixture. It is plain data: read back from JSON, it lacks
// the labels of the rows it was fitted on, but predicts the same.
type Model struct {
	K              int           `json:"k"`
	Covariance     Covariance    `json:"covariance"`
	Weights        []float64     `json:"weights"`        // length k, each in [0, 1]; they add up to 1
	Means          [][]float64   `json:"means"`          // k×d
	Covariances    [][][]float64 `json:"covariances"`    // k×d×d whatever Covariance is, Regularization included
	Labels         []int32       `json:"-"`              // length n, the most responsible component of each row, 0…k−1
	Sizes          []int         `json:"sizes"`          // length k, rows per label; they add up to n
	LogLikelihood  float64       `json:"log_likelihood"` // Σᵢ ln p(xᵢ), total over the n rows, in nats
	AIC            float64       `json:"aic"`            // 2·Parameters − 2·LogLikelihood; lower is better
	BIC            float64       `json:"bic"`            // Parameters·ln n − 2·LogLikelihood; lower is better
	Parameters     int           `json:"parameters"`     // free parameters of weights, means and covariances
	Iterations     int           `json:"iterations"`     // of the start that was kept, those on fewer rows included
	Converged      bool          `json:"converged"`      // false: MaxIter stopped it, the likelihood was still rising
	Degenerate     []int         `json:"degenerate"`     // components that lean on Regularization: see Fit
	Regularization float64       `json:"regularization"`
	Seed           uint64        `json:"seed"`
	Restarts       int           `json:"restarts"` // starts tried

	// Scouted is how many of Iterations were on fewer rows.
	Scouted int `json:"scouted,omitempty"`

	// Rivals are, in a checkpoint of FitStream, the other runs it is to be compared
	// with.
	Rivals []*Model `json:"rivals,omitempty"`
}

// Fit describes the rows of x, n×d with one observation per row, by K Gaussians,
// maximizing the log-likelihood Σᵢ ln Σ꜀ weight꜀·N(xᵢ; mean꜀, covariance꜀) by EM.
// Each start is the partition of one k-means run from greedy k-means++ centers.
// With up to 20,000 rows every start is run to its end; with more, on 20,000
// rows drawn without replacement, and the best three different ends then go on,
// on all rows. The most likely end is kept, the earliest on ties. O(n·k·d²) per
// iteration, without ever storing the responsibilities.
//
// The default Tol is scikit-learn's, and it matters. A music table's likelihood
// has long flat ridges: at k = 4 on energy, acousticness and valence of
// 11,000 tracks, going on from 41 iterations to 500 (Tol 1e-7) gains 0.017 nats a
// row while one component flattens onto the acousticness of zero. Stopping where the gain is small keeps the clusters of
// the first partition, which are those people name. Options.Rough starts from
// mere k-means++ centers and their nearest rows find likelihoods up to 0.03 nats
// higher, but other ones for other seeds, and flatter ones.
//
// Columns of differing units must be standardized first (package scale): start
// and Regularization depend on the units, though the likelihood's optima do not.
//
// Fit returns ErrTooFewRows if K < 1 or n < K, matrix.ErrNotFinite, naming row
// and column, if x, Start or the means of From hold a NaN, an infinity or a value
// beyond 1e140 (in float32 1e17), and the context's error if it ends first. It
// panics if From is no mixture of K components in d columns. Reaching MaxIter is not an error: see
// Model.Converged. Nor is a component that collapsed: Model.Degenerate lists
// those with less than d+1 rows' worth of responsibility, or with a variance
// (some column's, given the columns before it) of at most ten times Regularization.
//
// References: Dempster, Laird & Rubin 1977, Maximum likelihood from incomplete
// data via the EM algorithm; Arthur & Vassilvitskii 2007, k-means++: the
// advantages of careful seeding. Regularization and parameter counts are those
// of scikit-learn.
func Fit[F matrix.Float](ctx context.Context, x matrix.Table[F], o Options) (*Model, error) {
	n, d := x.Dims()
	o = o.withDefaults(d)
	if err := guard.Table(x, o.K); err != nil {
		return nil, fmt.Errorf("gmm: %w", err)
	}
	if err := guard.Centers[F](o.centers()); err != nil {
		return nil, fmt.Errorf("gmm: %w", err)
	}
	runs, err := begin(ctx, n, o, func() (matrix.Table[F], error) {
		if n <= scoutRows {
			return x, nil
		}
		rows, err := draw(ctx, n, scoutRows, o.Seed)
		if err != nil {
			return matrix.Table[F]{}, err
		}
		return x.Select(rows), nil
	})
	if err != nil {
		return nil, err
	}
	if err := climb(ctx, x, runs, o, nil); err != nil {
		return nil, err
	}
	m := best(runs).model(n, o)
	m.Labels = make([]int32, n)
	if err := evaluate(ctx, "gmm: Fit", m, x, nil, m.Labels); err != nil {
		return nil, err
	}
	m.Sizes = make([]int, m.K)
	for _, label := range m.Labels {
		m.Sizes[label]++
	}
	return m, nil
}

// begin returns the runs that are to climb on all n rows: that from o.From, or
// the best ends on the sample, which are done if that is all rows.
func begin[F matrix.Float](ctx context.Context, n int, o Options, sample func() (matrix.Table[F], error)) ([]*run, error) {
	if o.From != nil {
		r := o.From.run()
		r.iterations = 0
		r.again()
		return []*run{r}, nil
	}
	rows, err := sample()
	if err != nil {
		return nil, err
	}
	return search(ctx, rows, n, o)
}

// model makes a model of a run on n rows, without Labels and Sizes.
func (r *run) model(n int, o Options) *Model {
	d := len(r.means) / o.K
	p := parameters(o.Covariance, o.K, d)
	return &Model{
		K:              o.K,
		Covariance:     o.Covariance,
		Weights:        r.weights,
		Means:          kernel.Unflatten(r.means, o.K, d),
		Covariances:    r.covariances,
		LogLikelihood:  r.logLikelihood,
		AIC:            2*float64(p) - 2*r.logLikelihood,
		BIC:            float64(p)*math.Log(float64(n)) - 2*r.logLikelihood,
		Parameters:     p,
		Iterations:     r.iterations,
		Converged:      r.converged,
		Degenerate:     r.degenerate(n, o.Regularization),
		Regularization: o.Regularization,
		Seed:           o.Seed,
		Restarts:       o.Restarts,
		Scouted:        r.scouted,
	}
}

// run is the inverse of model. It shares nothing with m that changes.
func (m *Model) run() *run {
	return &run{
		weights: m.Weights, means: kernel.Flatten(m.Means), covariances: m.Covariances,
		logLikelihood: m.LogLikelihood, iterations: m.Iterations, scouted: m.Scouted, converged: m.Converged, done: m.Converged,
	}
}

// parameters counts what is free: k−1 weights, k means, and the covariances.
func parameters(covariance Covariance, k, d int) int {
	free := k - 1 + k*d
	switch covariance {
	case Full:
		return free + k*d*(d+1)/2
	case Diag:
		return free + k*d
	case Tied:
		return free + d*(d+1)/2
	default:
		return free + k
	}
}

// Predict returns for each row of x, n×d, the most responsible component, the
// lowest on ties; −1 for a row with a NaN. O(n·k·d²). It panics if x has another
// number of columns than the means.
func (m *Model) Predict(x matrix.Columns) []int32 { return Predict(m, x) }

// Predict is m.Predict for tables of either float.
func Predict[F matrix.Float](m *Model, x matrix.Table[F]) []int32 {
	n, _ := x.Dims()
	labels := make([]int32, n)
	_ = evaluate(context.Background(), "gmm: Predict", m, x, nil, labels)
	return labels
}

// Responsibilities returns for each row of x, n×d, the probabilities that it came
// from each component: n×k, each row adding up to 1, NaN for a row with a NaN.
// O(n·k·d²). It panics if x has another number of columns than the means.
func (m *Model) Responsibilities(x matrix.Columns) [][]float64 { return Responsibilities(m, x) }

// Responsibilities is m.Responsibilities for tables of either float.
func Responsibilities[F matrix.Float](m *Model, x matrix.Table[F]) [][]float64 {
	n, _ := x.Dims()
	flat := make([]float64, n*m.K)
	_ = evaluate(context.Background(), "gmm: Responsibilities", m, x, flat, nil)
	return kernel.Unflatten(flat, n, m.K)
}

// Membership writes the responsibilities for row, length d, to dst and returns
// it: each in [0, 1], adding up to 1; NaN for a row with a NaN. A nil dst is
// allocated. It factors the k covariances at each call, O(k·d³): for many rows
// use Responsibilities. It panics if row or dst has the wrong length.
func (m *Model) Membership(dst, row []float64) []float64 {
	dst = guard.Room("gmm: Membership", dst, m.K)
	_ = evaluate(context.Background(), "gmm: Membership", m, matrix.FromRows([][]float64{row}), dst, nil)
	return dst
}

// evaluate fills responsibilities, n×k flat, and labels, either of which may be nil.
// It returns ctx's error if it ended first, and no other.
func evaluate[F matrix.Float](ctx context.Context, caller string, m *Model, x matrix.Table[F], responsibilities []float64, labels []int32) error {
	n, d := x.Dims()
	guard.Width(caller, d, m.Means)
	g := prepare[F](m.run(), m.Covariance)
	return parallel.Chunks(ctx, n, kernel.ChunkRows, func(_, lo, hi int) {
		g.Responsibilities(x, lo, hi, part(responsibilities, lo*m.K, hi*m.K), part(labels, lo, hi))
	})
}

// part is s[lo:hi], or nil for nil.
func part[T any](s []T, lo, hi int) []T {
	if s == nil {
		return nil
	}
	return s[lo:hi]
}
