package mood

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"segue"
	"segue/internal/titles"
	"segue/regress/logistic"
)

// Learned says what a supervised model was learned from, how, and how well it does.
type Learned struct {
	Labels  string             `json:"labels"`      // where they come from
	Hash    string             `json:"labels_hash"` // of what was joined
	Tracks  int                `json:"tracks"`      // learned from
	Artists int                `json:"artists"`
	Moods   map[segue.Mood]int `json:"moods"`  // tracks labelled with each
	Placed  int                `json:"placed"` // tracks labelled with valence and arousal

	// LeftOut are labelled tracks with less than half of the features, Imputed those
	// that lack one, which is put at its mean, and Unused the features that no track of
	// the catalogue has, or all alike.
	LeftOut int             `json:"left_out"`
	Imputed map[string]int  `json:"imputed"`
	Unused  []segue.Feature `json:"unused"`

	Basis    Basis `json:"basis"`
	Balanced bool  `json:"balanced"`
	Folds    int   `json:"folds"`

	Penalty segue.Number  `json:"penalty"` // λ of the logistic regression
	Ridge   *segue.Affect `json:"ridge"`   // λ of valence and arousal; null if the plane is the usual one

	Validation *Validation `json:"validation"` // on artists left out
}

// TrainSupervised learns from labels of tracks of c how to name and to place all of
// them. The model's clusters are the moods angry, sad, calm and happy.
//
// Moods: a multinomial logistic regression on the standardized features, with a
// penalty, whose scores are calibrated and named as Naming says. Places: a ridge for
// valence and one for arousal, whose predictions are ranked over c; where fewer than 50
// tracks are labelled with both, the plane is NewPlane's, and labels with neither named
// moods nor quadrants teach nothing. A track that lacks a feature has its mean; one
// that lacks more than half has no mood, and one that lacks the main feature of an axis
// no place.
//
// Penalties, calibration and naming are chosen on artists left out in turn. So is, a
// second time around all that, what Learned.Validation says: see CrossValidate. The
// plane's Error is measured there.
//
// The model depends on c, l and o alone, not on the number of processors. Errors:
// segue.ErrUsage for options that cannot be meant, ErrTooFewLabels for labels of too
// few tracks or artists, of any mood or at all, or for valence or arousal that are the
// same for all; ErrTooFewTracks, ErrNoPlane, and ctx.Err().
func TrainSupervised(ctx context.Context, c *segue.Catalog, l *Labels, o SupervisedOptions) (*Model, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	p, err := newLearner(c, l, o)
	if err != nil {
		return nil, err
	}
	start := o.Clock()
	v, err := p.crossValidate(ctx, o)
	if err != nil {
		return nil, err
	}
	all := make([]int, len(p.rows))
	for i := range all {
		all[i] = i
	}
	got, err := p.learn(ctx, all, o.Seed)
	if err != nil {
		return nil, err
	}
	m, err := p.model(got, o)
	if err != nil {
		return nil, err
	}
	if m.Learned.Validation, err = p.validate(ctx, v, o); err != nil {
		return nil, err
	}
	if got.placed && v.Places {
		places := m.Learned.Validation
		m.Fitted.Plane.Error = &segue.Affect{Valence: float64(places.Valence.Error.Value), Arousal: float64(places.Arousal.Error.Value)}
	}
	m.Seconds.Fit = o.Clock().Sub(start).Seconds()
	return m, nil
}

// validate sums up a cross-validation.
func (p *learner) validate(ctx context.Context, v *CrossValidation, o SupervisedOptions) (*Validation, error) {
	rival, err := KMeansNaming(ctx, p.c, p.labels, o.Seed)
	if err != nil {
		return nil, err
	}
	keep := make([]bool, p.labels.Len())
	for i, f := range v.Fold {
		keep[i] = f >= 0
	}
	j, err := newEvaluator(p.labels, keep, &v.Raw, &v.Calibrated, rival, v.Estimated)
	if err != nil {
		return nil, err
	}
	return j.evaluate(ctx, o.Seed)
}

