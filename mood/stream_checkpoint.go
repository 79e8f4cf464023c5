package mood

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"segue"
	"segue/cluster/fcm"
	"segue/cluster/gmm"
	"segue/cluster/kmeans"
)

// A Checkpoint is how far a TrainStream has come: what the algorithms before have
// found, and the state of the one that is being fitted. What comes before and
// after the fits takes few passes and is done anew.
type Checkpoint struct {
	Catalog string       `json:"catalog"` // Version of the tracks
	Options string       `json:"options"` // hash of what bears on the result
	Done    []Parameters `json:"done"`
	Under   *Parameters  `json:"under"` // null between two algorithms
}

// Parameters are those of one algorithm.
type Parameters struct {
	Algorithm string        `json:"algorithm"`
	KMeans    *kmeans.Model `json:"kmeans,omitempty"`
	GMM       *gmm.Model    `json:"gmm,omitempty"`
	FCM       *fcm.Model    `json:"fcm,omitempty"`
}

// Describe says for people how far the training was.
func (c *Checkpoint) Describe() string {
	of := "before the first algorithm"
	if n := len(c.Done); n > 0 {
		of = "after " + c.Done[n-1].Algorithm
	}
	if u := c.Under; u != nil {
		iterations := 0
		switch {
		case u.KMeans != nil:
			iterations = u.KMeans.Iterations
		case u.GMM != nil:
			iterations = u.GMM.Iterations
		case u.FCM != nil:
			iterations = u.FCM.Iterations
		}
		of = fmt.Sprintf("%s, iteration %d", u.Algorithm, iterations)
	}
	return of
}

// optionsHash names the options, those that only talk apart.
func (o *StreamOptions) hash() string {
	text, err := json.Marshal(struct {
		Format     int // of Checkpoint
		Algorithms []string
		Features   []segue.Feature
		K          int
		Covariance string
		Seed       uint64
		Restarts   int
		Tolerance  float64
		Weights    Weights
		Null       bool
		Stability  int
		Sample     int
	}{1, o.Algorithms, o.Features, o.K, o.Covariance, o.Seed, o.Restarts, o.Tolerance, *o.Weights, o.Null, o.Stability, o.Sample})
	if err != nil {
		return "" // weights that are no numbers: newPlane refuses them
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// begin looks at what is to be resumed.
func (s *streamer) begin() error {
	s.progress = &Checkpoint{Catalog: s.catalog, Options: s.o.hash(), Done: []Parameters{}}
	was := s.o.Resume
	switch {
	case was == nil:
		return nil
	case was.Catalog != s.catalog:
		return fmt.Errorf("mood: %w: the checkpoint is of another catalogue, or of this one before it was changed (%.12s, not %.12s); start anew without it", segue.ErrUsage, was.Catalog, s.catalog)
	case was.Options != s.progress.Options:
		return fmt.Errorf("mood: %w: the checkpoint was made with other options; give the same, or start anew without it", segue.ErrUsage)
	}
	s.progress.Done, s.progress.Under = append(s.progress.Done, was.Done...), was.Under
	return nil
}

// finished returns what an algorithm found before the checkpoint, or nil.
func (c *Checkpoint) finished(algorithm string) *Fitted {
	for _, p := range c.Done {
		if p.Algorithm == algorithm {
			return &Fitted{KMeans: p.KMeans, GMM: p.GMM, FCM: p.FCM}
		}
	}
	return nil
}

// under returns the state of an algorithm at the checkpoint, empty if none.
func (c *Checkpoint) under(algorithm string) Parameters {
	if c.Under != nil && c.Under.Algorithm == algorithm {
		return *c.Under
	}
	return Parameters{}
}

// checkpoint tells how far an algorithm is.
func (s *streamer) checkpoint(algorithm string, f *Fitted) error {
	return s.tellCheckpoint(s.progress.Done, &Parameters{algorithm, f.KMeans, f.GMM, f.FCM})
}

// finish tells that an algorithm is done.
func (s *streamer) finish(algorithm string, f *Fitted) error {
	s.progress.Done = append(s.progress.Done, Parameters{algorithm, f.KMeans, f.GMM, f.FCM})
	return s.tellCheckpoint(s.progress.Done, nil)
}

func (s *streamer) tellCheckpoint(done []Parameters, under *Parameters) error {
	if s.o.Checkpoint == nil {
		return nil
	}
	return s.o.Checkpoint(&Checkpoint{s.progress.Catalog, s.progress.Options, done, under})
}
