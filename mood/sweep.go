package mood

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"segue"
	"segue/cluster/fcm"
	"segue/cluster/gmm"
	"segue/cluster/kmeans"
	"segue/cluster/validity"
	"segue/internal/parallel"
	"segue/matrix"
)

// How much work goes into a curve: enough to see its shape. (d)
const (
	curveRows       = 20_000 // tracks fitted; a sample of a larger catalogue
	curveSilhouette = 5_000  // of those, tracks measured for silhouettes
	curveSeedings   = 8      // starts of k-means at each k
	curveMixture    = 3      // starts of the mixture at each k, at most: different ends of k-means
	curveFuzzy      = 2      // starts of fuzzy c-means at each k, likewise
	curveMaxIter    = 100    // iterations of fuzzy c-means and the mixture
	curveStill      = 1e-3   // the tolerance of fuzzy c-means

	gapRows   = 10_000 // tracks of each table of the gap statistic
	gapStarts = 3      // starts of k-means on them, at each k
)

// sameHill is how much the inertias of two ends of k-means on one hill may differ,
// as a share: with its usual tolerance it stops within a ten-thousandth of the top.
const sameHill = 1e-3

// sweep fits every k, several at a time, and reads off the criteria.
func (s *CurveSet) sweep(ctx context.Context, x matrix.Columns, o CurveOptions) error {
	w := newCurveWork(o)
	if err := s.points(ctx, x, w); err != nil {
		return err
	}
	s.Suggested = s.suggest()
	if o.References == 0 {
		return nil
	}
	return s.gap(ctx, x, w)
}

