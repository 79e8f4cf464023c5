package simulate

import (
	"context"
	"math"
	"slices"
	"sync/atomic"

	"segue"
	"segue/internal/parallel"
	"segue/outcome"
	"segue/outcome/event"
	"segue/outcome/experiment"
	"segue/outcome/stats"
	"segue/playlist"
)

// Run repeats an experiment on the panel in a world, and holds what package experiment
// concludes each time against what is true. The same panel, options and number of
// listeners give the same Result, on any number of cores.
//
// If first is not nil it is given the design and the events of the first run.
//
// Cost: an hour takes some hundredths of a second to plan and is planned once for each
// wish of a listener; hearing it takes microseconds. Always valid, an experiment of n
// outcomes is read n times, O(n²). Errors wrap segue.ErrUsage if the options cannot be,
// or are ctx's or first's.
func (p *Panel) Run(ctx context.Context, o Options, first func(*experiment.Design, []event.Event) error) (*Result, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	runs := make([]*outcomes, o.Runs)
	var done atomic.Int64
	err = parallel.Each(ctx, o.Runs, func(ctx context.Context, run int) error {
		var err error
		runs[run], err = p.one(ctx, o, run, first)
		tell(o.Progress, "running experiments in "+o.name(), done.Add(1), o.Runs)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p.sum(o, runs), nil
}

// name is what the options are called while they run.
func (o Options) name() string {
	if o.Same {
		return string(o.World) + ", A/A"
	}
	return string(o.World)
}

// outcomes is what remains of a run.
type outcomes struct {
	design *experiment.Design
	*conclusion
	hours, tracks, skipped, left int
	changes                      [][]float64 // reported Δ by arm
	truth                        []contrast  // one a visit and comparison, of those looked into
}

// A contrast is what a visit would have come to in one arm less another.
type contrast struct {
	comparison, listener int
	gain, reported       float64
}

// one runs one experiment.
func (p *Panel) one(ctx context.Context, o Options, run int, first func(*experiment.Design, []event.Event) error) (*outcomes, error) {
	d, err := p.design(o, run)
	if err != nil {
		return nil, err
	}
	visits := make([][]visit, len(p.members))
	err = parallel.Each(ctx, len(visits), func(ctx context.Context, i int) error {
		var err error
		visits[i], err = p.trial(ctx, p.members[i], o, d, run)
		return err
	})
	if err != nil {
		return nil, err
	}
	events := record(p.music, p.members, visits, d, run)
	if run == 0 && first != nil {
		if err := first(d, events); err != nil {
			return nil, err
		}
	}
	out := &outcomes{design: d, changes: make([][]float64, len(d.Arms))}
	if out.conclusion, err = conclude(ctx, d, events); err != nil {
		return nil, err
	}
	out.count(d, visits)
	out.truth, err = p.truth(ctx, o, d, visits, run)
	return out, err
}

// count counts what happened in a run's hours.
func (out *outcomes) count(d *experiment.Design, visits [][]visit) {
	for _, own := range visits {
		for _, v := range own {
			out.hours++
			out.tracks += len(v.hearing.tracks)
			for _, t := range v.hearing.tracks {
				if t.reason == event.Skipped {
					out.skipped++
				}
			}
			if v.hearing.left {
				out.left++
			}
			if v.after != nil {
				arm := slices.IndexFunc(d.Arms, func(a experiment.Arm) bool { return a.Name == v.assigned.Arm })
				out.changes[arm] = append(out.changes[arm], outcome.Change(v.now.At(), v.after.At(), v.target.At()))
			}
		}
	}
}

// A place is where a visit stands among those of a run.
type place struct{ listener, visit int }

// spread returns so many places, or all there are, evenly over a run.
func spread(visits [][]visit, wanted int) []place {
	var all []place
	for i, own := range visits {
		for j := range own {
			all = append(all, place{i, j})
		}
	}
	wanted = min(wanted, len(all))
	some := make([]place, wanted)
	for k := range some {
		some[k] = all[k*len(all)/wanted]
	}
	return some
}

// truth looks into some of a run's visits, spread evenly over it: what each would have
// come to in each arm.
func (p *Panel) truth(ctx context.Context, o Options, d *experiment.Design, visits [][]visit, run int) ([]contrast, error) {
	var found []contrast
	for _, at := range spread(visits, (o.Truth+o.Runs-1)/o.Runs) {
		v := &visits[at.listener][at.visit]
		gain, reported := map[string]float64{}, map[string]float64{}
		for _, a := range d.Arms {
			var err error
			if gain[a.Name], reported[a.Name], err = p.otherwise(ctx, p.members[at.listener], o, v, o.plays(a.Name), run); err != nil {
				return nil, err
			}
		}
		for i, c := range d.Contrasts() {
			found = append(found, contrast{i, at.listener, gain[c.Arm] - gain[c.Against], reported[c.Arm] - reported[c.Against]})
		}
	}
	return found, nil
}

// sum puts all runs together.
func (p *Panel) sum(o Options, runs []*outcomes) *Result {
	first := runs[0]
	r := &Result{
		World: o.World, Same: o.Same, Arms: o.Arms, Listeners: len(p.members), Days: o.Days, Runs: o.Runs, Reading: o.Reading, Missing: o.Missing, Seed: p.options.Seed,
		Design: first.design, Example: first.reading.Verdict.Text,
	}
	contrasts := first.design.Contrasts()
	for i, c := range contrasts {
		r.Comparisons = append(r.Comparisons, compare(first.design, i, c, runs, len(p.members)))
	}
	var hours, tracks, skipped, left, claimed, wrong int
	var changes []float64
	for _, run := range runs {
		hours, tracks, skipped, left = hours+run.hours, tracks+run.tracks, skipped+run.skipped, left+run.left
		for _, own := range run.changes {
			changes = append(changes, own...)
		}
		any, untrue := false, false
		for i, f := range run.found {
			side := f.side()
			any = any || side != 0
			untrue = untrue || (side != 0 && r.Comparisons[i].untrue(side))
		}
		if any {
			claimed++
		}
		if untrue {
			wrong++
		}
		switch run.reading.Verdict.Word {
		case experiment.DoNotRead:
			r.Stopped++
		case experiment.Stopped:
			r.Guarded++
		}
	}
	r.Hours, r.Outcomes = float64(hours)/float64(len(runs)), float64(len(changes))/float64(len(runs))
	r.Claims, r.FalseClaims = stats.ClopperPearson(claimed, len(runs), stats.Level), stats.ClopperPearson(wrong, len(runs), stats.Level)
	r.Skipped, r.Left = stats.Wilson(skipped, tracks, stats.Level), stats.Wilson(left, hours, stats.Level)
	r.Uncontrolled = stats.Mean(changes, stats.Level)
	r.DZ = segue.Missing()
	if sd := deviation(changes); sd > 0 {
		r.DZ = segue.Number(float64(r.Uncontrolled.Value) / sd)
	}
	return r
}

// compare puts all runs of one comparison together, of a panel of so many.
func compare(d *experiment.Design, i int, c experiment.Comparison, runs []*outcomes, panel int) Comparison {
	r := Comparison{Arm: c.Arm, Against: c.Against, Soonest: segue.Missing(), SD: segue.Missing()}
	var gains, reports, estimates, soonest []float64
	var listeners []int
	arm := func(name string) int {
		return slices.IndexFunc(d.Arms, func(a experiment.Arm) bool { return a.Name == name })
	}
	var squares, freedom float64
	answered, hours := 0, 0
	for _, run := range runs {
		for _, t := range run.truth {
			if t.comparison == i {
				gains, reports, listeners = append(gains, t.gain), append(reports, t.reported), append(listeners, t.listener)
			}
		}
		for _, y := range [][]float64{run.changes[arm(c.Arm)], run.changes[arm(c.Against)]} {
			if len(y) > 1 {
				sd := deviation(y)
				squares, freedom = squares+sd*sd*float64(len(y)-1), freedom+float64(len(y)-1)
			}
		}
		for _, y := range run.changes {
			answered += len(y)
		}
		hours += run.hours
	}
	r.True, r.Reported = meanOf("true difference", gains, listeners), meanOf("difference as reported", reports, listeners)
	r.Prefers = r.preferred()
	r.Varies = variesBetween(gains, listeners)
	if freedom > 0 {
		r.SD = segue.Number(math.Sqrt(squares / freedom))
	}

	right, wrong, covered, intervals := 0, 0, 0, 0
	for _, run := range runs {
		f := run.found[i]
		switch side := f.side(); {
		case side > 0:
			r.Better++
		case side < 0:
			r.Worse++
		case f.first == experiment.NotShown:
			r.NotShown++
		default:
			r.Nothing++
		}
		if f.side() != 0 {
			if r.untrue(f.side()) {
				wrong++
			} else {
				right++
			}
		}
		if f.outcomes > 0 {
			soonest = append(soonest, float64(f.outcomes))
		}
		if e := run.reading.Primary[i].Estimate; e.Defined() {
			estimates = append(estimates, float64(e.Value))
			intervals++
			if e.Holds(float64(r.Reported.Value)) {
				covered++
			}
		}
	}
	n := len(runs)
	r.Wrong = stats.ClopperPearson(wrong, n, stats.Level)
	r.Right = stats.Undefined("share", "", n, stats.Level, "neither arm is truly better")
	if r.Prefers != "" {
		r.Right = stats.ClopperPearson(right, n, stats.Level)
	}
	r.Covered = stats.ClopperPearson(covered, intervals, stats.Level)
	r.Estimate = stats.Mean(estimates, stats.Level)
	if len(soonest) > 0 {
		slices.Sort(soonest)
		r.Soonest = segue.Number(soonest[(len(soonest)-1)/2])
	}
	r.Needed = needed(d, r, float64(answered)/float64(max(1, hours)), float64(hours)/float64(len(runs)*panel))
	return r
}

// variesBetween returns the standard deviation of the true difference between
// listeners, missing where it cannot be told.
func variesBetween(gains []float64, listeners []int) segue.Number {
	if deviation(gains) == 0 {
		return 0
	}
	return stats.FitMixed(gains, nil, listeners, stats.MixedOptions{}).Between.Value
}

// needed returns how many hours the engine plans for an effect such as the true one,
// asked for by as many listeners. That listeners differ in it, with variance τ², makes
// the intra-class correlation of the arms' difference τ²/4σ², σ² the variance of Δ: of m
// hours of a listener, half in each arm, the difference has the variance τ² + 4σ²/m.
func needed(d *experiment.Design, r Comparison, answered, each float64) int {
	if r.Prefers == "" || !(r.SD > 0) || answered == 0 || !r.Varies.Known() {
		return 0
	}
	plan, sd, tau := *d, float64(r.SD), float64(r.Varies)
	plan.Primary.LeastEffect = math.Abs(float64(r.Reported.Value))
	plan.Primary.Assumed = experiment.Assumed{SD: sd, Answered: answered, Sessions: max(1, each*answered), Within: min(.99, tau*tau/(4*sd*sd))}
	return plan.Size().Needed
}

// side is +1 if it was claimed that the arm is better, −1 if worse, else 0.
func (f finding) side() int {
	switch f.first {
	case experiment.Better:
		return 1
	case experiment.Worse:
		return -1
	}
	return 0
}

// preferred returns the arm that is truly better: where the interval of the true
// difference does not hold 0.
func (r *Comparison) preferred() string {
	switch {
	case !r.True.Defined() || r.True.Holds(0):
		return ""
	case r.True.Value > 0:
		return r.Arm
	}
	return r.Against
}

// untrue reports whether a claim is not true: of arms that do not differ, or of the
// other side. Of a truth that is not clear no claim counts as untrue, unless the arms
// are known not to differ.
func (r *Comparison) untrue(side int) bool {
	switch r.Prefers {
	case r.Arm:
		return side < 0
	case r.Against:
		return side > 0
	}
	return float64(r.True.Value) == 0
}

// meanOf is a mean whose interval knows of the listeners.
func meanOf(name string, y []float64, listeners []int) stats.Estimate {
	varies := slices.ContainsFunc(y, func(v float64) bool { return v != y[0] })
	if !varies {
		e := stats.Mean(y, stats.Level)
		e.Name = name
		return e
	}
	return stats.FitLinear(y, nil, stats.LinearOptions{Clusters: listeners}).Contrast(name, []float64{1}).Estimate
}

// deviation returns the standard deviation of a sample, 0 of fewer than two.
func deviation(y []float64) float64 {
	if len(y) < 2 {
		return 0
	}
	mean := 0.
	for _, v := range y {
		mean += v / float64(len(y))
	}
	sum := 0.
	for _, v := range y {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / float64(len(y)-1))
}

// Prefers returns the arm that a result's first comparison prefers in a share of at
// least least of its runs, and whether there is one.
func (r *Result) Prefers(least float64) (playlist.Arm, bool) {
	c := r.Comparisons[0]
	for _, x := range []struct {
		arm string
		n   int
	}{{c.Arm, c.Better}, {c.Against, c.Worse}} {
		if float64(x.n) >= least*float64(r.Runs) {
			return playlist.Arm(x.arm), true
		}
	}
	return "", false
}
