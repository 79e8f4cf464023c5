package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"segue"
	"segue/language"
	"segue/mood"
	"segue/tell"
)

// How much a comparison, which may be asked for from afar, may want. (d)
const (
	MaxK         = 50
	MaxRestarts  = 100
	MaxStability = 200
)

// CompareAsked says which models are asked for. The zero value of every field is a
// usable default, but without null and stability.
type CompareAsked struct {
	Algorithms []string        `json:"algorithms,omitempty"` // empty: all
	Features   []segue.Feature `json:"features,omitempty"`   // empty: mood.DefaultFeatures
	K          int             `json:"k,omitempty"`          // 1…MaxK; 0: mood.DefaultK
	Covariance string          `json:"covariance,omitempty"` // of the mixture; empty: full
	Restarts   int             `json:"restarts,omitempty"`   // 0: mood's default, up to MaxRestarts
	Null       bool            `json:"null"`
	Stability  int             `json:"stability"` // resamples, up to MaxStability; 0: none
	Seed       uint64          `json:"seed"`
}

// A Comparison is models of one catalogue side by side, as 'segue train' prints them.
type Comparison struct {
	trained

	Ranking   []mood.FeatureImportance `json:"ranking"`   // of what tells the first model's groups apart
	Agreement []Agreement              `json:"agreement"` // of every two models

	// Kept are the models without their plane, in the order of Models: what Version
	// makes whole ones of.
	Kept []json.RawMessage `json:"kept,omitempty"`
}

// trained is a training that JSON holds whole: its models are without Fitted.
type trained mood.Training

// UnmarshalJSON reads a comparison back. Its models are to be read, not to compute
// with: see ModelBody.
func (f *Comparison) UnmarshalJSON(b []byte) error {
	type plain Comparison
	type shown mood.Model // which does without Fitted
	var p plain
	read := struct {
		*plain
		Models []*shown `json:"models"`
	}{plain: &p}
	if err := json.Unmarshal(b, &read); err != nil {
		return fmt.Errorf("lab: reading a comparison: %w", err)
	}
	for _, m := range read.Models {
		if m == nil {
			return errors.New("lab: reading a comparison: a model is missing")
		}
		p.Models = append(p.Models, (*mood.Model)(m))
	}
	*f = Comparison(p)
	return nil
}

// An Agreement is how far two models of a comparison agree.
type Agreement struct {
	A string `json:"a"` // algorithm
	B string `json:"b"`
	*mood.Agreement
}

// Agreements compares every two models of a training on its catalogue.
func Agreements(c *segue.Catalog, models []*mood.Model) []Agreement {
	out := []Agreement{}
	all := mood.AgreeAll(c, models)
	for i, a := range models {
		for _, b := range models[i+1:] {
			out = append(out, Agreement{a.Algorithm, b.Algorithm, all[len(out)]})
		}
	}
	return out
}

// compared is a checkpoint: what was trained, an algorithm each.
type compared struct {
	Training json.RawMessage `json:"training"` // of one model
	Kept     json.RawMessage `json:"kept"`     // that model
}

