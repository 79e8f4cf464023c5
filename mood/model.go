package mood

import (
	"encoding/json"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"segue"
	"segue/cluster/gmm"
	"segue/matrix"
)

// A Model divides a catalogue's tracks, in the standardized space of some features,
// into groups that bear the names of moods: clusters that an algorithm found, or, of a
// supervised model, classes that were learned from labels. It is what came out, how
// good it is, and what is needed to use it.
// Clusters are numbered in the order angry, sad, calm, happy, whatever the
// algorithm, so that models can be read side by side. It is immutable, safe for
// many goroutines, and read back from JSON it gives the same clusters and
// memberships.
//
// Numbers that do not apply to the algorithm, were not asked for, or are not
// defined are null.
type Model struct {
	Algorithm  string          `json:"algorithm"`
	K          int             `json:"k"`
	ID         string          `json:"id"` // hash of the catalogue and options it was fitted with, hexadecimal
	Features   []segue.Feature `json:"features"`
	Catalog    string          `json:"catalog"`              // content hash of the catalogue
	Covariance string          `json:"covariance,omitempty"` // of a mixture
	Seed       uint64          `json:"seed"`
	N          int             `json:"n"` // tracks fitted on; of a supervised model, those it gives a mood

	Centers [][]float64 `json:"centers"` // k×d, standardized, in the order of Features
	Sizes   []int       `json:"sizes"`   // tracks a cluster; they add up to n
	Moods   []Name      `json:"moods"`   // the clusters' names

	// How separated the clusters are, in the fitted space. The silhouette is of all
	// tracks, but of a catalogue so large that this takes too long, of a sample.
	Silhouette         segue.Number   `json:"silhouette"`          // [−1, 1], high is good
	DaviesBouldin      segue.Number   `json:"davies_bouldin"`      // [0, ∞), low is good
	CalinskiHarabasz   segue.Number   `json:"calinski_harabasz"`   // [0, ∞), high is good
	SilhouetteInterval *Range         `json:"silhouette_interval"` // 95 %, of the sampling alone; null if all were measured
	SilhouetteRows     int            `json:"silhouette_rows"`     // tracks measured
	SilhouetteClusters []segue.Number `json:"silhouette_clusters"` // mean of each cluster
	Projection2D       Separation     `json:"projection_2d"`       // on the first two principal components, for comparison with drawings only
	Null               NullModel      `json:"null"`                // on columns without relation to each other
	Stability          StableModel    `json:"stability"`           // on resampled tracks

	// What the algorithm itself minimizes or reports.
	Inertia       segue.Number `json:"inertia"`        // k-means: Σ squared distances to the own center
	BIC           segue.Number `json:"bic"`            // mixture: low is good
	AIC           segue.Number `json:"aic"`            // mixture: low is good
	LogLikelihood segue.Number `json:"log_likelihood"` // mixture: of all tracks together
	FPC           segue.Number `json:"fpc"`            // fuzzy c-means: partition coefficient, [1/k, 1]
	Iterations    int          `json:"iterations"`
	Converged     bool         `json:"converged"`

	Seconds Seconds `json:"seconds"`

	// Sample says what was computed on a part of the tracks, as they were more
	// than memory was given for; left out if all were used for everything.
	Sample *Sample `json:"sample,omitempty"`

	// Learned says from which labels a supervised model was learned, and how well it
	// names and places labelled tracks it had not seen; left out of others.
	Learned *Learned `json:"learned,omitempty"`

	// Fitted is what the model computes with. A Training's JSON leaves it out.
	Fitted *Fitted `json:"fitted,omitempty"`
}

// Separation is how separated clusters are.
type Separation struct {
	Silhouette    segue.Number `json:"silhouette"`
	DaviesBouldin segue.Number `json:"davies_bouldin"`
}

// Range is from the lowest to the highest of something.
type Range struct {
	Lo segue.Number `json:"lo"`
	Hi segue.Number `json:"hi"`
}

// NullModel is what the same algorithm scores where there is nothing to find:
// refitted on tables whose columns are shuffled independently, which keeps each
// feature's distribution and destroys every relation between them. A model that
// does not score better has found the shapes of single features.
type NullModel struct {
	Separation                // means over the shuffles
	SilhouetteRange    *Range `json:"silhouette_range"`    // lowest and highest of the shuffles
	SilhouetteInterval *Range `json:"silhouette_interval"` // 95 % of the mean, by Student's t: of drawing tracks and shuffling them
	Shuffles           int    `json:"shuffles"`            // 0 if not asked for
	Rows               int    `json:"rows"`                // tracks in each
	Sampled            bool   `json:"sampled"`             // Rows is below the model's n: each shuffle draws its own tracks
}

