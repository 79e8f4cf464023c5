package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"segue/account"
	"segue/store"
)

// A self is the page of one's own account.
type self struct {
	Passkeys []store.Passkey
	Logins   []selfLogin
	Tokens   []store.Token
	Made     string // the token that was just made: shown once
	Scopes   []account.Scope
	Picked   []account.Scope // of a token that could not be made
	Name     string          // likewise
	Able     bool            // passkeys can be made at this address
	Notice   string
	Done     string // a code of what was just done
}

// A selfLogin is a login as its person sees it.
type selfLogin struct {
	store.Login
	Public string // its name in forms: the hash of what is stored, itself a hash
	Here   bool
}

// publicLogin names a login where a page holds it.
func publicLogin(id string) string { return account.HashSecret(id)[:32] }

// self gathers the page of who visits.
func (s *Server) self(r *http.Request, v *visit) (one self, err error) {
	ctx, id := r.Context(), v.account.ID
	one.Able, one.Scopes, one.Done = s.passkeys(r) != nil, account.Grantable(account.Role(v.account.Role)), r.URL.Query().Get("done")
	if one.Passkeys, err = s.kept.Passkeys(ctx, id); err != nil {
		return one, err
	}
	logins, err := s.kept.Logins(ctx, id)
	if err != nil {
		return one, err
	}
	for _, l := range logins {
		if account.ServiceLifetimes().Expired(timesOf(l), v.at) {
			continue
		}
		one.Logins = append(one.Logins, selfLogin{l, publicLogin(l.ID), l.ID == v.login.ID})
	}
	one.Tokens, err = s.kept.Tokens(ctx, id)
	return one, err
}

// selfPage shows how one signs in, where one is signed in, and what programs may.
func (s *Server) selfPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	one, err := s.self(r, v)
	if err != nil {
		return err
	}
	return s.showSelf(w, r, v, http.StatusOK, one)
}

func (s *Server) showSelf(w http.ResponseWriter, r *http.Request, v *visit, code int, one self) error {
	return v.show(w, r, code, page{Title: v.Say("Your account"), Nav: navAccount, Head: []string{"passkey.js"}}, selfPage(v, one))
}

// selfAgain shows the page with what is wrong.
func (s *Server) selfAgain(w http.ResponseWriter, r *http.Request, v *visit, notice string) error {
	one, err := s.self(r, v)
	if err != nil {
		return err
	}
	one.Notice = notice
	return s.showSelf(w, r, v, http.StatusUnprocessableEntity, one)
}

// passwordPage takes a new password. It asks for the one that there is; who has none
// shows first who it is.
func (s *Server) passwordPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	show := func(w http.ResponseWriter, r *http.Request, v *visit) error {
		return s.showPassword(w, r, v, http.StatusOK, "")
	}
	if v.account.Password == "" {
		return s.freshPage(show)(w, r, v)
	}
	return show(w, r, v)
}

func (s *Server) showPassword(w http.ResponseWriter, r *http.Request, v *visit, code int, notice string) error {
	return v.show(w, r, code, page{Title: v.Say("Your password"), Nav: navAccount}, passwordPage(v, notice))
}

// setPassword sets or changes the password. All other browsers are signed out: one of
// them may be why it is changed. (ASVS 5.0, 7.4.3)
func (s *Server) setPassword(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.account.Password == "" {
		return s.sensitive(s.setPasswordNow)(w, r, v)
	}
	ok, err := s.proves(w, r, v, v.account.Key, *v.account, r.PostForm.Get(currentField))
	if err != nil {
		return err
	}
	if !ok {
		return s.showPassword(w, r, v, http.StatusUnauthorized, v.Say("The password is not right. Type it once more."))
	}
	if v.login, err = s.signInAnew(w, r, v, v.account.ID); err != nil {
		return err
	}
	return s.setPasswordNow(w, r, v)
}

// currentField is the field of the password that there is.
const currentField = "password-now"

func (s *Server) setPasswordNow(w http.ResponseWriter, r *http.Request, v *visit) error {
	if !r.PostForm.Has("password") { // it was asked once more who it is; a page carries no password
		return s.showPassword(w, r, v, http.StatusOK, "")
	}
	hash, err := s.typedPassword(r, *v.account)
	if errors.Is(err, errTwice) {
		return s.showPassword(w, r, v, http.StatusUnprocessableEntity, twice(v))
	} else if err != nil {
		notice, err := mistake(v.Tongue, err)
		if err != nil {
			return err
		}
		return s.showPassword(w, r, v, http.StatusUnprocessableEntity, notice)
	}
	ctx := context.WithoutCancel(r.Context()) // once begun it is finished
	err = changeAccount(ctx, s.kept, v.account.ID, func(a *store.Account) error {
		a.Password = hash
		return nil
	})
	if err == nil {
		err = errors.Join(s.kept.DeleteLogins(ctx, v.account.ID, v.login.ID), s.kept.DropChallenges(ctx, v.account.ID, resetKind))
	}
	if err != nil {
		return err
	}
	s.note(ctx, store.Event{At: v.at, By: v.account.ID, What: EventPassword})
	return see(w, r, "/account?done=password")
}

func lastWay(v *visit) string {
	return v.Say("This is your last way in. Add another first.")
}

// removePassword leaves the passkeys as the way in.
func (s *Server) removePassword(w http.ResponseWriter, r *http.Request, v *visit) error {
	err := changeAccount(r.Context(), s.kept, v.account.ID, func(a *store.Account) error {
		a.Password = ""
		return nil
	})
	if errors.Is(err, store.ErrLastWay) {
		return s.selfAgain(w, r, v, lastWay(v))
	} else if err != nil {
		return err
	}
	s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: EventPasswordRemoved})
	return see(w, r, "/account?done=password-removed")
}

