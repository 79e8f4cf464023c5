package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"segue/account"
	"segue/store"
)

// Whoever runs a Segue sees who is here, what they may do and on which day they were
// last seen, and nothing of what they hear, say or plan.

// A person is an account as an admin sees it.
type person struct {
	store.Account
	Seen  time.Time // the day they were last seen, as far as a login of theirs tells; zero if none
	Yours bool
}

// People is a part of all accounts, and the invitations.
type people struct {
	All         []person
	Next        string // id of the account after which the next part begins; "" at the end
	Count       int
	Invitations []store.Invitation
	Link        string // the link that was just made: shown once
	For         string // whom it is for
	Lasts       time.Duration
	Notice      string
	Role        account.Role // of an invitation that could not be made
	Note        string       // likewise
	Done        string
}

// peopleShown is how many accounts stand on a page. (d)
const peopleShown = 50

// maxInvitationNote is how long a note may be, in characters.
const maxInvitationNote = 100

// people gathers a part of the accounts.
func (s *Server) people(r *http.Request, v *visit) (p people, err error) {
	ctx, after := r.Context(), ""
	p.Role, p.Done = account.Listener, r.URL.Query().Get("done")
	if id := r.URL.Query().Get("after"); id != "" {
		last, err := s.kept.Account(ctx, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return p, err
		}
		after = last.Key // of an account that is gone, the beginning
	}
	all, err := s.kept.Accounts(ctx, after, peopleShown+1)
	if err != nil {
		return p, err
	}
	if len(all) > peopleShown {
		all = all[:peopleShown]
		p.Next = all[peopleShown-1].ID
	}
	for _, a := range all {
		one, err := s.person(ctx, v, a)
		if err != nil {
			return p, err
		}
		p.All = append(p.All, one)
	}
	if p.Count, err = s.kept.CountAccounts(ctx); err != nil {
		return p, err
	}
	p.Invitations, err = s.kept.Invitations(ctx)
	return p, err
}

func (s *Server) person(ctx context.Context, v *visit, a store.Account) (one person, err error) {
	one = person{Account: a, Yours: a.ID == v.account.ID}
	logins, err := s.kept.Logins(ctx, a.ID)
	if err != nil {
		return one, err
	}
	for _, l := range logins {
		if l.Seen.After(one.Seen) {
			one.Seen = l.Seen
		}
	}
	return one, nil
}

// peoplePage lists who is here.
func (s *Server) peoplePage(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := s.people(r, v)
	if err != nil {
		return err
	}
	return s.showPeople(w, r, v, http.StatusOK, p)
}

func (s *Server) showPeople(w http.ResponseWriter, r *http.Request, v *visit, code int, p people) error {
	return v.show(w, r, code, page{Title: v.Say("People"), Nav: navPeople}, peoplePage(v, p))
}

// invite makes an invitation and shows its link, once.
func (s *Server) invite(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := s.people(r, v)
	if err != nil {
		return err
	}
	p.Role, p.Note = account.Role(r.PostForm.Get("role")), r.PostForm.Get("note")
	note := strings.Join(strings.Fields(strings.Map(seen, p.Note)), " ")
	switch {
	case !isRole(p.Role):
		return misread(v.Tongue, v.Say("A role is one of the choices on the page."))
	case !utf8.ValidString(p.Note) || utf8.RuneCountInString(note) > maxInvitationNote:
		p.Notice, p.Note = v.Say("A note has at most %d letters.", maxInvitationNote), ""
		return s.showPeople(w, r, v, http.StatusUnprocessableEntity, p)
	}
	path, err := Invite(r.Context(), s.kept, p.Role, note, v.account.ID, v.at, InvitationFor)
	if errors.Is(err, store.ErrTooMany) {
		p.Notice = v.Say("There are as many invitations as may be. Withdraw some first.")
		return s.showPeople(w, r, v, http.StatusUnprocessableEntity, p)
	} else if err != nil {
		return err
	}
	s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: EventInvited})
	if p, err = s.people(r, v); err != nil {
		return err
	}
	p.Link, p.For, p.Lasts = s.base(r)+path, note, InvitationFor
	return s.showPeople(w, r, v, http.StatusOK, p)
}

// publicInvitation names an invitation where a page holds it.
func publicInvitation(id string) string { return account.HashSecret(id)[:32] }

