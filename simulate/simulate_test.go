package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"testing"

	"segue"
	"segue/outcome"
	"segue/outcome/event"
	"segue/outcome/experiment"
	"segue/playlist"
)

// The bars of the engine, at a size that tests bear; 'segue simulate --world all' has
// the full size, which docs/science.md §7 names.

// holds fails unless a share of at most most is within the interval of the estimate.
func atMost(t *testing.T, r *Result, most float64) {
	t.Helper()
	if e := r.FalseClaims; float64(e.Lo) > most {
		t.Errorf("%s: false claims in %.3f of %d runs, %.3f to %.3f: more than %.2f", r.World, e.Value, e.N, e.Lo, e.Hi, most)
	}
}

// Of two arms that are the same nothing is claimed, in all but 5 % of 400 experiments,
// whenever it is read.
func TestSameArms(t *testing.T) {
	r, err := smallPanel(t).Run(t.Context(), Options{World: Iso, Same: true, Days: 28, Runs: 400}, nil)
	if err != nil {
		t.Fatal(err)
	}
	atMost(t, r, .05)
	if c := r.Comparisons[0]; c.True.Value != 0 || c.Reported.Value != 0 || c.Prefers != "" || c.NotShown < 200 || r.Outcomes < 100 {
		t.Errorf("arms that are the same: %+v, with %.0f outcomes", c, r.Outcomes)
	}
}

// In NULL nothing is claimed, though without a control it would look like much.
func TestNullWorld(t *testing.T) {
	r, err := smallPanel(t).Run(t.Context(), Options{World: Null, Days: 28, Runs: 400}, nil)
	if err != nil {
		t.Fatal(err)
	}
	atMost(t, r, .05)
	c := r.Comparisons[0]
	if c.True.Value != 0 || c.True.Lo != 0 || c.True.Hi != 0 {
		t.Errorf("music moves nothing, and the arms differ by %v", c.True)
	}
	if float64(c.Covered.Hi) < .95 {
		t.Errorf("the intervals hold 0 in %v", c.Covered)
	}
	if !(r.Uncontrolled.Lo > 0 && r.DZ > .3) {
		t.Errorf("regression to the mean is not there: %v, d_z %v", r.Uncontrolled, r.DZ)
	}
}

