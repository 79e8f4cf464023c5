package metric_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/outcome"
	"segue/outcome/event"
	"segue/outcome/metric"
	"segue/outcome/stats"
)

// A story makes records with little writing.
type story struct {
	events []event.Event
}

func (s *story) add(listener, at string, e event.Event) {
	t, err := time.Parse("2006-01-02 15:04:05", at)
	if err != nil {
		panic(err)
	}
	e.Schema, e.Source, e.Listener, e.At, e.ID = 1, event.Web, listener, t, fmt.Sprint(len(s.events))
	s.events = append(s.events, e)
}

func (s *story) each(do func(e *event.Event)) {
	for i := range s.events {
		do(&s.events[i])
	}
}

func (s *story) read(t testing.TB, o metric.ReadOptions) *metric.Report {
	t.Helper()
	if o.Least == 0 {
		o.Least = 1
	}
	return read(t, collect(t, metric.Options{}, s.each), o)
}

// ended is a track that ended, of three minutes.
func ended(hour string, place int, ms int64, why event.Reason) event.Event {
	return event.Event{Kind: event.TrackEnd, Hour: hour, Track: "t", Place: place, PlannedMS: 180_000, MS: ms, Reason: why}
}

func started(hour string, place int) event.Event {
	return event.Event{Kind: event.TrackStart, Hour: hour, Track: "t", Place: place, PlannedMS: 180_000}
}

func begins(hour string, planned int64) event.Event {
	return event.Event{Kind: event.PlaylistStart, Hour: hour, PlannedMS: planned}
}

func feels(hour string, feel int) event.Event {
	return event.Event{Kind: event.Reflection, Hour: hour, Feel: &feel}
}

