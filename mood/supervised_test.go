package mood

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"segue"
)

// taught invents a catalogue, of which every second track is labelled: pleasant music
// is valent and danceable, energetic music loud, to a degree, and k-means does not
// know of danceability. Artists have three tracks.
func taught(n int, seed uint64) (*segue.Catalog, *Labels) {
	rng := rand.New(rand.NewPCG(seed, 1))
	tracks, l := make([]segue.Features, n), &Labels{Source: "invented", Hash: fmt.Sprint(seed)}
	for i := range tracks {
		v := segue.NoFeatures()
		for _, f := range segue.AllFeatures() {
			lo, hi := f.Interval()
			v[f] = float32(lo + (hi-lo)*(.1+.8*rng.Float64()))
		}
		v[segue.Mode], v[segue.TimeSignature] = float32(rng.IntN(2)), float32(3+rng.IntN(2))
		tracks[i] = v
		if i%2 > 0 {
			continue
		}
		at := segue.Affect{
			Valence: 2*float64(v[segue.Danceability]) + float64(v[segue.Valence]) - 1.5 + .3*rng.NormFloat64(),
			Arousal: (float64(v[segue.Loudness])+27.5)/30 + .3*rng.NormFloat64() + .2, // more energetic than quiet
		}
		l.Row, l.At = append(l.Row, int32(i)), append(l.At, at)
		l.Mood = append(l.Mood, segue.QuadrantOf(segue.Affect{Valence: at.Valence + .5, Arousal: at.Arousal + .5}))
		l.Group = append(l.Group, int32(i/6))
	}
	c := catalogOf(tracks...)
	c.Artists.Offset = []int32{0}
	for i := range n {
		if i%6 == 0 {
			c.Artists.Values = append(c.Artists.Values, fmt.Sprint("Artist ", i/6))
		}
		c.Artists.Index = append(c.Artists.Index, int32(i/6))
		c.Artists.Offset = append(c.Artists.Offset, int32(i+1))
	}
	return c, l
}

// few is what tests ask for: parts are few, as each costs.
func few() SupervisedOptions {
	return SupervisedOptions{Folds: 4, Seed: 3, Clock: func() time.Time { return time.Time{} }}
}

