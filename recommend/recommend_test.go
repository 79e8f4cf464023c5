package recommend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/catalog"
	"segue/demo"
	"segue/history"
	"segue/mood"
	"segue/playlist"
	"segue/recommend"
	"segue/session"
)

// demonstration reads the demonstration's files once for all tests.
var demonstration = sync.OnceValues(func() (*segue.Catalog, []segue.Play) {
	dir, err := os.MkdirTemp("", "segue-recommend-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	table, export, err := demo.Write(ctx, dir, 1)
	if err != nil {
		panic(err)
	}
	c, _, err := catalog.Read(ctx, []string{table}, catalog.Options{})
	if err != nil {
		panic(err)
	}
	plays, _, err := history.Read(ctx, export, history.Options{})
	if err != nil {
		panic(err)
	}
	return c, plays
})

// climb takes every step of the staircase on the demonstration.
func climb(t *testing.T, seed uint64) (*recommend.Music, *recommend.Listener, *recommend.Profile, *playlist.Playlist) {
	t.Helper()
	ctx := context.Background()
	c, plays := demonstration()
	m, err := recommend.Learn(ctx, c, mood.Options{Algorithms: []string{mood.KMeans}, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	l, err := recommend.Listen(ctx, m, plays, recommend.ListenOptions{Location: demo.Location(), Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	p, err := recommend.ProfileOf(ctx, l, recommend.ProfileOptions{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	hour, err := recommend.Plan(ctx, m, l, p, recommend.Wish{From: "angry", To: "calm", Minutes: 60, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return m, l, p, hour
}

func TestTheStaircaseHoldsTogether(t *testing.T) {
	m, l, p, hour := climb(t, 1)
	if len(m.Positions) != m.Catalog.Len() || m.Model() == nil {
		t.Fatal("the music is not learned")
	}
	v := l.View()
	plays := 0
	for _, s := range v.Sessions {
		plays += s.Plays
		if (s.Mood == nil) != (s.Interval == nil) || (s.Mood == nil) != (s.Memberships == nil) {
			t.Fatalf("session of %v has half a mood", s.Start)
		}
		if s.Mood != nil && (s.Interval.Valence.Lo > *s.Valence || s.Interval.Valence.Hi < *s.Valence) {
			t.Fatalf("session of %v lies outside its interval", s.Start)
		}
	}
	if plays != v.Plays || plays != len(l.Listening.Plays) || v.Count != len(v.Sessions) {
		t.Errorf("sessions hold %d plays of %d", plays, v.Plays)
	}
	if v.Sensitivity["30m"] != v.Count {
		t.Errorf("sensitivity says %d sessions at 30 minutes, there are %d", v.Sensitivity["30m"], v.Count)
	}
	for _, g := range p.Gates {
		if !g.Open || g.Have < g.Need {
			t.Errorf("gate %s is closed on a year of listening: %d of %d", g.Name, g.Have, g.Need)
		}
	}
	if !p.Usual.Known || p.Persona.Defaults == nil {
		t.Error("a year of listening gives neither a usual mood nor a persona")
	}
	familiar := 0
	for _, tr := range hour.Tracks {
		if tr.Familiar != nil && *tr.Familiar {
			familiar++
		}
	}
	if familiar == 0 {
		t.Error("the hour of a listener with a history holds nothing they know")
	}
}

func TestTheSameSeedGivesTheSameBytesOnAnyNumberOfCores(t *testing.T) {
	object := func() []byte {
		m, l, p, hour := climb(t, 3)
		for _, model := range m.Training.Models {
			model.Seconds = mood.Seconds{}
		}
		b, err := json.Marshal([]any{m.Training, l.View(), p, hour})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	one := object()
	runtime.GOMAXPROCS(4)
	if !bytes.Equal(one, object()) {
		t.Error("four processors give other bytes than one")
	}
}

func TestWithoutAHistoryTheHourIsMadeOfTheCatalogue(t *testing.T) {
	c, _ := demonstration()
	m, err := recommend.Place(c)
	if err != nil {
		t.Fatal(err)
	}
	hour, err := recommend.Plan(context.Background(), m, nil, nil, recommend.Wish{From: "sad", Minutes: 30, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if hour.To.Name != "content" {
		t.Errorf("from sad it leads to %q, science §6 says content", hour.To.Name)
	}
	for _, tr := range hour.Tracks {
		if tr.Familiar != nil {
			t.Fatal("without a history a track is called familiar or new")
		}
	}
	_, err = recommend.Plan(context.Background(), m, nil, nil, recommend.Wish{To: "calm"})
	if !recommend.NeedsStart(err) || !errors.Is(err, segue.ErrUsage) {
		t.Errorf("without a start: %v", err)
	}
}

func TestWishesThatMakeNoSense(t *testing.T) {
	c, _ := demonstration()
	m, err := recommend.Place(c)
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range map[string]recommend.Wish{
		"unknown mood":   {From: "grumpy"},
		"unknown target": {From: "calm", To: "1.5,2"},
		"too short":      {From: "calm", Minutes: 3},
		"the middle":     {From: ".5,.5"},
	} {
		if _, err := recommend.Plan(context.Background(), m, nil, nil, w); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("%s: %v, want an error of the call", name, err)
		}
	}
}

func TestAShortHistoryIsStillLearning(t *testing.T) {
	c, plays := demonstration()
	m, err := recommend.Place(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 40} {
		l, err := recommend.Listen(context.Background(), m, plays[:n], recommend.ListenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := recommend.ProfileOf(context.Background(), l, recommend.ProfileOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if p.Usual.Known || p.Persona.Kind != "tuning" || p.Offer.Kind != "ask" {
			t.Errorf("%d plays: usual known %v, persona %s, offer %s", n, p.Usual.Known, p.Persona.Kind, p.Offer.Kind)
		}
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatalf("%d plays: %v", n, err)
		}
		for _, key := range []string{`"coverage"`, `"habits"`, `"persona"`, `"offer"`, `"gates"`} {
			if !strings.Contains(string(b), key) {
				t.Errorf("%d plays: no %s", n, key)
			}
		}
	}
}

func TestLoweredGatesOpen(t *testing.T) {
	c, plays := demonstration()
	m, err := recommend.Place(c)
	if err != nil {
		t.Fatal(err)
	}
	gates := session.DefaultGates()
	gates.UsualDays, gates.UsualSessions, gates.UsualPlays = 1, 1, 1
	l, err := recommend.Listen(context.Background(), m, plays[:200], recommend.ListenOptions{Gates: gates})
	if err != nil {
		t.Fatal(err)
	}
	p, err := recommend.ProfileOf(context.Background(), l, recommend.ProfileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !p.Usual.Known {
		t.Error("the usual mood stays closed though its gates were lowered")
	}
}

func TestAnEndedContextStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c, plays := demonstration()
	if _, err := recommend.Learn(ctx, c, mood.DefaultOptions()); !errors.Is(err, context.Canceled) {
		t.Errorf("Learn: %v", err)
	}
	m, err := recommend.Place(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := recommend.Listen(ctx, m, plays, recommend.ListenOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Listen: %v", err)
	}
	if _, err := recommend.Plan(ctx, m, nil, nil, recommend.Wish{From: "sad"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Plan: %v", err)
	}
}

// TestIntervalOf: 0.5 ± 1.96·0.1 is 0.304 to 0.696; near an edge it is cut to
// the plane.
func TestIntervalOf(t *testing.T) {
	got := recommend.IntervalOf(segue.Affect{Valence: .5, Arousal: .95}, segue.Affect{Valence: .1, Arousal: .1})
	if math.Abs(got.Valence.Lo-.304) > 1e-4 || math.Abs(got.Valence.Hi-.696) > 1e-4 || got.Arousal.Hi != 1 {
		t.Errorf("%+v", got)
	}
}

func TestIsNight(t *testing.T) {
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Skip("this machine knows no time zones: ", err)
	}
	for clock, want := range map[string]bool{"22:29": false, "22:30": true, "00:00": true, "04:59": true, "05:00": false, "12:00": false} {
		at, err := time.ParseInLocation("2006-01-02 15:04", "2025-07-01 "+clock, lisbon)
		if err != nil {
			t.Fatal(err)
		}
		if got := recommend.IsNight(at.UTC(), lisbon); got != want {
			t.Errorf("%s in Lisbon: %v", clock, got)
		}
	}
}
