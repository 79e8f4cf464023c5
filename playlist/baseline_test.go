package playlist_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segue"
	"segue/internal/racetest"
	"segue/playlist"
)

// straight asks for ten minutes from (.2, .5) to (.8, .5) along a line without
// hold, sustain, ease or lead: three slots of 200 s are planned at valence .3, .5
// and .7.
func straight() playlist.Request {
	return playlist.Request{
		From: segue.Affect{Valence: .2, Arousal: .5}, To: segue.Affect{Valence: .8, Arousal: .5}, Minutes: 10, Seed: 1,
		Arc: playlist.ArcOptions{Hold: -1, Sustain: -1, Curve: playlist.Linear, Lead: playlist.LeadNone},
	}
}

// tracksAt returns a library of tracks of 200 s by artists of their own, at
// arousal .5 and these valences, named A, B, C, ….
func tracksAt(t testing.TB, valences ...float64) *playlist.Library {
	t.Helper()
	c := &segue.Catalog{Artists: segue.Lists{Offset: []int32{0}}}
	l := playlist.Library{Catalog: c}
	for i, v := range valences {
		name := string(rune('A' + i))
		c.ID, c.Title = append(c.ID, name), append(c.Title, name)
		c.DurationMS = append(c.DurationMS, 200_000)
		c.Artists.Values, c.Artists.Index = append(c.Artists.Values, "by "+name), append(c.Artists.Index, int32(i))
		c.Artists.Offset = append(c.Artists.Offset, int32(i+1))
		l.Positions = append(l.Positions, segue.Affect{Valence: v, Arousal: .5})
	}
	lib, err := playlist.NewLibrary(l)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func order(p *playlist.Playlist) string {
	ids := make([]string, len(p.Tracks))
	for i, t := range p.Tracks {
		ids[i] = t.ID
	}
	return strings.Join(ids, " ")
}

// A lies .05 from the first point, D .06: greedy takes A (.0025). From A to B, on
// the second point, is a step of .25, 4·.10² = .04; to D, .14 off the point, .0196:
// it takes D. Then B, .20 off the third point, .04, costs less than C, on it, to which
// the step is .34, beyond the limit of .33. Together .0621. Looking ahead, D B C costs
// .06² + 4·(.20 − .15)² = .0136.
func TestGreedyByHand(t *testing.T) {
	t.Parallel()
	lib := tracksAt(t, .25, .50, .70, .36)
	p, err := playlist.Baseline(context.Background(), lib, straight(), playlist.Greedy)
	if err != nil {
		t.Fatal(err)
	}
	if got := order(p); got != "A D B" || math.Abs(*p.Cost-.0621) > 1e-12 || p.Arm != playlist.Greedy {
		t.Errorf("%s plays %s at %.6f, want A D B at .0621", p.Arm, got, *p.Cost)
	}
	if p.LowerBound != nil || p.Gap != nil || p.Certificate != nil {
		t.Error("a baseline has a certificate")
	}
	if p, err = playlist.Plan(context.Background(), lib, straight()); err != nil {
		t.Fatal(err)
	}
	if got := order(p); got != "D B C" || math.Abs(*p.Cost-.0136) > 1e-12 {
		t.Errorf("the plan is %s at %.6f, want D B C at .0136", got, *p.Cost)
	}
}

// Without D, the only ways on from A are B and C; C is .45 away, B within the
// limit. After A B only C is left, .20 away.
func TestGreedyTakesWhatIsLeft(t *testing.T) {
	t.Parallel()
	p, err := playlist.Baseline(context.Background(), tracksAt(t, .25, .50, .70), straight(), playlist.Greedy)
	if err != nil || order(p) != "A B C" || len(p.Relaxed) != 0 {
		t.Errorf("%v, %v", p, err)
	}
	// With C further than any step may go, it is taken all the same, and said.
	p, err = playlist.Baseline(context.Background(), tracksAt(t, .25, .50, .95), straight(), playlist.Greedy)
	if err != nil || order(p) != "A B C" || len(p.Relaxed) != 2 || p.Relaxed[0].Rule != "largest step" || p.Relaxed[1].Rule != "bars" {
		t.Errorf("%+v, %v", p, err)
	}
	// Two tracks for three slots.
	if _, err = playlist.Baseline(context.Background(), tracksAt(t, .25, .50), straight(), playlist.Greedy); !errors.Is(err, playlist.ErrNoPlaylist) {
		t.Errorf("two tracks for three slots: %v", err)
	}
}

// From (.2, .5) to (.8, .5) the moods are Angry and Happy: the track below them
// is never drawn, and drawing ends once ten minutes are reached.
func TestMixByHand(t *testing.T) {
	t.Parallel()
	lib := tracksAt(t, .10, .20, .30, .70, .80, .90)
	lib.Positions[5].Arousal = .2
	seen := map[string]bool{}
	for seed := range uint64(40) {
		r := straight()
		r.Seed = seed
		p, err := playlist.Baseline(context.Background(), lib, r, playlist.Mix)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Tracks) != 3 || strings.Contains(order(p), "F") || p.Arm != playlist.Mix || p.DurationMS != 600_000 {
			t.Fatalf("seed %d mixes %s for %d ms", seed, order(p), p.DurationMS)
		}
		for _, x := range p.Tracks {
			seen[x.ID] = true
		}
	}
	if len(seen) != 5 {
		t.Errorf("40 mixes play %v, want all five tracks of the two moods", seen)
	}
}

