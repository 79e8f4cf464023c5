package bench

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// A Spread is what several rounds came to.
type Spread struct {
	Median float64 `json:"median"`
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
}

func spread(values []float64) Spread {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return Spread{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[0], sorted[n-1]}
}

// A Result is what one work came to, by kernels, the portable ones first.
type Result struct {
	Work
	Unit   string   `json:"unit"` // what Seconds are of: iteration, query or labeling
	Rounds int      `json:"rounds"`
	Runs   []*Level `json:"runs"`
}

// A Level is what one work came to with one kind of kernels. Rates are of the
// median; a rate that says nothing about the work is null.
type Level struct {
	Kernels      string   `json:"kernels"`
	Seconds      Spread   `json:"seconds"`         // of one unit; of neighbours, the median query of each round
	P99          *Spread  `json:"p99"`             // of neighbours, seconds of the query slower than 99 in 100
	ItemsASecond *float64 `json:"items_a_second"`  // Items handled
	Items        string   `json:"items,omitempty"` // rows or distances
	BytesASecond *float64 `json:"bytes_a_second"`  // read, each value of the table once
	Bandwidth    float64  `json:"bandwidth"`       // bytes a second that a sum over the same table read, which may sit in a cache
	FlopsASecond *float64 `json:"flops_a_second"`  // additions and multiplications the definition asks for
	Arithmetic   float64  `json:"arithmetic"`      // additions and multiplications a second that all processors can do
	OverPortable Spread   `json:"over_portable"`   // how many times as fast as the portable kernels in the same round

	rounds, tails []float64
}

// Measure runs w on one worker for each level of kernels, which begin starts, in
// turn, and says how each did; told, if not nil, hears of each step that is done.
// Every worker makes the same table. It returns the first error of a worker, and
// the context's if it ends first.
func Measure(ctx context.Context, w Work, levels []string, rounds int, begin func(kernels string) (*Worker, error), told func(done, total int)) (*Result, error) {
	r := &Result{Work: w, Unit: w.unit(), Rounds: rounds}
	steps := 0
	step := func() {
		steps++
		if told != nil {
			told(steps, len(levels)*(rounds+1))
		}
	}
	workers := make([]*Worker, len(levels))
	for i, kernels := range levels {
		worker, err := begin(kernels)
		if err != nil {
			return nil, err
		}
		defer worker.Close()
		workers[i] = worker
		l, err := prepare(ctx, worker, w)
		if err != nil {
			return nil, fmt.Errorf("%s with %s kernels: %w", w.Name, kernels, err)
		}
		l.Kernels = kernels
		r.Runs = append(r.Runs, l)
		step()
	}
	for range rounds {
		for i, l := range r.Runs {
			if err := l.round(ctx, workers[i], w); err != nil {
				return nil, fmt.Errorf("%s with %s kernels: %w", w.Name, l.Kernels, err)
			}
			step()
		}
	}
	for _, l := range r.Runs {
		l.finish(w, r.Runs[0])
	}
	return r, nil
}

// prepare makes the table of w and what it needs beside, measures the limits, and
// does the work once for nothing.
func prepare(ctx context.Context, worker *Worker, w Work) (*Level, error) {
	const seed = 1
	asked := []Request{{Do: "blobs", Rows: w.Rows, Columns: w.Columns, Seed: seed}}
	switch w.Name {
	case "silhouette":
		asked = append(asked, Request{Do: "kmeans", K: w.K, Iterations: 20, Labels: "labels"})
	case "neighbours":
		asked = append(asked, Request{Do: "blobs", Table: "queries", Rows: w.Iterations, Columns: w.Columns, Seed: seed, Part: 1}, Request{Do: "index"})
	}
	for _, r := range asked {
		if r.Table == "" {
			r.Table = "x"
		}
		if r.Table != "queries" { // they are float64
			r.Float = w.Float
		}
		if _, err := worker.Ask(ctx, r); err != nil {
			return nil, err
		}
	}
	l := &Level{}
	stream, err := worker.Ask(ctx, Request{Do: "stream", Table: "x", Float: w.Float})
	if err != nil {
		return nil, err
	}
	work, err := worker.Ask(ctx, Request{Do: "work", Float: w.Float})
	if err != nil {
		return nil, err
	}
	l.Bandwidth, l.Arithmetic = stream.Rate, work.Rate
	if err := l.round(ctx, worker, w); err != nil {
		return nil, err
	}
	l.rounds, l.tails = nil, nil
	return l, nil
}

