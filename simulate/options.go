package simulate

import (
	"fmt"
	"math"
	"slices"

	"segue"
	"segue/outcome/experiment"
	"segue/playlist"
)

// PanelOptions say which listeners to invent. The zero value of a field is its default.
type PanelOptions struct {
	Listeners   int // 2 … MaxListeners; default 40
	HistoryDays int // of listening before experiments, 30 … 365; default 120
	Minutes     int // of an hour; default 60
	Candidates  int // tracks to plan an hour from, as in playlist.Request; default 100
	Variants    int // different hours for the same wish of a listener, 1 … 100; default 1
	Seed        uint64

	// Exports is a folder to which histories are written as a streaming account's
	// exports, one folder a listener, and from which they are read back. Empty skips the
	// files: then package history is not used.
	Exports string

	Progress segue.Progress // may be nil
}

// Options say what to simulate with a panel. The zero value of a field is its default.
type Options struct {
	World   World           // default Null
	Same    bool            // A/A: two arms that both play the first of Arms
	Arms    []playlist.Arm  // different ones, the first compared with each other; default iso and compensatory
	Days    int             // that listeners take part, 7 … 365; default 56
	Runs    int             // experiments, 1 … MaxRuns; default 100
	Reading experiment.Mode // default AlwaysValid: read after every observation, and what was ever claimed counts
	Missing Missing         // default AtRandom
	Truth   int             // visits of which every arm's Δ is computed, to know the true effect; default 2000

	Progress segue.Progress // may be nil
}

// Bounds of a simulation. (d)
const (
	MaxListeners = 2000
	MaxRuns      = 10_000
)

// Missing says who does not say how it was.
type Missing string

// The ways in which answers are missing.
const (
	AtRandom    Missing = "at_random"     // some, whatever happened
	NotAtRandom Missing = "not_at_random" // sooner those whom it did not help
	Leavers     Missing = "leavers"       // some, and all who stopped the music before its end
	Nobody      Missing = "nobody"        // everybody answers
)

// Missings returns the ways, in the order they are shown.
func Missings() []Missing { return []Missing{AtRandom, NotAtRandom, Leavers, Nobody} }

// answered returns the chance that a visit's questions are answered.
func (w Missing) answered(v *visit) float64 {
	switch w {
	case NotAtRandom:
		return logistic(math.Log(answers/(1-answers)) + answerSlope*v.gain)
	case Leavers:
		if v.hearing.left {
			return 0
		}
		return answers
	case Nobody:
		return 1
	}
	return answers
}

// A bound is what a number of options may be.
type bound struct {
	what      string
	n         *int
	preset    int
	least, to int
}

// keep fills in what was left 0, and returns an error wrapping segue.ErrUsage if
// another number is out of its bounds.
func keep(bounds ...bound) error {
	for _, b := range bounds {
		if *b.n == 0 {
			*b.n = b.preset
		}
		if *b.n < b.least || *b.n > b.to {
			return fmt.Errorf("%d %s cannot be simulated; ask for %d to %d: %w", *b.n, b.what, b.least, b.to, segue.ErrUsage)
		}
	}
	return nil
}

// Check returns the error that NewPanel would return for options that cannot be.
func (o PanelOptions) Check() error {
	_, err := o.filled()
	return err
}

// Check returns the error that Run would return for options that cannot be.
func (o Options) Check() error {
	_, err := o.filled()
	return err
}

func (o PanelOptions) filled() (PanelOptions, error) {
	return o, keep(
		bound{"listeners", &o.Listeners, 40, 2, MaxListeners},
		bound{"days of history", &o.HistoryDays, 120, 30, 365},
		bound{"minutes", &o.Minutes, 60, playlist.MinMinutes, playlist.MaxMinutes},
		bound{"candidates", &o.Candidates, 100, playlist.MinAsked, playlist.MaxAsked},
		bound{"variants", &o.Variants, 1, 1, 100},
	)
}

func (o Options) filled() (Options, error) {
	if o.World == "" {
		o.World = Null
	}
	if o.Missing == "" {
		o.Missing = AtRandom
	}
	if o.Reading == "" {
		o.Reading = experiment.AlwaysValid
	}
	if len(o.Arms) == 0 {
		o.Arms = []playlist.Arm{playlist.Iso, playlist.Compensatory}
	}
	if err := keep(
		bound{"days", &o.Days, 56, 7, 365},
		bound{"runs", &o.Runs, 100, 1, MaxRuns},
		bound{"visits of known truth", &o.Truth, 2000, 1, 1_000_000},
	); err != nil {
		return o, err
	}
	if _, err := ParseWorld(string(o.World)); err != nil {
		return o, err
	}
	if !slices.Contains(Missings(), o.Missing) {
		return o, fmt.Errorf("answers cannot be missing as %q; there are at_random, not_at_random, leavers and nobody: %w", o.Missing, segue.ErrUsage)
	}
	if o.Reading != experiment.AlwaysValid && o.Reading != experiment.FixedHorizon {
		return o, fmt.Errorf("no reading is called %q; there are always_valid and fixed_horizon: %w", o.Reading, segue.ErrUsage)
	}
	return o, o.checkArms()
}

func (o *Options) checkArms() error {
	for i, a := range o.Arms {
		switch {
		case a != playlist.Iso && a != playlist.Compensatory && a != playlist.Shuffle:
			return fmt.Errorf("no arm is called %q; there are iso, compensatory and shuffle: %w", a, segue.ErrUsage)
		case slices.Contains(o.Arms[:i], a):
			return fmt.Errorf("the arm %s stands twice; to compare a thing with itself, make it A/A: %w", a, segue.ErrUsage)
		}
	}
	if o.Same {
		o.Arms = o.Arms[:1]
	} else if len(o.Arms) < 2 {
		return fmt.Errorf("one arm has nothing to be compared with; name two or three: %w", segue.ErrUsage)
	}
	return nil
}

// The arms of an A/A design.
const firstSame, secondSame = "a", "b"

// names returns the arms' names in the design.
func (o Options) names() []string {
	if o.Same {
		return []string{firstSame, secondSame}
	}
	names := make([]string, len(o.Arms))
	for i, a := range o.Arms {
		names[i] = string(a)
	}
	return names
}

// plays returns what a design's arm plays.
func (o Options) plays(arm string) playlist.Arm {
	if o.Same {
		return o.Arms[0]
	}
	return playlist.Arm(arm)
}

// tell reports progress, if anybody listens.
func tell(p segue.Progress, stage string, done int64, total int) {
	if p != nil {
		p(stage, done, int64(total))
	}
}
