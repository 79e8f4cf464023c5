package account

import (
	"net/netip"
	"sync"
	"time"
)

// GuardRates are the limits on attempts to sign in with a password.
type GuardRates struct {
	Free    int           // failures in a row of one account from one address before it has to wait
	Wait    time.Duration // after the next failure; twice as long after each further one
	MaxWait time.Duration // the longest wait
	Account Rate          // failures at one account, from addresses where nobody signed in to it lately
	Address Rate          // failures from one address, at any account
	All     Rate          // failures of all, as for Account
	Keys    int           // accounts, addresses, and accounts from addresses remembered, so many of each
}

// ServiceRates returns the limits of a service of some hundred people: five free
// failures, then one second to a quarter of an hour; 20 at an account and then 4 an
// hour; 50 an address and then one a minute; 300 in all and then one in two seconds.
// What is remembered takes 12 MB at most.
//
// At 96 guesses a day a password that takes 10^10, as CheckPassword wants it, is
// safe for good. NIST SP 800-63B-4, 3.2.2, would disable the password after 100
// failures in a row; Segue slows down instead, for the reason given at Guard.
func ServiceRates() GuardRates {
	return GuardRates{
		Free: 5, Wait: time.Second, MaxWait: 15 * time.Minute,
		Account: Rate{Every: 15 * time.Minute, Burst: 20},
		Address: Rate{Every: time.Minute, Burst: 50},
		All:     Rate{Every: 2 * time.Second, Burst: 300},
		Keys:    20000,
	}
}

// A Guard slows down guessing of passwords without ever locking a person out: that
// would let anybody lock out anybody (ASVS 5.0, 6.1.1). Waits end by themselves, and
//
//   - what somebody fails at an account makes wait at that account from that address
//     alone;
//   - the limits of an account and of all, which somebody with many addresses can
//     use up, do not hold for an address from which somebody signed in to the account
//     since the guard was made, as long as it is remembered;
//   - passkeys and logins that exist are not asked of the guard.
//
// Who comes from a new address while their account is attacked from many has to wait
// for the attack to end, or use a passkey.
//
// It remembers a bounded number, in this process alone: several processes allow as
// many times as much. It is safe for many goroutines. Names that no account has are
// counted as those that one has, so that nobody learns which are which.
type Guard struct {
	rates GuardRates

	mu        sync.Mutex
	pairs     *recent[*pair]
	accounts  *recent[*bucket]
	addresses *recent[*bucket]
	all       *bucket
}

// A pair is one account from one address.
type pair struct {
	failures int       // in a row
	last     time.Time // the last of them
	until    time.Time // when the next may be tried
	known    bool      // somebody signed in
}

// NewGuard returns a guard. It panics if a rate is not positive.
func NewGuard(r GuardRates) *Guard {
	if r.Free < 0 || r.Wait <= 0 || r.MaxWait < r.Wait || !r.Account.ok() || !r.Address.ok() || !r.All.ok() || r.Keys < 1 {
		panic("account: NewGuard: nothing to allow")
	}
	return &Guard{rates: r, pairs: newRecent[*pair](r.Keys), accounts: newRecent[*bucket](r.Keys),
		addresses: newRecent[*bucket](r.Keys), all: r.All.bucket()}
}

// forget is after how long without one failures in a row begin anew.
const forget = 24 * time.Hour

// Try returns 0 if a password may be verified now for an account's key, as
// ParseName gives it, from an address; the attempt then counts as failed until
// Passed says otherwise, so that attempts made at once are counted too. Else it
// returns how long to wait, and counts nothing.
func (g *Guard) Try(key string, from netip.Addr, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.pair(key, from)
	buckets := g.buckets(p, key, from)
	wait := g.rest(p, now)
	for _, b := range buckets {
		wait = max(wait, b.wait(now))
	}
	if wait > 0 {
		return wait
	}
	for _, b := range buckets {
		b.take()
	}
	if now.Sub(p.last) > forget {
		p.failures = 0
	}
	p.failures++
	p.last, p.until = now, now.Add(g.backoff(p.failures))
	return 0
}

// Passed takes back what Try counted, after the password was right.
func (g *Guard) Passed(key string, from netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.pair(key, from)
	for _, b := range g.buckets(p, key, from) {
		b.giveBack()
	}
	*p = pair{known: true}
}

func (g *Guard) pair(key string, from netip.Addr) *pair {
	return g.pairs.get(AddressKey(from)+" "+key, func() *pair { return new(pair) })
}

// buckets returns those that an attempt has to pass besides its own pair.
func (g *Guard) buckets(p *pair, key string, from netip.Addr) []*bucket {
	address := g.addresses.get(AddressKey(from), g.rates.Address.bucket)
	if p.known {
		return []*bucket{address}
	}
	return []*bucket{address, g.accounts.get(key, g.rates.Account.bucket), g.all}
}

// rest returns how long a pair has to wait. A clock that was set back makes nobody
// wait longer than the longest wait, from then on.
func (g *Guard) rest(p *pair, now time.Time) time.Duration {
	if latest := now.Add(g.rates.MaxWait); p.until.After(latest) {
		p.until = latest
	}
	return max(0, p.until.Sub(now))
}

// backoff returns how long to wait after so many failures in a row.
func (g *Guard) backoff(failures int) time.Duration {
	if failures <= g.rates.Free {
		return 0
	}
	wait := g.rates.Wait
	for range failures - g.rates.Free - 1 {
		if wait >= g.rates.MaxWait/2 {
			return g.rates.MaxWait
		}
		wait *= 2
	}
	return min(wait, g.rates.MaxWait)
}
