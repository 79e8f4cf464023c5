package account

import "time"

// Lifetimes say how long a login lasts.
type Lifetimes struct {
	Idle     time.Duration // without a request
	Absolute time.Duration // from signing in, whatever is done
	Fresh    time.Duration // after which a sensitive action asks for password or passkey again
}

// ServiceLifetimes returns 14 days, 90 days and 10 minutes.
//
// NIST SP 800-63B-4 recommends 30 days at most at its first level, where a password
// alone suffices, and asks for reasons where it is more (ASVS 5.0, 7.1.1): Segue is
// used on one's own devices, some days apart, and what harms most asks for password
// or passkey again: see FreshAt.
func ServiceLifetimes() Lifetimes {
	return Lifetimes{Idle: 14 * 24 * time.Hour, Absolute: 90 * 24 * time.Hour, Fresh: 10 * time.Minute}
}

// LoginTimes are what is known of a login.
type LoginTimes struct {
	Created       time.Time // when its secret was made; signing in again makes another
	Seen          time.Time // of the last request, to the minute
	Authenticated time.Time // when password or passkey were last given
}

// How far a clock may stand behind what another process, or this one before its
// clock was set, has written.
const (
	slack      = time.Hour
	freshSlack = time.Minute
)

// Ends returns when a login made at a time ends at the latest: what is stored with
// it, so that the store drops it by itself.
func (l Lifetimes) Ends(created time.Time) time.Time { return created.Add(l.Absolute) }

// Expired reports whether a login has ended.
//
// A clock set forward ends logins early; people sign in again. A clock set back by
// up to an hour changes nothing but that logins may last an hour longer. One that
// was seen or made further in the future than that has ended too: it was written by
// a clock that was wrong, and would outlive what Lifetimes allow. Nobody is locked
// out by it: signing in makes a new one by the clock as it is.
func (l Lifetimes) Expired(t LoginTimes, now time.Time) bool {
	latest := now.Add(slack)
	return !now.Before(l.Ends(t.Created)) || !now.Before(t.Seen.Add(l.Idle)) || t.Created.After(latest) || t.Seen.After(latest)
}

// FreshAt reports whether a login may do what is sensitive without asking for
// password or passkey again (ASVS 5.0, 7.5): delete everything, export everything,
// set a password, add or remove a passkey, make a token, end other logins, and what
// ManagePeople gives. After a clock was set back by more than a minute it may not.
func (l Lifetimes) FreshAt(t LoginTimes, now time.Time) bool {
	age := now.Sub(t.Authenticated)
	return -freshSlack <= age && age < l.Fresh && !l.Expired(t, now)
}
