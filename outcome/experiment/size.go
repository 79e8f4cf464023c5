package experiment

import (
	"fmt"
	"math"

	"segue"
	"segue/outcome/stats"
)

// A Size says how many units a design needs, and what it sees with those it has.
type Size struct {
	Needed     int          `json:"units_needed"`     // to be exposed, of all arms together; 0 if none are enough
	PerArm     int          `json:"outcomes_per_arm"` // in the smaller arm of a comparison
	Horizon    int          `json:"horizon_units"`    // 0: none is named
	Power      segue.Number `json:"power"`            // with the horizon's units, for the least effect; missing without a number
	Detectable segue.Number `json:"detectable"`       // the least difference that the horizon's units find with the power wanted
	Enough     bool         `json:"enough"`           // the horizon reaches the power wanted
	Alpha      float64      `json:"alpha"`            // of one comparison
	Plan       stats.Plan   `json:"plan"`             //
	Fixed      int          `json:"fixed_units"`      // needed if it were read once, at the end: the price of looking early
	Words      []string     `json:"words"`
}

// Size computes the sample size from what the design assumes. With several comparisons
// each has its part of α. What a pre-post design without control needs is what it takes
// to tell a change from none, and not from regression to the mean.
//
// It is missing, with the reason, where no number is enough.
func (d *Design) Size() Size {
	p := d.Primary
	comparisons := max(1, len(d.Contrasts()))
	s := Size{Horizon: d.Horizon.Units, Alpha: d.Alpha / float64(comparisons), Power: segue.Missing(), Detectable: segue.Missing(), Words: []string{}}
	c := stats.Criterion{Alpha: s.Alpha}
	w := d.whole(p.Assumed)
	plan := func(effect float64) stats.Design { return d.planned(effect, c) }

	fixed, ok := plan(p.LeastEffect).Size(d.Power)
	s.Plan = plan(p.LeastEffect).PlanFor(d.Power, c)
	n := fixed
	if d.Reading == AlwaysValid {
		n, ok = d.sequentialSize(p.LeastEffect, s.Alpha), true
		s.Fixed = w.units(fixed)
	}
	if ok {
		s.PerArm, s.Needed = w.outcomes(n), w.units(n)
	}
	if s.Horizon > 0 {
		have := w.n(s.Horizon)
		m, _ := about(p.Measure)
		most := m.hi - m.lo
		switch {
		case m.share && m.better > 0:
			most = .999 * (1 - p.Assumed.Share)
		case m.share:
			most = .999 * p.Assumed.Share
		}
		if d.Reading == AlwaysValid {
			s.Power, s.Detectable = d.sequentialPower(p.LeastEffect, s.Alpha, have), segue.Missing()
			s.Enough = ok && s.Horizon >= s.Needed
		} else {
			s.Power = segue.Number(plan(p.LeastEffect).Power(have))
			s.Detectable = stats.Detectable(have, d.Power, most, plan)
			s.Enough = float64(s.Power) >= d.Power
		}
	}
	s.words(d)
	return s
}

// A scale leads from what a plan counts to units exposed.
type scale struct {
	each     float64 // outcomes in the smaller arm for one of what the plan counts
	share    float64 // the smaller arm's share of the units
	answered float64
	even     int // units come in multiples of it
}

// outcomes returns those in the smaller arm.
func (w scale) outcomes(n int) int { return int(math.Ceil(float64(n)*w.each - 1e-9)) }

// units returns how many have to be exposed for a plan's n.
func (w scale) units(n int) int {
	all := int(math.Ceil(float64(n)*w.each/w.share/w.answered - 1e-9))
	return (all + w.even - 1) / w.even * w.even
}

// n returns what a plan counts that so many units make.
func (w scale) n(units int) int { return int(float64(units)*w.answered*w.share/w.each + 1e-9) }

// whole returns how units and the plan's n hang together.
func (d *Design) whole(a Assumed) scale {
	w := scale{each: 1, share: 1, answered: a.Answered, even: 1}
	if w.answered == 0 {
		w.answered = 1
	}
	switch d.Kind {
	case PrePost:
	case Crossover:
		w.share, w.even = .5, 2
	default:
		for _, c := range d.Contrasts() {
			w.share = min(w.share, d.Share(c.Arm), d.Share(c.Against))
		}
	}
	return w
}

