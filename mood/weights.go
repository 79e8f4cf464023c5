package mood

import (
	"strings"

	"segue"
)

// Weights say how the axes of a Plane are made from audio features. They are
// data, so that a site can try others, or put the coefficients of a model fitted
// on labelled music in their place; Source then says where they come from and is
// kept with everything made from them. Only their ratios within an axis matter,
// and their signs.
type Weights struct {
	Source  string   `json:"source"`
	Valence []Weight `json:"valence"`
	Arousal []Weight `json:"arousal"`
}

// A Weight is the weight of one standardized feature.
type Weight struct {
	Feature segue.Feature `json:"feature"`
	Weight  float64       `json:"weight"`
}

// DefaultWeights returns the weights Segue ships. They are a design default
// guided by correlations with human ratings (energy–arousal about 0.60,
// valence–valence about 0.40), not fitted. (d; docs/science.md §2)
//
//	arousal = 0.62·z(energy) + 0.28·z(loudness) − 0.10·z(acousticness)
//	valence = 0.60·z(valence) + 0.40·z(energy)
func DefaultWeights() Weights {
	return Weights{
		Source: "design default",
		Valence: []Weight{
			{segue.Valence, 0.60},
			{segue.Energy, 0.40},
		},
		Arousal: []Weight{
			{segue.Energy, 0.62},
			{segue.Loudness, 0.28},
			{segue.Acousticness, -0.10},
		},
	}
}

// names joins the features' names.
func names(fs []segue.Feature, sep string) string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = f.String()
	}
	return strings.Join(out, sep)
}