// beginAdd begins to make a further passkey.
func (s *Server) beginAdd(r *http.Request, v *visit, k *account.Passkeys) (options, state []byte, err error) {
	if !v.fresh() {
		return nil, nil, &wrong{code: http.StatusForbidden, what: v.Say("Too much time has passed"), todo: v.Say("Load the page once more, and show that it is you.")}
	}
	h, err := s.holder(r.Context(), *v.account)
	if err != nil {
		return nil, nil, err
	}
	return k.BeginRegistration(h)
}

// passkeyPage makes a further passkey.
func (s *Server) passkeyPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	return v.show(w, r, http.StatusOK, page{Title: v.Say("A new passkey"), Nav: navAccount, Head: []string{"passkey.js"}}, passkeyPage(v, s.passkeys(r) != nil))
}

// maxKeyName is the longest name of a passkey or a token, in characters.
const maxKeyName = 60

// keyName reads the name of a passkey or a token.
func keyName(typed string) (string, bool) {
	name := strings.Join(strings.Fields(strings.Map(seen, typed)), " ")
	return name, utf8.ValidString(typed) && utf8.RuneCountInString(name) <= maxKeyName
}

// addPasskey keeps a passkey that was made.
func (s *Server) addPasskey(w http.ResponseWriter, r *http.Request, v *visit) error {
	if r.PostForm.Get(responseOf) == "" { // sent without script
		return see(w, r, "/account/passkeys/new")
	}
	name, ok := keyName(r.PostForm.Get("name"))
	if !ok || name == "" {
		name = agentOf(r.UserAgent())
	}
	state, err := s.takeState(r, v, ceremonyAdd)
	var made account.Passkey
	if k := s.passkeys(r); err == nil && k != nil {
		var h account.Holder
		if h, err = s.holder(r.Context(), *v.account); err == nil {
			made, err = k.FinishRegistration(h, state, []byte(r.PostForm.Get(responseOf)))
		}
	}
	if err == nil {
		err = s.kept.AddPasskey(r.Context(), store.Passkey{ID: made.ID, Account: v.account.ID, Name: name, Credential: made.Credential, Created: v.at})
	}
	switch {
	case errors.Is(err, store.ErrTooMany):
		return s.selfAgain(w, r, v, v.Say("You have as many passkeys as may be. Remove one first."))
	case errors.Is(err, account.ErrPasskey), errors.Is(err, store.ErrConflict):
		return s.selfAgain(w, r, v, v.Say("The passkey could not be made. Try again."))
	case err != nil:
		return err
	}
	s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: EventPasskeyAdded})
	return see(w, r, "/account?done=passkey")
}

// removePasskey removes one, unless it is the last way in.
func (s *Server) removePasskey(w http.ResponseWriter, r *http.Request, v *visit) error {
	keys, err := s.kept.Passkeys(r.Context(), v.account.ID)
	if err != nil {
		return err
	}
	id := r.PostForm.Get("id")
	if !hasKey(keys, id) {
		return notFound(v.Tongue)
	}
	switch err := s.kept.DeletePasskey(r.Context(), v.account.ID, id); {
	case errors.Is(err, store.ErrLastWay):
		return s.selfAgain(w, r, v, lastWay(v))
	case err != nil:
		return err
	}
	s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: EventPasskeyRemoved})
	return see(w, r, "/account?done=passkey-removed")
}

func hasKey(keys []store.Passkey, id string) bool {
	for _, k := range keys {
		if k.ID == id {
			return true
		}
	}
	return false
}

// endLogin signs another browser out, or this one.
func (s *Server) endLogin(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, err := s.kept.Logins(r.Context(), v.account.ID)
	if err != nil {
		return err
	}
	for _, l := range all {
		switch {
		case publicLogin(l.ID) != r.PostForm.Get("id"):
		case l.ID == v.login.ID:
			return s.signOutHere(w, r, v)
		default:
			if err := s.kept.DeleteLogin(r.Context(), v.account.ID, l.ID); err != nil {
				return err
			}
			s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: EventLoginsEnded})
			return see(w, r, "/account?done=logins")
		}
	}
	return notFound(v.Tongue)
}

// endOthers signs all other browsers out.
func (s *Server) endOthers(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := s.kept.DeleteLogins(r.Context(), v.account.ID, v.login.ID); err != nil {
		return err
	}
	s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: EventLoginsEnded})
	return see(w, r, "/account?done=logins")
}

// day says on which day something was, in the listener's zone.
func (v *visit) day(at time.Time) string { return v.Date(at.In(v.zone())) }

// madeAndUsed says when a key was made and last used.
func (v *visit) madeAndUsed(made, used time.Time) string {
	if used.IsZero() {
		return v.Say("Made %s, not used yet", v.day(made))
	}
	return v.Say("Made %s, last used %s", v.day(made), v.day(used))
}

// renamePasskey takes what its person calls a passkey.
func (s *Server) renamePasskey(w http.ResponseWriter, r *http.Request, v *visit) error {
	name, ok := keyName(r.PostForm.Get("name"))
	if !ok || name == "" {
		return s.selfAgain(w, r, v, v.Say("A name has at most %d letters.", maxKeyName))
	}
	if err := s.kept.RenamePasskey(r.Context(), v.account.ID, r.PostForm.Get("id"), name); err != nil {
		return err
	}
	return see(w, r, "/account?done=renamed")
}
