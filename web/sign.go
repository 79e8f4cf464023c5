package web

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"segue/account"
	"segue/store"
)

// A signing is what proving who one is needs beside the store: what slows guessing
// down, and what hashes passwords.
type signing struct {
	hasher *account.Hasher
	guard  *account.Guard
	begins *account.Throttle // ceremonies begun and links opened, by address
	tally  tally
}

// How often an address may begin a ceremony, or open a link that somebody was
// given: a course that joins from one room is not held up. (d)
func beginRate() account.Rate { return account.Rate{Every: time.Second, Burst: 200} }

// beginKeys is how many addresses that is remembered of. (d)
const beginKeys = 20_000

func (g *signing) init() {
	// Each hash takes 19 MiB and a core.
	g.hasher = account.NewHasher(account.Recommended(), max(1, min(runtime.GOMAXPROCS(0), 8)))
	g.guard = account.NewGuard(account.ServiceRates())
	g.begins = account.NewThrottle(beginRate(), beginKeys)
}

// A signForm is the page of signing in: what was typed, but for the password, and
// what it says.
type signForm struct {
	Back, Name, Notice string
	Passkeys           bool // are had at the address that the page was asked at
}

func (s *Server) signForm(r *http.Request, to string) signForm {
	return signForm{Back: to, Passkeys: s.passkeys(r) != nil}
}

func (s *Server) showSignIn(w http.ResponseWriter, r *http.Request, v *visit, code int, f signForm) error {
	return v.show(w, r, code, page{Title: v.Say("Sign in"), Nav: navSignIn, Bare: true, Head: []string{"passkey.js"}}, signInPage(v, f))
}

// signInPage asks who it is.
func (s *Server) signInPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	to := ownPath(r.URL.Query().Get("back"))
	if v.account != nil {
		return see(w, r, to)
	}
	return s.showSignIn(w, r, v, http.StatusOK, s.signForm(r, to))
}

// signInByPassword takes name and password. Whatever is wrong with them, the answer
// and the time it takes are the same.
func (s *Server) signInByPassword(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := s.signForm(r, back(r))
	f.Name = r.PostForm.Get("name")
	// A name that is none has no account; all of them are guarded as one.
	_, key, _ := account.ParseName(f.Name)
	who, err := s.kept.AccountByKey(r.Context(), key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	ok, err := s.proves(w, r, v, key, who, r.PostForm.Get("password"))
	switch {
	case err != nil:
		return err
	case !ok:
		s.measures.triedSignIn(byPassword, false)
		f.Notice = v.Say("Name and password do not go together. Type both once more.")
		return s.showSignIn(w, r, v, http.StatusUnauthorized, f)
	case who.Disabled:
		return closedFor(v)
	}
	s.measures.triedSignIn(byPassword, true)
	return s.enter(w, r, v, who.ID, EventSignedIn, f.Back)
}

// closedFor tells who proved that an account is theirs that it is closed.
func closedFor(v *visit) error {
	return &wrong{code: http.StatusForbidden, what: v.Say("This account is closed"), todo: v.Say("Whoever runs this Segue closed it, and can open it again. What is kept of you is still there.")}
}

// proves reports whether a password is an account's, which may be none. It asks the
// guard first, and hashes as much for an account that does not exist. What a hash no
// longer costs it is given anew.
func (s *Server) proves(w http.ResponseWriter, r *http.Request, v *visit, key string, who store.Account, password string) (bool, error) {
	from := s.peer(r)
	if wait := s.signing.guard.Try(key, from, v.at); wait > 0 {
		return false, waits(w, v, wait)
	}
	ok, stale, err := s.signing.hasher.Verify(r.Context(), who.Password, password)
	switch {
	case errors.Is(err, account.ErrBusy):
		w.Header().Set("Retry-After", "5")
		return false, &wrong{code: http.StatusServiceUnavailable, what: v.Say("Many are signing in at this moment"), todo: v.Say("Nothing was changed. Try again in a few seconds.")}
	case err != nil && !errors.Is(err, account.ErrPHC):
		return false, err
	case err != nil || !ok:
		s.failed(r.Context(), v.at, who.ID)
		return false, nil
	}
	s.signing.guard.Passed(key, from)
	if stale {
		s.renew(r.Context(), who, password)
	}
	return true, nil
}

// renew hashes a password as hashes are made now. That it could not is no reason not
// to let somebody in.
func (s *Server) renew(ctx context.Context, who store.Account, password string) {
	hash, err := s.signing.hasher.Hash(ctx, password)
	if err == nil {
		who.Password = hash
		err = s.kept.SaveAccount(ctx, who)
	}
	if err != nil && !errors.Is(err, store.ErrConflict) {
		s.o.Log.LogAttrs(ctx, slog.LevelWarn, "a password could not be hashed anew", slog.String("kind", kindOf(err)))
	}
}

// waits says how long to wait.
func waits(w http.ResponseWriter, v *visit, wait time.Duration) error {
	w.Header().Set("Retry-After", strconv.Itoa(wholeSeconds(wait)))
	return &wrong{code: http.StatusTooManyRequests, what: v.Say("Too many tries"), todo: v.Say("So that nobody guesses, the next try has to wait. Try again in %s.", v.lasting(wait))}
}

// wholeSeconds rounds up, to a second at least.
func wholeSeconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }

// lasting says how long something lasts, rounded up.
func (v *visit) lasting(d time.Duration) string {
	if n := wholeSeconds(d); n < 120 {
		return v.Of(n, "second", "seconds")
	}
	return v.Of(int(math.Ceil(d.Minutes())), "minute", "minutes")
}

// enter signs a browser in, with a secret of its own: whatever it was signed in with
// before ends, so that nobody can have given it a secret they know. (ASVS 5.0, 7.2.4)
func (s *Server) enter(w http.ResponseWriter, r *http.Request, v *visit, id, how, to string) error {
	if _, err := s.signInAnew(w, r, v, id); err != nil {
		return err
	}
	setChoice(w, factCookie, "") // it was another's choice
	s.note(r.Context(), store.Event{At: v.at, By: id, What: how})
	return see(w, r, to)
}

// signInAnew makes a login in place of the one that there may be.
func (s *Server) signInAnew(w http.ResponseWriter, r *http.Request, v *visit, id string) (store.Login, error) {
	l, err := s.signIn(w, r, id)
	if err == nil && v.account != nil {
		err = s.kept.DeleteLogin(r.Context(), v.account.ID, v.login.ID)
	}
	return l, err
}

// signOutHere signs this browser out.
func (s *Server) signOutHere(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := v.account.ID
	if err := s.signOut(r.Context(), w, r, v); err != nil {
		return err
	}
	setChoice(w, factCookie, "")
	if s.secure(r) { // browsers heed it by https alone
		w.Header().Set("Clear-Site-Data", `"cache"`)
	}
	left, err := s.kept.Logins(r.Context(), id)
	if err == nil && len(left) == 0 {
		err = s.miss(r.Context(), id) // what is in memory alone ends with the last of them
	}
	if err != nil {
		return err
	}
	return see(w, r, "/sign-in")
}

// agentOf names a browser and its system in words that fit many. What a browser says
// of itself is not kept.
func agentOf(said string) string {
	one := func(of [][2]string) string {
		for _, o := range of {
			if strings.Contains(said, o[0]) {
				return o[1]
			}
		}
		return ""
	}
	// In this order: many say to be those below them, too.
	browser := one([][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}})
	system := one([][2]string{{"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iPadOS"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}})
	if browser != "" && system != "" {
		return browser + ", " + system
	}
	return browser + system
}
