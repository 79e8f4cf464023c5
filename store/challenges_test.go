package store

import (
	"context"
	"reflect"
	"strings"
	"testing"
)

func TestChallenges(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		k := Challenge{ID: "c", Account: "id-mai", Kind: "register", Data: []byte("\x00\xff{}"), Expires: at(10)}
		must(t, s.AddChallenge(ctx, k))
		refuses(t, "the same id", s.AddChallenge(ctx, k), ErrConflict)
		_, err := s.TakeChallenge(ctx, "c", "login", at(9))
		refuses(t, "another kind", err, ErrNotFound)
		for range 2 {
			if got, err := s.Challenge(ctx, "c", "register", at(9)); err != nil || !reflect.DeepEqual(got, k) {
				t.Errorf("looked at %+v, %v, want %+v", got, err, k)
			}
		}
		_, err = s.Challenge(ctx, "c", "register", at(10))
		refuses(t, "looked at when expired", err, ErrNotFound)
		if got, err := s.TakeChallenge(ctx, "c", "register", at(9)); err != nil || !reflect.DeepEqual(got, k) {
			t.Errorf("got %+v, %v, want %+v", got, err, k)
		}
		_, err = s.TakeChallenge(ctx, "c", "register", at(9))
		refuses(t, "taken twice", err, ErrNotFound)

		must(t, s.AddChallenge(ctx, Challenge{ID: "empty", Kind: "login", Expires: at(10)}))
		if got, err := s.TakeChallenge(ctx, "empty", "login", at(9)); err != nil || len(got.Data) != 0 || got.Account != "" {
			t.Errorf("an empty one: %+v, %v", got, err)
		}
		must(t, s.AddChallenge(ctx, k))
		_, err = s.TakeChallenge(ctx, "c", "register", at(10))
		refuses(t, "expired", err, ErrNotFound)
		for what, k := range map[string]Challenge{
			"no id": {Kind: "k"}, "no kind": {ID: "c"}, "long": {ID: "c", Kind: "k", Data: make([]byte, mostChallenge+1)}, "account": {ID: "c", Kind: "k", Account: strings.Repeat("a", 300)},
		} {
			refuses(t, what, s.AddChallenge(ctx, k), ErrInvalid)
		}
	})
}

// Of many who take a challenge at once, one gets it.
func TestChallengeOnce(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		stores := []*Store{open(Options{}), open(Options{})}
		for i := range 5 {
			must(t, stores[0].AddChallenge(ctx, Challenge{ID: numbered("c", i), Kind: "login", Expires: at(10)}))
			won := race(t, 8, ErrNotFound, func(j int) error {
				_, err := stores[j%2].TakeChallenge(ctx, numbered("c", i), "login", at(1))
				return err
			})
			if won != 1 {
				t.Errorf("%d took it", won)
			}
		}
	})
}

// The oldest of too many go: of one account, and of all.
func TestManyChallenges(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	count := func() (n int64) {
		must(t, s.read(ctx, "", func(ctx context.Context, c *conn) (err error) {
			n, err = first(ctx, c, scanCount, "SELECT COUNT(*) FROM challenges")
			return err
		}))
		return n
	}
	for i := range mostChallengesOne + 2 {
		must(t, s.AddChallenge(ctx, Challenge{ID: numbered("one", i), Account: "id-mai", Kind: "k", Expires: at(100 + i)}))
	}
	if n := count(); n != mostChallengesOne {
		t.Errorf("%d of one account", n)
	}
	_, err := s.TakeChallenge(ctx, numbered("one", 1), "k", at(1))
	refuses(t, "the oldest", err, ErrNotFound)
	must(t, s.write(ctx, "", func(ctx context.Context, c *conn) error { // as so many AddChallenge would
		return c.insert(ctx, "challenges", []string{"id", "account", "kind", "data", "expires_ms"}, mostChallenges-mostChallengesOne, func(i int, v []any) {
			v[0], v[1], v[2], v[3], v[4] = numbered("all", i), "", "k", []byte{}, stamp(at(200+i))
		})
	}))
	must(t, s.AddChallenge(ctx, Challenge{ID: "last", Kind: "k", Expires: at(500)}))
	if n := count(); n != mostChallenges {
		t.Errorf("%d of all", n)
	}
	_, err = s.TakeChallenge(ctx, numbered("one", 2), "k", at(1))
	refuses(t, "the oldest of all", err, ErrNotFound)
	for _, id := range []string{numbered("one", 3), "last"} {
		if _, err := s.TakeChallenge(ctx, id, "k", at(1)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}
