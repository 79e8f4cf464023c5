package experiment

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestRecord(t *testing.T) {
	d := within()
	d.Horizon = Horizon{Units: 300}
	events := world{listeners: 30, sessions: 12, answered: .9, seed: 5, effect: map[string]float64{"iso": 1}}.events(t, d)
	table := tableOf(t, d, events)
	log, err := d.Exposures(events)
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range []bool{false, true} {
		r, err := NewRecord(d, table, log, rows)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("listener-")) {
			t.Error("a pseudonym is in the record")
		}
		again, err := ParseRecord(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range again.Check(table, log) {
			if !c.OK {
				t.Errorf("%+v", c)
			}
		}
		alone := again.Check(nil, nil)
		if want := map[bool]int{false: 1, true: 3}[rows]; len(alone) != want {
			t.Errorf("without events: %+v", alone)
		}
		for _, c := range alone {
			if !c.OK {
				t.Errorf("%+v", c)
			}
		}
		if !rows {
			continue
		}
		// Whatever is changed is noticed.
		for _, change := range []struct {
			from, to, says string
		}{
			{`"alpha": 0.05,`, `"alpha": 0.1,`, "it was changed"},
			{`"word": "`, `"word": "x`, "verdict.word is"},
			{`"before": 0.5,`, `"before": 0.25,`, "it was changed"},
		} {
			spoiled := bytes.Replace(b, []byte(change.from), []byte(change.to), 1)
			if bytes.Equal(spoiled, b) {
				t.Fatalf("%s is not in the record", change.from)
			}
			s, err := ParseRecord(spoiled)
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			for _, c := range s.Check(nil, nil) {
				if !c.OK {
					said += c.Says + "\n"
				}
			}
			if !strings.Contains(said, change.says) {
				t.Errorf("%s: %q", change.to, said)
			}
		}
		fewer, err := d.Exposures(events[:len(events)/2])
		if err != nil {
			t.Fatal(err)
		}
		bad := 0
		for _, c := range again.Check(tableOf(t, d, events[:len(events)/2]), fewer) {
			if !c.OK {
				bad++
			}
		}
		if bad != 3 {
			t.Errorf("other events: %d of the checks fail", bad)
		}
	}
	for _, bad := range []string{"", "{}", `{"format":"segue experiment record","version":2}`, `{"format":"segue experiment record","version":1}`} {
		if _, err := ParseRecord([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
