package store

import (
	"context"
	"reflect"
	"testing"
	"time"
)

func TestLogins(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		signed(t, s, "mai", "binh")
		first := Login{ID: "l1", Account: "id-mai", Created: at(1), Seen: at(2), Authenticated: at(3), Expires: after(time.Hour), Agent: "Firefox on Linux"}
		must(t, s.AddLogin(ctx, first))
		if got, err := s.Login(ctx, "l1", at(4)); err != nil || got != first {
			t.Errorf("got %+v, %v, want %+v", got, err, first)
		}
		for what, now := range map[string]time.Time{"at its end": first.Expires, "long after": after(24 * time.Hour)} {
			_, err := s.Login(ctx, "l1", now)
			refuses(t, what, err, ErrNotFound)
		}
		refuses(t, "the same id", s.AddLogin(ctx, first), ErrConflict)
		refuses(t, "nobody's", s.AddLogin(ctx, Login{ID: "l2", Account: "nobody"}), ErrNotFound)

		seen := func(now, want time.Time) {
			t.Helper()
			must(t, s.TouchLogin(ctx, "l1", now))
			if got, err := s.Login(ctx, "l1", at(4)); err != nil || !got.Seen.Equal(want) {
				t.Errorf("touched at %v: seen %v, %v, want %v", now, got.Seen, err, want)
			}
		}
		seen(at(2).Add(time.Minute-time.Millisecond), at(2)) // not within a minute
		seen(at(2).Add(time.Minute), at(2).Add(time.Minute))
		seen(at(2), at(2).Add(time.Minute)) // nor backwards
		must(t, s.TouchLogin(ctx, "none", at(1)))
		must(t, s.ConfirmLogin(ctx, "l1", after(3*time.Minute)))
		if got, err := s.Login(ctx, "l1", at(4)); err != nil || !got.Authenticated.Equal(after(3*time.Minute)) {
			t.Errorf("confirmed %+v, %v", got, err)
		}
		refuses(t, "confirming none", s.ConfirmLogin(ctx, "none", at(1)), ErrNotFound)

		asleep, err := s.Account(ctx, "id-mai")
		must(t, err)
		asleep.Disabled = true
		must(t, s.SaveAccount(ctx, asleep))
		_, err = s.Login(ctx, "l1", at(4))
		refuses(t, "disabled", err, ErrNotFound)

		for i := range 3 {
			must(t, s.AddLogin(ctx, Login{ID: numbered("b", i), Account: "id-binh", Created: at(1), Seen: at(i), Expires: after(time.Hour)}))
		}
		ids := func(account string, want ...string) {
			t.Helper()
			all, err := s.Logins(ctx, account)
			must(t, err)
			got := []string{}
			for _, l := range all {
				got = append(got, l.ID)
			}
			if !reflect.DeepEqual(got, append([]string{}, want...)) {
				t.Errorf("logins %v, want %v", got, want)
			}
		}
		ids("id-binh", "b-002", "b-001", "b-000")
		must(t, s.DeleteLogin(ctx, "id-mai", "b-001")) // not theirs
		must(t, s.DeleteLogin(ctx, "id-binh", "b-002"))
		ids("id-binh", "b-001", "b-000")
		must(t, s.DeleteLogins(ctx, "id-binh", "b-000"))
		ids("id-binh", "b-000")
		must(t, s.DeleteLogins(ctx, "id-binh", ""))
		ids("id-binh")
		ids("id-mai", "l1")
	})
}

// Logins do not grow without end: the expired go, then those not seen for
// longest.
func TestManyLogins(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		signed(t, s, "mai", "binh")
		must(t, s.AddLogin(ctx, Login{ID: "other", Account: "id-binh", Created: at(1), Expires: at(5)}))
		must(t, s.AddLogin(ctx, Login{ID: "old", Account: "id-mai", Created: at(1), Seen: at(900), Expires: at(4)}))
		for i := range mostLogins + 3 {
			must(t, s.AddLogin(ctx, Login{ID: numbered("l", i), Account: "id-mai", Created: at(4), Seen: at(i), Expires: after(time.Hour)}))
		}
		all, err := s.Logins(ctx, "id-mai")
		if err != nil || len(all) != mostLogins || all[0].ID != numbered("l", mostLogins+2) || all[mostLogins-1].ID != numbered("l", 3) {
			t.Errorf("%d logins, %v", len(all), err)
		}
		if all, err := s.Logins(ctx, "id-binh"); err != nil || len(all) != 1 {
			t.Errorf("of somebody else %+v, %v", all, err)
		}
	})
}
