package session

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
)

// fixed is a generator that always begins alike.
func fixed() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// sortTogether sorts plays by their end, and rows beside them.
func sortTogether(plays []segue.Play, rows []int) {
	order := make([]int, len(plays))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return plays[order[i]].EndedAt.Before(plays[order[j]].EndedAt) })
	p, r := append([]segue.Play(nil), plays...), append([]int(nil), rows...)
	for i, o := range order {
		plays[i], rows[i] = p[o], r[o]
	}
}

const day = 24 * time.Hour

// Baseline plays of artist A on fourteen days from 73 to 60 before the end, a play
// 90 days before (so that there are 84 days of history, but outside the baseline
// itself), and in
// the window ten minutes of A, twenty of B at 01:00 local, ten of C, who was
// heard 90 days before only: exploration (20 + 10)/40, night 20/40, loyalty 1.
func TestHabitsByHand(t *testing.T) {
	plays, rows := []segue.Play{play(-90*day, 10*minute, "C", "c")}, []int{-1}
	for d := range time.Duration(BaselineActive) {
		plays, rows = append(plays, play((d-73)*day, 10*minute, "A", "a")), append(rows, -1)
	}
	plays = append(plays,
		play(-50*day, 20*time.Second, "B", "skipped"), // too short to be heard
		play(-3*day, 10*minute, "A feat. Z", "a"),
		play(-2*day+13*time.Hour+20*minute, 20*minute, "b", "b"),
		play(0, 10*minute, "C", "c"),
	)
	l := listening([]segue.Affect{{Valence: .2, Arousal: .6}, {Valence: .5, Arousal: .3}}, plays, append(rows, -1, 0, 1, -1))
	o := Options{Gates: Gates{SessionPlays: 1, UsualDays: 1}}
	w := NewWindow(l, Sessions(l, o), o)
	h := w.Habits()
	if w.Exploration() != NewArtists || !near(h.Exploration, .75) || !near(h.Night, .5) || !near(h.Loyalty, 1) {
		t.Errorf("%v %+v", w.Exploration(), h)
	}
	// valence (10·.2 + 20·.5)/30 = .4, arousal (10·.6 + 20·.3)/30 = .4
	if !near(h.Valence, .4) || !near(h.Arousal, .4) {
		t.Errorf("valence %v, arousal %v; want .4, .4", h.Valence, h.Arousal)
	}
	// two sessions with a mood, (.3, −.3) apart
	if !near(h.Swing, math.Sqrt(.18)) {
		t.Errorf("swing %v, want √.18", h.Swing)
	}
	if h.ActiveDays != 19 || h.Sessions != 19 || h.MoodSessions != 2 || h.RecentMoods != 2 || h.Plays != 18 || h.Featured != 2 || !h.To.Equal(noon()) || !h.From.Equal(noon().Add(-28*day)) {
		t.Errorf("counts %+v", h)
	}
}

// After a silence of weeks nobody knows which artists are new: with music on
// thirteen days of the baseline, or none, exploration is not "all of it".
func TestSilenceIsNotExploration(t *testing.T) {
	for _, days := range []int{0, BaselineActive - 1, BaselineActive} {
		plays := []segue.Play{play(-200*day, 10*minute, "A", "a")}
		for d := range days {
			plays = append(plays, play(time.Duration(d-80)*day, 10*minute, "B", "b"))
		}
		for i := range 60 {
			plays = append(plays, play(time.Duration(i-60)*5*minute, 5*minute, "C", "c"))
		}
		l := Listening{Plays: plays}
		w := NewWindow(l, Sessions(l, Options{}), Options{})
		want, measure := 1./50, Rarefaction
		if days == BaselineActive {
			want, measure = 1, NewArtists
		}
		if h := w.Habits(); w.Exploration() != measure || !near(h.Exploration, want) || h.ExplorationRarefied != (measure == Rarefaction) {
			t.Errorf("%d days: %v %v, want %v %v", days, w.Exploration(), h.Exploration, measure, want)
		}
	}
}

