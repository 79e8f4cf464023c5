package gmm

import (
	"context"
	"math"
	"math/rand/v2"
	"sort"

	"segue/cluster/internal/lloyd"
	"segue/cluster/internal/pass"
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
	logLikelihood float64       // on the rows last climbed, of the above or of what they were before the last iteration
	iterations    int
	scouted       int // of the iterations, those before the climb that counts
	converged     bool
	done          bool // converged, or MaxIter stopped it
}

// again makes r ready to climb on other rows.
func (r *run) again() {
	r.scouted, r.converged, r.done, r.logLikelihood = r.iterations, false, false, math.Inf(-1)
}

// draw returns sample of n rows, in increasing order. Up to 4 million rows are
// drawn as they have always been, by shuffling all, so that seeds keep their
// models; above that without room for all. It returns ctx's error if it ended first.
func draw(ctx context.Context, n, sample int, seed uint64) ([]int, error) {
	if n > 1<<22 || sample >= n {
		return pass.Draw(n, sample, seed), nil
	}
	// Restart numbers count up from 0, so this stream is none of theirs.
	random := rand.New(rand.NewPCG(seed, math.MaxUint64))
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	for i := n - 1; i > 0; i-- { // rand.Perm, which cannot be cancelled
		if i%(1<<16) == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		j := random.IntN(i + 1)
		rows[i], rows[j] = rows[j], rows[i]
	}
	chosen := rows[:sample:sample]
	sort.Ints(chosen)
	return chosen, nil
}

