package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"

	"segue"
	"segue/cluster/validity"
	"segue/mood"
	"segue/regress/calibrate"

	"pgregory.net/rapid"
)

// blank is a catalogue of n tracks without anything but valence and energy, which vary.
func blank(n int) *segue.Catalog {
	c := &segue.Catalog{}
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	c.Genres.Offset, c.Artists.Offset = make([]int32, n+1), make([]int32, n+1)
	for f := range c.Feature {
		c.Feature[f] = make([]float32, n)
		for i := range c.Feature[f] {
			c.Feature[f][i] = float32(math.NaN())
			if segue.Feature(f) == segue.Valence || segue.Feature(f) == segue.Energy {
				c.Feature[f][i] = rng.Float32()
			}
		}
	}
	c.ID = make([]string, n)
	return c
}

// labelsOf are labels of the first tracks of a catalogue, each artist with per tracks.
func labelsOf(moods []segue.Mood, at []segue.Affect, per int) *mood.Labels {
	l := &mood.Labels{Mood: moods, At: at}
	for i := range moods {
		l.Row, l.Group = append(l.Row, int32(i)), append(l.Group, int32(i/per))
	}
	if at == nil {
		l.At = make([]segue.Affect, len(moods))
		for i := range l.At {
			l.At[i] = segue.Nowhere()
		}
	}
	return l
}

