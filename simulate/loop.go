package simulate

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"segue"
	"segue/internal/parallel"
	"segue/outcome/adapt"
	"segue/outcome/event"
	"segue/outcome/offpolicy"
	"segue/outcome/stats"
)

// LoopOptions say how the adaptive loop is tried. The zero value of a field is its
// default.
type LoopOptions struct {
	World   World         // default Null
	Policy  *adapt.Policy // default LoopPolicy
	Days    int           // that listeners take part, 7 … 365; default 112
	Runs    int           // 1 … MaxRuns; default 20
	Missing Missing       // default AtRandom
	Truth   int           // visits at which every action is tried, to know what is true; default 2000

	Progress segue.Progress // may be nil
}

// LoopPolicy returns the policy that is tried unless another is given: the shipped one
// with a salt of its own.
func LoopPolicy() *adapt.Policy { return adapt.Shipped("simulated listeners") }

// A Loop is what the adaptive loop came to, against what is true.
type Loop struct {
	World     World        `json:"world"`
	Policy    string       `json:"policy"` // id@hash
	Listeners int          `json:"listeners"`
	Days      int          `json:"days"`
	Runs      int          `json:"runs"`
	Missing   Missing      `json:"missing"`
	Seed      uint64       `json:"seed"`
	Hours     float64      `json:"hours"`    // a run, on the average
	Answered  segue.Number `json:"answered"` // share of hours with a reward

	True   stats.Estimate    `json:"true"`   // share of successes of compensatory actions less that of the others, each action as often
	Better string            `json:"better"` // the arm that is truly better; empty if none is, or it is not clear
	Even   float64           `json:"even"`   // share of the better arm (or of compensatory) in an even draw
	Drawn  [4]stats.Estimate `json:"drawn"`  // that share in each quarter of the days, mean over runs

	Regret     stats.Estimate `json:"regret"`      // true successes an hour lost against the best action of each context, mean over runs
	RegretEven float64        `json:"regret_even"` // of an even draw

	Gain     stats.Estimate `json:"gain"`      // doubly robust, of the learned rule over an even draw, mean over the runs' readings
	GainTrue stats.Estimate `json:"gain_true"` // … and what it truly is, mean over runs
	Covered  stats.Estimate `json:"covered"`   // share of readings whose interval holds the run's true gain
	Closed   int            `json:"closed"`    // readings in which the gate was closed: no number
	Claimed  stats.Estimate `json:"claimed"`   // share of runs whose reading says that the learned rule is better, or worse
	False    stats.Estimate `json:"false"`     // share of runs that say so where it is not, or not so

	Reading *adapt.Reading `json:"reading"` // of the first run
}

func (o LoopOptions) filled() (LoopOptions, Options, error) {
	if o.Policy == nil {
		o.Policy = LoopPolicy()
	}
	if o.Days == 0 {
		o.Days = 112
	}
	if o.Runs == 0 {
		o.Runs = 20
	}
	each, err := Options{World: o.World, Days: o.Days, Runs: o.Runs, Missing: o.Missing, Truth: o.Truth}.filled()
	if faults := o.Policy.Check(); err == nil && len(faults) > 0 {
		err = fmt.Errorf("%w: %w", faults, segue.ErrUsage)
	}
	o.World, o.Missing, o.Truth = each.World, each.Missing, each.Truth
	return o, each, err
}

// Check returns the error that Loop would return for options that cannot be.
func (o LoopOptions) Check() error {
	_, _, err := o.filled()
	return err
}

// looped is what remains of a run of the loop.
type looped struct {
	visits  [][]visit
	trials  []adapt.Trial
	counts  adapt.Counts
	learned adapt.Rule
	gain    offpolicy.Result
	tried   []tried
	drawn   [4][2]int // by quarter: hours of compensatory actions, and all
}

// tried is what a visit would have come to by every action.
type tried struct {
	listener, context int
	success           []float64 // by action
}

