package session

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
)

const minute = time.Minute

func TestSessionsByHand(t *testing.T) {
	plays := []segue.Play{
		play(3*minute, 3*minute, "A", "a"),
		play(6*minute, 3*minute, "A", "b"),
		play(6*minute, 10*time.Second, "A", "c"),   // overlaps: no pause; a skip
		play(38*minute, 3*minute, "A", "d"),        // pause 29 min: the same session
		play(71*minute, 3*minute, "A", "e"),        // pause exactly 30 min: a new one
		play(72*minute, 20*minute, "A", "f"),       // began before the play before it: no pause
		play(200*minute, 80*time.Second, "A", "g"), // less than half of its track's 3 min: a skip
	}
	l := listening([]segue.Affect{{Valence: .5, Arousal: .5}}, plays, []int{-1, 0, 0, -1, -1, -1, 0})
	got := Sessions(l, Options{})
	want := [][2]int{{0, 4}, {4, 6}, {6, 7}}
	if len(got) != len(want) {
		t.Fatalf("%d sessions, want %d: %+v", len(got), len(want), got)
	}
	for i, s := range got {
		if s.First != want[i][0] || s.Last != want[i][1] {
			t.Errorf("session %d is plays [%d, %d), want %v", i, s.First, s.Last, want[i])
		}
		if s.HasMood || s.Position.Known() || s.Mood != segue.Mixed {
			t.Errorf("session %d shows a mood without plays enough: %+v", i, s)
		}
	}
	s := got[0]
	if !s.Start.Equal(noon()) || !s.End.Equal(noon().Add(38*minute)) || s.Skips != 1 || s.Plays() != 4 || s.Featured != 1 {
		t.Errorf("first session: %+v", s)
	}
	if s.Listened != 9*minute+10*time.Second || !near(s.Coverage, 190./550) { // 180 + 10 of 550 seconds
		t.Errorf("first session listened %v, coverage %v", s.Listened, s.Coverage)
	}
	if got[2].Skips != 1 {
		t.Errorf("a play of less than half a track is a skip: %+v", got[2])
	}
	if c := Sensitivity(plays, 15*minute, 30*minute, 60*minute); !reflect.DeepEqual(c, []int{4, 3, 2}) {
		t.Errorf("Sensitivity = %v, want 4, 3, 2", c)
	}
}

// Five equal plays at one point, ρ the default .2 because one session estimates
// nothing: Kish n = 5, design effect 1 + 4·.2 = 1.8, n_eff = 2.7778; s² = 0, so
// the variance of valence is .04/2.7778 = .0144 and its standard error .12; of
// arousal .0289/2.7778 = .010404 and .102. At (.8, .8) z is 2.5 and 2.941, and
// happy is Φ(2.5)·Φ(2.9412) = .9937903·.9983650 = .9921655.
func TestSessionMoodByHand(t *testing.T) {
	var plays []segue.Play
	for i := range 5 {
		plays = append(plays, play(time.Duration(3*i)*minute, 3*minute, "A", "a"))
	}
	s := Sessions(listening([]segue.Affect{{Valence: .8, Arousal: .8}}, plays, make([]int, 5)), Options{})[0]
	if !s.HasMood || s.Mood != segue.Happy || !near(s.Position.Valence, .8) || !near(s.Coverage, 1) {
		t.Fatalf("session %+v", s)
	}
	if !near(s.StdErr.Valence, .12) || !near(s.StdErr.Arousal, .102) {
		t.Errorf("standard error %+v, want .12 and .102", s.StdErr)
	}
	if math.Abs(s.Membership[segue.Happy]-.9921655) > 1e-6 {
		t.Errorf("membership %v", s.Membership)
	}
}

// Three minutes at valence .2 and one at .6: mean (3·.2 + .6)/4 = .3; weights
// 180 and 60: Kish n = 240²/(180² + 60²) = 1.6; weighted variance
// (3·.01 + .09)/4 = .03, unbiased ·1.6/.6 = .08 > .04; design effect 1.12;
// variance .08·1.12/1.6 = .056.
func TestSpreadBeyondPlacementError(t *testing.T) {
	var s spread
	s.add(.2, 180)
	s.add(.6, 60)
	if got := s.standardError(.2, .2); !near(s.mean, .3) || !near(got*got, .056) {
		t.Errorf("mean %v, variance %v; want .3, .056", s.mean, got*got)
	}
}

