package web

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/account"
	"segue/language"
	"segue/outcome/event"
	"segue/outcome/metric"
	"segue/store"
)

// A throng is invented people who agreed to be counted, with records of their hours.
type throng struct {
	people, hours int
	from          time.Time // of the first hour; the next ones are three days apart
	seed          uint64
	expose        func(listener, hour string, at time.Time) *event.Event // nil for none
	nearer        map[string]float64                                     // cells, by arm
}

// gather puts a throng into a store.
func (g throng) gather(t testing.TB, k *store.Store) {
	t.Helper()
	rng := rand.New(rand.NewPCG(g.seed, 3))
	for i := range g.people {
		who := fmt.Sprintf("throng-%d-%03d", g.seed, i)
		must(t, k.SaveListener(t.Context(), store.Listener{ID: who, Created: g.from}))
		for _, p := range []store.Purpose{store.CheckIns, store.Research} {
			must(t, k.SetConsent(t.Context(), who, store.Consent{Purpose: p, Given: true, At: g.from.Add(time.Duration(i) * time.Minute)}))
		}
	}
	for n := range g.hours {
		for i := range g.people {
			who, hour := fmt.Sprintf("throng-%d-%03d", g.seed, i), fmt.Sprintf("h%d", n)
			at := g.from.Add(time.Duration(n*72)*time.Hour + time.Duration(i)*time.Minute)
			add := func(all []event.Event, kind event.Kind, minutes int, more func(e *event.Event)) []event.Event {
				e := event.Event{Schema: event.Schema, ID: fmt.Sprint(kind, n, "-", len(all)), Listener: who, Kind: kind, At: at.Add(time.Duration(minutes) * time.Minute), Source: event.API, Hour: hour}
				more(&e)
				return append(all, e)
			}
			var all []event.Event
			arm := ""
			if g.expose != nil {
				if e := g.expose(who, hour, at); e != nil {
					all, arm = append(all, *e), e.Arm
				}
			}
			x := 3 + rng.IntN(6)
			then := min(9, max(1, x-int(math.Round(g.nearer[arm]+1.4*rng.NormFloat64()))))
			target, feel := segue.Cell{1, 5}, rng.IntN(5)-2
			all = add(all, event.AppOpen, 0, func(e *event.Event) { e.Hour = "" })
			all = add(all, event.CheckInBefore, 1, func(e *event.Event) { e.Cell, e.Target = &segue.Cell{x, 5}, &target })
			all = add(all, event.PlaylistStart, 2, func(e *event.Event) { e.PlannedMS = 600_000 })
			for place := 1; place <= 3; place++ {
				track := func(e *event.Event) { e.Track, e.Place, e.PlannedMS = fmt.Sprint("t", place), place, 200_000 }
				all = add(all, event.TrackStart, 3*place, track)
				all = add(all, event.TrackEnd, 3*place+2, func(e *event.Event) {
					track(e)
					e.MS, e.Reason = 200_000, event.Completed
					if rng.IntN(4) == 0 {
						e.MS, e.Reason = 9_000, event.Skipped
					}
				})
			}
			all = add(all, event.CheckInAfter, 20, func(e *event.Event) { e.Cell = &segue.Cell{then, 5} })
			all = add(all, event.Reflection, 21, func(e *event.Event) { e.Feel = &feel })
			records := make([]store.Record, len(all))
			for j := range all {
				must(t, all[j].Validate())
				records[j] = recordOf(all[j])
			}
			if _, err := k.AppendRecords(t.Context(), who, records); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A researcher reads metrics over people, none over few, and nobody sees what one person
// brought by looking again the same day.
func TestMetricsOfGroup(t *testing.T) {
	s := serving(t, nil)
	w, mai := s.person(t, "Mai", account.Researcher)
	throng{people: 9, hours: 4, from: s.now.AddDate(0, 0, -40), seed: 1}.gather(t, s.kept)
	page := w.get("/lab/metrics")
	if page.Code != http.StatusOK {
		t.Fatal(page.Code, text(page))
	}
	hasAll(t, page.Body.String(), "Fewer than 10 people")
	if strings.Contains(page.Body.String(), "<table") {
		t.Error("numbers of nine people are shown")
	}
	throng{people: 14, hours: 8, from: s.now.AddDate(0, 0, -40), seed: 2}.gather(t, s.kept)
	hasAll(t, w.get("/lab/metrics").Body.String(), "Fewer than 10 people")
	*s.now = s.now.AddDate(0, 0, 1)
	page = w.get("/lab/metrics")
	hasAll(t, page.Body.String(), "20\u00a0people", "Felt much worse", "Late-night minutes", "never a goal", "Week from", "regression to the mean")
	if strings.Index(page.Body.String(), "Felt much worse") > strings.Index(page.Body.String(), "Tracks skipped early") {
		t.Error("harm does not come first")
	}
	hasAll(t, w.get("/lab/metrics?metric=skip_rate").Body.String(), `value="skip_rate" selected`)
	hasAll(t, w.get("/lab/metrics?metric=%00").Body.String(), `value="feel" selected`)
	// The 21st to 23rd wait until there are thirty.
	answer := s.programOf(t, mai.ID, account.Researcher).send("GET", "/lab/metrics", nil)
	var read apiMetrics
	must(t, json.Unmarshal(answer.Body.Bytes(), &read))
	if n := read.Metrics.All.Listeners; n == nil || *n != 20 || read.Metrics.Least != groupLeast {
		t.Errorf("%v listeners", n)
	}
	for _, g := range read.Metrics.Groups {
		for _, m := range g.Metrics {
			if m.Value.Known() && m.N < groupLeast {
				t.Errorf("%s of week %s rests on %d people", m.Key, g.Name, m.N)
			}
		}
	}
	listener, lan := s.person(t, "Lan", account.Listener)
	if got := listener.get("/lab/metrics").Code; got != http.StatusForbidden {
		t.Error(got)
	}
	if got := s.programOf(t, lan.ID, account.Listener).send("GET", "/lab/metrics", nil).Code; got != http.StatusForbidden {
		t.Error(got)
	}
	if said := s.d.String(); strings.Contains(said, "throng") || strings.Contains(said, "panick") {
		t.Errorf("the log: %s", said)
	}
}

// What is said of metrics is said in every language.
func TestMetricWords(t *testing.T) {
	for _, tongue := range language.All() {
		for _, d := range metric.Definitions() {
			for _, text := range []string{d.Words, d.Of} {
				if d.Of == "viewers" || d.Of == "listeners" {
					text = d.Words
				}
				if !tongue.Has(text) {
					t.Errorf("%s lacks %q", tongue.Code(), text)
				}
			}
		}
	}
}
