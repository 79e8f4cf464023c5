package web

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// usedWithin is how soon it is noted that a token was used. (d)
const usedWithin = 2 * time.Second

// A used is the tokens of which it is still to be noted that they were used. No request
// waits for that, and many share one write: when programs come back together after a
// minute, each would else begin with a write of its own.
type used struct {
	mu     sync.Mutex
	tokens map[string]bool // by public id
	at     time.Time       // of the last request among theirs
}

// noteUsed remembers that a token was used, and has it written soon, or at the end.
func (s *Server) noteUsed(id string, at time.Time) {
	u := &s.used
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.at.Before(at) {
		u.at = at
	}
	if u.tokens[id] {
		return
	}
	if u.tokens == nil {
		u.tokens = map[string]bool{}
		s.tasks.begin(func() {
			select {
			case <-time.After(usedWithin):
			case <-s.ctx.Done():
			}
			s.writeUsed()
		})
	}
	u.tokens[id] = true
}

func (s *Server) writeUsed() {
	u := &s.used
	u.mu.Lock()
	ids, at := slices.Sorted(maps.Keys(u.tokens)), u.at
	u.tokens = nil
	u.mu.Unlock()
	ctx := context.WithoutCancel(s.ctx)
	if err := s.kept.TouchTokens(ctx, ids, at); err != nil {
		s.o.Log.LogAttrs(ctx, slog.LevelWarn, "it was not noted that tokens were used", slog.String("kind", kindOf(err)))
	}
}
