package account

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestThrottle(t *testing.T) {
	throttle := NewThrottle(Rate{Every: 10 * time.Second, Burst: 3}, 100)
	for _, c := range []struct {
		at   time.Duration
		key  string
		want time.Duration
	}{
		{0, "a", 0}, {0, "a", 0}, {0, "a", 0}, {0, "a", 10 * time.Second},
		{4 * time.Second, "a", 6 * time.Second}, // refused ones cost nothing
		{4 * time.Second, "b", 0},
		{10 * time.Second, "a", 0}, {10 * time.Second, "a", 10 * time.Second},
		{-day, "a", 10 * time.Second},                                                                     // set back: nothing, and nobody waits longer
		{-day + 10*time.Second, "a", 0},                                                                   // and time goes on from there
		{400 * day, "a", 0}, {400 * day, "a", 0}, {400 * day, "a", 0}, {400 * day, "a", 10 * time.Second}, // no more than a burst
	} {
		if got := throttle.Allow(c.key, noon.Add(c.at)); got != c.want {
			t.Errorf("%s at %v: %v, want %v", c.key, c.at, got, c.want)
		}
	}
}

// TestThrottleBounded: a million keys are held in the memory of a hundred, and the
// ones in use are not forgotten.
func TestThrottleBounded(t *testing.T) {
	throttle := NewThrottle(Rate{Every: time.Hour, Burst: 1}, 100)
	throttle.Allow("me", noon)
	for i := range 100000 {
		throttle.Allow(fmt.Sprint(i), noon)
		if i%90 == 0 && throttle.Allow("me", noon) == 0 {
			t.Fatal("forgotten while in use")
		}
	}
	if n := len(throttle.keys.at); n != 100 || throttle.keys.order.Len() != n {
		t.Errorf("%d keys are held, %d in order", n, throttle.keys.order.Len())
	}
}

// TestThrottleLaws: in no window of time are more allowed than a burst and what time
// gives, whoever waits as told is allowed, and who waits less is not.
func TestThrottleLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rate{Every: time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "every")), Burst: rapid.IntRange(1, 20).Draw(t, "burst")}
		throttle := NewThrottle(r, 1)
		now := noon
		var allowed []time.Time
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, 3*int64(r.Every)).Draw(t, "step")))
			wait := throttle.Allow("a", now)
			if wait > 0 {
				if wait > r.Every {
					t.Fatalf("waits %v for one every %v", wait, r.Every)
				}
				if more := throttle.Allow("a", now.Add(wait-1)); more != 1 {
					t.Fatalf("told to wait %v, and a nanosecond before is told %v", wait, more)
				}
				now = now.Add(wait)
				if more := throttle.Allow("a", now); more > 0 {
					t.Fatalf("waited %v as told, and is to wait %v more", wait, more)
				}
			}
			allowed = append(allowed, now)
			for i := range allowed {
				window := now.Sub(allowed[i])
				if n, most := len(allowed)-i, r.Burst+int(window/r.Every); n > most {
					t.Fatalf("%d within %v, at most %d", n, window, most)
				}
			}
		}
	})
}

func TestAddressKey(t *testing.T) {
	for a, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "::ffff:192.0.2.1": "192.0.2.1/32",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::": "2001:db8:1:2::/64", "2001:db8:1:3::": "2001:db8:1:3::/64",
		"fe80::1%eth0": "fe80::/64", "::1": "::/64",
	} {
		if got := AddressKey(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: %s, want %s", a, got, want)
		}
	}
	if got := AddressKey(netip.Addr{}); got != "unknown" {
		t.Error(got)
	}
}

var (
	home  = netip.MustParseAddr("192.0.2.1")
	cafe  = netip.MustParseAddr("2001:db8::1")
	enemy = netip.MustParseAddr("203.0.113.9")
)

// TestGuard by hand: five free failures, then 1, 2, 4 … seconds up to 15 minutes, at
// that account from that address alone, and right again after the right password.
func TestGuard(t *testing.T) {
	g := NewGuard(ServiceRates())
	now := noon
	for i := range 6 { // the sixth begins the waits
		if wait := g.Try("anna", home, now); wait != 0 {
			t.Fatalf("attempt %d waits %v", i+1, wait)
		}
	}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		want *= time.Second
		if wait := g.Try("anna", home, now); wait != want {
			t.Fatalf("waits %v, want %v", wait, want)
		}
		if wait := g.Try("anna", home, now.Add(want-1)); wait != 1 {
			t.Fatalf("a nanosecond before the end waits %v", wait)
		}
		now = now.Add(want)
		if wait := g.Try("anna", home, now); wait != 0 {
			t.Fatalf("after the wait waits %v", wait)
		}
	}
	if wait := g.Try("anna", cafe, now); wait != 0 {
		t.Errorf("elsewhere waits %v", wait)
	}
	if wait := g.Try("minh", home, now); wait != 0 {
		t.Errorf("another account waits %v", wait)
	}
	now = now.Add(15 * time.Minute)
	if g.Try("anna", home, now) != 0 {
		t.Fatal("locked out")
	}
	g.Passed("anna", home)
	for i := range 6 {
		if wait := g.Try("anna", home, now); wait != 0 {
			t.Fatalf("after the right password, attempt %d waits %v", i+1, wait)
		}
	}
	if wait := g.Try("anna", home, now); wait != time.Second {
		t.Errorf("waits %v", wait)
	}
	if wait := g.Try("anna", home, now.Add(25*time.Hour)); wait != 0 {
		t.Errorf("a day later waits %v", wait)
	}
	if wait := g.Try("anna", home, now.Add(25*time.Hour)); wait != 0 {
		t.Errorf("failures of yesterday count: waits %v", wait)
	}
}

