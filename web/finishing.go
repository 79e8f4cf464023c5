package web

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"segue/playlist"
	"segue/recommend"
	"segue/store"
)

// pooledAgain is how long after what many finish was summed up it may be summed up again, as
// a day began or somebody took a consent back: everybody's plays are read for it. (d)
const pooledAgain = time.Hour

// finishers are what people finish, pooled once a day, of those who agreed to be counted and
// that their plays are kept: evidence for which tracks others' hours are made of. It is let
// go of here at once, and in other processes on the same store within the day, when
// somebody takes one of these back, or deletes their plays or everything.
type finishers struct {
	pools daySum[*finishedPool]

	mu    sync.Mutex
	drops int       // how often it was let go of
	key   string    // of what was summed up last
	begun time.Time // … and when; zero if never
}

// A finishedPool is a day's pool, and whose voices are in it.
type finishedPool struct {
	pool *playlist.FinishingPool // nil of too few
	of   map[string]bool
}

// drop lets go of the pool, and of one in the making.
func (f *finishers) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drops++
	f.pools.letGo()
}

// pooledAt returns how often the pool had been let go of when a library took it, −1 of one
// without a pool.
func (f *finishers) pooledAt(l *playlist.Library) int {
	if !l.IsPooled() {
		return -1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.drops
}

// gone reports whether the pool of what was pooled at a time was let go of since.
func (f *finishers) gone(at int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return at >= 0 && at != f.drops
}

// next returns the name of what is summed up over a catalogue now, and whether it may be:
// not soon after something else was.
func (f *finishers) next(m *recommend.Music, now time.Time) (key string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key = fmt.Sprintf("%p %d %s", m.Catalog, f.drops, dayOf(now).Format(time.DateOnly))
	if f.key != key {
		if !f.begun.IsZero() && now.Sub(f.begun) < pooledAgain {
			return "", false
		}
		f.key, f.begun = key, now
	}
	return key, true
}

// library returns the music as an hour for who visits is made of it: a portrait's, with
// what others finish where that is known. It never waits for that.
func (v *visit) library(ctx context.Context, p *portrait) (*playlist.Library, error) {
	l, err := p.library(ctx, v.Tongue)
	if err != nil {
		return nil, err
	}
	return l.Pooled(v.othersFinish(ctx, p.music, l.Heard)), nil
}

// othersFinish returns the pool of what people finish, without a trace of who visits; nil
// where there is none yet, of fewer than groupLeast, for who is alone, and for the demo
// listener.
func (v *visit) othersFinish(ctx context.Context, m *recommend.Music, own *playlist.Heard) *playlist.FinishingPool {
	s := v.server
	if !s.o.Accounts || v.who.Demo {
		return nil
	}
	f := &s.lab.finishers
	key, ok := f.next(m, v.at)
	if !ok {
		return nil
	}
	p, ok, err := f.pools.get(ctx, s, key, dayOf(v.at), 0, func(ctx context.Context) (*finishedPool, error) { return s.poolFinished(ctx, m) })
	if err != nil || !ok || p.pool == nil {
		return nil
	}
	if p.of[v.who.ID] && !p.pool.Holds(own) {
		return nil // they heard more since: their voice cannot be left out before tomorrow
	}
	return p.pool
}

// poolFinished gathers the pool, of one listener after the other, so that the plays of one
// are held at a time. Of those who agreed, in the order in which they did, a number
// divisible by groupLeast counts: what one person brings cannot be seen by looking before
// and after they join. What cannot be read is told once, and there is no pool that day.
func (s *Server) poolFinished(ctx context.Context, m *recommend.Music) (*finishedPool, error) {
	p := &finishedPool{of: map[string]bool{}}
	voices := playlist.NewFinishingVoices(m.Catalog)
	who, err := s.kept.PlaysContributors(ctx)
	for _, id := range who[:len(who)/groupLeast*groupLeast] {
		if err == nil {
			p.of[id] = true
			err = s.addFinished(ctx, m, voices, id)
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		s.o.Log.LogAttrs(ctx, slog.LevelError, "what people finish could not be summed up", slog.String("kind", kindOf(err)))
		return &finishedPool{}, nil
	}
	p.pool = voices.Pool(groupLeast)
	return p, nil
}

// addFinished adds one listener's voice, when it is its turn among portraits, which hold
// as much.
func (s *Server) addFinished(ctx context.Context, m *recommend.Music, voices *playlist.FinishingVoices, id string) error {
	done, err := s.portraits.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	plays, err := s.kept.Plays(ctx, id)
	if err != nil {
		return err
	}
	heard, err := m.Heard(ctx, plays)
	if err != nil {
		return err
	}
	voices.Add(heard)
	return nil
}

// covers reports whether a purpose must be agreed to for a voice in the pool.
func (f *finishers) covers(p store.Purpose) bool { return p == store.Research || p == store.Plays }
