package hearing

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"segue"
	"segue/outcome/event"
)

var began = time.Date(2026, 3, 2, 22, 50, 0, 0, time.UTC)

func minute(n int) time.Time { return began.Add(time.Duration(n) * time.Minute) }

func end(place int, planned, ms int64, why event.Reason, at time.Time) *event.Event {
	return &event.Event{Kind: event.TrackEnd, Place: place, PlannedMS: planned, MS: ms, Reason: why, At: at}
}

// Three tracks by hand: one heard out until 23:02, one skipped after ten seconds, one of
// which nothing is known.
func TestTracksByHand(t *testing.T) {
	var s Tracks
	for range 2 {
		s.Add(&event.Event{Kind: event.TrackStart, At: began})
	}
	s.Add(end(1, 240_000, 240_000, event.Completed, minute(12)))
	s.Add(end(2, 240_000, 10_000, event.Skipped, minute(12)))
	s.Add(end(3, 0, -1, event.Unknown, minute(12)))
	// Night begins at 23:00: two minutes of the first, ten seconds of the second.
	if want := (Tracks{Starts: 2, Ends: 3, Early: 1, Unclear: 1, Heard: 250_000, Night: 130_000}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	if s.Counted() != 2 {
		t.Errorf("%d are counted: three ended, and of one it is not known", s.Counted())
	}
}

func TestPlanEdges(t *testing.T) {
	start := func(at, planned int64) *event.Event {
		return &event.Event{Kind: event.PlaylistStart, At: began.Add(time.Duration(at)), PlannedMS: planned}
	}
	for name, c := range map[string]struct {
		starts    []*event.Event
		ends      []*event.Event
		is, known bool
	}{
		"nothing":                          {},
		"no length of the plan":            {[]*event.Event{start(0, 0)}, []*event.Event{end(1, 0, 90_000, event.Completed, began)}, false, false},
		"four fifths":                      {[]*event.Event{start(0, 100_000)}, []*event.Event{end(1, 0, 80_000, event.Stopped, began)}, true, true},
		"a little less":                    {[]*event.Event{start(0, 100_000)}, []*event.Event{end(1, 0, 79_999, event.Stopped, began)}, false, true},
		"a track twice is heard once":      {[]*event.Event{start(0, 100_000)}, []*event.Event{end(1, 50_000, 50_000, event.Completed, began), end(1, 50_000, 50_000, event.Completed, began)}, false, true},
		"two halves of a track":            {[]*event.Event{start(0, 50_000)}, []*event.Event{end(1, 50_000, 25_000, event.Stopped, began), end(1, 50_000, 25_000, event.Completed, began)}, true, true},
		"heard out, for nobody knows what": {[]*event.Event{start(0, 50_000)}, []*event.Event{end(1, 50_000, -1, event.Completed, began)}, true, true},
		"nobody knows":                     {[]*event.Event{start(0, 50_000)}, []*event.Event{end(1, 50_000, -1, event.Skipped, began)}, false, false},
		"enough besides what is not known": {[]*event.Event{start(0, 50_000)}, []*event.Event{end(1, 0, -1, event.Skipped, began), end(2, 0, 45_000, event.Stopped, began)}, true, true},
		"the earliest plan":                {[]*event.Event{start(int64(time.Hour), 10_000), start(0, 100_000)}, []*event.Event{end(1, 0, 20_000, event.Stopped, began)}, false, true},
	} {
		var p Plan
		for _, e := range c.starts {
			p.Start(e)
		}
		for _, e := range c.ends {
			p.End(e)
		}
		if is, known := p.Completed(); known != c.known || known && is != c.is {
			t.Errorf("%s: completed %v, known %v", name, is, known)
		}
	}
}

// The order in which records come decides nothing, also among those of one moment.
func TestOrderDecidesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	type told struct {
		tracks        Tracks
		is, known     bool
		feel          Last
		before, after segue.Cell
		target        segue.Cell
		planned       time.Duration
	}
	tell := func(all []*event.Event) (out told) {
		var p Plan
		var s Shift
		for _, e := range all {
			switch e.Kind {
			case event.PlaylistStart:
				p.Start(e)
			case event.TrackStart:
				out.tracks.Add(e)
			case event.TrackEnd:
				out.tracks.Add(e)
				p.End(e)
			case event.CheckInBefore:
				s.Before(e)
			case event.CheckInAfter:
				s.After(e)
			case event.Reflection:
				out.feel.Say(e.At, int32(*e.Feel))
			}
		}
		out.is, out.known = p.Completed()
		out.planned = p.Planned()
		out.before, out.target, _, _ = s.From()
		out.after, _, _ = s.To()
		return out
	}
	kinds := []event.Kind{event.PlaylistStart, event.TrackStart, event.TrackEnd, event.CheckInBefore, event.CheckInAfter, event.Reflection}
	cell := func() *segue.Cell { return &segue.Cell{1 + rng.IntN(9), 1 + rng.IntN(9)} }
	for range 2000 {
		var all []*event.Event
		for range rng.IntN(20) {
			feel := rng.IntN(5) - 2
			all = append(all, &event.Event{
				Kind: kinds[rng.IntN(len(kinds))], At: minute(rng.IntN(4)), Place: 1 + rng.IntN(3), PlannedMS: int64(rng.IntN(3)) * 100_000,
				MS: int64(rng.IntN(60_000)) - 1, Reason: event.Reasons()[rng.IntN(len(event.Reasons()))], Cell: cell(), Target: cell(), Feel: &feel,
			})
		}
		want := tell(all)
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if got := tell(all); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order %+v, not %+v", got, want)
		}
	}
}
