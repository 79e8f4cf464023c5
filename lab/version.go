package lab

import (
	"encoding/json"
	"errors"
	"fmt"

	"segue"
	"segue/language"
	"segue/mood"
	"segue/tell"
)

// The kinds of versions: what may be chosen, one of each at a time.
const (
	ModelKind       = "model"
	PersonaTreeKind = "persona_tree"
	OfferTreeKind   = "offer_tree"
)

// MaxModel is the largest model that is read: those of mood.Train have at most 300 KB
// whatever the catalogue, as the plane's percentiles are tables of 4,096 knots.
const MaxModel = 4 << 20

// ErrNoModel reports that a comparison has no model of an id.
var ErrNoModel = errors.New("there is no such model here")

// ModelBody returns the whole model of an id that a comparison found on c, as JSON
// that OpenModel reads. It returns ErrNoModel if it found none, or if c is another
// catalogue.
func (f *Comparison) ModelBody(c *segue.Catalog, id string) ([]byte, error) {
	for i, m := range f.Models {
		if m.ID != id || m.Catalog != c.Version || i >= len(f.Kept) {
			continue
		}
		plane, err := mood.NewPlane(c)
		if err != nil {
			return nil, err
		}
		whole, err := mood.UnmarshalSlim(f.Kept[i], plane)
		if err != nil {
			return nil, err
		}
		return json.Marshal(whole)
	}
	return nil, fmt.Errorf("lab: model %.40q: %w", id, ErrNoModel)
}

// OpenModel reads a model that ModelBody or package artifact wrote, and refuses one
// that could not compute. Its errors say nothing of the content.
func OpenModel(b []byte) (*mood.Model, error) {
	if len(b) > MaxModel {
		return nil, fmt.Errorf("lab: a model of %d bytes; at most %d are read", len(b), MaxModel)
	}
	m := new(mood.Model)
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	return m, nil
}

// A Difference is what changes where one model takes the place of another.
type Difference struct {
	A        string       `json:"a"`         // id
	B        string       `json:"b"`         // id
	Tracks   int          `json:"tracks"`    // both give a cluster
	ARI      segue.Number `json:"ari"`       // of the clusters, [−½, 1]
	SameMood segue.Number `json:"same_mood"` // share of Tracks, [0, 1]
	Moves    []Move       `json:"moves"`     // of the others, most tracks first

	// What follows for listeners. Moods of sessions, habits, personas and hours rest on
	// the tracks' places; the candidates of hours on the features they are neighbours in.
	PlacesMove   segue.Number `json:"places_move"`   // mean distance between a track's two places; 0: listeners notice nothing
	SameFeatures bool         `json:"same_features"` // candidates are neighbours in the same features
}

// A Move is tracks that one model calls by one mood and the other by another.
type Move struct {
	From     segue.Mood `json:"from"`
	To       segue.Mood `json:"to"`
	Tracks   int        `json:"tracks"`
	Share    float64    `json:"share"`    // of all tracks both give a cluster
	Examples []Named    `json:"examples"` // the most popular of them, mood.Examples at most
}

// Named is a track by its name.
type Named struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Artists []string `json:"artists"`
}

// Between compares two models on the tracks of c, on which neither need be fitted.
// O(n·k·d²).
func Between(c *segue.Catalog, a, b *mood.Model) *Difference {
	agreed := mood.Agree(c, a, b)
	d := &Difference{A: a.ID, B: b.ID, Tracks: agreed.Tracks, ARI: agreed.ARI, SameMood: agreed.SameMood, Moves: []Move{},
		PlacesMove: placesMove(c, a, b), SameFeatures: sameFeatures(a, b)}
	for _, m := range agreed.Moves {
		move := Move{From: m.From, To: m.To, Tracks: m.Tracks, Share: float64(m.Tracks) / float64(d.Tracks), Examples: []Named{}}
		for _, row := range m.Rows {
			move.Examples = append(move.Examples, Named{c.ID[row], c.Title[row], c.Artists.At(int(row))})
		}
		d.Moves = append(d.Moves, move)
	}
	return d
}

// placesMove is the mean distance between a track's place by a's plane and by b's,
// over the tracks that both place; missing if there are none.
func placesMove(c *segue.Catalog, a, b *mood.Model) segue.Number {
	before, after := a.Plane().Positions(c), b.Plane().Positions(c)
	n, sum := 0, 0.0
	for i := range before {
		if before[i].Known() && after[i].Known() {
			n++
			sum += before[i].Distance(after[i])
		}
	}
	if n == 0 {
		return segue.Missing()
	}
	return segue.Number(sum / float64(n))
}

func sameFeatures(a, b *mood.Model) bool {
	if len(a.Features) != len(b.Features) {
		return false
	}
	for _, f := range a.Features {
		found := false
		for _, g := range b.Features {
			found = found || f == g
		}
		if !found {
			return false
		}
	}
	return true
}

// In says what choosing the second model instead of the first means.
func (d *Difference) In(t *language.Tongue) []string {
	out := []string{t.Say("On %s tracks the two agree with an adjusted Rand index of %s; %s have one mood in both.", t.Count(d.Tracks), t.Decimal(float64(d.ARI), 2), t.Percent(float64(d.SameMood)))}
	switch move := float64(d.PlacesMove); {
	case move == 0:
		out = append(out, t.Say("Both place every track alike, so that moods of sessions, habits and personas stay as they are."))
	case d.PlacesMove.Known():
		out = append(out, t.Say("Tracks move on the plane by %s on average, and with them moods of sessions, habits and personas.", t.Decimal(move, 3)))
	}
	if d.SameFeatures {
		out = append(out, t.Say("Candidates of an hour are neighbours in the same features, so that hours stay as they are where places do."))
	} else {
		out = append(out, t.Say("Candidates of an hour are neighbours in other features: hours will differ."))
	}
	return out
}

// In says a move in a sentence, with the tracks by name.
func (m Move) In(t *language.Tongue) string {
	var names []string
	for _, n := range m.Examples {
		names = append(names, "“"+n.Title+"”")
	}
	return t.Say("From %s to %s: %s (%s), such as %s.", tell.MoodPhrase(t, m.From), tell.MoodPhrase(t, m.To), t.Of(m.Tracks, "track", "tracks"), t.Percent(m.Share), t.List(names))
}