// KMeansNaming is what k-means with the default options, fitted to all of c, says of
// labelled tracks: the mood its clusters are named with. Errors are Train's.
func KMeansNaming(ctx context.Context, c *segue.Catalog, l *Labels, seed uint64) (*Prediction, error) {
	o, err := Options{Algorithms: []string{KMeans}, Seed: seed}.withDefaults()
	if err != nil {
		return nil, err
	}
	s, err := newSpace(c, o.Features, o.K)
	if err != nil {
		return nil, err
	}
	t := &trainer{o: o, space: s, catalog: c.Version}
	if t.plane, err = NewPlaneWeighted(c, *o.Weights); err != nil {
		return nil, err
	}
	positions := t.plane.Positions(c)
	t.at = make([]segue.Affect, len(s.rows))
	for i, r := range s.rows {
		t.at[i] = positions[r]
	}
	if err := t.fit(ctx, KMeans); err != nil {
		return nil, err
	}
	return t.models[0].Predict(c, l), nil
}

// Predict returns what the model says of labelled tracks of c. Only mixtures and
// supervised models, whose memberships are probabilities, give probabilities; a track
// of which the model says nothing has them equal.
func (m *Model) Predict(c *segue.Catalog, l *Labels) *Prediction {
	part := &segue.Catalog{ID: make([]string, l.Len())}
	for f := range part.Feature {
		part.Feature[f] = make([]float32, l.Len())
		for i, row := range l.Row {
			part.Feature[f][i] = c.Feature[f][row]
		}
	}
	out := &Prediction{Name: m.Algorithm, Mood: make([]segue.Mood, l.Len()), At: m.Plane().Positions(part)}
	for i, cluster := range m.Labels(part) {
		out.Mood[i] = segue.Mixed
		if cluster >= 0 {
			out.Mood[i] = m.Moods[cluster].Mood
		}
	}
	if m.Fitted.GMM == nil && m.Fitted.Supervised == nil {
		return out
	}
	out.Probability = make([]segue.Membership, l.Len())
	for i, u := range m.Memberships(part) {
		for _, mood := range segue.Moods() {
			if u == nil {
				out.Probability[i][mood] = 1. / segue.NumMoods
			}
		}
		for cluster, share := range u {
			out.Probability[i][m.Moods[cluster].Mood] += share
		}
	}
	return out
}

// model makes the model of what was learned.
func (p *learner) model(l *learned, o SupervisedOptions) (*Model, error) {
	plane, err := p.planeOr(l)
	if err != nil {
		return nil, err
	}
	s := &Classifier{Parts: p.parts, Naming: l.naming}
	for mood, w := range l.weights.Weights {
		raw := p.raw(line{w, l.weights.Intercept[mood]})
		s.Weights, s.Intercept = append(s.Weights, raw.weights), append(s.Intercept, raw.intercept)
	}
	rows := halfComplete(p.c, p.features)
	x, _ := imputed(p.c, p.features, p.scaler, rows)
	m := &Model{
		Algorithm: Supervised, K: segue.NumMoods, ID: p.id(o), Features: p.features, Catalog: p.c.Version, Seed: o.Seed, N: len(rows),
		Sizes: make([]int, segue.NumMoods), Iterations: l.weights.Iterations, Converged: l.weights.Converged, Learned: p.learned(l, o),
		Fitted: &Fitted{Scaler: p.scaler, Plane: plane, Supervised: s},
	}
	m.unjudged()
	at := make([]segue.Affect, len(rows))
	positions := plane.Positions(p.c)
	clusters := s.predict(x)
	s.Centers = make([][]float64, segue.NumMoods)
	for c := range s.Centers {
		s.Centers[c] = make([]float64, len(p.features))
	}
	for i, c := range clusters {
		at[i] = positions[rows[i]]
		m.Sizes[c]++
		for j := range p.features {
			s.Centers[c][j] += x.At(i, j)
		}
	}
	for c, n := range m.Sizes {
		for j := range s.Centers[c] {
			s.Centers[c][j] /= float64(max(n, 1))
		}
	}
	m.Centers = s.Centers
	for mood, mean := range meanPositions(at, clusters, segue.NumMoods) {
		n := Name{Name: segue.Mood(mood).String(), Mood: segue.Mood(mood), Margin: segue.Missing(), Valence: segue.Number(mean.Valence), Arousal: segue.Number(mean.Arousal), ordinal: 1}
		if !mean.Known() {
			n.Valence, n.Arousal = segue.Missing(), segue.Missing()
		}
		m.Moods = append(m.Moods, n)
	}
	return m, nil
}

// planeOr returns the plane learned, or the usual one where the labels say too little.
func (p *learner) planeOr(l *learned) (*Plane, error) {
	if l.placed {
		return p.plane(l)
	}
	return NewPlane(p.c)
}

