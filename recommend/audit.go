package recommend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"segue"
	"segue/audit"
	"segue/internal/quantile"
	"segue/mood"
)

// The names of what an audit holds against labels besides saved models, which are called
// by their algorithm and id: "gmm 0123456789ab". That of the model in use begins with
// AuditInUse: "in_use gmm 0123456789ab".
const (
	AuditHalves        = "halves"  // valence and energy, each cut at 0.5
	AuditMedians       = "medians" // … each cut at the catalogue's median
	AuditPlane         = "plane"   // the quadrant of a track's place
	AuditSupervisedRaw = "supervised_raw"
	AuditInUse         = "in_use"
)

// AuditOptions say what is audited, and how. The zero value is ready to use.
type AuditOptions struct {
	Models     []*mood.Model // besides those that are trained for it
	InUse      *mood.Model   // by which listeners' music is placed; nil for the usual placing
	Replicates int           // of the bootstrap; 0 stands for audit.DefaultReplicates
	Seed       uint64        // of training and bootstrap

	Progress segue.Progress   // may be nil
	Clock    func() time.Time // for training; nil means time.Now
}

// An Audit holds models against labels of some of a catalogue's tracks.
type Audit struct {
	*audit.Audit
	Labels  *LabelReport `json:"labels"`
	Catalog string       `json:"catalog"` // content hash
	Of      int          `json:"of"`      // tracks of the catalogue
	Hash    string       `json:"hash"`    // content hash of the labels that joined

	// LeftOut says why there is no supervised model; empty if there is.
	LeftOut string `json:"left_out"`

	// Seen are saved models that were trained on these very labels: what they agree
	// with them says nothing of other tracks.
	Seen []string `json:"seen"`
}

// Audit trains each clustering algorithm on the music and names its clusters, fits the
// supervised model to the labels of some artists to predict the others, and holds them
// against the labels beside the plane, two rules of thumb and the given models: see
// package audit. The reference is the first, the naming of k-means.
//
// Labels that no supervised model can be fitted to are audited without one, and say why.
// Errors are those of mood.Train, and ctx's. The cost is that of training, and that of
// audit.Run.
func (m *Music) Audit(ctx context.Context, l *mood.Labels, p *LabelReport, o AuditOptions) (*Audit, error) {
	if o.Replicates == 0 {
		o.Replicates = audit.DefaultReplicates
	}
	t, err := mood.Train(ctx, m.Catalog, mood.Options{Seed: o.Seed, Progress: o.Progress, Clock: o.Clock})
	if err != nil {
		return nil, err
	}
	a := &Audit{Labels: p, Catalog: m.Catalog.Version, Of: m.Catalog.Len(), Hash: l.Hash, Seen: []string{}}
	var all []mood.Prediction
	for _, model := range t.Models {
		all = append(all, predictionOf(m.Catalog, l, model, model.Algorithm))
	}
	all = append(all, byPlace(AuditPlane, l, t.Positions, mood.TrackMembership))
	halves, medians := thresholds(m.Catalog, l)
	all = append(all, halves, medians)
	v, err := mood.CrossValidate(ctx, m.Catalog, l, mood.SupervisedOptions{Seed: o.Seed, Progress: o.Progress, Clock: o.Clock})
	switch {
	case errors.Is(err, mood.ErrTooFewLabels):
		a.LeftOut = strings.TrimPrefix(err.Error(), "mood: ")
	case err != nil:
		return nil, err
	default:
		v.Raw.Name, v.Calibrated.Name = AuditSupervisedRaw, mood.Supervised
		all = append(all, v.Raw, v.Calibrated)
	}
	saved := func(model *mood.Model, name string) {
		if model.Learned != nil && model.Learned.Hash == l.Hash {
			a.Seen = append(a.Seen, name)
		}
		all = append(all, predictionOf(m.Catalog, l, model, name))
	}
	if o.InUse != nil {
		saved(o.InUse, InUseName(o.InUse))
	}
	for _, model := range o.Models {
		saved(model, SavedName(model))
	}
	a.Audit, err = audit.Run(ctx, m.Catalog, l, all, audit.Options{Replicates: o.Replicates, Seed: o.Seed, Progress: o.Progress})
	return a, err
}

// SavedName is what an audit calls a saved model.
func SavedName(m *mood.Model) string { return fmt.Sprintf("%s %.12s", m.Algorithm, m.ID) }

// InUseName is what an audit calls the model in use.
func InUseName(m *mood.Model) string { return AuditInUse + " " + SavedName(m) }

// predictionOf is what a model says of labelled tracks: the mood of their cluster, how
// much they belong to the clusters of each mood, unless that is all or nothing, and
// their place.
func predictionOf(c *segue.Catalog, l *mood.Labels, m *mood.Model, name string) mood.Prediction {
	p := mood.Prediction{Name: name, Mood: make([]segue.Mood, l.Len()), At: make([]segue.Affect, l.Len())}
	if m.Algorithm != mood.KMeans {
		p.Probability = make([]segue.Membership, l.Len())
	}
	for i, row := range l.Row {
		v := c.Features(int(row))
		p.Mood[i], p.At[i] = segue.Mixed, m.Plane().Place(v)
		cluster, ok := m.Cluster(v)
		if ok {
			p.Mood[i] = m.Moods[cluster].Mood
		}
		if p.Probability == nil {
			continue
		}
		shares, ok := m.Membership(v)
		if !ok {
			p.Probability[i] = segue.Membership{.25, .25, .25, .25}
			continue
		}
		for k, u := range shares {
			p.Probability[i][m.Moods[k].Mood] += u
		}
	}
	return p
}

// byPlace names the quadrant of each track's place.
func byPlace(name string, l *mood.Labels, at []segue.Affect, membership func(segue.Affect) segue.Membership) mood.Prediction {
	p := mood.Prediction{Name: name, Mood: make([]segue.Mood, l.Len()), At: make([]segue.Affect, l.Len())}
	if membership != nil {
		p.Probability = make([]segue.Membership, l.Len())
	}
	for i, row := range l.Row {
		p.At[i] = at[row]
		if p.Mood[i] = segue.Mixed; p.At[i].Known() {
			p.Mood[i] = segue.QuadrantOf(p.At[i])
		}
		if membership != nil {
			if p.Probability[i] = (segue.Membership{.25, .25, .25, .25}); p.At[i].Known() {
				p.Probability[i] = membership(p.At[i])
			}
		}
	}
	return p
}

// thresholds are Russell's quadrants by the raw features of valence and energy, cut in
// the middle of their interval and at the catalogue's medians.
func thresholds(c *segue.Catalog, l *mood.Labels) (halves, medians mood.Prediction) {
	valence, energy := c.Feature[segue.Valence], c.Feature[segue.Energy]
	raw, moved := make([]segue.Affect, c.Len()), make([]segue.Affect, c.Len())
	middle := segue.Affect{Valence: median(valence), Arousal: median(energy)}
	for i := range raw {
		raw[i] = segue.Affect{Valence: float64(valence[i]), Arousal: float64(energy[i])}
		moved[i] = segue.Affect{Valence: raw[i].Valence - middle.Valence + .5, Arousal: raw[i].Arousal - middle.Arousal + .5}
	}
	return byPlace(AuditHalves, l, raw, nil), byPlace(AuditMedians, l, moved, nil)
}

// median is that of the known values, NaN of none.
func median(column []float32) float64 {
	known := slices.DeleteFunc(slices.Clone(column), func(v float32) bool { return v != v })
	slices.Sort(known)
	return quantile.Of(known, .5)
}
