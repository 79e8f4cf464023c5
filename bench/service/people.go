package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"segue"
	"segue/account"
	"segue/store"
)

// A person is a listener with an account and a token.
type person struct {
	id, token string
	hours     []string
}

func isPostgres(db string) bool {
	return strings.HasPrefix(db, "postgres://") || strings.HasPrefix(db, "postgresql://")
}

// open opens the database beside the server: people are put into it, and what is
// there is read from it, without asking the server.
func (s *setting) open(ctx context.Context) (*store.Store, error) {
	if isPostgres(s.db) {
		return store.Open(ctx, store.Options{URL: s.db})
	}
	return store.Open(ctx, store.Options{Path: s.db})
}

// newest is when the last invented play ended, on the day before now.
func newest() time.Time { return time.Now().UTC().Truncate(24 * time.Hour).Add(-4 * time.Hour) }

// listening invents the plays of a person: some thousand tracks they know, some of
// them far more than others, in sessions of about an hour, evenings above all. Three
// in ten are of no track that the catalogue has.
func listening(songs []song, n int, seed uint64, last time.Time) []segue.Play {
	rng := rand.New(rand.NewPCG(seed, 2))
	own := make([]segue.TrackRef, 2000)
	lengths := make([]int64, len(own))
	for i := range own {
		one := songs[rng.IntN(len(songs))]
		own[i] = segue.TrackRef{ID: one.id, Title: one.title, Artist: one.artist, Album: "Album"}
		lengths[i] = one.length
		if rng.IntN(10) < 3 {
			own[i] = segue.TrackRef{Title: "Demo tape " + strconv.Itoa(i), Artist: "A friend", Album: "Tapes"}
		}
	}
	plays := make([]segue.Play, 0, n)
	day := last
	for len(plays) < n {
		day = day.Add(-time.Duration(14+rng.IntN(20)) * time.Hour)
		at := day
		for range min(8+rng.IntN(14), n-len(plays)) {
			i := int(float64(len(own)) * rng.Float64() * rng.Float64())
			heard := lengths[i]
			skipped := segue.No
			if rng.IntN(5) == 0 {
				heard, skipped = heard/6, segue.Yes
			}
			at = at.Add(time.Duration(heard)*time.Millisecond + time.Second)
			plays = append(plays, segue.Play{Track: own[i], EndedAt: at, Played: time.Duration(heard) * time.Millisecond, Skipped: skipped})
		}
	}
	return plays
}

// settle puts a person with an account, a token, consents and plays into the database.
func settle(ctx context.Context, in *store.Store, n int, plays []segue.Play) (*person, error) {
	now := time.Now().UTC()
	id, token := fmt.Sprintf("listener-%05d", n), account.NewToken()
	scopes := []string{}
	for _, scope := range account.Grantable(account.Listener) {
		scopes = append(scopes, string(scope))
	}
	if err := in.AddAccount(ctx, store.Account{ID: id, Name: id, Key: id, Role: store.RoleListener, Created: now}); err != nil {
		return nil, err
	}
	if err := in.AddToken(ctx, store.Token{ID: token.ID, Hash: token.Hash(), Account: id, Name: "load", Scopes: scopes, Created: now}); err != nil {
		return nil, err
	}
	if err := in.SaveListener(ctx, store.Listener{ID: id, Name: id, Zone: "Europe/Lisbon", Adult16: true, ArtSeed: uint64(n), Created: now}); err != nil {
		return nil, err
	}
	for _, p := range []store.Purpose{store.Moods, store.Plays, store.CheckIns} {
		if err := in.SetConsent(ctx, id, store.Consent{Purpose: p, Given: true, At: now}); err != nil {
			return nil, err
		}
	}
	if len(plays) > 0 {
		if err := in.AddImport(ctx, id, store.Import{ID: "first", At: now, Report: []byte("{}"), Plays: len(plays)}, plays); err != nil {
			return nil, err
		}
	}
	return &person{id: id, token: token.Reveal()}, nil
}
