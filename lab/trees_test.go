package lab_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"segue"
	"segue/lab"
	"segue/persona"
	"segue/recommend"
)

// offerFile and personaFile are the shipped trees, to be edited.
func offerFile() string   { return string(persona.TreeFiles()["offer.v1.json"]) }
func personaFile() string { return string(persona.TreeFiles()["persona.v1.json"]) }

// edited returns a draft of a shipped tree with some text replaced.
func edited(t *testing.T, file string, pairs ...string) *lab.Draft {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(file, pairs[i]) {
			t.Fatalf("the tree has no %s", pairs[i])
		}
		file = strings.Replace(file, pairs[i], pairs[i+1], 1)
	}
	d, problems := lab.ParseDraft([]byte(file))
	if d == nil {
		t.Fatalf("%v", problems[0].Error())
	}
	return d
}

func TestDrafts(t *testing.T) {
	shipped, err := lab.DraftOf(persona.OfferTree())
	if err != nil {
		t.Fatal(err)
	}
	same := edited(t, offerFile())
	if same.ID != shipped.ID || !bytes.Equal(same.Body, shipped.Body) || same.Kind != lab.OfferTreeKind {
		t.Errorf("%s and %s of one tree", same.ID, shipped.ID)
	}
	var spaced bytes.Buffer
	if err := json.Compact(&spaced, []byte(offerFile())); err != nil {
		t.Fatal(err)
	}
	if d := edited(t, spaced.String()); d.ID != shipped.ID {
		t.Error("spaces make it another draft")
	}
	if d := edited(t, string(shipped.Body)); d.ID != shipped.ID {
		t.Error("its own body is another draft")
	}
	if d := edited(t, offerFile(), `"threshold": 1.5`, `"threshold": 1.6`); d.ID == shipped.ID {
		t.Error("another threshold is the same draft")
	}
	mine := edited(t, personaFile(), `"title": "Tide"`, `"title": "Surf"`)
	if mine.Kind != lab.PersonaTreeKind {
		t.Errorf("%s", mine.Kind)
	}
	// What may be chosen can be put to use.
	l, err := recommend.Listen(context.Background(), nil, nil, recommend.ListenOptions{Trees: recommend.Trees{Persona: mine.Tree, Offer: same.Tree}})
	if err != nil || l.Trees.Persona != mine.Tree || l.Trees.Offer != same.Tree {
		t.Errorf("%v", err)
	}
	for _, tongue := range tongues(t) {
		wellFormed(t, mine.Picture(tongue), same.Picture(tongue))
	}
}

func TestDraftsRefused(t *testing.T) {
	other := `{"purpose": "other", "version": 1, "kinds": ["k"], "root": "l", "leaves": [{"id": "l", "kind": "k", "title": "k"}]}`
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "the file ends"},
		{"an unsafe edit", strings.Replace(offerFile(), `"threshold": 7`, `"threshold": 1`, 1), "within 7 days"},
		{"another purpose", other, "decides neither persona nor offer"},
		{"too large", offerFile() + strings.Repeat(" ", lab.MaxDraft), "at most 262144 are read"},
		{"deep", strings.Repeat(`{"nodes":[`, 20_000), "cannot be read as JSON"},
	} {
		for _, tongue := range tongues(t) {
			d, problems := lab.ParseDraft([]byte(c.file))
			if d != nil || len(problems) == 0 {
				t.Fatalf("%s passes", c.name)
			}
			said := problems[0].In(tongue)
			if tongue == nil && !strings.Contains(said, c.want) || strings.Contains(said, "%!") {
				t.Errorf("%s: %q", c.name, said)
			}
		}
	}
}

