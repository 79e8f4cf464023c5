package adapt

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/outcome/offpolicy"
)

// drawn are trials of listeners with known chances of success of each action, drawn as
// the policy draws them where nothing is known.
func drawn(p *Policy, listeners, hours int, chance func(action int) float64, seed uint64) ([]Trial, Counts) {
	rng := rand.New(rand.NewPCG(seed, 9))
	var all []Trial
	var c Counts
	of := p.Choose(nil, nil, 0, "", "")
	for l := range listeners {
		for h := range hours {
			of.Context, of.Action = h%len(p.Contexts), p.draw(fmt.Sprint(l, " ", seed), fmt.Sprint(h), of.Shares)
			t := Trial{Listener: fmt.Sprintf("l%03d", l), Hour: fmt.Sprint(h), Context: of.Context, Action: of.Action, Propensity: of.Propensity(), Reward: 0, At: noon.Add(time.Duration(h) * 24 * time.Hour)}
			if rng.Float64() < chance(of.Action) {
				t.Reward = 1
			}
			c.Hours++
			c.Known++
			all = append(all, t)
		}
	}
	return all, c
}

// TestLearnedRuleIsJudgedByOthers: where one action is better the learned rule finds it and
// its value is near the truth; where none is, its value is not above it, as it would be if
// the hours that chose it also judged it.
func TestLearnedRuleIsJudgedByOthers(t *testing.T) {
	p := shipped()
	trials, c := drawn(p, 100, 80, func(a int) float64 {
		if p.Actions[a].Name == "target" {
			return .8
		}
		return .5
	}, 1)
	e := p.Evaluate(trials, c, "learned", p.Learned(trials), "even", p.Even(), offpolicy.Options{})
	if !e.Difference.Gate.Open || !e.Difference.DR.Holds(.3-.3/8) || e.Difference.DR.Holds(.1) {
		t.Errorf("%+v", e.Difference)
	}
	above := 0.
	const runs = 20
	for seed := range uint64(runs) {
		trials, c := drawn(p, 40, 40, func(int) float64 { return .5 }, seed)
		e := p.Evaluate(trials, c, "learned", p.Learned(trials), "even", p.Even(), offpolicy.Options{})
		if !e.Difference.Gate.Open {
			t.Fatal(e.Difference.Gate.Reason)
		}
		above += float64(e.Difference.DR.Value) / runs
	}
	if above > .02 {
		t.Errorf("of actions that do not differ the learned rule seems better by %v on the average", above)
	}
}

func TestEvaluateWithoutAnswers(t *testing.T) {
	p := shipped()
	trials, c := drawn(p, 40, 40, func(int) float64 { return .5 }, 3)
	c.Missing = 2 * c.Known
	e := p.Evaluate(trials, c, "even", p.Even(), p.Usual, p.Always(p.UsualAction()), offpolicy.Options{})
	if e.Value.Gate.Open || !strings.Contains(e.Value.Gate.Reason, "have an answer") || e.Difference.DR.Value.Known() {
		t.Errorf("%+v", e.Value.Gate)
	}
	for i := range trials {
		trials[i].Reward = segue.Missing()
	}
	e = p.Evaluate(trials, Counts{Hours: len(trials), Missing: len(trials)}, "even", p.Even(), p.Usual, p.Always(p.UsualAction()), offpolicy.Options{})
	if e.Value.Gate.Open || e.Value.Rows != 0 {
		t.Errorf("of no rewards: %+v", e.Value)
	}
}
