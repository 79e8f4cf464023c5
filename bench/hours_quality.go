package bench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"segue"
	"segue/internal/parallel"
	"segue/playlist"
)

// A HourSize says how good hours made of a number of candidates are.
type HourSize struct {
	Candidates int     `json:"candidates"` // asked for
	Had        float64 `json:"had"`        // there were so many, on average
	Planned    int     `json:"planned"`    // cases with a plan; the others are impossible
	Impossible int     `json:"impossible"` // exclusions, zones and songs leave no playlist

	Gap     *Estimate `json:"gap"`     // (J − bound)/J, [0, 1]; null if nothing was planned
	Optimal float64   `json:"optimal"` // share of the plans that are proved to cost the least, [0, 1]

	// A catalogue allows an hour if at every moment of its arc AllowingTracks or
	// more tracks that may be played lie within the bar of an error of the place
	// planned, and, with a history, AllowingFamiliar or more of them are familiar: a
	// look at the catalogue, with nothing of the search in it.
	Allowed       int `json:"allowed"`        // planned cases the catalogue allows
	AllowedPassed int `json:"allowed_passed"` // … of which pass every bar
	Passed        int `json:"passed"`         // of all planned

	Relaxed map[string]int `json:"relaxed"` // plans that miss a bar, by rule that was relaxed
	Missed  map[string]int `json:"missed"`  // plans that miss a bar, by metric
	Silent  int            `json:"silent"`  // plans that miss a bar and relaxed nothing

	// A greedy order that keeps every hard rule is one the search could have found.
	GreedyKept int `json:"greedy_kept"` // cases in which greedy keeps them all, with as many tracks
	NoDearer   int `json:"no_dearer"`   // … of which the plan costs no more
	BoundAbove int `json:"bound_above"` // … of which it costs less than the plan's bound, which is then wrong

	Metrics []MetricCompared `json:"metrics"`
}

// How many tracks near every moment of an arc make a catalogue allow it, and how
// many of them a listener must know. (d)
const (
	AllowingTracks   = 10
	AllowingFamiliar = 5
)

// A MetricCompared is one metric over the cases in which plan, greedy and mix all
// have it.
type MetricCompared struct {
	Metric string      `json:"metric"` // of a check, or cost_a_slot, which is J/N
	Least  bool        `json:"least"`  // more is better
	Cases  int         `json:"cases"`
	Plan   ArmMeasured `json:"plan"`
	Greedy ArmMeasured `json:"greedy"`
	Mix    ArmMeasured `json:"mix"`

	// Shares of the cases in which the plan's value is as good or better, [0, 1].
	OverGreedy float64 `json:"over_greedy"`
	OverMix    float64 `json:"over_mix"`
}

// ArmMeasured is a metric of one kind of hour.
type ArmMeasured struct {
	Mean   float64  `json:"mean"`
	Passed *float64 `json:"passed"` // share of the cases that pass its bar, [0, 1]; null where there is no bar
}

// mix makes the mix of each case, which depends on no number of candidates.
func (o HoursOptions) mix(ctx context.Context, lib *playlist.Library, cases []playlist.Request) ([]*playlist.Playlist, error) {
	mixes := make([]*playlist.Playlist, len(cases))
	err := o.each(ctx, "mix", len(cases), func(ctx context.Context, i int) (err error) {
		mixes[i], err = possible(playlist.Baseline(ctx, lib, cases[i], playlist.Mix))
		return err
	})
	return mixes, err
}

// each does work for every case, several at a time, and tells how far it is.
func (o HoursOptions) each(ctx context.Context, stage string, n int, work func(ctx context.Context, i int) error) error {
	var done atomic.Int64
	return parallel.Each(ctx, n, func(ctx context.Context, i int) error {
		err := work(ctx, i)
		o.tell(stage, int(done.Add(1)), n)
		return err
	})
}

// size plans every case from m candidates and lays the results side by side.
func (o HoursOptions) size(ctx context.Context, lib *playlist.Library, cases []playlist.Request, mixes []*playlist.Playlist, m int) (HourSize, error) {
	plans, greedy := make([]*playlist.Playlist, len(cases)), make([]*playlist.Playlist, len(cases))
	err := o.each(ctx, fmt.Sprintf("hours of %d candidates", m), len(cases), func(ctx context.Context, i int) (err error) {
		r := cases[i]
		r.Candidates = m
		if plans[i], err = possible(playlist.Plan(ctx, lib, r)); err != nil {
			return err
		}
		greedy[i], err = possible(playlist.Baseline(ctx, lib, r, playlist.Greedy))
		return err
	})
	s := HourSize{Candidates: m, Relaxed: map[string]int{}, Missed: map[string]int{}}
	if err != nil {
		return s, err
	}
	ground := newGround(lib)
	var gaps, had []float64
	for i, p := range plans {
		if p == nil {
			s.Impossible++
			continue
		}
		s.Planned++
		gaps, had = append(gaps, *p.Gap), append(had, float64(p.Candidates))
		if *p.Gap <= 1e-9 {
			s.Optimal++
		}
		if g := greedy[i]; g != nil && len(g.Relaxed) == 0 && g.Metrics.Forbidden == 0 && len(g.Tracks) == len(p.Tracks) {
			s.GreedyKept++
			if *p.Cost <= *g.Cost+1e-9 {
				s.NoDearer++
			}
			if *p.LowerBound > *g.Cost+1e-9 {
				s.BoundAbove++
			}
		}
		missed := missedBars(p)
		allowed := ground.allows(p.Arc, cases[i].Night)
		if allowed {
			s.Allowed++
		}
		if len(missed) == 0 {
			s.Passed++
			if allowed {
				s.AllowedPassed++
			}
			continue
		}
		for _, metric := range missed {
			s.Missed[metric]++
		}
		for _, x := range p.Relaxed {
			s.Relaxed[x.Rule]++
		}
		if len(p.Relaxed) == 0 {
			s.Silent++
		}
	}
	if s.Planned > 0 {
		g := estimate(gaps, o.Seed)
		s.Gap, s.Had, s.Optimal = &g, mean(had), s.Optimal/float64(s.Planned)
	}
	s.Metrics = compare(plans, greedy, mixes)
	return s, nil
}