// The step from a session before the window is not of the window.
func TestSwingStaysInTheWindow(t *testing.T) {
	plays := []segue.Play{play(-40*day, 10*minute, "A", "a"), play(-day, 10*minute, "A", "b"), play(0, 10*minute, "A", "b")}
	l := listening([]segue.Affect{{Valence: 0, Arousal: .5}, {Valence: 1, Arousal: .5}}, plays, []int{0, 1, 1})
	o := Options{Gates: Gates{SessionPlays: 1}}
	if h := NewWindow(l, Sessions(l, o), o).Habits(); h.Swing != 0 {
		t.Errorf("swing %v, want 0 from the two sessions of the window", h.Swing)
	}
}

// Of 60 plays of 30 tracks, each twice, 50 drawn hold each track with
// probability 1 − (10·9)/(60·59) = 1 − 90/3540.
func TestRarefaction(t *testing.T) {
	var plays []segue.Play
	for i := range 60 {
		plays = append(plays, play(time.Duration(i)*3*minute, 3*minute, "A", string(rune('a'+i%30))))
	}
	l := Listening{Plays: plays}
	w := NewWindow(l, Sessions(l, Options{}), Options{})
	if want := 30 * (1 - 90./3540) / 50; w.Exploration() != Rarefaction || !near(w.Habits().Exploration, want) {
		t.Errorf("%v %v, want %v", w.Exploration(), w.Habits().Exploration, want)
	}
	l.Plays = plays[:49]
	if h := NewWindow(l, Sessions(l, Options{}), Options{}).Habits(); h.Exploration == h.Exploration {
		t.Errorf("49 plays are rarefied to %v", h.Exploration)
	}
}

func TestTop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(0, 9), 0, 40).Draw(t, "v")
		s := append([]float64(nil), v...)
		sort.Sort(sort.Reverse(sort.Float64Slice(s)))
		want := 0.
		for _, x := range s[:min(TopArtists, len(s))] {
			want += x
		}
		if got := top(v); math.Abs(got-want) > 1e-9 {
			t.Fatalf("top(%v) = %v, want %v", v, got, want)
		}
	})
}

// slowHabits computes the shares from the plays, with nothing summed up before.
func slowHabits(l Listening) (loyalty, night, valence float64) {
	to := l.Plays[len(l.Plays)-1].EndedAt
	from := to.Add(-28 * day)
	artists := map[string]float64{}
	var heard, dark, named, placed, sum float64
	for i, p := range l.Plays {
		if p.Played < 30*time.Second || !p.EndedAt.After(from) {
			continue
		}
		heard += p.Played.Seconds()
		for s := time.Duration(0); s < p.Played; s += 10 * time.Second { // all times are multiples of 10 s
			if p.StartedAt().Add(s).In(l.zone()).Hour() < 5 {
				dark += 10
			}
		}
		artists[p.Track.Artist] += p.Played.Seconds()
		named += p.Played.Seconds()
		if m := l.Matches[i]; m.Row >= 0 && l.Positions[m.Row].Known() {
			placed += p.Played.Seconds()
			sum += p.Played.Seconds() * l.Positions[m.Row].Valence
		}
	}
	var times []float64
	for _, t := range artists {
		times = append(times, t)
	}
	sort.Sort(sort.Reverse(sort.Float64Slice(times)))
	for _, t := range times[:min(10, len(times))] {
		loyalty += t
	}
	return loyalty / named, dark / heard, sum / placed
}

func TestHabitsLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawListening(t, 80)
		ss := Sessions(l, Options{})
		w := NewWindow(l, ss, Options{})
		h := w.Habits()
		if len(l.Plays) > 0 {
			loyalty, night, valence := slowHabits(l)
			if math.Abs(h.Loyalty-loyalty) > 1e-9 || math.Abs(h.Night-night) > 1e-9 || math.Abs(h.Valence-valence) > 1e-9 {
				t.Fatalf("habits %+v, slow version %v %v %v", h, loyalty, night, valence)
			}
		}
		seed := rapid.Uint64().Draw(t, "seed")
		a, b := w.Resample(rand.New(rand.NewPCG(seed, 1))), w.Resample(rand.New(rand.NewPCG(seed, 1)))
		for _, v := range [][2]float64{{a.Exploration, b.Exploration}, {a.Loyalty, b.Loyalty}, {a.Arousal, b.Arousal}, {a.Valence, b.Valence}, {a.Swing, b.Swing}, {a.Night, b.Night}} {
			if math.Float64bits(v[0]) != math.Float64bits(v[1]) {
				t.Fatalf("the same seed gives %+v and %+v", a, b)
			}
			if v[0] < -1e-12 || v[0] > 1+1e-9 && v[0] > math.Sqrt2 {
				t.Fatalf("out of range: %+v", a)
			}
		}
		if a.Sessions != h.Sessions || a.Plays != h.Plays || !a.To.Equal(h.To) {
			t.Fatalf("resampling changes the counts: %+v, %+v", h, a)
		}
	})
}

// The mean of many resamples of a mean is the mean, within four standard errors.
func TestResampleIsUnbiased(t *testing.T) {
	var positions []segue.Affect
	for d := range 28 {
		positions = append(positions, segue.Affect{Valence: float64(d%7) / 7, Arousal: .5})
	}
	l := regular(positions)
	w := NewWindow(l, Sessions(l, Options{}), Options{})
	rng := fixed()
	var sum, squares float64
	const n = 2000
	for range n {
		v := w.Resample(rng).Valence
		sum += v
		squares += v * v
	}
	mean := sum / n
	sd := math.Sqrt(squares/n - mean*mean)
	if want := w.Habits().Valence; math.Abs(mean-want) > 4*sd/math.Sqrt(n) || sd < .03 || sd > .08 {
		// sd of one session's valence is 2/7, over √28 sessions: .054
		t.Errorf("mean of resamples %v ± %v, want %v", mean, sd, want)
	}
}

// Rarefaction of resamples must not fall because a session was drawn twice: for
// sessions without a track in common it stays 1 exactly, and where they share
// tracks its mean is that of the window. With 30 sessions of 10 plays of 60
// tracks at random, 300 plays, the value is near 60·(1 − (1 − 1/60)^50)/50 = .68
// and a bootstrap with repeats would bring it down by .05.
func TestRarefactionSurvivesResampling(t *testing.T) {
	rng := fixed()
	for _, shared := range []bool{false, true} {
		var plays []segue.Play
		for s := range 30 {
			for i := range 10 {
				title := fmt.Sprint(s, "/", i)
				if shared {
					title = fmt.Sprint(rng.IntN(60))
				}
				plays = append(plays, play(time.Duration(s)*12*time.Hour/20*10+time.Duration(i)*3*minute, 3*minute, "A", title))
			}
		}
		l := Listening{Plays: plays}
		w := NewWindow(l, Sessions(l, Options{}), Options{})
		h := w.Habits()
		if !h.ExplorationRarefied || len(w.sessions) != 30 {
			t.Fatalf("%d sessions, %+v", len(w.sessions), h)
		}
		const n = 400
		var sum, squares float64
		for range n {
			r := w.Resample(rng)
			if !r.ExplorationRarefied {
				t.Fatal("the resample is measured otherwise")
			}
			sum += r.Exploration
			squares += r.Exploration * r.Exploration
		}
		mean := sum / n
		sd := math.Sqrt(max(0, squares/n-mean*mean))
		if math.Abs(mean-h.Exploration) > .01 || shared && sd == 0 || !shared && sd > 1e-9 {
			t.Errorf("shared %v: resamples have %v ± %v, the window %v", shared, mean, sd, h.Exploration)
		}
	}
}

// A half of two sessions of thirty plays is too few to rarefy, so both count.
func TestRarefactionTakesWhatItNeeds(t *testing.T) {
	var plays []segue.Play
	for i := range 60 {
		plays = append(plays, play(time.Duration(i/30)*day+time.Duration(i)*3*minute, 3*minute, "A", fmt.Sprint(i)))
	}
	l := Listening{Plays: plays}
	w := NewWindow(l, Sessions(l, Options{}), Options{})
	rng, known := fixed(), 0
	for range 100 {
		if h := w.Resample(rng); h.Exploration == h.Exploration {
			known++
		}
	}
	if known < 30 || known > 70 { // both sessions are drawn in half of the resamples
		t.Errorf("%d of 100 resamples are rarefied", known)
	}
}

