package store

import (
	"context"
	"testing"
	"time"
)

func TestInvitations(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		i := Invitation{ID: "i1", Role: RoleResearcher, Note: "for Mai", Created: at(1), Expires: at(100), Used: at(50)}
		must(t, s.AddInvitation(ctx, i))
		i.Used = time.Time{} // a new one was not
		if got, err := s.Invitation(ctx, "i1", at(99)); err != nil || got != i {
			t.Errorf("got %+v, %v, want %+v", got, err, i)
		}
		refuses(t, "the same id", s.AddInvitation(ctx, i), ErrConflict)
		_, err := s.Invitation(ctx, "i1", at(100))
		refuses(t, "expired", err, ErrNotFound)
		refuses(t, "taken when expired", s.TakeInvitation(ctx, "i1", at(100), somebody("mai", RoleListener)), ErrNotFound)
		refuses(t, "of none", s.TakeInvitation(ctx, "none", at(2), somebody("mai", RoleListener)), ErrNotFound)
		signed(t, s, "binh")
		refuses(t, "a name that is taken", s.TakeInvitation(ctx, "i1", at(2), somebody("binh", RoleListener)), ErrConflict)
		must(t, s.TakeInvitation(ctx, "i1", at(3), somebody("mai", RoleAdmin)))
		if a, err := s.Account(ctx, "id-mai"); err != nil || a.Role != RoleResearcher {
			t.Errorf("made %+v, %v", a, err)
		}
		refuses(t, "used twice", s.TakeInvitation(ctx, "i1", at(4), somebody("chi", RoleListener)), ErrNotFound)
		_, err = s.Invitation(ctx, "i1", at(4))
		refuses(t, "used", err, ErrNotFound)
		all, err := s.Invitations(ctx)
		if err != nil || len(all) != 1 || !all[0].Used.Equal(at(3)) {
			t.Errorf("invitations %+v, %v", all, err)
		}
		must(t, s.AddInvitation(ctx, Invitation{ID: "i2", Role: RoleListener, Created: at(2), Expires: at(100)}))
		must(t, s.DeleteInvitation(ctx, "i2"))
		must(t, s.DeleteInvitation(ctx, "i2"))
		refuses(t, "taken back", s.TakeInvitation(ctx, "i2", at(3), somebody("chi", RoleListener)), ErrNotFound)
	})
}

// One invitation makes one account, however many come with it.
func TestInvitationOnce(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		stores := []*Store{open(Options{}), open(Options{})}
		must(t, stores[0].AddInvitation(ctx, Invitation{ID: "i", Role: RoleListener, Created: at(1), Expires: at(100)}))
		won := race(t, 8, ErrNotFound, func(i int) error {
			return stores[i%2].TakeInvitation(ctx, "i", at(2), somebody(numbered("name", i), RoleListener))
		})
		if n, err := stores[0].CountAccounts(ctx); err != nil || won != 1 || n != 1 {
			t.Errorf("%d were let in, %d accounts, %v", won, n, err)
		}
	})
}

// An invitation gives no more than its maker could now.
func TestInvitationOfWhoLeft(t *testing.T) {
	for what, c := range map[string]struct {
		change func(*Account)
		role   Role
		usable bool
	}{
		"an admin's, for an admin":         {func(*Account) {}, RoleAdmin, true},
		"a disabled admin's":               {func(a *Account) { a.Disabled = true }, RoleListener, false},
		"a former admin's, for an admin":   {func(a *Account) { a.Role = RoleResearcher }, RoleAdmin, false},
		"a former admin's, for a listener": {func(a *Account) { a.Role = RoleResearcher }, RoleListener, true},
	} {
		t.Run(what, func(t *testing.T) {
			each(t, func(t *testing.T, open func(Options) *Store) {
				ctx := context.Background()
				s := open(Options{})
				must(t, s.AddAccount(ctx, somebody("stays", RoleAdmin)))
				admin := somebody("admin", RoleAdmin)
				must(t, s.AddAccount(ctx, admin))
				must(t, s.AddInvitation(ctx, Invitation{ID: "i", Role: c.role, By: admin.ID, Created: at(1), Expires: at(100)}))
				c.change(&admin)
				must(t, s.SaveAccount(ctx, admin))
				var want error
				if !c.usable {
					want = ErrNotFound
				}
				_, err := s.Invitation(ctx, "i", at(2))
				refuses(t, "looked at", err, want)
				refuses(t, "taken", s.TakeInvitation(ctx, "i", at(2), somebody("mai", RoleListener)), want)
			})
		})
	}
}

// Old ones go, and there are not more than so many.
func TestManyInvitations(t *testing.T) {
	ctx := context.Background()
	s := opened(t, Options{})
	add := func(id string, made time.Time) error {
		return s.AddInvitation(ctx, Invitation{ID: id, Role: RoleListener, Created: made, Expires: made.Add(time.Hour)})
	}
	for i := range mostInvitations {
		must(t, add(numbered("i", i), at(0)))
	}
	refuses(t, "one too many", add("more", at(0)), ErrTooMany)
	must(t, s.TakeInvitation(ctx, "i-000", at(1), somebody("mai", RoleListener)))
	refuses(t, "a day later", add("more", after(24*time.Hour)), ErrTooMany)
	must(t, add("more", after(invitationsKept+2*time.Hour)))
	if all, err := s.Invitations(ctx); err != nil || len(all) != 1 {
		t.Errorf("%d invitations are left, %v", len(all), err)
	}
}
