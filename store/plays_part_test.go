package store

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"segue"
)

// Any part of the plays is that part of all of them, also where earlier ones were let
// go and their numbers are left out.
func TestPlaysAt(t *testing.T) {
	each(t, func(t *testing.T, open func(o Options) *Store) {
		s := open(Options{})
		ctx := context.Background()
		at := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
		if err := s.SaveListener(ctx, Listener{ID: "self", Created: at}); err != nil {
			t.Fatal(err)
		}
		var plays []segue.Play
		for i := range 60 {
			plays = append(plays, segue.Play{
				Track:   segue.TrackRef{ID: fmt.Sprint(i % 7), Title: fmt.Sprint("T", i%7), Artist: "A", Album: "B"},
				EndedAt: at.Add(time.Duration(i/2) * time.Minute), Played: time.Duration(i) * time.Second, Skipped: segue.Tristate(i % 3), Scrobble: i%5 == 0,
			})
		}
		if err := s.AddImport(ctx, "self", Import{ID: "old", At: at}, plays[10:30]); err != nil {
			t.Fatal(err)
		}
		if err := s.AddImport(ctx, "self", Import{ID: "new", At: at.AddDate(0, 0, 9)}, plays); err != nil {
			t.Fatal(err)
		}
		check := func(n int) {
			t.Helper()
			all, err := s.Plays(ctx, "self")
			if err != nil || len(all) != n {
				t.Fatalf("%d plays: %v", len(all), err)
			}
			for first := 0; first <= n+2; first += 3 {
				for _, many := range []int{0, 1, 7, n, 10 * n} {
					got, err := s.PlaysAt(ctx, "self", first, many)
					if err != nil {
						t.Fatal(err)
					}
					want := all[min(first, n):min(first+many, n)]
					if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
						t.Fatalf("from %d on %d: %d plays, want %d", first, many, len(got), len(want))
					}
				}
			}
		}
		check(60)
		if err := s.Reduce(ctx, "self", at.AddDate(0, 0, 1), nil); err != nil {
			t.Fatal(err)
		}
		check(40)
		if got, err := s.PlaysAt(ctx, "nobody", 0, 9); err != nil || len(got) != 0 {
			t.Errorf("%d plays of nobody: %v", len(got), err)
		}
	})
}
