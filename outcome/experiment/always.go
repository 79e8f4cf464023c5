package experiment

import (
	"slices"

	"segue"
	"segue/outcome/stats"
)

// always compares two arms in the order in which outcomes became known, by a mixture
// sequential test whose interval holds at whatever time it is read. Where sessions are
// the unit each counts once and errors are the listeners' (stats.ClusterSequence);
// where listeners are, each counts once, by their first session with an outcome, because
// a mean that goes on changing could not be read early (stats.ArmSequence).
//
// What the design adjusts for is taken off with the slopes that were known before each
// outcome: whatever they are, the arms do not differ in it but by lot, so the difference
// is still that of the arms.
func always(d *Design, t *Table, c Comparison, level float64) Effect {
	e := Effect{Measure: d.Primary.Measure, Arm: c.Arm, Against: c.Against, ArmMean: segue.Missing(), Other: segue.Missing(), P: segue.Missing()}
	var rows []*Row
	for i := range t.Rows {
		if r := &t.Rows[i]; r.Known > 0 && (r.Arm == c.Arm || r.Arm == c.Against) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b *Row) int { return a.Known - b.Known })
	o := stats.SequentialOptions{Effect: d.Primary.LeastEffect, Level: level}
	add, read := sequence(d, o)
	forecasts := make([]forecast, len(d.Primary.Adjust))
	var sums, counts [2]float64
	for _, r := range rows {
		arm := 0
		if r.Arm == c.Arm {
			arm = 1
		}
		y := float64(r.First)
		sums[arm], counts[arm] = sums[arm]+y, counts[arm]+1
		rest := y
		for i, a := range d.Primary.Adjust {
			x := r.Before
			if a == Prior {
				x = r.Prior
			}
			if x.Known() {
				rest -= forecasts[i].of(float64(x))
				forecasts[i].learn(float64(x), y)
			}
		}
		add(r.Listener, arm, rest)
	}
	found := read()
	e.Estimate, e.P = found.Estimate, found.P
	e.Estimate.Name, e.Estimate.Method = c.Arm+" − "+c.Against, found.Method
	if counts[0] > 0 {
		e.Other = segue.Number(sums[0] / counts[0])
	}
	if counts[1] > 0 {
		e.ArmMean = segue.Number(sums[1] / counts[1])
	}
	return e
}

// sequence returns what takes outcomes and what reads them.
func sequence(d *Design, o stats.SequentialOptions) (add func(listener, arm int, y float64), read func() stats.Reading) {
	if d.Unit == Listener {
		s := stats.NewArmSequence(o)
		return func(_, arm int, y float64) { s.Add(arm, y) }, s.Read
	}
	s := stats.NewClusterSequence(o)
	return s.Add, s.Read
}

// A forecast is the line of an outcome on what was known before it, from the outcomes so
// far.
type forecast struct {
	n, meanX, meanY, sumXX, sumXY float64
}

// leastForecast is from how many outcomes on a slope is used. (d)
const leastForecast = 20

// of returns what the line says of x more than of the mean, 0 while there is no line.
func (f *forecast) of(x float64) float64 {
	if f.n < leastForecast || f.sumXX <= 0 {
		return 0
	}
	return f.sumXY / f.sumXX * (x - f.meanX)
}

func (f *forecast) learn(x, y float64) {
	f.n++
	dx := x - f.meanX
	f.meanX += dx / f.n
	f.meanY += (y - f.meanY) / f.n
	f.sumXX += dx * (x - f.meanX)
	f.sumXY += dx * (y - f.meanY)
}
