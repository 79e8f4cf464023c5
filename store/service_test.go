package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// serviceTables are those of migration 2: they hang on no listener.
func serviceTables() []string {
	return []string{"accounts", "answers", "challenges", "choices", "events", "invitations", "jobs", "logins", "passkeys", "tokens", "versions"}
}

// refuses fails the test unless err is the one wanted.
func refuses(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// race calls do n times at once and returns how often it succeeded; every other
// end must be lost.
func race(t testing.TB, n int, lost error, do func(i int) error) int {
	t.Helper()
	var won atomic.Int64
	var all sync.WaitGroup
	start := make(chan bool)
	for i := range n {
		all.Go(func() {
			<-start
			switch err := do(i); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, lost):
				t.Errorf("of %d at once: %v, want %v", n, err, lost)
			}
		})
	}
	close(start)
	all.Wait()
	return int(won.Load())
}

// somebody is an account of a name.
func somebody(name string, role Role) Account {
	return Account{ID: "id-" + name, Name: name, Key: name, Role: role, Password: "$argon2id$" + name, Created: at(1), Version: 1}
}

// signed adds accounts of names, all listeners.
func signed(t testing.TB, s *Store, names ...string) {
	t.Helper()
	for _, name := range names {
		must(t, s.AddAccount(context.Background(), somebody(name, RoleListener)))
	}
}

// after is the time so long after some evening.
func after(d time.Duration) time.Time { return at(0).Add(d) }

// numbered is n names.
func numbered(what string, i int) string { return fmt.Sprintf("%s-%03d", what, i) }

// An address may hold any bytes: what no database can store is nobody's id.
func TestIDsThatAreNoText(t *testing.T) {
	each(t, func(t *testing.T, open func(Options) *Store) {
		ctx := context.Background()
		s := open(Options{})
		for _, id := range []string{"a\x00b", "a\xffb", "\x00"} {
			_, account := s.Account(ctx, id)
			_, key := s.AccountByKey(ctx, id)
			_, login := s.Login(ctx, id, at(1))
			_, invitation := s.Invitation(ctx, id, at(1))
			_, token := s.TokenByHash(ctx, id, at(1))
			_, passkey := s.PasskeyByID(ctx, id)
			_, challenge := s.TakeChallenge(ctx, id, id, at(1))
			_, job := s.Job(ctx, id)
			_, version := s.Version(ctx, id, id)
			_, hour := s.Hour(ctx, id, id)
			_, share := s.Share(ctx, id)
			for what, err := range map[string]error{
				"account": account, "key": key, "login": login, "invitation": invitation, "token": token, "passkey": passkey,
				"challenge": challenge, "job": job, "version": version, "hour": hour, "share": share, "cancel": s.CancelJob(ctx, id, at(1)),
			} {
				refuses(t, what, err, ErrNotFound)
			}
		}
	})
}