// Of a long history only what lies in the window makes a persona.
func TestRecentMoods(t *testing.T) {
	positions := []segue.Affect{{Valence: .2, Arousal: .6}}
	var plays []segue.Play
	var rows []int
	for d := range 60 {
		after := time.Duration(d) * day
		if d == 59 {
			after += 40 * day // a long pause before the last session
		}
		for i := range 10 {
			plays, rows = append(plays, play(after+time.Duration(i)*3*minute, 3*minute, "A", "a")), append(rows, 0)
		}
	}
	l := listening(positions, plays, rows)
	h := NewWindow(l, Sessions(l, Options{}), Options{}).Habits()
	if h.MoodSessions != 60 || h.RecentMoods != 1 {
		t.Errorf("%+v", h)
	}
	if gates := DefaultGates().Persona(h); Open(gates) || !Open(gates[:3]) {
		t.Errorf("a persona from one recent session: %+v", gates)
	}
}

// slowSignals recomputes every window from the plays.
func slowSignals(l Listening, sessions []segue.Session) (sad, repetition, activity []float64) {
	dayNumber := func(t time.Time) int { return dayOf(t, l.zone()) }
	first, last := math.MaxInt, math.MinInt
	for _, p := range l.Plays {
		first, last = min(first, dayNumber(p.StartedAt())), max(last, dayNumber(p.StartedAt()))
	}
	nan := math.NaN()
	for end := min(first+13, last); end <= last; end++ {
		in := func(t time.Time) bool { return dayNumber(t) <= end && dayNumber(t) > end-14 }
		tracks, active := map[segue.TrackRef]bool{}, map[int]bool{}
		var plays, heard, sadTime, placed float64
		for _, p := range l.Plays {
			if !in(p.StartedAt()) {
				continue
			}
			heard += p.Played.Seconds()
			if p.Played > 0 {
				active[dayNumber(p.StartedAt())] = true
			}
			if p.Played >= 30*time.Second {
				plays++
				tracks[p.Track] = true
			}
		}
		for _, s := range sessions {
			if s.HasMood && in(s.Start) {
				placed += l.featuredTime(s)
				if s.Mood == segue.Sad {
					sadTime += l.featuredTime(s)
				}
			}
		}
		value := func(a, b float64) float64 {
			if b == 0 {
				return nan
			}
			return a / b
		}
		sad = append(sad, value(sadTime, placed))
		repetition = append(repetition, value(plays-float64(len(tracks)), plays))
		activity = append(activity, value(heard/3600, float64(len(active))))
	}
	return sad, repetition, activity
}

func TestRollingAgreesWithSlowVersion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawListening(t, 120)
		if len(l.Plays) == 0 {
			return
		}
		ss := Sessions(l, Options{Gates: Gates{SessionPlays: 1}})
		a1, a2, a3 := rolling(l.tallies(ss))
		b1, b2, b3 := slowSignals(l, ss)
		for k, pair := range [][2][]float64{{a1, b1}, {a2, b2}, {a3, b3}} {
			if len(pair[0]) != len(pair[1]) {
				t.Fatalf("measure %d: %d windows, slow version %d", k, len(pair[0]), len(pair[1]))
			}
			for i := range pair[0] {
				if x, y := pair[0][i], pair[1][i]; math.Abs(x-y) > 1e-9 || (x == x) != (y == y) {
					t.Fatalf("measure %d, window %d: %v, slow version %v", k, i, x, y)
				}
			}
		}
	})
}

