package session

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
)

func TestUsualMood(t *testing.T) {
	happy, sad := segue.Affect{Valence: .8, Arousal: .8}, segue.Affect{Valence: .2, Arousal: .2}
	var positions []segue.Affect
	for d := range 40 {
		at := happy
		if d%4 == 0 {
			at = sad
		}
		positions = append(positions, at)
	}
	l := regular(positions)
	ss := Sessions(l, Options{})
	u := UsualMood(l, ss, Options{Seed: 1})
	// 30 of 40 sessions at .8 and 10 at .2: mean .65, shares ¾ and ¼. The
	// bootstrap standard error is .6·√(.75·.25/40) = .0411: half-width ≈ .08.
	if !u.Known || !near(float64(u.Valence.Value), .65) || *u.Mood != segue.Happy || !near(float64(u.Shares[segue.Sad].Value), .25) || u.LowCoverage {
		t.Fatalf("usual mood %+v", u)
	}
	for _, half := range []float64{float64(u.Valence.Value - u.Valence.Lo), float64(u.Valence.Hi - u.Valence.Value)} {
		if half < .06 || half > .10 {
			t.Errorf("interval %+v", u.Valence)
		}
	}
	if again := UsualMood(l, ss, Options{Seed: 1}); !reflect.DeepEqual(u, again) {
		t.Error("the same seed gives another bootstrap")
	}
	if other := UsualMood(l, ss, Options{Seed: 2}); reflect.DeepEqual(u.Valence, other.Valence) {
		t.Error("another seed gives the same bootstrap")
	}
	if short := UsualMood(regular(positions[:19]), Sessions(regular(positions[:19]), Options{}), Options{}); short.Known || short.Gates[1].Open() || short.Gates[1].Have != 19 {
		t.Errorf("19 sessions open the gate: %+v", short)
	}
	for i := range l.Matches {
		if i%2 == 0 {
			l.Matches[i] = segue.Match{Row: -1}
		}
	}
	if u := UsualMood(l, Sessions(l, Options{}), Options{}); !u.LowCoverage || !near(u.Coverage, .5) {
		t.Errorf("half the plays unmatched: %+v", u)
	}
}

// On 30 October 2022 clocks in Berlin went from 03:00 back to 02:00. A play of
// two hours from 00:30 UTC, 02:30 local, hears half an hour of the first 02, all
// of the second 02, and half an hour of 03. On 27 March they went from 02:00 to
// 03:00: from 00:30 UTC, 01:30 local, the next hour is 03.
func TestClockChanges(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		start time.Time
		want  map[int]float64
	}{
		{time.Date(2022, 10, 30, 0, 30, 0, 0, time.UTC), map[int]float64{2: 5400, 3: 1800}},
		{time.Date(2022, 3, 27, 0, 30, 0, 0, time.UTC), map[int]float64{1: 1800, 3: 3600, 4: 1800}},
	} {
		p := segue.Play{EndedAt: c.start.Add(2 * time.Hour), Played: 2 * time.Hour}
		l := Listening{Plays: []segue.Play{p}, Location: berlin}
		d := DynamicsOf(l, nil)
		for h, cell := range d.Week[time.Sunday] {
			if cell.Seconds != c.want[h] {
				t.Errorf("%v: hour %d has %v s, want %v", c.start, h, cell.Seconds, c.want[h])
			}
		}
		if len(d.Days) != 1 || d.Days[0].Seconds != 7200 {
			t.Errorf("%v: days %+v", c.start, d.Days)
		}
	}
}

// In Lisbon clocks went from 01:00 to 02:00 on 26 March 2023 and from 02:00 back
// to 01:00 on 29 October: local days of 23 and of 25 hours. A day's number, the
// night and the days between must not notice.
func TestLisbonDays(t *testing.T) {
	lisbon := zone(t, "Europe/Lisbon")
	for _, c := range []struct {
		at   time.Time
		date string
	}{
		{time.Date(2023, 3, 25, 23, 59, 0, 0, time.UTC), "2023-03-25"},
		{time.Date(2023, 3, 26, 22, 59, 0, 0, time.UTC), "2023-03-26"}, // 23:59 in summer time
		{time.Date(2023, 3, 26, 23, 0, 0, 0, time.UTC), "2023-03-27"},
		{time.Date(2023, 10, 28, 23, 0, 0, 0, time.UTC), "2023-10-29"},
		{time.Date(2023, 10, 29, 23, 59, 0, 0, time.UTC), "2023-10-29"}, // 23:59 in winter time
		{time.Date(2023, 10, 30, 0, 0, 0, 0, time.UTC), "2023-10-30"},
	} {
		if got := dateOf(dayOf(c.at, lisbon)); got != c.date {
			t.Errorf("%v is %s in Lisbon, want %s", c.at, got, c.date)
		}
	}
	// A play through the whole local night: from midnight to five there are four
	// hours in March and six in October.
	for _, c := range []struct {
		start time.Time
		night float64
	}{{time.Date(2023, 3, 25, 22, 0, 0, 0, time.UTC), 4. / 8}, {time.Date(2023, 10, 28, 22, 0, 0, 0, time.UTC), 6. / 8}} {
		l := Listening{Plays: []segue.Play{{Track: segue.TrackRef{Artist: "A", Title: "a"}, EndedAt: c.start.Add(8 * time.Hour), Played: 8 * time.Hour}}, Location: lisbon}
		if h := NewWindow(l, Sessions(l, Options{}), Options{}).Habits(); !near(h.Night, c.night) {
			t.Errorf("%v: night %v, want %v", c.start, h.Night, c.night)
		}
	}
}

