package report

import (
	"time"

	"segue"
	"segue/match"
	"segue/persona"
	"segue/recommend"
	"segue/session"
)

// A listener is a history and what is said of it, as the chapters need it.
type listener struct {
	session.Listening
	Coverage match.Coverage
	Sessions []segue.Session
	Usual    session.Usual
	Dynamics session.Dynamics
	Trends   session.Trends
	Gap      time.Duration
	Gaps     []time.Duration // whose session counts Counts holds
	Counts   []int
	Habits   recommend.HabitsView
	Persona  *persona.Persona
	Offer    persona.Suggestion
}

// listenerOf gathers the listener of a result, nil if it has none.
func listenerOf(r *recommend.Result) *listener {
	if r.Listener == nil || r.Profile == nil {
		return nil
	}
	l := &listener{
		Listening: r.Listener.Listening, Coverage: r.Listener.Coverage, Sessions: r.Listener.Sessions, Gap: r.Listener.Gap,
		Usual: r.Profile.Usual, Dynamics: r.Profile.Dynamics, Trends: r.Profile.Trends, Habits: r.Profile.Habits,
		Persona: r.Profile.Persona, Offer: r.Profile.Offer, Gaps: session.DefaultGaps(),
	}
	l.Counts = session.Sensitivity(l.Plays, l.Gaps...)
	return l
}

// zone returns where the listener lives, UTC if that was not said.
func (l *listener) zone() *time.Location {
	if l.Location == nil {
		return time.UTC
	}
	return l.Location
}
