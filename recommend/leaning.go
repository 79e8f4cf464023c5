package recommend

import (
	"context"

	"segue"
	"segue/persona"
	"segue/session"
)

// A leaning is what an hour needs to know of a listener besides the plays: little
// of a profile, and without its intervals, trends and resamples, which take most
// of a profile's time.
type leaning struct {
	usual *segue.Mood       // the usual mood; nil if its gate is closed or it is mixed
	style *persona.Defaults // how the persona likes its hours; nil while tuning
}

// leaning returns what a profile says of it, nothing if p is nil.
func (p *Profile) leaning() leaning {
	if p == nil {
		return leaning{}
	}
	return leaningFrom(p.Usual, p.Persona)
}

func leaningFrom(u session.Usual, p *persona.Persona) leaning {
	var t leaning
	if u.Known && u.Mood != nil && *u.Mood != segue.Mixed {
		t.usual = u.Mood
	}
	if p != nil {
		t.style = p.Defaults
	}
	return t
}

// leaningOf returns what ProfileOf would say of l's leaning, in time linear in the
// plays. The only error is ctx's.
func leaningOf(ctx context.Context, l *Listener) (leaning, error) {
	once := l.options
	once.Bootstrap = 1 // resamples give intervals; the mood is none's
	habits := session.NewWindow(l.Listening, l.Sessions, l.options).Habits()
	p, err := persona.PersonaOf(ctx, habits, nil, persona.Options{Tree: l.Trees.Persona, Gates: l.gates().Persona(habits)})
	if err != nil {
		return leaning{}, err
	}
	return leaningFrom(session.UsualMood(l.Listening, l.Sessions, once), p), nil
}

// gates returns the gates claims about l pass.
func (l *Listener) gates() session.Gates {
	if l.options.Gates == (session.Gates{}) {
		return session.DefaultGates()
	}
	return l.options.Gates
}
