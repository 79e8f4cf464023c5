package metric

import (
	"context"
	"math"
	"slices"

	"segue"
	"segue/outcome/stats"
)

// SkipDays is how many days before and after an adjustment are compared. (d)
const SkipDays = 28

// rateOver returns a listener's early skips and tracks of days in [from, to).
func (t *table) rateOver(i, from, to int32) (early, tracks int64) {
	cells := t.of(i)
	at, _ := slices.BinarySearchFunc(cells, from, func(c cell, day int32) int { return int(c.day) - int(day) })
	for _, c := range cells[at:] {
		if c.day >= to {
			break
		}
		early += int64(c.early)
		tracks += int64(c.tracks)
	}
	return early, tracks
}

// changeAround returns a listener's skip rate in the SkipDays from a day on, less that in
// the SkipDays before. ok is false without tracks on both sides.
func (t *table) changeAround(i, day int32) (change float64, tracks int64, ok bool) {
	y0, x0 := t.rateOver(i, day-SkipDays, day)
	y1, x1 := t.rateOver(i, day, day+SkipDays)
	if x0 == 0 || x1 == 0 {
		return 0, 0, false
	}
	return float64(y1)/float64(x1) - float64(y0)/float64(x0), x0 + x1, true
}

// adjustedOn returns the day of a listener's first adjusted playlist.
func (t *table) adjustedOn(i int32) (day int32, ok bool) {
	for _, c := range t.of(i) {
		if c.flags&adjusted != 0 {
			return c.day, true
		}
	}
	return 0, false
}

// skipChange is the difference in differences of the skip rate. Let g be the day of a
// listener's first adjusted playlist, and the change of a listener around g their skip
// rate in [g, g + 28 d) less that in [g − 28 d, g), with tracks in both. With n_g
// listeners who were first adjusted on g, N = Σ n_g, and listeners without any adjusted
// playlist as controls, it is
//
//	Σ_g n_g/N · (mean change of the n_g − mean change around g of the controls)
//
// which is the estimator of Callaway & Sant'Anna 2021 (doi:10.1016/j.jeconom.2020.12.001)
// with never treated controls, averaged over all treated, of two windows instead of
// single periods. Listeners are clusters: one control's changes around all g enter the
// variance together. Adjusted listeners for whose g there is no control are left out.
//
// It is causal only if the skip rate of the adjusted would have changed as that of the
// others did. Who adjusts after a bad playlist would have had a better one anyway.
//
// O(controls × different g × cells of 56 days).
func (t *table) skipChange(ctx context.Context, d *Definition, in func(i int32) bool) (m Metric, fewest int, err error) {
	const method = "difference in differences of listeners' rates, 28 days before and after; never adjusted listeners as controls, listeners as clusters, Welch's t"
	treated := map[int32][]float64{} // changes, by g
	var controls []int32
	tracks := int64(0)
	for i := range t.who {
		i := int32(i)
		if !in(i) {
			continue
		}
		g, ok := t.adjustedOn(i)
		if !ok {
			controls = append(controls, i)
			continue
		}
		if change, n, ok := t.changeAround(i, g); ok {
			treated[g] = append(treated[g], change)
			tracks += n
		}
	}
	days := make([]int32, 0, len(treated))
	for g := range treated {
		days = append(days, g)
	}
	slices.Sort(days)

	// Means of the controls around each g.
	mean, n := make([]float64, len(days)), make([]int, len(days))
	used := make([]bool, len(controls))
	for k, i := range controls {
		if err := ctx.Err(); err != nil {
			return m, 0, err
		}
		most := int64(0)
		for j, g := range days {
			if change, of, ok := t.changeAround(i, g); ok {
				mean[j] += change
				n[j]++
				used[k] = true
				most = max(most, of)
			}
		}
		tracks += most
	}
	N := 0
	for j, g := range days {
		if n[j] == 0 {
			continue
		}
		mean[j] /= float64(n[j])
		N += len(treated[g])
	}
	nc := 0
	for _, u := range used {
		if u {
			nc++
		}
	}
	m = Metric{Estimate: stats.Undefined(d.Words, method, 0, stats.Level, d.none)}
	if len(days) == 0 {
		return m, 0, nil
	}
	if N == 0 || nc == 0 {
		m.Reason = "no listener without an adjusted playlist has tracks before and after, to compare with"
		return m, 0, nil
	}

	// Of the adjusted: how far each changed beyond the controls.
	value, beyond := 0.0, []float64{}
	for j, g := range days {
		if n[j] == 0 {
			continue
		}
		for _, change := range treated[g] {
			beyond = append(beyond, change-mean[j])
			value += (change - mean[j]) / float64(N)
		}
	}
	vt := 0.0
	for _, b := range beyond {
		vt += (b - value) * (b - value)
	}
	vt /= float64(N) * math.Max(1, float64(N-1))
	// Of the controls: what each adds to the weighted mean of means.
	vc := 0.0
	for k, i := range controls {
		if err := ctx.Err(); err != nil {
			return m, 0, err
		}
		if !used[k] {
			continue
		}
		phi := 0.0
		for j, g := range days {
			if change, _, ok := t.changeAround(i, g); ok && n[j] > 0 {
				phi += float64(len(treated[g])) / float64(N) * (change - mean[j]) / float64(n[j])
			}
		}
		vc += phi * phi
	}
	vc *= float64(nc) / math.Max(1, float64(nc-1))

	m.Value, m.N, m.Reason = segue.Number(value), N+nc, ""
	m.Enough = min(N, nc) >= stats.Least
	m.Records = int(tracks)
	m.Estimate = spread(m.Estimate, vt, vc, N, nc)
	return m, min(N, nc), nil
}
