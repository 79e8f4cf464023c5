package account

import (
	"math"
	"net/netip"
	"sync"
	"time"
)

// A Rate is how often something may happen: Burst times at once, and then once
// every Every.
type Rate struct {
	Every time.Duration // above 0
	Burst int           // at least 1
}

// ok reports whether a rate can be kept.
func (r Rate) ok() bool {
	return r.Every > 0 && r.Burst >= 1 && time.Duration(r.Burst) <= math.MaxInt64/2/r.Every
}

// full is how long a burst takes to come back.
func (r Rate) full() time.Duration { return r.Every * time.Duration(r.Burst) }

// A bucket is what was taken of a rate, in the time that it takes to come back: a
// token bucket in whole nanoseconds. (golang.org/x/time/rate has one to which nothing
// can be given back.)
type bucket struct {
	rate Rate
	owed time.Duration // in [0, full], as of at
	at   time.Time
}

func (r Rate) bucket() *bucket { return &bucket{rate: r} }

// wait brings the bucket up to now, and returns how long until there is one to take.
// A clock that was set back gives nothing, and one set forward a burst at most.
func (b *bucket) wait(now time.Time) time.Duration {
	b.owed = max(0, b.owed-max(0, now.Sub(b.at)))
	b.at = now
	return max(0, b.owed+b.rate.Every-b.rate.full())
}

// take takes one, which wait said is there.
func (b *bucket) take() { b.owed += b.rate.Every }

// giveBack undoes a take.
func (b *bucket) giveBack() { b.owed = max(0, b.owed-b.rate.Every) }

// A Throttle keeps a rate for each of many keys, such as accounts, tokens or
// addresses. It is safe for many goroutines and takes some 200 bytes a key.
//
// A key that was forgotten, since as many others came after it as are held, begins
// with a full burst: what must hold against somebody with many keys needs a rate
// over all of them besides.
type Throttle struct {
	rate Rate
	mu   sync.Mutex
	keys *recent[*bucket]
}

// NewThrottle returns a throttle that holds at most keys keys. It panics if the
// rate or keys are not positive.
func NewThrottle(r Rate, keys int) *Throttle {
	if !r.ok() || keys < 1 {
		panic("account: NewThrottle: nothing to allow")
	}
	return &Throttle{rate: r, keys: newRecent[*bucket](keys)}
}

// Allow takes one from what a key has left, and returns 0; or, if nothing is left,
// takes nothing and returns after how long there will be: for Retry-After.
func (t *Throttle) Allow(key string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.keys.get(key, t.rate.bucket)
	wait := b.wait(now)
	if wait == 0 {
		b.take()
	}
	return wait
}

// AddressKey returns under which key an address is counted: an IPv4 address as it
// is, of IPv6 the network of 64 bits, since who has one address there has all of
// them. What is no address has the key of all such.
func AddressKey(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return "unknown"
	}
	bits := 32
	if a.Is6() {
		bits = 64
	}
	network, err := a.Prefix(bits)
	if err != nil { // no address has another size
		return "unknown"
	}
	return network.String()
}
