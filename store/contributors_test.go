package store

import (
	"context"
	"slices"
	"testing"
	"time"

	"segue"
)

// Only plays of those who agree to both count, in the order in which they let themselves be
// counted, and of no invented listener.
func TestPlaysContributors(t *testing.T) {
	each(t, func(t *testing.T, open func(o Options) *Store) {
		ctx := context.Background()
		s := open(Options{Consents: true})
		plays := []segue.Play{{Track: segue.TrackRef{Title: "A", Artist: "B"}, EndedAt: at(0), Played: time.Minute, Skipped: segue.No}}
		who := func() []string {
			t.Helper()
			all, err := s.PlaysContributors(ctx)
			must(t, err)
			return all
		}
		if got := who(); len(got) != 0 {
			t.Errorf("nobody is there, and %v contribute", got)
		}
		for i, id := range []string{"a", "b", "c", "invented", "silent", "e"} {
			must(t, s.SaveListener(ctx, Listener{ID: id, Created: at(0), Demo: id == "invented"}))
			must(t, s.SetConsent(ctx, id, Consent{Plays, true, at(1)}))
			must(t, s.SetConsent(ctx, id, Consent{Research, id != "b", at(10 - i)}))
			if id != "silent" {
				must(t, s.AddImport(ctx, id, Import{ID: "i", At: at(1)}, plays))
			}
		}
		if got := who(); !slices.Equal(got, []string{"e", "c", "a"}) {
			t.Errorf("%v contribute", got)
		}
		must(t, s.SetConsent(ctx, "c", Consent{Research, false, at(20)}))
		must(t, s.SetConsent(ctx, "e", Consent{Plays, false, at(20)}))
		must(t, s.SetConsent(ctx, "b", Consent{Research, true, at(20)}))
		if got := who(); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("after changes: %v", got)
		}
	})
}
