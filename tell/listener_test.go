package tell

import (
	"math"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/chart"
	"segue/history"
	"segue/language"
	"segue/match"
	"segue/persona"
	"segue/session"
)

func TestMoodsHeadline(t *testing.T) {
	usual := func(angry, sad, calm, happy, mixed segue.Number) session.Usual {
		u := session.Usual{}
		for m, v := range []segue.Number{angry, sad, calm, happy, mixed} {
			u.Shares = append(u.Shares, session.Share{Mood: segue.Mood(m), Estimate: session.Estimate{Value: v}})
		}
		return u
	}
	for _, c := range []struct {
		u    session.Usual
		want string
	}{
		{usual(.05, .05, .8, .05, .05), "Mostly calm"},
		{usual(.02, .02, .5, .4, .06), "Mostly calm, often happy"},
		{usual(.14, .12, .5, .12, .12), "Mostly calm, with room to move"},
		{usual(.1, .1, .19, .4, .21), "Often happy, sometimes around the middle"},
		{usual(.1, .36, .1, .06, .38), "Often around the middle, and often sad"},
		{usual(.2, .2, .2, .2, .2), "A bit of everything"},
		{session.Usual{}, "Still learning"},
	} {
		if got := plain(MoodsHeadline(nil, c.u)); got != c.want {
			t.Errorf("%v: %q, want %q", c.u.Shares, got, c.want)
		}
	}
}

// TestTrendWords: energy first; what is not known is not spoken of.
func TestTrendWords(t *testing.T) {
	got := TrendWords(nil, session.Trends{
		Valence: session.Trend{Known: true, Days: 40, P: .2},
		Arousal: session.Trend{Known: true, Days: 40, P: .012, Change: -.13, Falling: true},
	})
	want := []string{"Energy has been falling, by 0.13 on the plane over 40 days with music (p = 0.012).", "Pleasantness shows no trend over 40 days with music: none larger than 0.10 that chance would not make as well."}
	for i := range want {
		if i >= len(got) || plain(got[i]) != want[i] {
			t.Fatalf("says %q, want %q", got, want)
		}
	}
	if got := TrendWords(nil, session.Trends{}); got != nil {
		t.Errorf("of nothing it says %q", got)
	}
}

// TestGates: only what is closed is waited for.
func TestGates(t *testing.T) {
	gates := []segue.Gate{{Name: "usual mood: sessions with a mood", Have: 12, Need: 20}, {Name: "usual mood: active days", Have: 14, Need: 14}}
	if got := ClosedGates(nil, gates); len(got) != 1 || got[0] != "12 of 20 sessions with a mood so far" {
		t.Errorf("waits for %q", got)
	}
	vi, _ := language.Of("vi")
	if got := ClosedGates(vi, gates); len(got) != 1 || got[0] != "mới có 12 trên 20 phiên nghe có sắc thái" {
		t.Errorf("in Vietnamese it waits for %q", got)
	}
}

// TestPersonaWords: how sure a style is, in each of the ways there are.
func TestPersonaWords(t *testing.T) {
	runner := "Lantern"
	p := func(c float64, next *string) *persona.Persona {
		return &persona.Persona{Kind: "harbor", Name: "Harbor", Confidence: segue.Number(c), Resamples: 100, RunnerUp: next, Shares: []persona.KindShare{{Kind: "harbor", Share: c}, {Kind: "lantern", Share: 1 - c}}}
	}
	for _, c := range []struct {
		p                           *persona.Persona
		sureness, verdict, resample string
	}{
		{p(math.NaN(), nil), "Your listening style", "Harbor", ""},
		{p(.9, &runner), "Your listening style, clearly", "Harbor, clearly", "In 90 of 100 resamples of your sessions you came out as Harbor; in 10 as Lantern. A style of listening, not a verdict on you."},
		{p(.7, nil), "Your listening style, mostly", "Harbor, mostly", "In 70 of 100 resamples of your sessions you came out as Harbor. A style of listening, not a verdict on you."},
		{p(.5, &runner), "Your listening style, just now", "Between Harbor and Lantern", "In 50 of 100 resamples of your sessions you came out as Harbor; in 50 as Lantern. A style of listening, not a verdict on you."},
		{p(.5, nil), "Your listening style, just now", "Mostly Harbor", "In 50 of 100 resamples of your sessions you came out as Harbor. A style of listening, not a verdict on you."},
	} {
		if got := [3]string{Sureness(nil, c.p), Verdict(nil, c.p), Resampled(nil, c.p)}; got != [3]string{c.sureness, c.verdict, c.resample} {
			t.Errorf("at %v: %q", c.p.Confidence, got)
		}
	}
	if Tuned(nil) || Tuned(&persona.Persona{Kind: persona.Tuning}) || !Tuned(p(.5, nil)) {
		t.Error("who is tuned")
	}
}

