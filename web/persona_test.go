package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"segue"
	"segue/card"
	"segue/recommend"
	"segue/session"
)

// Facts against counts made by hand.
func TestFunFacts(t *testing.T) {
	m, _ := invented(t)
	end := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	var plays []segue.Play
	add := func(daysAgo int, artist, title, album string, times int) {
		for range times {
			plays = append(plays, segue.Play{Track: segue.TrackRef{Artist: artist, Title: title, Album: album}, EndedAt: end.AddDate(0, 0, -daysAgo), Played: time.Minute})
		}
	}
	// Five weeks with the same song, on Mondays: 11, 8, 5, 2 and 0 weeks ago.
	for _, weeks := range []int{11, 8, 5, 2} {
		add(7*weeks, "Old Zz", "Again Zz", "First Zz", 3)
	}
	add(40, "Older Zz", "Then Zz", "Second Zz", 2)
	for _, name := range []string{"New A Zz", "new b Zz feat. Old Zz", "New C Zz"} {
		add(1, name, "One Zz", "", 1)
	}
	add(0, "OLD ZZ", "again zz", "First Zz", 3)
	add(0, "Skipped Zz", "Never Zz", "", 1)
	plays[len(plays)-1].Played = 20 * time.Second // does not count
	slices.SortStableFunc(plays, func(a, b segue.Play) int { return a.EndedAt.Compare(b.EndedAt) })
	l, err := recommend.Listen(t.Context(), m, plays, recommend.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]funFact{}
	for _, f := range funFactsOf(l, session.NewArtists) {
		got[f.ID] = f
	}
	// New: A, B, C; the album and the song: 4×3 + 3; weeks: 5; artists of late are
	// four, too few to tell; the favourite of late is Old Zz, by 6 minutes (weeks 2
	// and 0).
	want := map[string]funFact{
		"new": {ID: "new", N: 3}, "album": {ID: "album", N: 15}, "song": {ID: "song", N: 15}, "weeks": {ID: "weeks", N: 5}, "favourite": {ID: "favourite", Name: "Old Zz"},
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for id, f := range want {
		if got[id] != f {
			t.Errorf("%s: got %+v, want %+v", id, got[id], f)
		}
	}
	for _, f := range funFactsOf(l, session.Rarefaction) {
		if f.ID == "new" {
			t.Error("artists pass for new though too little is known of the time before")
		}
	}
	if got := funFactsOf(&recommend.Listener{}, session.NewArtists); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// The page says the style, how sure, why, that the reference is made up, and what
// is offered.
func TestPersonaSays(t *testing.T) {
	w := demoWalk(t, "en")
	got := w.get("/persona")
	said := words(got)
	for _, says := range []string{
		"Your listening style", "resamples of your sessions", "Why ", "What would change it", "The group is made up", "Your ten favourite artists took",
		"See the whole tree", "The fact on it", "Another drawing", "What is offered now, and why", "What you say of yourself always counts above",
	} {
		if !strings.Contains(said, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
	if tree := w.get("/persona/tree").Body.String(); strings.Count(tree, "<svg class=\"chart tree") == 0 && strings.Count(tree, "tree wide") < 2 {
		t.Error("the trees are not drawn")
	}
}

// What is sent away is only what came unasked, by whom it came to.
func TestDismissOffer(t *testing.T) {
	w := demoWalk(t, "en")
	for _, c := range []struct {
		kind, back, to string
		sent           int
	}{{"gentle", "/persona", "/persona", 1}, {"settle", "", "/", 1}, {"", "//elsewhere.example", "/", 1}} {
		got := w.post("/offer/dismiss", values("kind", c.kind, "back", c.back))
		if got.Code != http.StatusSeeOther || got.Header().Get("Location") != c.to {
			t.Errorf("%q: %d to %q", c.kind, got.Code, got.Header().Get("Location"))
		}
		if _, away, err := w.s.passing.Cards(t.Context(), demoID); err != nil || len(away) != c.sent {
			t.Errorf("%q: %d sent away, %v", c.kind, len(away), err)
		}
	}
	w.cookies = nil
	if got := w.post("/offer/dismiss", values("kind", "gentle")); got.Code != http.StatusSeeOther {
		t.Errorf("a stranger: %d", got.Code)
	}
}

// A divided style says between which two, and claims neither.
func TestBetweenStyles(t *testing.T) {
	w := demoWalk(t, "en")
	r := httptest.NewRequest("GET", "http://localhost/persona", nil)
	r.AddCookie(&http.Cookie{Name: whoCookie, Value: demoID})
	v, err := w.s.visit(r)
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.listening(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		confidence segue.Number
		says       string
	}{{.5, "Between Spark and Tide"}, {.7, "Spark, mostly"}, {.9, "Spark, clearly"}} {
		divided, other := *p.profile.Persona, "Tide"
		divided.Name, divided.Confidence, divided.RunnerUp = "Spark", c.confidence, &other
		profile := *p.profile
		profile.Persona = &divided
		var b bytes.Buffer
		if err := personaPage(v, style{Profile: &profile, Offer: profile.Offer}).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), c.says) {
			t.Errorf("at %v the page does not say %q", c.confidence, c.says)
		}
	}
}

// Cards that were forgotten while one was being drawn stay forgotten, and few are
// kept.
func TestCardsKept(t *testing.T) {
	var c cards
	one := card.Card{Kind: "tide", Name: "Tide", Brand: brand}
	if _, err := c.draw(t.Context(), t.Context(), card.Card{Kind: "none"}, card.Wide(), "svg"); err == nil || len(c.of) != 0 {
		t.Errorf("a card that cannot be: %v, %d kept", err, len(c.of))
	}
	first, err := c.draw(t.Context(), t.Context(), one, card.Wide(), "svg")
	if err != nil {
		t.Fatal(err)
	}
	c.bytes = maxCardBytes // as after many
	one.Seed = 2
	if _, err := c.draw(t.Context(), t.Context(), one, card.Wide(), "svg"); err != nil || len(c.of) != 1 || len(c.order) != 1 {
		t.Errorf("%d cards are kept, %v", len(c.of), err)
	}
	c.forget()
	one.Seed = 0
	again, err := c.draw(t.Context(), t.Context(), one, card.Wide(), "svg")
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("drawn again it differs: %v", err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	one.Seed = 3
	if _, err := c.draw(gone, t.Context(), one, card.Tall(), "png"); !errors.Is(err, context.Canceled) {
		t.Errorf("who left waits: %v", err)
	}
}
