package experiment

import (
	"fmt"
	"math"
	"testing"
	"time"

	"segue/outcome/event"
)

// The draws never change: an experiment that runs goes on after an update. Values
// are of this program, and of testdata/assign.py, which says the rule once more.
func TestAssignStays(t *testing.T) {
	d := within()
	got := ""
	for _, a := range d.Schedule("listener-1", 12) {
		got += fmt.Sprint(d.arm(a.Arm))
	}
	const want = "212010120201"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBlocksBalance(t *testing.T) {
	d := within()
	d.Arms[0].Weight, d.Arms[1].Weight, d.Arms[2].Weight = 4, 2, 2 // as 2, 1, 1
	sizes := map[int]int{}
	for l := range 50 {
		schedule := d.Schedule(fmt.Sprint("l", l), 200)
		counts, size := [3]int{}, 0
		for i, a := range schedule {
			if i > 0 && a.Block != schedule[i-1].Block {
				if counts[0] != 2*counts[1] || counts[1] != counts[2] || size%4 != 0 || size > 12 {
					t.Fatalf("a block of %d has %v", size, counts)
				}
				sizes[size]++
				counts, size = [3]int{}, 0
			}
			counts[d.arm(a.Arm)]++
			size++
			if a.Propensity != d.Share(a.Arm) {
				t.Fatalf("propensity %v", a.Propensity)
			}
		}
	}
	if len(sizes) != 3 {
		t.Errorf("sizes of blocks: %v", sizes)
	}
	for i, want := range [...]float64{.5, .25, .25} {
		if got := d.Share(d.Arms[i].Name); got != want {
			t.Errorf("share %v", got)
		}
	}
}

// At every place the chance of an arm is its share, as the propensity says: over
// 20,000 listeners within 4 standard errors.
func TestPropensityIsTrue(t *testing.T) {
	const listeners = 20_000
	d := within()
	d.Arms[0].Weight = 2
	of := within()
	of.Unit, of.Kind, of.Arms[0].Weight = Listener, Parallel, 2
	for _, c := range []struct {
		d  *Design
		at int
	}{{d, 0}, {d, 3}, {d, 17}, {of, 0}} {
		var n [3]int
		for l := range listeners {
			n[c.d.arm(c.d.Assign(fmt.Sprint(l), c.at).Arm)]++
		}
		for i := range n {
			p := c.d.Share(c.d.Arms[i].Name)
			if sigma := math.Sqrt(p * (1 - p) / listeners); math.Abs(float64(n[i])/listeners-p) > 4*sigma {
				t.Errorf("%s at %d: %v, want %v", c.d.Arms[i].Name, c.at, float64(n[i])/listeners, p)
			}
		}
	}
}

// Arms that follow each other tell little of the next: outside a pair, the last arm
// foretells the next one hardly better than chance.
func TestSequenceIsNotForetold(t *testing.T) {
	d := within()
	d.Arms = d.Arms[1:]
	same, all := 0, 0
	for l := range 400 {
		s := d.Schedule(fmt.Sprint(l), 50)
		for i := 1; i < len(s); i++ {
			all++
			if s[i].Arm == s[i-1].Arm {
				same++
			}
		}
	}
	// Blocks of 2, 4 and 6 repeat an arm in a bit more than a third of the steps; pairs
	// alone would in a quarter.
	if share := float64(same) / float64(all); share < .33 || share > .5 {
		t.Errorf("an arm is repeated in %.3f of the steps", share)
	}
	other := within()
	other.Arms, other.Salt = d.Arms, "another salt, as long"
	agree := 0
	for l := range 4000 {
		if d.Assign(fmt.Sprint(l), 0).Arm == other.Assign(fmt.Sprint(l), 0).Arm {
			agree++
		}
	}
	if agree < 1850 || agree > 2150 {
		t.Errorf("two salts agree on %d of 4000", agree)
	}
}

func TestCrossoverComesInPairs(t *testing.T) {
	d := within()
	d.Kind, d.Arms = Crossover, d.Arms[1:]
	first := 0
	for l := range 1000 {
		s := d.Schedule(fmt.Sprint(l), 8)
		for i := 0; i < 8; i += 2 {
			if s[i].Arm == s[i+1].Arm || s[i].Block != i/2 {
				t.Fatalf("not a pair: %v", s)
			}
		}
		if s[0].Arm == "shuffle" {
			first++
		}
	}
	if first < 430 || first > 570 {
		t.Errorf("the control comes first in %d of 1000", first)
	}
}

func TestExposures(t *testing.T) {
	d := within()
	at := time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)
	l, err := d.Exposures(nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []event.Event
	for i := range 30 {
		e, old, err := d.Expose(l, fmt.Sprint("l", i%3), fmt.Sprint("h", i), at.Add(time.Duration(i)*time.Hour), 60)
		if err != nil || old {
			t.Fatal(err, old)
		}
		l.Add(d, e)
		all = append(all, e)
	}
	again, old, err := d.Expose(l, "l0", "h0", at.Add(99*time.Hour), 60)
	if err != nil || !old || again != all[0] {
		t.Errorf("exposed again: %v, %v, %v", again, old, err)
	}
	// Out of order, twice over, and among those of others.
	shuffled := append([]event.Event{{Kind: event.Exposure, Experiment: "other@1"}}, all[15:]...)
	shuffled = append(append(shuffled, all[:15]...), all[7], all[8])
	crossed := all[3]
	crossed.ID, crossed.At = "later", crossed.At.Add(time.Hour)
	crossed.Arm = d.Arms[(d.arm(crossed.Arm)+1)%3].Name
	got, err := d.Exposures(append(shuffled, crossed))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Exposures) != 30 || got.Copies != 2 || got.Crossed != 1 || got.Foreign != 1 || got.Exposures[29].Hour != "h29" || d.Undrawn(got) != 0 {
		t.Errorf("got %d, %+v", len(got.Exposures), got)
	}

	changed := within()
	changed.Title = "Another"
	if _, err := changed.Exposures(all); err == nil {
		t.Error("a changed design reads")
	}
	plain := all[0]
	plain.Experiment = d.ID
	if _, err := d.Exposures([]event.Event{plain}); err == nil {
		t.Error("an exposure without a hash reads")
	}
	plain = all[0]
	plain.Arm = "none"
	if _, err := d.Exposures([]event.Event{plain}); err == nil {
		t.Error("an unknown arm reads")
	}

	if _, _, err := d.Expose(l, "l0", "", at, 0); err == nil {
		t.Error("a session without an hour is exposed")
	}
	if _, _, err := d.Expose(l, "l0", "late", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), 0); err == nil {
		t.Error("after the last day one is exposed")
	}
	d.Horizon.Units = 30
	short, _ := d.Exposures(nil)
	short.Exposures = all
	if _, _, err := d.Expose(short, "l0", "new", at, 0); err == nil {
		t.Error("beyond the horizon one is exposed")
	}
}

func BenchmarkAssign(b *testing.B) {
	d := within()
	for b.Loop() {
		d.Assign("listener", 100)
	}
}