// TestDrawTree: without a path nothing is in ink; with one, as many links are as
// questions were asked, in each of the two drawings.
func TestDrawTree(t *testing.T) {
	for _, tree := range []*persona.Tree{persona.PersonaTree(), persona.OfferTree()} {
		bare := DrawTree(nil, tree, nil, chart.Caption{ID: "t", Title: "t"})
		if strings.Contains(bare, "s-ink") {
			t.Errorf("%s: a tree without a path has a way in ink", tree.Purpose())
		}
		_, path := tree.Decide(persona.Values{"gates_open": 1, "offers_wanted": 1})
		svg := DrawTree(nil, tree, path, chart.Caption{ID: "t", Title: "t"})
		if got, want := strings.Count(svg, `class="f-none s-ink"`), 2*len(path); got != want {
			t.Errorf("%s: %d links in ink, want %d", tree.Purpose(), got, want)
		}
		if got := len(Stones(nil, tree, path)); got != len(path) {
			t.Errorf("%s: %d stones of %d questions", tree.Purpose(), got, len(path))
		}
		for _, leaf := range tree.Leaves() {
			if !strings.Contains(svg, leaf.Title) {
				t.Errorf("%s: %q is not drawn", tree.Purpose(), leaf.Title)
			}
		}
	}
}

// TestHistoryWords: from when to when, and an account that adds up.
func TestHistoryWords(t *testing.T) {
	r := &history.Report{Rows: 1234, Plays: 1200, Duplicates: 1, Dropped: map[string]int{"a": 30, "b": 3}, Skips: 7,
		First: time.Date(2025, 1, 2, 23, 30, 0, 0, time.UTC), Last: time.Date(2025, 11, 3, 0, 0, 0, 0, time.UTC)}
	east := time.FixedZone("east", 7*3600)
	if got := Period(nil, r, east); got != "3 January 2025 to 3 November 2025" {
		t.Errorf("the period is %q", got)
	}
	vi, _ := language.Of("vi")
	if got := Period(vi, r, east); got != "3/1/2025 đến 3/11/2025" {
		t.Errorf("in Vietnamese the period is %q", got)
	}
	if got := plain(Account(nil, r)); !strings.HasPrefix(got, "1 234 rows = 1 200 plays + 1 duplicate + 33 that are no plays. 7 of the plays were skips;") {
		t.Errorf("the account is %q", got)
	}
	if Period(nil, &history.Report{}, time.UTC) != "" || TiedWords(nil, match.Coverage{}) != "" {
		t.Error("nothing says something")
	}
}

// TestListeners: whatever there is of a listener, everything can be told.
func TestListeners(t *testing.T) {
	for name, f := range listeners(t) {
		for _, in := range language.All() {
			for what, s := range surface(in, f) {
				if strings.Contains(s, "NaN") || strings.Contains(s, "%!") {
					t.Errorf("%s, %s in %s: %.200q", name, what, in.Code(), s)
				}
			}
		}
		if got := len(GapWords(nil, f.listener.GapCounts(), f.listener.Gap)); got != len(session.DefaultGaps()) {
			t.Errorf("%s: %d pauses", name, got)
		}
	}
}
