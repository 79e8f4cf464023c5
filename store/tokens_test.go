package store

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		signed(t, s, "mai", "binh")
		all := []Token{
			{ID: "t1", Hash: "h1", Account: "id-mai", Name: "script", Scopes: []string{"listening:read", "hours:write"}, Created: at(1), Expires: at(100)},
			{ID: "t2", Hash: "h2", Account: "id-mai", Created: at(2)}, // never expires, may nothing
		}
		for _, k := range all {
			must(t, s.AddToken(ctx, k))
			if got, err := s.TokenByHash(ctx, k.Hash, at(99)); err != nil || !reflect.DeepEqual(got, k) {
				t.Errorf("got %+v, %v, want %+v", got, err, k)
			}
		}
		if got, err := s.Tokens(ctx, "id-mai"); err != nil || !reflect.DeepEqual(got, all) {
			t.Errorf("tokens %+v, %v", got, err)
		}
		_, err := s.TokenByHash(ctx, "h1", at(100))
		refuses(t, "expired", err, ErrNotFound)
		if _, err := s.TokenByHash(ctx, "h2", after(100*365*24*time.Hour)); err != nil {
			t.Errorf("one that never expires: %v", err)
		}
		refuses(t, "the same id", s.AddToken(ctx, Token{ID: "t1", Hash: "h3", Account: "id-binh"}), ErrConflict)
		refuses(t, "the same hash", s.AddToken(ctx, Token{ID: "t3", Hash: "h1", Account: "id-binh"}), ErrConflict)
		refuses(t, "nobody's", s.AddToken(ctx, Token{ID: "t3", Hash: "h3", Account: "nobody"}), ErrNotFound)

		must(t, s.TouchTokens(ctx, []string{"t2", "none"}, at(7)))
		must(t, s.TouchTokens(ctx, []string{"t2"}, at(6)))
		must(t, s.TouchTokens(ctx, []string{"t2"}, at(8)))
		must(t, s.TouchTokens(ctx, nil, at(9)))
		if got, err := s.TokenByHash(ctx, "h2", at(9)); err != nil || !got.Used.Equal(at(7)) {
			t.Errorf("used %+v, %v", got, err)
		}
		must(t, s.DeleteToken(ctx, "id-binh", "t1")) // not theirs
		must(t, s.DeleteToken(ctx, "id-mai", "t2"))
		if got, err := s.Tokens(ctx, "id-mai"); err != nil || !reflect.DeepEqual(got, all[:1]) {
			t.Errorf("tokens %+v, %v", got, err)
		}
		asleep := somebody("mai", RoleListener)
		asleep.Disabled = true
		must(t, s.SaveAccount(ctx, asleep))
		_, err = s.TokenByHash(ctx, "h1", at(2))
		refuses(t, "disabled", err, ErrNotFound)
	})
}

// An account has so many tokens and no more, whoever else adds some.
func TestManyTokens(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		stores := []*Store{open(Options{}), open(Options{})}
		signed(t, stores[0], "mai")
		won := race(t, mostTokens+6, ErrTooMany, func(i int) error {
			return stores[i%2].AddToken(context.Background(), Token{ID: numbered("t", i), Hash: numbered("h", i), Account: "id-mai"})
		})
		if won != mostTokens {
			t.Errorf("%d tokens were added", won)
		}
	})
}

func TestInvalidTokens(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	signed(t, s, "mai")
	for name, change := range map[string]func(*Token){
		"no id":       func(k *Token) { k.ID = "" },
		"no hash":     func(k *Token) { k.Hash = "" },
		"name":        func(k *Token) { k.Name = strings.Repeat(canary, 100) },
		"scopes":      func(k *Token) { k.Scopes = make([]string, mostScopes+1) },
		"two words":   func(k *Token) { k.Scopes = []string{canary + " all"} },
		"empty scope": func(k *Token) { k.Scopes = []string{""} },
		"year":        func(k *Token) { k.Expires = time.UnixMilli(1 << 60) },
	} {
		k := Token{ID: "t", Hash: "h", Account: "id-mai"}
		change(&k)
		if err := s.AddToken(ctx, k); !errors.Is(err, ErrInvalid) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
