package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"segue/outcome/event"
	"segue/outcome/experiment"
)

// Programs that expose at the same time draw one place of a listener's sequence each:
// nothing is lost, and the log is what one program would have written.
func TestExposeSideBySide(t *testing.T) {
	d := &experiment.Design{
		Schema: 1, ID: "side", Title: "t", Question: "q", Hypothesis: "h", Population: "p", Kind: experiment.WithinListener, Unit: experiment.Session,
		Arms: []experiment.Arm{{Name: "a", Weight: 1}, {Name: "b", Weight: 1}}, Control: "b",
		Primary: experiment.Primary{Measure: experiment.Change, LeastEffect: .05, Assumed: experiment.Assumed{SD: .25}},
		Horizon: experiment.Horizon{Units: 1000}, Alpha: .05, Power: .8, Reading: experiment.FixedHorizon, Salt: "0123456789abcdef",
	}
	d, err := experiment.Parse(d.Canonical())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "log.jsonl")
	at := time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)
	const each, programs = 12, 6
	var wait sync.WaitGroup
	for p := range programs {
		wait.Go(func() {
			for i := range each {
				if _, _, err := expose(context.Background(), d, path, "one", fmt.Sprint("h", p, "-", i), at, 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	var all []event.Event
	err = eventFiles{paths: []string{path}}.each(context.Background(), nil, func(events []event.Event) error {
		for _, e := range events {
			all = append(all, e.Keep())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != each*programs {
		t.Fatalf("%d of %d exposures are in the log", len(all), each*programs)
	}
	for i, e := range all {
		if want := d.Assign("one", i).Arm; e.Arm != want {
			t.Fatalf("exposure %d is to %s, and the design draws %s", i, e.Arm, want)
		}
	}
}
