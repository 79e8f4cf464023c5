package taste

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
)

// LeastMoved is how far a track has to lie elsewhere to be counted as moved. (d)
const LeastMoved = .02

// reachSample is of how many tracks, spread evenly over the catalogue, moved ones are
// counted; of more their number is an estimate. (d)
const reachSample = 2000

// A Reach says how many other tracks what was said of one moved.
type Reach struct {
	Tracks int  // that would lie LeastMoved or more elsewhere if nothing had been said of it
	About  bool // it was counted on a sample
}

// Reach returns what was said of each of rows changed about other tracks: each report is
// left out by itself, the models' weights staying as they are. Rows that nothing fitted
// was said of reach none. With K the covariance under a model and e the unit vector of
// report i, what i adds to a track with covariances k is
//
//	kᵀK⁻¹e · (K⁻¹y)ᵢ / (K⁻¹)ᵢᵢ
//
// (Rasmussen & Williams 2006, 5.4.2). O(n³ + rows·n²) a model, and O(2,000·n·rows). The
// only error is ctx's.
func (t *Taste) Reach(ctx context.Context, rows []int32) ([]Reach, error) {
	out := make([]Reach, len(rows))
	n := len(t.fitted)
	own := make([]int, len(rows))
	for i, row := range rows {
		own[i] = t.own(row)
	}
	if n == 0 {
		return out, ctx.Err()
	}
	var parts [2][]axis // of each row, what is taken away
	for which := range parts {
		var err error
		if parts[which], err = t.axes[which].without(ctx, t.ground.features(), t.ground.squares(t.fitted), own); err != nil {
			return nil, err
		}
	}
	var placed []int32
	for row, at := range t.ground.Positions {
		if at.Known() {
			placed = append(placed, int32(row))
		}
	}
	step := max(1, (len(placed)+reachSample-1)/reachSample)
	square := make([]float64, n)
	d := t.ground.features()
	for at := 0; at < len(placed); at += step {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row := placed[at]
		t.distances(square, row)
		for i := range rows {
			if own[i] < 0 || t.ground.head(row) == t.fitted[own[i]].head {
				continue
			}
			if math.Hypot(parts[0][i].mean(d, square, -1), parts[1][i].mean(d, square, -1)) >= LeastMoved {
				out[i].Tracks++
			}
		}
	}
	for i := range out {
		if out[i].About = step > 1; out[i].About {
			out[i].Tracks = int(math.Round(float64(out[i].Tracks) * float64(len(placed)) / float64((len(placed)+step-1)/step)))
		}
	}
	return out, nil
}

// without returns for each of own what its report adds to the deviations of others, as
// an axis whose mean that is; an empty one for −1.
func (a *axis) without(ctx context.Context, d int, square []float64, own []int) ([]axis, error) {
	n := len(a.noise)
	out := make([]axis, len(own))
	for i := range out {
		out[i] = axis{sigma: a.sigma, noise: a.noise}
	}
	e := mat.NewVecDense(n, nil)
	for _, f := range a.models {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		chol := f.covariance(n, a.sigma, d, a.noise, square, n)
		for i, j := range own {
			if j < 0 {
				continue
			}
			e.SetVec(j, 1)
			var z mat.VecDense
			_ = chol.SolveVecTo(&z, e)
			e.SetVec(j, 0)
			scale := f.alpha[j] / z.AtVec(j)
			part := fitted{model: f.model, weight: f.weight, alpha: make([]float64, n)}
			for k := range part.alpha {
				part.alpha[k] = scale * z.AtVec(k)
			}
			out[i].models = append(out[i].models, part)
		}
	}
	for i := range out {
		if own[i] >= 0 {
			out[i].sum()
		}
	}
	return out, nil
}
