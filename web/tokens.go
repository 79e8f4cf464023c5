package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"segue/account"
	"segue/store"
)

// tokenDays are how long a token may last.
func tokenDays() []int { return []int{7, 30, 90, 365} }

// usualTokenDays is what is chosen already. (d)
const usualTokenDays = 30

// makeToken makes a token of what its person may give, and shows it, once. The page
// is the answer to the form and not one to come back to: nothing keeps the token.
func (s *Server) makeToken(w http.ResponseWriter, r *http.Request, v *visit) error {
	may := account.Grantable(account.Role(v.account.Role))
	var scopes []account.Scope
	for _, asked := range r.PostForm["scope"] {
		if !slices.Contains(may, account.Scope(asked)) {
			return misread(v.Tongue, v.Say("A token is given what is offered on the page, and nothing else."))
		}
		scopes = append(scopes, account.Scope(asked))
	}
	days, err := strconv.Atoi(r.PostForm.Get("days"))
	if err != nil || !slices.Contains(tokenDays(), days) {
		return misread(v.Tongue, v.Say("How long a token holds is one of the choices on the page."))
	}
	again := func(notice string) error {
		one, err := s.self(r, v)
		if err != nil {
			return err
		}
		one.Notice, one.Picked, one.Name = notice, scopes, r.PostForm.Get("name")
		return s.showSelf(w, r, v, http.StatusUnprocessableEntity, one)
	}
	name, ok := keyName(r.PostForm.Get("name"))
	switch {
	case !ok || name == "":
		return again(v.Say("Say in at most %d letters what the token is for.", maxKeyName))
	case len(scopes) == 0:
		return again(v.Say("Choose what the token may do."))
	}
	made := account.NewToken()
	kept := store.Token{ID: made.ID, Hash: made.Hash(), Account: v.account.ID, Name: name, Created: v.at, Expires: v.at.AddDate(0, 0, days)}
	for _, scope := range account.Scopes() { // each once, in order
		if slices.Contains(scopes, scope) {
			kept.Scopes = append(kept.Scopes, string(scope))
		}
	}
	err = s.kept.AddToken(r.Context(), kept)
	if errors.Is(err, store.ErrTooMany) {
		return again(v.Say("You have as many tokens as may be. Revoke one first."))
	} else if err != nil {
		return err
	}
	s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: EventTokenMade, Of: kept.ID})
	one, err := s.self(r, v)
	if err != nil {
		return err
	}
	one.Made = made.Reveal()
	return s.showSelf(w, r, v, http.StatusOK, one)
}

// revokeToken ends a token.
func (s *Server) revokeToken(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, err := s.kept.Tokens(r.Context(), v.account.ID)
	if err != nil {
		return err
	}
	id := r.PostForm.Get("id")
	if !slices.ContainsFunc(all, func(t store.Token) bool { return t.ID == id }) {
		return notFound(v.Tongue)
	}
	if err := s.kept.DeleteToken(r.Context(), v.account.ID, id); err != nil {
		return err
	}
	s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: EventTokenRevoked, Of: id})
	return see(w, r, "/account?done=revoked")
}

// scopeWords says what a scope lets a program do.
func (v *visit) scopeWords(s account.Scope) string {
	switch s {
	case account.MeRead:
		return v.Say("see name, consents and settings")
	case account.MeWrite:
		return v.Say("change settings and consents; bring back or delete everything that is kept")
	case account.ListeningRead:
		return v.Say("see plays, sessions, moods and style")
	case account.ListeningWrite:
		return v.Say("bring an export, delete plays")
	case account.HoursRead:
		return v.Say("see hours, check-ins and reflections")
	case account.HoursWrite:
		return v.Say("build, change and delete hours, and say how they felt")
	case account.LabRead:
		return v.Say("see the catalogue, models, trees and jobs, and numbers of groups")
	case account.LabWrite:
		return v.Say("start jobs, add versions")
	case account.PeopleAdmin:
		return v.Say("invite people, change roles, close and delete accounts")
	}
	return string(s)
}

// over reports whether a token does not hold any more.
func over(t store.Token, now time.Time) bool { return !t.Expires.IsZero() && !t.Expires.After(now) }
