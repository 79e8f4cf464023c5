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

// A person is an account as an admin sees it: nothing of what they hear, say or plan.
type apiPerson struct {
	ID       string     `json:"id"`
	Name     string     `json:"name" doc:"The name to sign in with."`
	Role     string     `json:"role" enum:"listener,researcher,admin"`
	Disabled bool       `json:"disabled" doc:"Nobody signs in to it."`
	Created  time.Time  `json:"created"`
	Seen     *time.Time `json:"seen" doc:"The day they were last seen, as far as a login tells; null if none does."`
	Version  int        `json:"version" minimum:"1" doc:"One more with each change; the ETag begins with it."`
}

// A personChange is what an admin changes. What is left out stays.
type apiPersonChange struct {
	Role     *string `json:"role,omitempty" enum:"listener,researcher,admin"`
	Disabled *bool   `json:"disabled,omitempty"`
}

// An invitation lets whoever has its link make one account.
type apiInvitation struct {
	ID      string     `json:"id"`
	Role    string     `json:"role" enum:"listener,researcher,admin"`
	Note    string     `json:"note" doc:"Whom it is for, as whoever made it will know."`
	Created time.Time  `json:"created"`
	Expires time.Time  `json:"expires"`
	Used    *time.Time `json:"used" doc:"Null while it was not."`
	Link    string     `json:"link,omitempty" doc:"To be given to whom it is for; in the answer to createInvitation alone, and never again."`
}

// A newInvitation is whom to invite.
type apiNewInvitation struct {
	Role string `json:"role" enum:"listener,researcher,admin" example:"listener"`
	Note string `json:"note,omitempty" maxLength:"100" example:"An, from the choir"`
}

// An event is a sign-in, or what an admin did.
type apiEvent struct {
	N    int64     `json:"n"`
	At   time.Time `json:"at"`
	By   string    `json:"by" doc:"Id of the account that did it; empty for the operator, or where it is not known."`
	What string    `json:"what" example:"signed_in"`
	Of   string    `json:"of" doc:"Id of what it was done to; may be empty."`
}

// A group is what may be said of all who agreed to it.
type apiGroup struct {
	Day      string         `json:"day" doc:"The day these were made, in UTC; they change once a day."`
	K        int            `json:"k" doc:"The least number of people behind any number."`
	Consents map[string]int `json:"consents" doc:"People who agree to a purpose, rounded down to a multiple of k; a purpose of fewer is left out."`
	Feel     *apiGroupFeel  `json:"feel" doc:"How hours felt, each person weighing the same; null of too few."`
	Change   *apiGroupMove  `json:"change" doc:"How far people moved, each weighing the same; null of too few."`
}

type apiGroupFeel struct {
	Listeners int         `json:"listeners" doc:"A multiple of k."`
	Share     [5]*float64 `json:"share" doc:"From much worse to much better; null where fewer than k people felt so, and where it would follow from the others."`
}

type apiGroupMove struct {
	Listeners int     `json:"listeners" doc:"A multiple of k."`
	Valence   float64 `json:"valence" doc:"Mean of after less now, in cells of the 9 × 9 grid."`
	Arousal   float64 `json:"arousal" doc:"The same."`
}

func (c *call) personOf(ctx context.Context, a store.Account) (apiPerson, error) {
	one, err := c.server.person(ctx, c.visit, a)
	out := apiPerson{ID: a.ID, Name: a.Name, Role: string(a.Role), Disabled: a.Disabled, Created: a.Created.UTC(), Version: a.Version}
	if !one.Seen.IsZero() {
		out.Seen = new(one.Seen.UTC().Truncate(24 * time.Hour))
	}
	return out, err
}

func invitationOf(i store.Invitation) apiInvitation {
	out := apiInvitation{ID: publicInvitation(i.ID), Role: string(i.Role), Note: i.Note, Created: i.Created.UTC(), Expires: i.Expires.UTC()}
	if !i.Used.IsZero() {
		out.Used = new(i.Used.UTC())
	}
	return out
}

// served refuses where nobody signs in: there are no people then.
func (c *call) served() error {
	if !c.server.o.Accounts {
		return notFound(c.Tongue)
	}
	return nil
}

// somebodyAt returns an account, and refuses a change that was made for another
// version of it.
func (c *call) somebodyAt(ctx context.Context, id, ifMatch string) (store.Account, error) {
	if err := c.served(); err != nil {
		return store.Account{}, err
	}
	version, err := c.version(ifMatch)
	if err != nil {
		return store.Account{}, err
	}
	a, err := c.server.kept.Account(ctx, id)
	if err == nil && version != 0 && a.Version != version {
		err = c.otherVersion()
	}
	return a, err
}