func TestBaselineOfABadCall(t *testing.T) {
	t.Parallel()
	lib := tracksAt(t, .2, .4, .6, .8)
	r := straight()
	r.Arm = playlist.Shuffle
	if _, err := playlist.Baseline(context.Background(), lib, r, playlist.Mix); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("a baseline of a shuffle: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, kind := range []playlist.Arm{playlist.Greedy, playlist.Mix} {
		if _, err := playlist.Baseline(ended, lib, straight(), kind); !errors.Is(err, context.Canceled) {
			t.Errorf("%s after the end: %v", kind, err)
		}
		r.Arm = kind
		if _, err := playlist.Plan(context.Background(), lib, r); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("a plan of arm %s: %v", kind, err)
		}
	}
	defer func() {
		if s, _ := recover().(string); !strings.HasPrefix(s, "playlist: Baseline") {
			t.Errorf("panics with %q", s)
		}
	}()
	_, _ = playlist.Baseline(context.Background(), lib, straight(), playlist.Iso)
}

// TestBaselinesAreAsTheySay audits baselines of random requests over random music
// with the words that plans are audited by, and lays plans beside them: no bound is
// above what a greedy order within the rules costs, and no plan costs more than one
// that passes every bar.
func TestBaselinesAreAsTheySay(t *testing.T) {
	racetest.Alone(t)
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.SampledFrom([]int{3, 20, 80, 160}).Draw(rt, "tracks")
		lib := invented(t, n, rapid.IntRange(1, n).Draw(rt, "artists"), rapid.Uint64().Draw(rt, "catalogue"), rapid.Bool().Draw(rt, "heard"), false)
		r := playlist.Request{
			Minutes: rapid.IntRange(10, 60).Draw(rt, "minutes"), Seed: rapid.Uint64().Draw(rt, "seed"), Night: rapid.Bool().Draw(rt, "night"),
			Arm: rapid.SampledFrom([]playlist.Arm{playlist.Iso, playlist.Iso, playlist.Compensatory}).Draw(rt, "arm"),
		}
		r.From, r.FromName = drawPlace(rt, "from")
		r.To, r.ToName = drawPlace(rt, "to")
		besideAPlan(t, rt.Errorf, lib, r)
		auditMix(rt.Errorf, lib, r)
	})
}

