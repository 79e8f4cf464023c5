package recommend

import (
	"context"
	"time"

	"segue"
	"segue/match"
	"segue/persona"
	"segue/session"
)

// A Profile is what can be said of a listener's music, each part behind its
// data gate, with what is missing where a gate is closed.
type Profile struct {
	TimeZone string             `json:"time_zone"` // whose hours and days these are
	Coverage match.Coverage     `json:"coverage"`
	Usual    session.Usual      `json:"usual"`
	Dynamics session.Dynamics   `json:"dynamics"`
	Trends   session.Trends     `json:"trends"`
	Habits   HabitsView         `json:"habits"`
	Persona  *persona.Persona   `json:"persona"`
	Offer    persona.Suggestion `json:"offer"`
	Gates    []GateView         `json:"gates"` // every gate, open or not

	Signals segue.Signals `json:"-"` // what Offer rests on, to decide anew at another time
}

// HabitsView is a listener's habits as JSON shows them; what could not be
// computed is null.
type HabitsView struct {
	From            *time.Time          `json:"from"` // null if nothing was played
	To              *time.Time          `json:"to"`
	ActiveDays      int                 `json:"active_days"`
	Sessions        int                 `json:"sessions"`
	MoodSessions    int                 `json:"mood_sessions"`
	Plays           int                 `json:"plays"`
	Featured        int                 `json:"featured"`
	RecentMoods     int                 `json:"recent_moods"` // sessions with a mood from From to To
	Exploration     segue.Number        `json:"exploration"`
	ExplorationKind session.Exploration `json:"exploration_kind"`
	Loyalty         segue.Number        `json:"loyalty"`
	Arousal         segue.Number        `json:"arousal"`
	Valence         segue.Number        `json:"valence"`
	Swing           segue.Number        `json:"swing"`
	Night           segue.Number        `json:"night"`
}

// GateView is a gate with its answer.
type GateView struct {
	segue.Gate
	Open bool `json:"open"`
}

// ProfileOptions say from where to look at a listener. The zero value looks
// from the end of the history, without a check-in.
type ProfileOptions struct {
	Now     time.Time      // zero: the end of the last play
	CheckIn *segue.CheckIn // what the listener said last; nil if nothing
	Seed    uint64         // of the persona's resamples
}

// TrendDays is how many days of a history a profile looks for a trend in. What
// changed longer ago is not news, and comparing every pair of days costs their
// square. (d)
const TrendDays = 365

// ProfileOf describes a listener. Cost is linear in plays. The only error is ctx's.
func ProfileOf(ctx context.Context, l *Listener, o ProfileOptions) (*Profile, error) {
	w := session.NewWindow(l.Listening, l.Sessions, l.options)
	habits := w.Habits()
	gates := l.gates()
	now := o.Now
	if plays := l.Listening.Plays; now.IsZero() && len(plays) > 0 {
		now = plays[len(plays)-1].EndedAt
	}
	p := &Profile{
		TimeZone: l.Zone().String(),
		Coverage: l.Coverage,
		Usual:    session.UsualMood(l.Listening, l.Sessions, l.options),
		Dynamics: session.DynamicsOf(l.Listening, l.Sessions),
		Trends:   session.TrendsOf(l.Listening, l.options, TrendDays),
		Habits:   viewHabits(habits, w.Exploration()),
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var err error
	p.Persona, err = persona.PersonaOf(ctx, habits, w.Resample, persona.Options{Tree: l.Trees.Persona, Gates: gates.Persona(habits), Seed: o.Seed})
	if err != nil {
		return nil, err
	}
	p.Signals = session.SignalsOf(l.Listening, l.Sessions, l.options)
	p.Offer = persona.Offer(p.Signals, persona.Situation{Now: now, CheckIn: o.CheckIn, Gates: gates.Usual(habits)}, l.Trees.Offer)
	for _, set := range [][]segue.Gate{p.Usual.Gates, p.Persona.Gates, p.Trends.Valence.Gates} {
		for _, g := range set {
			p.Gates = append(p.Gates, GateView{g, g.Open()})
		}
	}
	return p, nil
}

func viewHabits(h segue.Habits, kind session.Exploration) HabitsView {
	v := HabitsView{
		ActiveDays: h.ActiveDays, Sessions: h.Sessions, MoodSessions: h.MoodSessions, Plays: h.Plays, Featured: h.Featured, RecentMoods: h.RecentMoods,
		Exploration: segue.Number(h.Exploration), ExplorationKind: kind, Loyalty: segue.Number(h.Loyalty),
		Arousal: segue.Number(h.Arousal), Valence: segue.Number(h.Valence), Swing: segue.Number(h.Swing), Night: segue.Number(h.Night),
	}
	if !h.To.IsZero() {
		v.From, v.To = &h.From, &h.To
	}
	return v
}