func TestCorrelationAgreesWithReference(t *testing.T) {
	ref := readReference(t)
	var positions []segue.Affect
	var plays []segue.Play
	var rows []int
	var sessions []segue.Session
	for g, group := range ref.Groups {
		first := len(plays)
		for _, v := range group {
			rows = append(rows, len(positions))
			positions = append(positions, segue.Affect{Valence: v, Arousal: 7})
			plays = append(plays, play(time.Duration(g)*time.Hour, minute, "A", "a"))
		}
		sessions = append(sessions, segue.Session{First: first, Last: len(plays)})
	}
	rho, ok := Correlation(listening(positions, plays, rows), sessions)
	if !ok || math.Abs(rho.Valence-ref.ICC) > 1e-9 {
		t.Errorf("correlation %v, %v; want %v", rho.Valence, ok, ref.ICC)
	}
	if rho.Arousal != DefaultCorrelation {
		t.Errorf("an axis that does not vary has correlation %v", rho.Arousal)
	}
	if rho, ok := Correlation(Listening{}, nil); ok || rho.Valence != DefaultCorrelation {
		t.Errorf("no sessions: %v, %v", rho, ok)
	}
}

// slowSessions asks of every pair of neighbours whether they belong together.
func slowSessions(plays []segue.Play, gap time.Duration) []int {
	number := make([]int, len(plays))
	for i := range plays {
		for j := 1; j <= i; j++ {
			start := plays[j].EndedAt.Add(-plays[j].Played)
			if quiet := start.Sub(plays[j-1].EndedAt); quiet > 0 && quiet >= gap {
				number[i]++
			}
		}
	}
	return number
}

func TestSessionLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawListening(t, 60)
		gap := time.Duration(rapid.IntRange(1, 90).Draw(t, "gap")) * minute
		o := Options{Gap: gap}
		ss := Sessions(l, o)
		number := slowSessions(l.Plays, gap)
		next := 0
		for k, s := range ss {
			if s.First != next || s.Last <= s.First {
				t.Fatalf("session %d is [%d, %d) after %d", k, s.First, s.Last, next)
			}
			next = s.Last
			for i := s.First; i < s.Last; i++ {
				if number[i] != k {
					t.Fatalf("play %d is in session %d, slow version %d", i, k, number[i])
				}
			}
			sum := 0.
			for _, m := range s.Membership {
				sum += m
			}
			if s.HasMood && math.Abs(sum-1) > 1e-12 || s.HasMood != (s.Featured >= 5) {
				t.Fatalf("session %d: memberships sum to %v, %+v", k, sum, s)
			}
		}
		if next != len(l.Plays) {
			t.Fatalf("sessions end at play %d of %d", next, len(l.Plays))
		}
		if c := Sensitivity(l.Plays, gap, gap/2, gap*2); c[0] != len(ss) || c[1] < c[0] || c[2] > c[0] {
			t.Fatalf("%d sessions; sensitivity %v for the gap, half and double", len(ss), c)
		}

		by := time.Duration(rapid.Int64Range(-1e9, 1e9).Draw(t, "shift")) * time.Second
		moved := l
		moved.Plays = append([]segue.Play(nil), l.Plays...)
		for i := range moved.Plays {
			moved.Plays[i].EndedAt = moved.Plays[i].EndedAt.Add(by)
		}
		for k, s := range Sessions(moved, o) {
			if want := ss[k]; s.First != want.First || s.Last != want.Last || !s.Start.Equal(want.Start.Add(by)) || s.Membership != want.Membership {
				t.Fatalf("moved by %v, session %d is %+v, was %+v", by, k, s, want)
			}
		}
	})
}