// StableModel is how well the clusters come back when the algorithm is refitted
// on bootstrap resamples: adjusted Rand indices, 1 is the same clusters, 0 what
// chance gives. A wrong k can be stable too. Missing if not asked for.
type StableModel struct {
	ARIMean     segue.Number `json:"ari_mean"`
	ARIMin      segue.Number `json:"ari_min"`
	ARIInterval *Range       `json:"ari_interval"` // the middle 95 % of the resamples
	Resamples   int          `json:"resamples"`
	Rows        int          `json:"rows"`    // tracks in each
	Sampled     bool         `json:"sampled"` // Rows is below the model's n
}

// A Sample says what TrainStream computed on a part of the tracks. The centers
// and their sizes, the features' means and deviations, and the mean positions
// are over all tracks; the positions are percentiles of the plane's sample.
type Sample struct {
	// PlaneTracks are those whose sums give the plane's percentiles. PlaneError is
	// the standard error of a percentile in the middle, where it is largest.
	PlaneTracks int          `json:"plane_tracks"`
	PlaneError  segue.Number `json:"plane_error"`

	// JudgedTracks are those on which silhouette, Davies–Bouldin, null and
	// stability are measured, and from which Calinski–Harabasz, which grows with
	// the tracks, is scaled up.
	JudgedTracks int `json:"judged_tracks"`
}

// Seconds is how long the steps took. Steps that several models share are divided
// evenly among them.
type Seconds struct {
	Fit        float64 `json:"fit"`
	Silhouette float64 `json:"silhouette"`
	Null       float64 `json:"null"`
	Stability  float64 `json:"stability"`
}

// UnmarshalJSON reads a model and refuses one that cannot compute: without
// Fitted, or with parts that do not fit together. So the methods need not check.
func (m *Model) UnmarshalJSON(b []byte) error {
	type plain Model
	var p plain
	if err := json.Unmarshal(b, &p); err != nil {
		return fmt.Errorf("mood: reading a model: %w", err)
	}
	if err := (*Model)(&p).check(); err != nil {
		return fmt.Errorf("mood: reading a model: %w; train it again", err)
	}
	*m = Model(p)
	return nil
}

func (m *Model) check() error {
	f, d := m.Fitted, len(m.Features)
	if f == nil || f.Plane == nil {
		return fmt.Errorf("it has no fitted parameters")
	}
	if err := checkFeatures(m.Features); err != nil {
		return err
	}
	parameters := map[string]bool{KMeans: f.KMeans != nil, GMM: f.GMM != nil, FCM: f.FCM != nil, Supervised: f.Supervised != nil}
	for a, has := range parameters {
		if has != (a == m.Algorithm) {
			return fmt.Errorf("algorithm %q does not go with its parameters", m.Algorithm)
		}
	}
	if m.Algorithm != Supervised {
		if err := checkAlgorithms([]string{m.Algorithm}); err != nil {
			return err
		}
	} else if err := f.Supervised.check(m.Features); err != nil {
		return err
	} else if m.K != segue.NumMoods || m.Learned == nil {
		return fmt.Errorf("it was learned from labels that it does not speak of")
	}
	if d == 0 || len(f.Scaler.Mean) != d || len(f.Scaler.SD) != d {
		return fmt.Errorf("%d features, but scales for %d", d, len(f.Scaler.Mean))
	}
	centers := f.centers()
	if m.K < 1 || len(centers) != m.K || len(m.Centers) != m.K || len(m.Moods) != m.K || len(m.Sizes) != m.K {
		return fmt.Errorf("%d clusters, but %d centers and %d names", m.K, len(centers), len(m.Moods))
	}
	if f.KMeans != nil && f.KMeans.K != m.K || f.GMM != nil && f.GMM.K != m.K || f.FCM != nil && (f.FCM.K != m.K || !(f.FCM.M > 1)) {
		return fmt.Errorf("the parameters are not those of %d clusters", m.K)
	}
	for _, c := range centers {
		if len(c) != d {
			return fmt.Errorf("%d features, but a center of %d", d, len(c))
		}
	}
	if err := f.Plane.check(); err != nil {
		return err
	}
	return checkMixture(f.GMM, d)
}

