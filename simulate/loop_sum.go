package simulate

import (
	"segue"
	"segue/outcome/adapt"
	"segue/outcome/stats"
)

// A true share of successes of every action in every context.
type trueShares [][]float64

// shares returns them, from the visits of all runs at which every action was tried.
func (p *Panel) shares(policy *adapt.Policy, runs []*looped) trueShares {
	s := make(trueShares, len(policy.Contexts))
	n := make([]float64, len(policy.Contexts))
	for c := range s {
		s[c] = make([]float64, len(policy.Actions))
	}
	for _, run := range runs {
		for _, t := range run.tried {
			n[t.context]++
			for a, y := range t.success {
				s[t.context][a] += y
			}
		}
	}
	for c := range s {
		for a := range s[c] {
			s[c][a] /= max(1, n[c])
		}
	}
	return s
}

// best returns the largest share of a context.
func (s trueShares) best(context int) float64 {
	best := 0.
	for _, v := range s[context] {
		best = max(best, v)
	}
	return best
}

// of returns the share of a rule in a context.
func (s trueShares) of(context int, rule []float64) float64 {
	sum := 0.
	for a, p := range rule {
		sum += p * s[context][a]
	}
	return sum
}

// sumLoop puts all runs together.
func (p *Panel) sumLoop(o LoopOptions, runs []*looped) *Loop {
	policy := o.Policy
	r := &Loop{
		World: o.World, Policy: policy.Ref(), Listeners: len(p.members), Days: o.Days, Runs: o.Runs, Missing: o.Missing, Seed: p.options.Seed,
		Reading: policy.Read(runs[0].trials, runs[0].counts),
	}
	compensatory := 0
	for _, a := range policy.Actions {
		if a.Arm == adapt.Compensatory {
			compensatory++
		}
	}
	r.Even = float64(compensatory) / float64(len(policy.Actions))
	r.True = p.trueArms(policy, runs, compensatory)
	switch {
	case !r.True.Defined() || r.True.Holds(0):
	case r.True.Value > 0:
		r.Better = adapt.Compensatory
	default:
		r.Better = adapt.Iso
	}
	iso := r.Better == adapt.Iso
	if iso {
		r.Even = 1 - r.Even
	}
	shares := p.shares(policy, runs)
	even := policy.Even()(0, begins)
	var drawn [4][]float64
	var regrets, regretsEven, gains, truths []float64
	hours, known, missing, covered, claimed, wrong := 0, 0, 0, 0, 0, 0
	for _, run := range runs {
		hours, known, missing = hours+run.counts.Hours, known+run.counts.Known, missing+run.counts.Missing
		for q, d := range run.drawn {
			if d[1] == 0 {
				continue
			}
			share := float64(d[0]) / float64(d[1])
			if iso {
				share = 1 - share
			}
			drawn[q] = append(drawn[q], share)
		}
		var lost, lostEven, gain float64
		judged := 0.
		for _, t := range run.trials {
			best := shares.best(t.Context)
			lost += (best - shares[t.Context][t.Action]) / float64(len(run.trials))
			lostEven += (best - shares.of(t.Context, even)) / float64(len(run.trials))
			if t.Reward.Known() {
				if rule := run.learned(t.Context, t.At); rule != nil {
					gain += shares.of(t.Context, rule) - shares.of(t.Context, even)
					judged++
				}
			}
		}
		gain /= max(1, judged)
		regrets, regretsEven, truths = append(regrets, lost), append(regretsEven, lostEven), append(truths, gain)
		e := run.gain.DR
		if !e.Defined() {
			r.Closed++
			continue
		}
		gains = append(gains, float64(e.Value))
		if e.Holds(gain) {
			covered++
		}
		if !e.Holds(0) {
			claimed++
			if gain == 0 || (gain > 0) != (e.Value > 0) {
				wrong++
			}
		}
	}
	n := len(runs)
	r.Hours = float64(hours) / float64(n)
	r.Answered = segue.Missing()
	if known+missing > 0 {
		r.Answered = segue.Number(float64(known) / float64(known+missing))
	}
	for q := range drawn {
		r.Drawn[q] = stats.Mean(drawn[q], stats.Level)
	}
	r.Regret, r.RegretEven = stats.Mean(regrets, stats.Level), float64(stats.Mean(regretsEven, stats.Level).Value)
	r.Gain, r.GainTrue = stats.Mean(gains, stats.Level), stats.Mean(truths, stats.Level)
	r.Covered = stats.ClopperPearson(covered, n-r.Closed, stats.Level)
	r.Claimed, r.False = stats.ClopperPearson(claimed, n, stats.Level), stats.ClopperPearson(wrong, n, stats.Level)
	return r
}

// trueArms returns the share of successes of compensatory actions less that of the
// others, of visits at which every action was tried.
func (p *Panel) trueArms(policy *adapt.Policy, runs []*looped, compensatory int) stats.Estimate {
	var gains []float64
	var listeners []int
	if compensatory == 0 || compensatory == len(policy.Actions) {
		return stats.Undefined("true difference", "", 0, stats.Level, "the policy has one arm")
	}
	for _, run := range runs {
		for _, t := range run.tried {
			sum := 0.
			for a, y := range t.success {
				if policy.Actions[a].Arm == adapt.Compensatory {
					sum += y / float64(compensatory)
				} else {
					sum -= y / float64(len(policy.Actions)-compensatory)
				}
			}
			gains, listeners = append(gains, sum), append(listeners, t.listener)
		}
	}
	if len(gains) == 0 {
		return stats.Undefined("true difference", "", 0, stats.Level, "no visit was looked into")
	}
	return meanOf("true difference", gains, listeners)
}
