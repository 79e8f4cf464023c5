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
	ctx  context.Context // of the loading: longer than a request's
	load func(ctx context.Context, progress segue.Progress) (*recommend.Music, error)

	mu    sync.Mutex
	music *recommend.Music
	ready chan struct{} // closed when the loading under way has ended; nil if there is none
	err   error         // of the last loading
}

func newShelf(ctx context.Context, load func(context.Context, segue.Progress) (*recommend.Music, error)) *shelf {
	if load == nil {
		load = func(context.Context, segue.Progress) (*recommend.Music, error) { return nil, ErrNoMusic }
	}
	return &shelf{ctx: ctx, load: load}
}

// get returns the music, waiting for it if need be. An error is not remembered:
// the next call tries again.
func (h *shelf) get(ctx context.Context) (*recommend.Music, error) {
	h.mu.Lock()
	if h.music != nil {
		defer h.mu.Unlock()
		return h.music, nil
	}
	if h.ready == nil {
		h.ready = make(chan struct{})
		go h.fill(h.ready)
	}
	ready := h.ready
	h.mu.Unlock()
	select {
	case <-ready:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.music != nil {
		return h.music, nil
	}
	if h.err == nil {
		return nil, errors.New("web: loading ended with nothing")
	}
	return nil, h.err
}

// fill loads the music and wakes who waits. Music that was put there meanwhile
// stays.
func (h *shelf) fill(ready chan struct{}) {
	m, err := h.load(h.ctx, nil)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.music == nil {
		h.music, h.err = m, err
	}
	h.ready = nil
	close(ready)
}

// put replaces the music.
func (h *shelf) put(m *recommend.Music) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.music, h.err = m, nil
}

// music returns the shelf of who visits.
func (v *visit) shelf() *shelf {
	if v.who.Demo {
		return v.server.demo
	}
	return v.server.own
}
