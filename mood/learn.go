package mood

import (
	"context"
	"fmt"
	"math"
	"slices"

	"segue"
	"segue/matrix"
	"segue/regress/logistic"
	"segue/regress/ridge"
	"segue/scale"
)

// The penalties that a cross-validation chooses from, the largest first: each fit
// begins where the one before ended. (d)
func logisticPenalties() []float64 { return []float64{1e-1, 3e-2, 1e-2, 3e-3, 1e-3} }

func ridgePenalties() []float64 { return []float64{1, 3e-1, 1e-1, 3e-2, 1e-2, 3e-3, 1e-3} }

// innerFolds is into how many parts, each of whole artists, the tracks to learn from
// are divided to choose penalties and to calibrate. (d)
const innerFolds = 3

// slack is the tolerance of the fits: a hundredth of what a third digit of the
// log-loss would show.
const slack = 1e-5

// learner learns from labelled tracks. All rows it speaks of number them.
type learner struct {
	c        *segue.Catalog
	labels   *Labels
	balanced bool

	features []segue.Feature
	left     []segue.Feature    // that no track has, or all alike
	scaler   scale.Standardizer // over the catalogue
	parts    []Part
	missing  []int // labelled tracks without each feature

	rows  []int // of the labels, those with enough features
	x     matrix.Columns
	ruler scale.Standardizer // of the parts, over rows
	y     []int32            // the mood; −1 where none is named
	at    []segue.Affect     // as labelled; NaN where not
	group []int32
}

// newLearner reads the labels. Errors are those of TrainSupervised.
func newLearner(c *segue.Catalog, l *Labels, o SupervisedOptions) (*learner, error) {
	p := &learner{c: c, labels: l, balanced: !o.Uneven}
	p.features, p.left, p.scaler = rulerOf(c, o.Features)
	if len(p.features) == 0 {
		return nil, fmt.Errorf("mood: %w: no track has features that tell it from others (%s); bring a table with some", ErrTooFewTracks, names(o.Features, ", "))
	}
	p.parts = partsOf(p.features, o.Basis)
	var of []int32
	whole := halfComplete(c, p.features)
	for i, row := range l.Row {
		if _, ok := slices.BinarySearch(whole, row); !ok {
			continue
		}
		p.rows, of = append(p.rows, i), append(of, row)
		p.group, p.at = append(p.group, l.Group[i]), append(p.at, l.At[i])
		class := int32(-1)
		if m := l.Mood[i]; m >= 0 && m < segue.NumMoods {
			class = int32(m)
		}
		p.y = append(p.y, class)
	}
	if err := p.enough(o.Folds); err != nil {
		return nil, err
	}
	var x matrix.Columns
	x, p.missing = imputed(c, p.features, p.scaler, of)
	x = expand(x, p.features, p.parts)
	var err error
	if p.ruler, err = scale.FitStandardizer(x); err != nil {
		return nil, fmt.Errorf("mood: labelled tracks: %w", err)
	}
	p.x = p.ruler.Transform(x)
	return p, nil
}

// What it takes to learn. (d)
const (
	leastOfMood  = 10 // tracks of each mood, and artists
	leastArtists = 20 // of all
	leastPlaced  = 50 // tracks with valence and arousal, to fit the plane on
)

// enough says what is lacking to learn the moods.
func (p *learner) enough(folds int) error {
	var tracks [segue.NumMoods]int
	var artists [segue.NumMoods]map[int32]bool
	all := map[int32]bool{}
	for i, c := range p.y {
		if c < 0 {
			continue
		}
		if artists[c] == nil {
			artists[c] = map[int32]bool{}
		}
		tracks[c]++
		artists[c][p.group[i]], all[p.group[i]] = true, true
	}
	if least := max(leastArtists, 2*folds); len(all) < least {
		return fmt.Errorf("mood: %w: %d tracks of %d artists have a mood and enough features; artists are tested on when left out, and %d parts need at least %d; bring labels of more artists, or ask for fewer parts",
			ErrTooFewLabels, len(p.rows), len(all), folds, least)
	}
	for _, m := range segue.Moods() {
		if tracks[m] < leastOfMood || len(artists[m]) < leastOfMood {
			return fmt.Errorf("mood: %w: %d tracks of %d artists are labelled %s, and each mood needs at least %d of %d (angry %d, sad %d, calm %d, happy %d)",
				ErrTooFewLabels, tracks[m], len(artists[m]), m, leastOfMood, leastOfMood, tracks[0], tracks[1], tracks[2], tracks[3])
		}
	}
	return p.varied()
}