// besideAPlan audits the greedy order of a request and compares the plan with it.
func besideAPlan(t testing.TB, fail func(string, ...any), lib *playlist.Library, r playlist.Request) {
	ctx := context.Background()
	g, err := playlist.Baseline(ctx, lib, r, playlist.Greedy)
	if errors.Is(err, playlist.ErrNoPlaylist) {
		return
	}
	if err != nil {
		fail("%v", err)
		return
	}
	if again, _ := playlist.Baseline(ctx, lib, r, playlist.Greedy); !reflect.DeepEqual(g, again) {
		fail("the same request gives another greedy order")
	}
	zero, all := 0.0, 1.0
	if *g.Cost == 0 {
		all = 0
	}
	g.LowerBound, g.Gap = &zero, &all
	u := audit{fail: fail, lib: lib, rows: playlist.CandidateRows(t, lib, r), r: r, p: g}
	if len(g.Relaxed) > 0 || g.Metrics.Forbidden > 0 {
		u.begin()
		u.tracks()
		u.ends()
		u.slots()
		u.arc()
		u.cost()
		u.exclusions()
		u.songs()
		u.rumination()
		return
	}
	p, err := playlist.Plan(ctx, lib, r)
	if err != nil {
		fail("a greedy order keeps every rule, and no plan does: %v", err)
		return
	}
	if len(p.Tracks) == len(g.Tracks) && p.LowerBound != nil {
		gap := 0.0
		if *g.Cost > 0 {
			gap = (*g.Cost - *p.LowerBound) / *g.Cost
		}
		g.LowerBound, g.Gap = p.LowerBound, &gap
	}
	u.run()
	if failing(g) == "" && (len(p.Tracks) != len(g.Tracks) || *p.Cost > *g.Cost+1e-9) {
		fail("the plan costs %.6f, greedy %.6f", *p.Cost, *g.Cost)
	}
}

// auditMix audits the mix of a request: what it is made of, and all its figures.
func auditMix(fail func(string, ...any), lib *playlist.Library, r playlist.Request) {
	m, err := playlist.Baseline(context.Background(), lib, r, playlist.Mix)
	if errors.Is(err, playlist.ErrNoPlaylist) {
		return
	}
	if err != nil {
		fail("%v", err)
		return
	}
	var rows []int32
	for _, x := range m.Tracks {
		for row, id := range lib.Catalog.ID {
			if id == x.ID {
				rows = append(rows, int32(row))
			}
		}
		if q := segue.QuadrantOf(x.Position()); q != segue.QuadrantOf(m.Arc.Start) && q != segue.QuadrantOf(m.Arc.Target) {
			fail("a mix of %v and %v plays a track at %+v", m.Arc.Start, m.Arc.Target, x.Position())
		}
	}
	last := m.Tracks[len(m.Tracks)-1]
	if last.StartMS >= int64(r.Minutes)*60_000 {
		fail("a mix of %d minutes goes on after %d ms", r.Minutes, last.StartMS)
	}
	zero, all := 0.0, 1.0
	if *m.Cost == 0 {
		all = 0
	}
	m.LowerBound, m.Gap = &zero, &all
	u := audit{fail: fail, lib: lib, rows: rows, r: r, p: m}
	u.begin()
	u.tracks()
	u.ends()
	u.arc()
	u.cost()
	u.exclusions()
	u.songs()
	if m.Metrics.Forbidden == 0 {
		u.metrics()
	}
}

// TestPlansBesideGreedyOnRealTracks lays plans beside greedy orders on real music.
func TestPlansBesideGreedyOnRealTracks(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("plans of real music take seconds")
	}
	lib := playlist.RealLibrary(t, "tracks_sample.csv")
	for i, from := range segue.Anchors() {
		to := segue.Anchors()[(i*5+2)%6]
		r := playlist.Request{From: from.At, FromName: from.Name, To: to.At, ToName: to.Name, Minutes: 20 + 20*i, Night: i%3 == 2, Seed: uint64(i)}
		besideAPlan(t, func(f string, a ...any) { t.Errorf(from.Name+" to "+to.Name+": "+f, a...) }, lib, r)
	}
}
