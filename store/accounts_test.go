package store

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestAccounts(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		mai := Account{ID: "a1", Name: "Mai \x00Anh", Key: "mai anh", Role: RoleResearcher, Password: "$argon2id$", Created: at(1), Version: 7}
		must(t, s.AddAccount(ctx, mai))
		mai.Name, mai.Version = "Mai \uFFFDAnh", 1
		for what, read := range map[string]func() (Account, error){
			"by id":  func() (Account, error) { return s.Account(ctx, "a1") },
			"by key": func() (Account, error) { return s.AccountByKey(ctx, "mai anh") },
		} {
			if got, err := read(); err != nil || got != mai {
				t.Errorf("%s: %+v, %v, want %+v", what, got, err, mai)
			}
		}
		_, err := s.Account(ctx, "a2")
		refuses(t, "nobody's id", err, ErrNotFound)
		_, err = s.AccountByKey(ctx, "Mai Anh")
		refuses(t, "a key not folded", err, ErrNotFound)

		other := somebody("binh", RoleListener)
		other.ID = mai.ID
		refuses(t, "the same id", s.AddAccount(ctx, other), ErrConflict)
		other = somebody("binh", RoleListener)
		other.Key = mai.Key
		refuses(t, "the same name", s.AddAccount(ctx, other), ErrConflict)
		signed(t, s, "binh", "chi")
		if n, err := s.CountAccounts(ctx); err != nil || n != 3 {
			t.Errorf("%d accounts, %v", n, err)
		}

		must(t, s.AddPasskey(ctx, Passkey{ID: "p1", Account: mai.ID, Credential: []byte(`{}`)}))
		mai.Name, mai.Password, mai.Disabled = "Mai", "", true
		must(t, s.SaveAccount(ctx, mai))
		refuses(t, "the second window", s.SaveAccount(ctx, mai), ErrConflict)
		mai.Version = 2
		if got, err := s.Account(ctx, "a1"); err != nil || got != mai {
			t.Errorf("saved %+v, %v, want %+v", got, err, mai)
		}
		mai.Key = "binh"
		refuses(t, "a name that is taken", s.SaveAccount(ctx, mai), ErrConflict)
		mai.ID = "none"
		refuses(t, "nobody", s.SaveAccount(ctx, mai), ErrNotFound)

		var keys []string
		for after := ""; ; {
			all, err := s.Accounts(ctx, after, 2)
			must(t, err)
			if len(all) == 0 {
				break
			}
			for _, a := range all {
				keys = append(keys, a.Key)
			}
			after = all[len(all)-1].Key
		}
		if want := []string{"binh", "chi", "mai anh"}; !reflect.DeepEqual(keys, want) {
			t.Errorf("listed %v, want %v", keys, want)
		}
		if all, err := s.Accounts(ctx, "", 0); err != nil || len(all) != 3 {
			t.Errorf("without a limit: %d, %v", len(all), err)
		}
	})
}

func TestInvalidAccounts(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	signed(t, s, "mai")
	long := strings.Repeat(canary, 100)
	for name, change := range map[string]func(*Account){
		"no id":         func(a *Account) { a.ID = "" },
		"no name":       func(a *Account) { a.Name = "" },
		"no key":        func(a *Account) { a.Key = "" },
		"long name":     func(a *Account) { a.Name = long },
		"long key":      func(a *Account) { a.Key = long },
		"key of no use": func(a *Account) { a.Key = canary + "\xff" },
		"long password": func(a *Account) { a.Password = long },
		"role":          func(a *Account) { a.Role = Role(canary) },
		"year":          func(a *Account) { a.Created = time.UnixMilli(1 << 60) },
	} {
		a := somebody("mai", RoleListener)
		change(&a)
		for _, err := range []error{s.AddAccount(ctx, a), s.SaveAccount(ctx, a)} {
			if !errors.Is(err, ErrInvalid) || strings.Contains(err.Error(), canary) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// However it is tried, and by however many at once, an admin stays.
func TestLastAdmin(t *testing.T) {
	for what, leave := range map[string]func(*Store, Account) error{
		"demoted": func(s *Store, a Account) error {
			a.Role = RoleResearcher
			return s.SaveAccount(context.Background(), a)
		},
		"disabled": func(s *Store, a Account) error { a.Disabled = true; return s.SaveAccount(context.Background(), a) },
		"deleted": func(s *Store, a Account) error {
			err := s.DeleteAccount(context.Background(), a.ID)
			if errors.Is(err, ErrTraces) { // deleted, and the other store is in the way of sweeping
				return nil
			}
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			each(t, func(t *testing.T, open func(Options) *Store) {
				ctx := context.Background()
				s, other := open(Options{}), open(Options{})
				disabled := somebody("asleep", RoleAdmin)
				disabled.Disabled = true
				must(t, s.AddAccount(ctx, disabled))
				first := somebody("first", RoleAdmin)
				must(t, s.AddAccount(ctx, first))
				signed(t, s, "listener")
				refuses(t, "the only one", leave(s, first), ErrLastAdmin)
				first.Name = "renamed"
				must(t, s.SaveAccount(ctx, first)) // and yet may change
				first.Version++
				admins := []Account{first}
				for i := range 7 {
					admins = append(admins, somebody(numbered("admin", i), RoleAdmin))
					must(t, s.AddAccount(ctx, admins[i+1]))
				}
				won := race(t, len(admins), ErrLastAdmin, func(i int) error { return leave([]*Store{s, other}[i%2], admins[i]) })
				if won != len(admins)-1 {
					t.Errorf("%d of %d admins left", won, len(admins))
				}
				all, err := s.Accounts(ctx, "", 0)
				must(t, err)
				left := 0
				for _, a := range all {
					if a.administers() {
						left++
					}
				}
				if left != 1 {
					t.Errorf("%d admins are left", left)
				}
			})
		})
	}
}

// Of many windows that change the same account, one wins.
func TestAccountWindows(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		stores := []*Store{open(Options{}), open(Options{})}
		signed(t, stores[0], "mai")
		won := race(t, 8, ErrConflict, func(i int) error {
			a := somebody("mai", RoleListener)
			a.Name = numbered("Mai", i)
			return stores[i%2].SaveAccount(context.Background(), a)
		})
		if won != 1 {
			t.Errorf("%d windows saved", won)
		}
	})
}

