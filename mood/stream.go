package mood

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"segue"
	"segue/cluster/validity"
	"segue/matrix"
	"segue/scale"
)

// Tracks is a catalogue that is read again and again, because it may be larger
// than memory. A catalog.Stream is one.
type Tracks interface {
	// Version is the content hash of the catalogue.
	Version() string

	// Features are those a track of Complete has all of.
	Features() []segue.Feature

	// Complete returns the tracks that have all Features: those, in their units,
	// and then the given others, NaN where missing.
	Complete(others ...segue.Feature) matrix.Source[float64]

	// All returns the given features of all tracks, NaN where missing.
	All(features []segue.Feature) matrix.Source[float64]
}

// DefaultSample is how many tracks TrainStream draws for what is not computed
// over all: enough that a share of them is off by 0.11 % at most (one standard
// error), and few enough to hold in memory. (d)
const DefaultSample = 200_000

// MinSample is how many tracks are drawn at least, if there are as many. It is
// more than validity measures the silhouettes of all of, so that one
// measured on a sample comes with an interval.
const MinSample = 160_000

const _ = uint64(MinSample*MinSample - validity.ExactPairs - 1) // not negative

// StreamOptions say what TrainStream fits. The zero value is a usable default,
// but without null and stability.
type StreamOptions struct {
	Options // Features are those of the Tracks: leave them empty, or name the same

	// Sample is how many tracks are drawn for the plane's distributions and for
	// judging, at least 160,000; 0 means DefaultSample. A catalogue of no more
	// tracks is used whole. The algorithms draw less for their starts, as their
	// packages say.
	Sample int

	// Checkpoint, if given, is called after every pass that brought a fit on,
	// with all that is needed to go on from there: pass it as Resume. Its first
	// error ends the training. It must not change what it is given.
	Checkpoint func(*Checkpoint) error

	// Resume continues from a checkpoint of the same catalogue and options.
	Resume *Checkpoint
}

// A StreamTraining is what TrainStream found.
type StreamTraining struct {
	*Training
	Sample  *Sample             // nil if every track was used for everything
	Ranking []FeatureImportance // as Importance gives it for the first model, on the plane's sample
}

// TrainStream is Train for a catalogue that may be larger than memory: it
// standardizes, clusters and names in passes over the tracks, O(n·k·d) time each,
// one pass an iteration, and holds Sample tracks at most. The same catalogue and
// options give the same models, whether or not the training was interrupted and
// resumed; on up to Sample tracks, those of Train up to rounding.
//
// What it cannot do in passes it does on tracks drawn by the seed, and says so:
// see Sample; the algorithms start from fits to a few tracks. o.Progress is told the
// tracks of each pass.
//
// Errors are those of Train, and of reading the tracks; segue.ErrUsage for a
// checkpoint of another catalogue or other options.
func TrainStream(ctx context.Context, tracks Tracks, o StreamOptions) (*StreamTraining, error) {
	s, err := newStreamer(tracks, o)
	if err != nil {
		return nil, err
	}
	if err := s.do(ctx, s.measure, s.standardize, s.fitAll, s.place, s.assign, s.trust); err != nil {
		return nil, err
	}
	return s.result(ctx)
}

// newStreamer checks the options and what is to be resumed.
func newStreamer(tracks Tracks, o StreamOptions) (*streamer, error) {
	if o.Features != nil && !slices.Equal(o.Features, tracks.Features()) {
		panic("mood: TrainStream: the options' features are not the tracks'")
	}
	o.Features = tracks.Features()
	var err error
	if o.Options, err = o.Options.withDefaults(); err != nil {
		return nil, err
	}
	if o.Sample == 0 {
		o.Sample = DefaultSample
	}
	if o.Sample < MinSample {
		return nil, fmt.Errorf("mood: %w: a sample of %d tracks; draw at least %d", segue.ErrUsage, o.Sample, MinSample)
	}
	s := &streamer{o: o, tracks: tracks}
	s.trainer = &trainer{o: o.Options, catalog: tracks.Version()}
	s.steps = s.trustSteps()
	return s, s.begin()
}

