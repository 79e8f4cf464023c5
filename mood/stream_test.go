package mood

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segue"
	"segue/cluster/validity"
	"segue/internal/racetest"
	"segue/matrix"
)

// held is a catalogue in memory, read in pieces.
type held struct {
	c        *segue.Catalog
	features []segue.Feature
	rows     int // of a piece
}

func (h held) Version() string                               { return h.c.Version }
func (h held) Features() []segue.Feature                     { return h.features }
func (h held) All(fs []segue.Feature) matrix.Source[float64] { return h.source(nil, fs) }
func (h held) Complete(o ...segue.Feature) matrix.Source[float64] {
	return h.source(h.features, slices.Concat(h.features, o))
}

func (h held) source(needed, fs []segue.Feature) matrix.Source[float64] {
	rows, _ := complete(h.c, needed)
	return pieces{gather(h.c, fs, rows), h.rows}
}

// pieces is a table given away some rows at a time.
type pieces struct {
	x    matrix.Columns
	rows int
}

func (p pieces) Dims() (n, d int) { return p.x.Dims() }

func (p pieces) Pieces(ctx context.Context, work func(lo int, piece matrix.Columns) error) error {
	n, _ := p.x.Dims()
	for lo := 0; lo < n; lo += p.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := work(lo, p.x.Slice(lo, min(lo+p.rows, n))); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// holed takes some values from a catalogue.
func holed(c *segue.Catalog) *segue.Catalog {
	for i := range c.ID {
		for f, every := range map[segue.Feature]int{segue.Energy: 41, segue.Valence: 37, segue.Loudness: 7, segue.Acousticness: 53} {
			if i%every == every-1 {
				c.Feature[f][i] = float32(math.NaN())
			}
		}
	}
	return c
}

func streamOf(c *segue.Catalog) held { return held{c, DefaultFeatures(), matrix.PieceRows} }

// A catalogue small enough to be used whole gives what Train gives: the plane to
// the last bit, and where both reach one optimum, which these groups leave no
// doubt about, centers to 1e-9 of a standard deviation (1e-7 of fuzzy c-means).
func TestTrainStreamAgreesWithTrain(t *testing.T) {
	for name, n := range map[string]int{"one piece": 1500, "two pieces": 5500} {
		c := holed(fourMoods(n))
		want, err := Train(context.Background(), c, quick())
		if err != nil {
			t.Fatal(err)
		}
		got, err := TrainStream(context.Background(), streamOf(c), StreamOptions{Options: quick()})
		if err != nil {
			t.Fatal(err)
		}
		if got.Sample != nil || got.N != want.N || got.Excluded != want.Excluded || !reflect.DeepEqual(got.Missing, want.Missing) || got.Note != want.Note {
			t.Errorf("%s: %+v, want %+v", name, got.Training, want)
		}
		if !reflect.DeepEqual(got.Plane, want.Plane) {
			t.Errorf("%s: another plane", name)
		}
		for i, m := range got.Models {
			tolerance := 1e-9
			if m.Algorithm == FCM { // which stops near an optimum, not in it, and from elsewhere
				tolerance = 1e-7
			}
			agree(t, fmt.Sprintf("%s: %s", name, m.Algorithm), m, want.Models[i], tolerance)
			if m.ID == want.Models[i].ID || m.Sample != nil {
				t.Errorf("%s: %s: id %s, sample %v", name, m.Algorithm, m.ID, m.Sample)
			}
		}
		ranking, err := Importance(context.Background(), c, got.Models[0].Labels(c))
		if err != nil || !sameText(got.Ranking, ranking) {
			t.Errorf("%s: ranking %v, want %v", name, got.Ranking, ranking)
		}
	}
}

// agree checks that two models say the same, numbers to a tolerance.
func agree(t *testing.T, name string, got, want *Model, tolerance float64) {
	t.Helper()
	near := func(what string, a, b float64) {
		if !(math.Abs(a-b) <= tolerance*max(1, math.Abs(b))) && !(math.IsNaN(a) && math.IsNaN(b)) {
			t.Errorf("%s: %s is %v, want %v", name, what, a, b)
		}
	}
	if !slices.Equal(got.Sizes, want.Sizes) || got.N != want.N || !got.Converged {
		t.Errorf("%s: sizes %v of %d, want %v of %d; converged %v", name, got.Sizes, got.N, want.Sizes, want.N, got.Converged)
	}
	for c := range want.Centers {
		for j := range want.Centers[c] {
			near("a center", got.Centers[c][j], want.Centers[c][j])
		}
		near("valence", float64(got.Moods[c].Valence), float64(want.Moods[c].Valence))
		near("margin", float64(got.Moods[c].Margin), float64(want.Moods[c].Margin))
		if got.Moods[c].Name != want.Moods[c].Name {
			t.Errorf("%s: %q, want %q", name, got.Moods[c].Name, want.Moods[c].Name)
		}
	}
	for what, v := range map[string][2]segue.Number{
		"silhouette": {got.Silhouette, want.Silhouette}, "Davies–Bouldin": {got.DaviesBouldin, want.DaviesBouldin},
		"Calinski–Harabasz": {got.CalinskiHarabasz, want.CalinskiHarabasz}, "inertia": {got.Inertia, want.Inertia},
		"log-likelihood": {got.LogLikelihood, want.LogLikelihood}, "FPC": {got.FPC, want.FPC},
		"the null": {got.Null.Silhouette, want.Null.Silhouette}, "stability": {got.Stability.ARIMean, want.Stability.ARIMean},
		"the flat silhouette": {got.Projection2D.Silhouette, want.Projection2D.Silhouette},
	} {
		near(what, float64(v[0]), float64(v[1]))
	}
}

func sameText(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// Of more tracks than the sample, centers and sizes are over all, and places are
// as far off as is said.
func TestTrainStreamOnASample(t *testing.T) {
	if racetest.On {
		t.Skip("200,000 tracks, in the ways of TestTrainStreamResumes")
	}
	c := holed(fourMoods(200_000))
	o := StreamOptions{Options: quick(), Sample: 200_000}
	whole, sampled := clustered(t, c, o), clustered(t, c, StreamOptions{Options: quick(), Sample: 160_000})
	// √(¼/160,000 · 40,000/199,999) = 0.00125 · 0.4472147
	s := sampled.sample()
	if s == nil || s.PlaneTracks != 160_000 || s.JudgedTracks != 160_000 || math.Abs(float64(s.PlaneError)-.000559018) > 1e-8 || whole.sample() != nil {
		t.Fatalf("sample %+v", s)
	}
	if sampled.plane.Tracks != whole.plane.Tracks || sampled.plane.Valence.CDF.Len() > 160_000 || !reflect.DeepEqual(sampled.plane.Arousal.Terms, whole.plane.Arousal.Terms) {
		t.Errorf("plane of %d tracks, want %d", sampled.plane.Tracks, whole.plane.Tracks)
	}
	if n, _ := sampled.space.x.Dims(); n != 160_000 || len(sampled.labels[0]) != n {
		t.Errorf("%d rows and %d labels to judge", n, len(sampled.labels[0]))
	}
	for i, m := range sampled.models {
		w := whole.models[i]
		if !slices.Equal(m.Sizes, w.Sizes) || !reflect.DeepEqual(m.Centers, w.Centers) {
			t.Errorf("%s: %v in %v, want %v in %v", m.Algorithm, m.Sizes, m.Centers, w.Sizes, w.Centers)
		}
		for c := range m.Moods {
			if off := math.Abs(float64(m.Moods[c].Valence - w.Moods[c].Valence)); m.Moods[c].Name != w.Moods[c].Name || off > 4*float64(s.PlaneError) {
				t.Errorf("%s: %v, want %v", m.Algorithm, m.Moods[c], w.Moods[c])
			}
		}
	}
	scaledUp(t, c, sampled)
}

// clustered does what TrainStream does, but for the judging.
func clustered(t *testing.T, c *segue.Catalog, o StreamOptions) *streamer {
	t.Helper()
	s, err := newStreamer(streamOf(c), o)
	if err == nil {
		err = s.do(context.Background(), s.measure, s.standardize, s.fitAll, s.place, s.assign)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// scaledUp checks that what grows with the tracks is scaled up from those that are
// judged, and that the models say what was sampled, in their files too.
func scaledUp(t *testing.T, c *segue.Catalog, s *streamer) {
	t.Helper()
	var err error
	for i, m := range s.models {
		m.CalinskiHarabasz = defined(validity.CalinskiHarabasz(s.space.x, s.labels[i]))
	}
	got, err := s.result(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got.Models {
		x, rows := m.Space(c)
		all, labels := m.Labels(c), []int32{}
		for _, r := range rows {
			labels = append(labels, all[r])
		}
		want, err := validity.CalinskiHarabasz(x, labels)
		if err != nil || math.Abs(float64(m.CalinskiHarabasz)/want-1) > .01 {
			t.Errorf("%s: Calinski–Harabasz %v, want %v: %v", m.Algorithm, m.CalinskiHarabasz, want, err)
		}
		b, err := json.Marshal(m)
		back := new(Model)
		if err2 := json.Unmarshal(b, back); err != nil || err2 != nil || !reflect.DeepEqual(back.Sample, got.Sample) || got.Sample == nil {
			t.Errorf("%s: read back: %v %v %+v", m.Algorithm, err, err2, back.Sample)
		}
	}
}

// Whenever it is stopped, what is resumed from the file of the checkpoint ends in
// the same bytes; so it does on any number of processors.
func TestTrainStreamResumes(t *testing.T) {
	c := holed(fourMoods(30_000)) // more than the starts are fitted on, so that iterations are left
	o := StreamOptions{Options: quick()}
	o.K = 6 // clusters in four groups: some iterations
	var kept [][]byte
	o.Checkpoint = func(c *Checkpoint) error {
		b, err := json.Marshal(c)
		kept = append(kept, b)
		return err
	}
	want := modelBytes(t, clustered(t, c, o))
	if len(kept) < 12 {
		t.Fatalf("%d checkpoints: too few for this test", len(kept))
	}
	all := slices.Clone(kept)
	for i := 0; i < len(all); i += max(1, len(all)/10) {
		resumed := o
		resumed.Resume = new(Checkpoint)
		if err := json.Unmarshal(all[i], resumed.Resume); err != nil {
			t.Fatal(err)
		}
		if got := modelBytes(t, clustered(t, c, resumed)); !bytes.Equal(got, want) {
			t.Errorf("resumed from checkpoint %d (%s): other bytes", i, resumed.Resume.Describe())
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if got := modelBytes(t, clustered(t, c, o)); !bytes.Equal(got, want) {
		t.Error("other bytes on one processor")
	}
}

func modelBytes(t *testing.T, s *streamer) []byte {
	t.Helper()
	b, err := json.Marshal(s.models)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTrainStreamRefuses(t *testing.T) {
	c := fourMoods(400)
	o := StreamOptions{Options: quick()}
	o.Algorithms, o.Null, o.Stability = []string{KMeans}, false, 0
	var last *Checkpoint
	stop := errors.New("stop")
	o.Checkpoint = func(c *Checkpoint) error { last = c; return stop }
	if _, err := TrainStream(context.Background(), streamOf(c), o); !errors.Is(err, stop) || last == nil {
		t.Fatalf("an error of Checkpoint became %v", err)
	}
	o.Checkpoint, o.Resume = nil, last
	other := fourMoods(400)
	other.Version = "another"
	if _, err := TrainStream(context.Background(), streamOf(other), o); !errors.Is(err, segue.ErrUsage) || !strings.Contains(err.Error(), "another catalogue") {
		t.Errorf("another catalogue: %v", err)
	}
	o.Seed++
	if _, err := TrainStream(context.Background(), streamOf(c), o); !errors.Is(err, segue.ErrUsage) || !strings.Contains(err.Error(), "other options") {
		t.Errorf("another seed: %v", err)
	}
	o.Resume, o.Sample = nil, 100
	if _, err := TrainStream(context.Background(), streamOf(c), o); !errors.Is(err, segue.ErrUsage) {
		t.Errorf("a small sample: %v", err)
	}
	o.Sample = 0
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := TrainStream(ctx, streamOf(c), o); err != context.Canceled {
		t.Errorf("a context that ended: %v", err)
	}
}

// What Train refuses TrainStream refuses, in the same words.
func TestTrainStreamErrorsAreTrains(t *testing.T) {
	constant, none, unplaced := fourMoods(50), fourMoods(50), fourMoods(50)
	for i := range constant.ID {
		constant.Feature[segue.Energy][i] = .5
		none.Feature[segue.Acousticness][i] = float32(math.NaN())
		unplaced.Feature[segue.Valence][i], unplaced.Feature[segue.Energy][i] = float32(math.NaN()), float32(math.NaN())
	}
	for name, c := range map[string]*segue.Catalog{"constant": constant, "none": none, "few": fourMoods(3), "unplaced": unplaced} {
		fs := DefaultFeatures()
		if name == "unplaced" {
			fs = []segue.Feature{segue.Acousticness, segue.Loudness}
		}
		o := quick()
		o.Features = fs
		_, want := Train(context.Background(), c, o)
		_, got := TrainStream(context.Background(), held{c, fs, matrix.PieceRows}, StreamOptions{Options: o})
		if want == nil || got == nil || got.Error() != want.Error() {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// Every draw is of distinct rows in order; each row is as likely as any other.
func TestDrawFew(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n, m := rapid.IntRange(0, 300).Draw(rt, "n"), rapid.IntRange(1, 300).Draw(rt, "m")
		rows := drawFew(n, m, rapid.Uint64().Draw(rt, "seed"), 1)
		if len(rows) != min(n, m) || !slices.IsSorted(rows) || len(slices.Compact(rows)) != min(n, m) || n > 0 && (rows[0] < 0 || rows[len(rows)-1] >= n) {
			rt.Errorf("%v of %d", rows, n)
		}
	})
	// 4 of 10, 20,000 times: each row 8,000 times, ± 5·√(20,000·0.4·0.6) = 346.
	var count [10]int
	for seed := range uint64(20_000) {
		for _, r := range drawFew(10, 4, seed, 1) {
			count[r]++
		}
	}
	for r, n := range count {
		if n < 8000-346 || n > 8000+346 {
			t.Errorf("row %d was drawn %d times of 20,000", r, n)
		}
	}
}