// planned returns the test that is planned for an effect: its n counts outcomes in the
// smaller arm, or pairs.
func (d *Design) planned(effect float64, c stats.Criterion) stats.Design {
	a := d.Primary.Assumed
	m, _ := about(d.Primary.Measure)
	inflate := 1.0
	if d.Unit == Session && d.Kind != Crossover {
		// Within the listener the arms balance; what is left is how the arms' difference
		// varies between listeners.
		inflate = stats.DesignEffect(max(1, a.Sessions), a.Within, 0)
	}
	switch {
	case d.Kind == PrePost:
		return stats.PairedDesign(effect/a.SD/math.Sqrt(inflate), c)
	case d.Kind == Crossover && !m.share:
		return stats.PairedDesign(effect/a.SD/math.Sqrt2, c)
	case m.share:
		to := a.Share + float64(m.better)*effect
		if inflate == 1 {
			return stats.TwoSharesDesign(a.Share, to, 1, c)
		}
		sd := math.Sqrt((a.Share*(1-a.Share) + to*(1-to)) / 2)
		return stats.TwoMeansDesign(effect/sd/math.Sqrt(inflate), 1, c)
	default:
		return stats.TwoMeansDesign(effect/a.SD/math.Sqrt(inflate), 1, c)
	}
}

// spread returns the standard deviation of one outcome, enlarged for listeners.
func (d *Design) spread() float64 {
	a := d.Primary.Assumed
	m, _ := about(d.Primary.Measure)
	sd := a.SD
	if m.share {
		to := a.Share + float64(m.better)*d.Primary.LeastEffect
		sd = math.Sqrt((a.Share*(1-a.Share) + to*(1-to)) / 2)
	}
	if d.Unit == Session {
		sd *= math.Sqrt(stats.DesignEffect(max(1, a.Sessions), a.Within, 0))
	}
	return sd
}

// sequentialSize returns how many outcomes in each arm the sequential test needs.
func (d *Design) sequentialSize(effect, alpha float64) int {
	return max(stats.BurnIn, stats.SequenceSize(effect, math.Sqrt2*d.spread(), d.Power, 1-alpha))
}

// sequentialPower returns the power of n outcomes in each arm.
func (d *Design) sequentialPower(effect, alpha float64, n int) segue.Number {
	lo, hi := 0., 1.
	for range 40 {
		mid := (lo + hi) / 2
		if mid > 1e-9 && mid < 1-1e-12 && stats.SequenceSize(effect, math.Sqrt2*d.spread(), mid, 1-alpha) > n {
			hi = mid
		} else {
			lo = mid
		}
	}
	return segue.Number(lo)
}

// words puts the size in words.
func (s *Size) words(d *Design) {
	put := func(text string, args ...any) { s.Words = append(s.Words, fmt.Sprintf(text, args...)) }
	m, _ := about(d.Primary.Measure)
	unit := map[Unit]string{Session: "sessions", Listener: "listeners"}[d.Unit]
	wanted := fmt.Sprintf("a difference of %.4g in %s with a power of %.0f %%", d.Primary.LeastEffect, m.words, 100*d.Power)
	if d.Kind == PrePost {
		wanted = fmt.Sprintf("a change of %.4g with a power of %.0f %%", d.Primary.LeastEffect, 100*d.Power)
	}
	if s.Needed == 0 {
		put("No number of %s up to %d shows %s.", unit, stats.MaxSize, wanted)
	} else {
		put("To show %s takes %d %s in all, %d with an outcome in the smallest arm.", wanted, s.Needed, unit, s.PerArm)
	}
	if d.Reading == AlwaysValid && s.Fixed > 0 {
		put("Read once at the end it would take %d: the rest is the price of looking at any time. An effect that is larger is found sooner.", s.Fixed)
	}
	switch {
	case s.Horizon == 0:
		put("The design ends on a day and names no number, so that its power hangs on how many come.")
	case s.Enough:
		put("The horizon of %d %s has a power of %.0f %% for it.", s.Horizon, unit, 100*float64(s.Power))
	case s.Detectable.Known():
		put("Underpowered: the horizon of %d %s has a power of %.0f %% for it; what it would find with %.0f %% is %.2g or more. A reading that shows nothing will then mean little.", s.Horizon, unit, 100*float64(s.Power), 100*d.Power, float64(s.Detectable))
	default:
		put("Underpowered: the horizon of %d %s has a power of %.0f %% for it. A reading that shows nothing will then mean little.", s.Horizon, unit, 100*float64(s.Power))
	}
	if n := len(d.Contrasts()); n > 1 {
		put("%d comparisons share α = %.3g, so that each has %.3g.", n, d.Alpha, s.Alpha)
	}
	if d.Unit == Session && d.Primary.Assumed.Within == 0 && d.Kind != Crossover && d.Kind != PrePost {
		put("This takes the arms to differ by as much in every listener. If they do not, more listeners are needed: primary.assumed.intraclass.")
	}
	if d.Kind == PrePost {
		put("Without a control no number of %s tells the change from regression to the mean.", unit)
	}
}
