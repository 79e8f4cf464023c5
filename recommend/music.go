package recommend

import (
	"context"

	"segue"
	"segue/mood"
)

// Music is a catalogue with every track placed on the plane and, if asked for,
// clustered. It is immutable and shared by all listeners.
type Music struct {
	Catalog   *segue.Catalog
	Plane     *mood.Plane
	Positions []segue.Affect // one a catalogue row; not Known where a track has no place
	Training  *mood.Training // nil unless learned
}

// Place places the tracks of a catalogue on the plane: what sessions and
// profiles need, O(n log n). Errors are those of mood.NewPlane.
func Place(c *segue.Catalog) (*Music, error) {
	plane, err := mood.NewPlane(c)
	if err != nil {
		return nil, err
	}
	return &Music{Catalog: c, Plane: plane, Positions: plane.Positions(c)}, nil
}

// Learn clusters a catalogue's tracks and places them. Errors are those of
// mood.Train.
func Learn(ctx context.Context, c *segue.Catalog, o mood.Options) (*Music, error) {
	t, err := mood.Train(ctx, c, o)
	if err != nil {
		return nil, err
	}
	return &Music{Catalog: c, Plane: t.Plane, Positions: t.Positions, Training: t}, nil
}

// Model returns the model used downstream, the first one trained, or nil.
func (m *Music) Model() *mood.Model {
	if m.Training == nil || len(m.Training.Models) == 0 {
		return nil
	}
	return m.Training.Models[0]
}

// Ranking says how much each feature tells of the clusters of Model, the most
// telling first. It panics if the music was not learned.
func (m *Music) Ranking(ctx context.Context) ([]mood.FeatureImportance, error) {
	return mood.Importance(ctx, m.Catalog, m.Model().Labels(m.Catalog))
}
