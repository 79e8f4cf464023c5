package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"segue/account"
	"segue/store"
)

// A joining is the page of who was invited.
type joining struct {
	Path     string // of the link: its form goes there
	Name     string
	Notice   string
	Passkeys bool
	For      account.Role
}

// A joinState is what is kept of the making of a passkey while there is no account.
type joinState struct {
	ID, Name   string // of the account to be
	Invitation string
	State      []byte
}

// invitation returns the invitation of a link. Who tries links has to wait.
func (s *Server) invitation(w http.ResponseWriter, r *http.Request, v *visit) (store.Invitation, error) {
	secret, err := s.linkSecret(w, r, v)
	if err != nil {
		return store.Invitation{}, err
	}
	i, err := s.kept.Invitation(r.Context(), account.HashSecret(secret), v.at)
	if errors.Is(err, store.ErrNotFound) {
		return i, noLink(v)
	}
	return i, err
}

// linkSecret returns the secret of a link's path.
func (s *Server) linkSecret(w http.ResponseWriter, r *http.Request, v *visit) (string, error) {
	if wait := s.signing.begins.Allow(account.AddressKey(s.peer(r)), v.at); wait > 0 {
		return "", waits(w, v, wait)
	}
	if secret := r.PathValue("secret"); account.IsSecret(secret) {
		return secret, nil
	}
	return "", noLink(v)
}

// noLink says that a link does not hold, and not why.
func noLink(v *visit) error {
	return &wrong{code: http.StatusNotFound, what: v.Say("This link does not hold"), todo: v.Say("It was used, it has expired, it was taken back, or it is not whole. Ask whoever gave it to you for another.")}
}

// joinPage shows an invitation. It uses nothing up: programs that look at links of
// messages follow them, too.
func (s *Server) joinPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	i, err := s.invitation(w, r, v)
	if err != nil {
		return err
	}
	return s.showJoin(w, r, v, http.StatusOK, i, joining{})
}

func (s *Server) showJoin(w http.ResponseWriter, r *http.Request, v *visit, code int, i store.Invitation, j joining) error {
	j.Path, j.Passkeys, j.For = "/join/"+r.PathValue("secret"), s.passkeys(r) != nil, account.Role(i.Role)
	return v.show(w, r, code, page{Title: v.Say("You are invited"), Bare: true, Head: []string{"passkey.js"}}, joinPage(v, j))
}

// join makes the account of an invitation, with a password or with a passkey. What is
// wrong with what was typed leaves the invitation as it is.
func (s *Server) join(w http.ResponseWriter, r *http.Request, v *visit) error {
	i, err := s.invitation(w, r, v)
	if err != nil {
		return err
	}
	again := func(notice string) error {
		return s.showJoin(w, r, v, http.StatusUnprocessableEntity, i, joining{Name: r.PostForm.Get("name"), Notice: notice})
	}
	a, key, err := s.joining(r, v, i)
	switch {
	case errors.Is(err, account.ErrPasskey):
		return again(v.Say("The passkey could not be made. Try again, or choose a password."))
	case errors.Is(err, errTwice):
		return again(twice(v))
	case err != nil:
		notice, err := mistake(v.Tongue, err)
		if err != nil {
			return err
		}
		return again(notice)
	}
	switch err := s.kept.TakeInvitation(r.Context(), i.ID, v.at, a); {
	case errors.Is(err, store.ErrNotFound):
		return noLink(v)
	case errors.Is(err, store.ErrConflict):
		return again(nameTaken(v))
	case err != nil:
		return err
	}
	// From here on it is finished.
	r = r.WithContext(context.WithoutCancel(r.Context()))
	if key != nil {
		if err := s.kept.AddPasskey(r.Context(), *key); err != nil {
			// Nobody could sign in to it.
			return errors.Join(err, s.kept.DeleteAccount(r.Context(), a.ID))
		}
	}
	s.note(r.Context(), store.Event{At: v.at, By: a.ID, What: EventJoined})
	return s.enter(w, r, v, a.ID, EventSignedIn, "/")
}

// joining returns the account that a form asks for, and its passkey if that is how
// its person will sign in.
func (s *Server) joining(r *http.Request, v *visit, i store.Invitation) (a store.Account, key *store.Passkey, err error) {
	ctx := r.Context()
	if r.PostForm.Get(responseOf) == "" {
		if a, err = NewAccount(r.PostForm.Get("name"), account.Role(i.Role), v.at); err != nil {
			return a, nil, err
		}
		a.Password, err = s.typedPassword(r, a)
		return a, nil, err
	}
	state, err := s.takeState(r, v, ceremonyJoin)
	if err != nil {
		return a, nil, err
	}
	var begun joinState
	if json.Unmarshal(state, &begun) != nil || begun.Invitation != i.ID {
		return a, nil, account.ErrPasskey
	}
	if a, err = NewAccount(begun.Name, account.Role(i.Role), v.at); err != nil {
		return a, nil, err
	}
	a.ID = begun.ID
	k := s.passkeys(r)
	if k == nil {
		return a, nil, account.ErrPasskey
	}
	made, err := k.FinishRegistration(account.Holder{ID: a.ID, Name: a.Name}, begun.State, []byte(r.PostForm.Get(responseOf)))
	if err != nil {
		return a, nil, err
	}
	_, err = s.kept.PasskeyByID(ctx, made.ID)
	if !errors.Is(err, store.ErrNotFound) {
		return a, nil, errors.Join(account.ErrPasskey, err) // somebody's already
	}
	return a, &store.Passkey{ID: made.ID, Account: a.ID, Name: agentOf(r.UserAgent()), Credential: made.Credential, Created: v.at}, nil
}

