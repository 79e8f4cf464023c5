package recommend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"segue"
	"segue/demo"
	"segue/mood"
	"segue/persona"
	"segue/recommend"
)

// A chosen model of the catalogue gives the hour that learning it gives; a model of
// other tracks is refused, or taken knowingly with its own ruler.
func TestWithAChosenModel(t *testing.T) {
	ctx := context.Background()
	c, _ := demonstration()
	learned, err := recommend.Learn(ctx, c, mood.Options{Algorithms: []string{mood.FCM}, Features: []segue.Feature{segue.Energy, segue.Valence, segue.Danceability}, K: 3})
	if err != nil {
		t.Fatal(err)
	}
	// As it comes from where models are kept.
	text, err := json.Marshal(learned.Model())
	if err != nil {
		t.Fatal(err)
	}
	model := new(mood.Model)
	if err := json.Unmarshal(text, model); err != nil {
		t.Fatal(err)
	}
	m, err := recommend.With(c, model)
	if err != nil {
		t.Fatal(err)
	}
	if m.Model() != model || !slices.EqualFunc(m.Positions, learned.Positions, func(a, b segue.Affect) bool { return a == b || !a.Known() && !b.Known() }) {
		t.Error("the chosen model places tracks elsewhere than the learned one")
	}
	wish := recommend.Wish{From: "angry", To: "calm", Minutes: 30}
	one, err := recommend.Plan(ctx, learned, nil, nil, wish)
	if err != nil {
		t.Fatal(err)
	}
	two, err := recommend.Plan(ctx, m, nil, nil, wish)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(one)
	if b, _ := json.Marshal(two); !bytes.Equal(a, b) {
		t.Error("the hours differ")
	}
	ranked, err := m.Ranking(ctx)
	if err != nil || len(ranked) != segue.NumFeatures {
		t.Errorf("%v, %v", ranked, err)
	}

	other := *c
	other.Version = "another"
	if _, err := recommend.With(&other, model); !errors.Is(err, recommend.ErrOtherCatalog) || !strings.Contains(err.Error(), model.Catalog[:12]) {
		t.Errorf("of other tracks: %v", err)
	}
	if m, err := recommend.Assign(&other, model); err != nil || m.Plane.Catalog != c.Version {
		t.Errorf("taken knowingly: %v", err)
	}
	silent := *c
	silent.Feature[segue.Valence] = slices.Repeat([]float32{float32(segue.Nowhere().Valence)}, c.Len())
	if _, err := recommend.Assign(&silent, model); !errors.Is(err, mood.ErrNoPlane) {
		t.Errorf("tracks without a place: %v", err)
	}
	silent = *c
	silent.Feature[segue.Danceability] = slices.Repeat([]float32{float32(segue.Nowhere().Valence)}, c.Len())
	if _, err := recommend.Assign(&silent, model); !errors.Is(err, mood.ErrTooFewTracks) {
		t.Errorf("tracks without the features: %v", err)
	}
}

// The trees a listener is laid beside decide persona and offer, in a profile and in
// a batch alike.
func TestChosenTrees(t *testing.T) {
	ctx := context.Background()
	c, plays := demonstration()
	m, err := recommend.Place(c)
	if err != nil {
		t.Fatal(err)
	}
	profile := func(trees recommend.Trees) *recommend.Profile {
		l, err := recommend.Listen(ctx, m, plays, recommend.ListenOptions{Location: demo.Location(), Trees: trees})
		if err != nil {
			t.Fatal(err)
		}
		p, err := recommend.ProfileOf(ctx, l, recommend.ProfileOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	shipped := profile(recommend.Trees{})
	// Whoever is what the demonstration's listener is, is called by another name.
	files := persona.TreeFiles()
	renamed := bytes.ReplaceAll(files["persona.v1.json"], []byte(`"title": "`+shipped.Persona.Name+`"`), []byte(`"title": "Renamed"`))
	mine, err := persona.ParseTree(renamed)
	if err != nil {
		t.Fatal(err)
	}
	offers, err := persona.ParseTree(bytes.ReplaceAll(files["offer.v1.json"], []byte(`"title": "`+shipped.Offer.Title+`"`), []byte(`"title": "another"`)))
	if err != nil {
		t.Fatal(err)
	}
	got := profile(recommend.Trees{Persona: mine, Offer: offers})
	if got.Persona.Name != "Renamed" || got.Persona.Kind != shipped.Persona.Kind || got.Offer.Title != "another" || got.Offer.Kind != shipped.Offer.Kind {
		t.Errorf("persona %q, offer %q; shipped %q, %q", got.Persona.Name, got.Offer.Title, shipped.Persona.Name, shipped.Offer.Title)
	}
}