// checkMixture refuses weights and covariances no mixture has. A nil one is fine.
func checkMixture(g *gmm.Model, d int) error {
	if g == nil {
		return nil
	}
	if len(g.Weights) != g.K || len(g.Covariances) != g.K {
		return fmt.Errorf("%d components, but %d weights and %d covariances", g.K, len(g.Weights), len(g.Covariances))
	}
	for c, covariance := range g.Covariances {
		sym := mat.NewSymDense(d, nil)
		if len(covariance) != d {
			return fmt.Errorf("%d features, but a covariance of %d", d, len(covariance))
		}
		for i, row := range covariance {
			if len(row) != d {
				return fmt.Errorf("%d features, but a covariance of %d", d, len(row))
			}
			for j, v := range row {
				if len(covariance[j]) != d || v != covariance[j][i] {
					return fmt.Errorf("covariance %d is not symmetric", c)
				}
				sym.SetSym(i, j, v)
			}
		}
		if !(g.Weights[c] >= 0 && g.Weights[c] <= 1) || !new(mat.Cholesky).Factorize(sym) {
			return fmt.Errorf("component %d is not a Gaussian", c)
		}
	}
	return nil
}

// Plane returns the plane the model's clusters are named on.
func (m *Model) Plane() *Plane { return m.Fitted.Plane }

// row standardizes the model's features of a track; ok is false if one is missing, or
// of a supervised model more than half: it puts the others at their mean.
func (m *Model) row(dst []float64, v *segue.Features) ([]float64, bool) {
	missing := 0
	for j, f := range m.Features {
		if dst[j] = float64(v[f]); !v.Has(f) {
			dst[j] = m.Fitted.Scaler.Mean[j]
			missing++
		}
	}
	return m.Fitted.Scaler.TransformRow(dst, dst), missing == 0 || m.Fitted.Supervised != nil && sufficient(missing, len(m.Features))
}

// Cluster returns the cluster of a track, 0…k−1: of the nearest center, for a
// mixture the most responsible component, of a supervised model the mood's number.
// ok is false if the track lacks one of the model's features, or of a supervised
// model's more than half. O(k·d²).
func (m *Model) Cluster(v segue.Features) (cluster int, ok bool) {
	row, ok := m.row(make([]float64, len(m.Features)), &v)
	if !ok {
		return 0, false
	}
	cluster = int(m.Fitted.predict(matrix.FromRows([][]float64{row}))[0])
	return cluster, cluster >= 0 // −1: a value too large to compare
}

// Membership returns how much a track belongs to each of the k clusters; the
// values lie in [0, 1] and sum to 1. They mean what the algorithm means: of
// k-means 1 for the track's cluster and 0 for the others, of a mixture posterior
// probabilities, of fuzzy c-means shares by distance, of a supervised model calibrated
// probabilities, of which the largest need not be the cluster's (see Naming). ok is as
// Cluster's.
//
// These are the clusters' memberships. How much a track is of a mood is
// MoodMembership, which does not depend on the clustering.
func (m *Model) Membership(v segue.Features) (clusters []float64, ok bool) {
	row, ok := m.row(make([]float64, len(m.Features)), &v)
	if !ok {
		return nil, false
	}
	return m.Fitted.memberships(matrix.FromRows([][]float64{row}))[0], true
}

// MoodMembership returns how much a track belongs to each of the four moods by
// its place on the plane, with the plane's error. ok is false if the track cannot be
// placed.
func (m *Model) MoodMembership(v segue.Features) (moods segue.Membership, ok bool) {
	at := m.Fitted.Plane.Place(v)
	if !at.Known() {
		return segue.Membership{}, false
	}
	return MembershipOf(at, m.Fitted.Plane.PlacementError()), true
}

// Space returns the tracks of c in the model's space, for nearest neighbours: x
// is n×d, standardized, d the model's features in order, and rows the n rows of c
// that have them all, ascending. A supervised model asks for half of them, and puts
// the others at their mean. O(n·d).
func (m *Model) Space(c *segue.Catalog) (x matrix.Columns, rows []int32) {
	if m.Fitted.Supervised != nil {
		rows = halfComplete(c, m.Features)
		x, _ = imputed(c, m.Features, m.Fitted.Scaler, rows)
		return x, rows
	}
	rows, _ = complete(c, m.Features)
	return m.Fitted.Scaler.Transform(gather(c, m.Features, rows)), rows
}

// Labels returns the cluster of every row of c, −1 where a feature is missing.
// O(n·k·d²).
func (m *Model) Labels(c *segue.Catalog) []int32 {
	x, rows := m.Space(c)
	labels := make([]int32, c.Len())
	for i := range labels {
		labels[i] = -1
	}
	for i, cluster := range m.Fitted.predict(x) {
		labels[rows[i]] = cluster
	}
	return labels
}

// Memberships returns the Membership of every row of c: length Len, nil where a
// feature is missing.
func (m *Model) Memberships(c *segue.Catalog) [][]float64 {
	x, rows := m.Space(c)
	out := make([][]float64, c.Len())
	for i, u := range m.Fitted.memberships(x) {
		out[rows[i]] = u
	}
	return out
}