func TestEdges(t *testing.T) {
	empty := Listening{}
	if s := Sessions(empty, Options{}); len(s) != 0 {
		t.Errorf("sessions of nothing: %+v", s)
	}
	one := listening([]segue.Affect{{Valence: .1, Arousal: .9}}, []segue.Play{play(0, minute, "A", "a")}, []int{0})
	for name, l := range map[string]Listening{"empty": empty, "one": one, "one without a catalogue": {Plays: one.Plays}} {
		ss := Sessions(l, Options{})
		if len(ss) != len(l.Plays) {
			t.Errorf("%s: %d sessions", name, len(ss))
		}
		u := UsualMood(l, ss, Options{})
		if u.Known || u.Valence.Value.Known() || u.Mood != nil {
			t.Errorf("%s: usual mood %+v", name, u)
		}
		if _, err := json.Marshal(u); err != nil {
			t.Errorf("%s: usual mood as JSON: %v", name, err)
		}
		d := DynamicsOf(l, ss)
		if b, err := json.Marshal(d); err != nil || d.Swing.Known() || strings.Contains(string(b), `"days":null`) {
			t.Errorf("%s: dynamics as JSON: %s, %v", name, b, err)
		}
		if tr := TrendsOf(l, Options{}, 0); tr.Valence.Known {
			t.Errorf("%s: trend %+v", name, tr)
		} else if _, err := json.Marshal(tr); err != nil {
			t.Errorf("%s: trend as JSON: %v", name, err)
		}
		w := NewWindow(l, ss, Options{})
		for _, h := range []segue.Habits{w.Habits(), w.Resample(fixed())} {
			if h.Swing == h.Swing || h.Exploration == h.Exploration || h.ActiveDays != len(l.Plays) {
				t.Errorf("%s: habits %+v", name, h)
			}
		}
		if s := SignalsOf(l, ss, Options{}); s.Activity == s.Activity || s.TrendKnown || s.FallingTrend {
			t.Errorf("%s: signals %+v", name, s)
		}
	}
	// one play lowered to every gate
	low := Options{Gates: Gates{1, 1, 1, 1, 1, 1, 1, 1, 1}}
	u := UsualMood(one, Sessions(one, low), low)
	if !u.Known || *u.Mood != segue.Angry || u.Valence.Value != .1 || u.Valence.Lo != .1 || !near(float64(u.Shares[segue.Angry].Value), 1) {
		t.Errorf("usual mood of one play: %+v", u)
	}
}

func TestBadCallsPanic(t *testing.T) {
	plays := []segue.Play{play(minute, minute, "A", "a"), play(0, minute, "A", "a")}
	for name, call := range map[string]func(){
		"order":     func() { Sessions(Listening{Plays: plays}, Options{}) },
		"matches":   func() { Sessions(Listening{Plays: plays[:1], Matches: make([]segue.Match, 2)}, Options{}) },
		"positions": func() { Sessions(Listening{Catalog: &segue.Catalog{}, Positions: make([]segue.Affect, 1)}, Options{}) },
		"gap":       func() { Sessions(Listening{}, Options{Gap: -1}) },
		"gaps":      func() { Sensitivity(nil, 0) },
		"days":      func() { TrendsOf(Listening{}, Options{}, -1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

// The real history, when it is there: sessions are counted, and looked at.
func TestRealHistory(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "history", "StreamingHistory0.json"))
	if err != nil {
		t.Skip("no real history beside the repository; it is not cut into sessions")
	}
	var raw []struct {
		EndTime, ArtistName, TrackName string
		MsPlayed                       int64
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	l := Listening{Location: zone(t, "Asia/Kolkata")}
	for _, r := range raw {
		end, err := time.Parse("2006-01-02 15:04", r.EndTime)
		if err != nil {
			t.Fatal(err)
		}
		l.Plays = append(l.Plays, segue.Play{Track: segue.TrackRef{Artist: r.ArtistName, Title: r.TrackName}, EndedAt: end, Played: time.Duration(r.MsPlayed) * time.Millisecond})
	}
	ss := Sessions(l, Options{})
	counts := Sensitivity(l.Plays, DefaultGaps()...)
	w := NewWindow(l, ss, Options{})
	t.Logf("%d plays, sessions by gap %v, habits %+v (%v)", len(l.Plays), counts, w.Habits(), w.Exploration())
	t.Logf("signals %+v", SignalsOf(l, ss, Options{}))
	if counts[2] != len(ss) || len(ss) < 100 || len(ss) > 3000 {
		t.Errorf("%d sessions, sensitivity %v", len(ss), counts)
	}
}
