package simulate

import (
	"context"
	"math"
	"time"

	"segue"
	"segue/outcome"
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
	rng := stream(m.seed, 3, uint64(run))
	now := begins
	state := m.begin(now, rng)
	var visits []visit
	for day := range o.Days {
		for _, at := range m.daysMoments(localMidnight(begins.AddDate(0, 0, day), m.zone), rng) {
			if at.Before(now) {
				continue
			}
			state = m.wander(state, now, at, rng)
			now = at
			cell := report(state, rng)
			ask := rng.Float64()
			route, err := playlist.DefaultTarget(cell.At(), "")
			if err != nil || route.Stay {
				continue // they are where they like to be, or cannot say where to
			}
			v := visit{n: len(visits), at: at, now: cell, target: segue.CellAt(route.To), night: recommend.IsNight(at, m.zone), minutes: p.options.Minutes, before: state}
			if far := state.Distance(route.To); ask > (far-asksFrom)/(asksSurelyAt-asksFrom) {
				continue
			}
			v.assigned = d.Assign(m.id, v.n)
			v.played = o.plays(v.assigned.Arm)
			if err := p.sit(ctx, m, o, &v, run); err != nil {
				return nil, err
			}
			m.say(o, &v, run)
			visits = append(visits, v)
			if v.optedOut {
				return visits, nil
			}
			now = at.Add(time.Duration(v.minutes) * time.Minute)
			state = v.hearing.end
			if rest := at.Add(minutesApart * time.Minute); now.Before(rest) {
				state = m.wander(state, now, rest, rng)
				now = rest
			}
		}
	}
	return visits, nil
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
	return wish{now: v.now, target: v.target, arm: arm, night: v.night, variant: uint64(v.n % p.options.Variants)}
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
	cell, error, silence, leave := report(v.hearing.end, rng), rng.NormFloat64(), rng.Float64(), rng.Float64()
	feel := int(math.Round(min(2, max(-2, feelGain*v.gain+feelLiking*v.hearing.liking+feelError*error))))
	if silence < o.Missing.answered(v) {
		v.after, v.feel = &cell, &feel
	}
	chance := dropOut
	if feel < 0 {
		chance += dropOutWorse
	}
	v.optedOut = leave < chance
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
