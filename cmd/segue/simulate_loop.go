package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"segue/outcome/adapt"
	"segue/outcome/event"
	"segue/simulate"
)

// loops are the adaptive loop in several worlds.
type loops struct {
	Loops   []*simulate.Loop `json:"loops"`
	Seconds float64          `json:"seconds"`
}

// runLoop lets the adaptive loop learn in each world.
func (j *simulateJob) runLoop(ctx context.Context, t *terminal) error {
	all, err := j.loops()
	if err != nil {
		return err
	}
	if err := j.panel.Check(); err != nil {
		return err
	}
	if j.events != "" {
		if err := checkFile(j.events, append(splitPaths(j.catalogs), j.policy)...); err != nil {
			return err
		}
	}
	progress, done := t.progress()
	defer done()
	began := time.Now()
	p, err := j.invited(ctx, t, progress)
	if err != nil {
		return err
	}
	var first func([]event.Event) error
	if j.events != "" {
		first = j.writeEvents
	}
	v := loops{}
	for _, o := range all {
		o.Progress = progress
		r, err := p.Loop(ctx, o, first)
		if err != nil {
			return err
		}
		v.Loops = append(v.Loops, r)
	}
	v.Seconds = time.Since(began).Seconds()
	done()
	return t.print(v, func(w io.Writer) {
		for i, r := range v.Loops {
			if i > 0 {
				fmt.Fprintln(w)
			}
			loopText(w, r)
		}
		fmt.Fprintf(w, "\n%.0f s. The worlds are inventions to test the engine, and no claims about people.\n", v.Seconds)
	})
}

// loops returns in which worlds to try the loop.
func (j *simulateJob) loops() ([]simulate.LoopOptions, error) {
	o := simulate.LoopOptions{Days: j.each.Days, Runs: j.each.Runs, Missing: simulate.Missing(j.missing)}
	if j.design != "" {
		return nil, usage("--design is of an experiment; --loop has a policy: --policy")
	}
	if j.policy != "" {
		p, err := readPolicy(j.policy)
		if err != nil {
			return nil, err
		}
		o.Policy = p
	}
	worlds := simulate.Worlds()
	switch {
	case j.world == "":
		return nil, usage("no world was named: add --world iso, wide, null or all")
	case j.world == sameArms:
		return nil, usage("--loop has no A/A: in null its actions are the same")
	case j.world != everyWorld:
		w, err := simulate.ParseWorld(j.world)
		if err != nil {
			return nil, usage("--world %q is none; use iso, wide, null or all", j.world)
		}
		worlds = []simulate.World{w}
	case j.events != "":
		return nil, usage("--events are of one run; name one world with --world")
	}
	var all []simulate.LoopOptions
	for _, w := range worlds {
		one := o
		if one.World = w; one.Runs == 0 {
			one.Runs = 20
			if w == simulate.Null {
				one.Runs = 100
			}
		}
		if err := one.Check(); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func loopText(w io.Writer, r *simulate.Loop) {
	fmt.Fprintf(w, "%s\n", worldText(&simulate.Result{World: r.World}))
	fmt.Fprintf(w, "  %s runs of %d listeners over %d days, %.0f hours each, %.0f %% with an answer. Policy %s.\n", thousands(r.Runs), r.Listeners, r.Days, r.Hours, 100*float64(r.Answered), r.Policy)
	arm := r.Better
	if arm == "" {
		arm = adapt.Compensatory
		fmt.Fprintf(w, "  true        compensatory − iso, of hours that brought their listener nearer: %s; no arm is better for sure\n", around(r.True))
	} else {
		fmt.Fprintf(w, "  true        compensatory − iso, of hours that brought their listener nearer: %s; %s is better\n", around(r.True), r.Better)
	}
	fmt.Fprintf(w, "  drawn       %s in each quarter: %.0f, %.0f, %.0f, %.0f %% of the hours; an even draw has %.0f %%\n", arm,
		100*float64(r.Drawn[0].Value), 100*float64(r.Drawn[1].Value), 100*float64(r.Drawn[2].Value), 100*float64(r.Drawn[3].Value), 100*r.Even)
	fmt.Fprintf(w, "  regret      %s an hour against the best action; an even draw %.3f\n", around(r.Regret), r.RegretEven)
	fmt.Fprintf(w, "  learned     what was learned is better than an even draw by %s; its records say %s\n", around(r.GainTrue), around(r.Gain))
	if r.Closed > 0 {
		fmt.Fprintf(w, "  no number   in %d runs, where the hours cannot carry one\n", r.Closed)
	}
	fmt.Fprintf(w, "  intervals   %s hold the truth\n", shareOf(r.Covered))
	fmt.Fprintf(w, "  claims      in %s; false ones in %s\n", shareOf(r.Claimed), shareOf(r.False))
}
