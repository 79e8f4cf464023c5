package recommend

import (
	"context"
	"errors"
	"fmt"
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

// A Wish is what a listener asks of an hour, in their own words.
type Wish struct {
	From, To string       // an anchor's name or "valence,arousal"; empty: from the last session, to the default target
	Minutes  int          // playlist.MinMinutes to MaxMinutes; 0 is 60
	Arm      playlist.Arm // empty is iso
	Seed     uint64
	Night    bool // the night rules hold
	Exclude  playlist.Exclusions
	Arc      playlist.ArcOptions
}

// Plan builds an hour from the music m, for listener l with profile p; both may
// be nil, the hour is then made of the catalogue alone.
//
// Where the gates are open, the persona's habits shape it: how much of it is
// familiar, and, if it leads where the persona's own playlist would, its tempo.
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
	if p != nil {
		if p.Usual.Known && p.Usual.Mood != nil && *p.Usual.Mood != segue.Mixed {
			lib.Dominant = p.Usual.Mood
		}
		if p.Persona != nil && p.Persona.Defaults != nil {
			habitsInto(&r, *p.Persona.Defaults)
		}
	}
	library, err := playlist.NewLibrary(lib)
	if err != nil {
		return nil, err
	}
	return playlist.Plan(ctx, library, r)
}

// ends finds where the hour starts and where it leads.
func ends(r *playlist.Request, l *Listener, w Wish) error {
	var err error
	if w.From != "" {
		if r.From, r.FromName, err = place(w.From); err != nil {
			return fmt.Errorf("--from: %w: %w", err, segue.ErrUsage)
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
			return fmt.Errorf("--to: %w: %w", err, segue.ErrUsage)
		}
		return nil
	}
	route, err := playlist.DefaultTarget(r.From, r.FromName)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
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

// habitsInto lets a persona's defaults shape a request.
func habitsInto(r *playlist.Request, d persona.Defaults) {
	if f := d.Familiarity; f > 0 {
		r.Familiarity = &[3]float64{f, f, f}
	}
	if r.ToName == d.Target && d.FromBPM > 0 && d.ToBPM > 0 {
		r.Tempo = &playlist.TempoBias{From: d.FromBPM, To: d.ToBPM}
	}
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
