package web

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"segue/account"
	"segue/store"
)

// What a ceremony with a passkey is for. A challenge of one kind serves no other.
const (
	ceremonySignIn  = "sign-in"
	ceremonyConfirm = "confirm"
	ceremonyAdd     = "add-passkey"
	ceremonyJoin    = "join"
)

// passkeys returns the ceremonies of the address that people use, or nil where there
// are none: a passkey belongs to a name, and numbers are none. Browsers allow it by
// https, and on the machine itself.
func (s *Server) passkeys(r *http.Request) *account.Passkeys {
	base, err := url.Parse(s.base(r))
	if err != nil || net.ParseIP(base.Hostname()) != nil || base.Scheme != "https" && base.Hostname() != "localhost" {
		return nil
	}
	host := strings.ToLower(base.Hostname())
	origin := base.Scheme + "://" + host
	if port := base.Port(); port != "" {
		origin += ":" + port
	}
	k, err := account.NewPasskeys(account.PasskeyConfig{RPID: host, Origins: []string{origin}, Name: "Segue"})
	if err != nil {
		return nil
	}
	return k
}

// holder returns an account as ceremonies know it.
func (s *Server) holder(ctx context.Context, who store.Account) (account.Holder, error) {
	h := account.Holder{ID: who.ID, Name: who.Name}
	all, err := s.kept.Passkeys(ctx, who.ID)
	for _, p := range all {
		h.Passkeys = append(h.Passkeys, p.Credential)
	}
	return h, err
}

// A ceremony is what a browser is given to begin with.
type ceremony struct {
	Challenge string          `json:"challenge"` // comes back with the answer
	Options   json.RawMessage `json:"options"`
}

// A refusal is what a browser is told where it may not begin.
type refusal struct {
	Said string `json:"said"`
}

// writeJSON answers a script of ours.
func writeJSON(w http.ResponseWriter, code int, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(b) // a reader who left needs no answer
	return nil
}

// begin makes a handler that begins a ceremony: options and state come from with,
// whose *wrong is told to the script in words.
func (s *Server) ceremony(kind string, with func(r *http.Request, v *visit, k *account.Passkeys) (options, state []byte, err error)) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if wait := s.signing.begins.Allow(account.AddressKey(s.peer(r)), v.at); wait > 0 {
			return told(w, waits(w, v, wait))
		}
		k := s.passkeys(r)
		if k == nil {
			return told(w, noPasskeys(v))
		}
		options, state, err := with(r, v, k)
		if err != nil {
			return told(w, err)
		}
		secret, of := account.NewSecret(), ""
		if v.account != nil && kind != ceremonySignIn && kind != ceremonyJoin {
			of = v.account.ID
		}
		err = s.kept.AddChallenge(r.Context(), store.Challenge{
			ID: account.HashSecret(secret), Account: of, Kind: kind, Data: state, Expires: v.at.Add(account.ChallengeFor),
		})
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, ceremony{secret, options})
	}
}

// told answers a script with what is wrong, if that is a person's to mend.
func told(w http.ResponseWriter, err error) error {
	var known *wrong
	if errors.As(err, &known) {
		return writeJSON(w, known.code, refusal{known.what + ". " + known.todo})
	}
	return err
}

func noPasskeys(v *visit) error {
	return &wrong{code: http.StatusConflict, what: v.Say("No passkeys at this address"), todo: v.Say("They need an address that is a name, by https. Use a password.")}
}

// takeState returns what was kept of a ceremony that a form answers, once. It was
// begun by the same account, if by any.
func (s *Server) takeState(r *http.Request, v *visit, kind string) ([]byte, error) {
	secret := r.PostForm.Get("challenge")
	if !account.IsSecret(secret) {
		return nil, account.ErrPasskey
	}
	c, err := s.kept.TakeChallenge(r.Context(), account.HashSecret(secret), kind, v.at)
	if errors.Is(err, store.ErrNotFound) {
		return nil, account.ErrPasskey
	} else if err != nil {
		return nil, err
	}
	if c.Account != "" && (v.account == nil || c.Account != v.account.ID) {
		return nil, account.ErrPasskey
	}
	return c.Data, nil
}

// usedPasskey returns whose passkey a form was answered with. It returns ErrPasskey
// where it was none that fits, and ErrCloned. A disabled account is returned.
func (s *Server) usedPasskey(r *http.Request, v *visit, kind string) (who store.Account, err error) {
	k := s.passkeys(r)
	if k == nil {
		return who, account.ErrPasskey
	}
	state, err := s.takeState(r, v, kind)
	if err != nil {
		return who, err
	}
	var found store.Account
	var fault error
	id, used, err := k.FinishLogin(state, []byte(r.PostForm.Get("response")), func(id string) (h account.Holder, err error) {
		if found, err = s.kept.Account(r.Context(), id); err == nil {
			h, err = s.holder(r.Context(), found)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			fault = err
		}
		return h, err
	})
	switch {
	case fault != nil:
		return who, fault
	case errors.Is(err, account.ErrCloned):
		s.note(r.Context(), store.Event{At: v.at, What: EventCloned, Of: found.ID})
		return who, err
	case err != nil:
		s.failed(r.Context(), v.at, found.ID)
		return who, err
	case id != found.ID:
		return who, account.ErrPasskey
	}
	err = s.kept.UsePasskey(r.Context(), used.ID, used.Credential, v.at)
	if errors.Is(err, store.ErrNotFound) { // removed meanwhile
		return who, account.ErrPasskey
	}
	return found, err
}

// passkeyNotice says what is wrong with a passkey, or returns an error that is no
// fault of it.
func passkeyNotice(v *visit, err error) (string, error) {
	switch {
	case errors.Is(err, account.ErrCloned):
		return v.Say("This passkey may have been copied, and is not accepted. Sign in another way, remove it, and add a new one."), nil
	case errors.Is(err, account.ErrPasskey):
		return v.Say("The passkey was not accepted. Try again, or use another way."), nil
	}
	return "", err
}

// signInByPasskey takes the answer of a passkey, which says by itself whose it is.
func (s *Server) signInByPasskey(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := s.signForm(r, back(r))
	who, err := s.usedPasskey(r, v, ceremonySignIn)
	if err != nil {
		s.measures.triedSignIn(byPasskey, false)
		if f.Notice, err = passkeyNotice(v, err); err != nil {
			return err
		}
		return s.showSignIn(w, r, v, http.StatusUnauthorized, f)
	}
	if who.Disabled {
		return closedFor(v)
	}
	s.measures.triedSignIn(byPasskey, true)
	return s.enter(w, r, v, who.ID, EventSignedInByPasskey, f.Back)
}

// beginSignIn begins to sign in by passkey.
func beginSignIn(_ *http.Request, _ *visit, k *account.Passkeys) (options, state []byte, err error) {
	return k.BeginLogin()
}
