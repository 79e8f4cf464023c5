package simulate

import (
	"fmt"
	"time"

	"segue/outcome/experiment"
	"segue/playlist"
)

// What the simulated designs declare, before any data. (d)
const (
	leastEffect = .07 // Δ that would matter, a third of its deviation
	presumedSD  = .20 // of Δ between hours of one arm
	wantedPower = .95
	alpha       = .05
)

// design declares the experiment of a run. Runs differ in their salt, and so in who
// gets what.
func (p *Panel) design(o Options, run int) (*experiment.Design, error) {
	names := o.names()
	d := &experiment.Design{
		Schema: experiment.Schema, ID: fmt.Sprintf("simulated-%d", run+1), Title: "A simulated experiment",
		Question:   "Which order of an hour brings listeners nearer to where they want to be?",
		Hypothesis: "The arms differ.",
		Kind:       experiment.WithinListener, Unit: experiment.Session,
		Population: fmt.Sprintf("%d invented listeners who ask for an hour towards calm or content", len(p.members)),
		Control:    names[1], Rule: experiment.Holm,
		Primary: experiment.Primary{Measure: experiment.Change, LeastEffect: leastEffect, Assumed: experiment.Assumed{
			SD: presumedSD, Answered: answers, Sessions: max(1, perDay*float64(o.Days)),
		}, Adjust: []experiment.Adjust{experiment.Before}},
		Horizon: experiment.Horizon{Until: begins.AddDate(0, 0, o.Days).Format(time.DateOnly)},
		Alpha:   alpha, Power: wantedPower, Reading: o.Reading,
		Salt: fmt.Sprintf("simulated %016x %016x", mix(p.options.Seed), mix(uint64(run))),
	}
	if o.Same {
		d.Kind, d.Hypothesis = experiment.AA, "The arms do not differ: they are the same."
	}
	for _, name := range names {
		d.Arms = append(d.Arms, experiment.Arm{Name: name, Text: armText(o.plays(name)), Weight: 1})
	}
	if len(names) > 2 {
		for _, name := range names[1:] {
			d.Comparisons = append(d.Comparisons, experiment.Comparison{Arm: names[0], Against: name})
		}
	}
	// Through its file, as a declared design comes: defaults filled in, checked.
	return experiment.Parse(d.Canonical())
}

// perDay is how many hours a listener asks for a day, on the average: measured.
const perDay = .24

func armText(a playlist.Arm) string {
	switch a {
	case playlist.Iso:
		return "from the state, along the arc, to the target"
	case playlist.Compensatory:
		return "at the target from the first track"
	}
	return "the listener's own tracks, shuffled"
}