// do takes the steps of a training.
func (s *streamer) do(ctx context.Context, steps ...func(context.Context) error) error {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return cmp.Or(ctx.Err(), err)
		}
	}
	return nil
}

// streamer is one run of TrainStream.
type streamer struct {
	*trainer // judges the sample
	o        StreamOptions
	tracks   Tracks

	sampled  *segue.Catalog // the plane's sample, all features
	moments  [segue.NumFeatures]moment
	means    [segue.NumFeatures]float64
	scaler   scale.Standardizer
	progress *Checkpoint // what is fitted
	fits     []Fitted    // of each algorithm
	seconds  []float64   // each took
}

// n returns how many tracks there are and how many have the features.
func (s *streamer) n() (all, complete int) {
	all, _ = s.tracks.All(s.o.Features).Dims()
	complete, _ = s.tracks.Complete().Dims()
	return all, complete
}

// source reports the passes over a source.
func source[F matrix.Float](s *streamer, stage string, src matrix.Source[F]) matrix.Source[F] {
	return &toldSource[F]{Source: src, stage: stage, tell: s.o.Progress}
}

// A toldSource tells of every pass over it how far it is.
type toldSource[F matrix.Float] struct {
	matrix.Source[F]
	stage string
	pass  int
	tell  segue.Progress
}

func (t *toldSource[F]) Pieces(ctx context.Context, work func(lo int, piece matrix.Table[F]) error) error {
	t.pass++
	if t.tell == nil {
		return t.Source.Pieces(ctx, work)
	}
	stage := t.stage
	if t.pass > 1 {
		stage = fmt.Sprintf("%s, pass %d", t.stage, t.pass)
	}
	n, _ := t.Dims()
	return t.Source.Pieces(ctx, func(lo int, piece matrix.Table[F]) error {
		err := work(lo, piece)
		rows, _ := piece.Dims()
		t.tell(stage, int64(lo+rows), int64(n))
		return err
	})
}

// sample returns the Sample of models, nil if all tracks were used.
func (s *streamer) sample() *Sample {
	all, complete := s.n()
	drawn, judged := min(all, s.o.Sample), min(complete, s.o.Sample)
	if drawn == all && judged == complete {
		return nil
	}
	// Of a share p of all tracks, estimated from m of n drawn without
	// replacement: √(p(1−p)/m · (n−m)/(n−1)), largest at p = ½.
	m, n := float64(drawn), float64(all)
	return &Sample{PlaneTracks: drawn, PlaneError: segue.Number(math.Sqrt(.25 / m * (n - m) / max(1, n-1))), JudgedTracks: judged}
}

// streamID names a model by what id hashes and by the sample.
func streamID(id string, sample int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s stream 1 sample %d", id, sample))
	return hex.EncodeToString(sum[:8])
}

// result completes the models.
func (s *streamer) result(ctx context.Context) (*StreamTraining, error) {
	all, complete := s.n()
	sample := s.sample()
	for _, m := range s.models {
		m.ID, m.Sample = streamID(m.ID, s.o.Sample), sample
		if judged, _ := s.space.x.Dims(); judged < complete {
			m.CalinskiHarabasz *= segue.Number(complete-m.K) / segue.Number(judged-m.K)
		}
	}
	out := &StreamTraining{Sample: sample, Training: &Training{N: complete, Excluded: all - complete, Missing: map[string]int{},
		Features: s.o.Features, Catalog: s.catalog, Dropped: s.plane.Dropped, Models: s.models, Note: noteOf(s.o.K), Plane: s.plane}}
	for _, f := range s.o.Features {
		out.Missing[f.String()] = all - s.moments[f].n
	}
	var err error
	out.Ranking, err = Importance(ctx, s.sampled, s.models[0].Labels(s.sampled))
	return out, err
}
