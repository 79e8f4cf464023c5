package mood

import (
	"errors"
	"fmt"
	"time"

	"segue"
)

// Supervised is the algorithm of a model that was fitted to labels. It is not one of
// Algorithms, which need none.
const Supervised = "supervised"

// ErrTooFewLabels reports labels too few, or too much alike, to learn from. The
// wrapping error says of what, and counts.
var ErrTooFewLabels = errors.New("too few labels")

// DefaultFolds is how many parts the labelled artists are divided into, each left out
// and predicted once.
const DefaultFolds = 10

// SupervisedOptions say what TrainSupervised fits. The zero value is a usable default.
type SupervisedOptions struct {
	Features []segue.Feature // empty means SupervisedFeatures
	Basis    Basis           // empty means DefaultBasis
	Uneven   bool            // every track weighs alike in the fit, and not every mood
	Folds    int             // parts of the artists in the cross-validation, ≥ 2; 0 means DefaultFolds
	Seed     uint64          // of the parts and of the intervals

	Progress segue.Progress   // told of every part; may be nil
	Clock    func() time.Time // for the seconds reported; nil means time.Now
}

// SupervisedFeatures returns the features a supervised model weighs unless others are
// asked for: all but the key, whose numbers have no order, and which as a point on the
// circle of keys told nothing of the moods of real tracks. (docs/science.md §2)
func SupervisedFeatures() []segue.Feature {
	var out []segue.Feature
	for _, f := range segue.AllFeatures() {
		if f != segue.Key {
			out = append(out, f)
		}
	}
	return out
}

func (o SupervisedOptions) withDefaults() (SupervisedOptions, error) {
	if len(o.Features) == 0 {
		o.Features = SupervisedFeatures()
	}
	if err := checkFeatures(o.Features); err != nil {
		return o, err
	}
	if o.Basis == "" {
		o.Basis = DefaultBasis
	}
	if _, err := ParseBasis(string(o.Basis)); err != nil {
		return o, err
	}
	if o.Folds == 0 {
		o.Folds = DefaultFolds
	}
	if o.Folds < 2 || o.Folds > maxFolds {
		return o, fmt.Errorf("mood: %w: %d parts; ask for 2 to %d", segue.ErrUsage, o.Folds, maxFolds)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o, nil
}

// maxFolds is more parts than anybody needs.
const maxFolds = 100

// DefaultBasis is the basis of a supervised model unless another is asked for: on
// real labels squares and products gained nothing. (docs/science.md §2)
const DefaultBasis = Linear
