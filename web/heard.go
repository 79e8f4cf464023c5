package web

import (
	"context"
	"errors"
	"fmt"

	"segue"
	"segue/session"
	"segue/store"
)

// A heardPart is some sessions in a row with their plays, which are read from the store
// while a page is made and let go with it. A session's First and Last number them from
// 0 on.
type heardPart struct {
	session.Listening
	sessions []segue.Session
	first    int // number of the first session among all, from 0
}

// errChanged says that the plays are no longer those of the portrait: another process
// brought some.
var errChanged = fmt.Errorf("web: the plays have changed: %w", store.ErrConflict)

// heard reads the plays of a portrait's sessions from first on and before end. It
// returns errChanged if they are not what the portrait was painted of.
func (v *visit) heard(ctx context.Context, p *portrait, first, end int) (*heardPart, error) {
	h := &heardPart{sessions: p.listener.Sessions.Slice(first, end), first: first}
	if first == end {
		return h, nil
	}
	from, to := h.sessions[0].First, h.sessions[len(h.sessions)-1].Last
	plays, err := v.keeper(store.Plays).PlaysAt(ctx, v.who.ID, from, to-from)
	if err != nil {
		return nil, err
	}
	if len(plays) != to-from {
		return nil, errChanged
	}
	for i := range h.sessions {
		s := &h.sessions[i]
		s.First, s.Last = s.First-from, s.Last-from
		// A store keeps milliseconds.
		if plays[s.Last-1].EndedAt.UnixMilli() != s.End.UnixMilli() {
			return nil, errChanged
		}
	}
	m, err := p.felt(ctx)
	if err != nil {
		return nil, err
	}
	h.Listening, err = m.Beside(ctx, plays, v.zone())
	return h, err
}

// studying calls show with the portrait of a listener with a history that may be
// read, and once more with a new one if that shows the plays to have changed.
func (v *visit) studying(ctx context.Context, show func(*portrait) error) error {
	for again := false; ; again = true {
		p, err := v.listening(ctx)
		if err != nil {
			return err
		}
		if err = show(p); again || !errors.Is(err, errChanged) {
			return err
		}
		v.server.portraits.forget(v.who.ID)
	}
}