// A deleted account takes with it all that is its own and its listener's, and
// nothing of others; on a disk no byte is left.
func TestDeleteAccount(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := opened(t, Options{Path: filepath.Join(dir, "segue.db")})
	filled(t, s, "id-mai", canary)
	filled(t, s, "id-binh", "kept")
	owned := func(name, mark string) {
		t.Helper()
		a := somebody(name, RoleListener)
		a.Name = mark
		must(t, s.AddAccount(ctx, a))
		must(t, s.AddLogin(ctx, Login{ID: "l-" + name, Account: a.ID, Created: at(1), Expires: at(1000), Agent: mark}))
		must(t, s.AddToken(ctx, Token{ID: "t-" + name, Hash: "h-" + name, Account: a.ID, Name: mark}))
		must(t, s.AddPasskey(ctx, Passkey{ID: "p-" + name, Account: a.ID, Name: mark, Credential: []byte(`"` + mark + `"`)}))
		must(t, s.AddChallenge(ctx, Challenge{ID: "c-" + name, Account: a.ID, Kind: "k", Data: []byte(mark), Expires: at(1000)}))
		must(t, s.AddInvitation(ctx, Invitation{ID: "i-" + name, Role: RoleListener, Note: mark, By: a.ID, Created: at(1), Expires: at(1000)}))
	}
	owned("mai", canary)
	owned("binh", "kept")
	if len(found(t, dir)) == 0 {
		t.Fatal("the canary is nowhere: the test looks in the wrong place")
	}
	must(t, s.DeleteAccount(ctx, "id-mai"))
	must(t, s.DeleteAccount(ctx, "id-mai"))
	if files := found(t, dir); len(files) > 0 {
		t.Errorf("%v hold what was deleted", files)
	}
	for name, want := range map[string]error{"mai": ErrNotFound, "binh": nil} {
		id := "id-" + name
		_, account := s.Account(ctx, id)
		_, listener := s.Listener(ctx, id)
		_, login := s.Login(ctx, "l-"+name, at(2))
		_, token := s.TokenByHash(ctx, "h-"+name, at(2))
		_, passkey := s.PasskeyByID(ctx, "p-"+name)
		_, challenge := s.TakeChallenge(ctx, "c-"+name, "k", at(2))
		_, invitation := s.Invitation(ctx, "i-"+name, at(2))
		for what, err := range map[string]error{"account": account, "listener": listener, "login": login, "token": token, "passkey": passkey, "challenge": challenge, "invitation": invitation} {
			if !errors.Is(err, want) {
				t.Errorf("%s of %s: %v, want %v", what, name, err, want)
			}
		}
	}
}

// Forgetting what was heard does not sign anybody out.
func TestForgetKeepsAccount(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	filled(t, s, "id-mai", "x")
	signed(t, s, "mai")
	must(t, s.AddLogin(ctx, Login{ID: "l", Account: "id-mai", Created: at(1), Expires: at(1000)}))
	must(t, s.Forget(ctx, "id-mai"))
	if _, err := s.Login(ctx, "l", at(2)); err != nil {
		t.Errorf("signed out: %v", err)
	}
	_, err := s.Listener(ctx, "id-mai")
	refuses(t, "the listener", err, ErrNotFound)
}
