package taste

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"segue"
)

// A model is one answer to how much of a taste is shared: standard deviations of the
// three parts in the catalogue's placement error, and how far alike reaches.
type model struct {
	offset, smooth, own float64
	length              float64 // ℓ, in the square root of the number of features
	prior               float64
}

// NothingShared is how likely it is, before anything is said, that a listener's
// deviations are each track's own: what keeps those from harm of whom nothing is to be
// learned. (d)
const NothingShared = .7

// models returns the grid that is averaged over. (d)
func models() []model {
	var all []model
	const levels, lengths = 3, 2
	nothing := 0.
	for _, own := range [levels]float64{.25, .5, 1} {
		for _, offset := range [levels]float64{0, .5, 1} {
			all = append(all, model{offset: offset, own: own, length: 1})
			if offset == 0 {
				nothing++
			}
			for _, smooth := range [levels - 1]float64{.5, 1} {
				for _, length := range [lengths]float64{.5, 1} {
					all = append(all, model{offset, smooth, own, length, 0})
				}
			}
		}
	}
	for i := range all {
		if !all[i].shared() {
			all[i].prior = NothingShared / nothing
		} else {
			all[i].prior = (1 - NothingShared) / (float64(len(all)) - nothing)
		}
	}
	return all
}

// alike returns the correlation of the smooth parts of two tracks by their squared
// distance in a space of d features.
func (m model) alike(square float64, d int) float64 {
	if m.smooth == 0 {
		return 0
	}
	return math.Exp(-square / (2 * m.length * m.length * float64(max(1, d))))
}

// An axis is what was learned on one axis of the plane.
type axis struct {
	sigma     float64   // the catalogue's placement error
	deviation []float64 // of each report from the catalogue's place
	noise     []float64 // variance of each report
	models    []fitted  // the heaviest first; none without reports

	// The mean deviation under all models at once, in covariances with the reports: of
	// each its own track's part, and of each length what is alike to it.
	offset  float64
	own     []float64
	lengths []float64
	alike   [][]float64
}

// A fitted model is the posterior under one model.
type fitted struct {
	model
	weight   float64   // posterior probability; they sum to 1 over an axis
	evidence float64   // log marginal likelihood
	alpha    []float64 // K⁻¹·deviation
}

// shared reports whether under the model one track says something of another.
func (m model) shared() bool { return m.offset > 0 || m.smooth > 0 }

// variance returns what the model takes a deviation to vary by.
func (m model) variance() float64 { return m.offset*m.offset + m.smooth*m.smooth + m.own*m.own }

// fitAxis weighs the models by the reports' evidence, the latest of them where there
// are many, and computes the posterior of those that count.
func fitAxis(ctx context.Context, which int, sigma float64, g Ground, reports []report, square []float64) (axis, error) {
	a := axis{sigma: sigma}
	n := len(reports)
	if n == 0 {
		return a, ctx.Err()
	}
	for _, r := range reports {
		a.deviation = append(a.deviation, coordinate(r.at, which)-coordinate(g.Positions[r.row], which))
		a.noise = append(a.noise, coordinate(r.variance, which))
	}
	d := g.features()
	few := min(n, weighed)
	for _, m := range models() {
		if err := ctx.Err(); err != nil {
			return axis{}, err
		}
		if n < pattern && m.shared() {
			continue
		}
		f, _ := m.posterior(sigma, d, a.deviation[:few], a.noise, square, n)
		a.models = append(a.models, f)
	}
	a.weigh()
	if n > few {
		a.models = a.models[:min(len(a.models), mostOften)]
		for i, f := range a.models {
			if err := ctx.Err(); err != nil {
				return axis{}, err
			}
			whole, _ := f.posterior(sigma, d, a.deviation, a.noise, square, n)
			whole.weight = f.weight
			a.models[i] = whole
		}
		a.share()
	}
	a.sum()
	return a, ctx.Err()
}

// covariance returns K = σ²(a² + b²·alike + c²·[same]) + noise of the first n reports,
// factorized. stride is the width of square.
func (m model) covariance(n int, sigma float64, d int, noise, square []float64, stride int) *mat.Cholesky {
	k := mat.NewSymDense(n, nil)
	for i := range n {
		k.SetSym(i, i, sigma*sigma*m.variance()+noise[i])
		for j := range i {
			k.SetSym(i, j, sigma*sigma*(m.offset*m.offset+m.smooth*m.smooth*m.alike(square[i*stride+j], d)))
		}
	}
	chol := new(mat.Cholesky)
	if !chol.Factorize(k) {
		panic("taste: a covariance is not positive definite") // but a report's noise is on its diagonal
	}
	return chol
}

