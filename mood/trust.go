package mood

import (
	"context"
	"fmt"

	"segue"
	"segue/cluster/validity"
	"segue/matrix"
)

// How much work goes into judging a model. More tracks than these would not
// change what is read off the figures, only how long it takes. (d)
const (
	nullShuffles  = 3      // shuffled tables; their range shows how little they differ
	nullRows      = 10_000 // tracks in each
	stabilityRows = 10_000 // tracks a resample is drawn from, and compared on
	refitRestarts = 5      // starts of a mixture on each of all these; k-means, which is cheap, has as many as the model
)

// again says how a model's algorithm is refitted to judge it.
func (t *trainer) again(m *Model, seed uint64) how {
	h := how{k: m.K, seed: seed, restarts: t.o.Restarts, covariance: t.o.Covariance, tolerance: t.o.Tolerance}
	if m.Algorithm == GMM {
		h.restarts = min(h.restarts, refitRestarts)
	}
	return h
}

// null refits every algorithm on tables whose columns are shuffled
// independently, the same tables for all, and scores the clusters found there.
func (t *trainer) null(ctx context.Context) error {
	n := len(t.space.rows)
	x := t.space.x.Select(draw(n, nullRows, t.o.Seed, streamNullRows))
	rows, _ := x.Dims()
	for _, m := range t.models {
		m.Null.Silhouette, m.Null.DaviesBouldin, m.Null.Shuffles, m.Null.Rows = 0, 0, nullShuffles, rows
	}
	for shuffle := range nullShuffles {
		seed := derive(t.o.Seed, streamNullShuffle+uint64(shuffle))
		table := validity.PermutedColumns(x, seed)
		labels := make([][]int32, len(t.models))
		for i, m := range t.models {
			start := t.o.Clock()
			f, err := fit(ctx, table, m.Algorithm, t.again(m, seed))
			if err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return fmt.Errorf("mood: %s on shuffled columns: %w", m.Algorithm, err)
			}
			labels[i] = f.predict(table)
			m.Seconds.Null += t.since(start)
		}
		start := t.o.Clock()
		widths, err := silhouettes(ctx, table, labels, seed)
		if err != nil {
			return err
		}
		seconds := t.since(start) / float64(len(t.models))
		for i, m := range t.models {
			m.Seconds.Null += seconds
			m.Null.add(widths[i], table, labels[i])
		}
		t.step("null")
	}
	for _, m := range t.models {
		m.Null.Silhouette = steady(float64(m.Null.Silhouette) / nullShuffles)
		m.Null.DaviesBouldin /= nullShuffles
	}
	return nil
}

// add sums one shuffle's scores; an undefined one makes the sum missing.
func (n *NullModel) add(w *validity.Silhouette, table matrix.Columns, labels []int32) {
	if w == nil {
		n.Silhouette, n.DaviesBouldin = segue.Missing(), segue.Missing()
		return
	}
	v := steady(w.Mean)
	n.Silhouette += v
	n.DaviesBouldin += defined(validity.DaviesBouldin(table, labels))
	if n.SilhouetteRange == nil {
		n.SilhouetteRange = &Range{v, v}
	}
	n.SilhouetteRange.Lo = min(n.SilhouetteRange.Lo, v)
	n.SilhouetteRange.Hi = max(n.SilhouetteRange.Hi, v)
}

// stability refits a model's algorithm on bootstrap resamples and compares the
// clusters, on the tracks the resamples were drawn from.
func (t *trainer) stability(ctx context.Context, i int) error {
	start := t.o.Clock()
	m := t.models[i]
	rows := draw(len(t.space.rows), stabilityRows, t.o.Seed, streamStabilityRows)
	x := t.space.x.Select(rows)
	labels := pick(t.labels[i], rows)
	refit := func(ctx context.Context, sample matrix.Columns, seed uint64) (func(matrix.Columns) []int32, error) {
		f, err := fit(ctx, sample, m.Algorithm, t.again(m, seed))
		t.step("stability " + m.Algorithm)
		return f.predict, err
	}
	a, err := validity.Stability(ctx, x, labels, t.o.Stability, derive(t.o.Seed, streamStability), refit)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("mood: %s: %w", m.Algorithm, err)
	}
	m.Stability = StableModel{ARIMean: segue.Number(a.ARIMean), ARIMin: segue.Number(a.ARIMin), Resamples: a.Resamples, Rows: len(rows)}
	m.Seconds.Stability = t.since(start)
	return nil
}