func TestChanges(t *testing.T) {
	before := persona.OfferTree()
	if c := lab.Changes(before, before); len(c) != 0 {
		t.Errorf("with itself: %+v", c)
	}
	after := edited(t, offerFile(),
		`"version": 1`, `"version": 2`,
		`"feature": "sad_share_percentile", "op": ">=", "threshold": 0.9`, `"feature": "sad_share_percentile", "op": ">=", "threshold": 0.8`,
		`"no": "steady"`, `"no": "unmoved"`, `{"id": "steady"`, `{"id": "unmoved"`,
	).Tree
	var said []string
	for _, c := range lab.Changes(before, after) {
		said = append(said, strings.Join(c.In(nil), " "))
		for _, tongue := range tongues(t) {
			if s := strings.Join(c.In(tongue), " "); strings.Contains(s, "%!") {
				t.Error(s)
			}
		}
	}
	want := []string{
		"The tree was changed: version was “1” and is “2”.",
		`Question "low" (More sad-sounding listening than usual for you?) was changed: threshold was “0.9” and is “0.8”.`,
		`Question "falling" (Has the brightness been falling?) was changed: no was “steady” and is “unmoved”.`,
		`Answer "unmoved" (no card) was added.`,
		`Answer "steady" (no card) was removed.`,
	}
	if strings.Join(said, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
}

// Lowering the line of sadness by a tenth gives a gentle hour to situations in between
// that got none, and changes nothing else. Drawn evenly these are
// ½ wanted · ½ gates · ½ not quiet · 23/30 days · ½ silent · .1·.9 sad · ¼·.9 more hours
// · (.1·.9 repeated + the rest, of which ½·.9 falls) = .0005: about ten of 20,000.
func TestEffectsByHand(t *testing.T) {
	ctx := context.Background()
	before := persona.OfferTree()
	after := edited(t, offerFile(), `"feature": "sad_share_percentile", "op": ">=", "threshold": 0.9`, `"feature": "sad_share_percentile", "op": ">=", "threshold": 0.8`).Tree
	e, err := lab.EffectsOf(ctx, before, after, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Ways) != 1 || e.Ways[0].From != persona.Nothing || e.Ways[0].To != persona.Gentle || e.Partial || e.Changed != e.Ways[0].Drawn {
		t.Fatalf("%+v", e)
	}
	want := .5 * .5 * .5 * 23 / 30 * .5 * .1 * .9 * (.25 * .9) * (.09 + .91*.45)
	if got := float64(e.Share); got < want/3 || got > want*3 {
		t.Errorf("a share of %v, want about %v", got, want)
	}
	x := e.Ways[0].Example
	if v := x.Values["sad_share_percentile"]; !(v >= .8 && v < .9) || x.Before.Kind != persona.Nothing || x.After.Kind != persona.Gentle || len(x.Old) == 0 || len(x.New) <= len(x.Old) {
		t.Errorf("%+v", x)
	}
	again, err := lab.EffectsOf(ctx, before, after, 1)
	if err != nil || !bytes.Equal(bytesOf(t, again), bytesOf(t, e)) {
		t.Error("the same seed draws others")
	}
	for _, tongue := range tongues(t) {
		old, now := x.Stones(tongue, before, after)
		if len(old) != len(x.Old) || len(now) != len(x.New) {
			t.Error("a way lost its stones")
		}
		if s := e.In(tongue) + e.Ways[0].In(tongue); s == "" || strings.Contains(s, "%!") {
			t.Error(s)
		}
	}
	none, err := lab.EffectsOf(ctx, before, before, 1)
	if err != nil || len(none.Ways) != 0 || none.Changed != 0 || none.In(nil) != "No situation gets another kind of answer." {
		t.Errorf("with itself: %+v, %v", none, err)
	}
}

// A sliver no draw would meet is found.
func TestEffectsOfASliver(t *testing.T) {
	after := edited(t, offerFile(), `"feature": "sad_share_percentile", "op": ">=", "threshold": 0.9`, `"feature": "sad_share_percentile", "op": ">=", "threshold": 0.9000001`).Tree
	e, err := lab.EffectsOf(context.Background(), persona.OfferTree(), after, 1)
	if err != nil || len(e.Ways) != 1 || e.Ways[0].From != persona.Gentle || e.Changed != 0 || !strings.Contains(e.In(nil), "rarer") {
		t.Errorf("%+v, %v", e, err)
	}
}

// Of personas the shares are those of independent percentiles: with q(E) ≥ ½ instead
// of ¾, a quarter of those who are neither Tide nor Lantern become Compass:
// ½ open · 5/6 · 4/5 · 1/4 = 1/12.
func TestEffectsOnPersonas(t *testing.T) {
	after := edited(t, personaFile(), `"threshold": 0.75`, `"threshold": 0.5`).Tree
	e, err := lab.EffectsOf(context.Background(), persona.PersonaTree(), after, 2)
	if err != nil {
		t.Fatal(err)
	}
	if got := float64(e.Share); got < .075 || got > .092 {
		t.Errorf("a share of %v, want 1/12", got)
	}
	if len(e.Ways) != 3 {
		t.Errorf("%d ways: %+v", len(e.Ways), e.Ways)
	}
	for _, w := range e.Ways {
		if w.To != "compass" || w.From == "tide" || w.From == "lantern" || w.From == "tuning" {
			t.Errorf("%+v", w)
		}
	}
	if _, err := lab.EffectsOf(context.Background(), persona.PersonaTree(), persona.OfferTree(), 1); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("trees of two kinds: %v", err)
	}
	stop, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := lab.EffectsOf(stop, persona.PersonaTree(), after, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