// errTwice says that a password was not typed the same twice.
var errTwice = errors.New("the two passwords differ")

func twice(v *visit) string {
	return v.Say("The two passwords are not the same. Type both once more.")
}

func nameTaken(v *visit) string {
	return v.Say("Somebody here has this name already. Choose another to sign in with; what Segue calls you is asked later.")
}

// typedPassword returns the hash of the password that a form sets.
func (s *Server) typedPassword(r *http.Request, a store.Account) (string, error) {
	if r.PostForm.Get("password") != r.PostForm.Get("password-again") {
		return "", errTwice
	}
	return HashPassword(r.Context(), s.signing.hasher, a, r.PostForm.Get("password"))
}

// beginJoin begins to make the passkey of an account that is not there yet.
func (s *Server) beginJoin(r *http.Request, v *visit, k *account.Passkeys) (options, state []byte, err error) {
	secret := r.PathValue("secret")
	if !account.IsSecret(secret) {
		return nil, nil, noLink(v)
	}
	i, err := s.kept.Invitation(r.Context(), account.HashSecret(secret), v.at)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, noLink(v)
	} else if err != nil {
		return nil, nil, err
	}
	a, err := NewAccount(r.PostForm.Get("name"), account.Role(i.Role), v.at)
	if err != nil {
		notice, err := mistake(v.Tongue, err)
		if err != nil {
			return nil, nil, err
		}
		return nil, nil, &wrong{code: http.StatusUnprocessableEntity, what: v.Say("The name does not do"), todo: notice}
	}
	switch _, err := s.kept.AccountByKey(r.Context(), a.Key); {
	case err == nil:
		return nil, nil, &wrong{code: http.StatusConflict, what: v.Say("The name does not do"), todo: nameTaken(v)}
	case !errors.Is(err, store.ErrNotFound):
		return nil, nil, err
	}
	options, state, err = k.BeginRegistration(account.Holder{ID: a.ID, Name: a.Name})
	if err != nil {
		return nil, nil, err
	}
	state, err = json.Marshal(joinState{ID: a.ID, Name: a.Name, Invitation: i.ID, State: state})
	return options, state, err
}

// A resetting is the page of a link for a new password.
type resetting struct{ Path, Name, Notice string }

// resetOf returns whose link it is.
func (s *Server) resetOf(w http.ResponseWriter, r *http.Request, v *visit) (store.Account, store.Challenge, error) {
	secret, err := s.linkSecret(w, r, v)
	if err != nil {
		return store.Account{}, store.Challenge{}, err
	}
	c, err := s.kept.Challenge(r.Context(), account.HashSecret(secret), resetKind, v.at)
	if errors.Is(err, store.ErrNotFound) {
		return store.Account{}, c, noLink(v)
	} else if err != nil {
		return store.Account{}, c, err
	}
	a, err := s.kept.Account(r.Context(), c.Account)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Disabled {
		return a, c, noLink(v)
	}
	return a, c, err
}

// resetPage shows a link for a new password.
func (s *Server) resetPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, _, err := s.resetOf(w, r, v)
	if err != nil {
		return err
	}
	return s.showReset(w, r, v, http.StatusOK, a, "")
}

func (s *Server) showReset(w http.ResponseWriter, r *http.Request, v *visit, code int, a store.Account, notice string) error {
	return v.show(w, r, code, page{Title: v.Say("A new password"), Bare: true}, resetPage(v, resetting{"/reset/" + r.PathValue("secret"), a.Name, notice}))
}

// reset sets the new password, once, ends all logins, and signs this browser in.
func (s *Server) reset(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, c, err := s.resetOf(w, r, v)
	if err != nil {
		return err
	}
	hash, err := s.typedPassword(r, a)
	if errors.Is(err, errTwice) {
		return s.showReset(w, r, v, http.StatusUnprocessableEntity, a, twice(v))
	} else if err != nil {
		notice, err := mistake(v.Tongue, err)
		if err != nil {
			return err
		}
		return s.showReset(w, r, v, http.StatusUnprocessableEntity, a, notice)
	}
	r = r.WithContext(context.WithoutCancel(r.Context())) // once begun it is finished
	switch _, err := s.kept.TakeChallenge(r.Context(), c.ID, resetKind, v.at); {
	case errors.Is(err, store.ErrNotFound):
		return noLink(v)
	case err != nil:
		return err
	}
	err = changeAccount(r.Context(), s.kept, a.ID, func(a *store.Account) error {
		a.Password = hash
		return nil
	})
	if err == nil {
		err = s.kept.DeleteLogins(r.Context(), a.ID, "")
	}
	if err != nil {
		return err
	}
	s.note(r.Context(), store.Event{At: v.at, By: a.ID, What: EventPassword})
	return s.enter(w, r, v, a.ID, EventSignedIn, "/")
}
