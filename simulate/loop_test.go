package simulate

import (
	"encoding/json"
	"os"
	"reflect"
	"runtime"
	"testing"
	"time"

	"segue/outcome/adapt"
	"segue/outcome/event"
)

// twoActions is the smallest policy that has both arms, so that hours planned for other
// tests serve here.
func twoActions(t testing.TB) *adapt.Policy {
	t.Helper()
	p := adapt.Shipped("a salt for tests only")
	p.Contexts = []adapt.Context{{Name: "all"}}
	p.Actions = []adapt.Action{{Name: "iso", Arm: adapt.Iso}, {Name: "target", Arm: adapt.Compensatory}}
	if faults := p.Check(); len(faults) > 0 {
		t.Fatal(faults)
	}
	return p
}

// The loop comes to draw the arm that is truly better, in ISO and in WIDE, and what it
// learned is truly better; in NULL nothing is claimed in all but 5 % of the runs, and the
// intervals hold the truth, which is 0.
func TestLoopLearns(t *testing.T) {
	p := smallPanel(t)
	for _, w := range Worlds() {
		began := time.Now()
		o := LoopOptions{World: w, Policy: twoActions(t), Days: 84, Runs: 3, Truth: 450}
		if w == Null {
			o.Runs, o.Truth = 12, 100
		}
		r, err := p.Loop(t.Context(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		if os.Getenv("SIMULATE_SHOW") != "" {
			b, _ := json.MarshalIndent(r, "", " ")
			t.Logf("%s in %v", b, time.Since(began))
		}
		want, some := w.Better()
		if !some {
			if r.Better != "" || r.True.Value != 0 || r.Regret.Value != 0 || r.GainTrue.Value != 0 {
				t.Errorf("%s: no arm is better, and it says %q, %v, regret %v", w, r.Better, r.True.Value, r.Regret.Value)
			}
			if float64(r.False.Lo) > .05 || float64(r.Covered.Hi) < .95 {
				t.Errorf("%s: false claims in %v, the intervals hold 0 in %v", w, r.False, r.Covered)
			}
			for _, d := range r.Drawn {
				if d.Value < .4 || d.Value > .6 {
					t.Errorf("%s: of two that are the same it draws one in %v", w, d.Value)
				}
			}
			continue
		}
		if r.Better != string(want) {
			t.Errorf("%s: truly better is %q (%v), not %s", w, r.Better, r.True, want)
		}
		if first, last := r.Drawn[0].Value, r.Drawn[3].Value; last < .7 || last < first {
			t.Errorf("%s: %s is drawn in %.2f of the first quarter and %.2f of the last", w, want, first, last)
		}
		if !(float64(r.Regret.Value) < .8*r.RegretEven) {
			t.Errorf("%s: regret %v, and %v of an even draw", w, r.Regret, r.RegretEven)
		}
		if r.GainTrue.Lo <= 0 || r.False.Value > 0 {
			t.Errorf("%s: what was learned is better by %v; false claims %v", w, r.GainTrue, r.False)
		}
	}
}

// TestLoopIsItsRecords: what the loop knew at the end is what is read from its events, and
// the same on any number of cores.
func TestLoopIsItsRecords(t *testing.T) {
	p := panelOf(t, PanelOptions{Listeners: 4, HistoryDays: 60, Minutes: 20, Seed: 7})
	policy := twoActions(t)
	o := LoopOptions{World: Wide, Policy: policy, Days: 14, Runs: 2, Truth: 20}
	var events []event.Event
	run := func() string {
		r, err := p.Loop(t.Context(), o, func(all []event.Event) error { events = all; return nil })
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	before := runtime.GOMAXPROCS(1)
	one := run()
	runtime.GOMAXPROCS(max(4, before))
	many := run()
	runtime.GOMAXPROCS(before)
	if one != many {
		t.Errorf("one core and many differ:\n%s\n%s", one, many)
	}
	for i := range events {
		if err := events[i].Validate(); err != nil {
			t.Fatal(err)
		}
	}
	filled, each, err := o.filled()
	if err != nil {
		t.Fatal(err)
	}
	ran, err := p.loop(t.Context(), filled, each, 0, nil)
	if err != nil || ran.counts.Hours == 0 || ran.counts.Known == 0 || ran.counts.Known == ran.counts.Hours {
		t.Fatalf("%+v, %v", ran.counts, err)
	}
	read := policy.Tallies(ran.trials)
	for i, m := range p.members {
		own := policy.NewTally()
		for j := range ran.visits[i] {
			count(policy, own, &ran.visits[i][j])
		}
		if got := read[m.id]; got != nil && !reflect.DeepEqual(got, own) || got == nil && !reflect.DeepEqual(own, policy.NewTally()) {
			t.Errorf("%s: the records say %v, and the loop knew %v", m.id, got, own)
		}
	}
}