// varied refuses labels to fit a plane on of which all say one valence, or one arousal.
func (p *learner) varied() error {
	var lo, hi segue.Affect
	placed := 0
	for _, at := range p.at {
		if !at.Known() {
			continue
		}
		if placed++; placed == 1 {
			lo, hi = at, at
		}
		lo = segue.Affect{Valence: min(lo.Valence, at.Valence), Arousal: min(lo.Arousal, at.Arousal)}
		hi = segue.Affect{Valence: max(hi.Valence, at.Valence), Arousal: max(hi.Arousal, at.Arousal)}
	}
	for _, axis := range []struct {
		name   string
		lo, hi float64
	}{{"valence", lo.Valence, hi.Valence}, {"arousal", lo.Arousal, hi.Arousal}} {
		if placed >= leastPlaced && axis.lo == axis.hi {
			return fmt.Errorf("mood: %w: %s is the same for all %d tracks that have one; leave it out of the table to keep the usual plane", ErrTooFewLabels, axis.name, placed)
		}
	}
	return nil
}

// learned is what was learned from some rows.
type learned struct {
	lambda  float64
	weights *logistic.Model // on the standardized parts
	naming  Naming

	place  [2]line    // valence, arousal; none if too few tracks have them
	placed bool       // whether there are lines
	by     [2]float64 // their penalties
}

// line is one linear function of the standardized parts.
type line struct {
	weights   []float64
	intercept float64
}

// learn fits to the given rows, ascending: penalties are chosen, and probabilities
// calibrated, on parts of these rows left out in turn, whole artists each.
func (p *learner) learn(ctx context.Context, rows []int, seed uint64) (*learned, error) {
	l := &learned{}
	var named, placed []int
	for _, r := range rows {
		if p.y[r] >= 0 {
			named = append(named, r)
		}
		if p.at[r].Known() {
			placed = append(placed, r)
		}
	}
	if err := p.learnMoods(ctx, l, named, seed); err != nil {
		return nil, err
	}
	if len(placed) < leastPlaced {
		return l, nil
	}
	l.placed = true
	return l, p.learnPlaces(ctx, l, placed, seed)
}

// parted divides rows into innerFolds parts: those of each, and the others.
func (p *learner) parted(rows []int, seed uint64) (in, out [innerFolds][]int) {
	group, class := make([]int32, len(rows)), make([]int32, len(rows))
	for i, r := range rows {
		group[i], class[i] = p.group[r], max(p.y[r], 0)
	}
	for i, f := range deal(group, class, innerFolds, derive(seed, streamInner)) {
		for g := range in {
			if g == f {
				in[g] = append(in[g], i)
			} else {
				out[g] = append(out[g], i)
			}
		}
	}
	return in, out
}

// learnMoods fits the logistic regression and its calibration.
func (p *learner) learnMoods(ctx context.Context, l *learned, rows []int, seed uint64) error {
	x, y := p.x.Select(rows), make([]int32, len(rows))
	var share [segue.NumMoods]float64
	for i, r := range rows {
		y[i] = p.y[r]
		share[y[i]]++
	}
	penalties := logisticPenalties()
	scores := make([]matrix.Columns, len(penalties))
	for i := range scores {
		scores[i] = matrix.New(len(rows), segue.NumMoods)
	}
	last := make([]*logistic.Model, len(penalties))
	in, out := p.parted(rows, seed)
	for f := range in {
		fitted, of := make([]int32, len(out[f])), x.Select(out[f])
		for i, r := range out[f] {
			fitted[i] = y[r]
		}
		held := x.Select(in[f])
		var from *logistic.Model
		for i, lambda := range penalties {
			m, err := p.fitMoods(ctx, of, fitted, lambda, from)
			if err != nil {
				return err
			}
			from, last[i] = m, m
			s := m.Scores(held)
			for c := range segue.NumMoods {
				for j, r := range in[f] {
					scores[i].Col(c)[r] = s.At(j, c)
				}
			}
		}
	}
	best, least := 0, math.Inf(1)
	for i := range penalties {
		loss, row := 0.0, make([]float64, segue.NumMoods)
		for r, own := range y {
			weight := 1.0
			if p.balanced {
				weight = 1 / share[own]
			}
			score := scores[i].At(r, int(own))
			loss += weight * (logistic.Softmax(scores[i].Row(row, r)) - score)
		}
		if loss < least {
			best, least = i, loss
		}
	}
	l.lambda = penalties[best]
	var err error
	if l.naming, err = newNaming(scores[best], y, p.balanced); err != nil {
		return err
	}
	l.weights, err = p.fitMoods(ctx, x, y, l.lambda, last[best])
	return err
}

