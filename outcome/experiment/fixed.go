package experiment

import (
	"segue"
	"segue/outcome/stats"
)

// fixed compares two arms at the horizon: by the analysis of covariance where there is
// something to adjust for, otherwise by the difference of means. Where sessions are the
// unit, errors are clustered by listener (CR2): within a listener the arms balance, so
// that what a listener is like anyway falls out, and a music that works for some and not
// for others is not taken for certainty.
func fixed(d *Design, t *Table, measure int, c Comparison, level float64, primary bool) Effect {
	e := Effect{Measure: t.Measures[measure], Arm: c.Arm, Against: c.Against, ArmMean: segue.Missing(), Other: segue.Missing(), P: segue.Missing()}
	trial, before, prior := trialOf(d, t, measure, c)
	plain := trial
	if primary {
		adjust(&trial, d.Primary.Adjust, before, prior)
	}
	o := stats.AncovaOptions{Level: level}
	e.take(stats.Ancova(trial, o))
	if !primary || !e.Estimate.Defined() {
		return e
	}
	if len(trial.Covariates) > 0 || trial.Pre != nil {
		e.beside("difference of means, not adjusted", stats.Ancova(plain, o))
	}
	if d.Unit == Session {
		o.Errors = stats.RandomIntercept
		e.beside("random intercept by listener", stats.Ancova(trial, o))
	}
	return e
}

func (e *Effect) take(found *stats.Comparison) {
	effect := found.Effects[0]
	e.Estimate, e.P = effect.Estimate, effect.P
	e.Estimate.Method = found.Method
	e.Other, e.ArmMean = found.Arms[0].Mean, found.Arms[1].Mean
	if e.Estimate.Reason == "" && !e.Estimate.Value.Known() {
		e.Estimate.Reason = found.Reason
	}
}

func (e *Effect) beside(name string, found *stats.Comparison) {
	estimate := found.Effects[0].Estimate
	estimate.Method = found.Method
	e.Beside = append(e.Beside, Beside{name, estimate})
}

// trialOf gathers two arms' rows that have the measure, the second arm first, and what
// was known of them before.
func trialOf(d *Design, t *Table, measure int, c Comparison) (trial stats.Trial, before, prior []segue.Number) {
	trial.Arms = []string{c.Against, c.Arm}
	for _, row := range t.Rows {
		v := row.Values[measure]
		if !v.Known() || (row.Arm != c.Arm && row.Arm != c.Against) {
			continue
		}
		arm := 0
		if row.Arm == c.Arm {
			arm = 1
		}
		trial.Arm, trial.Post = append(trial.Arm, arm), append(trial.Post, float64(v))
		before, prior = append(before, row.Before), append(prior, row.Prior)
		if d.Unit == Session {
			trial.Clusters = append(trial.Clusters, row.Listener)
		}
	}
	return trial, before, prior
}

// adjust adds what the design adjusts for. A unit that lacks it gets the mean and a
// column that says so, which keeps a comparison by lot what it is (White & Thompson
// 2005, doi:10.1002/sim.1981).
func adjust(trial *stats.Trial, by []Adjust, before, prior []segue.Number) {
	for _, a := range by {
		column := before
		if a == Prior {
			column = prior
		}
		values, lacking := make([]float64, len(column)), make([]float64, len(column))
		mean, n := 0., 0
		for _, v := range column {
			if v.Known() {
				mean, n = mean+float64(v), n+1
			}
		}
		if n == 0 {
			continue
		}
		mean /= float64(n)
		for i, v := range column {
			if v.Known() {
				values[i] = float64(v)
			} else {
				values[i], lacking[i] = mean, 1
			}
		}
		trial.Covariates = append(trial.Covariates, stats.Term{Name: string(a), Values: values})
		if n < len(column) {
			trial.Covariates = append(trial.Covariates, stats.Term{Name: string(a) + " unknown", Values: lacking})
		}
	}
}
