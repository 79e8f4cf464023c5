package recommend

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"segue"
	"segue/persona"
	"segue/playlist"
)

// ErrNoStart reports that no starting mood was named and none could be taken
// from the history. It wraps segue.ErrUsage.
var ErrNoStart = fmt.Errorf("no starting mood: %w", segue.ErrUsage)

// NeedsStart reports whether err says that the listener has to name a start.
func NeedsStart(err error) bool { return errors.Is(err, ErrNoStart) }

// A WishError says which end of an hour cannot be meant, and why. It is an error
// of the call.
type WishError struct {
	End string // "from" or "to"
	Err error

	said string // what names no place; empty if no place was named
}

// Error returns both in one line.
func (e *WishError) Error() string { return e.End + ": " + e.Err.Error() }

// Unwrap returns the reason and segue.ErrUsage.
func (e *WishError) Unwrap() []error { return []error{e.Err, segue.ErrUsage} }

// A Wish is what a listener asks of an hour, in their own words.
type Wish struct {
	// From and To are an anchor's name or "valence,arousal". Where one is empty,
	// the check-in says it; without a check-in the last session says from where,
	// and the default target where to.
	From, To string
	CheckIn  *segue.CheckIn // what the listener said last; nil if nothing

	Minutes     int          // playlist.MinMinutes to MaxMinutes; 0 is 60
	Arm         playlist.Arm // empty is iso
	Seed        uint64
	Night       bool // the night rules hold; without a target a style may ask for them too
	Exclude     playlist.Exclusions
	Arc         playlist.ArcOptions
	Familiarity *[3]float64     // share of familiar tracks in each third, [0, 1]; nil leaves it to the style, or .80, .60, .60
	Locks       []playlist.Lock // tracks at chosen places
	Wishes      []string        // ids of tracks that must be in it

	Candidates    int  // how many tracks to choose from, as in playlist.Request; 0 is playlist.GoodCandidates
	NoCertificate bool // spare the time a lower bound of the cost takes
}

// A Past says where a listener was last: a *Listener or a *Digest, either of which may
// be nil.
type Past interface {
	LastMood() (segue.Affect, bool)
}

// Check returns the error that Plan would return for want of a start or a
// target, at no cost: what to ask a listener before the work. l may be nil.
func (w Wish) Check(l Past) error { return w.ends(new(playlist.Request), l) }

// RequestOf returns what is asked of playlist.Plan when listener l with profile
// p wishes w; both may be nil. With the library that Music.Library returns it is
// all there is to an hour, so that it can be built, changed and built again.
//
// Where the gates are open, the listener's style shapes it (docs/science.md §5):
// how much of it is familiar, how small its steps are, and, if it leads where the
// style's own playlist would, tempo, which mood dimension moves first, and how
// many tracks stay with the start. A style that keeps the night rules at any hour
// does so unless the wish names a target.
// Errors are ErrNoStart, if nothing says where the hour starts, and WishError.
func RequestOf(l Past, p *Profile, w Wish) (playlist.Request, error) {
	return w.request(l, p.leaning())
}

// request puts the wish of a listener with a leaning into a request.
func (w Wish) request(l Past, t leaning) (playlist.Request, error) {
	r := playlist.Request{
		Minutes: w.Minutes, Arm: w.Arm, Seed: w.Seed, Night: w.Night, Exclude: w.Exclude, Arc: w.Arc,
		Locks: w.Locks, Wishes: w.Wishes, Candidates: w.Candidates, NoCertificate: w.NoCertificate,
	}
	if err := w.ends(&r, l); err != nil {
		return playlist.Request{}, err
	}
	if t.style != nil {
		shape(&r, *t.style, w.namesTarget())
	}
	if w.Familiarity != nil {
		r.Familiarity = w.Familiarity
	}
	return r, nil
}

// namesTarget reports whether the listener said where to go.
func (w Wish) namesTarget() bool { return w.To != "" || w.CheckIn != nil && w.CheckIn.Target != nil }

// ends finds where the hour starts and where it leads.
func (w Wish) ends(r *playlist.Request, l Past) error {
	var err error
	if w.From != "" {
		if r.From, r.FromName, err = place(w.From); err != nil {
			return &WishError{End: "from", Err: err, said: w.From}
		}
	} else if r.From, err = w.start(l); err != nil {
		return err
	}
	if w.To != "" {
		if r.To, r.ToName, err = place(w.To); err != nil {
			return &WishError{End: "to", Err: err, said: w.To}
		}
		return nil
	}
	if w.namesTarget() {
		r.To = *w.CheckIn.Target
		return nil
	}
	route, err := playlist.DefaultTarget(r.From, r.FromName)
	if err != nil {
		return &WishError{End: "to", Err: err}
	}
	r.To, r.ToName = route.To, route.ToName
	return nil
}

// start returns where an hour without From starts.
func (w Wish) start(l Past) (segue.Affect, error) {
	if w.CheckIn != nil {
		return w.CheckIn.Now, nil
	}
	if l != nil {
		if at, ok := l.LastMood(); ok {
			return at, nil
		}
	}
	return segue.Affect{}, fmt.Errorf("%w", ErrNoStart)
}

// place reads a point of the plane and keeps its name, if it is an anchor's.
func place(s string) (at segue.Affect, name string, err error) {
	at, err = segue.ParseAffect(s)
	if err != nil {
		return at, "", err
	}
	if !strings.Contains(s, ",") {
		name = strings.ToLower(strings.TrimSpace(s))
	}
	return at, name, nil
}

// shape lets a style's defaults shape a request. What the listener asked for
// stays: where from, where to, the arc's own lead and hold. A style that sustains
// a mood needs nothing here: from that mood an hour without a named target stays
// (playlist.DefaultTarget).
func shape(r *playlist.Request, d persona.Defaults, named bool) {
	if f := d.Familiarity; f > 0 {
		r.Familiarity = &[3]float64{f, f, f}
	}
	if d.StepFactor > 0 && d.StepFactor < 1 {
		r.StepFactor = d.StepFactor
	}
	if !leadsTo(*r, d.Target) {
		return
	}
	if d.FromBPM > 0 && d.ToBPM > 0 {
		r.Tempo = &playlist.TempoBias{From: d.FromBPM, To: d.ToBPM}
	}
	if r.Arc.Hold == 0 {
		r.Matched = d.Matched
	}
	if d.ArousalFirst && r.Arc.Lead == "" && r.From != r.To {
		// A way that has a lead or waypoints of its own keeps them.
		if lead, _ := playlist.RouteBetween(r.From, r.FromName, r.To, r.ToName); lead == playlist.LeadNone {
			r.Arc.Lead, r.Arc.Waypoints = playlist.LeadArousal, nil
		}
	}
	if d.NightRules && !named {
		r.Night = true
	}
}

// leadsTo reports whether a request leads to an anchor: by name, or, to a point,
// by the nearest anchor. The middle of the plane goes by none.
func leadsTo(r playlist.Request, anchor string) bool {
	if r.ToName != "" {
		return r.ToName == anchor
	}
	if segue.LabelOf(r.To) == segue.Mixed {
		return false
	}
	nearest := segue.Anchor{At: segue.Affect{Valence: math.Inf(1)}}
	for _, a := range segue.Anchors() {
		if a.At.Distance(r.To) < nearest.At.Distance(r.To) {
			nearest = a
		}
	}
	return nearest.Name == anchor
}
