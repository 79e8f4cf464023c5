package web

import (
	"net/http"
	"sync"
)

// An access says who may ask at an address.
type access int

const (
	anyone     access = iota // also who has not signed in
	ourselves                // whoever has pages of their own here
	researcher               // the lab, and what is said of all listeners together
	admin                    // people, and what the service computes with
)

// An answering is who answers at an address, and whom.
type answering struct {
	http.Handler
	access access
}

// Locks gives each listener a lock of their own: what one keeps holds up nobody else.
type locks struct {
	mu sync.Mutex
	of map[string]*heldLock
}

type heldLock struct {
	sync.RWMutex
	users int // who hold it or wait for it; without any it is let go
}

// hold returns the lock of a listener, and what gives it back once it is unlocked.
func (l *locks) hold(id string) (lock *sync.RWMutex, giveBack func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = map[string]*heldLock{}
	}
	one := l.of[id]
	if one == nil {
		one = &heldLock{}
		l.of[id] = one
	}
	one.users++
	return &one.RWMutex, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(l.of, id)
		}
	}
}

// alone waits until nothing else changes what a listener keeps, and returns what lets
// others go on.
func (l *locks) alone(id string) (done func()) {
	lock, giveBack := l.hold(id)
	lock.Lock()
	return func() {
		lock.Unlock()
		giveBack()
	}
}

// beside waits until nothing changes what a listener writes by, and returns what lets
// such a change go on.
func (l *locks) beside(id string) (done func()) {
	lock, giveBack := l.hold(id)
	lock.RLock()
	return func() {
		lock.RUnlock()
		giveBack()
	}
}
