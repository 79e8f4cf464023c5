package recommend

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"segue"
	"segue/mood"
	"segue/persona"
	"segue/playlist"
)

// ErrNoStart reports that no starting mood was named and none could be taken
// from the history. It wraps segue.ErrUsage.
var ErrNoStart = fmt.Errorf("no starting mood: %w", segue.ErrUsage)

// A WishError says which end of an hour cannot be meant, and why. It is an error
// of the call.
type WishError struct {
	End string // "from" or "to"
	Err error
}

// Error returns both in one line.
func (e *WishError) Error() string { return e.End + ": " + e.Err.Error() }

// Unwrap returns the reason and segue.ErrUsage.
func (e *WishError) Unwrap() []error { return []error{e.Err, segue.ErrUsage} }

// A Wish is what a listener asks of an hour, in their own words.
type Wish struct {
	From, To string       // an anchor's name or "valence,arousal"; empty: from the last session, to the default target
	Minutes  int          // playlist.MinMinutes to MaxMinutes; 0 is 60
	Arm      playlist.Arm // empty is iso
	Seed     uint64
	Night    bool // the night rules hold; without To a style may ask for them too
	Exclude  playlist.Exclusions
	Arc      playlist.ArcOptions
}

// Plan builds an hour from the music m, for listener l with profile p; both may
// be nil, the hour is then made of the catalogue alone.
//
// Where the gates are open, the listener's style shapes it (docs/science.md §5):
// how much of it is familiar, how small its steps are, and, if it leads where the
// style's own playlist would, tempo, which mood dimension moves first, and how
// many tracks stay with the start. A style that keeps the night rules at any hour
// does so unless w names a target; the playlist's notes say it.
// Without From the hour starts at the mood of the last session that has one, or
// Plan returns ErrNoStart; without To it leads where playlist.DefaultTarget
// says. Other errors are those of playlist.Plan.
func Plan(ctx context.Context, m *Music, l *Listener, p *Profile, w Wish) (*playlist.Playlist, error) {
	r := playlist.Request{Minutes: w.Minutes, Arm: w.Arm, Seed: w.Seed, Night: w.Night, Exclude: w.Exclude, Arc: w.Arc}
	if err := ends(&r, l, w); err != nil {
		return nil, err
	}
	lib := playlist.Library{Catalog: m.Catalog, Positions: m.Positions}
	if model := m.Model(); model != nil {
		lib.Space, lib.SpaceRows = model.Space(m.Catalog)
	} else if x, rows, err := mood.Space(m.Catalog, mood.DefaultFeatures()); err == nil {
		// A catalogue without such a space, of one track or one sound, still
		// has its candidates from the plane.
		lib.Space, lib.SpaceRows = x, rows
	}
	if l != nil && l.Listening.Matches != nil {
		lib.Heard = playlist.HeardOf(m.Catalog, l.Listening.Plays, l.Listening.Matches)
	}
	styled := false
	if p != nil {
		if p.Usual.Known && p.Usual.Mood != nil && *p.Usual.Mood != segue.Mixed {
			lib.Dominant = p.Usual.Mood
		}
		if p.Persona != nil && p.Persona.Defaults != nil {
			styled = shape(&r, *p.Persona.Defaults, w.To != "")
		}
	}
	library, err := playlist.NewLibrary(lib)
	if err != nil {
		return nil, err
	}
	hour, err := playlist.Plan(ctx, library, r)
	if err != nil {
		return nil, err
	}
	if styled {
		hour.Notes = append(hour.Notes, "The night rules hold at any hour, as late hours are your listening room; say where to go, and they hold at night only.")
	}
	return hour, nil
}

// Check returns the error that Plan would return for want of a start or a
// target, at no cost: what to ask a listener before the work.
func (w Wish) Check(l *Listener) error { return ends(new(playlist.Request), l, w) }

// ends finds where the hour starts and where it leads.
func ends(r *playlist.Request, l *Listener, w Wish) error {
	var err error
	if w.From != "" {
		if r.From, r.FromName, err = place(w.From); err != nil {
			return &WishError{"from", err}
		}
	} else {
		if l == nil {
			return fmt.Errorf("%w", ErrNoStart)
		}
		at, ok := l.LastMood()
		if !ok {
			return fmt.Errorf("%w", ErrNoStart)
		}
		r.From = at
	}
	if w.To != "" {
		if r.To, r.ToName, err = place(w.To); err != nil {
			return &WishError{"to", err}
		}
		return nil
	}
	route, err := playlist.DefaultTarget(r.From, r.FromName)
	if err != nil {
		return &WishError{"to", err}
	}
	r.To, r.ToName = route.To, route.ToName
	return nil
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

// shape lets a style's defaults shape a request, and reports whether it brought
// the night rules. What the listener asked for stays: where from, where to, the
// arc's own lead and hold. A style that sustains a mood needs nothing here: from
// that mood an hour without a named target stays (playlist.DefaultTarget).
func shape(r *playlist.Request, d persona.Defaults, named bool) (night bool) {
	if f := d.Familiarity; f > 0 {
		r.Familiarity = &[3]float64{f, f, f}
	}
	if d.StepFactor > 0 && d.StepFactor < 1 {
		r.StepFactor = d.StepFactor
	}
	if !leadsTo(*r, d.Target) {
		return false
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
	if d.NightRules && !named && !r.Night {
		r.Night = true
		return true
	}
	return false
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

// IsNight reports whether the night rules hold at a moment: 22:30 to 05:00 by
// the listener's clock. (docs/science.md §6)
func IsNight(at time.Time, zone *time.Location) bool {
	if zone != nil {
		at = at.In(zone)
	}
	minute := at.Hour()*60 + at.Minute()
	return minute >= 22*60+30 || minute < 5*60
}

// NeedsStart reports whether err says that the listener has to name a start.
func NeedsStart(err error) bool { return errors.Is(err, ErrNoStart) }
