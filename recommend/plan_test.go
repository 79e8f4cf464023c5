package recommend

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/persona"
	"segue/playlist"
	"segue/session"
)

// music invents n tracks spread over the plane.
func music(t *testing.T, n int) *Music {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 5))
	c := &segue.Catalog{Artists: segue.Lists{Offset: []int32{0}}, Genres: segue.Lists{Offset: make([]int32, n+1)}, Album: make([]string, n)}
	for f := range c.Feature {
		c.Feature[f] = make([]float32, n)
		for i := range n {
			c.Feature[f][i] = float32(math.NaN())
		}
	}
	for i := range n {
		c.ID = append(c.ID, fmt.Sprintf("t%04d", i))
		c.Title = append(c.Title, fmt.Sprintf("Piece %d", i))
		c.DurationMS = append(c.DurationMS, int32(150_000+rng.IntN(120_000)))
		c.Popularity = append(c.Popularity, -1)
		c.Explicit = append(c.Explicit, segue.Unknown)
		c.Recording = append(c.Recording, int32(i))
		c.Artists.Values = append(c.Artists.Values, fmt.Sprintf("Artist %d", i))
		c.Artists.Index = append(c.Artists.Index, int32(i))
		c.Artists.Offset = append(c.Artists.Offset, int32(i+1))
		energy := rng.Float64()
		for f, v := range map[segue.Feature]float64{
			segue.Energy: energy, segue.Acousticness: 1 - energy*rng.Float64(), segue.Loudness: -30 + 25*energy,
			segue.Valence: rng.Float64(), segue.Tempo: 60 + 110*rng.Float64(),
		} {
			c.Feature[f][i] = float32(v)
		}
	}
	m, err := Place(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// as returns a profile of one style.
func as(t *testing.T, kind string) *Profile {
	t.Helper()
	for _, s := range persona.Styles() {
		if s.Kind == kind {
			return &Profile{Persona: &persona.Persona{Kind: kind, Defaults: &s.Defaults}}
		}
	}
	t.Fatalf("no style %q", kind)
	return nil
}

// after returns a listener whose last session with a mood was at a point.
func after(at segue.Affect) *Listener {
	return &Listener{Listening: session.Listening{}, Sessions: []segue.Session{{HasMood: true, Position: at}, {}}}
}

func plan(t *testing.T, m *Music, l *Listener, p *Profile, w Wish) *playlist.Playlist {
	t.Helper()
	hour, err := Plan(context.Background(), m, l, p, w)
	if err != nil {
		t.Fatal(err)
	}
	return hour
}

func TestPlanWithoutAHistory(t *testing.T) {
	m := music(t, 1500)
	hour := plan(t, m, nil, nil, Wish{From: "angry"})
	if hour.To.Name != "calm" || hour.Minutes != 60 || hour.Arm != playlist.Iso || hour.Night || len(hour.Relaxed) > 0 || hour.Metrics.Familiarity != nil {
		t.Errorf("got %s to %s, %d minutes, relaxed %v", hour.From.Name, hour.To.Name, hour.Minutes, hour.Relaxed)
	}
	for _, c := range hour.Checks {
		if c.Pass != nil && !*c.Pass {
			t.Errorf("%s is %g", c.Metric, *c.Value)
		}
	}
}

func TestEnds(t *testing.T) {
	m := music(t, 1500)
	for _, c := range []struct {
		name     string
		l        *Listener
		w        Wish
		from, to segue.Affect
		toName   string
	}{
		{"names", nil, Wish{From: "Sad", To: " happy "}, segue.AnchorOf(segue.Sad), segue.AnchorOf(segue.Happy), "happy"},
		{"points", nil, Wish{From: ".3, .6", To: ".7,.3"}, segue.Affect{Valence: .3, Arousal: .6}, segue.Affect{Valence: .7, Arousal: .3}, ""},
		{"the default target", nil, Wish{From: "sad"}, segue.AnchorOf(segue.Sad), segue.Affect{Valence: .65, Arousal: .45}, "content"},
		{"a pleasant start stays", nil, Wish{From: "happy"}, segue.AnchorOf(segue.Happy), segue.AnchorOf(segue.Happy), "happy"},
		{"the last session's mood", after(segue.Affect{Valence: .25, Arousal: .8}), Wish{}, segue.Affect{Valence: .25, Arousal: .8}, segue.AnchorOf(segue.Calm), "calm"},
		{"a named start before it", after(segue.Affect{Valence: .25, Arousal: .8}), Wish{From: "calm"}, segue.AnchorOf(segue.Calm), segue.AnchorOf(segue.Calm), "calm"},
	} {
		c.w.NoCertificate = true
		hour := plan(t, m, c.l, nil, c.w)
		if hour.From.Affect != c.from || hour.To.Affect != c.to || hour.To.Name != c.toName {
			t.Errorf("%s: from %+v to %+v", c.name, hour.From, hour.To)
		}
	}
	for name, c := range map[string]struct {
		l *Listener
		w Wish
	}{
		"no start":        {nil, Wish{To: "calm"}},
		"no mood":         {&Listener{Sessions: []segue.Session{{}}}, Wish{}},
		"the middle":      {nil, Wish{From: ".5,.5"}},
		"no such mood":    {nil, Wish{From: "grumpy"}},
		"no such target":  {nil, Wish{From: "sad", To: "1.2,0"}},
		"too few minutes": {nil, Wish{From: "sad", Minutes: 3}},
	} {
		_, err := Plan(context.Background(), m, c.l, nil, c.w)
		if !errors.Is(err, segue.ErrUsage) || NeedsStart(err) != (strings.HasPrefix(name, "no start") || name == "no mood") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStyles: each style's row of docs/science.md §5, where it has a say.
func TestStyles(t *testing.T) {
	calm, content, happy, angry := segue.AnchorOf(segue.Calm), segue.Affect{Valence: .65, Arousal: .45}, segue.AnchorOf(segue.Happy), segue.AnchorOf(segue.Angry)
	way := func(from, to segue.Affect) playlist.Request { return playlist.Request{From: from, To: to} }
	shaped := func(kind string, r playlist.Request, named bool) playlist.Request {
		shape(&r, *as(t, kind).Persona.Defaults, named)
		return r
	}
	sad := segue.AnchorOf(segue.Sad)
	r := shaped("tide", way(sad, content), false)
	if r.StepFactor != .75 || r.Tempo == nil || *r.Tempo != (playlist.TempoBias{From: 100, To: 85}) || r.Familiarity != nil {
		t.Errorf("tide: %+v", r)
	}
	if r = shaped("tide", way(angry, calm), false); r.StepFactor != .75 || r.Tempo != nil {
		t.Errorf("tide, elsewhere: %+v", r)
	}
	if r = shaped("lantern", way(angry, calm), false); !r.Night || r.Tempo.To != 65 {
		t.Errorf("lantern: %+v", r)
	}
	if r = shaped("lantern", way(angry, calm), true); r.Night {
		t.Errorf("lantern, a target named: %+v", r)
	}
	if r = shaped("lantern", way(happy, happy), false); r.Night || r.Tempo != nil {
		t.Errorf("lantern, staying happy: %+v", r)
	}
	if r = shaped("compass", way(sad, content), false); *r.Familiarity != [3]float64{.4, .4, .4} || r.Tempo != nil {
		t.Errorf("compass: %+v", r)
	}
	if r = shaped("harbor", way(angry, calm), false); *r.Familiarity != [3]float64{.8, .8, .8} || r.Tempo.From != 90 {
		t.Errorf("harbor: %+v", r)
	}
	// From a session near happy the hour stays there, and Spark's tempo with it.
	near := segue.Affect{Valence: .75, Arousal: .8}
	if r = shaped("spark", way(near, near), false); r.Tempo == nil || r.Tempo.From != 118 {
		t.Errorf("spark: %+v", r)
	}
	if r = shaped("forge", way(angry, calm), false); r.Matched != 2 || r.Arc.Lead != "" || r.Tempo.From != 130 {
		t.Errorf("forge keeps the way from angry, waypoint and all: %+v", r)
	}
	if r = shaped("forge", way(happy, calm), true); r.Matched != 2 || r.Arc.Lead != playlist.LeadArousal {
		t.Errorf("forge: %+v", r)
	}
	own := way(happy, calm)
	own.Arc.Lead, own.Arc.Hold = playlist.LeadValence, .3
	if r = shaped("forge", own, true); r.Matched != 0 || r.Arc.Lead != playlist.LeadValence {
		t.Errorf("forge overrules the listener: %+v", r)
	}
}

// TestStyledHours: what a style asks for is heard.
func TestStyledHours(t *testing.T) {
	m := music(t, 3000)
	// A short hour has one slot of hold; Forge asks for two.
	hold := func(hour *playlist.Playlist) (n int) {
		for _, k := range hour.Tracks {
			if k.Target == [2]float64{hour.From.Valence, hour.From.Arousal} {
				n++
			}
		}
		return n
	}
	if a, b := hold(plan(t, m, nil, nil, Wish{From: "angry", Minutes: 20})), hold(plan(t, m, nil, as(t, "forge"), Wish{From: "angry", Minutes: 20})); a != 1 || b != 2 {
		t.Errorf("%d tracks meet the start, %d with Forge", a, b)
	}
	// Tide's bar of the largest step is below the usual .20, and met.
	hour := plan(t, m, nil, as(t, "tide"), Wish{From: "sad"})
	for _, c := range hour.Checks {
		if c.Metric == "max_step" && (c.Bar >= .20 || !*c.Pass) {
			t.Errorf("tide: %+v, largest step %g", c, *c.Value)
		}
	}
	// Lantern's hour keeps the night rules at noon, and says so.
	hour = plan(t, m, nil, as(t, "lantern"), Wish{From: "angry"})
	if !hour.Night || hour.Autoplay || !strings.Contains(strings.Join(hour.Notes, " "), "at any hour") {
		t.Errorf("lantern: night %v, notes %q", hour.Night, hour.Notes)
	}
	for _, k := range hour.Tracks {
		if k.Arousal > playlist.NightArousal {
			t.Errorf("lantern plays arousal %g", k.Arousal)
		}
	}
	if hour = plan(t, m, nil, as(t, "lantern"), Wish{From: "angry", To: "calm"}); hour.Night {
		t.Error("lantern keeps the night rules against a named target")
	}
}

func TestIsFestive(t *testing.T) {
	for day, want := range map[string]bool{"11-30": false, "12-01": true, "12-25": true, "01-06": true, "01-07": false, "07-01": false} {
		at, err := time.Parse("2006-01-02", "2026-"+day)
		if err != nil {
			t.Fatal(err)
		}
		if got := IsFestive(at, nil); got != want {
			t.Errorf("%s: festive is %v", day, got)
		}
	}
	// The last evening of November in UTC is December seven hours east.
	if !IsFestive(time.Date(2026, 11, 30, 20, 0, 0, 0, time.UTC), time.FixedZone("east", 7*3600)) {
		t.Error("the listener's calendar is not asked")
	}
}

func TestIsNight(t *testing.T) {
	for clock, want := range map[string]bool{"22:29": false, "22:30": true, "00:00": true, "04:59": true, "05:00": false, "12:00": false} {
		at, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := IsNight(at, nil); got != want {
			t.Errorf("%s: night is %v", clock, got)
		}
	}
	// 16:00 UTC is 23:00 seven hours east.
	if !IsNight(time.Date(2026, 1, 1, 16, 0, 0, 0, time.UTC), time.FixedZone("east", 7*3600)) {
		t.Error("the listener's clock is not asked")
	}
}
