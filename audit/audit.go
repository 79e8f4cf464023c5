package audit

import (
	"context"
	"fmt"
	"slices"

	"segue"
	"segue/mood"
	"segue/regress/calibrate"
)

// Options say how an audit is made. The zero value is ready to use.
type Options struct {
	Replicates int     // draws of artists, 100 to 100,000; 0 stands for DefaultReplicates
	Seed       uint64  // of the draws
	Level      float64 // confidence level of intervals, in (0, 1); 0 stands for 0.95

	// Reference is the prediction that the others are compared with, by its place
	// among them.
	Reference int

	Progress segue.Progress // told of the draws (stage "resampling"); may be nil
}

// Defaults and bounds. (d)
const (
	DefaultReplicates = 1_000
	LeastArtists      = 10 // in a slice, for intervals to be given
	LeastInGenre      = 50 // labelled tracks of a genre, for it to be shown
	MaxGenres         = 12 // shown, those with the most labelled tracks
)

func (o Options) whole() Options {
	if o.Replicates == 0 {
		o.Replicates = DefaultReplicates
	}
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Replicates < 100 || o.Replicates > 100_000 || o.Level <= 0 || o.Level >= 1 {
		panic(fmt.Sprintf("audit: %d replicates at level %v", o.Replicates, o.Level))
	}
	return o
}

// An Estimate is a number with its interval, missing where it is not defined.
type Estimate struct {
	Value segue.Number `json:"value"`
	Lo    segue.Number `json:"lo"`
	Hi    segue.Number `json:"hi"`
}

// Known reports whether there is an interval.
func (e Estimate) Known() bool { return e.Lo.Known() && e.Hi.Known() }

// An Audit is what Run found.
type Audit struct {
	Tracks  int                 `json:"tracks"`  // labelled
	Artists int                 `json:"artists"` // groups that are resampled
	Enough  bool                `json:"enough"`  // artists for intervals
	Named   int                 `json:"named"`   // tracks with a mood
	Placed  int                 `json:"placed"`  // tracks with valence and arousal
	ByMood  [segue.NumMoods]int `json:"by_mood"` // tracks by the mood of their label: angry, sad, calm, happy

	Replicates int     `json:"replicates"`
	Level      float64 `json:"level"`
	Seed       uint64  `json:"seed"`

	Models      []Model      `json:"models"`      // in the order of the predictions, and last the majority: see Majority
	Differences []Difference `json:"differences"` // of each model but the reference from it
	Genres      []Genre      `json:"genres"`      // the most labelled first; empty without genres
	Circular    Circularity  `json:"circular"`
}

// A Model is how far a prediction agrees with the labels. A track of which it says
// nothing counts as wrong, so that all are counted on the same tracks.
type Model struct {
	Name     string       `json:"name"`
	Said     int          `json:"said"`     // tracks whose label names a mood of which it says one
	Coverage segue.Number `json:"coverage"` // Said of all whose label does, [0, 1]

	Accuracy Estimate `json:"accuracy"` // share of the tracks whose mood is the label's, [0, 1]
	Balanced Estimate `json:"balanced"` // mean recall of the moods that are labelled, [0, 1]
	MacroF1  Estimate `json:"macro_f1"` // mean F1 of the moods that are labelled, [0, 1]
	ARI      Estimate `json:"ari"`      // adjusted Rand index of the moods and the labels', [−½, 1]; missing if one mood only is labelled

	Moods []Mood `json:"moods"` // angry, sad, calm, happy

	// Confusion counts tracks by the label's mood and by the model's, in the order of
	// Moods; last those of which it says none.
	Confusion [segue.NumMoods][segue.NumMoods + 1]int `json:"confusion"`

	Valence *Axis `json:"valence"` // null where it places nothing, or labels do not
	Arousal *Axis `json:"arousal"`

	Calibration *Calibration `json:"calibration"` // null without probabilities
}

// A Mood is how well one mood is found.
type Mood struct {
	Mood      segue.Mood `json:"mood"`
	Tracks    int        `json:"tracks"`    // labelled so
	Precision Estimate   `json:"precision"` // share labelled so of those said to be; missing if none is
	Recall    Estimate   `json:"recall"`    // share said to be so of those labelled so; missing if none is
	F1        Estimate   `json:"f1"`        // their harmonic mean, 0 if nothing is right; missing if none is labelled or said
}

// An Axis is how a coordinate of places goes with its label.
type Axis struct {
	Tracks   int      `json:"tracks"`   // with both
	Pearson  Estimate `json:"pearson"`  // [−1, 1]
	Spearman Estimate `json:"spearman"` // [−1, 1]
	R2       Estimate `json:"r2"`       // share of the label's variance that the straight line through both explains, [0, 1]
}

// A Calibration says whether probabilities mean what they say. The reliability is of the
// mood a model says a track to be, and of the probability it gives to that, which need not
// be the largest (see mood.Naming).
type Calibration struct {
	*calibrate.Reliability
	Error   Estimate `json:"error"`    // the ECE with its interval
	Brier   Estimate `json:"brier"`    // [0, 2]
	LogLoss Estimate `json:"log_loss"` // ≥ 0
}

// A Difference is how far a model is above the reference, on the same draws.
type Difference struct {
	Model    string   `json:"model"`
	Against  string   `json:"against"`
	Accuracy Estimate `json:"accuracy"`
	Balanced Estimate `json:"balanced"`
	MacroF1  Estimate `json:"macro_f1"`
}

// A Genre is an audit within the tracks of a genre; a track of several counts in each.
type Genre struct {
	Name    string       `json:"name"`
	Tracks  int          `json:"tracks"`
	Artists int          `json:"artists"`
	Enough  bool         `json:"enough"` // artists for intervals
	Models  []GenreModel `json:"models"` // as Audit.Models
}