func train(t testing.TB, c *segue.Catalog, l *Labels, o SupervisedOptions) *Model {
	t.Helper()
	m, err := TrainSupervised(t.Context(), c, l, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTrainSupervisedLearns(t *testing.T) {
	c, l := taught(900, 1)
	m := train(t, c, l, few())
	v := m.Learned.Validation
	if v.AccuracyGain.Lo <= 0 || v.MacroF1Gain.Lo <= 0 || v.Accuracy.Value < .6 || v.Tracks != 450 || v.Artists != 150 || v.Placed != 450 {
		t.Errorf("%+v", v)
	}
	if v.Valence.Pearson.Value < .8 || v.Valence.R2.Value < .6 || v.Arousal.Pearson.Lo < .4 {
		t.Errorf("places %+v %+v", v.Valence, v.Arousal)
	}
	for _, e := range []Measured{v.Accuracy, v.MacroF1, v.After.ECE, v.After.MoodECE, v.After.LogLoss, v.Valence.Error} {
		if !(e.Lo <= e.Value && e.Value <= e.Hi && e.Lo >= 0) {
			t.Errorf("interval of %+v", e)
		}
	}
	// Rare moods weigh more before calibration than they are frequent, after it they do not.
	if v.After.MoodECE.Value >= v.Before.MoodECE.Value || v.After.LogLoss.Value >= v.Before.LogLoss.Value {
		t.Errorf("calibration: %+v, then %+v", v.Before, v.After)
	}
	if m.Fitted.Plane.PlacementError() != (segue.Affect{Valence: float64(v.Valence.Error.Value), Arousal: float64(v.Arousal.Error.Value)}) {
		t.Errorf("the plane's error is %+v", m.Fitted.Plane.PlacementError())
	}
	l2 := m.Learned
	if l2.Tracks != 450 || l2.Moods[segue.Angry]+l2.Moods[segue.Sad]+l2.Moods[segue.Calm]+l2.Moods[segue.Happy] != 450 || l2.Ridge == nil || m.N != 900 {
		t.Errorf("%+v", l2)
	}
	for i, n := range m.Moods {
		if n.Mood != segue.Mood(i) || m.K != 4 || m.Sizes[i] == 0 {
			t.Errorf("cluster %d: %+v of %d tracks", i, n, m.Sizes[i])
		}
	}
}

// What a model says of the catalogue, a track and the labels is one thing, survives
// JSON, slim JSON and other numbers of processors, and adds up.
func TestSupervisedIsAModelLikeAnother(t *testing.T) {
	c, l := taught(600, 2)
	for _, basis := range []Basis{Linear, Quadratic} {
		o := few()
		o.Basis = basis
		m := train(t, c, l, o)
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		back, slim := new(Model), new(Model)
		if err := json.Unmarshal(text, back); err != nil {
			t.Fatal(err)
		}
		if text, err := m.MarshalSlim(); err != nil {
			t.Fatal(err)
		} else if slim, err = UnmarshalSlim(text, m.Plane()); err != nil {
			t.Fatal(err)
		}
		labels, members, at := m.Labels(c), m.Memberships(c), m.Plane().Positions(c)
		said := m.Predict(c, l)
		for _, other := range []*Model{back, slim} {
			if !slices.Equal(other.Labels(c), labels) || fmt.Sprint(other.Memberships(c)) != fmt.Sprint(members) || !slices.Equal(other.Plane().Positions(c), at) {
				t.Errorf("%s: read back, it says something else", basis)
			}
		}
		for i, row := range l.Row {
			sum := 0.0
			for mood, p := range members[row] {
				sum += p
				if p != said.Probability[i][mood] {
					t.Fatalf("%s: track %d: %v and %v", basis, row, members[row], said.Probability[i])
				}
			}
			cluster, ok := m.Cluster(c.Features(int(row)))
			alone, _ := m.Membership(c.Features(int(row)))
			if math.Abs(sum-1) > 1e-12 || said.Mood[i] != segue.Mood(labels[row]) || !ok || int32(cluster) != labels[row] || fmt.Sprint(alone) != fmt.Sprint(members[row]) || said.At[i] != at[row] {
				t.Fatalf("%s: track %d: %v, cluster %d and %d", basis, row, said.Mood[i], labels[row], cluster)
			}
		}
		func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			if one, err := json.Marshal(train(t, c, l, o)); err != nil || !bytes.Equal(one, text) {
				t.Errorf("%s: on one processor another model (%v)", basis, err)
			}
		}()
		for what, spoil := range map[string]func(m map[string]any){
			"algorithm":   func(m map[string]any) { m["algorithm"] = KMeans },
			"learned":     func(m map[string]any) { delete(m, "learned") },
			"weights":     func(m map[string]any) { classifier(m)["weights"] = [][]float64{{1}} },
			"parts":       func(m map[string]any) { classifier(m)["parts"] = []any{} },
			"temperature": func(m map[string]any) { naming(m)["scaling"].(map[string]any)["temperature"] = -1 },
			"lean":        func(m map[string]any) { naming(m)["lean"] = 2 },
			"share":       func(m map[string]any) { naming(m)["share"] = map[string]any{"angry": 1} },
			"error": func(m map[string]any) {
				m["fitted"].(map[string]any)["plane"].(map[string]any)["error"] = segue.Affect{Valence: -1, Arousal: 1}
			},
		} {
			var raw map[string]any
			if err := json.Unmarshal(text, &raw); err != nil {
				t.Fatal(err)
			}
			spoil(raw)
			spoiled, _ := json.Marshal(raw)
			if err := json.Unmarshal(spoiled, new(Model)); err == nil || !strings.Contains(err.Error(), "train it again") {
				t.Errorf("spoiled %s: %v", what, err)
			}
		}
	}
}

func classifier(m map[string]any) map[string]any {
	return m["fitted"].(map[string]any)["supervised"].(map[string]any)
}

func naming(m map[string]any) map[string]any { return classifier(m)["naming"].(map[string]any) }

// What is learned from some rows does not depend on the labels of the others: those
// tested on teach nothing.
func TestLearnSeesNothingElse(t *testing.T) {
	c, l := taught(600, 4)
	o, _ := few().withDefaults()
	p, err := newLearner(c, l, o)
	if err != nil {
		t.Fatal(err)
	}
	var in, out []int
	for r := range p.rows {
		if p.group[r]%4 == 0 {
			in = append(in, r)
		} else {
			out = append(out, r)
		}
	}
	before, err := p.learn(t.Context(), out, 9)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range in {
		p.y[r], p.at[r] = (p.y[r]+1)%4, segue.Affect{Valence: 99, Arousal: -99}
	}
	after, err := p.learn(t.Context(), out, 9)
	if err != nil || fmt.Sprint(before.weights, before.naming, before.place) != fmt.Sprint(after.weights, after.naming, after.place) {
		t.Errorf("what was left out was learned from (%v)", err)
	}
}

func TestCrossValidateLeavesArtistsOut(t *testing.T) {
	c, l := taught(600, 5)
	v, err := CrossValidate(t.Context(), c, l, few())
	if err != nil {
		t.Fatal(err)
	}
	fold, count := map[int32]int{}, make([]int, v.Folds)
	for i, g := range l.Group {
		if f, ok := fold[g]; ok && f != v.Fold[i] {
			t.Fatalf("artist %d is in parts %d and %d", g, f, v.Fold[i])
		}
		fold[g] = v.Fold[i]
		count[v.Fold[i]]++
		sum := 0.0
		for _, p := range v.Calibrated.Probability[i] {
			sum += p
		}
		if math.Abs(sum-1) > 1e-12 || !v.Calibrated.At[i].Known() || v.Calibrated.Mood[i] == segue.Mixed {
			t.Fatalf("track %d: %v at %v", i, v.Calibrated.Probability[i], v.Calibrated.At[i])
		}
	}
	for _, n := range count {
		if n < 60 || n > 90 {
			t.Errorf("parts of %v tracks", count)
		}
	}
}

// Groups 0, 1, 2 of 3, 2, 1 rows of class 0, and 3, 4 of one row of class 1, into two
// folds: 0 alone, 1 and 2 together, and 3 and 4 apart.
func TestDealByHand(t *testing.T) {
	got := deal([]int32{0, 0, 0, 1, 1, 2, 3, 4}, []int32{0, 0, 0, 0, 0, 0, 1, 1}, 2, 1)
	if got[0] != got[1] || got[0] != got[2] || got[3] != got[4] || got[5] != got[3] || got[0] == got[3] || got[6] == got[7] {
		t.Errorf("folds %v", got)
	}
}

func TestSupervisedRefuses(t *testing.T) {
	c, l := taught(600, 6)
	with := func(change func(l *Labels)) *Labels {
		k := &Labels{Source: l.Source, Row: slices.Clone(l.Row), At: slices.Clone(l.At), Mood: slices.Clone(l.Mood), Group: slices.Clone(l.Group)}
		change(k)
		return k
	}
	each := func(of func(i int, l *Labels)) *Labels {
		return with(func(l *Labels) {
			for i := range l.Row {
				of(i, l)
			}
		})
	}
	bare, _ := taught(600, 6)
	for f := range bare.Feature {
		bare.Feature[f] = slices.Repeat([]float32{.5}, 600)
	}
	for _, x := range []struct {
		name string
		c    *segue.Catalog
		l    *Labels
		o    SupervisedOptions
		want error
		says string
	}{
		{"one class", c, each(func(i int, l *Labels) { l.Mood[i] = segue.Happy }), few(), ErrTooFewLabels, "0 tracks of 0 artists are labelled angry"},
		{"a rare class", c, each(func(i int, l *Labels) {
			if l.Mood[i] == segue.Sad && i > 20 {
				l.Mood[i] = segue.Happy
			}
		}), few(), ErrTooFewLabels, "labelled sad"},
		{"one artist", c, each(func(i int, l *Labels) { l.Group[i] = 7 }), few(), ErrTooFewLabels, "of 1 artists"},
		{"no moods", c, each(func(i int, l *Labels) { l.Mood[i] = segue.Mixed }), few(), ErrTooFewLabels, "of 0 artists"},
		{"no labels", c, &Labels{}, few(), ErrTooFewLabels, "of 0 artists"},
		{"one valence", c, each(func(i int, l *Labels) { l.At[i].Valence = 2 }), few(), ErrTooFewLabels, "valence is the same"},
		{"one fold", c, l, SupervisedOptions{Folds: 1}, segue.ErrUsage, "1 parts"},
		{"a basis", c, l, SupervisedOptions{Basis: "cubic"}, segue.ErrUsage, "cubic"},
		{"a feature twice", c, l, SupervisedOptions{Features: []segue.Feature{segue.Energy, segue.Energy}}, segue.ErrUsage, "twice"},
		{"tracks without features", bare, l, few(), ErrTooFewTracks, "no track has features"},
	} {
		if _, err := TrainSupervised(t.Context(), x.c, x.l, x.o); !errors.Is(err, x.want) || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v, want %v that says %q", x.name, err, x.want, x.says)
		}
	}
}