// In ISO small steps are preferred and in WIDE the target from the start, in 90 % of
// experiments whose size was planned for 95 %.
func TestWorldsAreToldApart(t *testing.T) {
	p := smallPanel(t)
	for _, w := range []World{Iso, Wide} {
		r, err := p.Run(t.Context(), Options{World: w, Days: 120, Runs: 40, Reading: experiment.FixedHorizon}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := w.Better()
		c := r.Comparisons[0]
		if c.Prefers != string(want) {
			t.Errorf("%s: truly better is %q (%v), not %s", w, c.Prefers, c.True, want)
		}
		if r.Hours < float64(c.Needed) {
			t.Errorf("%s: %.0f hours a run, and 95 %% takes %d: the bar was not tried at its size", w, r.Hours, c.Needed)
		}
		if got, ok := r.Prefers(.90); !ok || got != want {
			t.Errorf("%s: %s is preferred in %v of the runs, of %d better and %d worse", w, want, c.Right, c.Better, c.Worse)
		}
		if c.Wrong.Value > .05 {
			t.Errorf("%s: the wrong arm is preferred in %v", w, c.Wrong)
		}
		if float64(c.Covered.Hi) < .95 {
			t.Errorf("%s: the intervals hold the truth in %v", w, c.Covered)
		}
	}
}

// The same seed gives the same bytes on any number of cores, and another another.
func TestSameSeedSameBytes(t *testing.T) {
	run := func(seed uint64) string {
		p := panelOf(t, PanelOptions{Listeners: 4, HistoryDays: 60, Minutes: 20, Seed: seed})
		r, err := p.Run(t.Context(), Options{World: Wide, Days: 14, Runs: 3, Arms: []playlist.Arm{playlist.Iso, playlist.Shuffle, playlist.Compensatory}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Comparisons) != 2 || r.Comparisons[1].Against != "compensatory" {
			t.Errorf("three arms are compared as %+v", r.Comparisons)
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	before := runtime.GOMAXPROCS(1)
	one := run(7)
	runtime.GOMAXPROCS(max(4, before))
	many := run(7)
	runtime.GOMAXPROCS(before)
	if one != many {
		t.Errorf("one core and many differ:\n%s\n%s", one, many)
	}
	if other := run(8); other == one {
		t.Error("another seed gives the same")
	}
}

// The whole way, through files: histories are written as exports and read back, hours
// planned and heard, events written and read, and the experiment concluded from these.
func TestFromHistoryToReflection(t *testing.T) {
	ctx := t.Context()
	p := panelOf(t, PanelOptions{Listeners: 3, HistoryDays: 60, Minutes: 30, Seed: 3, Exports: t.TempDir()})
	for _, m := range p.members {
		if m.digest.Plays() < 500 || float64(m.digest.Coverage.Plays) < .99 {
			t.Errorf("%s: %d plays, of which %v are found", m.id, m.digest.Plays(), m.digest.Coverage.Plays)
		}
		if _, ok := m.digest.LastMood(); !ok || m.profile.Persona == nil {
			t.Errorf("%s has no mood or persona", m.id)
		}
	}
	o, err := Options{World: Iso, Days: 42}.filled()
	if err != nil {
		t.Fatal(err)
	}
	d, visits := p.lived(t, o, 0)
	events := record(p.music, p.members, visits, d, 0)

	// Each event can be counted, and comes back from JSON Lines as it was.
	read := throughLines(t, events)
	if len(read) != len(events) {
		t.Fatalf("%d events were written and %d read", len(events), len(read))
	}
	kinds := map[event.Kind]int{}
	for i := range events {
		if err := events[i].Validate(); err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
		kinds[read[i].Kind]++
	}
	hours, answered, sum := 0, 0, 0.
	for _, own := range visits {
		for _, v := range own {
			hours++
			if len(v.plan.slots) < 4 || len(v.hearing.tracks) == 0 {
				t.Errorf("an hour has %d tracks, of which %d were heard", len(v.plan.slots), len(v.hearing.tracks))
			}
			if v.after != nil {
				answered++
				sum += outcome.Change(v.now.At(), v.after.At(), v.target.At())
			}
		}
	}
	if hours < 10 || kinds[event.Exposure] != hours || kinds[event.PlaylistStart] != hours || kinds[event.CheckInBefore] != hours || kinds[event.CheckInAfter] != answered || kinds[event.Reflection] != answered {
		t.Fatalf("%d hours, %d answered, and %v", hours, answered, kinds)
	}
	if kinds[event.TrackStart] != kinds[event.TrackEnd] || kinds[event.TrackStart] < 3*hours {
		t.Errorf("tracks: %v", kinds)
	}

	c, err := conclude(ctx, d, read)
	if err != nil {
		t.Fatal(err)
	}
	got, n := 0., 0
	for _, a := range c.reading.Arms {
		if a.Mean.Value.Known() {
			got, n = got+float64(a.Mean.Value)*float64(a.Answered.Value)*float64(a.Units), n+int(math.Round(float64(a.Answered.Value)*float64(a.Units)))
		}
	}
	if n != answered || math.Abs(got-sum) > 1e-6 {
		t.Errorf("the engine counts %d answers with a Δ of %v, and there are %d with %v", n, got, answered, sum)
	}
	if f := c.reading.Primary[0].Finding; f != experiment.TooFew {
		t.Errorf("of three listeners the engine says %q", f)
	}
	if c.reading.Counts.Undrawn != 0 || c.reading.Counts.Crossed != 0 || c.reading.Counts.Backwards != 0 {
		t.Errorf("counts: %+v", c.reading.Counts)
	}
}

func throughLines(t *testing.T, events []event.Event) []event.Event {
	t.Helper()
	var b bytes.Buffer
	w := event.NewLineWriter(&b)
	if err := w.Write(events...); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var read []event.Event
	if err := event.ReadLines(t.Context(), &b, event.ReadOptions{}, func(some []event.Event) error {
		read = append(read, some...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return read
}

// The arms do not decide who is asked, when, or where to: by lot is by lot.
func TestArmsMeetTheSameListeners(t *testing.T) {
	p := smallPanel(t)
	o, err := Options{World: Null, Days: 56}.filled()
	if err != nil {
		t.Fatal(err)
	}
	_, one := p.lived(t, o, 0)
	o.Arms = []playlist.Arm{playlist.Compensatory, playlist.Iso}
	_, other := p.lived(t, o, 0)
	for i := range one {
		for j := range min(len(one[i]), len(other[i])) {
			a, b := one[i][j], other[i][j]
			if !a.at.Equal(b.at) || a.now != b.now || a.target != b.target || a.hearing.end != b.hearing.end {
				t.Fatalf("listener %d, hour %d: where music moves nothing, other arms make another life: %v at %v, %v at %v", i, j, a.now, a.at, b.now, b.at)
			}
			if a.optedOut != b.optedOut {
				break // how it felt depends on the music, and so who leaves
			}
		}
	}
}

// Who answers may hang on what happened.
func TestMissing(t *testing.T) {
	good, bad := &visit{gain: .3}, &visit{gain: -.3}
	left := &visit{}
	left.hearing.left = true
	for _, c := range []struct {
		w    Missing
		v    *visit
		want float64
	}{
		{AtRandom, good, .85}, {AtRandom, bad, .85}, {Nobody, bad, 1}, {Leavers, left, 0}, {Leavers, good, .85},
		// logit(.85) = 1.7346; ±6·.3 = ±1.8.
		{NotAtRandom, good, 1 / (1 + math.Exp(-3.5346010553))}, {NotAtRandom, bad, 1 / (1 + math.Exp(.0653989447))},
	} {
		if got := c.w.answered(c.v); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", c.w, got, c.want)
		}
	}
}

func TestBadOptions(t *testing.T) {
	m, err := demoMusic()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []PanelOptions{{Listeners: 1}, {Listeners: MaxListeners + 1}, {Minutes: 3}, {Candidates: 5}, {HistoryDays: 10}, {Variants: -1}} {
		if _, err := NewPanel(t.Context(), m, o); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	p := smallPanel(t)
	for _, o := range []Options{
		{World: "mars"}, {Days: 3}, {Runs: -1}, {Arms: []playlist.Arm{"iso"}}, {Arms: []playlist.Arm{"iso", "iso"}}, {Arms: []playlist.Arm{"iso", "loud"}},
		{Reading: "often"}, {Missing: "all"}, {Truth: -3},
	} {
		if _, err := p.Run(t.Context(), o, nil); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewPanel(ended, m, PanelOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
	if _, err := p.Run(ended, Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
	stop := errors.New("stop")
	if _, err := p.Run(t.Context(), Options{Days: 7, Runs: 1}, func(*experiment.Design, []event.Event) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped: %v", err)
	}
}
