package metric_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"segue"
	"segue/outcome/event"
	"segue/outcome/metric"
)

// collect adds records, without those that were added before.
func collect(t testing.TB, o metric.Options, each func(do func(e *event.Event))) *metric.Collector {
	t.Helper()
	c := metric.NewCollector(o)
	var d event.Dedupe
	each(func(e *event.Event) {
		if err := e.Validate(); err != nil {
			t.Fatal(err)
		}
		first, err := d.First(e.Listener, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		if first {
			c.Add(e)
		}
	})
	return c
}

func read(t testing.TB, c *metric.Collector, o metric.ReadOptions) *metric.Report {
	t.Helper()
	r, err := c.Read(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReference holds every metric of the whole, of weeks and of arms to the second
// implementation, testdata/peer.py.
func TestReference(t *testing.T) {
	b, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	type number struct {
		Value, Lo, Hi *float64
		N, Records    int
	}
	var want struct {
		Groups map[string]map[metric.Key]number
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	c := collect(t, metric.Options{}, reference.each)
	o := metric.ReadOptions{Experiment: "lead", Holdout: "holdout", Least: 1}
	groups := map[string]metric.Group{}
	for _, by := range []metric.By{metric.Week, metric.Arm} {
		o.By = by
		r := read(t, c, o)
		groups["all"] = r.All
		for _, g := range r.Groups {
			groups[g.Name] = g
		}
	}
	if len(want.Groups) != len(groups) || len(groups) < 10 {
		t.Fatalf("%d groups, of which the reference has %d", len(groups), len(want.Groups))
	}
	same := func(got segue.Number, want *float64) bool {
		if want == nil || !got.Known() {
			return want == nil && !got.Known()
		}
		return math.Abs(float64(got)-*want) <= 1e-9*max(1, math.Abs(*want))
	}
	compared := 0
	for name, g := range groups {
		for _, m := range g.Metrics {
			w, ok := want.Groups[name][m.Key]
			if !ok {
				t.Fatalf("the reference has no %s of %s", m.Key, name)
			}
			if !same(m.Value, w.Value) || !same(m.Lo, w.Lo) || !same(m.Hi, w.Hi) || m.N != w.N || m.Records != w.Records {
				v := func(p *float64) float64 {
					if p == nil {
						return math.NaN()
					}
					return *p
				}
				t.Errorf("%s of %s: got %v [%v, %v] of %d, %d; want %v [%v, %v] of %d, %d", m.Key, name, m.Value, m.Lo, m.Hi, m.N, m.Records, v(w.Value), v(w.Lo), v(w.Hi), w.N, w.Records)
			}
			if w.Value != nil {
				compared++
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d numbers were compared", compared)
	}
}