// search climbs from every start on the sample and returns the ends, best first;
// if the sample is less than all n rows only the finalists, made ready to climb on
// all.
func search[F matrix.Float](ctx context.Context, sample matrix.Table[F], n int, o Options) ([]*run, error) {
	runs := make([]*run, o.Restarts)
	err := parallel.Each(ctx, len(runs), func(ctx context.Context, restart int) error {
		r, err := start(ctx, sample, o, restart)
		if err != nil {
			return err
		}
		runs[restart] = r
		return climb(ctx, sample, []*run{r}, o, nil)
	})
	if err != nil {
		return nil, err
	}
	sort.SliceStable(runs, func(a, b int) bool { return runs[a].logLikelihood > runs[b].logLikelihood })
	m, _ := sample.Dims()
	if m == n {
		return runs[:1], nil
	}
	runs = different(runs, 5*max(0, o.Tol)*float64(m))
	for _, r := range runs {
		r.again()
	}
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

// best returns the most likely of runs, the first on ties.
func best(runs []*run) *run {
	top := runs[0]
	for _, r := range runs[1:] {
		if r.logLikelihood > top.logLikelihood {
			top = r
		}
	}
	return top
}

// start returns the mixture of one hard partition of x: one that k-means has
// settled, until no label changes, so that starts on the same hill begin at the
// same point; or, for the last o.Rough of the restarts, the rows nearest to
// k-means++ centers. Each start draws from a stream of its own.
func start[F matrix.Float](ctx context.Context, x matrix.Table[F], o Options, restart int) (*run, error) {
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
	r := &run{means: partition.Centers, logLikelihood: math.Inf(-1)}
	g := empty[F](o.Covariance, o.K, d)
	for i, v := range r.means {
		g.Mean[i] = F(v)
	}
	total := g.NewMoments()
	parts := pass.NewParts(g.NewMoments)
	err = pass.Chunks(ctx, x, parts, func(m *kernel.Moments[F], rows pass.Rows[F]) {
		m.Reset()
		g.Hard(rows.Piece, rows.Lo, rows.Hi, partition.Labels[rows.First:], m)
	}, func(m *kernel.Moments[F]) { total.Merge(m) })
	if err != nil {
		return nil, err
	}
	maximize(r, g, total, n, o)
	return r, nil
}

// climb alternates the two steps for every run that is not done, until its mean
// log-likelihood rises by less than Tol, or MaxIter times: one pass over src for an
// iteration of all of them. after, if given, is called after each.
func climb[F matrix.Float](ctx context.Context, src matrix.Source[F], runs []*run, o Options, after func() error) error {
	n, d := src.Dims()
	var active []*run
	for _, r := range runs {
		if !r.done {
			active = append(active, r)
		}
	}
	moments := func() (all []*kernel.Moments[F]) {
		g := empty[F](o.Covariance, o.K, d)
		for range active {
			all = append(all, g.NewMoments())
		}
		return all
	}
	total, parts := moments(), pass.NewParts(moments)
	mixtures := make([]*kernel.Mixture[F], len(active))
	for len(active) > 0 {
		for i, r := range active {
			mixtures[i] = prepare[F](r, o.Covariance)
			total[i].Reset()
		}
		err := pass.Chunks(ctx, src, parts, func(part []*kernel.Moments[F], rows pass.Rows[F]) {
			for i := range active {
				part[i].Reset()
				mixtures[i].Expect(rows.Piece, rows.Lo, rows.Hi, part[i])
			}
		}, func(part []*kernel.Moments[F]) {
			for i := range active {
				total[i].Merge(part[i])
			}
		})
		if err != nil {
			return err
		}
		var left []*run
		for i, r := range active {
			rise := total[i].LogLikelihood - r.logLikelihood
			r.logLikelihood = total[i].LogLikelihood
			r.converged = o.Tol >= 0 && rise < o.Tol*float64(n)
			r.done = r.converged || r.iterations-r.scouted >= o.MaxIter
			if r.done {
				continue
			}
			maximize(r, mixtures[i], total[i], n, o)
			r.iterations++
			left = append(left, r)
		}
		active = left
		if after != nil && len(active) > 0 {
			if err := after(); err != nil {
				return err
			}
		}
	}
	return nil
}

// maximize replaces the parameters by those most likely under the
// responsibilities summed in total about the means of g: weight Σr/n, mean
// Σr·x/Σr, covariance Σr·(x−mean)(x−mean)ᵀ/Σr as o.Covariance allows, plus
// Regularization on the diagonal. A component without responsibility keeps its
// mean.
func maximize[F matrix.Float](r *run, g *kernel.Mixture[F], total *kernel.Moments[F], n int, o Options) {
	k, d := g.K, g.D
	r.weights = make([]float64, k)
	scatters := make([][][]float64, k)
	shift, second := make([]float64, d), make([]float64, d*(d+1)/2)
	for c, weight := range total.Weight {
		r.weights[c] = weight / float64(n)
		scatters[c] = square(d)
		if weight < math.SmallestNonzeroFloat64/1e-16 {
			continue // its averages would be 0/0
		}
		for j := range shift {
			shift[j] = total.First[c*d+j] / weight
			r.means[c*d+j] = float64(g.Mean[c*d+j]) + shift[j]
		}
		if g.Form != kernel.Tied {
			g.Scatter(total, c, second)
		}
		for j := range d {
			for l := range j + 1 {
				v := second[j*(j+1)/2+l]/weight - shift[j]*shift[l]
				scatters[c][j][l], scatters[c][l][j] = v, v
			}
		}
	}
	pooled := square(d)
	if g.Form == kernel.Tied { // the sum over components comes in one
		g.Scatter(total, 0, second)
		for j := range d {
			for l := range j + 1 {
				v := second[j*(j+1)/2+l] / float64(n)
				pooled[j][l], pooled[l][j] = v, v
			}
		}
	}
	r.covariances = shape(scatters, pooled, r.weights, o.Covariance)
	for _, covariance := range r.covariances {
		regularize(covariance, o.Regularization)
	}
}

// shape restricts k covariance matrices, d×d, to what kind allows. pooled is what
// the tied one has on top of their mean.
func shape(scatters [][][]float64, pooled [][]float64, weights []float64, kind Covariance) [][][]float64 {
	d := len(pooled)
	switch kind {
	case Tied:
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
	case Diag, Spherical:
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
		if amount *= 10; math.IsInf(amount, 1) {
			panic("gmm: a covariance is not finite") // what is fitted was checked, so none can be
		}
	}
}

// form says how the kernel is to hold covariances of a kind. In four columns or
// fewer the detour by which tied ones save work costs more than it saves.
func form(kind Covariance, d int) kernel.Form {
	switch {
	case kind == Diag || kind == Spherical:
		return kernel.Axes
	case kind == Tied && d > 4:
		return kernel.Tied
	}
	return kernel.Full
}

// empty returns a mixture of zeros.
func empty[F matrix.Float](kind Covariance, k, d int) *kernel.Mixture[F] {
	g := &kernel.Mixture[F]{Form: form(kind, d), K: k, D: d, Mean: make([]F, k*d), Scale: make([]F, k)}
	size := d * (d + 1) / 2
	switch g.Form {
	case kernel.Full:
		size *= k
	case kernel.Axes:
		size = k * d
	}
	g.Whiten = make([]F, size)
	return g
}

// prepare makes the parameters ready for evaluation.
func prepare[F matrix.Float](r *run, kind Covariance) *kernel.Mixture[F] {
	k := len(r.weights)
	d := len(r.means) / k
	g := empty[F](kind, k, d)
	for i, v := range r.means {
		g.Mean[i] = F(v)
	}
	to := g.Whiten
	for c, covariance := range r.covariances {
		factor := cholesky(covariance)
		if factor == nil {
			panic("gmm: a covariance is not positive definite: the model was altered")
		}
		scale := math.Log(r.weights[c]) - float64(d)/2*math.Log(2*math.Pi)
		for j := range d {
			scale -= math.Log(factor[j][j])
		}
		g.Scale[c] = F(scale)
		if g.Form == kernel.Tied && c > 0 {
			continue
		}
		inverse := invertLower(factor)
		at := -1
		for j := range d {
			at += j + 1 // the diagonal
			if g.Form == kernel.Axes {
				to[0] = F(inverse[at])
				to = to[1:]
			}
		}
		if g.Form != kernel.Axes {
			for i, v := range inverse {
				to[i] = F(v)
			}
			to = to[len(inverse):]
		}
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
