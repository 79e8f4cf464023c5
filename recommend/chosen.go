package recommend

import (
	"errors"
	"fmt"

	"segue"
	"segue/mood"
	"segue/persona"
)

// ErrOtherCatalog reports a model that was fitted on other tracks than those it is
// to be used on. The wrapping error names both catalogues.
var ErrOtherCatalog = errors.New("the model was fitted on another catalogue")

// With returns the music of a catalogue as a chosen model sees it, which was fitted
// on it. Choosing a model decides three things: the plane that places every track,
// and so the moods of sessions, habits and personas; the features in whose space the
// candidates of an hour are neighbours; and the groups that are shown. Models that
// differ in algorithm, k or seed alone share the first two, so that hours and
// personas stay as they are.
//
// A model of another catalogue is refused with ErrOtherCatalog: its places are
// percentiles among tracks that are not these, and nobody should get them unawares.
// Assign takes it. O(n).
func With(c *segue.Catalog, m *mood.Model) (*Music, error) {
	if m.Catalog != c.Version {
		return nil, fmt.Errorf("recommend: %w: it knows the tracks of %.12s, and these are %.12s; train one on them, or keep the old ruler knowingly", ErrOtherCatalog, m.Catalog, c.Version)
	}
	return Assign(c, m)
}

// Assign is With for a model of any catalogue: its ruler is kept. Tracks lie where
// the model's own tracks would, which keeps listeners' moods as they were while a
// catalogue grows; the middle of the plane is then the middle of the old tracks and
// not of these. It returns mood.ErrNoPlane, wrapped, if no track can be placed, and
// mood.ErrTooFewTracks if none has the model's features.
func Assign(c *segue.Catalog, m *mood.Model) (*Music, error) {
	plane := m.Plane()
	out := &Music{Catalog: c, Plane: plane, Positions: plane.Positions(c), chosen: m}
	placed := false
	for _, at := range out.Positions {
		placed = placed || at.Known()
	}
	if !placed {
		return nil, fmt.Errorf("recommend: %w by model %s: none has %s and %s", mood.ErrNoPlane, m.ID, plane.Valence.Main, plane.Arousal.Main)
	}
	if _, rows := m.Space(c); len(rows) == 0 {
		return nil, fmt.Errorf("recommend: %w: none of the %d has all the features of model %s", mood.ErrTooFewTracks, c.Len(), m.ID)
	}
	return out, nil
}

// Trees are the decision trees in use. A nil one is the shipped tree.
type Trees struct {
	Persona *persona.Tree
	Offer   *persona.Tree
}

// filled puts the shipped trees where none was chosen.
func (t Trees) filled() Trees {
	if t.Persona == nil {
		t.Persona = persona.PersonaTree()
	}
	if t.Offer == nil {
		t.Offer = persona.OfferTree()
	}
	return t
}