// missedBars names the checks that a playlist does not pass.
func missedBars(p *playlist.Playlist) []string {
	var out []string
	for _, c := range p.Checks {
		if c.Pass != nil && !*c.Pass {
			out = append(out, c.Metric)
		}
	}
	return out
}

// compare lays the metrics of three ways to make the same hours side by side.
func compare(plans, greedy, mixes []*playlist.Playlist) []MetricCompared {
	var out []MetricCompared
	find := func(metric string) *MetricCompared {
		at := slices.IndexFunc(out, func(m MetricCompared) bool { return m.Metric == metric })
		if at < 0 {
			at, out = len(out), append(out, MetricCompared{Metric: metric})
		}
		return &out[at]
	}
	for i := range plans {
		if plans[i] == nil || greedy[i] == nil || mixes[i] == nil {
			continue
		}
		of := [3][]playlist.Check{measured(plans[i]), measured(greedy[i]), measured(mixes[i])}
		for k, c := range of[0] {
			if c.Value == nil || of[1][k].Value == nil || of[2][k].Value == nil {
				continue
			}
			m := find(c.Metric)
			m.Cases++
			m.Least = c.Least
			for a, arm := range [3]*ArmMeasured{&m.Plan, &m.Greedy, &m.Mix} {
				arm.Mean += *of[a][k].Value
				if pass := of[a][k].Pass; pass != nil {
					if arm.Passed == nil {
						arm.Passed = new(float64)
					}
					if *pass {
						*arm.Passed++
					}
				}
			}
			if asGood(c, of[1][k]) {
				m.OverGreedy++
			}
			if asGood(c, of[2][k]) {
				m.OverMix++
			}
		}
	}
	for i := range out {
		m := &out[i]
		n := float64(m.Cases)
		for _, arm := range [3]*ArmMeasured{&m.Plan, &m.Greedy, &m.Mix} {
			arm.Mean /= n
			if arm.Passed != nil {
				*arm.Passed /= n
			}
		}
		m.OverGreedy, m.OverMix = m.OverGreedy/n, m.OverMix/n
	}
	return out
}

// measured returns the checks of a playlist, and before them what a slot costs.
func measured(p *playlist.Playlist) []playlist.Check {
	cost := *p.Cost / float64(len(p.Tracks))
	return append([]playlist.Check{{Metric: "cost_a_slot", Value: &cost}}, p.Checks...)
}

// asGood reports whether a value is as good as another, or better.
func asGood(a, b playlist.Check) bool {
	if a.Least {
		return *a.Value >= *b.Value-1e-9
	}
	return *a.Value <= *b.Value+1e-9
}

// ground is where the tracks lie that may be played with the usual exclusions: all
// of them, and those the listener is familiar with, which are none without a
// history.
type ground struct {
	all, familiar []segue.Affect
	heard         bool // there is a history
}

func newGround(lib *playlist.Library) ground {
	g := ground{heard: lib.Heard != nil}
	c := lib.Catalog
	above := func(f segue.Feature, row int, most float64) bool {
		return c.Feature[f] != nil && float64(c.Feature[f][row]) > most
	}
	for row, at := range lib.Positions {
		length := c.Duration(row)
		if !at.Known() || length < playlist.MinTrack || length > playlist.MaxTrack ||
			above(segue.Speechiness, row, playlist.MaxSpeech) || above(segue.Liveness, row, playlist.MaxLive) {
			continue
		}
		g.all = append(g.all, at)
		if g.heard && lib.Heard.Completed(int32(row)) >= playlist.FamiliarPlays {
			g.familiar = append(g.familiar, at)
		}
	}
	return g
}

// allows reports whether enough tracks lie near every moment of an arc.
func (g ground) allows(arc playlist.Path, night bool) bool {
	for _, moment := range arc.Points {
		if !enough(g.all, AllowingTracks, moment.Affect, night) || g.heard && !enough(g.familiar, AllowingFamiliar, moment.Affect, night) {
			return false
		}
	}
	return true
}

// enough reports whether so many places lie within the bar of an error of a point.
func enough(places []segue.Affect, want int, point segue.Affect, night bool) bool {
	for _, at := range places {
		if night && at.Arousal > playlist.NightArousal {
			continue
		}
		if math.Abs(at.Valence-point.Valence) <= playlist.BarError && at.Distance(point) <= playlist.BarError {
			if want--; want == 0 {
				return true
			}
		}
	}
	return false
}