// Moods alone leave the usual plane; a feature that is missing is put at its mean, and
// of a track that lacks most of them nothing is said.
func TestSupervisedOfLittle(t *testing.T) {
	c, l := taught(600, 7)
	for i := range l.At {
		l.At[i] = segue.Nowhere()
	}
	for _, f := range segue.AllFeatures() {
		if f != segue.Energy && f != segue.Valence {
			c.Feature[f][0] = float32(math.NaN())
		}
	}
	c.Feature[segue.Liveness][2] = float32(math.NaN())
	m := train(t, c, l, few())
	usual, err := NewPlane(c)
	if err != nil {
		t.Fatal(err)
	}
	if m.Learned.Ridge != nil || m.Plane().Source != usual.Source || m.Plane().PlacementError() != (segue.Affect{Valence: SigmaValence, Arousal: SigmaArousal}) || m.Learned.Validation.Valence.Pearson.Value.Known() {
		t.Errorf("%+v, plane by %s", m.Learned, m.Plane().Source)
	}
	labels := m.Labels(c)
	if _, ok := m.Cluster(c.Features(0)); ok || labels[0] != -1 || labels[2] < 0 || m.Learned.LeftOut != 1 || m.Learned.Imputed["liveness"] != 1 || m.N != 599 {
		t.Errorf("labels %v, %+v", labels[:3], m.Learned)
	}
	if p := m.Predict(c, l); p.Mood[0] != segue.Mixed || p.Probability[0] != (segue.Membership{.25, .25, .25, .25}) {
		t.Errorf("of a track without features: %v %v", p.Mood[0], p.Probability[0])
	}
}

