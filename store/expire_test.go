package store

import (
	"context"
	"testing"
	"time"
)

// What has expired goes, and a moment before it stays.
func TestDropExpired(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		signed(t, s, "mai")
		must(t, s.AddLogin(ctx, Login{ID: "l", Account: "id-mai", Created: at(1), Expires: at(5)}))
		must(t, s.AddChallenge(ctx, Challenge{ID: "c", Kind: "k", Expires: at(5)}))
		_, _, err := s.BeginAnswer(ctx, "id-mai", "key", "hash", at(5).Add(-answersKept))
		must(t, err)
		must(t, s.AddInvitation(ctx, Invitation{ID: "i", Role: RoleListener, Created: at(1), Expires: at(5).Add(-invitationsKept)}))
		left := func(want int64) {
			t.Helper()
			for _, table := range []string{"logins", "challenges", "answers", "invitations"} {
				must(t, s.read(ctx, "", func(ctx context.Context, c *conn) error {
					if n, err := first(ctx, c, scanCount, "SELECT COUNT(*) FROM "+table); err != nil || n != want {
						t.Errorf("%d %s are left, %v, want %d", n, table, err, want)
					}
					return nil
				}))
			}
		}
		must(t, s.DropExpired(ctx, at(4)))
		left(1)
		must(t, s.DropExpired(ctx, at(5)))
		left(0)
		refuses(t, "no year", s.DropExpired(ctx, time.UnixMilli(1<<60)), ErrInvalid)
	})
}