// A GenreModel is a model within a genre.
type GenreModel struct {
	Name     string   `json:"name"`
	Accuracy Estimate `json:"accuracy"`
	MacroF1  Estimate `json:"macro_f1"`
	Valence  Estimate `json:"valence"` // Pearson
	Arousal  Estimate `json:"arousal"`
}

// Majority names the model that says of every track the mood that most labels
// name.
const Majority = "majority"

// Run audits predictions of the labelled tracks of a catalogue, at least one, in
// O(Replicates · predictions · labels). It does not change what it is given.
//
// It panics if a prediction is not parallel to the labels, a probability is none, or
// Options.Reference is no place among the predictions; the only error is ctx's.
func Run(ctx context.Context, c *segue.Catalog, l *mood.Labels, predictions []mood.Prediction, o Options) (*Audit, error) {
	o = o.whole()
	if len(predictions) == 0 || o.Reference < 0 || o.Reference >= len(predictions) {
		panic("audit: Run: no predictions, or no such reference")
	}
	a := &Audit{Tracks: l.Len(), Replicates: o.Replicates, Level: o.Level, Seed: o.Seed, Genres: []Genre{}}
	for i := range l.Row {
		if l.Mood[i] != segue.Mixed {
			a.Named++
			a.ByMood[l.Mood[i]]++
		}
		if l.At[i].Known() {
			a.Placed++
		}
	}
	predictions = append(slices.Clone(predictions), majority(l, a.ByMood))
	all := make([]int, l.Len())
	for i := range all {
		all[i] = i
	}
	genres := genresOf(c, l)
	steps := int64(o.Replicates) * int64(1+len(genres))
	told := int64(0)
	tell := func(n int64) {
		if told += n; o.Progress != nil {
			o.Progress("resampling", told, steps)
		}
	}
	s := newSlice(l, all, predictions)
	r, err := s.resample(ctx, o, tell)
	if err != nil {
		return nil, err
	}
	a.Artists, a.Enough = s.groups, s.groups >= LeastArtists
	for m, p := range predictions {
		a.Models = append(a.Models, s.model(p, m, r, a.ByMood))
	}
	for m, p := range predictions {
		if m == o.Reference {
			continue
		}
		a.Differences = append(a.Differences, Difference{Model: p.Name, Against: predictions[o.Reference].Name,
			Accuracy: r.difference(m, o.Reference, statAccuracy), Balanced: r.difference(m, o.Reference, statBalanced), MacroF1: r.difference(m, o.Reference, statMacroF1)})
	}
	for _, g := range genres {
		s := newSlice(l, g.rows, predictions)
		r, err := s.resample(ctx, o, tell)
		if err != nil {
			return nil, err
		}
		of := Genre{Name: g.name, Tracks: len(g.rows), Artists: s.groups, Enough: s.groups >= LeastArtists}
		for m, p := range predictions {
			of.Models = append(of.Models, GenreModel{p.Name, r.estimate(m, statAccuracy), r.estimate(m, statMacroF1), r.estimate(m, statValence), r.estimate(m, statArousal)})
		}
		a.Genres = append(a.Genres, of)
	}
	a.Circular = suspect(c, l, predictions[:len(predictions)-1])
	return a, ctx.Err()
}

// majority says of every track the mood that most labels name, the first of equals.
func majority(l *mood.Labels, byMood [segue.NumMoods]int) mood.Prediction {
	best := segue.Angry
	for _, m := range segue.Moods() {
		if byMood[m] > byMood[best] {
			best = m
		}
	}
	p := mood.Prediction{Name: Majority, Mood: make([]segue.Mood, l.Len())}
	for i := range p.Mood {
		p.Mood[i] = best
	}
	return p
}

// model puts what was counted and resampled of a prediction together.
func (s *slice) model(p mood.Prediction, m int, r *resampled, byMood [segue.NumMoods]int) Model {
	out := Model{Name: p.Name, Accuracy: r.estimate(m, statAccuracy), Balanced: r.estimate(m, statBalanced), MacroF1: r.estimate(m, statMacroF1), ARI: r.estimate(m, statARI)}
	out.Coverage = segue.Missing()
	named := 0
	for _, i := range s.rows {
		if s.labels.Mood[i] == segue.Mixed {
			continue
		}
		named++
		out.Confusion[s.labels.Mood[i]][p.Mood[i]]++
		if p.Mood[i] != segue.Mixed {
			out.Said++
		}
	}
	if named > 0 {
		out.Coverage = segue.Number(float64(out.Said) / float64(named))
	}
	for _, c := range segue.Moods() {
		out.Moods = append(out.Moods, Mood{c, byMood[c], r.estimate(m, statPrecision+int(c)), r.estimate(m, statRecall+int(c)), r.estimate(m, statF1+int(c))})
	}
	if n := len(s.subjects[m].placed); n > 0 {
		out.Valence = &Axis{n, r.estimate(m, statValence), r.estimate(m, statValenceRank), r.estimate(m, statValenceR2)}
		out.Arousal = &Axis{n, r.estimate(m, statArousal), r.estimate(m, statArousalRank), r.estimate(m, statArousalR2)}
	}
	if sub := &s.subjects[m]; p.Probability != nil && len(sub.rated) > 0 {
		confidence, came := make([]float64, len(sub.sure)), make([]bool, len(sub.sure))
		for k, f := range sub.sure {
			confidence[k], came[k] = f.P, f.Came
		}
		out.Calibration = &Calibration{Reliability: calibrate.Reliable(confidence, came, calibrate.DefaultBins, calibrate.EqualMass),
			Error: r.estimate(m, statECE), Brier: r.estimate(m, statBrier), LogLoss: r.estimate(m, statLogLoss)}
	}
	return out
}
