package mood

import (
	"fmt"
	"math"
	"slices"

	"segue"
	"segue/matrix"
	"segue/regress/calibrate"
	"segue/regress/logistic"
)

// A Naming turns the scores of the moods into probabilities and a name. It is learned
// from scores of tracks that the scores' weights were not fitted to.
//
// The most probable mood is no good name where one is rare: if half of the labels are
// happy, a track is seldom more probably calm, and calm would hardly ever be said. So
// the name is the mood with the largest p/shareᴸ, L being Lean: 0 names the most
// probable mood, which is right most often; 1 the one that is most probable for a mood
// of its frequency, which is right about equally often in every mood.
type Naming struct {
	Scaling calibrate.Scaling `json:"scaling"`
	Share   segue.Membership  `json:"share"` // of the moods among the labels
	Lean    float64           `json:"lean"`  // [0, 1]
}

// DefaultLean costs little of the accuracy that 0 has and keeps what 1 gains in the
// rare moods. (d; docs/science.md §2)
const DefaultLean = 0.75

// newNaming learns from scores, n×4, of tracks labelled with moods y.
func newNaming(scores matrix.Columns, y []int32, offsets bool) (Naming, error) {
	scaling, err := calibrate.FitScaling(scores, y, calibrate.Options{Offsets: offsets})
	if err != nil {
		return Naming{}, fmt.Errorf("mood: %w", err)
	}
	n := Naming{Scaling: *scaling, Lean: DefaultLean}
	for _, c := range y {
		n.Share[c] += 1 / float64(len(y))
	}
	return n, nil
}

// probabilities returns the calibrated probabilities of scores, which it overwrites.
func (n *Naming) probabilities(scores []float64) segue.Membership {
	return segue.Membership(n.Scaling.Probability(scores))
}

// name returns the name of a track with the given probabilities, the first of equals.
func (n *Naming) name(p segue.Membership) segue.Mood {
	best, most := segue.Angry, -1.0
	for _, m := range segue.Moods() {
		if v := p[m] / math.Pow(n.Share[m], n.Lean); v > most {
			best, most = m, v
		}
	}
	return best
}

// A confusion counts tracks by the mood labelled, then the mood said; the last said is
// none.
type confusion [segue.NumMoods][segue.NumMoods + 1]float64

// accuracy returns the share that is right, NaN of no tracks.
func (c *confusion) accuracy() float64 {
	right, all := 0.0, 0.0
	for own, said := range c {
		right += said[own]
		for _, n := range said {
			all += n
		}
	}
	return right / all
}

// macroF1 returns the mean over the moods that some track is labelled with of
// 2·right/(labelled + said).
func (c *confusion) macroF1() float64 {
	sum, moods := 0.0, 0.0
	for own := range c {
		labelled, said := 0.0, 0.0
		for other := range c {
			said += c[other][own]
		}
		for _, n := range c[own] {
			labelled += n
		}
		if labelled > 0 {
			moods++
			sum += 2 * c[own][own] / (labelled + said)
		}
	}
	return sum / moods
}

// A Classifier is what a supervised model computes with. Its weights are of the parts
// of standardized features as they are, missing ones 0.
type Classifier struct {
	Parts     []Part      `json:"parts"`
	Weights   [][]float64 `json:"weights"`   // 4×parts, a row a mood
	Intercept []float64   `json:"intercept"` // of each mood
	Naming    Naming      `json:"naming"`
	Centers   [][]float64 `json:"centers"` // 4×features: mean of the catalogue's tracks of each name, 0 of none
}

// features returns the features in the order of a standardized table's columns.
func (m *Classifier) features() []segue.Feature {
	var out []segue.Feature
	for _, p := range m.Parts {
		if p.With == nil {
			out = append(out, p.Feature)
		}
	}
	return out
}

// scores returns the scores of standardized features, n×features: n×4.
func (m *Classifier) scores(x matrix.Columns) matrix.Columns {
	l := logistic.Model{Weights: m.Weights, Intercept: m.Intercept}
	return l.Scores(expand(x, m.features(), m.Parts))
}

// memberships returns the calibrated probabilities of the moods, n×4.
func (m *Classifier) memberships(x matrix.Columns) [][]float64 {
	scores := m.scores(x)
	n, _ := scores.Dims()
	out := make([][]float64, n)
	for i := range out {
		out[i] = m.Naming.Scaling.Probability(scores.Row(nil, i))
	}
	return out
}

// predict returns the name of each row, as a cluster.
func (m *Classifier) predict(x matrix.Columns) []int32 {
	p := m.memberships(x)
	out := make([]int32, len(p))
	for i := range p {
		out[i] = int32(m.Naming.name(segue.Membership(p[i])))
	}
	return out
}

// check refuses a classifier read from a file that cannot compute.
func (m *Classifier) check(fs []segue.Feature) error {
	if len(m.Weights) != segue.NumMoods || len(m.Intercept) != segue.NumMoods || len(m.Naming.Scaling.Offsets) != segue.NumMoods {
		return fmt.Errorf("weights of %d moods", len(m.Weights))
	}
	if s := m.Naming.Scaling.Temperature; !(s > 0) || math.IsInf(s, 1) || !(m.Naming.Lean >= 0 && m.Naming.Lean <= 1) {
		return fmt.Errorf("probabilities of temperature %v and lean %v", s, m.Naming.Lean)
	}
	if !slices.Equal(m.features(), fs) {
		return fmt.Errorf("parts of other features")
	}
	for _, p := range m.Parts {
		if !slices.Contains(fs, p.Feature) || p.With != nil && !slices.Contains(fs, *p.With) {
			return fmt.Errorf("a part of a feature that is none of its own")
		}
	}
	for mood, w := range m.Weights {
		if len(w) != len(m.Parts) {
			return fmt.Errorf("%d parts, but weights of %d", len(m.Parts), len(w))
		}
		if !(m.Naming.Share[mood] > 0) {
			return fmt.Errorf("no label of a mood that it names")
		}
	}
	return nil
}
