package fcm

import (
	"context"
	"math"

	"segue/cluster/internal/pass"
	"segue/internal/kernel"
	"segue/matrix"
)

// run is how far one start has come.
type run struct {
	centers    []float64 // k×d, row by row
	objective  float64   // of centers, with the memberships that are best for them; between iterations, of those before
	iterations int
	converged  bool
}

// alternate updates memberships from centers and centers from memberships, in
// one pass over the rows, until the centers rest. after, if given, is called after
// each iteration; last, if given, outlines the memberships in the last pass, which
// measures the objective and moves nothing.
func alternate[F matrix.Float](ctx context.Context, x matrix.Source[F], r *run, o Options, tolerance float64, after func() error, last *outline[F]) error {
	type part struct {
		pulls   *kernel.Pulls[F]
		outline *outline[F]
	}
	_, d := x.Dims()
	total := kernel.NewPulls[F](o.K, d)
	parts := pass.NewParts(func() part {
		p := part{pulls: kernel.NewPulls[F](o.K, d)}
		if last != nil {
			p.outline = newOutline[F](o.K, d)
		}
		return p
	})
	for {
		end := r.converged || r.iterations >= o.MaxIter
		total.Reset()
		err := pass.Chunks(ctx, x, parts, func(p part, rows pass.Rows[F]) {
			p.pulls.Reset()
			kernel.Pull(rows.Piece, rows.Lo, rows.Hi, r.centers, o.M, p.pulls)
			if end && last != nil {
				outlineRows(p.outline, rows.Piece, rows.Lo, rows.Hi, r.centers, kernel.As[F](r.centers), o.M, nil)
			}
		}, func(p part) {
			total.Merge(p.pulls)
			if end && last != nil {
				last.merge(p.outline)
			}
		})
		if err != nil {
			return err
		}
		r.objective = total.Objective // of the centers before they move
		if end {
			return nil
		}
		r.converged = move(r.centers, total) <= tolerance
		r.iterations++
		if after != nil {
			if err := after(); err != nil {
				return err
			}
		}
	}
}

// move shifts each center to the weighted mean of the rows and returns the
// longest shift in any coordinate. Adding the mean deviation to the old center,
// rather than averaging the rows, keeps digits when data lie far from the origin.
func move[F matrix.Float](centers []float64, total *kernel.Pulls[F]) (longest float64) {
	d := len(centers) / len(total.Weight)
	for c, weight := range total.Weight {
		if weight == 0 { // every weight underflowed: m is near 1 and the center far off
			continue
		}
		for j := c * d; j < (c+1)*d; j++ {
			shift := total.Shift[j] / weight
			centers[j] += shift
			longest = max(longest, math.Abs(shift))
		}
	}
	return longest
}