// withdraw takes an invitation back.
func (s *Server) withdraw(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, err := s.kept.Invitations(r.Context())
	if err != nil {
		return err
	}
	for _, i := range all {
		if publicInvitation(i.ID) != r.PostForm.Get("id") {
			continue
		}
		if err := s.kept.DeleteInvitation(r.Context(), i.ID); err != nil {
			return err
		}
		s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: EventWithdrawn})
		return see(w, r, "/people?done=withdrawn")
	}
	return notFound(v.Tongue)
}

// A personView is the page of one account.
type personView struct {
	person
	Link  string // for a new password, just made
	Role  account.Role
	Asked bool // to delete it, once
}

// somebody returns the account of an address, and refuses a form that was made for
// another state of it: two admins may have it open.
func (s *Server) somebody(r *http.Request, v *visit) (store.Account, error) {
	a, err := s.kept.Account(r.Context(), r.PathValue("id"))
	if err != nil || r.Method != http.MethodPost {
		return a, err
	}
	version, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil {
		return a, misread(v.Tongue, v.Say("Nothing was changed. Try again."))
	}
	if a.Version != version {
		return a, store.ErrConflict
	}
	return a, nil
}

// personPage shows one account and what may be done with it.
func (s *Server) personPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := s.somebody(r, v)
	if err != nil {
		return err
	}
	return s.showPerson(w, r, v, a, personView{})
}

func (s *Server) showPerson(w http.ResponseWriter, r *http.Request, v *visit, a store.Account, p personView) (err error) {
	if p.person, err = s.person(r.Context(), v, a); err != nil {
		return err
	}
	p.Role = account.Role(a.Role)
	return v.show(w, r, http.StatusOK, page{Title: a.Name, Nav: navPeople}, personPage(v, p))
}

// changePerson saves an account that an admin changed.
func (s *Server) changePerson(r *http.Request, v *visit, a store.Account, what string) error {
	err := s.kept.SaveAccount(r.Context(), a)
	if errors.Is(err, store.ErrLastAdmin) {
		return lastAdmin(v)
	} else if err != nil {
		return err
	}
	s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: what, Of: a.ID})
	return nil
}

// lastAdmin says what has to be done before the last admin can go.
func lastAdmin(v *visit) error {
	return &wrong{code: http.StatusConflict, what: v.Say("This is the last admin"), todo: v.Say("Nothing was changed: nobody could invite, close or open accounts any more. Make somebody else an admin first."), mend: "/people"}
}

// changeRole gives an account another role.
func (s *Server) changeRole(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := s.somebody(r, v)
	if err != nil {
		return err
	}
	to := account.Role(r.PostForm.Get("role"))
	if !isRole(to) {
		return misread(v.Tongue, v.Say("A role is one of the choices on the page."))
	}
	a.Role = store.Role(to)
	if err := s.changePerson(r, v, a, EventRole); err != nil {
		return err
	}
	return see(w, r, "/people/"+a.ID)
}

// disable closes an account: nobody signs in to it, and all its logins end.
func (s *Server) disable(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := s.somebody(r, v)
	if err != nil {
		return err
	}
	a.Disabled = true
	if err := s.changePerson(r, v, a, EventDisabled); err != nil {
		return err
	}
	if err := s.kept.DeleteLogins(r.Context(), a.ID, ""); err != nil {
		return err
	}
	return see(w, r, "/people/"+a.ID)
}

// enable opens it again.
func (s *Server) enable(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := s.somebody(r, v)
	if err != nil {
		return err
	}
	a.Disabled = false
	if err := s.changePerson(r, v, a, EventEnabled); err != nil {
		return err
	}
	return see(w, r, "/people/"+a.ID)
}

// resetPerson makes a link that lets somebody set a new password, and ends their
// logins.
func (s *Server) resetPerson(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := s.somebody(r, v)
	if err != nil {
		return err
	}
	path, err := Reset(r.Context(), s.kept, a.ID, v.at)
	if err != nil {
		return err
	}
	s.note(r.Context(), store.Event{At: v.at, By: v.account.ID, What: EventReset, Of: a.ID})
	return s.showPerson(w, r, v, a, personView{Link: s.base(r) + path})
}

// deletePerson deletes an account and everything of its listener, once it was said
// twice.
func (s *Server) deletePerson(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := s.somebody(r, v)
	if err != nil {
		return err
	}
	if r.PostForm.Get("sure") != "yes" {
		return s.showPerson(w, r, v, a, personView{Asked: true})
	}
	if err := s.deleteSomebody(r.Context(), v, a); err != nil {
		return err
	}
	return see(w, r, "/people?done=deleted")
}