// learned says what was learned from.
func (p *learner) learned(l *learned, o SupervisedOptions) *Learned {
	out := &Learned{Labels: p.labels.Source, Hash: p.labels.Hash, Tracks: len(p.rows), Moods: map[segue.Mood]int{},
		LeftOut: p.labels.Len() - len(p.rows), Imputed: map[string]int{}, Unused: p.left, Basis: o.Basis, Balanced: p.balanced, Folds: o.Folds,
		Penalty: segue.Number(l.lambda)}
	if out.Unused == nil {
		out.Unused = []segue.Feature{}
	}
	artists := map[int32]bool{}
	for i, y := range p.y {
		artists[p.group[i]] = true
		if y >= 0 {
			out.Moods[segue.Mood(y)]++
		}
		if p.at[i].Known() {
			out.Placed++
		}
	}
	out.Artists = len(artists)
	for j, f := range p.features {
		out.Imputed[f.String()] = p.missing[j]
	}
	if l.placed {
		out.Ridge = &segue.Affect{Valence: l.by[0], Arousal: l.by[1]}
	}
	return out
}

// id hashes what a supervised model is made from: see trainer.id.
func (p *learner) id(o SupervisedOptions) string {
	text, err := json.Marshal(struct {
		Format    int
		Catalog   string
		Algorithm string
		Labels    string
		Features  []segue.Feature
		Basis     Basis
		Uneven    bool
		Folds     int
		Seed      uint64
	}{2, p.c.Version, Supervised, p.labels.Hash, o.Features, o.Basis, o.Uneven, o.Folds, o.Seed})
	if err != nil {
		panic("mood: " + err.Error()) // names and numbers
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// A Transfer is how well a model learned from one label table does on another.
type Transfer struct {
	Labels  string `json:"labels"` // tested on
	Hash    string `json:"labels_hash"`
	Removed int    `json:"removed"` // labelled tracks whose artists the model had learned from
	*Validation
}

// TransferTo holds the model, learned from labels of tracks of c, against other labels
// of them, but for the tracks of artists it has seen. Valence and arousal may be in
// other units than those learned from. Errors: segue.ErrUsage if the model was not
// learned from labels, ErrTooFewLabels if no labelled track with enough features is
// left, and ctx.Err().
func TransferTo(ctx context.Context, c *segue.Catalog, m *Model, learned, l *Labels) (*Transfer, error) {
	if m.Fitted.Supervised == nil {
		return nil, fmt.Errorf("mood: %w: model %s was learned from no labels", segue.ErrUsage, m.ID)
	}
	// Each table numbers its artists by itself: names tell which are the same.
	artist := func(row int32) string { return titles.Fold(c.Artists.First(int(row))) }
	seen := map[string]bool{}
	for _, row := range learned.Row {
		seen[artist(row)] = true
	}
	after := m.Predict(c, l)
	out, keep, left := &Transfer{Labels: l.Source, Hash: l.Hash}, make([]bool, l.Len()), 0
	for i, row := range l.Row {
		if seen[artist(row)] {
			out.Removed++
		} else if keep[i] = after.Mood[i] != segue.Mixed; keep[i] {
			left++
		}
	}
	if left == 0 {
		return nil, fmt.Errorf("mood: %w: of %d labelled tracks %d are of artists the model has learned from, and no other has enough features; test it on labels of other artists", ErrTooFewLabels, l.Len(), out.Removed)
	}
	rival, err := KMeansNaming(ctx, c, l, m.Seed)
	if err != nil {
		return nil, err
	}
	j, err := newEvaluator(l, keep, m.uncalibrated(c, l), after, rival, nil)
	if err != nil {
		return nil, err
	}
	out.Validation, err = j.evaluate(ctx, m.Seed)
	return out, err
}

// uncalibrated is Predict without calibration.
func (m *Model) uncalibrated(c *segue.Catalog, l *Labels) *Prediction {
	x, _ := imputed(c, m.Features, m.Fitted.Scaler, l.Row)
	scores := m.Fitted.Supervised.scores(x)
	out := &Prediction{Mood: make([]segue.Mood, l.Len()), Probability: make([]segue.Membership, l.Len())}
	row := make([]float64, segue.NumMoods)
	for i := range out.Mood {
		logistic.Softmax(scores.Row(row, i))
		out.Probability[i] = segue.Membership(row)
		out.Mood[i] = out.Probability[i].Dominant()
	}
	return out
}