// A plane of products places tracks where its formula says, written out.
func TestPlaneOfProducts(t *testing.T) {
	c, l := taught(600, 8)
	o := few()
	o.Basis = Quadratic
	m := train(t, c, l, o)
	a, sums := m.Plane().Arousal, make([]float64, c.Len())
	for i := range sums {
		v := c.Features(i)
		for _, term := range a.Terms {
			s := term.Weight * (float64(v[term.Feature]) - term.Mean) / term.SD
			if term.With != nil {
				s *= (float64(v[term.With.Feature]) - term.With.Mean) / term.With.SD
			}
			sums[i] += s
		}
	}
	at := m.Plane().Positions(c)
	for i := range sums {
		below := 0.0
		for _, s := range sums {
			if s < sums[i] {
				below++
			}
		}
		if math.Abs(at[i].Arousal-(below+.5)/600) > 1e-9 {
			t.Fatalf("track %d at %v, want %v", i, at[i].Arousal, (below+.5)/600)
		}
	}
}

func TestTransferLeavesItsArtistsOut(t *testing.T) {
	c, l := taught(900, 9)
	first, second := &Labels{Source: "first", Hash: "1"}, &Labels{Source: "second", Hash: "2"}
	for i, g := range l.Group {
		for k, to := range []*Labels{first, second} {
			if k == 0 && g < 100 || k == 1 && g >= 90 { // 90 to 99 in both
				at := l.At[i]
				if k == 1 {
					at.Valence, at.Arousal = 10*at.Valence, 10*at.Arousal // another scale
				}
				to.Row, to.At, to.Mood, to.Group = append(to.Row, l.Row[i]), append(to.At, at), append(to.Mood, l.Mood[i]), append(to.Group, g-int32(90*k))
			}
		}
	}
	m := train(t, c, first, few())
	got, err := TransferTo(t.Context(), c, m, first, second)
	if err != nil {
		t.Fatal(err)
	}
	if got.Removed != 30 || got.Tracks != 150 || got.Artists != 50 || got.Accuracy.Value < .6 || got.Valence.Pearson.Value < .7 || got.Valence.R2.Value.Known() {
		t.Errorf("%+v", got.Validation)
	}
	if _, err := TransferTo(t.Context(), c, m, first, first); !errors.Is(err, ErrTooFewLabels) {
		t.Errorf("on what it learned from: %v", err)
	}
	kmeans, err := Train(t.Context(), c, Options{Algorithms: []string{KMeans}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := TransferTo(t.Context(), c, kmeans.Models[0], first, second); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("of k-means: %v", err)
	}
}

// Labelled angry angry sad happy, said angry sad sad none: half right; F1 of angry ⅔,
// of sad ⅔, of happy 0, and of calm there is none.
func TestConfusionByHand(t *testing.T) {
	var c confusion
	c[segue.Angry][segue.Angry], c[segue.Angry][segue.Sad], c[segue.Sad][segue.Sad], c[segue.Happy][segue.Mixed] = 1, 1, 1, 1
	if c.accuracy() != .5 || math.Abs(c.macroF1()-4./9) > 1e-15 {
		t.Errorf("accuracy %v, macro-F1 %v", c.accuracy(), c.macroF1())
	}
}

// A row of weight 2 is a row that is there twice.
func TestWeightsAreCopies(t *testing.T) {
	c, l := taught(600, 10)
	v, err := CrossValidate(t.Context(), c, l, few())
	if err != nil {
		t.Fatal(err)
	}
	measures := func(times []int) ([]float64, []float64) {
		twice, weight, keep := &Labels{}, make([]int, l.Len()), make([]bool, l.Len())
		var raw, calibrated Prediction
		var estimated []segue.Affect
		for i, n := range times {
			keep[i], weight[i] = true, n
			for range n {
				twice.Row, twice.At, twice.Mood, twice.Group = append(twice.Row, l.Row[i]), append(twice.At, l.At[i]), append(twice.Mood, l.Mood[i]), append(twice.Group, l.Group[i])
				for _, p := range []struct{ to, from *Prediction }{{&raw, &v.Raw}, {&calibrated, &v.Calibrated}} {
					p.to.Mood, p.to.Probability, p.to.At = append(p.to.Mood, p.from.Mood[i]), append(p.to.Probability, p.from.Probability[i]), append(p.to.At, p.from.At[i])
				}
				estimated = append(estimated, v.Estimated[i])
			}
		}
		j, err := newEvaluator(l, keep, &v.Raw, &v.Calibrated, &v.Raw, v.Estimated)
		if err != nil {
			t.Fatal(err)
		}
		all, ones := make([]bool, twice.Len()), make([]int, twice.Len())
		for i := range all {
			all[i], ones[i] = true, 1
		}
		slow, err := newEvaluator(twice, all, &raw, &calibrated, &raw, estimated)
		if err != nil {
			t.Fatal(err)
		}
		slow.place[0].rank, slow.place[1].rank = nil, nil
		for axis := range slow.place { // percentiles are those of the labels, not of the copies
			for i, n := range times {
				for range n {
					slow.place[axis].rank = append(slow.place[axis].rank, j.place[axis].rank[i])
				}
			}
		}
		return j.measure(weight), slow.measure(ones)
	}
	rng, times := rand.New(rand.NewPCG(1, 1)), make([]int, l.Len())
	for i := range times {
		times[i] = rng.IntN(4)
	}
	got, want := measures(times)
	for i := range got {
		if !(math.Abs(got[i]-want[i]) < 1e-9) {
			t.Errorf("measure %d: %v, want %v", i, got[i], want[i])
		}
	}
}

// Twenty thousand labelled tracks in ten parts.
func BenchmarkTrainSupervised20000(b *testing.B) {
	for _, basis := range []Basis{Linear, Quadratic} {
		b.Run(string(basis), func(b *testing.B) {
			c, l := taught(40_000, 1)
			for b.Loop() {
				train(b, c, l, SupervisedOptions{Basis: basis})
			}
		})
	}
}
