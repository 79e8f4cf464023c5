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
	eventSignedIn          = "signed_in"
	eventCloned            = "passkey_cloned" // a passkey that may have been copied was refused
	eventJoined            = "joined"
	eventInvited           = "invited"
	eventWithdrawn         = "invitation_withdrawn"
	eventRole              = "role_changed"
	eventDisabled          = "disabled"
	eventEnabled           = "enabled"
	eventReset             = "reset" // a link was made that lets somebody set a new password
	eventPassword          = "password_set"
	eventPasswordRemoved   = "password_removed"
	eventPasskeyAdded      = "passkey_added"
	eventPasskeyRemoved    = "passkey_removed"
	eventTokenMade         = "token_made"
	eventTokenRevoked      = "token_revoked"
	eventLoginsEnded       = "logins_ended"
	eventDeleted           = "deleted"
	eventVersion           = "version_chosen"
	eventFailed            = "sign_in_failed" // the first within an hour
	eventFailedTen         = "sign_in_failed_10"
	eventFailedHundred     = "sign_in_failed_100"
	eventFailedThousand    = "sign_in_failed_1000"
	eventFailedTenThousand = "sign_in_failed_10000"
)

// eventWords says what happened.
func eventWords(t *language.Tongue, what string) string {
	switch what {
	case eventSignedIn:
		return t.Say("signed in")
	case eventCloned:
		return t.Say("used a passkey that may have been copied, and was refused")
	case eventJoined:
		return t.Say("joined")
	case eventInvited:
		return t.Say("made an invitation")
	case eventWithdrawn:
		return t.Say("withdrew an invitation")
	case eventRole:
		return t.Say("changed a role")
	case eventDisabled:
		return t.Say("closed an account")
	case eventEnabled:
		return t.Say("opened an account again")
	case eventReset:
		return t.Say("made a link for a new password")
	case eventPassword:
		return t.Say("set a password")
	case eventPasswordRemoved:
		return t.Say("removed the password")
	case eventPasskeyAdded:
		return t.Say("added a passkey")
	case eventPasskeyRemoved:
		return t.Say("removed a passkey")
	case eventTokenMade:
		return t.Say("made a token")
	case eventTokenRevoked:
		return t.Say("revoked a token")
	case eventLoginsEnded:
		return t.Say("signed other browsers out")
	case eventDeleted:
		return t.Say("deleted an account")
	case eventVersion:
		return t.Say("chose a version")
	case eventFailed:
		return t.Say("a sign-in failed")
	case eventFailedTen:
		return t.Say("10 sign-ins failed within an hour")
	case eventFailedHundred:
		return t.Say("100 sign-ins failed within an hour")
	case eventFailedThousand:
		return t.Say("1,000 sign-ins failed within an hour")
	case eventFailedTenThousand:
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
		return eventFailed
	case 10:
		return eventFailedTen
	case 100:
		return eventFailedHundred
	case 1000:
		return eventFailedThousand
	case 10_000:
		return eventFailedTenThousand
	}
	return ""
}

// failed notes that somebody could not prove to be an account's person.
func (s *Server) failed(ctx context.Context, now time.Time, id string) {
	if what := s.signing.tally.failed(now, id); what != "" {
		s.note(ctx, store.Event{At: now, What: what, Of: id})
	}
}