// Compare trains each of the algorithms and judges it: separation in the fitted space
// and on two components, the null, stability and its own criterion; then how far they
// agree. It is what mood.Train finds, an algorithm after the other, so that those a
// checkpoint of the same comparison holds are not trained again; the result is the
// same bytes as in one go but for the seconds, which the clock gives; nil is
// time.Now.
//
// Errors are those of mood.Train, and segue.ErrUsage for more than this package's
// bounds.
func Compare(ctx context.Context, c *segue.Catalog, a CompareAsked, clock func() time.Time, h Hold) (*Comparison, error) {
	if a.K > MaxK || a.Restarts > MaxRestarts || a.Stability > MaxStability {
		return nil, fmt.Errorf("lab: %w: k = %d, %d restarts and %d resamples; at most %d, %d and %d are made", segue.ErrUsage, a.K, a.Restarts, a.Stability, MaxK, MaxRestarts, MaxStability)
	}
	if err := checkFeatures(a.Features); err != nil {
		return nil, err
	}
	algorithms := a.Algorithms
	if len(algorithms) == 0 {
		algorithms = mood.Algorithms()
	}
	for i, name := range algorithms {
		if !slices.Contains(mood.Algorithms(), name) || slices.Contains(algorithms[:i], name) {
			return nil, fmt.Errorf("lab: %w: algorithm %.40q is unknown or named twice; there are %v", segue.ErrUsage, name, mood.Algorithms())
		}
	}
	plane, err := mood.NewPlane(c)
	if err != nil {
		return nil, err
	}
	of := identity([]any{"compare 1", c.Version, a})
	done := resume[map[string]compared](h, of)
	if done == nil {
		done = map[string]compared{}
	}
	out := &Comparison{}
	var models []*mood.Model
	for i, name := range algorithms {
		one, ok := done[name]
		if !ok {
			if one, err = train(ctx, c, a, name, clock, part(h.Progress, i, len(algorithms))); err != nil {
				return nil, err
			}
			done[name] = one
			h.keep(of, done)
		}
		m, err := mood.UnmarshalSlim(one.Kept, plane)
		if err != nil {
			return nil, err
		}
		var t trained
		if err := json.Unmarshal(one.Training, &t); err != nil {
			return nil, fmt.Errorf("lab: reading a checkpoint: %w", err)
		}
		shown := *m
		shown.Fitted = nil
		t.Models = append(out.Models, &shown)
		out.trained, models = t, append(models, m)
		out.Kept = append(out.Kept, one.Kept)
	}
	if out.Ranking, err = mood.Importance(ctx, c, models[0].Labels(c)); err != nil {
		return nil, err
	}
	out.Agreement = Agreements(c, models)
	return out, ctx.Err()
}

// train trains one algorithm.
func train(ctx context.Context, c *segue.Catalog, a CompareAsked, algorithm string, clock func() time.Time, progress segue.Progress) (compared, error) {
	t, err := mood.Train(ctx, c, mood.Options{Algorithms: []string{algorithm}, Features: a.Features, K: a.K, Covariance: a.Covariance,
		Seed: a.Seed, Restarts: a.Restarts, Null: a.Null, Stability: a.Stability, Progress: progress, Clock: clock})
	if err != nil {
		return compared{}, err
	}
	kept, err := t.Models[0].MarshalSlim()
	if err != nil {
		return compared{}, err
	}
	head := trained(*t)
	head.Models = nil
	training, err := json.Marshal(head)
	return compared{training, kept}, err
}

// part is the progress of one of several parts that take about as long.
func part(p segue.Progress, i, parts int) segue.Progress {
	if p == nil {
		return nil
	}
	const fine = 1000 // steps of a part
	return func(stage string, done, total int64) {
		p(stage, int64(i)*fine+done*fine/max(1, total), int64(parts)*fine)
	}
}

// Pictures draws where the groups of each model lie.
func (f *Comparison) Pictures(t *language.Tongue) []Picture {
	var out []Picture
	for _, m := range f.Models {
		out = append(out, Picture{tell.AlgorithmTitle(t, m.Algorithm), t.Say("Least margin of a name: %s.", t.Decimal(tell.LeastMargin(m), 2)), tell.GroupsPlane(t, m)})
	}
	return out
}

// Criteria lays the models' figures side by side.
func (f *Comparison) Criteria(t *language.Tongue) []tell.Criterion { return tell.Criteria(t, f.Models) }

// In says the agreement in a sentence.
func (a Agreement) In(t *language.Tongue) string {
	return t.Say("%s and %s: adjusted Rand index %s; %s of %s tracks have one mood in both.", tell.AlgorithmTitle(t, a.A), tell.AlgorithmTitle(t, a.B),
		t.Decimal(float64(a.ARI), 2), t.Percent(float64(a.SameMood)), t.Count(a.Tracks))
}