// otherVersion says that something is not any more what a change was made for.
func (c *call) otherVersion() error {
	return &wrong{code: http.StatusPreconditionFailed, what: c.Say("This was changed in another window"), todo: c.Say("Nothing was lost and nothing was changed now. Open it again to see how it stands.")}
}

func (a *api) describePeople() {
	s := a.server
	people := []account.Scope{account.PeopleAdmin}
	operate(a, operation{
		id: "listPeople", method: http.MethodGet, path: "/people", tag: "people", title: "Accounts, by name", early: true, scopes: people, codes: []int{http.StatusNotFound},
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiPerson]], error) {
		if err := c.served(); err != nil {
			return nil, err
		}
		after := ""
		if in.Cursor != "" {
			at, ok := cursorOf(in.Cursor)
			if !ok {
				return nil, c.badCursor()
			}
			after = at.id
		}
		all, err := s.kept.Accounts(ctx, after, in.Limit+1)
		if err != nil {
			return nil, err
		}
		next := ""
		if len(all) > in.Limit {
			all = all[:in.Limit]
			next = cursor{time.UnixMilli(0), all[len(all)-1].Key}.String()
			c.link(*in, next)
		}
		var out []apiPerson
		for _, one := range all {
			p, err := c.personOf(ctx, one)
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
		return listed(out, next), nil
	})

	operate(a, operation{
		id: "getPerson", method: http.MethodGet, path: "/people/{id}", tag: "people", title: "An account", early: true, scopes: people,
	}, func(ctx context.Context, c *call, in *byID) (*versioned[apiPerson], error) {
		one, err := c.somebodyAt(ctx, in.ID, "*")
		if err != nil {
			return nil, err
		}
		p, err := c.personOf(ctx, one)
		return &versioned[apiPerson]{versionTag(one.Version), "", p}, err
	})

	operate(a, operation{
		id: "updatePerson", method: http.MethodPatch, path: "/people/{id}", tag: "people", title: "Give another role, close or open an account", early: true, takes: true,
		about:  "A closed account has no logins any more. The last admin who can sign in stays one.",
		scopes: people, codes: []int{http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired}, example: map[string]any{"role": "researcher"},
	}, func(ctx context.Context, c *call, in *struct {
		ID      string `path:"id" maxLength:"100" doc:"Its id."`
		IfMatch string `header:"If-Match" maxLength:"200" doc:"The ETag of the account as it was seen, or *."`
		Body    apiPersonChange
	}) (*versioned[apiPerson], error) {
		one, err := c.somebodyAt(ctx, in.ID, in.IfMatch)
		if err != nil {
			return nil, err
		}
		what := EventRole
		if in.Body.Role != nil {
			one.Role = store.Role(*in.Body.Role)
		}
		if in.Body.Disabled != nil && *in.Body.Disabled != one.Disabled {
			if one.Disabled, what = *in.Body.Disabled, EventEnabled; one.Disabled {
				what = EventDisabled
			}
		}
		if err := s.changePerson(c.r, c.visit, one, what); err != nil {
			return nil, err
		}
		if one.Disabled {
			if err := s.kept.DeleteLogins(ctx, one.ID, ""); err != nil {
				return nil, err
			}
		}
		one.Version++
		p, err := c.personOf(ctx, one)
		return &versioned[apiPerson]{versionTag(one.Version), "", p}, err
	})

	operate(a, operation{
		id: "deletePerson", method: http.MethodDelete, path: "/people/{id}", tag: "people", title: "Delete an account and everything of it", early: true,
		scopes: people, codes: []int{http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusInsufficientStorage},
	}, func(ctx context.Context, c *call, in *struct {
		ID      string `path:"id" maxLength:"100" doc:"Its id."`
		IfMatch string `header:"If-Match" maxLength:"200" doc:"The ETag of the account as it was seen, or *."`
	}) (*nothing, error) {
		one, err := c.somebodyAt(ctx, in.ID, in.IfMatch)
		if err != nil {
			return nil, err
		}
		return &nothing{}, s.deleteSomebody(ctx, c.visit, one)
	})

	operate(a, operation{
		id: "listInvitations", method: http.MethodGet, path: "/invitations", tag: "people", title: "Invitations, the newest first", early: true, scopes: people, codes: []int{http.StatusNotFound},
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiInvitation]], error) {
		if err := c.served(); err != nil {
			return nil, err
		}
		all, err := s.kept.Invitations(ctx)
		if err != nil {
			return nil, err
		}
		some, next, err := part(c, *in, all, func(i store.Invitation) cursor { return cursor{i.Created, i.ID} })
		var out []apiInvitation
		for _, i := range some {
			out = append(out, invitationOf(i))
		}
		return listed(out, next), err
	})

	operate(a, operation{
		id: "createInvitation", method: http.MethodPost, path: "/invitations", tag: "people", title: "Invite somebody", early: true, takes: true, secret: true, status: http.StatusCreated,
		about:  "The answer holds the link, once. It takes no Idempotency-Key, for what is secret is not kept.",
		scopes: people, codes: []int{http.StatusNotFound, http.StatusInsufficientStorage}, example: map[string]any{"role": "listener", "note": "An, from the choir"},
	}, func(ctx context.Context, c *call, in *struct{ Body apiNewInvitation }) (*answered[apiInvitation], error) {
		if err := c.served(); err != nil {
			return nil, err
		}
		note := strings.Join(strings.Fields(strings.Map(seen, in.Body.Note)), " ")
		if utf8.RuneCountInString(note) > maxInvitationNote {
			return nil, c.invalid("#/note", c.Say("A note has at most %d letters.", maxInvitationNote))
		}
		path, err := Invite(ctx, s.kept, account.Role(in.Body.Role), note, c.account.ID, c.at, InvitationFor)
		if errors.Is(err, store.ErrTooMany) {
			return nil, &wrong{code: http.StatusConflict, what: c.Say("That cannot be done"), todo: c.Say("There are as many invitations as may be. Withdraw some first.")}
		} else if err != nil {
			return nil, err
		}
		s.note(ctx, store.Event{At: c.at, By: c.account.ID, What: EventInvited})
		made := store.Invitation{ID: account.HashSecret(strings.TrimPrefix(path, "/join/")), Role: store.Role(in.Body.Role), Note: note, Created: c.at, Expires: c.at.Add(InvitationFor)}
		out := invitationOf(made)
		out.Link = s.base(c.r) + path
		return &answered[apiInvitation]{out}, nil
	})

	operate(a, operation{
		id: "deleteInvitation", method: http.MethodDelete, path: "/invitations/{id}", tag: "people", title: "Withdraw an invitation", early: true, scopes: people, codes: []int{http.StatusInsufficientStorage},
	}, func(ctx context.Context, c *call, in *byID) (*nothing, error) {
		if err := c.served(); err != nil {
			return nil, err
		}
		all, err := s.kept.Invitations(ctx)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(i store.Invitation) bool { return publicInvitation(i.ID) == in.ID })
		if i < 0 {
			return nil, notFound(c.Tongue)
		}
		if err := s.kept.DeleteInvitation(ctx, all[i].ID); err != nil {
			return nil, err
		}
		s.note(ctx, store.Event{At: c.at, By: c.account.ID, What: EventWithdrawn})
		return &nothing{}, nil
	})

	operate(a, operation{
		id: "listEvents", method: http.MethodGet, path: "/events", tag: "people", title: "Sign-ins and what admins did, the newest first", early: true, scopes: people, codes: []int{http.StatusNotFound},
	}, func(ctx context.Context, c *call, in *paging) (*answered[apiList[apiEvent]], error) {
		if err := c.served(); err != nil {
			return nil, err
		}
		before := int64(0)
		if in.Cursor != "" {
			at, ok := cursorOf(in.Cursor)
			n, err := strconv.ParseInt(at.id, 10, 64)
			if !ok || err != nil || n < 1 {
				return nil, c.badCursor()
			}
			before = n
		}
		all, err := s.kept.Events(ctx, before, in.Limit+1)
		if err != nil {
			return nil, err
		}
		next := ""
		if len(all) > in.Limit {
			all = all[:in.Limit]
			last := all[len(all)-1]
			next = cursor{last.At, strconv.FormatInt(last.N, 10)}.String()
			c.link(*in, next)
		}
		var out []apiEvent
		for _, e := range all {
			out = append(out, apiEvent{e.N, e.At.UTC(), e.By, e.What, e.Of})
		}
		return listed(out, next), nil
	})

	operate(a, operation{
		id: "getGroup", method: http.MethodGet, path: "/group", tag: "people", title: "All who agreed to it, together", early: true, codes: []int{http.StatusNotFound},
		about:  "No number rests on fewer than k people, and all of them agreed to research. Made once a day, so that looking twice tells of nobody.",
		scopes: []account.Scope{account.LabRead},
	}, func(ctx context.Context, c *call, _ *struct{}) (*answered[apiGroup], error) {
		if err := c.served(); err != nil {
			return nil, err
		}
		sums, err := s.groupSums(ctx, c.at)
		if err != nil {
			return nil, err
		}
		out := apiGroup{Day: c.at.UTC().Format(time.DateOnly), K: sums.K, Consents: map[string]int{}}
		for p, n := range sums.Consents {
			if n != nil {
				out.Consents[string(p)] = *n
			}
		}
		if f := sums.Feel; f != nil {
			out.Feel = &apiGroupFeel{f.Listeners, f.Share}
		}
		if m := sums.Change; m != nil {
			out.Change = &apiGroupMove{m.Listeners, m.Valence, m.Arousal}
		}
		return &answered[apiGroup]{out}, nil
	})
}
