package adapt

import (
	"fmt"
	"slices"

	"segue"
	"segue/outcome/offpolicy"
)

// A Rule says with which probability each action is taken in a context, for listeners of
// a fold (see Learned).
type Rule func(context, fold int) []float64

// ruleFolds is over how many folds of listeners a learned rule is learned and evaluated,
// so that nobody's hours judge what was learned of them. (d)
const ruleFolds = 5

// Always returns the rule that takes one action everywhere.
func (p *Policy) Always(action int) Rule {
	only := make([]float64, len(p.Actions))
	only[action] = 1
	return func(int, int) []float64 { return only }
}

// Even returns the rule that takes each action as often.
func (p *Policy) Even() Rule {
	even := make([]float64, len(p.Actions))
	for a := range even {
		even[a] = 1 / float64(len(even))
	}
	return func(int, int) []float64 { return even }
}

// Learned returns the rule that takes, in each context, what the trials make look best for
// somebody new: the action of the largest mean of the pooled prior. For listeners of a fold
// it is learned from those of the others; where these are too few it is the usual action.
func (p *Policy) Learned(trials []Trial) Rule {
	number := listeners(trials)
	fitted := make([][][]float64, ruleFolds)
	for f := range fitted {
		var others []Trial
		for _, t := range trials {
			if number[t.Listener]%ruleFolds != f {
				others = append(others, t)
			}
		}
		pool := p.Pool(p.Tallies(others))
		fitted[f] = make([][]float64, len(p.Contexts))
		for c := range p.Contexts {
			prior := pool.Prior(p, c, "")
			best := p.UsualAction()
			if prior.Pooled {
				for a, b := range prior.Of {
					if b.Mean() > prior.Of[best].Mean() {
						best = a
					}
				}
			}
			fitted[f][c] = p.Always(best)(c, f)
		}
	}
	return func(context, fold int) []float64 { return fitted[fold][context] }
}

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
// more than another, from trials with a reward. Where fewer than half of the hours have
// one, the gate is closed: those who answer may be others than those who do not.
func (p *Policy) Evaluate(trials []Trial, c Counts, name string, rule Rule, againstName string, against Rule, o offpolicy.Options) Evaluation {
	number := listeners(trials)
	var rows []offpolicy.Row
	for _, t := range trials {
		if !t.Reward.Known() {
			continue
		}
		n := number[t.Listener]
		rows = append(rows, offpolicy.Row{Cluster: n, Context: t.Context, Action: t.Action, Propensity: t.Propensity, Reward: float64(t.Reward), Target: rule(t.Context, n%ruleFolds)})
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
	e.Difference = offpolicy.Difference(rows, func(r *offpolicy.Row) []float64 { return against(r.Context, r.Cluster%ruleFolds) }, o)
	return e
}
