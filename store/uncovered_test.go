package store

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// What no consent covers goes, what one covers stays, and a listener who was never
// asked agreed to nothing.
func TestDropUncovered(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		for name, c := range map[string]struct {
			said    []bool // of CheckIns, in that order
			dropped bool
		}{
			"never asked": {nil, true}, "taken back": {[]bool{true, false}, true}, "given": {[]bool{true}, false}, "given again": {[]bool{true, false, true}, false},
		} {
			must(t, s.SaveListener(ctx, Listener{ID: name, Created: at(0)}))
			must(t, s.AddCheckIn(ctx, name, CheckIn{ID: "c", At: at(0), Now: [2]int{1, 1}}))
			for i, given := range c.said {
				must(t, s.SetConsent(ctx, name, Consent{Purpose: CheckIns, Given: given, At: at(i)}))
			}
			for _, p := range []Purpose{Plays, Moods, Research} { // of which nothing is there
				if dropped, err := s.DropUncovered(ctx, name, p); dropped || err != nil {
					t.Errorf("%s: %s: %v, %v", name, p, dropped, err)
				}
			}
			dropped, err := s.DropUncovered(ctx, name, CheckIns)
			left, errLeft := s.CheckIns(ctx, name)
			if dropped != c.dropped || (len(left) == 0) != c.dropped || err != nil || errLeft != nil {
				t.Errorf("%s: dropped %v, %d left, %v, %v", name, dropped, len(left), err, errLeft)
			}
		}
	})
}

// While a consent is given with what it covers, nothing of that is lost to who clears.
func TestDropUncoveredBesideAConsent(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s, passing := open(Options{Consents: true}), memory(t)
		for range 20 {
			must(t, s.Forget(ctx, "mai"))
			must(t, passing.Forget(ctx, "mai"))
			for _, one := range []*Store{s, passing} {
				must(t, one.SaveListener(ctx, Listener{ID: "mai", Created: at(0)}))
			}
			must(t, passing.AddCheckIn(ctx, "mai", CheckIn{ID: "c", At: at(0), Now: [2]int{1, 1}}))
			must(t, s.SetConsent(ctx, "mai", Consent{Purpose: CheckIns, At: at(0)}))
			var both sync.WaitGroup
			var agreed, cleared error
			both.Go(func() {
				agreed = s.Agree(ctx, "mai", Consent{Purpose: CheckIns, Given: true, At: at(1)}, passing)
			})
			both.Go(func() { _, cleared = s.DropUncovered(ctx, "mai", CheckIns) })
			both.Wait()
			left, err := s.CheckIns(ctx, "mai")
			if err := errors.Join(agreed, cleared, err); err != nil || len(left) != 1 {
				t.Fatalf("%d check-ins, %v", len(left), err)
			}
		}
	})
}

// Links of a kind end together, those of other kinds and accounts stay.
func TestDropChallenges(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		for id, k := range map[string]Challenge{"1": {Account: "mai", Kind: "reset"}, "2": {Account: "mai", Kind: "reset"}, "3": {Account: "mai", Kind: "login"}, "4": {Account: "an", Kind: "reset"}} {
			k.ID, k.Expires = id, at(9)
			must(t, s.AddChallenge(ctx, k))
		}
		must(t, s.DropChallenges(ctx, "mai", "reset"))
		for id, kind := range map[string]string{"1": "reset", "2": "reset"} {
			_, err := s.Challenge(ctx, id, kind, at(1))
			refuses(t, id, err, ErrNotFound)
		}
		for id, kind := range map[string]string{"3": "login", "4": "reset"} {
			if _, err := s.Challenge(ctx, id, kind, at(1)); err != nil {
				t.Error(id, err)
			}
		}
	})
}

func TestRenamePasskey(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		must(t, s.AddAccount(ctx, Account{ID: "mai", Name: "Mai", Key: "mai", Role: RoleListener, Created: at(0)}))
		must(t, s.AddPasskey(ctx, Passkey{ID: "k", Account: "mai", Name: "phone", Credential: []byte("{}"), Created: at(0)}))
		must(t, s.RenamePasskey(ctx, "mai", "k", "ring\x00"))
		if all, err := s.Passkeys(ctx, "mai"); err != nil || len(all) != 1 || all[0].Name != text("ring\x00") {
			t.Error(all, err)
		}
		refuses(t, "another's", s.RenamePasskey(ctx, "an", "k", "x"), ErrNotFound)
		refuses(t, "none", s.RenamePasskey(ctx, "mai", "other", "x"), ErrNotFound)
		refuses(t, "too long", s.RenamePasskey(ctx, "mai", "k", string(make([]byte, mostName+1))), ErrInvalid)
	})
}
