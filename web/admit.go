package web

import (
	"net/http"
	"net/url"
	"sync"

	"segue/account"
)

// The commonest two of who may ask at an address; the other permissions stand as
// package account has them.
const (
	anyone    account.Permission = "" // also who has not signed in
	ourselves                    = account.OwnData
)

// may reports whether an address is open to who visits. A server for one person
// opens all there is to them.
func (v *visit) may(p account.Permission) bool {
	if p == anyone || !v.server.o.Accounts {
		return true
	}
	return v.account != nil && account.Role(v.account.Role).May(p)
}

// admit refuses who may not ask: who has not signed in is shown where to, and who has
// is told that this is another's.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, v *visit, p account.Permission) error {
	if v.may(p) {
		return nil
	}
	if v.account != nil {
		return &wrong{code: http.StatusForbidden, what: v.Say("This page is for others"), todo: v.Say("Your account here does not open it. Whoever runs this Segue can change that.")}
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		to := "/sign-in"
		if r.URL.Path != "/" {
			to += "?" + url.Values{"back": {r.URL.Path}}.Encode()
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return errAnswered
	}
	return &wrong{code: http.StatusUnauthorized, what: v.Say("You are not signed in"), todo: v.Say("Nothing was changed. Sign in, and do it again."), mend: "/sign-in"}
}

// An answering is who answers at an address, and whom.
type answering struct {
	http.Handler
	access account.Permission
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