// deleteSomebody deletes an account and everything of its listener. ErrTraces says
// that it is done but for what could not be swept yet.
func (s *Server) deleteSomebody(ctx context.Context, v *visit, a store.Account) error {
	whose := &visit{Tongue: v.Tongue, server: s, at: v.at, self: a.ID, who: store.Listener{ID: a.ID}}
	ctx = context.WithoutCancel(ctx) // once begun it is finished
	err := func() error {
		defer s.barred(whose)()
		defer s.changing.alone(a.ID)()
		return s.forgetAccount(ctx, whose)
	}()
	if errors.Is(err, store.ErrLastAdmin) {
		return lastAdmin(v)
	}
	if err != nil && !errors.Is(err, store.ErrTraces) {
		return err
	}
	by := v.account.ID
	if a.ID == by {
		by = ""
	}
	s.note(ctx, store.Event{At: v.at, By: by, What: EventDeleted, Of: a.ID})
	return err
}

// forgetAccount deletes an account with everything of its listener, in the database
// and in memory. Nothing is imported for them meanwhile, and nothing else changes what
// they keep. ErrLastAdmin says that nothing was deleted, ErrTraces that all is but for
// what could not be swept yet.
func (s *Server) forgetAccount(ctx context.Context, v *visit) error {
	err := s.kept.DeleteAccount(ctx, v.self)
	if err != nil && !errors.Is(err, store.ErrTraces) {
		return err
	}
	errs := []error{err, s.passing.Forget(ctx, v.self), s.miss(ctx, v.self)}
	s.portraits.forget(v.self)
	s.drafts.forgetOf(v.self)
	s.cards.forget()
	s.lab.learned.drop()
	s.lab.finishers.drop()
	return errors.Join(errs...)
}

// sinceAndSeen says since when somebody is here and on which day they last came.
func (v *visit) sinceAndSeen(since, last time.Time) string {
	if last.IsZero() {
		return v.Say("since %s, not seen lately", v.day(since))
	}
	return v.Say("since %s, last seen %s", v.day(since), v.day(last))
}

// peopleDone says what was just done.
func (v *visit) peopleDone(code string) string {
	switch code {
	case "withdrawn":
		return v.Say("The invitation is withdrawn: its link leads nowhere any more.")
	case "deleted":
		return v.Say("The account and everything of it is deleted.")
	}
	return ""
}

// invitationState says what became of an invitation.
func (v *visit) invitationState(i store.Invitation) string {
	switch {
	case !i.Used.IsZero():
		return v.Say("used %s", v.day(i.Used))
	case !i.Expires.After(v.at):
		return v.Say("expired %s", v.day(i.Expires))
	}
	return v.Say("open until %s", v.day(i.Expires))
}

// An eventsView is a part of what happened.
type eventsView struct {
	All  []eventLine
	Next int64 // number before which the next part begins; 0 at the end
}

// An eventLine is what happened, in words.
type eventLine struct {
	At           time.Time
	By, What, Of string
}

// eventsShown is how many events stand on a page. (d)
const eventsShown = 100

// eventsPage lists sign-ins and what admins did, the newest first.
func (s *Server) eventsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64) // of what is no number, the newest
	all, err := s.kept.Events(r.Context(), before, eventsShown+1)
	if err != nil {
		return err
	}
	e := eventsView{}
	if len(all) > eventsShown {
		all = all[:eventsShown]
		e.Next = all[eventsShown-1].N
	}
	names := map[string]string{}
	for _, one := range all {
		line := eventLine{At: one.At, What: eventWords(v.Tongue, one.What)}
		if line.By, err = s.nameOf(r.Context(), v, names, one.By); err != nil {
			return err
		}
		if one.What != EventTokenMade && one.What != EventTokenRevoked && one.Of != "" {
			if line.Of, err = s.nameOf(r.Context(), v, names, one.Of); err != nil {
				return err
			}
		}
		e.All = append(e.All, line)
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("What happened"), Nav: navPeople}, eventsPage(v, e))
}

// nameOf returns the name of an account, found once.
func (s *Server) nameOf(ctx context.Context, v *visit, names map[string]string, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	if name, ok := names[id]; ok {
		return name, nil
	}
	a, err := s.kept.Account(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		a.Name = v.Say("somebody who is deleted")
	case err != nil:
		return "", err
	}
	names[id] = a.Name
	return a.Name, nil
}

// offeredRoles are the roles in the order in which forms offer them.
func offeredRoles() []account.Role { return slices.Clone(account.Roles()) }
