package account

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func TestExpired(t *testing.T) {
	l := ServiceLifetimes()
	for _, c := range []struct {
		name          string
		created, seen time.Duration // from noon
		want          bool
	}{
		{"just made", 0, 0, false},
		{"idle almost too long", -20 * day, -14*day + 1, false},
		{"idle too long", -20 * day, -14 * day, true},
		{"used to the last moment", -90*day + 1, 0, false},
		{"used too long", -90 * day, 0, true},
		{"long gone", -900 * day, -900 * day, true},
		{"clock set back a minute", time.Minute, time.Minute, false},
		{"clock set back an hour", time.Hour, time.Hour, false},
		{"clock set back more", time.Hour + 1, time.Hour + 1, true},
		{"clock set back since last seen", -day, time.Hour + 1, true},
		{"made years ahead", 1000 * day, 1000 * day, true},
		{"seen before it was made, by another process", time.Minute, 0, false},
	} {
		got := l.Expired(LoginTimes{Created: noon.Add(c.created), Seen: noon.Add(c.seen), Authenticated: noon.Add(c.created)}, noon)
		if got != c.want {
			t.Errorf("%s: expired %v", c.name, got)
		}
	}
	if got := l.Ends(noon); !got.Equal(noon.Add(90 * day)) {
		t.Error(got)
	}
	if !l.Expired(LoginTimes{}, noon) {
		t.Error("no login at all lasts")
	}
}

func TestFreshAt(t *testing.T) {
	l := ServiceLifetimes()
	for _, c := range []struct {
		ago  time.Duration
		want bool
	}{
		{0, true}, {10*time.Minute - 1, true}, {10 * time.Minute, false}, {day, false},
		{-time.Minute, true}, {-time.Minute - 1, false}, {-day, false},
	} {
		times := LoginTimes{Created: noon.Add(-day), Seen: noon, Authenticated: noon.Add(-c.ago)}
		if got := l.FreshAt(times, noon); got != c.want {
			t.Errorf("authenticated %v ago: fresh %v", c.ago, got)
		}
	}
	if l.FreshAt(LoginTimes{Created: noon.Add(-91 * day), Seen: noon, Authenticated: noon}, noon) {
		t.Error("a login that has ended is fresh")
	}
}

// TestLoginLaws moves a clock about as it likes: a login is never alive for longer
// than its lifetimes and an hour by the clock that made it, one that is fresh is
// alive, and one that is made and asked of at the same moment is both.
func TestLoginLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := ServiceLifetimes()
		at := func(name string) time.Time {
			return noon.Add(time.Duration(rapid.Int64Range(int64(-200*day), int64(200*day)).Draw(t, name)))
		}
		times, now := LoginTimes{Created: at("created"), Seen: at("seen"), Authenticated: at("authenticated")}, at("now")
		alive := !l.Expired(times, now)
		if age := now.Sub(times.Created); alive && (age >= l.Absolute || age < -slack) {
			t.Fatalf("alive at the age of %v", age)
		}
		if idle := now.Sub(times.Seen); alive && (idle >= l.Idle || idle < -slack) {
			t.Fatalf("alive after %v", idle)
		}
		if l.FreshAt(times, now) && !alive {
			t.Fatal("fresh and ended")
		}
		if made := (LoginTimes{now, now, now}); l.Expired(made, now) || !l.FreshAt(made, now) {
			t.Fatal("who signs in now is locked out")
		}
	})
}
