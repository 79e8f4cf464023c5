package fcm

import (
	"context"
	"fmt"

	"segue/cluster/internal/guard"
	"segue/cluster/internal/pass"
	"segue/internal/kernel"
	"segue/matrix"
)

// StreamOptions say how to fit a table that is read in pieces. The zero value of
// every field but K is a usable default.
type StreamOptions struct {
	Options

	// Sample is the number of rows, drawn by Seed, that the starts are fitted on;
	// 0 means 20,000. All Restarts run on them, and the best goes on to all rows.
	Sample int

	// Resume, if given, is a model that Checkpoint was given: the fit goes on from
	// its centers and ends in the same bytes as if it had never stopped. K and M
	// may then be 0; MaxIter counts its iterations too.
	Resume *Model

	// Checkpoint, if given, is called after each iteration, with a model that has
	// no Sizes, FPC and PE yet, and the Objective that its centers were moved to
	// lower. It may keep the model. An error ends the fit, which returns it.
	Checkpoint func(*Model) error
}

// FitStream is Fit for a table that need not fit into memory: one pass over src
// looks at all values, each iteration is another, and so is the last, for
// Objective, Sizes, FPC and PE. Memory is that of one piece and of the sample, and
// Labels are nil. From the same Start it gives the same bytes as Fit; otherwise
// the start is the best of Restarts fits to a sample of the rows.
//
// Errors are those of Fit, those of src, and that of Checkpoint. FitStream panics
// if K or M is not that of the model to resume, or src has another number of
// columns.
func FitStream[F matrix.Float](ctx context.Context, src matrix.Source[F], o StreamOptions) (*Model, error) {
	n, d := src.Dims()
	o = o.withDefaults(d)
	if err := guard.Size(n, d, o.K); err != nil {
		return nil, fmt.Errorf("fcm: %w", err)
	}
	given := o.Start
	if o.Resume != nil {
		given = o.Resume.Centers
	}
	if err := guard.Centers[F](given); err != nil {
		return nil, fmt.Errorf("fcm: %w", err)
	}
	var rows []int
	if o.Start == nil && o.Resume == nil {
		rows = pass.Draw(n, max(o.Sample, o.K), o.Seed)
	}
	sample, spread, err := pass.Look(ctx, src, rows, nil)
	if err != nil {
		return nil, fmt.Errorf("fcm: %w", err)
	}
	r := &run{}
	switch {
	case o.Resume != nil:
		r.centers, r.iterations, r.converged = kernel.Flatten(o.Resume.Centers), o.Resume.Iterations, o.Resume.Converged
	case o.Start != nil:
		r.centers = kernel.Flatten(o.Start)
	default:
		best, err := descend(ctx, sample, o.Options, o.tolerance(kernel.MeanVariance(sample)))
		if err != nil {
			return nil, err
		}
		r.centers = best.centers
	}
	var after func() error
	if o.Checkpoint != nil {
		after = func() error { return o.Checkpoint(o.model(r)) }
	}
	all := newOutline[F](o.K, d)
	if err := alternate(ctx, src, r, o.Options, o.tolerance(spread.MeanVariance()), after, all); err != nil {
		return nil, fmt.Errorf("fcm: %w", err)
	}
	m := o.model(r)
	all.describe(m, n)
	return m, nil
}

// withDefaults fills in what is zero and panics on what cannot be meant.
func (o StreamOptions) withDefaults(d int) StreamOptions {
	if o.Sample == 0 {
		o.Sample = 20_000
	}
	if o.Sample < 0 {
		panic(fmt.Sprintf("fcm: FitStream: Sample = %d: must not be negative", o.Sample))
	}
	if m := o.Resume; m != nil {
		if o.K != 0 && o.K != m.K || o.M != 0 && o.M != m.M || o.Start != nil {
			panic(fmt.Sprintf("fcm: FitStream: K = %d, M = %g, %d start centers: the model to resume has K = %d, M = %g", o.K, o.M, len(o.Start), m.K, m.M))
		}
		guard.Start("fcm: FitStream", m.Centers, m.K, d)
		o.K, o.M, o.Seed, o.Restarts = m.K, m.M, m.Seed, m.Restarts
	}
	o.Options = o.Options.withDefaults("FitStream", d)
	return o
}
