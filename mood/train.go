package mood

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"segue"
	"segue/cluster/validity"
	"segue/internal/parallel"
	"segue/matrix"
)

// A Training is what Train found: one model an algorithm, on the same tracks.
type Training struct {
	N        int             `json:"n"`        // tracks fitted on: those with all the features
	Excluded int             `json:"excluded"` // tracks left out, as they lack one
	Missing  map[string]int  `json:"missing"`  // tracks without each feature
	Features []segue.Feature `json:"features"`
	Catalog  string          `json:"catalog"` // content hash of the catalogue
	Dropped  []segue.Feature `json:"dropped"` // features the plane does without: see Plane.Dropped
	Models   []*Model        `json:"models"`
	Note     string          `json:"note"` // what k means: KNote, and which k was asked for if it is another

	Plane     *Plane         `json:"-"`
	Positions []segue.Affect `json:"-"` // on it, of every row of the catalogue
}

// MarshalJSON writes the training for reading: models without what they compute
// with, which is in the models' own files.
func (t *Training) MarshalJSON() ([]byte, error) {
	type plain Training
	p := plain(*t)
	p.Models = make([]*Model, len(t.Models))
	for i, m := range t.Models {
		shown := *m
		shown.Fitted = nil
		p.Models[i] = &shown
	}
	return json.Marshal(p)
}

// Train clusters the tracks of c by each of the algorithms, in the standardized
// space of the features, names the clusters and judges them. Tracks without one
// of the features are left out and counted. Silhouettes are of all tracks, all
// models in one pass over the distances, up to validity.ExactPairs of these; of
// more tracks 5,000 are measured, each against all. The null and stability are
// computed on at most 10,000 tracks. The result says what was sampled.
//
// Each model depends on c and o alone, not on which others are trained beside it
// nor on the number of processors; only its seconds vary.
//
// Errors: segue.ErrUsage for options that cannot be meant, ErrTooFewTracks for
// fewer tracks with the features than clusters, ErrConstantFeature, ErrNoPlane,
// and ctx.Err(). Not errors: an algorithm that did not converge (Model.Converged),
// and an index that is undefined, such as the silhouette of one cluster (null).
func Train(ctx context.Context, c *segue.Catalog, o Options) (*Training, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s, err := newSpace(c, o.Features, o.K)
	if err != nil {
		return nil, err
	}
	plane, err := NewPlaneWeighted(c, *o.Weights)
	if err != nil {
		return nil, err
	}
	t := &trainer{o: o, space: s, plane: plane, catalog: c.Version}
	t.at = make([]segue.Affect, len(s.rows))
	positions := plane.Positions(c)
	for i, r := range s.rows {
		t.at[i] = positions[r]
	}
	t.steps = t.trustSteps() + int64(len(o.Algorithms))
	for _, algorithm := range o.Algorithms {
		if err := t.fit(ctx, algorithm); err != nil {
			return nil, err
		}
	}
	if err := t.trust(ctx); err != nil {
		return nil, err
	}
	out := &Training{N: len(s.rows), Excluded: c.Len() - len(s.rows), Missing: map[string]int{}, Features: o.Features,
		Catalog: c.Version, Dropped: plane.Dropped, Models: t.models, Note: noteOf(o.K), Plane: plane, Positions: positions}
	for j, f := range o.Features {
		out.Missing[f.String()] = s.missing[j]
	}
	return out, ctx.Err()
}

// trainer is one run of Train.
type trainer struct {
	o       Options
	space   *space
	plane   *Plane
	catalog string
	at      []segue.Affect // position of each row of space
	models  []*Model
	labels  [][]int32 // of each model, in the order of its clusters

	mu          sync.Mutex // of done: refits report from several goroutines
	done, steps int64
}

