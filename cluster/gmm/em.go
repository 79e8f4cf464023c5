package gmm

import (
	"context"
	"math"
	"math/rand/v2"
	"sort"

	"segue/cluster/internal/lloyd"
	"segue/internal/kernel"
	"segue/internal/parallel"
	"segue/matrix"
)

const (
	scoutRows = 20_000 // rows that decide which starts are worth finishing
	finalists = 3      // starts that are finished on all rows
	settling  = 300    // iterations of k-means, at most, before a start
)

// run is one start on its way up.
type run struct {
	weights       []float64     // k
	means         []float64     // k×d, row by row
	covariances   [][][]float64 // k×d×d
	logLikelihood float64       // of the above, on the rows last climbed
	iterations    int
	converged     bool
}

// search climbs from every start and returns the best end. With more than
// scoutRows rows the starts climb on a draw of that many, and only the finalists on
// all.
func search(ctx context.Context, x matrix.Columns, o Options) (*run, error) {
	n, _ := x.Dims()
	if n <= scoutRows {
		runs, err := climbAll(ctx, x, o)
		if err != nil {
			return nil, err
		}
		return runs[0], nil
	}
	// Restart numbers count up from 0, so this stream is none of theirs.
	random := rand.New(rand.NewPCG(o.Seed, math.MaxUint64))
	chosen := random.Perm(n)[:scoutRows]
	sort.Ints(chosen)
	scouts, err := climbAll(ctx, x.Select(chosen), o)
	if err != nil {
		return nil, err
	}
	var best *run
	for _, r := range different(scouts, 5*o.Tol*scoutRows) {
		if err := climb(ctx, x, r, o); err != nil {
			return nil, err
		}
		if best == nil || r.logLikelihood > best.logLikelihood {
			best = r
		}
	}
	return best, nil
}

// climbAll runs every start on x and returns the ends, best first.
func climbAll(ctx context.Context, x matrix.Columns, o Options) ([]*run, error) {
	runs := make([]*run, o.Restarts)
	for restart := range runs {
		r, err := start(ctx, x, o, restart)
		if err != nil {
			return nil, err
		}
		if err := climb(ctx, x, r, o); err != nil {
			return nil, err
		}
		runs[restart] = r
	}
	sort.SliceStable(runs, func(a, b int) bool { return runs[a].logLikelihood > runs[b].logLikelihood })
	return runs, nil
}

// different returns the best finalists of runs, best first, leaving out those
// whose log-likelihood is no more than apart below the one before: they climbed
// the same hill.
func different(runs []*run, apart float64) []*run {
	kept := runs[:1:1]
	for _, r := range runs[1:] {
		if len(kept) < finalists && kept[len(kept)-1].logLikelihood-r.logLikelihood > apart {
			kept = append(kept, r)
		}
	}
	return kept
}

// start returns the mixture of one hard partition of x: one that k-means has
// settled, until no label changes, so that starts on the same hill begin at the
// same point; or, for the last o.Rough of the restarts, the rows nearest to
// k-means++ centers. Each start draws from a stream of its own.
func start(ctx context.Context, x matrix.Columns, o Options, restart int) (*run, error) {
	n, d := x.Dims()
	centers := kernel.Flatten(o.Start)
	if o.Start == nil {
		var err error
		if centers, err = lloyd.Start(ctx, x, o.K, rand.New(rand.NewPCG(o.Seed, uint64(restart)))); err != nil {
			return nil, err
		}
	}
	iterations := settling
	if restart >= o.Restarts-o.Rough {
		iterations = 0
	}
	partition, err := lloyd.Run(ctx, x, centers, iterations, -1)
	if err != nil {
		return nil, err
	}
	r := &run{means: partition.Centers}
	g := &kernel.Mixture{K: o.K, D: d, Mean: r.means}
	total, err := accumulate(ctx, n, o.K, d, func(lo, hi int, moments *kernel.Moments) {
		g.Hard(x, lo, hi, partition.Labels, moments)
	})
	if err != nil {
		return nil, err
	}
	r.maximize(total, n, o)
	return r, nil
}

// climb alternates the two steps until the mean log-likelihood rises by less than
// Tol, or MaxIter times.
func climb(ctx context.Context, x matrix.Columns, r *run, o Options) error {
	n, d := x.Dims()
	r.converged = false
	r.logLikelihood = math.Inf(-1)
	for iteration := 0; ; iteration++ {
		g := r.mixture()
		total, err := accumulate(ctx, n, o.K, d, func(lo, hi int, moments *kernel.Moments) {
			g.Expect(x, lo, hi, moments)
		})
		if err != nil {
			return err
		}
		rise := total.LogLikelihood - r.logLikelihood
		r.logLikelihood = total.LogLikelihood
		r.converged = rise < o.Tol*float64(n)
		if r.converged || iteration == o.MaxIter {
			return nil
		}
		r.maximize(total, n, o)
		r.iterations++
	}
}

