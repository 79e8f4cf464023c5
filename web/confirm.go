package web

import (
	"net/http"
	"slices"
	"strings"

	"segue/account"
)

// What harms most asks who it is once more, unless that was asked a moment ago: see
// account.Lifetimes.FreshAt. Who answers goes on with what they were doing: the page of the
// question carries along what was typed, but for passwords.

// A confirming is the page that asks once more.
type confirming struct {
	To       string      // where its form goes
	Carried  [][2]string // of the form that it interrupts
	Password bool        // the account has one
	Passkey  bool        // the account has some, and they can be used here
	Notice   string
}

// The fields of the question, among those of the form that it interrupts.
const (
	confirmField = "confirm-password"
	responseOf   = "response"
)

// sensitive makes a handler of a form ask who it is once more.
func (s *Server) sensitive(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if v.fresh() {
			return h(w, r, v)
		}
		if !r.PostForm.Has(confirmField) && !r.PostForm.Has(responseOf) {
			return s.askAgain(w, r, v, http.StatusForbidden, r.URL.Path, "")
		}
		notice, err := s.confirm(w, r, v)
		if err != nil {
			return err
		}
		if notice != "" {
			return s.askAgain(w, r, v, http.StatusUnauthorized, r.URL.Path, notice)
		}
		return h(w, r, v)
	}
}

// freshPage makes a handler of a page ask who it is once more before it is shown.
func (s *Server) freshPage(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if !v.fresh() {
			return see(w, r, "/confirm?back="+r.URL.EscapedPath())
		}
		return h(w, r, v)
	}
}

// askAgain shows the question; to is where the answer goes.
func (s *Server) askAgain(w http.ResponseWriter, r *http.Request, v *visit, code int, to, notice string) error {
	h, err := s.holder(r.Context(), *v.account)
	if err != nil {
		return err
	}
	c := confirming{To: to, Notice: notice, Password: v.account.Password != "", Passkey: len(h.Passkeys) > 0 && s.passkeys(r) != nil}
	for name, values := range r.PostForm {
		// Passwords are typed anew: a page should hold none.
		if name == confirmField || name == responseOf || name == "challenge" || strings.HasPrefix(name, "password") {
			continue
		}
		for _, one := range values {
			c.Carried = append(c.Carried, [2]string{name, one})
		}
	}
	slices.SortFunc(c.Carried, func(a, b [2]string) int { return strings.Compare(a[0]+"\x00"+a[1], b[0]+"\x00"+b[1]) })
	return v.show(w, r, code, page{Title: v.Say("Is it you?"), Nav: navAccount, Head: []string{"passkey.js"}}, confirmPage(v, c))
}

// confirm takes the answer: "" if it is right, what to say if not.
func (s *Server) confirm(w http.ResponseWriter, r *http.Request, v *visit) (notice string, err error) {
	if r.PostForm.Get(responseOf) != "" {
		who, err := s.usedPasskey(r, v, ceremonyConfirm)
		if err != nil {
			return passkeyNotice(v, err)
		}
		if who.ID != v.account.ID {
			return v.Say("This passkey is another account’s. Use one of yours."), nil
		}
	} else {
		ok, err := s.proves(w, r, v, v.account.Key, *v.account, r.PostForm.Get(confirmField))
		if err != nil {
			return "", err
		}
		if !ok {
			return v.Say("The password is not right. Type it once more."), nil
		}
	}
	v.login, err = s.signInAnew(w, r, v, v.account.ID) // ASVS 5.0, 7.2.4
	return "", err
}

// confirmPage asks once more, before a page.
func (s *Server) confirmPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	to := ownPath(r.URL.Query().Get("back"))
	if v.fresh() {
		return see(w, r, to)
	}
	r.PostForm = map[string][]string{"back": {to}}
	return s.askAgain(w, r, v, http.StatusOK, "/confirm", "")
}

// confirmed takes the answer before a page.
func (s *Server) confirmed(w http.ResponseWriter, r *http.Request, v *visit) error {
	notice, err := s.confirm(w, r, v)
	if err != nil {
		return err
	}
	if notice != "" {
		return s.askAgain(w, r, v, http.StatusUnauthorized, "/confirm", notice)
	}
	return see(w, r, back(r))
}

// beginConfirm begins to ask by passkey.
func (s *Server) beginConfirm(r *http.Request, v *visit, k *account.Passkeys) (options, state []byte, err error) {
	h, err := s.holder(r.Context(), *v.account)
	if err != nil {
		return nil, nil, err
	}
	if len(h.Passkeys) == 0 {
		return nil, nil, noPasskeys(v)
	}
	return k.BeginConfirmation(h)
}
