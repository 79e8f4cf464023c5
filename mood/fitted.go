package mood

import (
	"context"
	"fmt"
	"slices"

	"segue"
	"segue/cluster/fcm"
	"segue/cluster/gmm"
	"segue/cluster/kmeans"
	"segue/matrix"
	"segue/scale"
)

// Fitted is what a Model computes with: the ruler its features are measured
// with, the plane its clusters are named on, and one algorithm's parameters.
// Exactly one of KMeans, GMM, FCM and Supervised is not nil.
type Fitted struct {
	Scaler scale.Standardizer `json:"scaler"`
	Plane  *Plane             `json:"plane"`
	KMeans *kmeans.Model      `json:"kmeans,omitempty"`
	GMM    *gmm.Model         `json:"gmm,omitempty"`
	FCM    *fcm.Model         `json:"fcm,omitempty"`

	Supervised *Classifier `json:"supervised,omitempty"`
}

// how says how one fit is made.
type how struct {
	k          int
	seed       uint64
	restarts   int // of k-means and the mixture; 0: their default
	covariance string
	tolerance  float64 // of the mixture; 0: its default
}

func (h how) kmeans() kmeans.Options {
	return kmeans.Options{K: h.k, Seed: h.seed, Restarts: h.restarts}
}

// gmm needs a covariance that parseCovariance knows.
func (h how) gmm() gmm.Options {
	return gmm.Options{K: h.k, Covariance: gmm.Covariance(h.covariance), Seed: h.seed, Restarts: h.restarts, Tol: h.tolerance}
}

func (h how) fcm() fcm.Options {
	return fcm.Options{K: h.k, Seed: h.seed}
}

// fit runs one algorithm on a standardized table.
func fit(ctx context.Context, x matrix.Columns, algorithm string, h how) (Fitted, error) {
	var f Fitted
	var err error
	switch algorithm {
	case KMeans:
		f.KMeans, err = kmeans.Fit(ctx, x, h.kmeans())
	case GMM:
		f.GMM, err = gmm.Fit(ctx, x, h.gmm())
	case FCM:
		f.FCM, err = fcm.Fit(ctx, x, h.fcm())
	default:
		panic(fmt.Sprintf("mood: no algorithm %q", algorithm))
	}
	return f, err
}

// parseCovariance reads the name of a covariance type.
func parseCovariance(name string) (gmm.Covariance, error) {
	c := gmm.Covariance(name)
	switch c {
	case gmm.Full, gmm.Diag, gmm.Tied, gmm.Spherical:
		return c, nil
	}
	return "", fmt.Errorf("mood: %w: no covariance is called %q; there are full, diag, tied and spherical", segue.ErrUsage, name)
}

// predict returns the cluster of each row: the nearest center's, or for a
// mixture the most responsible component.
func (f *Fitted) predict(x matrix.Columns) []int32 {
	switch {
	case f.KMeans != nil:
		return f.KMeans.Predict(x)
	case f.GMM != nil:
		return f.GMM.Predict(x)
	case f.Supervised != nil:
		return f.Supervised.predict(x)
	}
	return f.FCM.Predict(x)
}

// centers returns the k×d centers, sharing memory.
func (f *Fitted) centers() [][]float64 {
	switch {
	case f.KMeans != nil:
		return f.KMeans.Centers
	case f.GMM != nil:
		return f.GMM.Means
	case f.Supervised != nil:
		return f.Supervised.Centers
	}
	return f.FCM.Centers
}

// memberships returns each row's membership in the k clusters, n×k.
func (f *Fitted) memberships(x matrix.Columns) [][]float64 {
	switch {
	case f.GMM != nil:
		return f.GMM.Responsibilities(x)
	case f.FCM != nil:
		return f.FCM.Memberships(x)
	case f.Supervised != nil:
		return f.Supervised.memberships(x)
	}
	labels := f.KMeans.Predict(x)
	flat := make([]float64, len(labels)*f.KMeans.K)
	rows := make([][]float64, len(labels))
	for i, c := range labels {
		rows[i], flat = flat[:f.KMeans.K:f.KMeans.K], flat[f.KMeans.K:]
		if c >= 0 {
			rows[i][c] = 1
		}
	}
	return rows
}

// reorder renumbers the clusters: the new cluster c is the old order[c]. The
// labels of the rows fitted on are dropped.
func (f *Fitted) reorder(order []int) {
	switch {
	case f.KMeans != nil:
		m := *f.KMeans
		m.Centers, m.Sizes, m.Labels = pick(m.Centers, order), pick(m.Sizes, order), nil
		f.KMeans = &m
	case f.GMM != nil:
		m := *f.GMM
		m.Weights, m.Means, m.Covariances = pick(m.Weights, order), pick(m.Means, order), pick(m.Covariances, order)
		m.Sizes, m.Labels, m.Degenerate = pick(m.Sizes, order), nil, nil
		for c, old := range order {
			if slices.Contains(f.GMM.Degenerate, old) {
				m.Degenerate = append(m.Degenerate, c)
			}
		}
		f.GMM = &m
	case f.FCM != nil:
		m := *f.FCM
		m.Centers, m.Sizes, m.Labels = pick(m.Centers, order), pick(m.Sizes, order), nil
		f.FCM = &m
	}
}

func pick[T any](from []T, order []int) []T {
	out := make([]T, len(order))
	for i, o := range order {
		out[i] = from[o]
	}
	return out
}

// nearestTo returns for each row of x the nearest of centers in Euclidean
// distance: the rule by which clusters are placed, whatever the algorithm.
func nearestTo(centers [][]float64, x matrix.Columns) []int32 {
	return (&kmeans.Model{K: len(centers), Centers: centers}).Predict(x)
}
