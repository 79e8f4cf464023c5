package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"segue"
	"segue/account"
	"segue/language"
	"segue/store"
)

// Links let somebody in who cannot sign in yet: an invitation makes one account, and
// a reset sets the password of one. Each holds a secret in its path, since it must
// work without script; so no log holds a path, no page of ours tells one to another
// (Referrer-Policy), and none is kept by a cache. To open one uses nothing up.

// How long links hold. (d)
const (
	InvitationFor = 7 * 24 * time.Hour
	ResetFor      = 24 * time.Hour
	FirstAdminFor = time.Hour
)

// resetKind is of the challenges that are links for a new password.
const resetKind = "reset"

// Invite makes an invitation for one account of a role, and returns the path of its
// link, which is known to nobody else and stored nowhere. By is the account that made
// it, "" for the operator. It returns store.ErrTooMany where there are too many.
func Invite(ctx context.Context, kept *store.Store, role account.Role, note, by string, now time.Time, lasts time.Duration) (path string, err error) {
	secret := account.NewSecret()
	err = kept.AddInvitation(ctx, store.Invitation{
		ID: account.HashSecret(secret), Role: store.Role(role), Note: note, By: by, Created: now, Expires: now.Add(lasts),
	})
	return "/join/" + secret, err
}

// Reset ends all logins of an account and returns the path of a link that lets it set
// a new password, within a day and once. Until then the old one holds; links that were
// made before do not.
func Reset(ctx context.Context, kept *store.Store, id string, now time.Time) (path string, err error) {
	if err := kept.DropChallenges(ctx, id, resetKind); err != nil {
		return "", err
	}
	secret := account.NewSecret()
	err = kept.AddChallenge(ctx, store.Challenge{ID: account.HashSecret(secret), Account: id, Kind: resetKind, Expires: now.Add(ResetFor)})
	if err != nil {
		return "", err
	}
	return "/reset/" + secret, kept.DeleteLogins(ctx, id, "")
}

// FirstAdmin returns the path of a link that makes the first admin, valid for an hour,
// or "" where somebody can administer already.
func FirstAdmin(ctx context.Context, kept *store.Store, now time.Time) (path string, err error) {
	found := false
	err = EachAccount(ctx, kept, func(a store.Account) error {
		found = found || a.Role == store.RoleAdmin && !a.Disabled
		return nil
	})
	if err != nil || found {
		return "", err
	}
	return Invite(ctx, kept, account.Admin, "", "", now, FirstAdminFor)
}

// EachAccount calls do for every account, in the order of their names.
func EachAccount(ctx context.Context, kept *store.Store, do func(store.Account) error) error {
	for after := ""; ; {
		some, err := kept.Accounts(ctx, after, 0)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, a := range some {
			if err := do(a); err != nil {
				return err
			}
		}
		after = some[len(some)-1].Key
	}
}

// NewAccount returns an account of a role for a name as it was typed, with an id of
// its own and no password. Its error is a *segue.InputError.
func NewAccount(typed string, role account.Role, now time.Time) (store.Account, error) {
	name, key, err := account.ParseName(typed)
	return store.Account{ID: newID(), Name: name, Key: key, Role: store.Role(role), Created: now}, err
}

// HashPassword returns what is stored of a password, if it may be an account's. Its
// error is a *segue.InputError where it may not.
func HashPassword(ctx context.Context, h *account.Hasher, a store.Account, password string) (string, error) {
	if err := account.CheckPassword(password, a.Name); err != nil {
		return "", err
	}
	return h.Hash(ctx, password)
}

// changeAccount makes a change to an account as it is stored now, and again where
// somebody else changed it in between.
func changeAccount(ctx context.Context, kept *store.Store, id string, change func(*store.Account) error) error {
	for tries := 0; ; tries++ {
		a, err := kept.Account(ctx, id)
		if err != nil {
			return err
		}
		if err := change(&a); err != nil {
			return err
		}
		if err = kept.SaveAccount(ctx, a); !errors.Is(err, store.ErrConflict) || tries == 3 {
			return err
		}
	}
}

// mistake is what is wrong with what was typed, in words of a language, or an error
// that is no fault of it.
func mistake(t *language.Tongue, err error) (string, error) {
	var input *segue.InputError
	if !errors.As(err, &input) {
		return "", err
	}
	return input.Line(t.Say) + ".", nil
}

// isRole reports whether there is such a role.
func isRole(r account.Role) bool { return slices.Contains(account.Roles(), r) }
