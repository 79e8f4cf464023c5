package mood

import (
	"context"
	"fmt"
	"slices"

	"segue"
	"segue/cluster/fcm"
	"segue/cluster/gmm"
	"segue/cluster/kmeans"
	"segue/matrix"
	"segue/scale"
)

// measure finds the plane: in one pass the features' means and a sample of the
// tracks, in another the deviations.
func (s *streamer) measure(ctx context.Context) error {
	features := segue.AllFeatures()
	for f := range s.moments {
		s.moments[f] = newMoment()
	}
	src := source(s, "measuring the features", s.tracks.All(features))
	n, d := src.Dims()
	g := newGatherer(drawFew(n, s.o.Sample, s.o.Seed, streamPlaneSample), d)
	err := src.Pieces(ctx, func(lo int, piece matrix.Columns) error {
		for j, f := range features {
			for _, v := range piece.Col(j) {
				s.moments[f].add(v)
			}
		}
		g.take(lo, piece)
		return nil
	})
	if err != nil {
		return err
	}
	columns := make([][]float64, d)
	for j, f := range features {
		columns[j], s.means[f] = g.x.Col(j), s.moments[f].mean()
	}
	s.sampled = new(featurePiece).catalogOf(features, columns)
	s.sampled.Version = s.catalog

	weighted := weightedFeatures(*s.o.Weights)
	if len(weighted) > 0 {
		src = source(s, "measuring their spread", s.tracks.All(weighted))
		err = src.Pieces(ctx, func(_ int, piece matrix.Columns) error {
			for j, f := range weighted {
				for _, v := range piece.Col(j) {
					s.moments[f].addSquare(v, s.means[f])
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	missing := make([]int, len(s.o.Features))
	for j, f := range s.o.Features {
		missing[j] = n - s.moments[f].n
	}
	_, complete := s.n()
	if err := enough(s.o.Features, missing, complete, n, s.o.K); err != nil {
		return err
	}
	s.plane, err = newPlane(s.sampled, *s.o.Weights, func(f segue.Feature) (mean, sd float64, n int) {
		return s.means[f], s.moments[f].sd(), s.moments[f].n
	})
	return err
}

// weightedFeatures returns the features that have a weight, ascending.
func weightedFeatures(w Weights) []segue.Feature {
	var out []segue.Feature
	for _, f := range segue.AllFeatures() {
		if slices.ContainsFunc(slices.Concat(w.Valence, w.Arousal), func(v Weight) bool { return v.Feature == f }) {
			out = append(out, f)
		}
	}
	return out
}

// standardize finds the space the tracks are clustered in.
func (s *streamer) standardize(ctx context.Context) (err error) {
	s.scaler, err = scale.FitStandardizerStream(ctx, source(s, "standardizing", s.tracks.Complete()))
	if err != nil {
		return fmt.Errorf("mood: %w", err)
	}
	return varied(s.o.Features, s.scaler)
}

// fitAll fits every algorithm, or goes on where the checkpoint left off.
func (s *streamer) fitAll(ctx context.Context) error {
	for _, algorithm := range s.o.Algorithms {
		f := s.progress.finished(algorithm)
		start := s.o.Clock()
		if f == nil {
			var err error
			if f, err = s.fitStream(ctx, algorithm); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return fmt.Errorf("mood: %s: %w", algorithm, err)
			}
			if err := s.finish(algorithm, f); err != nil {
				return err
			}
		}
		f.Scaler, f.Plane = s.scaler, s.plane
		s.fits = append(s.fits, *f)
		s.seconds = append(s.seconds, s.since(start))
	}
	return nil
}

// fitStream fits one algorithm.
func (s *streamer) fitStream(ctx context.Context, algorithm string) (*Fitted, error) {
	src := source(s, "fitting "+algorithm, s.scaler.TransformSource(s.tracks.Complete()))
	was, h := s.progress.under(algorithm), s.how()
	f := new(Fitted)
	var err error
	switch algorithm {
	case KMeans:
		f.KMeans, err = kmeans.FitStream(ctx, src, kmeans.StreamOptions{Options: h.kmeans(), Resume: was.KMeans,
			Checkpoint: func(m *kmeans.Model) error { return s.checkpoint(algorithm, &Fitted{KMeans: m}) }})
	case GMM:
		f.GMM, err = gmm.FitStream(ctx, src, gmm.StreamOptions{Options: h.gmm(), Resume: was.GMM,
			Checkpoint: func(m *gmm.Model) error { return s.checkpoint(algorithm, &Fitted{GMM: m}) }})
	default:
		f.FCM, err = fcm.FitStream(ctx, src, fcm.StreamOptions{Options: h.fcm(), Resume: was.FCM,
			Checkpoint: func(m *fcm.Model) error { return s.checkpoint(algorithm, &Fitted{FCM: m}) }})
	}
	return f, err
}

// place names the clusters of all models by the mean positions of their tracks,
// in one pass, and puts them in order.
func (s *streamer) place(ctx context.Context) error {
	others := weightedFeatures(*s.o.Weights)
	others = slices.DeleteFunc(others, func(f segue.Feature) bool { return slices.Contains(s.o.Features, f) })
	features := slices.Concat(s.o.Features, others)
	sums := make([]*positionSums, len(s.fits))
	for i := range sums {
		sums[i] = newPositionSums(s.o.K)
	}
	var memory featurePiece
	src := source(s, "placing the clusters", s.tracks.Complete(others...))
	err := src.Pieces(ctx, func(_ int, piece matrix.Columns) error {
		columns := make([][]float64, len(features))
		for j := range columns {
			columns[j] = piece.Col(j)
		}
		at := s.plane.Positions(memory.catalogOf(features, columns))
		x := s.scaler.Transform(matrix.FromColumns(columns[:len(s.o.Features)]...))
		for i := range s.fits {
			sums[i].add(at, nearestTo(s.fits[i].centers(), x))
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, complete := s.n()
	for i := range s.fits {
		names := NamesOf(sums[i].means())
		order := byMood(names)
		s.fits[i].reorder(order)
		m := s.model(s.o.Algorithms[i], &s.fits[i], pick(names, order), complete)
		m.Seconds.Fit = s.seconds[i]
		s.models = append(s.models, m)
	}
	return s.countPlaced(ctx)
}

// countPlaced counts the tracks of the catalogue that have a position: those that
// have the main feature of both axes.
func (s *streamer) countPlaced(ctx context.Context) error {
	mains := []segue.Feature{s.plane.Valence.Main, s.plane.Arousal.Main}
	if mains[0] == mains[1] {
		mains = mains[:1]
	}
	s.plane.Tracks = 0
	src := source(s, "counting the tracks that have a place", s.tracks.All(mains))
	return src.Pieces(ctx, func(_ int, piece matrix.Columns) error {
		n, _ := piece.Dims()
	rows:
		for i := range n {
			for j := range mains {
				if v := piece.At(i, j); v != v {
					continue rows
				}
			}
			s.plane.Tracks++
		}
		return nil
	})
}

// assign counts the clusters' tracks and draws those that are judged.
func (s *streamer) assign(ctx context.Context) error {
	src := source(s, "assigning the tracks", s.scaler.TransformSource(s.tracks.Complete()))
	n, d := src.Dims()
	g := newGatherer(drawFew(n, s.o.Sample, s.o.Seed, streamJudgedSample), d)
	err := src.Pieces(ctx, func(lo int, piece matrix.Columns) error {
		for i, m := range s.models {
			for _, l := range s.fits[i].predict(piece) {
				m.Sizes[l]++
			}
		}
		g.take(lo, piece)
		return nil
	})
	if err != nil {
		return err
	}
	s.space = &space{rows: make([]int32, len(g.rows)), scaler: s.scaler, x: g.x}
	for i := range s.models {
		s.labels = append(s.labels, s.fits[i].predict(g.x))
	}
	return nil
}
