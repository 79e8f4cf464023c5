package recommend

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"segue"
	"segue/playlist"
)

// diary invents plays of m's tracks: n a day for some days, mostly of a mood.
func diary(m *Music, seed uint64, days, n int, mood segue.Mood) []segue.Play {
	rng := rand.New(rand.NewPCG(seed, 7))
	var liked []int
	for i, at := range m.Positions {
		if segue.QuadrantOf(at) == mood && rng.IntN(4) == 0 {
			liked = append(liked, i)
		}
	}
	var plays []segue.Play
	at := time.Date(2026, 1, 1, 18, 0, 0, 0, time.UTC)
	for range days {
		end := at
		for range n {
			row := liked[rng.IntN(len(liked))]
			if rng.IntN(5) == 0 {
				row = rng.IntN(m.Catalog.Len())
			}
			end = end.Add(m.Catalog.Duration(row))
			plays = append(plays, segue.Play{
				Track: segue.TrackRef{ID: m.Catalog.ID[row], Title: m.Catalog.Title[row], Artist: m.Catalog.Artists.First(row)}, EndedAt: end, Played: m.Catalog.Duration(row), Skipped: segue.No,
			})
		}
		at = at.AddDate(0, 0, 1)
	}
	return plays
}

func listener(t testing.TB, m *Music, plays []segue.Play) (*Listener, *Profile) {
	t.Helper()
	l, err := Listen(context.Background(), m, plays, ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := ProfileOf(context.Background(), l, ProfileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return l, p
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// An hour is the playlist of its request over its library, and nothing more.
func TestPlanIsRequestAndLibrary(t *testing.T) {
	m := music(t, 1500)
	l, p := listener(t, m, diary(m, 1, 30, 20, segue.Calm))
	for _, c := range []struct {
		l *Listener
		p *Profile
		w Wish
	}{{nil, nil, Wish{From: "angry"}}, {l, nil, Wish{To: "happy", NoCertificate: true}}, {l, p, Wish{From: "sad", Seed: 3, NoCertificate: true}}} {
		r, err := RequestOf(c.l, c.p, c.w)
		if err != nil {
			t.Fatal(err)
		}
		library, err := m.Library(c.l, c.p)
		if err != nil {
			t.Fatal(err)
		}
		hour, err := playlist.Plan(context.Background(), library, r)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan(t, m, c.l, c.p, c.w); asJSON(t, got.Tracks) != asJSON(t, hour.Tracks) || asJSON(t, got.Request) != asJSON(t, hour.Request) {
			t.Errorf("%+v: another hour", c.w)
		}
	}
}

// A wish reaches the request whole: every field both have is the same.
func TestRequestHoldsTheWish(t *testing.T) {
	w := Wish{
		From: "sad", To: "happy", Minutes: 33, Arm: playlist.Compensatory, Seed: 9, Night: true,
		Exclude: playlist.Exclusions{Artists: []string{"a"}, Explicit: true, Seasonal: true},
		Arc:     playlist.ArcOptions{Hold: .2, Curve: playlist.Linear}, Familiarity: &[3]float64{.1, .2, .3},
		Locks: []playlist.Lock{{Place: -1, ID: "x"}}, Wishes: []string{"y"}, Candidates: 400, NoCertificate: true,
	}
	r, err := RequestOf(nil, nil, w)
	if err != nil {
		t.Fatal(err)
	}
	from, to := reflect.ValueOf(w), reflect.ValueOf(r)
	for i := range from.NumField() {
		name := from.Type().Field(i).Name
		if name == "From" || name == "To" || name == "CheckIn" {
			continue
		}
		if got, want := to.FieldByName(name).Interface(), from.Field(i).Interface(); from.Field(i).IsZero() || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v in the request, %v in the wish", name, got, want)
		}
	}
	if r.FromName != "sad" || r.To != segue.AnchorOf(segue.Happy) {
		t.Errorf("from %q to %v", r.FromName, r.To)
	}
}

// What a listener said last comes before what the history lets one guess, and
// after what they wish now.
func TestCheckIn(t *testing.T) {
	l := after(segue.Affect{Valence: .2, Arousal: .8})
	now, target := segue.Affect{Valence: .3, Arousal: .3}, segue.Affect{Valence: .8, Arousal: .4}
	for _, c := range []struct {
		name     string
		w        Wish
		from, to segue.Affect
	}{
		{"only now", Wish{CheckIn: &segue.CheckIn{Now: now}}, now, segue.Affect{Valence: .65, Arousal: .45}}, // sad leads to content
		{"now and target", Wish{CheckIn: &segue.CheckIn{Now: now, Target: &target}}, now, target},
		{"a wish besides", Wish{From: "angry", To: "calm", CheckIn: &segue.CheckIn{Now: now, Target: &target}}, segue.AnchorOf(segue.Angry), segue.AnchorOf(segue.Calm)},
	} {
		r, err := RequestOf(l, nil, c.w)
		if err != nil || r.From != c.from || r.To != c.to {
			t.Errorf("%s: from %v to %v, %v", c.name, r.From, r.To, err)
		}
	}
	// A target of the check-in is named: Lantern's night rules give way.
	bright := segue.AnchorOf(segue.Calm)
	for _, c := range []struct {
		target *segue.Affect
		night  bool
	}{{nil, true}, {&bright, false}} {
		angry := &segue.CheckIn{Now: segue.AnchorOf(segue.Angry), Target: c.target}
		if r, err := RequestOf(nil, as(t, "lantern"), Wish{CheckIn: angry}); err != nil || r.Night != c.night {
			t.Errorf("lantern with target %v: night %v, %v", c.target, r.Night, err)
		}
	}
	if _, err := Plan(context.Background(), music(t, 400), nil, nil, Wish{CheckIn: &segue.CheckIn{Now: segue.Affect{Valence: 2}}, To: "calm"}); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("a check-in off the plane: %v", err)
	}
}

// The leaning read quickly is the whole profile's.
func TestTasteIsTheProfiles(t *testing.T) {
	m := music(t, 1500)
	styled, moody := 0, 0
	for seed := range uint64(12) {
		l, p := listener(t, m, diary(m, seed, 1+int(seed)*6, 25, segue.Mood(seed%4)))
		quick, err := leaningOf(context.Background(), l)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(quick, p.leaning()) {
			t.Errorf("seed %d: %+v, the profile says %+v", seed, quick, p.leaning())
		}
		if quick.style != nil {
			styled++
		}
		if quick.usual != nil {
			moody++
		}
	}
	if styled == 0 || moody == 0 || styled == 12 {
		t.Errorf("%d of 12 listeners have a style, %d a usual mood", styled, moody)
	}
}

// Many goroutines may ask new music for its indexes at once.
func TestMusicIsShared(t *testing.T) {
	m := music(t, 800)
	plays := diary(m, 1, 2, 10, segue.Happy)
	var wg sync.WaitGroup
	hours := make([]string, 8)
	for i := range hours {
		wg.Go(func() {
			l, err := Listen(context.Background(), m, plays, ListenOptions{})
			if err != nil {
				t.Error(err)
				return
			}
			hour, err := Plan(context.Background(), m, l, nil, Wish{From: "sad", Minutes: 20, NoCertificate: true})
			if err != nil {
				t.Error(err)
				return
			}
			hours[i] = strings.Join(hour.Notes, "") + hour.Tracks[0].ID
		})
	}
	wg.Wait()
	for i := range hours {
		if hours[i] != hours[0] {
			t.Errorf("goroutine %d planned another hour", i)
		}
	}
	a, _ := m.everyones()
	b, _ := m.Library(nil, nil)
	x, y := m.matcher(), m.matcher()
	if a != b || x != y {
		t.Error("an index is built twice")
	}
}