// posterior computes the posterior of the first len(deviation) reports under a model.
func (m model) posterior(sigma float64, d int, deviation, noise, square []float64, stride int) (fitted, *mat.Cholesky) {
	n := len(deviation)
	chol := m.covariance(n, sigma, d, noise, square, stride)
	var alpha mat.VecDense
	y := mat.NewVecDense(n, deviation)
	_ = chol.SolveVecTo(&alpha, y) // an error says that the condition is poor, which the noise excludes
	evidence := -.5*mat.Dot(&alpha, y) - .5*chol.LogDet() - .5*float64(n)*math.Log(2*math.Pi)
	return fitted{model: m, evidence: evidence, alpha: alpha.RawVector().Data}, chol
}

// weigh gives the models their posterior probabilities and leaves out those that hardly
// have any.
func (a *axis) weigh() {
	best := math.Inf(-1)
	for _, f := range a.models {
		best = max(best, f.evidence+math.Log(f.prior))
	}
	for i, f := range a.models {
		a.models[i].weight = math.Exp(f.evidence + math.Log(f.prior) - best)
	}
	slices.SortStableFunc(a.models, func(x, y fitted) int { return cmp.Compare(y.weight, x.weight) })
	a.models = slices.DeleteFunc(a.models, func(f fitted) bool { return f.weight < leastPart })
	a.share()
}

// share makes the weights sum to 1.
func (a *axis) share() {
	sum := 0.
	for _, f := range a.models {
		sum += f.weight
	}
	for i := range a.models {
		a.models[i].weight /= sum
	}
}

// sum adds the models up.
func (a *axis) sum() {
	a.own = make([]float64, len(a.noise))
	for _, f := range a.models {
		w := f.weight * a.sigma * a.sigma
		for j, alpha := range f.alpha {
			a.offset += w * f.offset * f.offset * alpha
			a.own[j] += w * f.own * f.own * alpha
		}
		if f.smooth == 0 {
			continue
		}
		at := slices.Index(a.lengths, f.length)
		if at < 0 {
			at = len(a.lengths)
			a.lengths, a.alike = append(a.lengths, f.length), append(a.alike, make([]float64, len(a.noise)))
		}
		for j, alpha := range f.alpha {
			a.alike[at][j] += w * f.smooth * f.smooth * alpha
		}
	}
}

// mean returns the mean deviation of a track at squared distances from the reports, of
// which report own is its own, −1 if none.
func (a *axis) mean(d int, square []float64, own int) float64 {
	mean := a.offset
	for i, length := range a.lengths {
		m := model{smooth: 1, length: length}
		for j, part := range a.alike[i] {
			mean += part * m.alike(square[j], d)
		}
	}
	if own >= 0 {
		mean += a.own[own]
	}
	return mean
}

// errors fills sd with the standard deviations of tracks whose squared distances from
// the reports are squares, and whose own report is own. Under each model the variance is
// the catalogue's, or the model's where that is more, less what the reports explain, and
// never more than a report of the track itself leaves; what the models disagree about
// comes to it. It is the catalogue's at most. O(n³ + tracks·n²) a model.
func (a *axis) errors(ctx context.Context, d int, square []float64, squares [][]float64, own []int, sd []float64) error {
	n := len(a.noise)
	variance, mean, second := make([]float64, len(sd)), make([]float64, len(sd)), make([]float64, len(sd))
	k := mat.NewVecDense(max(1, n), nil)
	var solved mat.VecDense
	for _, f := range a.models {
		chol := f.covariance(n, a.sigma, d, a.noise, square, n)
		for i := range sd {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			m := 0.
			for j, s := range squares[i] {
				v := f.offset*f.offset + f.smooth*f.smooth*f.alike(s, d)
				if j == own[i] {
					v += f.own * f.own
				}
				k.SetVec(j, a.sigma*a.sigma*v)
				m += k.AtVec(j) * f.alpha[j]
			}
			_ = chol.SolveVecTo(&solved, k)
			left := a.sigma*a.sigma*max(1, f.variance()) - mat.Dot(k, &solved)
			if own[i] >= 0 {
				left = min(left, a.noise[own[i]])
			}
			variance[i] += f.weight * left
			mean[i] += f.weight * m
			second[i] += f.weight * m * m
		}
	}
	for i := range sd {
		if n == 0 {
			sd[i] = a.sigma
			continue
		}
		sd[i] = min(a.sigma, math.Sqrt(max(0, variance[i]+second[i]-mean[i]*mean[i])))
	}
	return ctx.Err()
}

// coordinate returns valence of axis 0 and arousal of axis 1.
func coordinate(at segue.Affect, which int) float64 {
	if which == 0 {
		return at.Valence
	}
	return at.Arousal
}