func (p *learner) fitMoods(ctx context.Context, x matrix.Columns, y []int32, lambda float64, from *logistic.Model) (*logistic.Model, error) {
	var has [segue.NumMoods]bool
	for _, c := range y {
		has[c] = true
	}
	for _, mood := range segue.Moods() {
		if !has[mood] {
			return nil, fmt.Errorf("mood: %w: without the artists left out, none is labelled %s; bring labels of more artists, or ask for fewer parts", ErrTooFewLabels, mood)
		}
	}
	m, err := logistic.Fit(ctx, x, y, logistic.Options{Lambda: lambda, Balanced: p.balanced, Tol: slack, Start: from})
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("mood: %w", err)
	}
	return m, err
}

// learnPlaces fits the ridges of valence and arousal, each with its own penalty.
func (p *learner) learnPlaces(ctx context.Context, l *learned, rows []int, seed uint64) error {
	x, y := p.x.Select(rows), matrix.New(len(rows), 2)
	for i, r := range rows {
		y.Col(0)[i], y.Col(1)[i] = p.at[r].Valence, p.at[r].Arousal
	}
	all, err := ridge.SumsOf(ctx, x, y)
	if err != nil {
		return fmt.Errorf("mood: %w", err)
	}
	penalties := ridgePenalties()
	squares := make([][2]float64, len(penalties))
	in, _ := p.parted(rows, seed)
	for _, held := range in {
		of, want := x.Select(held), y.Select(held)
		part, err := ridge.SumsOf(ctx, of, want)
		if err != nil {
			return err
		}
		others := all.Sub(part)
		for i, lambda := range penalties {
			m, err := others.Solve(ridge.Options{Lambda: lambda})
			if err != nil {
				return fmt.Errorf("mood: %w", err)
			}
			got := m.Predict(of)
			for axis := range l.place {
				for j, v := range got.Col(axis) {
					d := v - want.At(j, axis)
					squares[i][axis] += d * d
				}
			}
		}
	}
	for axis := range l.place {
		best := 0
		for i := range squares {
			if squares[i][axis] < squares[best][axis] {
				best = i
			}
		}
		m, err := all.Solve(ridge.Options{Lambda: penalties[best]})
		if err != nil {
			return fmt.Errorf("mood: %w", err)
		}
		l.place[axis], l.by[axis] = line{m.Weights[axis], m.Intercept[axis]}, penalties[best]
	}
	return nil
}

// raw returns a line on standardized parts as one on the parts themselves.
func (p *learner) raw(l line) line {
	out := line{make([]float64, len(l.weights)), l.intercept}
	for j, w := range l.weights {
		if p.ruler.SD[j] > 0 {
			out.weights[j] = w / p.ruler.SD[j]
			out.intercept -= out.weights[j] * p.ruler.Mean[j]
		}
	}
	return out
}

// plane returns the plane whose axes are the lines learned, with the catalogue as its
// reference.
func (p *learner) plane(l *learned) (*Plane, error) {
	out := &Plane{Source: "ridge on " + p.labels.Source, Catalog: p.c.Version, Dropped: p.left}
	var known [2][]bool
	for i, axis := range []*Axis{&out.Valence, &out.Arousal} {
		axis.Imputed = true
		weights, total, most := p.raw(l.place[i]).weights, 0.0, -1.0
		for _, w := range weights {
			total += math.Abs(w)
		}
		if total == 0 {
			return nil, fmt.Errorf("mood: %w: the labels' %s has nothing to do with the features; leave it out of the table to keep the usual plane", ErrTooFewLabels, [2]string{"valence", "arousal"}[i])
		}
		for j, part := range p.parts {
			f := p.measure(part.Feature)
			t := Term{Feature: f.Feature, Weight: weights[j] / total, Mean: f.Mean, SD: f.SD}
			if part.With != nil {
				with := p.measure(*part.With)
				t.With = &with
			} else if math.Abs(t.Weight) > most {
				most, axis.Main = math.Abs(t.Weight), t.Feature
			}
			axis.Terms = append(axis.Terms, t)
		}
		var err error
		if known[i], err = axis.rank(p.c); err != nil {
			return nil, fmt.Errorf("mood: %w: no track has %s", ErrNoPlane, axis.Main)
		}
	}
	for i, ok := range known[0] {
		if ok && known[1][i] {
			out.Tracks++
		}
	}
	return out, nil
}

// measure returns what standardizes a feature.
func (p *learner) measure(f segue.Feature) Measure {
	j := slices.Index(p.features, f)
	return Measure{f, p.scaler.Mean[j], p.scaler.SD[j]}
}
