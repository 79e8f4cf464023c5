package mood

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"segue"
)

// The algorithms' names, in the order in which they are trained and shown.
const (
	KMeans = "kmeans"
	GMM    = "gmm"
	FCM    = "fcm"
)

// Algorithms returns the names of all algorithms in order.
func Algorithms() []string { return []string{KMeans, GMM, FCM} }

// ParseAlgorithms reads algorithms as people write them: names separated by
// commas, or "all". An unknown or repeated name is an error wrapping
// segue.ErrUsage.
func ParseAlgorithms(s string) ([]string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "all" {
		return Algorithms(), nil
	}
	var out []string
	for name := range strings.SplitSeq(s, ",") {
		out = append(out, strings.TrimSpace(name))
	}
	return out, checkAlgorithms(out)
}

func checkAlgorithms(as []string) error {
	for i, a := range as {
		if !slices.Contains(Algorithms(), a) {
			return fmt.Errorf("mood: %w: no algorithm is called %q; there are %s", segue.ErrUsage, a, strings.Join(Algorithms(), ", "))
		}
		if slices.Contains(as[:i], a) {
			return fmt.Errorf("mood: %w: algorithm %q is named twice", segue.ErrUsage, a)
		}
	}
	return nil
}

// DefaultFeatures returns the features clustered unless others are asked for:
// the study's three highest ranked. (docs/science.md)
func DefaultFeatures() []segue.Feature {
	return []segue.Feature{segue.Energy, segue.Acousticness, segue.Valence}
}

// DefaultK is the number of clusters: one for each named mood. It is a choice of
// the product, not of the data; see KNote.
const DefaultK = segue.NumMoods

// DefaultStability is the number of bootstrap resamples Train refits on.
const DefaultStability = 10

// Options say what Train fits. The zero value is a usable default, but without
// null and stability.
type Options struct {
	Algorithms []string        // of Algorithms(); empty means all
	Features   []segue.Feature // clustered, standardized; empty means DefaultFeatures
	K          int             // clusters, ≥ 1; 0 means DefaultK
	Covariance string          // of the mixture: full, diag, tied or spherical; empty means full
	Seed       uint64          // of every random choice
	Restarts   int             // starts of k-means and the mixture; 0 means 10
	Tolerance  float64         // of the mixture: least rise of the mean log-likelihood, in nats; 0 means 1e-3
	Weights    *Weights        // of the plane; nil means DefaultWeights

	// Null scores the same algorithms on columns shuffled independently.
	Null bool

	// Stability is on how many bootstrap resamples to refit; 0 means none.
	Stability int

	Progress segue.Progress   // told of every step; may be nil
	Clock    func() time.Time // for the seconds reported, safe for many goroutines; nil means time.Now
}

// DefaultOptions returns what the train command does unless told otherwise: all
// algorithms, with null and stability.
func DefaultOptions() Options {
	return Options{Null: true, Stability: DefaultStability}
}

// defaultRestarts keeps the chance of missing the best optimum small: about a
// quarter of single k-means starts, and a third of the mixture's, end in a worse
// one on real tracks. (docs/science.md §2)
const defaultRestarts = 10

// defaultTolerance is where the mixture's iteration stops: as in the study, which
// took scikit-learn's default. The likelihood of real tracks is one long gentle
// slope; a hundredth of this tolerance takes four times the iterations and ends
// 0.6 % higher, with components of other sizes and a lower silhouette (0.10 for
// 0.11). Neither end is truer; this one is comparable. (d)
const defaultTolerance = 1e-3

// withDefaults fills in what is zero and refuses what cannot be meant, as it may
// come from a command line.
func (o Options) withDefaults() (Options, error) {
	if len(o.Algorithms) == 0 {
		o.Algorithms = Algorithms()
	}
	if err := checkAlgorithms(o.Algorithms); err != nil {
		return o, err
	}
	if len(o.Features) == 0 {
		o.Features = DefaultFeatures()
	}
	if err := checkFeatures(o.Features); err != nil {
		return o, err
	}
	if o.K == 0 {
		o.K = DefaultK
	}
	if o.K < 0 {
		return o, fmt.Errorf("mood: %w: %d clusters; ask for at least 1", segue.ErrUsage, o.K)
	}
	if o.Covariance == "" {
		o.Covariance = "full"
	}
	if _, err := parseCovariance(o.Covariance); err != nil {
		return o, err
	}
	if o.Restarts == 0 {
		o.Restarts = defaultRestarts
	}
	if o.Restarts < 0 || o.Stability < 0 {
		return o, fmt.Errorf("mood: %w: restarts %d and resamples %d must not be negative", segue.ErrUsage, o.Restarts, o.Stability)
	}
	if o.Tolerance == 0 {
		o.Tolerance = defaultTolerance
	}
	if !(o.Tolerance > 0) {
		return o, fmt.Errorf("mood: %w: tolerance %v; give a positive number", segue.ErrUsage, o.Tolerance)
	}
	if o.Weights == nil {
		w := DefaultWeights()
		o.Weights = &w
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o, nil
}

func checkFeatures(fs []segue.Feature) error {
	for i, f := range fs {
		if f < 0 || int(f) >= segue.NumFeatures {
			return fmt.Errorf("mood: %w: no feature %d", segue.ErrUsage, int(f))
		}
		if slices.Contains(fs[:i], f) {
			return fmt.Errorf("mood: %w: feature %q is named twice", segue.ErrUsage, f)
		}
	}
	return nil
}
