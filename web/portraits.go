package web

import (
	"container/list"
	"context"
	"runtime"
	"sync"
)

// DefaultMemory is how much memory portraits, and what is made of them, take at most:
// room for some six hundred listeners of twenty thousand plays. (d)
const DefaultMemory = 256 << 20

// madeShare is the part of that memory which drawings, pages and libraries may take:
// they are made again in some milliseconds. (d)
const madeShare = .25

// portraits keeps one portrait a listener, makes it once for all who wait, and lets
// those go that were looked at least lately when they take more memory than there is.
// Whoever holds one that was let go may go on reading it.
type portraits struct {
	mu sync.Mutex
	of map[string]*sitting // by listener

	most, bytes int
	used        list.List // of *sitting, those that are done; the last used first

	mostMade, madeBytes int
	made                list.List // of *madeOf; the last used first

	turns chan struct{} // a place for each that is painted at once

	found, painted uint64 // how often one that was asked for was there, and was not
}

// A sitting is a portrait in the making, or one that is kept.
type sitting struct {
	id     string
	of     basis
	done   chan struct{}
	cancel context.CancelFunc // ends the making
	is     *portrait
	err    error

	// Under the lock of portraits:
	waiting int           // requests that wait for it
	kept    *list.Element // in used; nil while it is made and once it was let go
	bytes   int
	made    map[string]*list.Element // what was made of it and is kept
}

// A madeOf is what was made of a portrait.
type madeOf struct {
	sitting *sitting
	name    string
	value   any
	bytes   int
}

// init makes it ready, with the usual room.
func (a *portraits) init() {
	a.of = map[string]*sitting{}
	a.turns = make(chan struct{}, runtime.GOMAXPROCS(0))
	a.room(DefaultMemory)
}

// room sets how many bytes there are, before the first is kept.
func (a *portraits) room(memory int64) {
	a.mostMade = int(float64(memory) * madeShare)
	a.most = int(memory) - a.mostMade
}

// turn waits until one more portrait may be painted: as many at once as there are
// processors, for each holds all plays of a listener. Who painted calls done.
func (a *portraits) turn(ctx context.Context) (done func(), err error) {
	select {
	case a.turns <- struct{}{}:
		return func() { <-a.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A keptPortraits is how the memory of portraits does.
type keptPortraits struct {
	bytes, madeBytes, count int
	found, painted          uint64
}

func (a *portraits) now() keptPortraits {
	a.mu.Lock()
	defer a.mu.Unlock()
	return keptPortraits{a.bytes, a.madeBytes, a.used.Len(), a.found, a.painted}
}

// forget drops a listener's portrait: something it rests on has changed. Who waits
// for it still gets it, as it was when they asked.
func (a *portraits) forget(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(a.of[id])
}

// forgetAll drops all portraits: the music has changed.
func (a *portraits) forgetAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, one := range a.of {
		a.drop(one)
	}
}

// put keeps a portrait that was made already.
func (a *portraits) put(id string, of basis, is *portrait) {
	one := &sitting{id: id, of: of, done: make(chan struct{}), cancel: func() {}, is: is}
	close(one.done)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(a.of[id])
	a.of[id] = one
	a.keep(one)
}

// get returns the portrait of a listener that rests on a basis. If there is none,
// begin is called to paint one apart from the request: with what does the work, under
// a context that one.cancel, which it sets, ends once nobody waits any more.
func (a *portraits) get(ctx context.Context, id string, of basis, begin func(one *sitting, work func(context.Context) error), paint func(context.Context) (*portrait, error)) (*portrait, error) {
	a.mu.Lock()
	one := a.of[id]
	if one != nil && one.of == of && one.kept != nil {
		a.used.MoveToFront(one.kept)
		a.found++
		a.mu.Unlock()
		return one.is, nil
	}
	a.painted++
	if one == nil || one.of != of {
		a.drop(one)
		one = &sitting{id: id, of: of, done: make(chan struct{})}
		a.of[id] = one
		begin(one, func(ctx context.Context) error {
			var is *portrait
			err := rescued(func() (err error) {
				is, err = paint(ctx)
				return err
			})
			a.finish(one, is, err)
			return err
		})
	}
	one.waiting++
	a.mu.Unlock()
	select {
	case <-one.done:
		return one.is, one.err
	case <-ctx.Done():
		a.leave(one)
		return nil, ctx.Err()
	}
}

// finish answers those who wait, and keeps a portrait unless it was forgotten
// meanwhile. After an error the next one tries again.
func (a *portraits) finish(one *sitting, is *portrait, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer close(one.done)
	one.is, one.err = is, err
	switch {
	case a.of[one.id] != one:
	case err != nil:
		delete(a.of, one.id)
	default:
		a.keep(one)
	}
}

// leave takes back one who waited; the last one ends the making.
func (a *portraits) leave(one *sitting) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if one.waiting--; one.waiting > 0 || one.kept != nil {
		return
	}
	if a.of[one.id] == one {
		delete(a.of, one.id)
	}
	one.cancel()
}

// keep counts a finished portrait in, and lets others go for it. The lock is held.
func (a *portraits) keep(one *sitting) {
	one.bytes = one.is.bytes()
	one.kept = a.used.PushFront(one)
	one.made = map[string]*list.Element{}
	one.is.sitting = one
	a.bytes += one.bytes
	for a.bytes > a.most && a.used.Len() > 1 {
		a.drop(a.used.Back().Value.(*sitting))
	}
}

// drop lets a sitting go, which may be nil, with all that was made of it. The lock is
// held.
func (a *portraits) drop(one *sitting) {
	if one == nil {
		return
	}
	if a.of[one.id] == one {
		delete(a.of, one.id)
	}
	if one.kept == nil {
		return
	}
	a.used.Remove(one.kept)
	a.bytes -= one.bytes
	one.kept = nil
	for _, e := range one.made {
		a.unmake(e)
	}
}

// unmake lets go of something made of a portrait. The lock is held.
func (a *portraits) unmake(e *list.Element) {
	m := a.made.Remove(e).(*madeOf)
	a.madeBytes -= m.bytes
	delete(m.sitting.made, m.name)
}

// find returns what was made of a portrait under a name, nil if that is not kept.
func (a *portraits) find(p *portrait, name string) any {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.sitting == nil {
		return nil
	}
	e, ok := p.sitting.made[name]
	if !ok {
		return nil
	}
	a.made.MoveToFront(e)
	return e.Value.(*madeOf).value
}

// hold keeps what was made of a portrait, as long as that is kept and there is room,
// of which one listener takes at most a quarter.
func (a *portraits) hold(p *portrait, name string, value any, bytes int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	one := p.sitting
	if one == nil || one.kept == nil || one.made[name] != nil || bytes > a.mostMade/4 {
		return
	}
	one.made[name] = a.made.PushFront(&madeOf{one, name, value, bytes})
	a.madeBytes += bytes
	for a.madeBytes > a.mostMade {
		a.unmake(a.made.Back())
	}
}

// once returns what make makes of a portrait, made again only where it was let go
// meanwhile. Two who ask at once may both make it: they make the same.
func once[T any](p *portrait, name string, size func(T) int, make func() (T, error)) (T, error) {
	if found := p.among.find(p, name); found != nil {
		return found.(T), nil
	}
	one, err := make()
	if err == nil {
		p.among.hold(p, name, one, size(one))
	}
	return one, err
}
