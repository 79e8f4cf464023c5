package web

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"segue/language"
	"segue/store"
)

// What happened, as it is stored. None tells what somebody heard, said or typed.
const (
	EventSignedIn          = "signed_in" // by password, or by a link
	EventSignedInByPasskey = "signed_in_passkey"
	EventCloned            = "passkey_cloned" // a passkey that may have been copied was refused
	EventJoined            = "joined"
	EventInvited           = "invited"
	EventWithdrawn         = "invitation_withdrawn"
	EventRole              = "role_changed"
	EventDisabled          = "disabled"
	EventEnabled           = "enabled"
	EventReset             = "reset" // a link was made that lets somebody set a new password
	EventPassword          = "password_set"
	EventPasswordRemoved   = "password_removed"
	EventPasskeyAdded      = "passkey_added"
	EventPasskeyRemoved    = "passkey_removed"
	EventTokenMade         = "token_made"
	EventTokenRevoked      = "token_revoked"
	EventLoginsEnded       = "logins_ended"
	EventDeleted           = "deleted"
	EventVersion           = "version_chosen"
	EventFailed            = "sign_in_failed" // the first within an hour
	EventFailedTen         = "sign_in_failed_10"
	EventFailedHundred     = "sign_in_failed_100"
	EventFailedThousand    = "sign_in_failed_1000"
	EventFailedTenThousand = "sign_in_failed_10000"
)

// eventWords says what happened.
func eventWords(t *language.Tongue, what string) string {
	switch what {
	case EventSignedIn:
		return t.Say("signed in")
	case EventSignedInByPasskey:
		return t.Say("signed in with a passkey")
	case EventCloned:
		return t.Say("used a passkey that may have been copied, and was refused")
	case EventJoined:
		return t.Say("joined")
	case EventInvited:
		return t.Say("made an invitation")
	case EventWithdrawn:
		return t.Say("withdrew an invitation")
	case EventRole:
		return t.Say("changed a role")
	case EventDisabled:
		return t.Say("closed an account")
	case EventEnabled:
		return t.Say("opened an account again")
	case EventReset:
		return t.Say("made a link for a new password")
	case EventPassword:
		return t.Say("set a password")
	case EventPasswordRemoved:
		return t.Say("removed the password")
	case EventPasskeyAdded:
		return t.Say("added a passkey")
	case EventPasskeyRemoved:
		return t.Say("removed a passkey")
	case EventTokenMade:
		return t.Say("made a token")
	case EventTokenRevoked:
		return t.Say("revoked a token")
	case EventLoginsEnded:
		return t.Say("signed other browsers out")
	case EventDeleted:
		return t.Say("deleted an account")
	case EventVersion:
		return t.Say("chose a version")
	case EventFailed:
		return t.Say("a sign-in failed")
	case EventFailedTen:
		return t.Say("10 sign-ins failed within an hour")
	case EventFailedHundred:
		return t.Say("100 sign-ins failed within an hour")
	case EventFailedThousand:
		return t.Say("1,000 sign-ins failed within an hour")
	case EventFailedTenThousand:
		return t.Say("10,000 sign-ins failed within an hour")
	}
	return what
}

// note stores what happened. That it could not be noted undoes nothing.
func (s *Server) note(ctx context.Context, e store.Event) {
	if err := s.kept.AddEvent(context.WithoutCancel(ctx), e); err != nil {
		s.o.Log.LogAttrs(ctx, slog.LevelError, "an event could not be noted", slog.String("what", e.What), slog.String("kind", kindOf(err)))
	}
}

// A tally counts sign-ins that failed. Who tries a million passwords must not push everything
// else out of the list of events: of an account the first failure, the tenth and so
// on are noted, anew each hour, and all names that no account has are one.
type tally struct {
	mu sync.Mutex
	of map[string]*failures
}

type failures struct {
	since time.Time
	n     int
}

// tallied is how long failures are counted together. (d)
const tallied = time.Hour

// failed counts a failure at an account, "" for none, and returns what is to be noted
// of it, "" if nothing is.
func (t *tally) failed(now time.Time, id string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	over := func(f *failures) bool { return now.Sub(f.since) > tallied || now.Before(f.since) }
	if t.of == nil {
		t.of = map[string]*failures{}
	}
	f := t.of[id]
	if f == nil || over(f) {
		for id, old := range t.of {
			if over(old) {
				delete(t.of, id)
			}
		}
		f = &failures{since: now}
		t.of[id] = f
	}
	f.n++
	switch f.n {
	case 1:
		return EventFailed
	case 10:
		return EventFailedTen
	case 100:
		return EventFailedHundred
	case 1000:
		return EventFailedThousand
	case 10_000:
		return EventFailedTenThousand
	}
	return ""
}

// failed notes that somebody could not prove to be an account's person.
func (s *Server) failed(ctx context.Context, now time.Time, id string) {
	if what := s.signing.tally.failed(now, id); what != "" {
		s.note(ctx, store.Event{At: now, What: what, Of: id})
	}
}