// 23:50 in Kolkata is 18:20 UTC: a play of twenty minutes belongs half to each
// of two local days.
func TestMidnightElsewhere(t *testing.T) {
	p := segue.Play{EndedAt: time.Date(2023, 1, 1, 18, 40, 0, 0, time.UTC), Played: 20 * minute}
	d := DynamicsOf(Listening{Plays: []segue.Play{p}, Location: zone(t, "Asia/Kolkata")}, nil)
	if len(d.Days) != 2 || d.Days[0].Date != "2023-01-01" || d.Days[1].Date != "2023-01-02" || d.Days[1].Seconds != 600 {
		t.Errorf("days %+v", d.Days)
	}
	if d.Week[time.Sunday][23].Seconds != 600 || d.Week[time.Monday][0].Seconds != 600 {
		t.Errorf("hours %+v %+v", d.Week[time.Sunday][23], d.Week[time.Monday][0])
	}
	if got := dayOf(time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC), time.UTC); got != -1 || dateOf(got) != "1969-12-31" {
		t.Errorf("the day before 1970 is %d, %s", got, dateOf(got))
	}
}

// Plays under half a minute are time heard, but place nothing.
func TestSkipsPlaceNothing(t *testing.T) {
	l := listening([]segue.Affect{{Valence: .9, Arousal: .9}}, []segue.Play{play(0, 29*time.Second, "A", "a")}, []int{0})
	if d := DynamicsOf(l, Sessions(l, Options{})); len(d.Days) != 1 || d.Days[0].Seconds != 29 || d.Days[0].Position != nil {
		t.Errorf("days %+v", d.Days)
	}
}

func TestHoursAddUp(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"}
	rapid.Check(t, func(t *rapid.T) {
		z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		p := segue.Play{
			EndedAt: time.Unix(rapid.Int64Range(1.6e9, 1.7e9).Draw(t, "end"), 0),
			Played:  time.Duration(rapid.Int64Range(0, int64(5*time.Hour)).Draw(t, "played")),
		}
		var sum time.Duration
		at := p.StartedAt()
		eachHour(p, z, func(local time.Time, lasted time.Duration) {
			if lasted <= 0 || lasted > time.Hour || !local.Equal(at) {
				t.Fatalf("piece of %v at %v, want %v", lasted, local, at)
			}
			at = at.Add(lasted)
			sum += lasted
		})
		if sum != p.Played {
			t.Fatalf("pieces sum to %v of %v", sum, p.Played)
		}
	})
}

// Sessions at valence 0, 1, 1, 0 (arousal .1) are sad, calm, calm, sad. Mean .5; lag-1 products
// −.25, .25, −.25 over 4·.25: inertia −.25. Steps 1, 0, 1: swing √(2/3).
func TestDynamicsByHand(t *testing.T) {
	l := regular([]segue.Affect{{Valence: 0, Arousal: .1}, {Valence: 1, Arousal: .1}, {Valence: 1, Arousal: .1}, {Valence: 0, Arousal: .1}})
	d := DynamicsOf(l, Sessions(l, Options{}))
	var want Transitions
	want[segue.Sad][segue.Calm], want[segue.Calm][segue.Calm], want[segue.Calm][segue.Sad] = 1, 1, 1
	if d.Transitions != want {
		t.Errorf("transitions %v", d.Transitions)
	}
	if !near(float64(d.InertiaValence), -.25) || d.InertiaArousal.Known() || !near(float64(d.Swing), math.Sqrt(2./3)) {
		t.Errorf("inertia %v, %v, swing %v", d.InertiaValence, d.InertiaArousal, d.Swing)
	}
	monday := d.Week[time.Monday][12]
	if monday.Seconds != 1800 || *monday.Mood != segue.Sad || len(d.Days) != 4 || *d.Days[1].Mood != segue.Calm {
		t.Errorf("Monday noon %+v, days %+v", monday, d.Days)
	}
	if _, err := json.Marshal(d); err != nil {
		t.Error(err)
	}
}