func near(t *testing.T, what string, got segue.Number, want float64) {
	t.Helper()
	if math.Abs(float64(got)-want) > 1e-12 || got != got {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

const (
	A = segue.Angry
	S = segue.Sad
	C = segue.Calm
	H = segue.Happy
	X = segue.Mixed
)

func TestByHand(t *testing.T) {
	l := labelsOf([]segue.Mood{H, H, H, H, S, S, C, C, X}, nil, 1)
	p := mood.Prediction{Name: "it", Mood: []segue.Mood{H, H, H, S, S, H, C, X, A}}
	a, err := Run(t.Context(), blank(9), l, []mood.Prediction{p}, Options{Replicates: 100})
	if err != nil {
		t.Fatal(err)
	}
	m := a.Models[0]
	// 8 with a mood: right are 3 happy, 1 sad, 1 calm.
	near(t, "accuracy", m.Accuracy.Value, 5./8)
	near(t, "balanced", m.Balanced.Value, (3./4+1./2+1./2)/3)
	// F1: happy 2·3/(4+4), sad 2·1/(2+2), calm 2·1/(2+1); nobody is labelled angry.
	near(t, "macro-F1", m.MacroF1.Value, (.75+.5+2./3)/3)
	near(t, "precision of happy", m.Moods[H].Precision.Value, 3./4)
	near(t, "recall of sad", m.Moods[S].Recall.Value, 1./2)
	near(t, "precision of calm", m.Moods[C].Precision.Value, 1)
	if m.Moods[A].Precision.Value.Known() || m.Moods[A].F1.Value.Known() {
		t.Errorf("angry, neither labelled nor said: %+v", m.Moods[A])
	}
	if m.Confusion != [4][5]int{{}, {0, 1, 0, 1, 0}, {0, 0, 1, 0, 1}, {0, 1, 0, 3, 0}} {
		t.Errorf("confusion %v", m.Confusion)
	}
	near(t, "coverage", m.Coverage, 7./8)
	most := a.Models[1]
	if most.Name != Majority {
		t.Errorf("last is %q", most.Name)
	}
	near(t, "the majority", most.Accuracy.Value, 4./8)
	near(t, "the majority's F1", most.MacroF1.Value, (2*4./(4+8))/3)
	near(t, "difference", a.Differences[0].Accuracy.Value, 4./8-5./8)
	if a.Tracks != 9 || a.Named != 8 || a.Placed != 0 || a.Artists != 9 || a.Enough || a.ByMood != [4]int{0, 2, 2, 4} {
		t.Errorf("%+v", a)
	}
	if m.Accuracy.Known() || m.Valence != nil || m.Calibration != nil {
		t.Errorf("nine artists have an interval, or there is a place: %+v", m)
	}
}

func TestEdges(t *testing.T) {
	nowhere := make([]segue.Affect, 40)
	for i := range nowhere {
		nowhere[i] = segue.Nowhere()
	}
	repeat := func(m segue.Mood, n int) []segue.Mood { return slices.Repeat([]segue.Mood{m}, n) }
	for name, c := range map[string]struct {
		labels *mood.Labels
		p      mood.Prediction
		check  func(t *testing.T, a *Audit)
	}{
		"one class": {labelsOf(repeat(H, 40), nil, 2), mood.Prediction{Mood: append(repeat(H, 30), repeat(S, 10)...)}, func(t *testing.T, a *Audit) {
			near(t, "accuracy", a.Models[0].Accuracy.Value, .75)
			near(t, "balanced", a.Models[0].Balanced.Value, .75)
			if a.Models[0].ARI.Value.Known() || a.Circular.Suspect {
				t.Error("one mood says nothing of partitions, nor of circles")
			}
		}},
		"one artist": {labelsOf([]segue.Mood{H, S, H, S}, nil, 4), mood.Prediction{Mood: []segue.Mood{H, S, H, H}}, func(t *testing.T, a *Audit) {
			if a.Enough || a.Artists != 1 || a.Models[0].Accuracy.Known() {
				t.Errorf("one artist has an interval: %+v", a.Models[0].Accuracy)
			}
		}},
		"one track": {labelsOf([]segue.Mood{C}, nil, 1), mood.Prediction{Mood: []segue.Mood{C}, Probability: []segue.Membership{{0, 0, 1, 0}}, At: []segue.Affect{{Valence: .7, Arousal: .1}}}, func(t *testing.T, a *Audit) {
			near(t, "accuracy", a.Models[0].Accuracy.Value, 1)
			near(t, "ECE", a.Models[0].Calibration.Error.Value, 0)
		}},
		"no moods": {labelsOf(repeat(X, 40), nil, 1), mood.Prediction{Mood: repeat(H, 40)}, func(t *testing.T, a *Audit) {
			if a.Models[0].Accuracy.Value.Known() || a.Models[0].Coverage.Known() {
				t.Errorf("%+v", a.Models[0])
			}
		}},
		"says nothing": {labelsOf(append(repeat(H, 20), repeat(S, 20)...), nil, 1), mood.Prediction{Mood: repeat(X, 40), At: nowhere}, func(t *testing.T, a *Audit) {
			near(t, "accuracy", a.Models[0].Accuracy.Value, 0)
			near(t, "high end", a.Models[0].Accuracy.Hi, 0)
			if a.Models[0].Valence != nil {
				t.Error("a place from nowhere")
			}
		}},
		"always right": {labelsOf(append(repeat(H, 20), repeat(S, 20)...), nil, 1), mood.Prediction{Mood: append(repeat(H, 20), repeat(S, 20)...)}, func(t *testing.T, a *Audit) {
			near(t, "low end", a.Models[0].Accuracy.Lo, 1)
			near(t, "ARI", a.Models[0].ARI.Value, 1)
			if !a.Circular.Suspect {
				t.Error("a model that is always right is no reason for suspicion")
			}
		}},
		"constant place": {labelsOf(repeat(H, 40), slices.Repeat([]segue.Affect{{Valence: .3, Arousal: .1}}, 40), 1), mood.Prediction{Mood: repeat(H, 40), At: slices.Repeat([]segue.Affect{{Valence: .1, Arousal: .1}}, 40)}, func(t *testing.T, a *Audit) {
			if v := a.Models[0].Valence; v.Tracks != 40 || v.Pearson.Value.Known() || v.Spearman.Value.Known() {
				t.Errorf("%+v", v)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := Run(t.Context(), blank(c.labels.Len()), c.labels, []mood.Prediction{c.p}, Options{Replicates: 200})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := json.Marshal(a); err != nil {
				t.Error(err)
			}
			c.check(t, a)
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, blank(1), labelsOf([]segue.Mood{C}, nil, 1), []mood.Prediction{{Mood: []segue.Mood{C}}}, Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// reference is what reference.py wrote.
type reference struct {
	Truth, Said                  []segue.Mood
	P                            []segue.Membership
	Valence, Place               []float64
	Accuracy, Balanced, ARI      float64
	MacroF1                      float64 `json:"macro_f1"`
	Confusion                    [][]int
	Precision, Recall, F1        []float64
	LogLoss                      float64 `json:"log_loss"`
	Brier, Pearson, Spearman, R2 float64
}

func readReference(t *testing.T) (*reference, *mood.Labels, mood.Prediction) {
	b, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var raw struct {
		Truth, Said []int
		P           [][4]float64
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	var rest map[string]json.RawMessage
	if err := json.Unmarshal(b, &rest); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"truth", "said", "p"} {
		delete(rest, k)
	}
	b, _ = json.Marshal(rest)
	r := new(reference)
	if err := json.Unmarshal(b, r); err != nil {
		t.Fatal(err)
	}
	var at, place []segue.Affect
	for i := range raw.Truth {
		r.Truth, r.Said, r.P = append(r.Truth, segue.Mood(raw.Truth[i])), append(r.Said, segue.Mood(raw.Said[i])), append(r.P, raw.P[i])
		at = append(at, segue.Affect{Valence: r.Valence[i], Arousal: -r.Valence[i]})
		place = append(place, segue.Affect{Valence: r.Place[i], Arousal: r.Place[i]})
	}
	return r, labelsOf(r.Truth, at, 3), mood.Prediction{Name: "it", Mood: r.Said, Probability: r.P, At: place}
}

// TestReference compares with scikit-learn and SciPy: testdata/reference.py.
func TestReference(t *testing.T) {
	r, l, p := readReference(t)
	a, err := Run(t.Context(), blank(l.Len()), l, []mood.Prediction{p}, Options{Replicates: 100})
	if err != nil {
		t.Fatal(err)
	}
	m := a.Models[0]
	near(t, "accuracy", m.Accuracy.Value, r.Accuracy)
	near(t, "balanced accuracy", m.Balanced.Value, r.Balanced)
	near(t, "macro-F1", m.MacroF1.Value, r.MacroF1)
	near(t, "ARI", m.ARI.Value, r.ARI)
	near(t, "Brier", m.Calibration.Brier.Value, r.Brier)
	near(t, "log-loss", m.Calibration.LogLoss.Value, r.LogLoss)
	near(t, "Pearson", m.Valence.Pearson.Value, r.Pearson)
	near(t, "Spearman", m.Valence.Spearman.Value, r.Spearman)
	near(t, "R²", m.Valence.R2.Value, r.R2)
	near(t, "Pearson upside down", m.Arousal.Pearson.Value, -r.Pearson)
	for c := range 4 {
		near(t, "precision", m.Moods[c].Precision.Value, r.Precision[c])
		near(t, "recall", m.Moods[c].Recall.Value, r.Recall[c])
		near(t, "F1", m.Moods[c].F1.Value, r.F1[c])
		if !slices.Equal(m.Confusion[c][:4], r.Confusion[c]) {
			t.Errorf("confusion %v, want %v", m.Confusion[c], r.Confusion[c])
		}
	}
}

// Weights stand for copies: every statistic of weighted tracks is that of the tracks
// written out as often.
func TestWeightsAreCopies(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(rt, "n")
		l := &mood.Labels{}
		p := mood.Prediction{Name: "it"}
		var weight []int
		for i := range n {
			l.Row, l.Group = append(l.Row, int32(i)), append(l.Group, int32(i))
			l.Mood = append(l.Mood, segue.Mood(rapid.IntRange(0, 4).Draw(rt, "label")))
			l.At = append(l.At, segue.Affect{Valence: float64(rapid.IntRange(0, 4).Draw(rt, "v")), Arousal: float64(rapid.IntRange(0, 9).Draw(rt, "a"))})
			p.Mood = append(p.Mood, segue.Mood(rapid.IntRange(0, 4).Draw(rt, "said")))
			one := float64(rapid.IntRange(0, 8).Draw(rt, "p")) / 8
			p.Probability = append(p.Probability, segue.Membership{one / 2, one / 2, (1 - one) / 4, 3 * (1 - one) / 4})
			p.At = append(p.At, segue.Affect{Valence: float64(rapid.IntRange(0, 4).Draw(rt, "pv")) / 4, Arousal: float64(rapid.IntRange(0, 9).Draw(rt, "pa")) / 9})
			weight = append(weight, rapid.IntRange(0, 3).Draw(rt, "w"))
		}
		all := make([]int, n)
		var copies []int
		for i := range n {
			all[i] = i
			for range weight[i] {
				copies = append(copies, i)
			}
		}
		of, many := newSlice(l, all, []mood.Prediction{p}), newSlice(l, copies, []mood.Prediction{p})
		many.named = of.named // the moods that count are those of the whole
		once := make([]int, len(copies))
		for i := range once {
			once[i] = 1
		}
		got, want := make([]float64, numStats), make([]float64, numStats)
		var a, b room
		of.statistics(got, 0, weight, &a)
		many.statistics(want, 0, once, &b)
		for st := range got {
			if math.Abs(got[st]-want[st]) > 1e-9 || (got[st] == got[st]) != (want[st] == want[st]) {
				rt.Errorf("statistic %d is %v, of copies %v", st, got[st], want[st])
			}
		}
		// The calibration error and the index are those of the packages that own them.
		var confidence []float64
		var came []bool
		var x, y []int32
		for _, i := range copies {
			if l.Mood[i] == segue.Mixed {
				continue
			}
			if said := p.Mood[i]; said != segue.Mixed {
				confidence, came = append(confidence, p.Probability[i][said]), append(came, said == l.Mood[i])
			}
			x, y = append(x, int32(l.Mood[i])), append(y, int32(p.Mood[i]))
		}
		if ece := calibrate.Reliable(confidence, came, calibrate.DefaultBins, calibrate.EqualMass).ECE; len(came) > 0 && math.Abs(ece-got[statECE]) > 1e-9 {
			rt.Errorf("ECE %v, calibrate %v", got[statECE], ece)
		}
		if got[statARI] == got[statARI] {
			if ari := validity.AdjustedRand(x, y); math.Abs(ari-got[statARI]) > 1e-9 {
				rt.Errorf("ARI %v, validity %v", got[statARI], ari)
			}
		}
	})
}

// An audit of what a supervised model says of artists left out comes to the numbers that
// the model says of itself.
func TestAgreesWithValidation(t *testing.T) {
	const n = 480
	c := blank(n)
	rng := rand.New(rand.NewPCG(5, 5))
	moods, at := make([]segue.Mood, n), make([]segue.Affect, n)
	for f := range c.Feature {
		lo, hi := segue.Feature(f).Interval()
		for i := range c.Feature[f] {
			c.Feature[f][i] = float32(lo + (hi-lo)*rng.Float64())
		}
	}
	for i := range moods {
		v := c.Features(i)
		at[i] = segue.Affect{Valence: float64(v[segue.Valence]) - .4 + .4*rng.NormFloat64(), Arousal: float64(v[segue.Energy]) - .5 + .4*rng.NormFloat64()}
		moods[i] = segue.QuadrantOf(segue.Affect{Valence: at[i].Valence + .5, Arousal: at[i].Arousal + .5})
	}
	l := labelsOf(moods, at, 4)
	o := mood.SupervisedOptions{Folds: 4, Seed: 2}
	m, err := mood.TrainSupervised(t.Context(), c, l, o)
	if err != nil {
		t.Fatal(err)
	}
	v, err := mood.CrossValidate(t.Context(), c, l, o)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Run(t.Context(), c, l, []mood.Prediction{v.Calibrated, v.Raw}, Options{Replicates: 100})
	if err != nil {
		t.Fatal(err)
	}
	own := m.Learned.Validation
	near(t, "accuracy", a.Models[0].Accuracy.Value, float64(own.Accuracy.Value))
	near(t, "macro-F1", a.Models[0].MacroF1.Value, float64(own.MacroF1.Value))
	for i, is := range []mood.Calibrated{own.After, own.Before} {
		near(t, "calibration error", a.Models[i].Calibration.Error.Value, float64(is.ECE.Value))
		near(t, "reliability", segue.Number(a.Models[i].Calibration.ECE), float64(is.ECE.Value))
		near(t, "Brier", a.Models[i].Calibration.Brier.Value, float64(is.Brier.Value))
		near(t, "log-loss", a.Models[i].Calibration.LogLoss.Value, float64(is.LogLoss.Value))
	}
}

// The same seed gives the same bytes on any number of processors, and the order of the
// models does not matter to any.
func TestDeterministic(t *testing.T) {
	_, l, p := readReference(t)
	other := mood.Prediction{Name: "other", Mood: slices.Repeat([]segue.Mood{C}, l.Len())}
	run := func(ps ...mood.Prediction) *Audit {
		a, err := Run(t.Context(), blank(l.Len()), l, ps, Options{Replicates: 200, Seed: 5})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	bytesOf := func(v any) []byte {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	whole := run(p, other)
	before := runtime.GOMAXPROCS(1)
	again := run(p, other)
	runtime.GOMAXPROCS(before)
	if !bytes.Equal(bytesOf(whole), bytesOf(again)) {
		t.Error("the number of processors matters")
	}
	if !bytes.Equal(bytesOf(whole.Models[0]), bytesOf(run(other, p).Models[1])) {
		t.Error("the order of models matters")
	}
}

// Intervals of 95 % hold the truth about as often, artists and not tracks being drawn:
// here an artist's tracks are all right or all wrong.
func TestIntervalsCover(t *testing.T) {
	const runs, artists, tracks, truth = 200, 40, 5, .6
	held, narrow := 0, 0
	for run := range runs {
		rng := rand.New(rand.NewPCG(3, uint64(run)))
		labels, said := make([]segue.Mood, artists*tracks), make([]segue.Mood, artists*tracks)
		for a := range artists {
			wrong := rng.Float64() >= truth
			for k := range tracks {
				labels[a*tracks+k] = segue.Mood(rng.IntN(4))
				said[a*tracks+k] = labels[a*tracks+k]
				if wrong {
					said[a*tracks+k] = (labels[a*tracks+k] + 1) % 4
				}
			}
		}
		of := func(per int) Estimate {
			l := labelsOf(labels, nil, per)
			s := newSlice(l, seq(len(labels)), []mood.Prediction{{Mood: said}})
			r, err := s.resample(t.Context(), Options{Replicates: 200, Level: .95, Seed: uint64(run)}, func(int64) {})
			if err != nil {
				t.Fatal(err)
			}
			return r.estimate(0, statAccuracy)
		}
		if e := of(tracks); e.Lo <= truth && truth <= e.Hi {
			held++
		}
		if e := of(1); e.Lo <= truth && truth <= e.Hi {
			narrow++
		}
	}
	t.Logf("%d of %d intervals hold the truth; %d where tracks are drawn alone", held, runs, narrow)
	if held < 180 {
		t.Errorf("%d of %d intervals hold the truth", held, runs)
	}
	if narrow > 140 {
		t.Errorf("%d of %d intervals of single tracks hold the truth: artists make no difference here", narrow, runs)
	}
}

func seq(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Labels computed from features are found out, whether as moods or as numbers, and
// labels of people are not.
func TestCircular(t *testing.T) {
	const n = 400
	c := blank(n)
	rng := rand.New(rand.NewPCG(9, 9))
	valence, energy := c.Feature[segue.Valence], c.Feature[segue.Energy]
	make4 := func(place func(i int) segue.Affect, keep bool) *mood.Labels {
		moods, at := make([]segue.Mood, n), make([]segue.Affect, n)
		for i := range n {
			at[i] = place(i)
			moods[i] = segue.QuadrantOf(segue.Affect{Valence: at[i].Valence + .5, Arousal: at[i].Arousal + .5})
			if !keep {
				at[i] = segue.Nowhere()
			}
		}
		return labelsOf(moods, at, 2)
	}
	constant := mood.Prediction{Name: "constant", Mood: slices.Repeat([]segue.Mood{H}, n)}
	for name, c2 := range map[string]struct {
		labels *mood.Labels
		want   string
	}{
		"quadrants of features": {make4(func(i int) segue.Affect {
			return segue.Affect{Valence: float64(valence[i]) - .5, Arousal: float64(energy[i]) - .5}
		}, false), RuleCuts},
		"other thresholds": {make4(func(i int) segue.Affect {
			return segue.Affect{Valence: float64(valence[i]) - .31, Arousal: float64(energy[i]) - .66}
		}, false), RuleCuts},
		"a sum of features": {make4(func(i int) segue.Affect {
			return segue.Affect{Valence: float64(valence[i]+energy[i])/2 - .5, Arousal: float64(energy[i]-valence[i]) / 2}
		}, true), RuleLine},
		"an order": {make4(func(i int) segue.Affect {
			return segue.Affect{Valence: math.Exp(9*float64(valence[i])) - 90, Arousal: rng.NormFloat64()}
		}, true), RuleRank},
		"people": {make4(func(i int) segue.Affect {
			return segue.Affect{Valence: float64(valence[i]) - .5 + .25*rng.NormFloat64(), Arousal: float64(energy[i]) - .5 + .25*rng.NormFloat64()}
		}, true), ""},
	} {
		got := suspect(c, c2.labels, []mood.Prediction{constant})
		found := ""
		for _, f := range got.Findings {
			if f.Suspect && (found == "" || f.Rule == c2.want) {
				found = f.Rule
			}
		}
		if got.Suspect != (c2.want != "") || found != c2.want {
			t.Errorf("%s: %+v, want %q", name, got, c2.want)
		}
	}
}

func TestGenres(t *testing.T) {
	const n = 150
	c := blank(n)
	c.Genres.Values = []string{"rock", "folk", "rare"}
	for i := range n {
		g := []int32{int32(i % 2)}
		if i < 10 {
			g = append(g, 2)
		}
		c.Genres.Index = append(c.Genres.Index, g...)
		c.Genres.Offset[i+1] = int32(len(c.Genres.Index))
	}
	moods := make([]segue.Mood, n)
	said := make([]segue.Mood, n)
	for i := range n {
		moods[i] = segue.Mood(i / 2 % 4)
		if said[i] = moods[i]; i%2 == 1 {
			said[i] = (moods[i] + 1) % 4
		}
	}
	a, err := Run(t.Context(), c, labelsOf(moods, nil, 1), []mood.Prediction{{Name: "it", Mood: said}}, Options{Replicates: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Genres) != 2 || a.Genres[0].Name != "folk" || a.Genres[0].Tracks != 75 || a.Genres[0].Artists != 75 || !a.Genres[0].Enough {
		t.Fatalf("%+v", a.Genres)
	}
	near(t, "folk", a.Genres[0].Models[0].Accuracy.Value, 0)
	near(t, "rock", a.Genres[1].Models[0].Accuracy.Value, 1)
}
