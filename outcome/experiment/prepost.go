package experiment

import (
	"fmt"
	"math"

	"segue"
	"segue/outcome/stats"

	"gonum.org/v1/gonum/stat"
)

// PrePostRow is a before and after of each arm.
type PrePostRow struct {
	Arms     []PrePostArm `json:"arms"`
	Expected segue.Number `json:"expected"`       // change that comes without any music, by the design's usual; missing without that
	Alike    segue.Number `json:"alike_if_usual"` // the usual distance from the target at which regression to the mean alone gives this change
	Warning  string       `json:"warning"`        // the same in words
}

// PrePostArm is the before and after of one arm. Distances are from the target, [0, √2].
type PrePostArm struct {
	Arm    string         `json:"arm"`
	Before stats.Estimate `json:"before"` // mean distance
	After  stats.Estimate `json:"after"`
	Change stats.Estimate `json:"change"` // mean of Δ: before less after
	Dz     stats.Estimate `json:"d_z"`    // Δ in its standard deviations
	Test   stats.Result   `json:"test"`   // of no change
}

// prePost reads before and after in one arm, or in all.
func prePost(d *Design, t *Table, only, why string) *PrePostRow {
	p := &PrePostRow{Arms: []PrePostArm{}, Expected: segue.Missing(), Alike: segue.Missing()}
	for _, a := range d.Arms {
		if only != "" && a.Name != only {
			continue
		}
		var before, after, change []float64
		var listeners []int
		for _, row := range t.Rows {
			if row.Arm == a.Name && row.Values[0].Known() && row.Before.Known() && why == "" {
				before, change = append(before, float64(row.Before)), append(change, float64(row.Values[0]))
				after = append(after, float64(row.Before-row.Values[0]))
				listeners = append(listeners, row.Listener)
			}
		}
		arm := PrePostArm{Arm: a.Name, Before: meanBy(d, before, listeners), After: meanBy(d, after, listeners), Change: meanBy(d, change, listeners)}
		arm.Test = stats.PairedT(after, before, stats.Options{Level: 1 - d.Alpha}) // second less first: before less after
		if dz, ok := arm.Test.Effect("d_z"); ok {
			arm.Dz = dz
		}
		if why != "" {
			for _, e := range []*stats.Estimate{&arm.Before, &arm.After, &arm.Change, &arm.Dz} {
				*e = stats.Undefined(e.Name, "", 0, 1-d.Alpha, why)
			}
			arm.Test.Reason = why
		}
		p.Arms = append(p.Arms, arm)
	}
	p.warn(d, t, why)
	return p
}

// judge says what a before and after without control shows: a change, and never its
// cause.
func (p *PrePostRow) judge(d *Design, put func(string, ...any)) Word {
	m, _ := about(Change)
	c := p.Arms[0].Change
	switch {
	case !c.Value.Known():
		put("Too few to tell (n = %d): %s.", c.N, c.Reason)
		return Few
	case !c.Enough || !c.Defined():
		put("Too few to tell: the mean change towards the target so far is %s (n = %d).", m.amount(float64(c.Value)), c.N)
		put("%s", p.Warning)
		return Few
	}
	if c.Holds(0) {
		put("In this study the mean change towards the target is %s (%s interval %s; n = %d). The interval holds 0: no change was shown.", m.amount(float64(c.Value)), percent(c.Level), m.interval(c), c.N)
	} else {
		side := "nearer to"
		if c.Value < 0 {
			side = "farther from"
		}
		put("In this study listeners ended %s the target than they began, by %s (%s interval %s; n = %d). It was not shown that the music did it: there is nobody to compare with.", side, m.amount(max(float64(c.Value), -float64(c.Value))), percent(c.Level), m.interval(c), c.N)
	}
	put("%s", p.Warning)
	return NoControl
}

// warn says what the change may be without any music, with a number.
func (p *PrePostRow) warn(d *Design, t *Table, why string) {
	if why != "" {
		return
	}
	m, _ := about(Change)
	if d.Control != "" {
		for _, a := range p.Arms {
			if a.Arm == d.Control && a.Change.Defined() {
				p.Warning = fmt.Sprintf("The control arm itself moved by %s towards the target (%s interval %s; n = %d): that much comes without what is tested.", m.amount(float64(a.Change.Value)), percent(a.Change.Level), m.interval(a.Change), a.Change.N)
			}
		}
		return
	}
	var before, after []float64
	for _, row := range t.Rows {
		if row.Before.Known() && row.Values[0].Known() {
			before, after = append(before, float64(row.Before)), append(after, float64(row.Before-row.Values[0]))
		}
	}
	p.Warning = "Without a control this says little of the music: who begins far from the target comes nearer on the average though nothing is done (regression to the mean)."
	if u := d.Primary.Assumed.Usual; u != nil && len(before) >= 2 {
		mean, sd := stat.MeanStdDev(before, nil)
		drift := stats.RegressionToTheMean(stats.Selected{Mean: mean, SD: sd, Population: u.Mean, Spread: u.SD, Reliability: u.Reliability})
		p.Expected = -drift.Expected
		p.Warning = drift.Warning
		return
	}
	line := stats.FitLinear(after, []stats.Term{{Name: "before", Values: before}}, stats.LinearOptions{Level: 1 - d.Alpha})
	if len(line.Coefficients) < 2 || !line.Coefficients[1].Value.Known() {
		return
	}
	slope := float64(line.Coefficients[1].Value)
	if usual := float64(line.Coefficients[0].Value) / (1 - slope); slope >= 0 && slope < 1 && usual >= 0 && usual <= math.Sqrt2 {
		p.Alike = segue.Number(usual)
		p.Warning += fmt.Sprintf(" Listeners who usually are %.2f from it, and whose two check-ins correlate as these do, would show the same change with no music at all.", usual)
	}
}