func TestTrendStatisticsAgreeWithReference(t *testing.T) {
	for i, c := range readReference(t).Trends {
		z, p := mannKendall(c.Values)
		if math.Abs(z-c.Z) > 1e-9 || math.Abs(p-c.P) > 1e-9 {
			t.Errorf("series %d: z %v, p %v; want %v, %v", i, z, p, c.Z, c.P)
		}
		if s := theilSen(c.Days, c.Values); math.Abs(s-c.Slope) > 1e-9 {
			t.Errorf("series %d: slope %v, want %v", i, s, c.Slope)
		}
		if m := midRank(c.Values[len(c.Values)-1], c.Values); math.Abs(m-c.Midrank) > 1e-9 {
			t.Errorf("series %d: mid-rank %v, want %v", i, m, c.Midrank)
		}
		in := percentileInterval(append([]float64(nil), c.Values...))
		if math.Abs(in.Lo-c.Quantile) > 1e-9 {
			t.Errorf("series %d: 2.5 %% quantile %v, want %v", i, in.Lo, c.Quantile)
		}
		if len(c.Values) >= SignalWindows && c.RobustZ != nil {
			if z := lastRobustZ(c.Values); math.Abs(z-*c.RobustZ) > 1e-9 {
				t.Errorf("series %d: robust z %v, want %v", i, z, *c.RobustZ)
			}
		}
	}
}

// A falling valence is found; the same days in a shuffled order are not a
// trend; nor is a listener whose sad hour merely grows later by the day.
func TestTrends(t *testing.T) {
	var falling, level []segue.Affect
	for d := range 30 {
		falling = append(falling, segue.Affect{Valence: .8 - .01*float64(d), Arousal: .5})
		level = append(level, segue.Affect{Valence: .5 + .15*float64(d*17%30-15)/15, Arousal: .5})
	}
	// the decline of .01 a day over 29 days is a change of −.29
	tr := TrendsOf(regular(falling), Options{}, 0).Valence
	if !tr.Known || !tr.Falling || tr.Rising || !near(float64(tr.Change), -.29) || tr.Days != 30 {
		t.Errorf("falling: %+v", tr)
	}
	if tr := TrendsOf(regular(falling), Options{}, 0).Arousal; tr.Falling || tr.Rising || tr.P != 1 {
		t.Errorf("constant arousal: %+v", tr)
	}
	if tr := TrendsOf(regular(level), Options{}, 0).Valence; tr.Falling || tr.Rising {
		t.Errorf("no trend: %+v", tr)
	}
	if tr := TrendsOf(regular(falling[:20]), Options{}, 0).Valence; tr.Known || tr.Gates[0].Have != 20 {
		t.Errorf("20 days: %+v", tr)
	}
	if tr := TrendsOf(regular(falling), Options{}, 25).Valence; tr.Days != 25 || !near(float64(tr.Change), -.24) {
		t.Errorf("the last 25 days: %+v", tr)
	}

	// valence .8 by day and .2 at night, with ever more nights
	var plays []segue.Play
	var rows []int
	for d := range 30 {
		for i := range 30 {
			at, row := time.Duration(i)*3*minute, 0
			if i < d {
				at, row = at+9*time.Hour, 1
			}
			plays, rows = append(plays, play(time.Duration(d)*24*time.Hour+at, 3*minute, "A", "a")), append(rows, row)
		}
	}
	sortTogether(plays, rows)
	l := listening([]segue.Affect{{Valence: .8, Arousal: .5}, {Valence: .2, Arousal: .5}}, plays, rows)
	if tr := TrendsOf(l, Options{}, 0).Valence; tr.Falling || tr.Rising {
		t.Errorf("the hour of day looks like a trend: %+v", tr)
	}
}

// Mirroring mirrors the statistic, and stretching changes nothing.
func TestMannKendallLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.SliceOfN(rapid.IntRange(0, 12), 3, 30).Draw(t, "x")
		var x, mirrored, stretched []float64
		for _, w := range whole {
			x, mirrored, stretched = append(x, float64(w)/16), append(mirrored, -float64(w)/16), append(stretched, float64(w*w)+3)
		}
		z, p := mannKendall(x)
		if mz, mp := mannKendall(mirrored); mz != -z || mp != p {
			t.Fatalf("%v, %v; mirrored %v, %v", z, p, mz, mp)
		}
		if sz, sp := mannKendall(stretched); sz != z || sp != p {
			t.Fatalf("%v, %v; stretched %v, %v", z, p, sz, sp)
		}
		if p < 0 || p > 1 {
			t.Fatalf("p = %v", p)
		}
	})
}