// Sixty level days: everything is at its own middle. Then a fortnight of sad
// sessions, twice as long: the sad share and the activity stand out.
func TestSignals(t *testing.T) {
	happy, sad := segue.Affect{Valence: .8, Arousal: .8}, segue.Affect{Valence: .2, Arousal: .2}
	var positions []segue.Affect
	for range 60 {
		positions = append(positions, happy)
	}
	l := regular(positions)
	s := SignalsOf(l, Sessions(l, Options{}), Options{})
	want := segue.Signals{SadShare: 0, SadSharePercentile: .5, RepetitionPercentile: .5, Activity: 0, TrendKnown: true}
	if s != want {
		t.Errorf("level: %+v, want %+v", s, want)
	}
	for range 14 {
		positions = append(positions, sad)
	}
	l = regular(positions)
	for i := range l.Plays {
		if i >= 10*10 && i%50 < 10 { // an hour more now and then, so that activity varies
			l.Plays[i].Played += time.Second * time.Duration(i%7)
		}
		if i >= 600 {
			l.Plays[i].Played = 6 * minute
		}
	}
	s = SignalsOf(l, Sessions(l, Options{}), Options{})
	// the last of 61 windows is the only one that is all sad: mid-rank 60.5/61
	if !near(s.SadShare, 1) || !near(s.SadSharePercentile, 60.5/61) || s.Activity < 1.5 || !s.TrendKnown || !s.FallingTrend {
		t.Errorf("sad fortnight: %+v", s)
	}
	short := regular(positions[:27])
	if s := SignalsOf(short, Sessions(short, Options{}), Options{}); s.SadSharePercentile == s.SadSharePercentile || s.SadShare != 0 {
		t.Errorf("27 days, 14 windows: %+v", s)
	}
}

// years makes n plays of many tracks over several years.
func years(n int) Listening {
	rng := rand.New(rand.NewPCG(3, 4))
	positions := make([]segue.Affect, 2000)
	for i := range positions {
		positions[i] = segue.Affect{Valence: rng.Float64(), Arousal: rng.Float64()}
	}
	var plays []segue.Play
	var rows []int
	at := time.Duration(0)
	for range n {
		at += 3 * minute
		if rng.IntN(15) == 0 {
			at += time.Duration(1+rng.IntN(10)) * time.Hour
		}
		r := int(float64(len(positions)) * rng.Float64() * rng.Float64())
		plays = append(plays, play(at, 3*minute, string(rune('一'+r/8)), string(rune('一'+r))))
		rows = append(rows, r)
	}
	return listening(positions, plays, rows)
}

func TestManyPlaysAreDeterministic(t *testing.T) {
	l := years(20000)
	run := func() string {
		ss := Sessions(l, Options{})
		w := NewWindow(l, ss, Options{})
		j, err := json.Marshal([]any{UsualMood(l, ss, Options{}), DynamicsOf(l, ss), TrendsOf(l, Options{}, 0)})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(ss, w.Habits(), w.Resample(fixed()), SignalsOf(l, ss, Options{}), string(j))
	}
	if first, second := run(), run(); first != second {
		t.Error("two runs differ")
	}
}

func BenchmarkSessions(b *testing.B) {
	l := years(100000)
	b.ReportAllocs()
	for b.Loop() {
		Sessions(l, Options{})
	}
	b.ReportMetric(float64(b.N)*1e5/b.Elapsed().Seconds(), "plays/s")
}

func BenchmarkNewWindow(b *testing.B) {
	l := years(100000)
	ss := Sessions(l, Options{})
	for b.Loop() {
		NewWindow(l, ss, Options{})
	}
}

// Persona confidence: 500 resamples of one window.
func BenchmarkResample500(b *testing.B) {
	l := years(100000)
	w := NewWindow(l, Sessions(l, Options{}), Options{})
	for b.Loop() {
		rng := fixed()
		for range 500 {
			w.Resample(rng)
		}
	}
}

func BenchmarkSignals(b *testing.B) {
	l := years(100000)
	ss := Sessions(l, Options{})
	for b.Loop() {
		SignalsOf(l, ss, Options{})
	}
}

func BenchmarkUsualMood(b *testing.B) {
	l := years(100000)
	ss := Sessions(l, Options{})
	for b.Loop() {
		UsualMood(l, ss, Options{})
	}
}
