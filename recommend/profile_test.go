package recommend

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/catalog"
	"segue/demo"
	"segue/history"
	"segue/persona"
)

// made is the demonstration: music, and a year of plays.
var made = sync.OnceValues(func() (out struct {
	music *Music
	plays []segue.Play
}, err error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "recommend")
	if err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	table, exports, err := demo.Write(ctx, dir, demo.DefaultSeed)
	if err != nil {
		return out, err
	}
	c, _, err := catalog.Read(ctx, []string{table}, catalog.Options{})
	if err != nil {
		return out, err
	}
	if out.music, err = Place(c); err != nil {
		return out, err
	}
	out.plays, _, err = history.Read(ctx, exports, history.Options{Now: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)})
	return out, err
})

// profileOf profiles plays beside the made music, and returns the JSON as well.
func profileOf(t *testing.T, plays []segue.Play) (*Profile, map[string]any) {
	t.Helper()
	d, err := made()
	if err != nil {
		t.Fatal(err)
	}
	l, err := Listen(context.Background(), d.music, plays, ListenOptions{Location: demo.Location()})
	if err != nil {
		t.Fatal(err)
	}
	p, err := ProfileOf(context.Background(), l, ProfileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(b, &object); err != nil {
		t.Fatal(err)
	}
	return p, object
}

// lastDays returns the plays of the last days.
func lastDays(plays []segue.Play, days int) []segue.Play {
	from := plays[len(plays)-1].EndedAt.Add(-time.Duration(days) * 24 * time.Hour)
	for i, p := range plays {
		if p.EndedAt.After(from) {
			return plays[i:]
		}
	}
	return nil
}

// renamed makes plays of music nobody has.
func renamed(plays []segue.Play) []segue.Play {
	out := make([]segue.Play, len(plays))
	for i, p := range plays {
		p.Track.ID, p.Track.Artist = "", "Nobody's "+p.Track.Artist
		out[i] = p
	}
	return out
}

// Below its gates a profile is whole: every key is there, what is not known is
// null, and gates say what is missing. Nothing is said to be a style.
func TestProfileBelowTheGates(t *testing.T) {
	d, err := made()
	if err != nil {
		t.Fatal(err)
	}
	_, full := profileOf(t, d.plays)
	for name, plays := range map[string][]segue.Play{
		"no play": nil, "one play": d.plays[:1], "three days": lastDays(d.plays, 3),
		"a year of other music": renamed(d.plays), "a year, and hardly a session this month": append(d.plays[:6000:6000], lastDays(d.plays, 1)...),
	} {
		p, object := profileOf(t, plays)
		same(t, name, "", full, object)
		if p.Persona.Kind != persona.Tuning || p.Persona.Confidence.Known() || p.Persona.Defaults != nil {
			t.Errorf("%s: the persona is %s, %v", name, p.Persona.Name, p.Persona.Words)
		}
		closed := 0
		for _, g := range p.Gates {
			if strings.HasPrefix(g.Name, "persona: ") && !g.Open {
				closed++
			}
		}
		if closed == 0 {
			t.Errorf("%s: still tuning, and no gate says why: %+v", name, p.Gates)
		}
		if n := len(plays); n < 1000 && (p.Usual.Known || p.Trends.Valence.Known || p.Offer.Kind != persona.Ask) {
			t.Errorf("%s: usual %+v, offer %+v", name, p.Usual, p.Offer)
		}
		if (p.Habits.From == nil) != (len(plays) == 0) || (p.Habits.To == nil) != (len(plays) == 0) {
			t.Errorf("%s: habits from %v to %v", name, p.Habits.From, p.Habits.To)
		}
	}
}

// same fails unless have has the keys of want, at any depth of objects, where it
// is not null.
func same(t *testing.T, name, at string, want, have map[string]any) {
	for key, w := range want {
		h, ok := have[key]
		if !ok {
			t.Errorf("%s: no key %s.%s", name, at, key)
			continue
		}
		_, list := w.([]any)
		if _, is := h.([]any); list && !is {
			t.Errorf("%s: %s.%s is %v, not a list", name, at, key, h)
		}
		if inner, ok := w.(map[string]any); ok && h != nil && key != "dropped" {
			same(t, name, at+"."+key, inner, h.(map[string]any))
		}
	}
}

// Sixty days are too few to know which artists are new, and enough for a
// persona: exploration is measured by different tracks, and ranked among its
// like.
func TestProfileOfAShortHistory(t *testing.T) {
	d, err := made()
	if err != nil {
		t.Fatal(err)
	}
	p, _ := profileOf(t, lastDays(d.plays, 60))
	q := p.Persona.Percentiles["exploration"]
	if p.Habits.ExplorationKind.String() != "rarefaction" || p.Persona.Kind == persona.Tuning || !q.Known() || !p.Persona.Confidence.Known() {
		t.Fatalf("%+v, exploration at %v", p.Persona, q)
	}
	h := segue.Habits{Exploration: float64(p.Habits.Exploration), ExplorationRarefied: true}
	if want := persona.SyntheticReference().Percentile(persona.Exploration, h); float64(q) != want {
		t.Errorf("percentile %v, want %v", q, want)
	}
	if p.TimeZone != demo.Location().String() {
		t.Errorf("in the time zone %q", p.TimeZone)
	}
	whole, _ := profileOf(t, d.plays)
	if whole.Habits.ExplorationKind.String() != "new_artists" || whole.Habits.Exploration == p.Habits.Exploration {
		t.Errorf("a year is measured by %v", whole.Habits.ExplorationKind)
	}
}

// Without a catalogue sessions are cut, and no mood is made up.
func TestSessionsWithoutACatalogue(t *testing.T) {
	d, err := made()
	if err != nil {
		t.Fatal(err)
	}
	l, err := Listen(context.Background(), nil, d.plays[:50], ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	v := l.View()
	for _, s := range v.Sessions {
		if s.Mood != nil || s.Memberships != nil || s.Valence != nil || s.Arousal != nil || s.Interval != nil || s.Coverage != 0 {
			t.Errorf("%+v", s)
		}
	}
	if v.Count == 0 || v.Count != len(v.Sessions) || v.Plays != 50 || v.Sensitivity["30m"] != v.Count || len(v.Sensitivity) != 4 {
		t.Errorf("%+v", v)
	}
}
