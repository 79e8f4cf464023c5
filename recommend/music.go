package recommend

import (
	"cmp"
	"context"
	"slices"

	"segue"
	"segue/cluster/validity"
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

// Place places the tracks of a catalogue on the plane: what sessions, profiles
// and playlists need, O(n log n). Errors are those of mood.NewPlane.
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
	return &Music{Catalog: c, Plane: t.Plane, Positions: t.Plane.Positions(c), Training: t}, nil
}

// Model returns the model used downstream, the first one trained, or nil.
func (m *Music) Model() *mood.Model {
	if m.Training == nil || len(m.Training.Models) == 0 {
		return nil
	}
	return m.Training.Models[0]
}

// A Rank is how much one feature says about the clusters of a model.
type Rank struct {
	Feature segue.Feature `json:"feature"`
	Share   segue.Number  `json:"share"`  // of the labels' entropy, [0, 1]
	Bits    segue.Number  `json:"bits"`   // mutual information
	EtaSq   segue.Number  `json:"eta_sq"` // share of the feature's variance between clusters, [0, 1]
	N       int           `json:"n"`      // tracks with the feature and a cluster
	Used    bool          `json:"used"`   // whether the model was fitted on it
}

// Ranking says how much each feature tells of the clusters of a model, the most
// telling first: the study's ranking, computed from the catalogue at hand. A
// feature the model was fitted on tells much for that reason; Used marks it.
func Ranking(c *segue.Catalog, m *mood.Model) []Rank {
	labels := m.Labels(c)
	used := map[segue.Feature]bool{}
	for _, f := range m.Features {
		used[f] = true
	}
	ranks := make([]Rank, 0, segue.NumFeatures)
	values := make([]float64, c.Len())
	for _, f := range segue.AllFeatures() {
		for i, v := range c.Feature[f] {
			values[i] = float64(v)
		}
		info := validity.FeatureInformation(values, labels)
		ranks = append(ranks, Rank{f, segue.Number(info.Share), segue.Number(info.Bits), segue.Number(info.EtaSquared), info.N, used[f]})
	}
	slices.SortStableFunc(ranks, func(a, b Rank) int {
		if a.Share.Known() != b.Share.Known() {
			if a.Share.Known() {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Share, a.Share)
	})
	return ranks
}