// Loop lets the loop learn, run by run from nothing, while the panel's listeners ask for
// hours: each day it knows what was said until the day before, and of each listener also
// what they said that day. At the end of a run its records are read as anybody's. The same
// panel and options give the same Loop on any number of cores.
//
// If first is not nil it is given the events of the first run. Cost is that of Run, with an
// hour planned for every action of the policy.
func (p *Panel) Loop(ctx context.Context, o LoopOptions, first func([]event.Event) error) (*Loop, error) {
	o, each, err := o.filled()
	if err != nil {
		return nil, err
	}
	runs := make([]*looped, o.Runs)
	var done atomic.Int64
	err = parallel.Each(ctx, o.Runs, func(ctx context.Context, run int) error {
		var err error
		runs[run], err = p.loop(ctx, o, each, run, first)
		tell(o.Progress, "letting the loop learn in "+string(o.World), done.Add(1), o.Runs)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p.sumLoop(o, runs), nil
}

// loop is one run.
func (p *Panel) loop(ctx context.Context, o LoopOptions, each Options, run int, first func([]event.Event) error) (*looped, error) {
	policy := o.Policy
	lives := make([]*life, len(p.members))
	own := make([]adapt.Tally, len(p.members))
	for i, m := range p.members {
		lives[i], own[i] = p.live(m, each, run), policy.NewTally()
	}
	out := &looped{}
	for day := range o.Days {
		all := make(map[string]adapt.Tally, len(own)) // as of the beginning of the day
		for i, t := range own {
			all[p.members[i].id] = copyTally(t)
		}
		pool := policy.Pool(all)
		err := parallel.Each(ctx, len(lives), func(ctx context.Context, i int) error {
			l := lives[i]
			n := len(l.visits)
			err := l.day(ctx, day, func(v *visit) {
				for ; n < len(l.visits); n++ {
					count(policy, own[i], &l.visits[n])
				}
				v.choice = policy.Choose(pool, own[i], policy.Context(v.now.At(), v.night), l.id, l.hourOf(v, run))
				v.action = policy.Actions[v.choice.Action]
			})
			for ; n < len(l.visits); n++ {
				count(policy, own[i], &l.visits[n])
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for _, l := range lives {
		out.visits = append(out.visits, l.visits)
	}
	ref := policy.Ref()
	events := recordOf(p.music, p.members, out.visits, ref, run, func(v *visit) event.Event {
		return event.Event{
			Experiment: ref, Arm: v.action.Name, Propensity: v.choice.Propensity(),
			Context: policy.Contexts[v.choice.Context].Name, Propensities: v.choice.Propensities(),
		}
	})
	if run == 0 && first != nil {
		if err := first(events); err != nil {
			return nil, err
		}
	}
	g := policy.Gather(begins.AddDate(2, 0, 0))
	if err := g.Add(events); err != nil {
		return nil, err
	}
	var err error
	if out.trials, out.counts, err = g.Trials(); err != nil {
		return nil, err
	}
	out.learned = policy.Learned(out.trials)
	out.gain = policy.Evaluate(out.trials, out.counts, "learned", out.learned, "even", policy.Even(), offpolicy.Options{}).Difference
	for _, own := range out.visits {
		for i := range own {
			quarter := min(3, int(own[i].at.Sub(begins).Hours()/24)*4/o.Days)
			out.drawn[quarter][1]++
			if own[i].action.Arm == adapt.Compensatory {
				out.drawn[quarter][0]++
			}
		}
	}
	out.tried, err = p.tryAll(ctx, o, each, out.visits, run)
	return out, err
}

// count takes what was said of a visit into a tally.
func count(p *adapt.Policy, t adapt.Tally, v *visit) {
	if v.after == nil {
		return
	}
	if p.Succeeded(v.now, *v.after, v.target, *v.feel) {
		t[v.choice.Context][v.choice.Action].Better++
	} else {
		t[v.choice.Context][v.choice.Action].Other++
	}
}

func copyTally(t adapt.Tally) adapt.Tally {
	c := make(adapt.Tally, len(t))
	for i := range t {
		c[i] = slices.Clone(t[i])
	}
	return c
}

// tryAll looks into some of a run's visits, spread evenly over it: what each would have
// come to by every action, on the same path of chance.
func (p *Panel) tryAll(ctx context.Context, o LoopOptions, each Options, visits [][]visit, run int) ([]tried, error) {
	var found []tried
	for _, at := range spread(visits, (o.Truth+o.Runs-1)/o.Runs) {
		v, m := visits[at.listener][at.visit], p.members[at.listener]
		one := tried{at.listener, v.choice.Context, make([]float64, len(o.Policy.Actions))}
		for a, action := range o.Policy.Actions {
			v.action = action
			hour, err := p.plan(ctx, m, p.wish(&v, ""), v.at)
			if err != nil {
				return nil, err
			}
			h := m.hear(each.World, v.before, v.at, hour, v.minutes, v.key(run))
			cell, feel := m.answer(h, v.gainTo(h.end), stream(m.seed, v.key(run), 4))
			if o.Policy.Succeeded(v.now, cell, v.target, feel) {
				one.success[a] = 1
			}
		}
		found = append(found, one)
	}
	return found, nil
}
