package adapt

import (
	"fmt"
	"slices"
	"time"

	"segue"
	"segue/outcome/offpolicy"
)

// A Rule says with which probability each action is taken in a context at a time; nil
// where it says nothing, and an hour does not count.
type Rule func(context int, at time.Time) []float64

// Always returns the rule that takes one action everywhere.
func (p *Policy) Always(action int) Rule {
	only := make([]float64, len(p.Actions))
	only[action] = 1
	return func(int, time.Time) []float64 { return only }
}

// Even returns the rule that takes each action as often.
func (p *Policy) Even() Rule {
	even := make([]float64, len(p.Actions))
	for a := range even {
		even[a] = 1 / float64(len(even))
	}
	return func(int, time.Time) []float64 { return even }
}

// learnedParts is in how many parts hours are cut by time: what was learned of those
// before is judged by the next. (d)
const learnedParts = 4

// Learned returns the rule that takes, in each context, what looked best for somebody new
// until then: the action of the largest mean of the pooled prior, the usual one where too
// few were known. It is learned anew at the beginning of each quarter of the hours with a
// reward, from hours whose horizon had passed; of the first quarter it says nothing.
//
// So no hour judges what was learned of it. To learn from some listeners and judge by the
// others, in turns, does not do: where actions are alike each fold then takes the one that
// its own hours speak against, and of intervals at 95 % a fifth did not hold the truth.
func (p *Policy) Learned(trials []Trial) Rule {
	var known []Trial
	for _, t := range trials {
		if t.Reward.Known() {
			known = append(known, t)
		}
	}
	slices.SortStableFunc(known, func(a, b Trial) int { return a.At.Compare(b.At) })
	type part struct {
		from time.Time
		rule [][]float64 // by context
	}
	var parts []part
	for k := 1; k < learnedParts && len(known) > 0; k++ {
		one := part{from: known[k*len(known)/learnedParts].At}
		var before []Trial
		for _, t := range known {
			if !t.At.Add(p.horizon()).After(one.from) {
				before = append(before, t)
			}
		}
		pool := p.Pool(p.Tallies(before))
		for c := range p.Contexts {
			prior, best := pool.Prior(p, c, ""), p.UsualAction()
			if prior.Pooled {
				for a, b := range prior.Of {
					if b.Mean() > prior.Of[best].Mean() {
						best = a
					}
				}
			}
			one.rule = append(one.rule, p.Always(best)(c, one.from))
		}
		parts = append(parts, one)
	}
	return func(context int, at time.Time) []float64 {
		for k := len(parts) - 1; k >= 0; k-- {
			if !at.Before(parts[k].from) {
				return parts[k].rule[context]
			}
		}
		return nil
	}
}

// horizon is how long after an hour its reward may come.
func (p *Policy) horizon() time.Duration { return time.Duration(p.Hours) * time.Hour }

// listeners numbers the trials' listeners by name.
func listeners(trials []Trial) map[string]int {
	var names []string
	for _, t := range trials {
		names = append(names, t.Listener)
	}
	slices.Sort(names)
	number := map[string]int{}
	for i, name := range slices.Compact(names) {
		number[name] = i
	}
	return number
}

// An Evaluation is what a rule would have come to, beside another.
type Evaluation struct {
	Rule       string           `json:"rule"`
	Against    string           `json:"against"`
	Answered   segue.Number     `json:"answered"` // share of hours whose horizon has passed that have a reward
	Value      offpolicy.Result `json:"value"`
	Difference offpolicy.Result `json:"difference"` // rule less against
}

// leastAnswered is the least share of hours with a reward of which a number is made. (d)
const leastAnswered = .5

// Evaluate estimates the share of successes that a rule would have come to, and how much
// more than another, from trials with a reward of which both rules say something. Where fewer than half of the hours have
// one, the gate is closed: those who answer may be others than those who do not.
func (p *Policy) Evaluate(trials []Trial, c Counts, name string, rule Rule, againstName string, against Rule, o offpolicy.Options) Evaluation {
	number := listeners(trials)
	var rows []offpolicy.Row
	var bases [][]float64
	for _, t := range trials {
		if !t.Reward.Known() {
			continue
		}
		target, base := rule(t.Context, t.At), against(t.Context, t.At)
		if target == nil || base == nil {
			continue
		}
		rows = append(rows, offpolicy.Row{Cluster: number[t.Listener], Context: t.Context, Action: t.Action, Propensity: t.Propensity, Reward: float64(t.Reward), Target: target})
		bases = append(bases, base)
	}
	for _, one := range p.Contexts {
		o.Contexts = append(o.Contexts, one.Name)
	}
	for _, one := range p.Actions {
		o.Actions = append(o.Actions, one.Name)
	}
	if a := c.Answered(); !a.Known() || a < leastAnswered {
		o.Shut = fmt.Sprintf("%d of %d hours have an answer, and it takes half of them", c.Known, c.Known+c.Missing)
	}
	e := Evaluation{Rule: name, Against: againstName, Answered: c.Answered(), Value: offpolicy.Evaluate(rows, o)}
	e.Difference = offpolicy.Difference(rows, bases, o)
	return e
}
