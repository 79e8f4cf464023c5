package mood

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"segue"
	"segue/cluster/validity"
	"segue/internal/parallel"
)

// FeatureImportance is how much one feature says about which cluster a track is
// in.
type FeatureImportance struct {
	Feature    segue.Feature `json:"feature"`
	Bits       segue.Number  `json:"bits"`        // mutual information with the cluster, ≥ 0
	Share      segue.Number  `json:"share"`       // of the clusters' entropy, [0, 1]: 1 settles the cluster
	EtaSquared segue.Number  `json:"eta_squared"` // share of the feature's variance between clusters, [0, 1]
	N          int           `json:"n"`           // tracks with the feature and a cluster
}

// Importance measures what each feature of c, clustered on or not, says about a
// labeling of its rows, −1 being none: computed on these tracks, where rankings
// found elsewhere would be quoted. Features come in order of Share, largest
// first; those that no labelled track has come last, missing. It says nothing of
// cause: a feature that was clustered on tells of its cluster by construction.
//
// It costs O(n log n) a feature, all processors at once, and panics if there are
// not c.Len() labels. The only error is ctx.Err().
func Importance(ctx context.Context, c *segue.Catalog, labels []int32) ([]FeatureImportance, error) {
	if len(labels) != c.Len() {
		panic(fmt.Sprintf("mood: Importance: %d labels for %d tracks", len(labels), c.Len()))
	}
	out := make([]FeatureImportance, segue.NumFeatures)
	err := parallel.Chunks(ctx, len(out), 1, func(i, _, _ int) {
		values := make([]float64, c.Len())
		for row, v := range c.Feature[i] {
			values[row] = float64(v)
		}
		info := validity.FeatureInformation(values, labels)
		out[i] = FeatureImportance{segue.Feature(i), segue.Number(info.Bits), segue.Number(info.Share), segue.Number(info.EtaSquared), info.N}
		if info.N == 0 {
			out[i].Bits, out[i].Share, out[i].EtaSquared = segue.Missing(), segue.Missing(), segue.Missing()
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b FeatureImportance) int {
		return cmp.Compare(b.Share, a.Share) // NaN sorts below every number, so last
	})
	return out, nil
}
