package web

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"segue/store"
)

// clearUncovered lets go, for everybody, of what no consent covers: a Segue that was
// killed between two steps of a change left it. Others may serve the same people
// meanwhile; see move.
func (s *Server) clearUncovered(ctx context.Context) error {
	all, err := s.kept.Listeners(ctx)
	if err != nil {
		return err
	}
	for _, who := range all {
		for _, p := range purposes() {
			if _, err := s.kept.DropUncovered(ctx, who.ID, p); err != nil { // it is not shown, and the next start tries again
				s.o.Log.LogAttrs(ctx, slog.LevelError, "what no consent covers could not be let go", slog.String("kind", kindOf(err)))
			}
		}
	}
	return nil
}

// How long memory keeps what nobody agreed to keep, of who does not come any more,
// and how often that is looked at. (d)
const (
	passingFor   = 24 * time.Hour
	passingEvery = 10 * time.Minute
)

// sweep makes memory forget, again and again, who is not there any more.
func (s *Server) sweep() {
	s.tasks.begin(func() {
		tick := time.NewTicker(passingEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-s.ctx.Done():
				return
			}
			if err := rescued(func() error { return s.forgetAbsent(s.ctx, s.now()) }); err != nil && s.ctx.Err() == nil {
				s.o.Log.LogAttrs(s.ctx, slog.LevelError, "memory could not be swept", slog.String("kind", kindOf(err)))
			}
		}
	})
}

// forgetAbsent makes memory forget whose account is gone, by whichever process, and
// who has not been seen here for a day.
func (s *Server) forgetAbsent(ctx context.Context, now time.Time) error {
	var failed error
	for id, seen := range s.met.all() {
		gone := now.Sub(seen) > passingFor
		if !gone {
			_, err := s.kept.Account(ctx, id)
			if gone = errors.Is(err, store.ErrNotFound); err != nil && !gone {
				failed = errors.Join(failed, err)
				continue
			}
		}
		if !gone || s.imports.underWay(id) != nil {
			continue
		}
		func() {
			defer s.changing.alone(id)()
			failed = errors.Join(failed, s.miss(ctx, id))
		}()
	}
	return failed
}

// all returns when each listener was last seen here.
func (m *met) all() map[string]time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string]time.Time, len(m.of))
	for id := range m.of {
		out[id] = m.seen[id]
	}
	return out
}

// place says where what is kept is, to its people.
func (v *visit) place() string {
	if o := v.server.o.Origin; o != nil {
		return o.Host
	}
	return v.server.o.Host
}
