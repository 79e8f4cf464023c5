package web

import (
	"context"
	"errors"
	"sync"

	"segue"
	"segue/recommend"
)

// A shelf holds music that is loaded when it is first needed, once for all who
// wait, and that a newly brought table replaces.
type shelf struct {
	ctx   context.Context // of the loading: longer than a request's
	tasks *tasks
	load  func(ctx context.Context, progress segue.Progress) (*recommend.Music, error)

	mu    sync.Mutex
	music *recommend.Music
	puts  int      // how often it was replaced
	ended bool     // loading did once, with music or without
	under *loading // way; nil if there is none

	placing placing
}

// A loading is music on its way to the shelf.
type loading struct {
	done  chan struct{}
	music *recommend.Music
	err   error
	stale bool // the shelf was given something else meanwhile
}

func newShelf(ctx context.Context, w *tasks, load func(context.Context, segue.Progress) (*recommend.Music, error)) *shelf {
	if load == nil {
		load = func(context.Context, segue.Progress) (*recommend.Music, error) { return nil, ErrNoMusic }
	}
	return &shelf{ctx: ctx, tasks: w, load: load}
}

// get returns the music, waiting for it if need be. An error is not remembered:
// the next call tries again.
func (h *shelf) get(ctx context.Context) (*recommend.Music, error) {
	for {
		h.mu.Lock()
		if h.music != nil {
			defer h.mu.Unlock()
			return h.music, nil
		}
		under := h.begin()
		h.mu.Unlock()
		select {
		case <-under.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if !under.stale {
			return under.music, under.err
		}
	}
}

// begin returns the loading under way, which it begins if there is none. The shelf is
// locked.
func (h *shelf) begin() *loading {
	if h.under == nil {
		h.under = &loading{done: make(chan struct{})}
		under, puts := h.under, h.puts
		h.tasks.begin(func() { h.fill(under, puts) })
	}
	return h.under
}

// settled reports whether the music is there, or could not be loaded: pages say what
// is missing. If neither is so it begins to load it.
func (h *shelf) settled() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.music == nil && !h.ended {
		h.begin()
	}
	return h.music != nil || h.ended
}

// fill loads the music and wakes who waits. What was put there meanwhile stays, and
// so does it that nothing was: a table that was deleted does not come back.
func (h *shelf) fill(l *loading, puts int) {
	l.err = rescued(func() (err error) {
		if l.music, err = h.load(h.ctx, nil); err == nil && l.music == nil {
			err = errors.New("web: loading ended with nothing")
		}
		return err
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	if l.stale = h.puts != puts; !l.stale && l.err == nil {
		h.music = l.music
	}
	h.under, h.ended = nil, true
	close(l.done)
}

// put replaces the music; nil lets the next one who asks load it anew.
func (h *shelf) put(m *recommend.Music) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.music = m
	h.puts++
}

// music returns the shelf of who visits.
func (v *visit) shelf() *shelf {
	if v.who.Demo {
		return v.server.demo
	}
	return v.server.own
}