// accumulate sums the moments that step adds for each chunk of n rows.
func accumulate(ctx context.Context, n, k, d int, step func(lo, hi int, moments *kernel.Moments)) (*kernel.Moments, error) {
	chunks := make([]*kernel.Moments, parallel.Count(n, kernel.ChunkRows))
	err := parallel.Chunks(ctx, n, kernel.ChunkRows, func(chunk, lo, hi int) {
		chunks[chunk] = kernel.NewMoments(k, d)
		step(lo, hi, chunks[chunk])
	})
	if err != nil {
		return nil, err
	}
	total := kernel.NewMoments(k, d)
	for _, m := range chunks {
		total.Merge(m)
	}
	return total, nil
}

// maximize replaces the parameters by those most likely under the
// responsibilities summed in total: weight Σr/n, mean Σr·x/Σr, covariance
// Σr·(x−mean)(x−mean)ᵀ/Σr as o.Covariance allows, plus Regularization on the
// diagonal. A component without responsibility keeps its mean.
func (r *run) maximize(total *kernel.Moments, n int, o Options) {
	k, d := o.K, len(r.means)/o.K
	packed := d * (d + 1) / 2
	r.weights = make([]float64, k)
	scatters := make([][][]float64, k)
	for c, weight := range total.Weight {
		r.weights[c] = weight / float64(n)
		scatters[c] = square(d)
		if weight < math.SmallestNonzeroFloat64/1e-16 {
			continue // its averages would be 0/0
		}
		shift := make([]float64, d)
		for j := range shift {
			shift[j] = total.First[c*d+j] / weight
			r.means[c*d+j] += shift[j]
		}
		second := total.Second[c*packed:]
		for j := range d {
			for l := range j + 1 {
				v := second[j*(j+1)/2+l]/weight - shift[j]*shift[l]
				scatters[c][j][l], scatters[c][l][j] = v, v
			}
		}
	}
	r.covariances = shape(scatters, r.weights, o.Covariance)
	for _, covariance := range r.covariances {
		regularize(covariance, o.Regularization)
	}
}

// shape restricts k covariance matrices, d×d, to what kind allows.
func shape(scatters [][][]float64, weights []float64, kind Covariance) [][][]float64 {
	d := len(scatters[0])
	if kind == Tied {
		pooled := square(d)
		for c, s := range scatters {
			for j := range d {
				for l := range d {
					pooled[j][l] += weights[c] * s[j][l]
				}
			}
		}
		for c := range scatters {
			for j := range d {
				copy(scatters[c][j], pooled[j])
			}
		}
	}
	if kind == Diag || kind == Spherical {
		for _, s := range scatters {
			trace := 0.0
			for j := range d {
				trace += s[j][j]
				for l := range j {
					s[j][l], s[l][j] = 0, 0
				}
			}
			for j := range d {
				if kind == Spherical {
					s[j][j] = trace / float64(d)
				}
			}
		}
	}
	return scatters
}

// regularize adds to the diagonal what every variance gets and, should rounding
// still leave the matrix without a Cholesky factor, ten times more until it has.
func regularize(covariance [][]float64, amount float64) {
	for {
		for j := range covariance {
			covariance[j][j] += amount
		}
		if cholesky(covariance) != nil {
			return
		}
		amount *= 10
	}
}

// mixture prepares the parameters for evaluation.
func (r *run) mixture() *kernel.Mixture {
	k := len(r.weights)
	d := len(r.means) / k
	g := &kernel.Mixture{K: k, D: d, Mean: append([]float64(nil), r.means...), Scale: make([]float64, k)}
	for c, covariance := range r.covariances {
		factor := cholesky(covariance)
		if factor == nil {
			panic("gmm: a covariance is not positive definite: the model was altered")
		}
		g.Scale[c] = math.Log(r.weights[c]) - float64(d)/2*math.Log(2*math.Pi)
		for j := range d {
			g.Scale[c] -= math.Log(factor[j][j])
		}
		g.Whiten = append(g.Whiten, invertLower(factor)...)
	}
	return g
}

// degenerate lists the components that lean on the regularization.
func (r *run) degenerate(n int, regularization float64) []int {
	k := len(r.weights)
	d := len(r.means) / k
	list := []int{}
	for c, covariance := range r.covariances {
		least := math.Inf(1)
		for j, row := range cholesky(covariance) {
			least = min(least, row[j]*row[j])
		}
		if r.weights[c]*float64(n) < float64(d+1) || least <= 10*regularization {
			list = append(list, c)
		}
	}
	return list
}
