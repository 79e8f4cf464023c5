package experiment

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"segue"
	"segue/outcome/event"
	"segue/outcome/metric"
)

// Experiments and product metrics read the same events alike: with one session a
// listener, each measure's mean over an arm is the metric's over all who were in it.
func TestMeasuresAreTheMetrics(t *testing.T) {
	d := within()
	d.Arms, d.Control, d.Horizon = d.Arms[:2], d.Arms[1].Name, Horizon{Units: 5000}
	d.Secondary = []Secondary{{Feel}, {FeltBetter}, {Completion}, {SkipRate}}
	d.Guardrails = []Guardrail{{Farther, .2, .05}, {MuchWorse, .2, .05}}
	d.fill()
	if f := d.Check(); f != nil {
		t.Fatal(f)
	}
	rng := rand.New(rand.NewPCG(6, 6))
	log, _ := d.Exposures(nil)
	g, c := Gather(d, time.Time{}), metric.NewCollector(metric.Options{})
	add := func(e event.Event) {
		e.Schema, e.Source = 1, event.Web
		if err := e.Validate(); err != nil {
			t.Fatal(err)
		}
		if err := g.Add([]event.Event{e}); err != nil {
			t.Fatal(err)
		}
		c.Add(&e)
	}
	reasons := event.Reasons()
	cell := func() *segue.Cell { return &segue.Cell{1 + rng.IntN(9), 1 + rng.IntN(9)} }
	for l := range 600 {
		at := began.Add(time.Duration(l) * time.Minute)
		who, hour := fmt.Sprint("l", l), fmt.Sprint("h", l)
		e, _, err := d.Expose(log, who, hour, at, 0)
		if err != nil {
			t.Fatal(err)
		}
		log.Add(d, e)
		add(e)
		one := func(kind event.Kind, n int) event.Event {
			return event.Event{ID: fmt.Sprint(kind, l, "-", n), Listener: who, Kind: kind, At: at.Add(time.Duration(n/2) * time.Minute), Hour: hour} // some of the same moment
		}
		for n := range rng.IntN(3) { // of several the last counts
			b := one(event.CheckInBefore, n)
			b.Cell, b.Target = cell(), cell()
			add(b)
		}
		for n := range rng.IntN(3) {
			a, f := one(event.CheckInAfter, 60+n), one(event.Reflection, 60+n)
			feel := rng.IntN(5) - 2
			a.Cell, f.Feel = cell(), &feel
			add(a)
			add(f)
		}
		if rng.IntN(4) > 0 {
			s := one(event.PlaylistStart, 1)
			s.PlannedMS = int64(rng.IntN(3)) * 600_000 // 0 is unknown
			add(s)
		}
		for n := range rng.IntN(6) {
			s, end := one(event.TrackStart, 2+n), one(event.TrackEnd, 3+n)
			s.Track, s.Place, s.PlannedMS = "x", 1+rng.IntN(4), int64(rng.IntN(2))*240_000
			end.Track, end.Place, end.PlannedMS, end.Reason = s.Track, s.Place, s.PlannedMS, reasons[rng.IntN(len(reasons))]
			if end.MS = int64(rng.IntN(300_000)); rng.IntN(4) == 0 {
				end.MS = int64(rng.IntN(40_000)) - 1
			}
			if rng.IntN(8) > 0 {
				add(s)
			}
			add(end)
		}
	}
	table, _, err := g.Table()
	if err != nil {
		t.Fatal(err)
	}
	report, err := c.Read(context.Background(), metric.ReadOptions{By: metric.Arm, Experiment: d.Ref(), Least: 1})
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, group := range report.Groups {
		if d.arm(group.Name) < 0 {
			continue
		}
		for j, m := range table.Measures {
			y, _, _ := table.values(j, group.Name)
			sum := 0.
			for _, v := range y {
				sum += v
			}
			got := group.Metric(metric.Key(m))
			want := sum / float64(len(y))
			if m == SkipRate { // the metric is of tracks, the measure of sessions: only who has it agrees
				want = float64(got.Value)
			}
			if len(y) < 20 || got.N != len(y) || math.Abs(float64(got.Value)-want) > 1e-12 {
				t.Errorf("%s in %s: %d units with mean %v, the metric has %v of %d", m, group.Name, len(y), want, got.Value, got.N)
			}
			compared++
		}
	}
	if compared != 14 {
		t.Errorf("%d were compared", compared)
	}
}
