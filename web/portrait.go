package web

import (
	"context"
	"net/http"

	"segue"
	"segue/chart"
	"segue/language"
	"segue/persona"
	"segue/playlist"
	"segue/recommend"
	"segue/store"
	"segue/taste"
	"segue/tell"
)

// A portrait is a listener laid beside the music: their sessions, moods, habits
// and style. It is computed once after each change and then only read. It holds none
// of their plays: what a page shows of single ones is read when it is shown (heard).
type portrait struct {
	music    *recommend.Music
	listener *recommend.Digest  // nil without a history
	profile  *recommend.Profile // nil without a history
	signals  segue.Signals
	facts    []funFact
	where    chart.Contours     // of the time heard, on the plane
	rhythm   *recommend.Profile // hours and days alone, those of single plays and those of sums
	summed   int                // days of it that only sums are left of

	taste *taste.Taste // what the listener said of tracks, learned; nil if nothing

	among   *portraits // may keep what is made of it
	sitting *sitting   // its place among them, under their lock; nil if it never had one
}

// picture returns what draw makes, drawn once in a language while there is room.
func (p *portrait) picture(t *language.Tongue, name string, draw func() string) string {
	s, _ := p.page(t, name, func() (string, error) { return draw(), nil })
	return s
}

// page is picture for what may fail.
func (p *portrait) page(t *language.Tongue, name string, draw func() (string, error)) (string, error) {
	return once(p, t.Code()+" "+name, func(s string) int { return len(s) }, draw)
}

// library returns the music as an hour for the listener is made of it, which
// speaks a language.
func (p *portrait) library(ctx context.Context, t *language.Tongue) (*playlist.Library, error) {
	l, err := once(p, "library", (*playlist.Library).ListenersBytes, func() (*playlist.Library, error) {
		m, err := p.felt(ctx)
		if err != nil {
			return nil, err
		}
		return m.LibraryOf(p.listener, p.profile)
	})
	if err != nil {
		return nil, err
	}
	return l.In(t), nil
}

// felt returns the music as the listener feels it: everybody's, if nothing was said.
func (p *portrait) felt(ctx context.Context) (*recommend.Music, error) {
	if !p.taste.Learned() {
		return p.music, nil
	}
	return once(p, "felt", (*recommend.Music).OwnBytes, func() (*recommend.Music, error) { return p.music.As(ctx, p.taste) })
}

// What a portrait takes besides its digest and its contours, in bytes: what each has,
// each day with listening, and each fact. A test holds the sum against the heap.
const (
	bareBytes = 1 << 10
	faceBytes = 34 << 10 // profile, persona and the hours of the week, twice
	dayBytes  = 88
	factBytes = 64
)

// bytes returns how much memory the portrait takes, about.
func (p *portrait) bytes() int {
	if p.listener == nil {
		return bareBytes + p.taste.Bytes()
	}
	n := bareBytes + p.taste.Bytes() + faceBytes + p.listener.Bytes() + p.where.Bytes() + dayBytes*len(p.profile.Dynamics.Days) + factBytes*len(p.facts)
	if p.summed > 0 {
		n += dayBytes * len(p.rhythm.Dynamics.Days)
	}
	return n
}

// A basis is what of a listener a portrait rests on, beside the music. A request that
// began before one of it changed must not leave a portrait for those that come after.
type basis struct {
	zone         string
	moods, plays bool // consents
	created      int64
	version      int64 // of the plays in the file, which another process may change; what is in memory alone only this one changes

	model, persona, offer string // ids of what is in use: see inUse
}

func (v *visit) basis() basis {
	use := v.using()
	return basis{v.who.Zone, v.allows(store.Moods), v.allows(store.Plays), v.who.Created.UnixMilli(), v.who.PlaysVersion, use.model, use.persona, use.offer}
}

// portrait returns the portrait of who visits. Without the consent to read moods
// it has the music alone.
func (v *visit) portrait(ctx context.Context) (*portrait, error) {
	s := v.server
	return s.portraits.get(ctx, v.who.ID, v.basis(), func(one *sitting, work func(context.Context) error) {
		ctx, cancel := context.WithCancel(s.ctx)
		one.cancel = cancel
		s.tasks.begin(func() {
			defer cancel()
			_ = work(ctx)
		})
	}, v.paint)
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

// paint computes a portrait, when it is its turn.
func (v *visit) paint(ctx context.Context) (*portrait, error) {
	music, err := v.music(ctx)
	if err != nil {
		return nil, err
	}
	done, err := v.server.portraits.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var plays []segue.Play
	if v.allows(store.Moods) {
		if plays, err = v.keeper(store.Plays).Plays(ctx, v.who.ID); err != nil {
			return nil, err
		}
	}
	return v.painted(ctx, music, plays)
}

// painted computes the portrait of who heard plays; without the consent to read
// moods they are not looked at. Nothing of it shares memory with the plays.
func (v *visit) painted(ctx context.Context, music *recommend.Music, plays []segue.Play) (*portrait, error) {
	p := &portrait{music: music, among: &v.server.portraits}
	said, err := v.corrections(ctx)
	if err != nil {
		return nil, err
	}
	if p.taste, _, err = music.TasteOf(ctx, said); err != nil {
		return nil, err
	}
	if !v.allows(store.Moods) || len(plays) == 0 {
		return p, nil
	}
	felt, err := music.As(ctx, p.taste)
	if err != nil {
		return nil, err
	}
	l, err := recommend.Listen(ctx, felt, plays, recommend.ListenOptions{Location: v.zone(), Seed: v.server.o.Seed, Trees: v.using().trees})
	if err != nil {
		return nil, err
	}
	if p.profile, err = recommend.ProfileOf(ctx, l, recommend.ProfileOptions{Seed: v.server.o.Seed}); err != nil {
		return nil, err
	}
	p.listener, p.signals = l.Digest(), p.profile.Signals
	p.facts = funFactsOf(l, p.profile.Habits.ExplorationKind)
	p.where = tell.WhereHeard(l)
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

// offer decides what to offer now, by the tree in use: a check-in of the last
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
	return persona.Offer(p.signals, at, v.offerTree()), nil
}
