package web

import (
	"context"
	"net/http"
	"sync"

	"segue"
	"segue/language"
	"segue/persona"
	"segue/playlist"
	"segue/recommend"
	"segue/session"
	"segue/store"
)

// A portrait is a listener laid beside the music: their sessions, moods, habits
// and style. It is computed once after each change and then only read.
type portrait struct {
	music    *recommend.Music
	listener *recommend.Listener // nil without a history
	profile  *recommend.Profile  // nil without a history
	signals  segue.Signals
	facts    factsOnce
	rhythm   *recommend.Profile // hours and days alone, those of single plays and those of sums
	summed   int                // days of it that only sums are left of

	mu        sync.Mutex
	drawn     map[string]string // pictures and long texts by language and name
	libraries map[string]*playlist.Library
}

// picture returns what draw makes, drawn once in a language.
func (p *portrait) picture(t *language.Tongue, name string, draw func() string) string {
	key := t.Code() + " " + name
	p.mu.Lock()
	s, ok := p.drawn[key]
	p.mu.Unlock()
	if ok {
		return s
	}
	s = draw() // two who draw at once draw the same
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawn[key] = s
	return s
}

// library returns the music as an hour for the listener is made of it, which
// speaks a language.
func (p *portrait) library(t *language.Tongue) (*playlist.Library, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l, ok := p.libraries[t.Code()]; ok {
		return l, nil
	}
	l, err := p.music.Library(p.listener, p.profile)
	if err != nil {
		return nil, err
	}
	l = l.In(t)
	p.libraries[t.Code()] = l
	return l, nil
}

// portraits keeps one portrait a listener and makes it once for all who wait.
type portraits struct {
	mu sync.Mutex
	of map[string]*sitting
}

// A sitting is a portrait in the making.
type sitting struct {
	of   basis
	done chan struct{}
	is   *portrait
	err  error
}

// A basis is what of a listener a portrait rests on, beside plays and music. A
// request that began before one of it changed must not leave a portrait for those
// that come after.
type basis struct {
	zone         string
	moods, plays bool // consents
	created      int64
}

func (v *visit) basis() basis {
	return basis{v.who.Zone, v.allows(store.Moods), v.allows(store.Plays), v.who.Created.UnixMilli()}
}

func (p *portraits) init() { p.of = map[string]*sitting{} }

// forget drops a listener's portrait: something it rests on has changed.
func (p *portraits) forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.of, id)
}

// put keeps a portrait that was made already.
func (p *portraits) put(id string, of basis, one *portrait) {
	done := make(chan struct{})
	close(done)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.of[id] = &sitting{of: of, done: done, is: one}
}

// portrait returns the portrait of who visits. Without the consent to read moods
// it has the music alone.
func (v *visit) portrait(ctx context.Context) (*portrait, error) {
	all := &v.server.portraits
	all.mu.Lock()
	one, of := all.of[v.who.ID], v.basis()
	if one == nil || one.of != of {
		one = &sitting{of: of, done: make(chan struct{})}
		all.of[v.who.ID] = one
		v.server.tasks.begin(func() {
			one.err = rescued(func() (err error) {
				one.is, err = v.paint(v.server.ctx)
				return err
			})
			if one.err != nil {
				all.mu.Lock()
				if all.of[v.who.ID] == one {
					delete(all.of, v.who.ID) // the next one tries again
				}
				all.mu.Unlock()
			}
			close(one.done)
		})
	}
	all.mu.Unlock()
	select {
	case <-one.done:
		return one.is, one.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Warm loads the music and, where there is one listener, computes their portrait, so
// that the first pages need not wait. It returns ErrNoMusic where there is no music.
func (s *Server) Warm(ctx context.Context) error {
	if _, err := s.own.get(ctx); err != nil || s.o.Accounts {
		return err
	}
	v, err := s.visitOf(ctx, selfID)
	if err != nil || !v.known {
		return err
	}
	_, err = v.portrait(ctx)
	return err
}

// paint computes a portrait.
func (v *visit) paint(ctx context.Context) (*portrait, error) {
	music, err := v.shelf().get(ctx)
	if err != nil {
		return nil, err
	}
	var plays []segue.Play
	if v.allows(store.Moods) {
		if plays, err = v.keeper(store.Plays).Plays(ctx, v.who.ID); err != nil {
			return nil, err
		}
	}
	return v.painted(ctx, music, plays)
}

// painted computes the portrait of who heard plays; without the consent to read
// moods they are not looked at.
func (v *visit) painted(ctx context.Context, music *recommend.Music, plays []segue.Play) (*portrait, error) {
	p := &portrait{music: music, drawn: map[string]string{}, libraries: map[string]*playlist.Library{}}
	if !v.allows(store.Moods) || len(plays) == 0 {
		return p, nil
	}
	var err error
	if p.listener, err = recommend.Listen(ctx, music, plays, recommend.ListenOptions{Location: v.zone(), Seed: v.server.o.Seed}); err != nil {
		return nil, err
	}
	if p.profile, err = recommend.ProfileOf(ctx, p.listener, recommend.ProfileOptions{Seed: v.server.o.Seed}); err != nil {
		return nil, err
	}
	p.signals = session.SignalsOf(p.listener.Listening, p.listener.Sessions, session.Options{Seed: v.server.o.Seed})
	sums, err := v.keeper(store.Plays).HourSums(ctx, v.who.ID)
	if err != nil {
		return nil, err
	}
	p.rhythm = &recommend.Profile{}
	p.rhythm.Dynamics, p.summed = withSums(p.profile.Dynamics, sums)
	return p, nil
}

// listening returns the portrait of a listener with a history that may be read,
// or what a page should say instead.
func (v *visit) listening(ctx context.Context) (*portrait, error) {
	if !v.allows(store.Moods) {
		return nil, &wrong{code: http.StatusForbidden, what: v.Say("Moods are not read"), todo: v.Say("You have not agreed that Segue reads moods from your listening. You can, on the page of your data, and take it back there as easily."), mend: "/data#agreed-h", kind: kindConsent, purpose: store.Moods}
	}
	p, err := v.portrait(ctx)
	if err != nil {
		return nil, err
	}
	if p.listener == nil {
		return nil, &wrong{code: http.StatusConflict, what: v.Say("There is no listening here yet"), todo: v.Say("Bring the export of a streaming service, as it came, and this page fills itself."), mend: "/bring", kind: kindNoListening}
	}
	return p, nil
}

// offer decides what to offer now, by the shipped tree: a check-in of the last
// hours before anything that listening suggests.
func (v *visit) offer(ctx context.Context, p *portrait) (persona.Suggestion, error) {
	at := persona.Situation{Now: v.at, OptedOut: v.who.OffersOff}
	if p.profile != nil {
		at.Gates = p.profile.Usual.Gates
	}
	last, err := v.lastCheckIn(ctx)
	if err != nil {
		return persona.Suggestion{}, err
	}
	at.CheckIn = last
	if at.Shown, at.Dismissed, err = v.server.home(v.who.ID).Cards(ctx, v.who.ID); err != nil {
		return persona.Suggestion{}, err
	}
	return persona.Offer(p.signals, at, nil), nil
}
