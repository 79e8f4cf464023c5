package kmeans

import (
	"context"
	"fmt"

	"segue/cluster/internal/guard"
	"segue/cluster/internal/lloyd"
	"segue/cluster/internal/pass"
	"segue/internal/kernel"
	"segue/matrix"
)

// StreamOptions say how to fit a table that is read in pieces. The zero value of
// every field but K is a usable default.
type StreamOptions struct {
	Options

	// Sample is the number of rows, drawn by Seed among those of weight above 0,
	// that the starts are fitted on; 0 means 20,000. All Restarts run on them, and
	// the best goes on to all rows.
	Sample int

	// Resume, if given, is a model that Checkpoint was given: the fit goes on from
	// its centers and ends in the same bytes as if it had never stopped. K may then
	// be 0; MaxIter counts its iterations too.
	Resume *Model

	// Checkpoint, if given, is called after each iteration, with a model whose
	// Sizes and Inertia are still those of the centers before. It may keep the
	// model. An error ends the fit, which returns it.
	Checkpoint func(*Model) error
}

// FitStream is Fit for a table that need not fit into memory: one pass over src
// looks at all values and draws the sample, each iteration is another, and so is
// the last, for Sizes and Inertia. Memory is that of one piece and of the sample,
// and Labels are nil; pieces of many times matrix.PieceRows rows keep all
// processors busy. From the same Start it gives the same bytes as Fit; otherwise
// the start is the best of Restarts fits to a sample of the rows.
//
// Errors are those of Fit, those of src, and that of Checkpoint. FitStream panics
// if K is not that of the model to resume, or src has another number of columns.
func FitStream[F matrix.Float](ctx context.Context, src matrix.Source[F], o StreamOptions) (*Model, error) {
	n, d := src.Dims()
	o = o.withDefaults("FitStream", d)
	if err := check[F](n, d, o.Options); err != nil {
		return nil, fmt.Errorf("kmeans: %w", err)
	}
	if o.Resume != nil {
		if err := guard.Centers[F](o.Resume.Centers); err != nil {
			return nil, fmt.Errorf("kmeans: %w", err)
		}
	}
	from := lloyd.Descent{Weights: o.Weights, MaxIter: o.MaxIter}
	var err error
	if from.Centers, from.Tolerance, err = begin(ctx, src, o); err != nil {
		return nil, fmt.Errorf("kmeans: %w", err)
	}
	if o.Resume != nil {
		from.Iterations, from.Settled = o.Resume.Iterations, o.Resume.Converged
	}
	if o.Checkpoint != nil {
		from.After = func(r *lloyd.Result) error { return o.Checkpoint(o.model(r)) }
	}
	r, err := lloyd.Stream(ctx, src, from)
	if err != nil {
		return nil, fmt.Errorf("kmeans: %w", err)
	}
	return o.model(r), nil
}

// withDefaults fills in what is zero and panics on what cannot be meant.
func (o StreamOptions) withDefaults(caller string, d int) StreamOptions {
	if o.Sample == 0 {
		o.Sample = 20_000
	}
	if o.Sample < 0 {
		panic(fmt.Sprintf("kmeans: %s: Sample = %d: must not be negative", caller, o.Sample))
	}
	if m := o.Resume; m != nil {
		if o.K != 0 && o.K != m.K || o.Start != nil {
			panic(fmt.Sprintf("kmeans: %s: K = %d, %d start centers: the model to resume has K = %d", caller, o.K, len(o.Start), m.K))
		}
		guard.Start("kmeans: "+caller, m.Centers, m.K, d)
		o.K, o.Seed, o.Restarts, o.Seeding = m.K, m.Seed, m.Restarts, m.Seeding
	}
	o.Options = o.Options.withDefaults(caller, d)
	return o
}

// begin looks at all rows, and returns the centers to start from, k×d flat, and
// what the squared moves are to come down to.
func begin[F matrix.Float](ctx context.Context, src matrix.Source[F], o StreamOptions) (centers []float64, tolerance float64, err error) {
	var rows []int
	if o.Start == nil && o.Resume == nil {
		rows = o.draw(src)
	}
	sample, spread, err := pass.Look(ctx, src, rows, o.Weights)
	if err != nil {
		return nil, 0, err
	}
	tolerance = o.Tol * spread.MeanVariance()
	switch {
	case o.Resume != nil:
		return kernel.Flatten(o.Resume.Centers), tolerance, nil
	case o.Start != nil:
		return kernel.Flatten(o.Start), tolerance, nil
	}
	own := o.Options
	if o.Weights != nil {
		own.Weights = make([]float64, len(rows))
		for i, row := range rows {
			own.Weights[i] = o.Weights[row]
		}
	}
	_, spread, err = pass.Look(ctx, sample, nil, own.Weights)
	if err != nil {
		return nil, 0, err
	}
	best, err := descend(ctx, sample, own, o.Tol*spread.MeanVariance())
	if err != nil {
		return nil, 0, err
	}
	return best.Centers, tolerance, nil
}

// draw returns the rows of the sample, in increasing order.
func (o StreamOptions) draw(src interface{ Dims() (n, d int) }) []int {
	n, _ := src.Dims()
	m := max(o.Sample, o.K)
	if o.Weights == nil {
		return pass.Draw(n, m, o.Seed)
	}
	var heavy []int
	for row, w := range o.Weights {
		if w > 0 {
			heavy = append(heavy, row)
		}
	}
	rows := pass.Draw(len(heavy), m, o.Seed)
	for i, at := range rows {
		rows[i] = heavy[at]
	}
	return rows
}
