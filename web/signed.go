package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"segue/account"
	"segue/language"
	"segue/store"
)

// signedCookie holds the secret of a login; its hash is what is stored. The prefix
// lets browsers take it from this host alone, and by https alone. (RFC 6265bis §4.1.3)
const (
	signedCookie      = "__Host-segue"
	signedCookieClear = "segue_signed" // where people reach the server by http
)

func (s *Server) signedName(r *http.Request) string {
	if s.secure(r) {
		return signedCookie
	}
	return signedCookieClear
}

// visitSigned is visit where people sign in.
func (s *Server) visitSigned(r *http.Request) (*visit, error) {
	stranger := &visit{Tongue: language.English(), server: s, at: s.now()}
	c, err := r.Cookie(s.signedName(r))
	if err != nil {
		return stranger, nil
	}
	if !account.IsSecret(c.Value) {
		return stranger, nil
	}
	login, err := s.kept.Login(r.Context(), account.HashSecret(c.Value), s.now())
	if errors.Is(err, store.ErrNotFound) || err == nil && account.ServiceLifetimes().Expired(timesOf(login), s.now()) {
		return stranger, nil
	} else if err != nil {
		return stranger, err
	}
	who, err := s.kept.Account(r.Context(), login.Account)
	if errors.Is(err, store.ErrNotFound) || err == nil && who.Disabled {
		return stranger, nil
	} else if err != nil {
		return stranger, err
	}
	v, err := s.visitOf(r.Context(), who.ID)
	v.account, v.login = &who, login
	if err == nil && login.Seen.Before(v.at.Add(-time.Minute)) {
		err = s.kept.TouchLogin(r.Context(), login.ID, v.at)
	}
	return v, err
}

func timesOf(l store.Login) account.LoginTimes {
	return account.LoginTimes{Created: l.Created, Seen: l.Seen, Authenticated: l.Authenticated}
}

// fresh reports whether who visits proved lately who they are, as what is sensitive
// asks for. Where nobody signs in there is nothing to prove.
func (v *visit) fresh() bool {
	return !v.server.o.Accounts || v.account != nil && account.ServiceLifetimes().FreshAt(timesOf(v.login), v.at)
}

// signIn makes a login of an account and gives the browser its cookie. The rest of
// the request is of that login, too.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request, id string) (store.Login, error) {
	secret, now := account.NewSecret(), s.now()
	lives := account.ServiceLifetimes()
	l := store.Login{
		ID: account.HashSecret(secret), Account: id, Created: now, Seen: now, Authenticated: now, Expires: now.Add(lives.Absolute), Agent: agentOf(r.UserAgent()),
	}
	if err := s.kept.AddLogin(r.Context(), l); err != nil {
		return l, err
	}
	http.SetCookie(w, s.signedCookie(r, secret, int(lives.Absolute/time.Second)))
	others := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range others {
		if c.Name != s.signedName(r) {
			r.AddCookie(c)
		}
	}
	r.AddCookie(&http.Cookie{Name: s.signedName(r), Value: secret})
	return l, nil
}

// signOut ends the login of who visits.
func (s *Server) signOut(ctx context.Context, w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.account == nil {
		return nil
	}
	http.SetCookie(w, s.signedCookie(r, "", -1))
	return s.kept.DeleteLogin(ctx, v.account.ID, v.login.ID)
}

func (s *Server) signedCookie(r *http.Request, value string, seconds int) *http.Cookie {
	return &http.Cookie{
		Name: s.signedName(r), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.secure(r),
		SameSite: http.SameSiteLaxMode, // a link in an invitation must find who is signed in
	}
}
