package simulate

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"segue"
	"segue/outcome"
	"segue/outcome/adapt"
	"segue/outcome/experiment"
	"segue/playlist"
	"segue/recommend"
)

// A visit is one hour of one listener in one run, with what was said and what is true
// of it.
type visit struct {
	n           int // of the listener's in this run, from 0
	at          time.Time
	now, target segue.Cell
	night       bool
	assigned    experiment.Assignment
	choice      adapt.Choice // where the loop chose
	action      adapt.Action // what it built the hour by; zero where an experiment assigned an arm
	played      playlist.Arm // what the arm plays: in A/A both play the same
	plan        *plan
	hearing     hearing
	after       *segue.Cell // nil if it was not said
	feel        *int
	optedOut    bool
	minutes     int // asked for

	before segue.Affect // the true state when it began
	gain   float64      // true Δ: how much nearer to the target the state came
}

// minutesApart is how long after an hour began a listener asks for no other.
const minutesApart = 180

// trial lets a listener live through the weeks of one run, and ask for hours. It is
// the same whatever other listeners do.
func (p *Panel) trial(ctx context.Context, m *member, o Options, d *experiment.Design, run int) ([]visit, error) {
	l := p.live(m, o, run)
	for day := range o.Days {
		if err := l.day(ctx, day, func(v *visit) {
			v.assigned = d.Assign(m.id, v.n)
			v.played = o.plays(v.assigned.Arm)
		}); err != nil {
			return nil, err
		}
	}
	return l.visits, nil
}

// A life is a listener in the weeks of a run, a day after another.
type life struct {
	*member
	p      *Panel
	o      Options
	run    int
	rng    *rand.Rand
	now    time.Time
	state  segue.Affect
	visits []visit
	left   bool // they take no more part
}

func (p *Panel) live(m *member, o Options, run int) *life {
	l := &life{member: m, p: p, o: o, run: run, rng: stream(m.seed, 3, uint64(run)), now: begins}
	l.state = m.begin(l.now, l.rng)
	return l
}

// day lets a day pass. What an hour is built by is settled by choose.
func (l *life) day(ctx context.Context, day int, choose func(*visit)) error {
	if l.left {
		return nil
	}
	for _, at := range l.daysMoments(localMidnight(begins.AddDate(0, 0, day), l.zone), l.rng) {
		if at.Before(l.now) {
			continue
		}
		l.state = l.wander(l.state, l.now, at, l.rng)
		l.now = at
		cell := report(l.state, l.rng)
		ask := l.rng.Float64()
		route, err := playlist.DefaultTarget(cell.At(), "")
		if err != nil || route.Stay {
			continue // they are where they like to be, or cannot say where to
		}
		v := visit{n: len(l.visits), at: at, now: cell, target: segue.CellAt(route.To), night: recommend.IsNight(at, l.zone), minutes: l.p.options.Minutes, before: l.state}
		if far := l.state.Distance(route.To); ask > (far-asksFrom)/(asksSurelyAt-asksFrom) {
			continue
		}
		choose(&v)
		if err := l.p.sit(ctx, l.member, l.o, &v, l.run); err != nil {
			return err
		}
		l.say(l.o, &v, l.run)
		l.visits = append(l.visits, v)
		if l.left = v.optedOut; l.left {
			return nil
		}
		l.now = at.Add(time.Duration(v.minutes) * time.Minute)
		l.state = v.hearing.end
		if rest := at.Add(minutesApart * time.Minute); l.now.Before(rest) {
			l.state = l.wander(l.state, l.now, rest, l.rng)
			l.now = rest
		}
	}
	return nil
}

// sit plans the visit's hour and hears it.
func (p *Panel) sit(ctx context.Context, m *member, o Options, v *visit, run int) error {
	var err error
	if v.plan, err = p.plan(ctx, m, p.wish(v, v.played), v.at); err != nil {
		return err
	}
	v.hearing = m.hear(o.World, v.before, v.at, v.plan, v.minutes, v.key(run))
	v.gain = v.gainTo(v.hearing.end)
	return nil
}

// wish returns what the visit's hour is planned from, in an arm.
func (p *Panel) wish(v *visit, arm playlist.Arm) wish {
	action := v.action
	if action.Name = ""; action.Arm != "" { // an action that changes the arm alone is that arm
		arm, action.Arm = playlist.Arm(action.Arm), ""
	}
	return wish{now: v.now, target: v.target, arm: arm, action: action, night: v.night, variant: uint64(v.n % p.options.Variants)}
}

// key names the visit's chance: all that may happen in it, whatever the arm.
func (v *visit) key(run int) uint64 { return mix(uint64(run)<<20 | uint64(v.n)) }

// gainTo returns the true Δ of the visit if it ended in a state.
func (v *visit) gainTo(end segue.Affect) float64 {
	return v.before.Distance(v.target.At()) - end.Distance(v.target.At())
}

// say lets the listener say how they are afterwards, and how it felt, if they do; and
// leave the experiment, if they do.
func (m *member) say(o Options, v *visit, run int) {
	rng := stream(m.seed, v.key(run), 4)
	cell, feel := m.answer(v.hearing, v.gain, rng)
	silence, leave := rng.Float64(), rng.Float64()
	if silence < o.Missing.answered(v) {
		v.after, v.feel = &cell, &feel
	}
	chance := dropOut
	if feel < 0 {
		chance += dropOutWorse
	}
	v.optedOut = leave < chance
}

// answer returns where a listener says they are after an hour, and how it felt, if they
// say it.
func (m *member) answer(h hearing, gain float64, rng *rand.Rand) (cell segue.Cell, feel int) {
	cell = report(h.end, rng)
	error := rng.NormFloat64()
	return cell, int(math.Round(min(2, max(-2, feelGain*gain+feelLiking*h.liking+feelError*error))))
}

// otherwise returns what the visit would have come to in an arm, on the same path of
// chance: the true Δ, and Δ as it would have been reported.
func (p *Panel) otherwise(ctx context.Context, m *member, o Options, v *visit, arm playlist.Arm, run int) (gain, reported float64, err error) {
	hour, err := p.plan(ctx, m, p.wish(v, arm), v.at)
	if err != nil {
		return 0, 0, err
	}
	end := m.hear(o.World, v.before, v.at, hour, v.minutes, v.key(run)).end
	cell := report(end, stream(m.seed, v.key(run), 4))
	return v.gainTo(end), outcome.Change(v.now.At(), cell.At(), v.target.At()), nil
}