func near(t *testing.T, what string, got segue.Number, want float64) {
	t.Helper()
	if !got.Known() || math.Abs(float64(got)-want) > 1e-9 {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestByHand: two listeners. A hears one playlist of ten minutes to 8:00, which is 80 %
// of it, and leaves another at 7:59. B skips one of two tracks at 0:29.
func TestByHand(t *testing.T) {
	var s story
	for i, last := range []int64{120_000, 119_000} {
		hour, at := fmt.Sprint("a", i), fmt.Sprintf("2024-05-06 1%d:00:00", i)
		s.add("a", at, begins(hour, 600_000))
		for place, ms := range []int64{180_000, 180_000, last} {
			s.add("a", at, started(hour, place+1))
			s.add("a", at, ended(hour, place+1, ms, event.Stopped))
		}
	}
	s.add("a", "2024-05-06 10:20:00", feels("a0", 2))
	s.add("b", "2024-05-06 10:00:00", begins("b", 360_000))
	s.add("b", "2024-05-06 10:00:00", started("b", 1))
	s.add("b", "2024-05-06 10:00:29", ended("b", 1, 29_000, event.Skipped))
	s.add("b", "2024-05-06 10:00:29", started("b", 2))
	s.add("b", "2024-05-06 10:03:29", ended("b", 2, 180_000, event.Completed))
	s.add("b", "2024-05-06 10:04:00", feels("b", -2))
	g := s.read(t, metric.ReadOptions{}).All

	m := g.Metric(metric.Completion) // of A 1 of 2, of B 0 of 1: mean .25, sd .353553, t(.975; 1) = 12.7062
	near(t, "completion", m.Value, .25)
	near(t, "completion lo", m.Lo, 0) // cut
	near(t, "completion hi", m.Hi, 1)
	if m.N != 2 || m.Records != 3 || m.Enough {
		t.Errorf("completion of %d listeners, %d playlists, enough %v", m.N, m.Records, m.Enough)
	}
	m = g.Metric(metric.SkipRate) // 1 of 8; residuals −.75 and .75: variance 2·1.125/64
	near(t, "skip rate", m.Value, .125)
	near(t, "skip rate hi", m.Hi, 1)
	m = g.Metric(metric.Feel) // 0; residuals 2 and −2: variance 2·8/4 = 4, cut to the scale
	near(t, "feel", m.Value, 0)
	near(t, "feel lo", m.Lo, -2)
	near(t, "felt better", g.Metric(metric.FeltBetter).Value, .5)
	near(t, "much worse", g.Metric(metric.MuchWorse).Value, .5)
	m = g.Metric(metric.ResponseRate)
	near(t, "response", m.Value, 2./3)
	if m.Records != 3 {
		t.Errorf("response of %d playlists", m.Records)
	}
	near(t, "opted out", g.Metric(metric.OptOut).Value, 0)
	near(t, "night", g.Metric(metric.NightMinutes).Value, 0)
	if g.Metric(metric.NightMinutes).Records != 2 {
		t.Error("A and B have a day of listening each")
	}
}

// What a playlist counts as.
func TestPlaylists(t *testing.T) {
	for _, c := range []struct {
		name                        string
		events                      []event.Event
		value                       float64 // of completion; NaN if it is missing
		leftOut                     int
		early, tracks, unclearTrack int
	}{
		{"a replay brings nobody further", []event.Event{begins("h", 540_000), ended("h", 1, 180_000, event.Completed), ended("h", 1, 180_000, event.Completed), ended("h", 1, 180_000, event.Completed)}, 0, 0, 0, 3, 0},
		{"an interrupted track goes on", []event.Event{begins("h", 180_000), ended("h", 1, 60_000, event.Interrupted), ended("h", 1, 120_000, event.Completed)}, 1, 0, 0, 2, 0},
		{"nobody followed what was heard", []event.Event{begins("h", 180_000)}, math.NaN(), 0, 0, 0, 0},
		{"begun and left at once", []event.Event{begins("h", 180_000), started("h", 1)}, 0, 0, 0, 1, 0},
		{"of unknown length", []event.Event{begins("h", 0), ended("h", 1, 180_000, event.Completed)}, math.NaN(), 1, 0, 1, 0},
		{"the start is missing", []event.Event{ended("h", 1, 180_000, event.Completed)}, math.NaN(), 1, 0, 1, 0},
		{"unknown, but completed", []event.Event{begins("h", 180_000), ended("h", 1, -1, event.Completed)}, 1, 0, 0, 1, 0},
		{"unknown", []event.Event{begins("h", 180_000), ended("h", 1, -1, event.Stopped)}, math.NaN(), 1, 0, 1, 0},
		{"unknown, but enough without", []event.Event{begins("h", 200_000), ended("h", 1, 180_000, event.Completed), ended("h", 2, -1, event.Stopped)}, 1, 0, 0, 2, 0},
		{"a skip nobody timed", []event.Event{begins("h", 180_000), ended("h", 1, -1, event.Skipped)}, math.NaN(), 1, 0, 0, 1},
		{"short for a reason nobody knows", []event.Event{begins("h", 180_000), ended("h", 1, 5000, event.Unknown)}, 0, 0, 0, 0, 1},
		{"long for a reason nobody knows", []event.Event{begins("h", 180_000), ended("h", 1, 50_000, event.Unknown)}, 0, 0, 0, 1, 0},
		{"short, and no skip", []event.Event{begins("h", 180_000), ended("h", 1, 5000, event.Stopped), ended("h", 2, 5000, event.Interrupted)}, 0, 0, 0, 2, 0},
		{"a skip after 30 s", []event.Event{begins("h", 180_000), ended("h", 1, 30_000, event.Skipped)}, 0, 0, 0, 1, 0},
		{"starts without ends", []event.Event{begins("h", 180_000), started("h", 1), started("h", 2), ended("h", 2, 1000, event.Skipped)}, 0, 0, 1, 2, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s story
			for _, e := range c.events {
				s.add("a", "2024-05-06 10:00:00", e)
			}
			g := s.read(t, metric.ReadOptions{}).All
			m := g.Metric(metric.Completion)
			if m.Value.Known() != (c.value == c.value) || m.Value.Known() && float64(m.Value) != c.value || m.LeftOut != c.leftOut {
				t.Errorf("completion %v, %d left out", m.Value, m.LeftOut)
			}
			if !m.Value.Known() && m.Reason == "" {
				t.Error("nobody says why it is missing")
			}
			skips := g.Metric(metric.SkipRate)
			early := 0
			if skips.Value.Known() {
				early = int(math.Round(float64(skips.Value) * float64(skips.Records)))
			}
			if early != c.early || skips.Records != c.tracks || skips.LeftOut != c.unclearTrack {
				t.Errorf("%d of %d tracks skipped early, %d left out", early, skips.Records, skips.LeftOut)
			}
		})
	}
}

// A metric that nobody has says so, and is null.
func TestNobody(t *testing.T) {
	for name, s := range map[string]*story{"no records": {}, "an opening": {}} {
		if name != "no records" {
			s.add("a", "2024-05-06 10:00:00", event.Event{Kind: event.AppOpen})
		}
		for _, by := range []metric.By{metric.Whole, metric.Day, metric.Week} {
			r := s.read(t, metric.ReadOptions{By: by})
			for _, g := range append([]metric.Group{r.All}, r.Groups...) {
				for _, m := range g.Metrics {
					if !m.Value.Known() && m.Reason == "" || m.Lo.Known() && !m.Value.Known() {
						t.Errorf("%s, %q: %s is missing without a reason: %+v", name, by, m.Key, m)
					}
					if m.Value.Known() && m.Key != metric.OptOut {
						t.Errorf("%s: %s is %v", name, m.Key, m.Value)
					}
					if m.Enough {
						t.Errorf("%s: %s of %d listeners is enough", name, m.Key, m.N)
					}
				}
			}
			b, err := json.Marshal(r)
			if err != nil || bytes.Contains(b, []byte("NaN")) || !bytes.Contains(b, []byte(`"value":null`)) {
				t.Errorf("%s: %v: %s", name, err, b)
			}
		}
	}
}

// One, two and equal listeners: no interval where none can be told, or one that holds for
// any shares.
func TestFewAndEqual(t *testing.T) {
	of := func(n int) metric.Group {
		var s story
		for i := range n {
			l := fmt.Sprint("l", i)
			s.add(l, "2024-05-06 10:00:00", begins("h", 180_000))
			s.add(l, "2024-05-06 10:00:00", ended("h", 1, 180_000, event.Completed))
			s.add(l, "2024-05-06 10:00:00", feels("h", 1))
		}
		return s.read(t, metric.ReadOptions{}).All
	}
	for _, n := range []int{1, 2, 9, 10, 40} {
		g := of(n)
		for _, key := range []metric.Key{metric.Completion, metric.SkipRate, metric.FeltBetter, metric.ResponseRate} {
			m := g.Metric(key)
			k := n
			if key == metric.SkipRate {
				k = 0
			}
			w := stats.Wilson(k, n, .95)
			if m.Lo != w.Lo || m.Hi != w.Hi || m.Enough != (n >= 10) {
				t.Errorf("%s of %d equal listeners: %v [%v, %v], enough %v; want [%v, %v]", key, n, m.Value, m.Lo, m.Hi, m.Enough, w.Lo, w.Hi)
			}
		}
		if m := g.Metric(metric.Feel); m.Value != 1 || m.Lo.Known() || m.Reason == "" {
			t.Errorf("%d equal feelings have the interval %v to %v: %s", n, m.Lo, m.Hi, m.Reason)
		}
	}
}

// TestOrder: records count the same in whatever order they come, and once, however often.
func TestOrder(t *testing.T) {
	var all []event.Event
	invented{records: 6000, listeners: 60, days: 40, seed: 3}.each(func(e *event.Event) { all = append(all, *e) })
	cohorts, err := metric.ParseCohorts([]byte(`{"schema":1,"cohorts":[{"name":"late","where":{"listening":"night_tracks","at_least":0.1}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var first []byte
	for i := range 5 {
		c := collect(t, metric.Options{}, func(do func(*event.Event)) {
			for j := range all {
				do(&all[j])
			}
		})
		var text []byte
		for _, by := range []metric.By{metric.Day, metric.Week, metric.Arm, metric.ByCohort} {
			r := read(t, c, metric.ReadOptions{By: by, Cohorts: cohorts, Holdout: "holdout", Least: 2})
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, b...)
		}
		if i == 0 {
			first = text
		} else if !bytes.Equal(first, text) {
			t.Fatalf("after %d shuffles the report is another", i)
		}
		rand.New(rand.NewPCG(uint64(i), 1)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = append(all, all[:500]...)
	}
}

// Of several values the last counts, by the clock that said so.
func TestLastWord(t *testing.T) {
	var s story
	cell := func(v, a int) *segue.Cell { return &segue.Cell{v, a} }
	s.add("a", "2024-05-06 10:00:00", event.Event{Kind: event.CheckInBefore, Hour: "h", Cell: cell(1, 1), Target: cell(9, 9)})
	s.add("a", "2024-05-06 10:02:00", event.Event{Kind: event.CheckInBefore, Hour: "h", Cell: cell(5, 5), Target: cell(5, 1)})
	s.add("a", "2024-05-06 10:01:00", event.Event{Kind: event.CheckInBefore, Hour: "h", Cell: cell(2, 2), Target: cell(9, 9)}) // late
	s.add("a", "2024-05-06 10:03:00", event.Event{Kind: event.CheckInBefore, Hour: "h", Cell: cell(2, 2)})                     // without a target
	// A clock that was set back: what comes after is dated before. The kinds still say what it is.
	s.add("a", "2024-05-06 09:00:00", event.Event{Kind: event.CheckInAfter, Hour: "h", Cell: cell(5, 3)})
	s.add("a", "2024-05-06 11:00:00", feels("h", 2))
	s.add("a", "2024-05-06 10:59:00", feels("h", -2))
	g := s.read(t, metric.ReadOptions{}).All
	near(t, "Δ of 4 to 2 cells from the target", g.Metric(metric.Change).Value, .25)
	near(t, "feel", g.Metric(metric.Feel).Value, 2)
	if m := g.Metric(metric.Change); m.Lo.Known() || m.Reason == "" {
		t.Errorf("one listener's change has the interval %v to %v", m.Lo, m.Hi)
	}
	if m := g.Metric(metric.ResponseRate); m.Value.Known() {
		t.Error("a playlist that nobody began was answered")
	}
}

// Days and weeks are the listener's; what a playlist does after midnight is of the day on
// which it began.
func TestLocalDays(t *testing.T) {
	var s story
	at := func(listener, at string, offset int, e event.Event) {
		e.Offset = offset
		s.add(listener, at, e)
	}
	// Sunday 5 May 23:50 in Ho Chi Minh City, to Monday.
	at("a", "2024-05-05 16:50:00", 420, begins("h", 180_000))
	at("a", "2024-05-05 17:02:00", 420, ended("h", 1, 180_000, event.Completed))
	// The same moment is Sunday noon in New York.
	at("b", "2024-05-05 17:02:00", -300, event.Event{Kind: event.AppOpen})
	at("c", "2024-05-05 17:02:00", 420, event.Event{Kind: event.AppOpen}) // Monday
	days := s.read(t, metric.ReadOptions{By: metric.Day})
	if len(days.Groups) != 2 || days.Groups[0].Name != "2024-05-05" || *days.Groups[0].Listeners != 2 || *days.Groups[1].Listeners != 1 {
		t.Errorf("days: %+v", days.Groups)
	}
	weeks := s.read(t, metric.ReadOptions{By: metric.Week})
	if len(weeks.Groups) != 2 || weeks.Groups[0].Name != "2024-W18" || weeks.Groups[1].Name != "2024-W19" {
		t.Errorf("weeks: %+v", weeks.Groups)
	}
	m := days.Groups[0].Metric(metric.NightMinutes)
	near(t, "from 23:59 to 0:02", m.Value, 3)
	if days.From != "2024-05-05" || days.To != "2024-05-06" {
		t.Errorf("from %s to %s", days.From, days.To)
	}
	// Days that do not count.
	c := collect(t, metric.Options{Since: time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC), Until: time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC)}, s.each)
	if r := read(t, c, metric.ReadOptions{Least: 1}); r.Outside != 2 || r.Records != 2 {
		t.Errorf("%d records, %d outside", r.Records, r.Outside)
	}
}

// TestYearEnds: ISO weeks at the turn of the year, by package time.
func TestYearEnds(t *testing.T) {
	for day := time.Date(2018, 12, 20, 0, 0, 0, 0, time.UTC); day.Year() < 2022; day = day.AddDate(0, 0, 1) {
		if day.Month() == time.February {
			day = day.AddDate(0, 10, 0)
		}
		var s story
		s.add("a", day.Format(time.DateOnly)+" 12:00:00", event.Event{Kind: event.AppOpen})
		y, w := day.ISOWeek()
		if got := s.read(t, metric.ReadOptions{By: metric.Week}).Groups[0].Name; got != fmt.Sprintf("%d-W%02d", y, w) {
			t.Fatalf("%v is in %s", day, got)
		}
	}
}

func TestShares(t *testing.T) {
	var s story
	for i := range 8 {
		for range 3 {
			s.add(fmt.Sprint(i), "2024-05-06 10:00:00", event.Event{Kind: event.CardView})
		}
	}
	for range 5 {
		s.add("0", "2024-05-06 10:00:01", event.Event{Kind: event.ShareTap})
	}
	s.add("8", "2024-05-06 10:00:01", event.Event{Kind: event.ShareTap}) // the view is missing
	s.add("9", "2024-05-06 10:00:01", event.Event{Kind: event.AppOpen})
	m := s.read(t, metric.ReadOptions{}).All.Metric(metric.ShareRate)
	w := stats.Wilson(2, 9, .95)
	if m.Value != w.Value || m.Lo != w.Lo || m.Hi != w.Hi || m.N != 9 {
		t.Errorf("2 of 9: %+v", m)
	}
}

// TestUplift by hand: from Wednesday 1 May on, to Sunday 26 May. Three whole weeks follow
// that of the exposure: of the exposed 3, 2 and 1 are active, of the holdout 1, 0 and 2.
func TestUplift(t *testing.T) {
	var s story
	open := func(l string, weeks ...int) {
		for _, w := range weeks {
			for range 2 {
				s.add(l, fmt.Sprintf("2024-05-%02d 10:00:00", 6+7*(w-1)+1), event.Event{Kind: event.AppOpen})
			}
		}
	}
	for l, arm := range map[string]string{"a": "on", "b": "on", "c": "on", "d": "off", "e": "off", "f": "off"} {
		s.add(l, "2024-05-01 10:00:00", event.Event{Kind: event.Exposure, Experiment: "x", Arm: arm, Propensity: .5})
		s.add(l, "2024-05-01 10:00:00", event.Event{Kind: event.AppOpen}) // in the week of the exposure
	}
	open("a", 1, 2, 3)
	open("b", 1, 3)
	open("c", 2)
	open("d", 2)
	open("f", 1, 2)
	s.add("a", "2024-05-26 10:00:00", event.Event{Kind: event.CardView}) // the last week is over
	r := s.read(t, metric.ReadOptions{By: metric.Week, Holdout: "off"})
	m := r.All.Metric(metric.ActiveUplift)
	// 2/3 − 1/3. Shares 1, 2/3, 1/3 and 1/3, 0, 2/3: both variances 1/27, so t(.975; 4) = 2.776445.
	near(t, "uplift", m.Value, 1./3)
	near(t, "uplift hi", m.Hi, 1./3+2.7764451051977987*math.Sqrt(2./27))
	if m.N != 6 || m.Records != 18 {
		t.Errorf("uplift of %d listeners, %d weeks", m.N, m.Records)
	}
	near(t, "uplift in the second week", r.Groups[2].Metric(metric.ActiveUplift).Value, 0) // 2/3 − 2/3
	if m := r.Groups[0].Metric(metric.ActiveUplift); m.Value.Known() || m.Reason == "" {
		t.Errorf("uplift in the week of exposure: %+v", m)
	}
	arms := s.read(t, metric.ReadOptions{By: metric.Arm, Holdout: "off"})
	if off, on := arms.Groups[0], arms.Groups[1]; off.Name != "off" || off.Metric(metric.ActiveUplift).Reason != "it is the holdout" || on.Metric(metric.ActiveUplift).Value != m.Value {
		t.Errorf("arms: %+v", arms.Groups)
	}
	near(t, "weekly active of an arm", arms.Groups[1].Metric(metric.WeeklyActive).Value, 2./3)
	// A week that is not over does not count.
	s.add("a", "2024-05-27 10:00:00", event.Event{Kind: event.AppOpen})
	if m := s.read(t, metric.ReadOptions{Holdout: "off"}).All.Metric(metric.ActiveUplift); m.Records != 18 {
		t.Errorf("%d listener-weeks", m.Records)
	}
}

func TestArms(t *testing.T) {
	var s story
	expose := func(l, at, experiment, arm, hour string) {
		s.add(l, at, event.Event{Kind: event.Exposure, Experiment: experiment, Arm: arm, Propensity: .5, Hour: hour})
	}
	// Before the exposure nothing is the arm's; the first exposure counts.
	s.add("a", "2024-05-01 10:00:00", feels("before", -2))
	expose("a", "2024-05-03 10:00:00", "x", "two", "")
	expose("a", "2024-05-02 10:00:00", "x", "one", "")
	s.add("a", "2024-05-04 10:00:00", feels("after", 2))
	// Opting out of another experiment says nothing of this.
	s.add("a", "2024-05-05 10:00:00", event.Event{Kind: event.OptOut, Experiment: "y"})
	r := s.read(t, metric.ReadOptions{By: metric.Arm})
	if len(r.Groups) != 1 || r.Groups[0].Name != "one" {
		t.Fatalf("arms: %+v", r.Groups)
	}
	near(t, "feel of the arm", r.Groups[0].Metric(metric.Feel).Value, 2)
	near(t, "opt-out of the arm", r.Groups[0].Metric(metric.OptOut).Value, 0)
	near(t, "opt-out of all", r.All.Metric(metric.OptOut).Value, 1)
	if !strings.Contains(strings.Join(r.Notes, " "), "more than one arm") {
		t.Errorf("notes: %q", r.Notes)
	}
	// The playlist as the unit.
	var h story
	for i, arm := range []string{"one", "two", "one"} {
		hour := fmt.Sprint("h", i)
		h.add("b", "2024-05-02 10:00:00", event.Event{Kind: event.Exposure, Experiment: "x", Arm: arm, Propensity: .5, Hour: hour})
		h.add("b", "2024-05-02 11:00:00", feels(hour, i-1))
	}
	r = h.read(t, metric.ReadOptions{By: metric.Arm})
	near(t, "one", r.Groups[0].Metric(metric.Feel).Value, 0)
	near(t, "two", r.Groups[1].Metric(metric.Feel).Value, 0)
	if m := r.Groups[0].Metric(metric.Feel); m.Records != 2 || r.Groups[1].Metric(metric.Feel).Records != 1 {
		t.Errorf("%d answers in arm one", m.Records)
	}
	if m := r.Groups[0].Metric(metric.OptOut); m.Value.Known() || !strings.Contains(m.Reason, "drawn for each playlist") {
		t.Errorf("opt-out: %+v", m)
	}
	// What cannot be read is said.
	c := collect(t, metric.Options{}, h.each)
	for _, o := range []metric.ReadOptions{{Holdout: "three"}, {Experiment: "y"}, {By: metric.ByCohort}} {
		if _, err := c.Read(context.Background(), o); err == nil {
			t.Errorf("%+v is read", o)
		}
	}
	if _, err := metric.NewCollector(metric.Options{}).Read(context.Background(), metric.ReadOptions{By: metric.Arm}); err == nil {
		t.Error("arms of nothing are read")
	}
	expose("b", "2024-05-03 10:00:00", "z", "two", "")
	if _, err := collect(t, metric.Options{}, s.each).Read(context.Background(), metric.ReadOptions{By: metric.Arm}); err == nil || !strings.Contains(err.Error(), `"x", "z"`) {
		t.Errorf("of two experiments: %v", err)
	}
}

// TestSkipChange by hand: two adjusted on the 11th, with changes −.5 and 0; two never
// adjusted, with changes around it of .25 and −.25, and one whose tracks all lie before.
func TestSkipChange(t *testing.T) {
	var s story
	tracks := func(l, day string, early, all int, adjusted bool) {
		hour := l + day
		e := begins(hour, 180_000)
		e.Adjusted = adjusted
		s.add(l, "2024-05-"+day+" 10:00:00", e)
		for i := range all {
			e := ended(hour, i+1, 180_000, event.Completed)
			if i < early {
				e.MS, e.Reason = 10_000, event.Skipped
			}
			s.add(l, "2024-05-"+day+" 10:00:00", e)
		}
	}
	tracks("a", "02", 3, 4, false) // .75
	tracks("a", "11", 1, 4, true)  // .25
	tracks("b", "02", 1, 2, false)
	tracks("b", "11", 0, 1, true)
	tracks("b", "12", 1, 1, false) // after it, whether adjusted or not
	tracks("c", "02", 1, 4, false)
	tracks("c", "20", 2, 4, false)
	tracks("d", "10", 2, 4, false)
	tracks("d", "20", 1, 4, false)
	tracks("e", "10", 4, 4, false)
	m := s.read(t, metric.ReadOptions{}).All.Metric(metric.SkipChange)
	// −.25 − 0. Of the adjusted −.5 and 0: variance .125/2; of the others ±.25: 2·(2·(.25/2)²) = .0625. df = 2.
	near(t, "change", m.Value, -.25)
	near(t, "change lo", m.Lo, -.25-4.302652729911275*math.Sqrt(.125))
	if m.N != 4 || m.Records != 28 || m.Enough {
		t.Errorf("%d listeners, %d tracks", m.N, m.Records)
	}
	// 28 days before and after, no more.
	s = story{}
	tracks("a", "01", 4, 4, false)
	tracks("a", "29", 0, 4, true)
	s.add("a", "2024-04-30 10:00:00", event.Event{Kind: event.TrackEnd, Track: "t", MS: 1000, Reason: event.Completed})
	tracks("b", "28", 1, 4, false)
	tracks("b", "30", 1, 4, false)
	m = s.read(t, metric.ReadOptions{}).All.Metric(metric.SkipChange)
	near(t, "change", m.Value, -1)
	if m.Lo.Known() || m.Reason == "" {
		t.Errorf("of one and one listener: %v to %v, %s", m.Lo, m.Hi, m.Reason)
	}
}

// Where all are adjusted on one day it is the regression that everybody knows.
func TestSkipChangeOfOneDay(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var s story
	var p stats.Panel
	for l := range 40 {
		exposed := l%3 == 0
		for after, day := range []string{"10", "20"} {
			hour := fmt.Sprint(l, day)
			e := begins(hour, 180_000)
			e.Adjusted = exposed && after == 1
			s.add(fmt.Sprint(l), "2024-05-"+day+" 10:00:00", e)
			n, early := 2+r.IntN(9), 0
			for place := range n {
				e := ended(hour, place+1, 180_000, event.Completed)
				if r.IntN(4) == 0 {
					e.MS, e.Reason = 1000, event.Skipped
					early++
				}
				s.add(fmt.Sprint(l), "2024-05-"+day+" 10:00:00", e)
			}
			p.Y, p.Exposed, p.After, p.Clusters = append(p.Y, float64(early)/float64(n)), append(p.Exposed, exposed), append(p.After, after == 1), append(p.Clusters, l)
		}
	}
	got := s.read(t, metric.ReadOptions{}).All.Metric(metric.SkipChange)
	near(t, "value", got.Value, float64(stats.DifferenceInDifferences(p, .95).Difference.Value))
	var changes [2][]float64 // of the others, of the adjusted
	for i := 0; i < len(p.Y); i += 2 {
		k := 0
		if p.Exposed[i] {
			k = 1
		}
		changes[k] = append(changes[k], p.Y[i+1]-p.Y[i])
	}
	want, ok := stats.WelchT(changes[1], changes[0], stats.Options{}).Effect("difference of means")
	if !ok {
		t.Fatal("Welch's t has no difference of means")
	}
	near(t, "lo", got.Lo, float64(want.Lo))
	near(t, "hi", got.Hi, float64(want.Hi))
}

// TestRatioIsClustered holds intervals to a linear model of single records with
// listeners as clusters.
func TestRatioIsClustered(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var s story
	var y []float64
	var clusters []int
	for l := range 30 {
		tilt := r.IntN(3)
		for h := range 1 + r.IntN(6) {
			feel := max(-2, min(2, r.IntN(5)-2+tilt-1))
			s.add(fmt.Sprint(l), "2024-05-06 10:00:00", feels(fmt.Sprint(h), feel))
			y, clusters = append(y, float64(feel)), append(clusters, l)
		}
	}
	m := s.read(t, metric.ReadOptions{}).All.Metric(metric.Feel)
	fit := stats.FitLinear(y, nil, stats.LinearOptions{Errors: stats.CR1, Clusters: clusters}).Coefficients[0]
	near(t, "value", m.Value, float64(fit.Value))
	near(t, "lo", m.Lo, float64(fit.Lo))
	near(t, "hi", m.Hi, float64(fit.Hi))
}

// TestCoverage: of 30 listeners who differ, the interval of the skip rate holds the truth
// about as often as it says.
func TestCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	const runs, listeners = 600, 30
	// A listener's rate is .1 or .3, whatever the number of their tracks: the truth is .2.
	held := map[metric.Key]int{}
	for range runs {
		var s story
		for l := range listeners {
			rate := []float64{.1, .3}[r.IntN(2)]
			for h := range 1 + r.IntN(3) {
				hour := fmt.Sprint(h)
				for place := range 8 {
					e := ended(hour, place+1, 180_000, event.Completed)
					if r.Float64() < rate {
						e.MS, e.Reason = 1000, event.Skipped
					}
					s.add(fmt.Sprint(l), "2024-05-06 10:00:00", e)
				}
			}
		}
		if m := s.read(t, metric.ReadOptions{}).All.Metric(metric.SkipRate); m.Holds(.2) {
			held[metric.SkipRate]++
		}
	}
	w := stats.ClopperPearson(held[metric.SkipRate], runs, .999)
	if !w.Holds(.94) && !w.Holds(.95) {
		t.Errorf("the interval holds the truth in %d of %d", held[metric.SkipRate], runs)
	}
}

// What few listeners did is withheld, and what would tell of them.
func TestWithheld(t *testing.T) {
	var s story
	expose := func(from, to int, arm string) {
		for l := from; l < to; l++ {
			name := fmt.Sprintf("l%03d", l)
			s.add(name, "2024-05-01 10:00:00", event.Event{Kind: event.Exposure, Experiment: "x", Arm: arm, Propensity: .5})
			s.add(name, "2024-05-02 10:00:00", feels("h", l%5-2))
		}
	}
	expose(0, 40, "a")
	expose(40, 55, "b")
	expose(55, 59, "c")
	r := s.read(t, metric.ReadOptions{By: metric.Arm, Least: outcome.GroupLeast})
	for i, want := range []bool{false, true, true} { // b, as a and b would tell of c
		g := r.Groups[i]
		m := g.Metric(metric.Feel)
		if m.Withheld != want || m.Value.Known() == want || (g.Listeners == nil) != want || want && (m.N != 0 || m.Records != 0 || m.Reason == "") {
			t.Errorf("%s: %+v, %v listeners", g.Name, m, g.Listeners)
		}
	}
	if b, _ := json.Marshal(r.Groups[2]); bytes.Contains(b, []byte(`:4`)) {
		t.Errorf("a withheld group says how few it is: %s", b)
	}
	// A cohort whose rest is too small.
	cohorts, err := metric.ParseCohorts([]byte(`{"schema":1,"cohorts":[
		{"name":"most","where":{"not":{"fact":"group","is":"c"}}},{"name":"few","where":{"fact":"group","is":"c"}},{"name":"half","where":{"fact":"group","is":"half"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	table := "listener,fact,value\n"
	for l := range 59 {
		if l >= 55 {
			table += fmt.Sprintf("l%03d,group,c\n", l)
		}
		if l%2 == 0 {
			table += fmt.Sprintf("l%03d,Group, HALF\n", l)
		}
	}
	facts, err := metric.ReadFacts(strings.NewReader(table), cohorts)
	if err != nil {
		t.Fatal(err)
	}
	r = s.read(t, metric.ReadOptions{By: metric.ByCohort, Cohorts: cohorts, Facts: facts, Least: 10})
	for i, want := range []bool{true, true, false} {
		if m := r.Groups[i].Metric(metric.Feel); m.Withheld != want {
			t.Errorf("%s: %+v", r.Groups[i].Name, m)
		}
	}
	if *r.Groups[2].Listeners != 30 {
		t.Errorf("half of 59 are %d", *r.Groups[2].Listeners)
	}
	// An arm of few, drawn for playlists.
	var h story
	for l := range 20 {
		arm := "a"
		if l < 4 {
			arm = "b"
		}
		h.add(fmt.Sprint(l), "2024-05-02 10:00:00", event.Event{Kind: event.Exposure, Experiment: "x", Arm: arm, Propensity: .5, Hour: "h"})
	}
	if r := h.read(t, metric.ReadOptions{By: metric.Arm, Least: 10}); r.Groups[1].Listeners != nil || r.Groups[1].Records != nil || *r.Groups[0].Listeners != 16 {
		t.Errorf("arms: %+v", r.Groups)
	}
	// All of too few.
	s = story{}
	expose(0, 9, "a")
	if r := s.read(t, metric.ReadOptions{Least: 10}); r.All.Listeners != nil || !r.All.Metric(metric.Feel).Withheld {
		t.Errorf("nine listeners: %+v", r.All)
	}
}

func TestStrayClock(t *testing.T) {
	var s story
	for l := range 200 {
		s.add(fmt.Sprint(l), "2024-05-06 10:00:00", event.Event{Kind: event.AppOpen})
	}
	if n := s.read(t, metric.ReadOptions{}).Notes; len(n) != 0 {
		t.Errorf("notes: %q", n)
	}
	s.add("7", "2054-05-06 10:00:00", event.Event{Kind: event.AppOpen})
	if n := s.read(t, metric.ReadOptions{}).Notes; len(n) != 1 || !strings.Contains(n[0], "1565 weeks") {
		t.Errorf("notes: %q", n)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := metric.NewCollector(metric.Options{}).Read(ctx, metric.ReadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// The laws of definitions: every number lies in its interval, which lies in the metric's.
func TestIntervals(t *testing.T) {
	for seed := range uint64(4) {
		c := collect(t, metric.Options{}, invented{records: 3000, listeners: 12 + 20*int(seed), days: 30, seed: seed}.each)
		for _, by := range []metric.By{metric.Day, metric.Week, metric.Arm} {
			r := read(t, c, metric.ReadOptions{By: by, Holdout: "holdout", Least: 1})
			records := 0
			for _, g := range append([]metric.Group{r.All}, r.Groups...) {
				for i, m := range g.Metrics {
					d := r.Definitions[i]
					if m.Key != d.Key || m.Value.Known() && !(float64(m.Value) >= d.Lo-1e-12 && float64(m.Value) <= d.Hi+1e-12) || m.Lo.Known() && !(m.Lo <= m.Value && m.Value <= m.Hi) {
						t.Errorf("%s of %s: %+v", d.Key, g.Name, m)
					}
					if !m.Value.Known() && m.Reason == "" {
						t.Errorf("%s of %s is missing without a reason", d.Key, g.Name)
					}
				}
				records += *g.Records
			}
			if by != metric.Arm && records != 2*r.Records {
				t.Errorf("by %s: the groups have %d records, all have %d", by, records-r.Records, r.Records)
			}
		}
	}
}
