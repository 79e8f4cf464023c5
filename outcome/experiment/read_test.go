package experiment

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/outcome/event"
)

// A world makes sessions of listeners: where they begin, and how far they come in each
// arm, in cells towards the target.
type world struct {
	listeners, sessions int
	effect              map[string]float64 // in cells
	answered            float64
	seed                uint64
	skew                bool // the first arm's exposures are lost half the time
}

var began = time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)

// events of the world under a design, by session and then listener.
func (w world) events(t *testing.T, d *Design) []event.Event {
	t.Helper()
	rng := rand.New(rand.NewPCG(w.seed, 7))
	log, err := d.Exposures(nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []event.Event
	for s := range w.sessions {
		for l := range w.listeners {
			at := began.Add(time.Duration(s*24*60+l) * time.Minute)
			hour, who := fmt.Sprintf("h%d-%d", l, s), fmt.Sprint("listener-", l)
			e, _, err := d.Expose(log, who, hour, at, 0)
			if err != nil {
				break // the horizon is reached
			}
			log.Add(d, e)
			if w.skew && e.Arm == d.Arms[0].Name && rng.IntN(2) == 0 {
				continue
			}
			all = append(all, e)
			x := 2 + rng.IntN(7)
			move := w.effect[e.Arm] + 1.5*rng.NormFloat64() + .8*rng.NormFloat64()*float64(l%3)/3
			then := min(9, max(1, x-int(math.Round(move))))
			if rng.Float64() > w.answered {
				continue
			}
			all = append(all, session3(who, hour, at, segue.Cell{x, 5}, segue.Cell{then, 5}, segue.Cell{1, 5}, rng.IntN(5)-2)...)
		}
	}
	return all
}

// session3 is a check-in before, one after, and an answer.
func session3(who, hour string, at time.Time, from, then, target segue.Cell, feel int) []event.Event {
	e := func(kind event.Kind, minutes int) event.Event {
		return event.Event{Schema: 1, ID: string(kind) + hour, Listener: who, Kind: kind, At: at.Add(time.Duration(minutes) * time.Minute), Source: event.Web, Hour: hour}
	}
	before, after, felt := e(event.CheckInBefore, 1), e(event.CheckInAfter, 61), e(event.Reflection, 62)
	before.Cell, before.Target, after.Cell, felt.Feel = &from, &target, &then, &feel
	return []event.Event{before, after, felt}
}

func tableOf(t *testing.T, d *Design, events []event.Event) *Table {
	t.Helper()
	g := Gather(d, time.Time{})
	if err := g.Add(events); err != nil {
		t.Fatal(err)
	}
	table, _, err := g.Table()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func readWorld(t *testing.T, d *Design, w world) *Reading {
	t.Helper()
	return Read(d, tableOf(t, d, w.events(t, d)))
}

func TestFixedHorizon(t *testing.T) {
	d := within()
	d.Arms[0].Name, d.Horizon = "steps", Horizon{Units: 600}
	if f := d.Check(); f != nil {
		t.Fatal(f)
	}
	w := world{listeners: 40, sessions: 20, effect: map[string]float64{"steps": 2}, answered: .9, seed: 1}
	r := readWorld(t, d, w)
	if !r.Reached || r.Units != 600 || r.Listeners != 40 || r.Verdict.Word != Shown {
		t.Fatalf("%+v", r.Verdict)
	}
	if len(r.Primary) != 2 || r.Primary[0].Finding != Better || r.Primary[1].Finding == Better {
		t.Errorf("%+v", r.Primary)
	}
	// Two cells are a quarter of the side.
	if e := r.Primary[0].Estimate; !e.Holds(.25) || e.Level != .975 || math.Abs(float64(e.Value)-.25) > .06 {
		t.Errorf("%+v", e)
	}
	for _, e := range r.Primary {
		if len(e.Beside) != 2 {
			t.Errorf("beside: %+v", e.Beside)
		}
	}
	if len(r.Secondary) != 4 || r.Secondary[0].Measure != Feel || r.Secondary[0].Rule != "Holm" || r.Secondary[2].Finding != TooFew {
		t.Errorf("%+v", r.Secondary)
	}
	if len(r.Verdict.Claims) != 1 || r.Verdict.Claims[0] != (Claim{"steps", "shuffle", Better}) {
		t.Errorf("%+v", r.Verdict.Claims)
	}

	early := w
	early.sessions = 5
	r = readWorld(t, d, early)
	if r.Reached || r.Verdict.Word != TooEarly || r.Primary[0].Estimate.Value.Known() || r.Arms[0].Mean.Value.Known() || len(r.Verdict.Claims) != 0 {
		t.Errorf("before the horizon: %+v", r)
	}

	nothing := w
	nothing.effect = nil
	r = readWorld(t, d, nothing)
	if r.Verdict.Word != Nothing || len(r.Verdict.Claims) != 0 || !strings.Contains(r.Verdict.Text, "it was not shown that they differ") {
		t.Errorf("%+v", r.Verdict)
	}
}

// The horizon's day ends an experiment as its number does.
func TestHorizonByDay(t *testing.T) {
	d := within()
	d.Horizon = Horizon{Until: "2026-03-08"}
	w := world{listeners: 30, sessions: 5, answered: 1, seed: 4}
	events := w.events(t, d)
	g := Gather(d, time.Date(2026, 3, 8, 23, 0, 0, 0, time.UTC))
	if err := g.Add(events); err != nil {
		t.Fatal(err)
	}
	table, _, _ := g.Table()
	if r := Read(d, table); r.Reached || r.Verdict.Word != TooEarly {
		t.Errorf("on the last day: %+v", r.Verdict)
	}
	g = Gather(d, time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC))
	if err := g.Add(events); err != nil {
		t.Fatal(err)
	}
	table, _, _ = g.Table()
	if r := Read(d, table); !r.Reached || r.Verdict.Word != Nothing || r.Units != 150 {
		t.Errorf("after the last day: %+v", r.Verdict)
	}
}

func TestSampleRatioStops(t *testing.T) {
	d := within()
	d.Horizon = Horizon{Units: 300}
	r := readWorld(t, d, world{listeners: 40, sessions: 20, answered: 1, seed: 1, skew: true, effect: map[string]float64{"iso": 3}})
	r.Reached = true
	if r.Verdict.Word != DoNotRead || r.Primary[0].Estimate.Value.Known() || len(r.Verdict.Claims) > 0 {
		t.Errorf("%+v", r)
	}
}

func TestAlwaysValid(t *testing.T) {
	d := within()
	d.Reading, d.Arms, d.Control = AlwaysValid, d.Arms[:2], "compensatory"
	r := readWorld(t, d, world{listeners: 40, sessions: 10, answered: 1, seed: 3, effect: map[string]float64{"iso": 2}})
	if r.Reached || r.Verdict.Word != Shown || r.Primary[0].Finding != Better || !strings.Contains(r.Verdict.Text, "holds at any time") {
		t.Errorf("%+v", r.Verdict)
	}
	if r.Secondary[0].Finding != NotRead {
		t.Errorf("secondary measures are read before the horizon: %+v", r.Secondary)
	}
	l := within()
	l.Kind, l.Unit, l.Reading, l.Arms, l.Control = Parallel, Listener, AlwaysValid, l.Arms[:2], "compensatory"
	l.Primary.Assumed.Sessions = 0
	if f := l.Check(); f != nil {
		t.Fatal(f)
	}
	r = readWorld(t, l, world{listeners: 200, sessions: 1, answered: 1, seed: 3, effect: map[string]float64{"iso": 2}})
	if r.Verdict.Word != Shown || r.Primary[0].Finding != Better {
		t.Errorf("%+v", r.Verdict)
	}
}

// Of nothing, too little, ties and an empty arm there is a verdict, and JSON without NaN.
func TestEdges(t *testing.T) {
	for _, reading := range []Mode{FixedHorizon, AlwaysValid} {
		for _, kind := range []Kind{WithinListener, Parallel, AA, PrePost, PrePostControl, Crossover} {
			for _, w := range []world{
				{}, {listeners: 1, sessions: 1, answered: 1}, {listeners: 2, sessions: 1, answered: 1}, {listeners: 1, sessions: 2, answered: 1},
				{listeners: 9, sessions: 2, answered: 1}, {listeners: 30, sessions: 4, answered: 0},
			} {
				d := within()
				d.Kind, d.Reading, d.Primary.Adjust = kind, reading, nil
				d.Arms, d.Control = d.Arms[:2], "compensatory"
				d.Salt = "another salt of the draws"
				switch kind {
				case Parallel, PrePostControl:
					d.Unit, d.Primary.Assumed.Sessions = Listener, 0
				case PrePost:
					d.Arms, d.Control = d.Arms[:1], ""
				}
				d.Horizon = Horizon{Units: max(2, w.listeners*w.sessions/2*2)}
				d.fill()
				if f := d.Check(); f != nil {
					if reading == AlwaysValid && (kind == Crossover || kind == PrePost) {
						continue
					}
					t.Fatal(kind, f)
				}
				table := tableOf(t, d, w.events(t, d))
				r := Read(d, table)
				if r.Verdict.Text == "" || len(r.Verdict.Claims) > 0 {
					t.Errorf("%s, %+v: %+v", kind, w, r.Verdict)
				}
				if _, err := json.Marshal(r); err != nil {
					t.Errorf("%s, %+v: %v", kind, w, err)
				}
				// All outcomes the same.
				for i := range table.Rows {
					table.Rows[i].Values[0], table.Rows[i].First, table.Rows[i].Before = .25, .25, .5
				}
				r = Read(d, table)
				if _, err := json.Marshal(r); err != nil || len(r.Verdict.Claims) > 0 {
					t.Errorf("constant, %s, %+v: %v %+v", kind, w, err, r.Verdict)
				}
				// One arm without anybody.
				if len(d.Arms) == 2 {
					for i := range table.Rows {
						table.Rows[i].Arm = d.Arms[0].Name
					}
					if r = Read(d, table); len(r.Verdict.Claims) > 0 {
						t.Errorf("one arm, %s: %+v", kind, r.Verdict)
					}
				}
			}
		}
	}
}

// The order in which events come, and how often, changes nothing.
func TestOrderOfEvents(t *testing.T) {
	d := within()
	d.Horizon = Horizon{Units: 300}
	events := world{listeners: 30, sessions: 12, answered: .8, seed: 5, effect: map[string]float64{"iso": 1}}.events(t, d)
	want := tableOf(t, d, events)
	rng := rand.New(rand.NewPCG(9, 9))
	twice := append(append([]event.Event(nil), events...), events[:200]...)
	rng.Shuffle(len(twice), func(i, j int) { twice[i], twice[j] = twice[j], twice[i] })
	got := tableOf(t, d, twice)
	if got.Counts.Copies != 200 {
		t.Errorf("%d copies", got.Counts.Copies)
	}
	got.Counts = want.Counts
	a, _ := json.Marshal(want)
	b, _ := json.Marshal(got)
	if string(a) != string(b) {
		t.Error("another order gives another table")
	}
}

// By hand: three sessions of one listener, one of which runs backwards.
func TestTableByHand(t *testing.T) {
	d := within()
	d.Secondary = []Secondary{{Feel}, {FeltBetter}, {Completion}, {SkipRate}}
	d.Guardrails = []Guardrail{{Farther, .2, .05}, {MuchWorse, .1, .05}, {LeftForGood, .1, .05}, {NightMinutes, 20, .05}}
	d.fill()
	if f := d.Check(); f != nil {
		t.Fatal(f)
	}
	log, _ := d.Exposures(nil)
	var events []event.Event
	for i, s := range []struct{ from, then, feel int }{{5, 3, 1}, {5, 8, -2}, {9, 1, 2}} {
		hour := fmt.Sprint("h", i)
		at := began.Add(time.Duration(i) * 24 * time.Hour)
		e, _, err := d.Expose(log, "a", hour, at, 0)
		if err != nil {
			t.Fatal(err)
		}
		log.Add(d, e)
		events = append(append(events, e), session3("a", hour, at, segue.Cell{s.from, 5}, segue.Cell{s.then, 5}, segue.Cell{1, 5}, s.feel)...)
	}
	// The last after is before the last before; an hour from before the experiment.
	events[len(events)-2].At = began
	events = append(events, session3("a", "old", began.Add(-48*time.Hour), segue.Cell{9, 5}, segue.Cell{5, 5}, segue.Cell{1, 5}, 0)...)
	// The first hour: 40 of 60 minutes planned, one of two tracks skipped after 10 s; the
	// second all of it, at midnight.
	play := func(hour, id string, kind event.Kind, at time.Time, planned, ms time.Duration, reason event.Reason) {
		events = append(events, event.Event{ID: id, Listener: "a", Kind: kind, At: at, Hour: hour, PlannedMS: planned.Milliseconds(), MS: ms.Milliseconds(), Reason: reason})
	}
	for i, hour := range []string{"h0", "h1"} {
		play(hour, "s"+hour, event.PlaylistStart, began.Add(time.Duration(i)*24*time.Hour), time.Hour, 0, "")
		play(hour, "1"+hour, event.TrackStart, began, 30*time.Minute, 0, "")
		play(hour, "2"+hour, event.TrackStart, began, 30*time.Minute, 0, "")
	}
	play("h0", "e1", event.TrackEnd, began.Add(time.Hour), 48*time.Minute, 40*time.Minute-10*time.Second, event.Completed)
	play("h0", "e2", event.TrackEnd, began.Add(time.Hour), 30*time.Minute, 10*time.Second, event.Skipped)
	events[len(events)-1].Place = 2
	play("h1", "e3", event.TrackEnd, began.Add(27*time.Hour+30*time.Minute), 48*time.Minute, 48*time.Minute, event.Stopped) // to 23:30
	events = append(events, event.Event{ID: "out", Listener: "a", Kind: event.OptOut, At: began.Add(25 * time.Hour)})

	table := tableOf(t, d, events)
	if len(table.Rows) != 3 || table.Counts.Backwards != 1 || table.Counts.Unanswered != 1 || table.Counts.NoPlan != 1 || table.Counts.Unexposed != 0 {
		t.Fatalf("%+v", table.Counts)
	}
	want := []string{
		`[0.25,1,1,0,0.5,0,0,0,0]`,   // nearer by two cells of eight; 40 of 60 minutes; one of two skipped
		`[-0.375,-2,0,1,0,1,1,1,30]`, // 48 of 60 minutes are 80 %; out on the same day; 23:00 to 23:30
		`[null,2,1,null,null,null,0,0,null]`,
	}
	for i, row := range table.Rows {
		b, _ := json.Marshal(row.Values)
		if string(b) != want[i] {
			t.Errorf("row %d: %s, want %s", i, b, want[i])
		}
		if row.Prior != .5 || row.Listener != 0 {
			t.Errorf("row %d: %+v", i, row)
		}
	}
	if table.Rows[0].Before != .5 || table.Rows[1].Known != 2 || table.Rows[2].Known != 0 {
		t.Errorf("%+v", table.Rows)
	}
}

func TestGuardrailStops(t *testing.T) {
	d := within()
	d.Horizon = Horizon{Units: 900}
	r := readWorld(t, d, world{listeners: 40, sessions: 10, answered: 1, seed: 2, effect: map[string]float64{"iso": -3}})
	stopped := map[string]bool{}
	for _, g := range r.Guardrails {
		stopped[g.Arm] = g.Stopped
	}
	if !stopped["iso"] || stopped["shuffle"] || r.Verdict.Word != Stopped || !strings.Contains(r.Verdict.Text, "The arm iso is to be stopped") {
		t.Errorf("%+v", r.Guardrails)
	}
}

// A listener's own crossover: pairs in random order, read by what the lot can do.
func TestCrossoverOfOne(t *testing.T) {
	d := within()
	d.Kind, d.Arms, d.Control, d.Guardrails, d.Secondary, d.Primary.Adjust = Crossover, d.Arms[:2], "compensatory", nil, nil, nil
	d.Horizon = Horizon{Units: 40}
	d.fill()
	if f := d.Check(); f != nil {
		t.Fatal(f)
	}
	r := readWorld(t, d, world{listeners: 1, sessions: 60, answered: 1, seed: 1, effect: map[string]float64{"iso": 2}})
	if r.Verdict.Word != Shown || r.Crossover.Finding != Better || r.Crossover.Found.N != 20 || !strings.HasPrefix(r.Verdict.Text, "For this listener, in these sessions, iso did better") {
		t.Errorf("%+v", r.Verdict)
	}
	if r = readWorld(t, d, world{listeners: 1, sessions: 60, answered: 1, seed: 1}); r.Verdict.Word != Nothing || len(r.Verdict.Claims) > 0 {
		t.Errorf("%+v", r.Verdict)
	}
	if r = readWorld(t, d, world{listeners: 1, sessions: 30, answered: 1, seed: 1}); r.Verdict.Word != TooEarly || r.Crossover.Found != nil {
		t.Errorf("%+v", r.Verdict)
	}
	d.Horizon.Units = 10
	r = readWorld(t, d, world{listeners: 1, sessions: 60, answered: 1, seed: 1, effect: map[string]float64{"iso": 5}})
	if r.Verdict.Word != Few || len(r.Verdict.Claims) > 0 || !strings.Contains(r.Verdict.Text, "Below 10 pairs nothing is claimed") {
		t.Errorf("%+v", r.Verdict)
	}
	d.Horizon.Units = 40
	if r = readWorld(t, d, world{listeners: 2, sessions: 60, answered: 1, seed: 1}); !strings.Contains(r.Verdict.Text, "of one listener") {
		t.Errorf("%+v", r.Verdict)
	}
}

// Listeners chosen for standing far from the target come nearer though nothing works: a
// pre-post study sees a change with d near 1, and says what it may be worth. The same
// with a control claims nothing.
func TestRegressionToTheMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	d := within()
	d.Kind, d.Arms, d.Control, d.Guardrails, d.Secondary, d.Primary.Adjust = PrePost, d.Arms[:1], "", nil, nil, nil
	d.Horizon = Horizon{Units: 200}
	d.fill()
	if f := d.Check(); f != nil {
		t.Fatal(f)
	}
	// Two looks at a state with mean .5, deviation .15 and correlation .3; those above .65
	// at the first take part.
	table := &Table{Measures: d.measured()}
	for len(table.Rows) < 200 {
		state := rng.NormFloat64() * math.Sqrt(.3)
		look := func() float64 { return .5 + .15*(state+math.Sqrt(.7)*rng.NormFloat64()) }
		before, after := look(), look()
		if before < .65 {
			continue
		}
		table.Rows = append(table.Rows, Row{Listener: len(table.Rows), Arm: "iso", Before: segue.Number(before), Prior: segue.Missing(), First: segue.Number(before - after), Values: []segue.Number{segue.Number(before - after)}, Known: len(table.Rows) + 1})
	}
	r := Read(d, table)
	if dz := float64(r.PrePost.Arms[0].Dz.Value); dz < .8 || dz > 1.4 {
		t.Errorf("a null world gives d_z = %.2f", dz)
	}
	if r.Verdict.Word != NoControl || len(r.Verdict.Claims) > 0 || !strings.Contains(r.Verdict.Text, "It was not shown that the music did it") || !strings.Contains(r.Verdict.Text, "would show the same change with no music at all") {
		t.Errorf("%s", r.Verdict.Text)
	}
	if usual := float64(r.PrePost.Alike); math.Abs(usual-.5) > .12 {
		t.Errorf("alike at %.3f, and the mean of all is .5", usual)
	}
	d.Primary.Assumed.Usual = &Usual{.5, .15, .3}
	if f := d.Check(); f != nil {
		t.Fatal(f)
	}
	r = Read(d, table)
	if change := float64(r.PrePost.Arms[0].Change.Value); math.Abs(float64(r.PrePost.Expected)-change) > .03 || !strings.Contains(r.Verdict.Text, "though nothing were done") {
		t.Errorf("expected %v of %v: %s", r.PrePost.Expected, change, r.Verdict.Text)
	}

	c := within()
	c.Kind, c.Unit, c.Arms, c.Control, c.Guardrails, c.Secondary = PrePostControl, Listener, c.Arms[:2], "compensatory", nil, nil
	c.Primary.Assumed.Sessions, c.Horizon = 0, Horizon{Units: 200}
	if f := c.Check(); f != nil {
		t.Fatal(f)
	}
	for i := range table.Rows {
		table.Rows[i].Arm = c.Assign(fmt.Sprint(i), 0).Arm
	}
	r = Read(c, table)
	if r.Verdict.Word != Nothing || len(r.PrePost.Arms) != 2 || !strings.Contains(r.Verdict.Text, "The control arm itself moved by") {
		t.Errorf("%+v", r.Verdict)
	}
}