// TestGuardManyAtOnce: what is tried before any answer is known counts.
func TestGuardManyAtOnce(t *testing.T) {
	g := NewGuard(ServiceRates())
	throttle := NewThrottle(Rate{Every: time.Second, Burst: 9}, 10)
	var tried, allowed atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				if g.Try("anna", home, noon) == 0 {
					tried.Add(1)
				}
				if throttle.Allow("anna", noon) == 0 {
					allowed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if tried.Load() != 6 || allowed.Load() != 9 {
		t.Errorf("%d attempts and %d requests at one moment", tried.Load(), allowed.Load())
	}
}

// TestGuardClass: a hundred people who know their passwords sign in from one address
// at once.
func TestGuardClass(t *testing.T) {
	g := NewGuard(ServiceRates())
	for i := range 100 {
		key := fmt.Sprint("student ", i)
		if wait := g.Try(key, home, noon); wait != 0 {
			t.Fatalf("student %d waits %v", i, wait)
		}
		g.Passed(key, home)
	}
}

// TestGuardSpray: one address tries one password at each of many accounts.
func TestGuardSpray(t *testing.T) {
	g := NewGuard(ServiceRates())
	passed := 0
	for i := range 1000 {
		if g.Try(fmt.Sprint(i), enemy, noon.Add(time.Duration(i)*time.Second)) == 0 {
			passed++
		}
	}
	if passed < 50 || passed > 50+1000/60+1 {
		t.Errorf("%d of 1000 attempts pass", passed)
	}
}

// TestGuardStorm: somebody with very many addresses tries at one account for a week.
// They get few guesses, who signed in before comes in at any time, and who has not
// comes in soon after it ends.
func TestGuardStorm(t *testing.T) {
	g := NewGuard(ServiceRates())
	random := rand.New(rand.NewPCG(1, 2))
	if g.Try("anna", home, noon) != 0 {
		t.Fatal("waits")
	}
	g.Passed("anna", home)
	guesses := 0
	now := noon
	for i := 0; now.Before(noon.Add(7 * day)); i++ {
		now = now.Add(time.Duration(random.Int64N(int64(20 * time.Second))))
		from := netip.AddrFrom4([4]byte{198, byte(random.IntN(256)), byte(random.IntN(256)), byte(random.IntN(256))})
		if g.Try("anna", from, now) == 0 {
			guesses++
		}
		if i%500 == 0 {
			if wait := g.Try("anna", home, now); wait != 0 {
				t.Fatalf("who signed in from there before waits %v", wait)
			}
			g.Passed("anna", home)
		}
	}
	if most := 20 + 7*24*4 + 1; guesses > most || guesses < most/2 {
		t.Errorf("%d guesses in a week, at most %d", guesses, most)
	}
	wait := g.Try("anna", cafe, now)
	if wait > 15*time.Minute {
		t.Errorf("from a new address waits %v", wait)
	}
	if wait = g.Try("anna", cafe, now.Add(wait)); wait != 0 {
		t.Errorf("after that waits %v more", wait)
	}
	if n := len(g.pairs.at); n > ServiceRates().Keys {
		t.Errorf("%d pairs are held", n)
	}
}

// TestGuardLaws moves clock, accounts and addresses about: nobody is ever told to
// wait longer than the longest limit, and who waits as told, while nobody else tries,
// may try.
func TestGuardLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := GuardRates{
			Free: rapid.IntRange(0, 3).Draw(t, "free"), Wait: time.Second, MaxWait: time.Minute,
			Account: Rate{30 * time.Second, 4}, Address: Rate{20 * time.Second, 6}, All: Rate{time.Second, 10}, Keys: 5,
		}
		g := NewGuard(r)
		now := noon
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, "step")) /
				time.Duration(rapid.SampledFrom([]int{1, 100, 10000}).Draw(t, "finer")))
			key := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key")
			from := rapid.SampledFrom([]netip.Addr{home, cafe, enemy, {}}).Draw(t, "from")
			wait := g.Try(key, from, now)
			if wait < 0 || wait > r.MaxWait {
				t.Fatalf("waits %v", wait)
			}
			if wait > 0 {
				now = now.Add(wait)
				if more := g.Try(key, from, now); more != 0 {
					t.Fatalf("waited %v as told, and is to wait %v more", wait, more)
				}
			}
			if rapid.Bool().Draw(t, "right") {
				g.Passed(key, from)
			}
		}
	})
}
