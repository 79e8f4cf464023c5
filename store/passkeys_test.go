package store

import (
	"context"
	"reflect"
	"strings"
	"testing"
)

func TestPasskeys(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		signed(t, s, "mai", "binh")
		all := []Passkey{
			{ID: strings.Repeat("A", mostKeyID), Account: "id-mai", Name: "phone", Credential: []byte(`{"publicKey":"cHVi"}`), Created: at(1)},
			{ID: "p2", Account: "id-mai", Credential: []byte(`{}`), Created: at(2)},
		}
		for _, p := range all {
			must(t, s.AddPasskey(ctx, p))
			if got, err := s.PasskeyByID(ctx, p.ID); err != nil || !reflect.DeepEqual(got, p) {
				t.Errorf("got %+v, %v, want %+v", got, err, p)
			}
		}
		refuses(t, "the same id", s.AddPasskey(ctx, Passkey{ID: "p2", Account: "id-binh", Credential: []byte(`{}`)}), ErrConflict)
		refuses(t, "nobody's", s.AddPasskey(ctx, Passkey{ID: "p3", Account: "nobody", Credential: []byte(`{}`)}), ErrNotFound)
		for what, p := range map[string]Passkey{
			"no id": {Credential: []byte(`{}`)}, "long id": {ID: strings.Repeat("A", mostKeyID+1), Credential: []byte(`{}`)},
			"no JSON": {ID: "p3"}, "large": {ID: "p3", Credential: []byte(`"` + strings.Repeat("a", mostCredential) + `"`)},
		} {
			p.Account = "id-mai"
			refuses(t, what, s.AddPasskey(ctx, p), ErrInvalid)
		}
		all[1].Credential, all[1].Used = []byte(`{"signCount":2}`), at(9)
		must(t, s.UsePasskey(ctx, "p2", all[1].Credential, all[1].Used))
		if got, err := s.Passkeys(ctx, "id-mai"); err != nil || !reflect.DeepEqual(got, all) {
			t.Errorf("passkeys %+v, %v", got, err)
		}
		refuses(t, "using none", s.UsePasskey(ctx, "none", []byte(`{}`), at(1)), ErrNotFound)
		refuses(t, "using without a credential", s.UsePasskey(ctx, "p2", nil, at(1)), ErrInvalid)
		must(t, s.DeletePasskey(ctx, "id-binh", "p2")) // not theirs
		must(t, s.DeletePasskey(ctx, "id-mai", all[0].ID))
		if got, err := s.Passkeys(ctx, "id-mai"); err != nil || !reflect.DeepEqual(got, all[1:]) {
			t.Errorf("passkeys %+v, %v", got, err)
		}
		for i := range mostPasskeys - 1 {
			must(t, s.AddPasskey(ctx, Passkey{ID: numbered("p", i), Account: "id-mai", Credential: []byte(`{}`)}))
		}
		refuses(t, "one too many", s.AddPasskey(ctx, Passkey{ID: "p3", Account: "id-mai", Credential: []byte(`{}`)}), ErrTooMany)
		_, err := s.PasskeyByID(ctx, "none")
		refuses(t, "none", err, ErrNotFound)
	})
}

// However many windows remove ways in at once, on two processes, one stays.
func TestLastWay(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s, other := open(Options{}), open(Options{})
		for round := range 8 {
			a := somebody(numbered("mai", round), RoleListener)
			must(t, s.AddAccount(ctx, a))
			bare := a
			bare.Password = ""
			refuses(t, "the password alone", s.SaveAccount(ctx, bare), ErrLastWay)
			var keys []string
			for i := range 3 {
				keys = append(keys, numbered(a.ID, i))
				must(t, s.AddPasskey(ctx, Passkey{ID: keys[i], Account: a.ID, Credential: []byte(`{}`)}))
			}
			won := race(t, len(keys)+1, ErrLastWay, func(i int) error {
				at := []*Store{s, other}[i%2]
				if i == len(keys) {
					return at.SaveAccount(ctx, bare)
				}
				return at.DeletePasskey(ctx, a.ID, keys[i])
			})
			a, err := s.Account(ctx, a.ID)
			must(t, err)
			left, err := s.Passkeys(ctx, a.ID)
			must(t, err)
			ways := len(left)
			if a.Password != "" {
				ways++
			}
			if won != len(keys) || ways != 1 {
				t.Errorf("%d of %d ways were removed, and %d are left", won, len(keys)+1, ways)
			}
		}
	})
}
