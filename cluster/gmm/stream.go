package gmm

import (
	"context"
	"fmt"
	"math"

	"segue/cluster/internal/guard"
	"segue/cluster/internal/pass"
	"segue/internal/kernel"
	"segue/matrix"
)

// StreamOptions say what FitStream looks for, and how to go on after a stop.
type StreamOptions struct {
	Options

	// Sample is how many rows the starts climb on, before the best three different
	// ends go on with all; 0 means 20,000, which is what Fit takes.
	Sample int

	// Resume, if given, is what Checkpoint was last given, or a model that MaxIter
	// stopped: the runs in it go on where they were. The other options must be what
	// they were; MaxIter may be more.
	Resume *Model

	// Checkpoint, if given, is called after every iteration on all rows. The model is
	// the run that began best, with the others in Rivals; its LogLikelihood is that of
	// the iteration before, and it has neither Labels nor Sizes. An error ends
	// the fit.
	Checkpoint func(*Model) error
}

// FitStream is Fit for a table that is read piece by piece: one pass to check it
// and draw the sample, one for each iteration of the finalists, all of which it
// serves, and one for the sizes. Labels are nil. Memory is that of one piece, the
// sample, and O(k·d²) for every 4096 rows of a piece.
//
// Given the same From, or the Sample that Fit takes, it finds what Fit finds, to
// the last bit; and a fit resumed from a checkpoint, written to JSON and read back
// or not, ends where one never stopped does. The errors are those of Fit, with
// rows counted over all pieces, and those of src and Checkpoint.
func FitStream[F matrix.Float](ctx context.Context, src matrix.Source[F], o StreamOptions) (*Model, error) {
	n, d := src.Dims()
	if o.Resume != nil {
		for _, m := range append([]*Model{o.Resume}, o.Resume.Rivals...) {
			o.like("gmm: FitStream: Resume", m, d)
			o.K, o.Covariance = m.K, m.Covariance
		}
	}
	o.Options = o.withDefaults(d)
	if o.Sample == 0 {
		o.Sample = scoutRows
	}
	if o.Sample < 0 {
		panic(fmt.Sprintf("gmm: FitStream: Sample = %d: must not be negative", o.Sample))
	}
	if err := guard.Size(n, d, o.K); err != nil {
		return nil, fmt.Errorf("gmm: %w", err)
	}
	given := o.centers()
	if o.Resume != nil {
		for _, m := range append([]*Model{o.Resume}, o.Resume.Rivals...) {
			given = append(given[:len(given):len(given)], m.Means...)
		}
	}
	if err := guard.Centers[F](given); err != nil {
		return nil, fmt.Errorf("gmm: %w", err)
	}
	var rows []int
	if o.From == nil && o.Resume == nil {
		var err error
		if rows, err = draw(ctx, n, max(o.Sample, o.K), o.Seed); err != nil {
			return nil, err
		}
	}
	sample, _, err := pass.Look(ctx, src, rows, nil)
	if err != nil {
		return nil, fmt.Errorf("gmm: %w", err)
	}
	runs := resumed(o.Resume)
	if runs == nil {
		if runs, err = begin(ctx, n, o.Options, func() (matrix.Table[F], error) { return sample, nil }); err != nil {
			return nil, err
		}
	}
	sample = matrix.Table[F]{} // not needed any more
	var after func() error
	if o.Checkpoint != nil {
		after = func() error { return o.Checkpoint(checkpoint(runs, n, o.Options)) }
	}
	if err := climb(ctx, src, runs, o.Options, after); err != nil {
		return nil, err
	}
	m := best(runs).model(n, o.Options)
	m.Sizes, err = sizes(ctx, src, m)
	if err != nil {
		return nil, err
	}
	return m, nil
}

// checkpoint returns what resumed needs to go on.
func checkpoint(runs []*run, n int, o Options) *Model {
	var all []*Model
	for _, r := range runs {
		all = append(all, r.model(n, o))
	}
	all[0].Rivals = all[1:]
	return all[0]
}

// resumed returns the runs in m, if there is one. A model with Sizes has been
// evaluated since its last iteration, which must not count as a rise of 0.
func resumed(m *Model) (runs []*run) {
	if m == nil {
		return nil
	}
	for _, m := range append([]*Model{m}, m.Rivals...) {
		r := m.run()
		if m.Sizes != nil && !m.Converged {
			r.logLikelihood = math.Inf(-1)
		}
		runs = append(runs, r)
	}
	return runs
}

// sizes counts the rows for which each component is the most responsible.
func sizes[F matrix.Float](ctx context.Context, src matrix.Source[F], m *Model) ([]int, error) {
	g := prepare[F](m.run(), m.Covariance)
	total := make([]int, m.K)
	type part struct {
		labels []int32
		rows   int
	}
	err := pass.Chunks(ctx, src, pass.NewParts(func() *part { return &part{labels: make([]int32, kernel.ChunkRows)} }),
		func(p *part, r pass.Rows[F]) {
			p.rows = r.Hi - r.Lo
			g.Responsibilities(r.Piece, r.Lo, r.Hi, nil, p.labels[:p.rows])
		},
		func(p *part) {
			for _, label := range p.labels[:p.rows] {
				total[label]++
			}
		})
	return total, err
}