// round does the work once.
func (l *Level) round(ctx context.Context, worker *Worker, w Work) error {
	r := Request{Do: w.Name, Table: "x", Float: w.Float, K: w.K, Iterations: w.Iterations, Labels: "labels", Queries: "queries", To: w.Iterations}
	a, err := worker.Ask(ctx, r)
	if err != nil {
		return err
	}
	if w.Name == "neighbours" {
		l.rounds = append(l.rounds, quantile(a.Latencies, 0.5))
		l.tails = append(l.tails, quantile(a.Latencies, 0.99))
		return nil
	}
	l.rounds = append(l.rounds, a.Seconds/float64(max(a.Iterations, 1)))
	return nil
}

// quantile is the least of values that a share q of them does not exceed.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

// finish turns rounds into rates.
func (l *Level) finish(w Work, portable *Level) {
	l.Seconds = spread(l.rounds)
	if len(l.tails) > 0 {
		s := spread(l.tails)
		l.P99 = &s
	}
	ratios := make([]float64, len(l.rounds))
	for i := range ratios {
		ratios[i] = portable.rounds[i] / l.rounds[i]
	}
	l.OverPortable = spread(ratios)
	items, of := w.items()
	l.ItemsASecond, l.Items = known(items/l.Seconds.Median), of
	l.BytesASecond, l.FlopsASecond = known(w.bytes()/l.Seconds.Median), known(w.flops()/l.Seconds.Median)
}

// known returns a pointer to v, or nil for 0.
func known(v float64) *float64 {
	if v == 0 {
		return nil
	}
	return &v
}

// A Growth is what one fit on one table took, in a process of its own.
type Growth struct {
	Work
	Kernels      string  `json:"kernels"`
	Seconds      float64 `json:"seconds"`       // of one iteration, the least of three fits
	SecondsARow  float64 `json:"seconds_a_row"` // of one iteration
	Data         int64   `json:"data"`          // bytes of the table
	Itself       int64   `json:"itself"`        // bytes the process held before there was a table; 0 if unknown
	Peak         int64   `json:"peak"`          // bytes it held at most, itself not counted; 0 if unknown
	PeakOverData float64 `json:"peak_over_data"`
}

// Grow fits w on a worker of its own, which begin starts with the fastest
// kernels, three times, and says how long and in how much memory. The table is
// made in place: beyond it the process holds itself, and what fitting needs.
func Grow(ctx context.Context, w Work, begin func(kernels string) (*Worker, error)) (*Growth, error) {
	worker, err := begin("")
	if err != nil {
		return nil, err
	}
	defer worker.Close()
	empty, err := worker.Ask(ctx, Request{Do: "memory"})
	if err != nil {
		return nil, err
	}
	_, err = worker.Ask(ctx, Request{Do: "blobs", Table: "x", Float: w.Float, Rows: w.Rows, Columns: w.Columns, Seed: 1})
	if err != nil {
		return nil, fmt.Errorf("a table of %d×%d: %w", w.Rows, w.Columns, err)
	}
	g := &Growth{Work: w, Kernels: empty.Kernels, Seconds: math.Inf(1), Data: int64(w.Rows) * int64(w.Columns*w.Float/8), Itself: empty.Memory}
	for range 3 {
		a, err := worker.Ask(ctx, Request{Do: w.Name, Table: "x", Float: w.Float, K: w.K, Iterations: w.Iterations})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.Name, err)
		}
		g.Seconds = min(g.Seconds, a.Seconds/float64(max(a.Iterations, 1)))
		g.Peak = max(0, a.Peak-g.Itself)
	}
	g.SecondsARow = g.Seconds / float64(w.Rows)
	g.PeakOverData = float64(g.Peak) / float64(g.Data)
	return g, nil
}
