package mood

import (
	"context"
	"sync"

	"segue"
	"segue/internal/parallel"
	"segue/regress/logistic"
)

// A CrossValidation is what supervised models say of labelled tracks of artists they
// had not seen: each part of the artists is predicted by a model that was fitted,
// penalties and calibration included, to the others.
type CrossValidation struct {
	Folds int

	// Raw and Calibrated are what was predicted of the labelled tracks, in their order,
	// before and after calibration. Of a track with fewer than half of the features
	// they say nothing. Places are the same in both: percentiles of the catalogue,
	// unless the labels say too little of valence and arousal (Places is false).
	Raw, Calibrated Prediction
	Places          bool

	// Estimated are the ridges' own predictions, in the labels' units; NaN where none.
	Estimated []segue.Affect

	Fold []int // of each labelled track, 0…Folds−1; −1 where too few features are known

	Penalty     []float64    // of the logistic regression of each fold
	Ridge       [][2]float64 // of valence and arousal; 0 where there are none
	Temperature []float64
	Lean        []float64 // see Naming
}

// CrossValidate fits supervised models to labels of tracks of c, leaving out each part
// of the artists in turn, and predicts the tracks left out. Parts have about as many
// tracks of each mood, whole artists each, and depend on the labels and the seed alone.
//
// Errors are those of TrainSupervised.
func CrossValidate(ctx context.Context, c *segue.Catalog, l *Labels, o SupervisedOptions) (*CrossValidation, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	p, err := newLearner(c, l, o)
	if err != nil {
		return nil, err
	}
	return p.crossValidate(ctx, o)
}

func (p *learner) crossValidate(ctx context.Context, o SupervisedOptions) (*CrossValidation, error) {
	v := newCrossValidation(p.labels, o.Folds)
	class := make([]int32, len(p.y))
	for i, y := range p.y {
		class[i] = max(y, 0)
	}
	fold := deal(p.group, class, o.Folds, o.Seed)
	for i, f := range fold {
		v.Fold[p.rows[i]] = f
	}
	var mu sync.Mutex // of progress and done
	done, placed := 0, make([]bool, o.Folds)
	err := parallel.Each(ctx, o.Folds, func(ctx context.Context, f int) error {
		var in, out []int
		for i, of := range fold {
			if of == f {
				in = append(in, i)
			} else {
				out = append(out, i)
			}
		}
		l, err := p.learn(ctx, out, derive(o.Seed, streamFolds+1+uint64(f)))
		if err != nil {
			return err
		}
		placed[f] = l.placed
		v.Penalty[f], v.Ridge[f], v.Temperature[f], v.Lean[f] = l.lambda, l.by, l.naming.Scaling.Temperature, l.naming.Lean
		if err := p.predict(l, in, v); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if done++; o.Progress != nil {
			o.Progress("cross-validate", int64(done), int64(o.Folds))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	v.Places = true
	for _, ok := range placed {
		v.Places = v.Places && ok
	}
	if !v.Places {
		v.Raw.At, v.Calibrated.At = nil, nil
	}
	return v, nil
}

// newCrossValidation returns one that says nothing yet of any track.
func newCrossValidation(l *Labels, folds int) *CrossValidation {
	n := l.Len()
	v := &CrossValidation{Folds: folds, Fold: make([]int, n), Estimated: make([]segue.Affect, n),
		Penalty: make([]float64, folds), Ridge: make([][2]float64, folds), Temperature: make([]float64, folds), Lean: make([]float64, folds)}
	at := make([]segue.Affect, n)
	for i := range at {
		v.Fold[i], at[i], v.Estimated[i] = -1, segue.Nowhere(), segue.Nowhere()
	}
	for _, q := range []*Prediction{&v.Raw, &v.Calibrated} {
		q.Mood, q.Probability, q.At = make([]segue.Mood, n), make([]segue.Membership, n), at
		for i := range q.Mood {
			q.Mood[i] = segue.Mixed
			for c := range q.Probability[i] {
				q.Probability[i][c] = 1. / segue.NumMoods
			}
		}
	}
	v.Raw.Name, v.Calibrated.Name = "supervised, before calibration", "supervised"
	return v
}

// predict writes what was learned says of rows that it was not learned from.
func (p *learner) predict(l *learned, rows []int, v *CrossValidation) error {
	x := p.x.Select(rows)
	scores := l.weights.Scores(x)
	row := make([]float64, segue.NumMoods)
	for i, r := range rows {
		to := p.rows[r]
		scores.Row(row, i)
		logistic.Softmax(row)
		v.Raw.Probability[to] = segue.Membership(row)
		v.Raw.Mood[to] = v.Raw.Probability[to].Dominant()
		v.Calibrated.Probability[to] = l.naming.probabilities(scores.Row(row, i))
		v.Calibrated.Mood[to] = l.naming.name(v.Calibrated.Probability[to])
	}
	if !l.placed {
		return nil
	}
	for axis, line := range l.place {
		for i, r := range rows {
			s := line.intercept
			for j, w := range line.weights {
				s += w * x.At(i, j)
			}
			if axis == 0 {
				v.Estimated[p.rows[r]].Valence = s
			} else {
				v.Estimated[p.rows[r]].Arousal = s
			}
		}
	}
	plane, err := p.plane(l)
	if err != nil {
		return err
	}
	for _, r := range rows {
		to := p.rows[r]
		v.Raw.At[to] = plane.Place(p.c.Features(int(p.labels.Row[to])))
	}
	return nil
}
