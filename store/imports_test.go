package store

import (
	"errors"
	"testing"
	"time"

	"segue"
)

// Two who merged with the same plays: the second is told, and nothing of it is there.
func TestAddImportTo(t *testing.T) {
	each(t, func(t *testing.T, open func(o Options) *Store) {
		s, ctx := open(Options{}), t.Context()
		at := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
		if err := s.SaveListener(ctx, Listener{ID: "a", Created: at}); err != nil {
			t.Fatal(err)
		}
		who, err := s.Listener(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		play := func(title string) []segue.Play {
			return []segue.Play{{Track: segue.TrackRef{Title: title}, EndedAt: at, Played: time.Minute}}
		}
		if err := s.AddImportTo(ctx, "a", who.PlaysVersion, Import{ID: "first", At: at}, play("One")); err != nil {
			t.Fatal(err)
		}
		if err := s.AddImportTo(ctx, "a", who.PlaysVersion, Import{ID: "second", At: at}, play("Two")); !errors.Is(err, ErrConflict) {
			t.Errorf("merged with what was there before: %v", err)
		}
		plays, err := s.Plays(ctx, "a")
		if err != nil || len(plays) != 1 || plays[0].Track.Title != "One" {
			t.Errorf("%v, %v", plays, err)
		}
		if who, err = s.Listener(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		if err := s.AddImportTo(ctx, "a", who.PlaysVersion, Import{ID: "second", At: at}, append(plays, play("Two")...)); err != nil {
			t.Errorf("merged anew: %v", err)
		}
		if err := s.AddImportTo(ctx, "nobody", 1, Import{ID: "third", At: at}, nil); !errors.Is(err, ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
	})
}