// trust measures how far the models can be trusted, in trustSteps steps.
func (t *trainer) trust(ctx context.Context) error {
	if err := t.judge(ctx); err != nil {
		return err
	}
	if t.o.Null {
		if err := t.null(ctx); err != nil {
			return err
		}
	}
	for i := range t.models {
		if t.o.Stability == 0 {
			break
		}
		if err := t.stability(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

func (t *trainer) trustSteps() int64 {
	steps := int64(len(t.o.Algorithms)*t.o.Stability + 1)
	if t.o.Null {
		steps += nullShuffles
	}
	return steps
}

func (t *trainer) step(stage string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done++
	if t.o.Progress != nil {
		t.o.Progress(stage, t.done, t.steps)
	}
}

func (t *trainer) since(start time.Time) float64 { return t.o.Clock().Sub(start).Seconds() }

// fit trains one model, names its clusters and puts them in order.
func (t *trainer) fit(ctx context.Context, algorithm string) error {
	start := t.o.Clock()
	x := t.space.x
	f, err := fit(ctx, x, algorithm, t.how())
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("mood: %s: %w", algorithm, err)
	}
	f.Scaler, f.Plane = t.space.scaler, t.plane
	names := NamesOf(meanPositions(t.at, nearestTo(f.centers(), x), t.o.K))
	order := byMood(names)
	f.reorder(order)
	labels := f.predict(x)
	m := t.model(algorithm, &f, pick(names, order), len(labels))
	for _, l := range labels {
		m.Sizes[l]++
	}
	m.Seconds.Fit = t.since(start)
	t.models = append(t.models, m)
	t.labels = append(t.labels, labels)
	t.step("fit " + algorithm)
	return nil
}

// how says how the models are fitted.
func (t *trainer) how() how {
	return how{k: t.o.K, seed: t.o.Seed, restarts: t.o.Restarts, covariance: t.o.Covariance, tolerance: t.o.Tolerance}
}

// model returns the model of fitted parameters, in the order of names, that is
// not judged yet and whose clusters are not counted.
func (t *trainer) model(algorithm string, f *Fitted, names []Name, n int) *Model {
	m := &Model{
		Algorithm: algorithm, K: t.o.K, ID: t.id(algorithm), Features: t.o.Features, Catalog: t.catalog,
		Seed: t.o.Seed, N: n,
		Centers: f.centers(), Sizes: make([]int, t.o.K), Moods: names,
		Fitted: f,
	}
	m.unjudged()
	switch {
	case f.KMeans != nil:
		m.Inertia, m.Iterations, m.Converged = segue.Number(f.KMeans.Inertia), f.KMeans.Iterations, f.KMeans.Converged
	case f.GMM != nil:
		m.Covariance, m.Iterations, m.Converged = t.o.Covariance, f.GMM.Iterations, f.GMM.Converged
		m.BIC, m.AIC, m.LogLikelihood = segue.Number(f.GMM.BIC), segue.Number(f.GMM.AIC), segue.Number(f.GMM.LogLikelihood)
	case f.FCM != nil:
		m.FPC, m.Iterations, m.Converged = segue.Number(f.FCM.FPC), f.FCM.Iterations, f.FCM.Converged
	}
	return m
}

// unjudged leaves open all that is measured.
func (m *Model) unjudged() {
	m.Silhouette, m.DaviesBouldin, m.CalinskiHarabasz = segue.Missing(), segue.Missing(), segue.Missing()
	m.Projection2D, m.Null = Separation{segue.Missing(), segue.Missing()}, NullModel{Separation: Separation{segue.Missing(), segue.Missing()}}
	m.Stability = StableModel{ARIMean: segue.Missing(), ARIMin: segue.Missing()}
	m.Inertia, m.BIC, m.AIC, m.LogLikelihood, m.FPC = segue.Missing(), segue.Missing(), segue.Missing(), segue.Missing(), segue.Missing()
}

// id hashes what a model is made from: the catalogue and the options that bear
// on it, never a fitted number, so that every machine gives it the same name.
func (t *trainer) id(algorithm string) string {
	from := struct {
		Format     int // of Model; a new one names new files
		Catalog    string
		Algorithm  string
		Features   []segue.Feature
		K          int
		Covariance string
		Seed       uint64
		Tolerance  float64
		Restarts   int
		Weights    Weights
		Null       bool
		Stability  int
	}{2, t.catalog, algorithm, t.o.Features, t.o.K, "", t.o.Seed, 0, t.o.Restarts, *t.o.Weights, t.o.Null, t.o.Stability}
	if algorithm == GMM {
		from.Covariance, from.Tolerance = t.o.Covariance, t.o.Tolerance
	}
	text, err := json.Marshal(from)
	if err != nil {
		panic("mood: " + err.Error()) // weights were checked to be finite
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// judge measures how separated the clusters are, in the fitted space and on its
// first two principal components, all models in one pass over the distances.
func (t *trainer) judge(ctx context.Context) error {
	start := t.o.Clock()
	x := t.space.x
	widths, err := silhouettes(ctx, x, t.labels, 0, t.o.Seed)
	if err != nil {
		return err
	}
	drawn, err := projected(ctx, x, t.labels, t.o.Seed)
	if err != nil {
		return err
	}
	seconds := t.since(start) / float64(len(t.models))
	err = parallel.Each(ctx, len(t.models), func(_ context.Context, i int) error {
		m := t.models[i]
		m.DaviesBouldin = defined(validity.DaviesBouldin(x, t.labels[i]))
		m.CalinskiHarabasz = defined(validity.CalinskiHarabasz(x, t.labels[i]))
		return nil
	})
	if err != nil {
		return err
	}
	for i, m := range t.models {
		m.Seconds.Silhouette = seconds
		m.Projection2D = drawn[i]
		m.SilhouetteClusters = make([]segue.Number, m.K)
		for c := range m.SilhouetteClusters {
			m.SilhouetteClusters[c] = segue.Missing()
		}
		w := widths[i]
		if w == nil {
			continue
		}
		m.Silhouette, m.SilhouetteRows = steady(w.Mean), w.N
		for c, v := range w.PerCluster {
			m.SilhouetteClusters[c] = steady(v)
		}
		if w.Sampled {
			m.SilhouetteInterval = &Range{steady(w.Lo), steady(w.Hi)}
		}
	}
	t.step("silhouette")
	return nil
}

// separations scores labelings of x, the silhouettes in one pass. What is
// undefined is missing.
func separations(ctx context.Context, x matrix.Columns, labels [][]int32, seed uint64) ([]Separation, error) {
	widths, err := silhouettes(ctx, x, labels, 0, seed)
	if err != nil {
		return nil, err
	}
	out := make([]Separation, len(labels))
	err = parallel.Each(ctx, len(labels), func(_ context.Context, i int) error {
		out[i] = Separation{segue.Missing(), segue.Missing()}
		if w := widths[i]; w != nil {
			out[i] = Separation{steady(w.Mean), defined(validity.DaviesBouldin(x, labels[i]))}
		}
		return nil
	})
	return out, err
}

// projected is separations on the first two principal components of x; all is
// missing where there is no second one.
func projected(ctx context.Context, x matrix.Columns, labels [][]int32, seed uint64) ([]Separation, error) {
	flat, err := validity.Project2D(x)
	if err == nil {
		return separations(ctx, flat, labels, seed)
	}
	out := make([]Separation, len(labels)) // one feature only: nothing to project
	for i := range out {
		out[i] = Separation{segue.Missing(), segue.Missing()}
	}
	return out, nil
}

// silhouettes measures all labelings that have a silhouette in one pass, on the
// given number of rows, or as many as validity.SilhouettesAuto chooses if it is
// 0; the others' are nil.
func silhouettes(ctx context.Context, x matrix.Columns, labels [][]int32, rows int, seed uint64) ([]*validity.Silhouette, error) {
	out := make([]*validity.Silhouette, len(labels))
	var which []int
	var measured [][]int32
	for i, l := range labels {
		if clusters := borne(l); clusters >= 2 && clusters < len(l) {
			which = append(which, i)
			measured = append(measured, l)
		}
	}
	var widths []validity.Silhouette
	var err error
	if rows == 0 {
		widths, err = validity.SilhouettesAuto(ctx, x, measured, seed)
	} else {
		widths, err = validity.SilhouettesSampled(ctx, x, measured, rows, seed)
	}
	if err != nil {
		return nil, err
	}
	for j := range widths {
		out[which[j]] = &widths[j]
	}
	return out, nil
}

// borne counts the clusters some row has.
func borne(labels []int32) int {
	seen := make([]bool, slices.Max(labels)+1)
	count := 0
	for _, l := range labels {
		if !seen[l] {
			seen[l] = true
			count++
		}
	}
	return count
}

// defined turns an index that does not exist into a missing number.
func defined(v float64, err error) segue.Number {
	if err != nil {
		return segue.Missing()
	}
	return segue.Number(v)
}

// steady cuts a silhouette to ten decimals. The pass over the distances adds
// them up in an order that depends on which labelings share it; what that leaves
// in the last digits must not tell models of one id apart.
func steady(v float64) segue.Number { return segue.Number(math.Round(v*1e10) / 1e10) }