// points fits every k by every algorithm, but those that are there already.
func (s *CurveSet) points(ctx context.Context, x matrix.Columns, w *curveWork) error {
	s.SilhouetteRows = s.Rows
	if s.Rows > 2*curveSilhouette { // measuring all, each pair once, would cost more
		s.SilhouetteRows = curveSilhouette
	}
	if ks := w.missing(); len(ks) > 0 {
		seedings := make([][][]float64, curveSeedings)
		err := parallel.Each(ctx, len(seedings), func(ctx context.Context, i int) (err error) {
			seedings[i], err = kmeans.Seeds(ctx, x, w.o.KMax, w.o.Seed, i)
			return err
		})
		if err != nil {
			return err
		}
		err = parallel.Each(ctx, len(ks), func(ctx context.Context, i int) error {
			p, err := s.point(ctx, x, ks[i], seedings, w)
			if err == nil {
				w.keep(ks[i], p)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	w.lay(s)
	return nil
}

// gap compares the inertia with that of tables without clusters. Where it is
// undefined, s has none.
func (s *CurveSet) gap(ctx context.Context, x matrix.Columns, w *curveWork) error {
	o := w.o
	x = x.Select(draw(s.Rows, gapRows, o.Seed, streamGapRows))
	g, err := validity.GapStatistic(ctx, x, o.KMax, o.References, o.Seed, func(ctx context.Context, table int, rows matrix.Columns, k int) (float64, error) {
		if inertia, ok := w.gap(table, k); ok {
			return inertia, nil
		}
		m, err := kmeans.Fit(ctx, rows, kmeans.Options{K: k, Seed: o.Seed, Restarts: gapStarts})
		if err != nil {
			return 0, err
		}
		w.keepGap(table, k, m.Inertia)
		return m.Inertia, nil
	})
	if errors.Is(err, validity.ErrUndefined) {
		return nil
	}
	if err != nil {
		return err
	}
	rows, _ := x.Dims()
	s.Gap = &Gap{References: g.References, Rows: rows}
	for _, p := range g.Points {
		s.Gap.Points = append(s.Gap.Points, GapPoint{K: p.K, Gap: segue.Number(p.Gap), S: segue.Number(p.S), LogW: segue.Number(p.LogW), Reference: segue.Number(p.Reference)})
	}
	s.Suggested.KMeans.Gap, s.Suggested.KMeans.GapBest = g.K, g.Best
	return nil
}

// point fits k clusters by every algorithm.
func (s *CurveSet) point(ctx context.Context, x matrix.Columns, k int, seedings [][][]float64, w *curveWork) (CurvePoint, error) {
	ends, err := ends(ctx, x, k, seedings)
	if err != nil {
		return CurvePoint{}, err
	}
	labels := [][]int32{ends[0].Labels}
	out := CurvePoint{KMeans: ElbowPoint{K: k, Inertia: segue.Number(ends[0].Inertia)}}
	w.step(KMeans)

	var mixture *gmm.Model
	for _, end := range ends[:min(len(ends), curveMixture)] {
		m, err := gmm.Fit(ctx, x, gmm.Options{Start: end.Centers, MaxIter: curveMaxIter, Tol: defaultTolerance})
		if err != nil {
			return CurvePoint{}, err
		}
		if mixture == nil || m.LogLikelihood > mixture.LogLikelihood {
			mixture = m
		}
	}
	labels = append(labels, mixture.Labels)
	out.GMM = BICPoint{K: k, BIC: segue.Number(mixture.BIC), AIC: segue.Number(mixture.AIC), LogLikelihood: segue.Number(mixture.LogLikelihood)}
	w.step(GMM)

	if k > 1 {
		var fuzzy *fcm.Model
		for _, end := range ends[:min(len(ends), curveFuzzy)] {
			m, err := fcm.Fit(ctx, x, fcm.Options{Start: end.Centers, MaxIter: curveMaxIter, Tol: curveStill})
			if err != nil {
				return CurvePoint{}, err
			}
			if fuzzy == nil || m.Objective < fuzzy.Objective {
				fuzzy = m
			}
		}
		labels = append(labels, fuzzy.Labels)
		out.FCM = &FPCPoint{K: k, FPC: segue.Number(fuzzy.FPC), Objective: segue.Number(fuzzy.Objective)}
		w.step(FCM)
	}

	widths, err := s.widths(ctx, x, labels, w.o.Seed)
	if err != nil {
		return CurvePoint{}, err
	}
	out.at(widths)
	return out, nil
}

// ends returns where k-means ends from the first k centers of each seeding, the
// ends of one hill once: first the best, then those of the first two seedings,
// whatever they are worth (the likeliest mixture is not always that of the best
// partition), then the others, the better first.
func ends(ctx context.Context, x matrix.Columns, k int, seedings [][][]float64) ([]*kmeans.Model, error) {
	all := make([]*kmeans.Model, len(seedings))
	for i, seeds := range seedings {
		var err error
		if all[i], err = kmeans.Fit(ctx, x, kmeans.Options{Start: seeds[:k]}); err != nil {
			return nil, err
		}
		if k == 1 { // the mean, from wherever
			return all[:1], nil
		}
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b *kmeans.Model) int { return cmp.Compare(a.Inertia, b.Inertia) })
	out := sorted[:1:1]
	for _, m := range append(all[:min(2, len(all)):min(2, len(all))], sorted...) {
		same := func(other *kmeans.Model) bool {
			lo, hi := min(m.Inertia, other.Inertia), max(m.Inertia, other.Inertia)
			return hi-lo <= sameHill*hi
		}
		if !slices.ContainsFunc(out, same) {
			out = append(out, m)
		}
	}
	return out, nil
}

// widths measures the silhouettes of labelings of x, in one pass, on the same
// tracks at every k.
func (s *CurveSet) widths(ctx context.Context, x matrix.Columns, labels [][]int32, seed uint64) ([]Width, error) {
	measured, err := silhouettes(ctx, x, labels, max(2, s.SilhouetteRows), seed)
	if err != nil {
		return nil, err
	}
	out := make([]Width, len(labels))
	for i, w := range measured {
		out[i].Silhouette = segue.Missing()
		if w == nil {
			continue
		}
		out[i].Silhouette = steady(w.Mean)
		if w.Sampled {
			out[i].SilhouetteInterval = &Range{steady(w.Lo), steady(w.Hi)}
		}
	}
	return out, nil
}
