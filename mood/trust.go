package mood

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"segue"
	"segue/cluster/validity"
	"segue/internal/parallel"
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
// Each table holds tracks of its own draw, so that what the draw does shows in
// how the shuffles differ.
func (t *trainer) null(ctx context.Context) error {
	n := len(t.space.rows)
	tables, labels := make([]matrix.Columns, nullShuffles), make([][][]int32, nullShuffles)
	var seeds [nullShuffles]uint64
	for s := range tables {
		seeds[s] = derive(t.o.Seed, streamNullShuffle+uint64(s))
		rows := draw(n, nullRows, t.o.Seed, streamNullRows+uint64(s))
		tables[s] = validity.PermutedColumns(t.space.x.Select(rows), seeds[s])
		labels[s] = make([][]int32, len(t.models))
	}
	watch := t.watch(len(t.models))
	err := parallel.Each(ctx, nullShuffles*len(t.models), func(ctx context.Context, task int) error {
		s, i := task/len(t.models), task%len(t.models)
		defer watch.start(i)()
		f, err := fit(ctx, tables[s], t.models[i].Algorithm, t.again(t.models[i], seeds[s]))
		if err != nil {
			return fmt.Errorf("mood: %s on shuffled columns: %w", t.models[i].Algorithm, err)
		}
		labels[s][i] = f.predict(tables[s])
		return nil
	})
	if err != nil {
		return err
	}
	fitted := watch.shares()
	start := t.o.Clock()
	scores := make([][]Separation, nullShuffles)
	for s, table := range tables {
		if scores[s], err = separations(ctx, table, labels[s], seeds[s]); err != nil {
			return err
		}
		t.step("null")
	}
	measured := t.since(start) / float64(len(t.models))
	rows, _ := tables[0].Dims()
	for i, m := range t.models {
		of := make([]Separation, nullShuffles)
		for s := range of {
			of[s] = scores[s][i]
		}
		m.Null = nullOf(of, rows, m.N)
		m.Seconds.Null = fitted[i] + measured
	}
	return nil
}

// nullOf sums up the scores of the shuffles, each on rows of n tracks. What is
// undefined in one shuffle is missing.
func nullOf(shuffles []Separation, rows, n int) NullModel {
	out := NullModel{Shuffles: len(shuffles), Rows: rows, Sampled: rows < n}
	m := float64(len(shuffles))
	mean, lo, hi := 0.0, math.Inf(1), math.Inf(-1)
	for _, s := range shuffles {
		v := float64(s.Silhouette)
		mean, lo, hi = mean+v/m, min(lo, v), max(hi, v)
		out.DaviesBouldin += s.DaviesBouldin / segue.Number(m)
	}
	if out.Silhouette = steady(mean); !out.Silhouette.Known() {
		return out
	}
	squares := 0.0
	for _, s := range shuffles {
		squares += (float64(s.Silhouette) - mean) * (float64(s.Silhouette) - mean)
	}
	// The 97.5 % quantile of Student's t with nullShuffles − 1 = 2 degrees of
	// freedom.
	const t = 4.302652729911275
	half := t * math.Sqrt(squares/(m-1)/m)
	out.SilhouetteRange = &Range{segue.Number(lo), segue.Number(hi)}
	out.SilhouetteInterval = &Range{steady(max(-1, mean-half)), steady(min(1, mean+half))}
	return out
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
	m.Stability = StableModel{ARIMean: segue.Number(a.ARIMean), ARIMin: segue.Number(a.ARIMin),
		ARIInterval: &Range{segue.Number(a.Lo), segue.Number(a.Hi)},
		Resamples:   a.Resamples, Rows: len(rows), Sampled: len(rows) < m.N}
	m.Seconds.Stability = t.since(start)
	return nil
}

// A stopwatch measures how long tasks of several models, which run side by side,
// took together, and what share of it each model had.
type stopwatch struct {
	clock func() time.Time
	began time.Time
	mu    sync.Mutex
	spent []time.Duration // of each model's tasks, added up
}

func (t *trainer) watch(models int) *stopwatch {
	return &stopwatch{clock: t.o.Clock, began: t.o.Clock(), spent: make([]time.Duration, models)}
}

// start begins a task of model i; the task calls what it returns at its end.
func (w *stopwatch) start(i int) func() {
	from := w.clock()
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.spent[i] += w.clock().Sub(from)
	}
}

// shares divides the time that passed among the models by what they spent.
func (w *stopwatch) shares() []float64 {
	passed, all := w.clock().Sub(w.began).Seconds(), time.Duration(0)
	for _, d := range w.spent {
		all += d
	}
	out := make([]float64, len(w.spent))
	if all > 0 {
		for i, d := range w.spent {
			out[i] = passed * float64(d) / float64(all)
		}
	}
	return out
}
