package web

import (
	"context"
	"math"
	"testing"
	"time"

	"segue"
	"segue/recommend"
	"segue/store"
)

// TestLetGo moves the clock: 90 days after they were brought, or as many as the
// listener chose, single plays are sums by the local hour, and later ones stay.
func TestLetGo(t *testing.T) {
	ctx := context.Background()
	brought := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		days  int
		after time.Duration
		kept  bool
	}{
		"by default, the day before": {0, 89 * day, true}, "by default, the day after": {0, 91 * day, false},
		"thirty days": {30, 31 * day, false}, "a year, after 91 days": {365, 91 * day, true}, "a year": {365, 366 * day, false},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := served(t, Options{Now: func() time.Time { return brought }})                             // when it starts to look, on its own
			who := store.Listener{ID: selfID, Zone: "Asia/Kolkata", RetentionDays: c.days, Created: brought} // at half past
			if err := s.kept.SaveListener(ctx, who); err != nil {
				t.Fatal(err)
			}
			plays := []segue.Play{
				// 23:50 to 00:20 local on the 1st and 2nd of May: ten minutes and twenty.
				{Track: segue.TrackRef{Title: "A", Artist: "B"}, EndedAt: time.Date(2025, 5, 1, 18, 50, 0, 0, time.UTC), Played: 30 * time.Minute},
				{Track: segue.TrackRef{Title: "C", Artist: "B"}, EndedAt: time.Date(2025, 5, 1, 18, 50, 10, 0, time.UTC), Played: 10 * time.Second},
			}
			if err := s.kept.AddImport(ctx, selfID, store.Import{ID: "old", At: brought}, plays); err != nil {
				t.Fatal(err)
			}
			now := brought.Add(c.after)
			late := append(plays[:2:2], segue.Play{Track: segue.TrackRef{Title: "D", Artist: "B"}, EndedAt: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC), Played: time.Minute})
			if err := s.kept.AddImport(ctx, selfID, store.Import{ID: "new", At: now}, late); err != nil {
				t.Fatal(err)
			}
			if err := s.letGo(ctx, now); err != nil {
				t.Fatal(err)
			}
			left, err := s.kept.Plays(ctx, selfID)
			if err != nil {
				t.Fatal(err)
			}
			sums, err := s.kept.HourSums(ctx, selfID)
			if err != nil {
				t.Fatal(err)
			}
			if c.kept {
				if len(left) != 3 || len(sums) != 0 {
					t.Errorf("%d plays, %d sums", len(left), len(sums))
				}
				return
			}
			want := []store.HourSum{{Date: "2025-05-01", Hour: 23, Seconds: 600, Plays: 1}, {Date: "2025-05-02", Hour: 0, Seconds: 1210, Plays: 1, Skips: 1}}
			if len(left) != 1 || len(sums) != 2 || sums[0] != want[0] || sums[1] != want[1] {
				t.Errorf("%d plays; %+v, want %+v", len(left), sums, want)
			}
		})
	}
}

// TestLetGoAtTheStart: a server that starts late makes up for it.
func TestLetGoAtTheStart(t *testing.T) {
	ctx := context.Background()
	kept, err := store.Open(ctx, store.Options{Consents: true})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	at := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	if err := kept.SaveListener(ctx, store.Listener{ID: selfID, Created: at}); err != nil {
		t.Fatal(err)
	}
	if err := kept.AddImport(ctx, selfID, store.Import{ID: "old", At: at}, []segue.Play{{Track: segue.TrackRef{Title: "A"}, EndedAt: at, Played: time.Minute}}); err != nil {
		t.Fatal(err)
	}
	served(t, Options{Kept: kept, Now: func() time.Time { return at.AddDate(1, 0, 0) }})
	for range 200 {
		left, err := kept.Plays(ctx, selfID)
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the plays are still there")
}

// TestSumsHavePlaces: with music the sums hold where the time was spent, and agree
// with the sessions about how much that is.
func TestSumsHavePlaces(t *testing.T) {
	inTurn(t)
	ctx := context.Background()
	s, _ := served(t, Options{})
	music, err := s.demo.get(ctx)
	if err != nil {
		t.Fatal(err)
	}
	plays, err := s.passing.Plays(ctx, demoID)
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("+7", 7*3600)
	sums, err := sumsOf(ctx, music, plays, zone)
	if err != nil {
		t.Fatal(err)
	}
	l, err := recommend.Listen(ctx, music, plays, recommend.ListenOptions{Location: zone})
	if err != nil {
		t.Fatal(err)
	}
	var heard, listened float64
	n, skips := 0, 0
	for _, h := range sums {
		heard, n, skips = heard+h.Seconds, n+h.Plays, skips+h.Skips
		if h.Featured > h.Seconds+1e-6 || h.Valence > h.Featured+1e-6 || h.Arousal > h.Featured+1e-6 || math.IsNaN(h.Valence) {
			t.Fatalf("%+v", h)
		}
	}
	sessionSkips := 0
	for _, one := range l.Sessions {
		sessionSkips += one.Skips
	}
	for _, p := range plays {
		listened += p.Played.Seconds()
	}
	if n != len(plays) || skips != sessionSkips || math.Abs(heard-listened) > 1 {
		t.Errorf("%d plays of %d, %d skips of %d, %.0f s of %.0f", n, len(plays), skips, sessionSkips, heard, listened)
	}
}
