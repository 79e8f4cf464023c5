package mood

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue"
	"segue/cluster/validity"
)

func frozen() time.Time { return time.Unix(0, 0) }

// fourMoods makes n tracks in four clear groups: angry, sad, calm, happy, in turn.
func fourMoods(n int) *segue.Catalog {
	rng := rand.New(rand.NewPCG(7, 7))
	near := func(v float64) float64 { return min(max(v+.03*rng.NormFloat64(), .01), .99) }
	tracks := make([]segue.Features, n)
	for i := range tracks {
		e, a, v := []float64{.9, .2, .4, .8}[i%4], []float64{.05, .9, .8, .2}[i%4], []float64{.2, .15, .8, .9}[i%4]
		tracks[i] = track(near(e), -20*(1-near(e)), near(a), near(v))
	}
	return catalogOf(tracks...)
}

func quick() Options {
	return Options{Null: true, Stability: 2, Restarts: 3, Seed: 5, Clock: frozen}
}

// Groups this clear leave nothing to argue about: every algorithm finds them, in
// the order of the moods, stably, far above the null.
func TestTrainFindsClearGroups(t *testing.T) {
	c := fourMoods(400)
	got, err := Train(context.Background(), c, quick())
	if err != nil {
		t.Fatal(err)
	}
	if got.N != 400 || got.Excluded != 0 || len(got.Models) != 3 {
		t.Fatalf("%+v", got)
	}
	for _, m := range got.Models {
		truth := make([]int32, 400)
		for i := range truth {
			truth[i] = int32(i % 4)
		}
		labels := m.Labels(c)
		if !slices.Equal(labels, truth) {
			t.Errorf("%s: labels differ from the truth, ARI %v", m.Algorithm, validity.AdjustedRand(labels, truth))
		}
		for k, n := range m.Moods {
			if n.Mood != segue.Mood(k) || m.Sizes[k] != 100 {
				t.Errorf("%s: cluster %d is %+v of %d", m.Algorithm, k, n, m.Sizes[k])
			}
		}
		if m.Stability.ARIMin != 1 || m.Stability.Resamples != 2 || m.Silhouette < .7 || m.Null.Silhouette > m.Silhouette-.1 || m.Null.Shuffles != nullShuffles {
			t.Errorf("%s: silhouette %v, null %+v, stability %+v", m.Algorithm, m.Silhouette, m.Null, m.Stability)
		}
		if m.Inertia.Known() != (m.Algorithm == KMeans) || m.BIC.Known() != (m.Algorithm == GMM) || m.FPC.Known() != (m.Algorithm == FCM) {
			t.Errorf("%s: %v %v %v", m.Algorithm, m.Inertia, m.BIC, m.FPC)
		}
	}
}

// The names of the train command's JSON are a contract with scripts.
func TestTrainingJSON(t *testing.T) {
	o := quick()
	o.Null, o.Stability = false, 0
	got, err := Train(context.Background(), fourMoods(60), o)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		N        int
		Features []string
		Models   []map[string]any
	}
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	if read.N != 60 || strings.Join(read.Features, " ") != "energy acousticness valence" {
		t.Errorf("%+v", read)
	}
	for _, m := range read.Models {
		for _, key := range strings.Fields("algorithm k id centers sizes moods silhouette davies_bouldin calinski_harabasz inertia bic aic log_likelihood fpc projection_2d null stability iterations converged seconds") {
			if _, ok := m[key]; !ok {
				t.Errorf("%v: no %q", m["algorithm"], key)
			}
		}
		if _, ok := m["fitted"]; ok {
			t.Error("a training shows what only models' files hold")
		}
		for _, part := range []string{"null/silhouette", "null/davies_bouldin", "stability/ari_mean", "stability/ari_min"} {
			outer, inner, _ := strings.Cut(part, "/")
			if v, ok := m[outer].(map[string]any)[inner]; !ok || v != nil {
				t.Errorf("%v: %s is %v, want null as it was not asked for", m["algorithm"], part, v)
			}
		}
	}
}

func TestModelsDependOnNothingElse(t *testing.T) {
	c := fourMoods(90)
	marshal := func(o Options) map[string][]byte {
		t.Helper()
		got, err := Train(context.Background(), c, o)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string][]byte{}
		for _, m := range got.Models {
			if out[m.Algorithm], err = json.Marshal(m); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	all := marshal(quick())
	was := runtime.GOMAXPROCS(1)
	single := marshal(quick())
	runtime.GOMAXPROCS(was)
	for _, a := range Algorithms() {
		if !bytes.Equal(all[a], single[a]) {
			t.Errorf("%s differs on one processor", a)
		}
		o := quick()
		o.Algorithms = []string{a}
		if alone := marshal(o); !bytes.Equal(all[a], alone[a]) {
			t.Errorf("%s trained alone differs:\n%.900s\n%.900s", a, all[a], alone[a])
		}
	}
	id := func(change func(*Options)) string {
		o := quick()
		o.Algorithms, o.Null, o.Stability = []string{GMM}, false, 0
		change(&o)
		got, err := Train(context.Background(), c, o)
		if err != nil {
			t.Fatal(err)
		}
		return got.Models[0].ID
	}
	same := id(func(*Options) {})
	if again := id(func(o *Options) { o.Covariance, o.Progress = "full", func(string, int64, int64) {} }); again != same {
		t.Error("naming a default changed the id")
	}
	for name, change := range map[string]func(*Options){
		"seed":       func(o *Options) { o.Seed++ },
		"k":          func(o *Options) { o.K = 3 },
		"features":   func(o *Options) { o.Features = []segue.Feature{segue.Energy, segue.Valence} },
		"covariance": func(o *Options) { o.Covariance = "tied" },
		"algorithm":  func(o *Options) { o.Algorithms = []string{FCM} },
		"null":       func(o *Options) { o.Null = true },
		"tolerance":  func(o *Options) { o.Tolerance = 1e-5 },
	} {
		if id(change) == same {
			t.Errorf("another %s, the same id", name)
		}
	}
}

// A model that has been through JSON gives the same answers.
func TestModelsSurviveJSON(t *testing.T) {
	c := fourMoods(80)
	got, err := Train(context.Background(), c, Options{Restarts: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got.Models {
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var read Model
		if err := json.Unmarshal(data, &read); err != nil {
			t.Fatal(err)
		}
		if again, _ := json.Marshal(&read); !bytes.Equal(again, data) {
			t.Errorf("%s changed on the way", m.Algorithm)
		}
		rapid.Check(t, func(t *rapid.T) {
			unit := rapid.Float64Range(0, 1)
			v := track(unit.Draw(t, "e"), -60*unit.Draw(t, "l"), unit.Draw(t, "ac"), unit.Draw(t, "v"))
			a, okA := m.Cluster(v)
			b, okB := read.Cluster(v)
			ua, _ := m.Membership(v)
			ub, _ := read.Membership(v)
			ma, _ := m.MoodMembership(v)
			mb, _ := read.MoodMembership(v)
			if !okA || !okB || a != b || !slices.Equal(ua, ub) || ma != mb {
				t.Fatalf("%d %v %v, after JSON %d %v %v", a, ua, ma, b, ub, mb)
			}
			sum, top := 0.0, 0
			for k, u := range ua {
				sum += u
				if u > ua[top] {
					top = k
				}
			}
			if math.Abs(sum-1) > 1e-12 || ua[a] < ua[top] {
				t.Fatalf("cluster %d of %v", a, ua)
			}
			if ma != TrackMembership(m.Plane().Place(v)) {
				t.Fatal("moods are not those of the plane")
			}
		})
	}
}

func TestModelRowsWithHoles(t *testing.T) {
	c := fourMoods(40)
	c.Feature[segue.Valence][3] = float32(math.NaN())
	c.Feature[segue.Acousticness][5] = float32(math.NaN())
	got, err := Train(context.Background(), c, Options{Restarts: 2, Algorithms: []string{FCM}})
	if err != nil {
		t.Fatal(err)
	}
	if got.N != 38 || got.Excluded != 2 || got.Missing["valence"] != 1 || got.Missing["energy"] != 0 {
		t.Errorf("%+v", got)
	}
	m := got.Models[0]
	x, rows := m.Space(c)
	if n, d := x.Dims(); n != 38 || d != 3 || len(rows) != 38 || slices.Contains(rows, 3) || slices.Contains(rows, 5) {
		t.Errorf("space %d×%d, rows %v", n, d, rows)
	}
	for j := range 3 { // the very tracks it was standardized on
		sum, squares := 0.0, 0.0
		for _, v := range x.Col(j) {
			sum += v
			squares += v * v
		}
		close(t, "mean", sum/38, 0)
		close(t, "variance", squares/38, 1)
	}
	if l := m.Labels(c); l[3] != -1 || l[5] != -1 || l[0] != 0 || l[1] != 1 {
		t.Errorf("labels %v", l)
	}
	if u := m.Memberships(c); u[3] != nil || len(u[0]) != 4 {
		t.Errorf("memberships %v %v", u[3], u[0])
	}
	if _, ok := m.Cluster(c.Features(5)); ok {
		t.Error("a track without acousticness has a cluster")
	}
	if _, ok := m.MoodMembership(c.Features(3)); ok {
		t.Error("a track without valence has a mood")
	}
	if _, ok := m.MoodMembership(c.Features(5)); !ok {
		t.Error("a track without acousticness has no mood")
	}
}

func TestTrainErrors(t *testing.T) {
	c := fourMoods(40)
	none := fourMoods(40)
	for i := range none.Feature[segue.Valence] {
		none.Feature[segue.Valence][i] = float32(math.NaN())
	}
	flat := fourMoods(40)
	for i := range flat.Feature[segue.Valence] {
		flat.Feature[segue.Valence][i] = .5
	}
	for name, test := range map[string]struct {
		c    *segue.Catalog
		o    Options
		want error
		text string
	}{
		"algorithm":    {c, Options{Algorithms: []string{"dbscan"}}, segue.ErrUsage, `"dbscan"`},
		"twice":        {c, Options{Algorithms: []string{GMM, GMM}}, segue.ErrUsage, "twice"},
		"feature":      {c, Options{Features: []segue.Feature{99}}, segue.ErrUsage, "99"},
		"same feature": {c, Options{Features: []segue.Feature{segue.Energy, segue.Energy}}, segue.ErrUsage, "twice"},
		"k below 1":    {c, Options{K: -1}, segue.ErrUsage, "-1"},
		"covariance":   {c, Options{Covariance: "round"}, segue.ErrUsage, `"round"`},
		"tolerance":    {c, Options{Tolerance: -1}, segue.ErrUsage, "-1"},
		"resamples":    {c, Options{Stability: -1}, segue.ErrUsage, "-1"},
		"empty":        {catalogOf(), Options{}, ErrTooFewTracks, "0 of 0"},
		"one track":    {fourMoods(1), Options{}, ErrTooFewTracks, "1 of 1"},
		"one, k = 1":   {fourMoods(1), Options{K: 1}, ErrTooFewTracks, "1 of 1"},
		"k > n":        {c, Options{K: 41}, ErrTooFewTracks, "41 clusters"},
		"no valence":   {none, Options{}, ErrTooFewTracks, `"valence"`},
		"constant":     {flat, Options{}, ErrConstantFeature, `"valence"`},
		"no such":      {c, Options{Features: []segue.Feature{segue.Tempo}}, ErrTooFewTracks, `"tempo"`},
	} {
		_, err := Train(context.Background(), test.c, test.o)
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v, want %v with %q", name, err, test.want, test.text)
		}
	}
}

func TestTrainSmallAndDegenerate(t *testing.T) {
	for name, test := range map[string]struct {
		c *segue.Catalog
		o Options
	}{
		"k = 1":            {fourMoods(20), Options{K: 1}},
		"k = n":            {fourMoods(6), Options{K: 6}},
		"one feature":      {fourMoods(20), Options{Features: []segue.Feature{segue.Valence}, K: 2}},
		"few distinct":     {catalogOf(slices.Repeat([]segue.Features{track(.1, -9, .2, .3), track(.9, -2, .4, .8)}, 10)...), Options{}},
		"seven of fifty":   {fourMoods(50), Options{K: 7}},
		"four features":    {fourMoods(50), Options{Features: []segue.Feature{segue.Energy, segue.Loudness, segue.Acousticness, segue.Valence}}},
		"every covariance": {fourMoods(50), Options{Covariance: "spherical"}},
	} {
		test.o.Null, test.o.Stability = true, 2
		got, err := Train(context.Background(), test.c, test.o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		k := test.o.K
		if k == 0 {
			k = DefaultK
		}
		if !strings.HasPrefix(got.Note, fmt.Sprintf("k = %d ", k)) {
			t.Errorf("%s: with k = %d the note says %q", name, k, got.Note)
		}
		for _, m := range got.Models {
			data, err := json.Marshal(m)
			if err != nil {
				t.Errorf("%s: %s: %v", name, m.Algorithm, err)
			}
			if err := json.Unmarshal(data, new(Model)); err != nil {
				t.Errorf("%s: %s: %v", name, m.Algorithm, err)
			}
		}
	}
}

func TestCancelledTraining(t *testing.T) {
	c := fourMoods(200)
	for after := range int64(8) {
		ctx, cancel := context.WithCancel(context.Background())
		o := quick()
		o.Progress = func(_ string, done, total int64) {
			if done > total {
				t.Errorf("%d steps of %d", done, total)
			}
			if done > after {
				cancel()
			}
		}
		if got, err := Train(ctx, c, o); !errors.Is(err, context.Canceled) || got != nil {
			t.Errorf("cancelled after %d steps: %v, %v", after, got, err)
		}
		cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Curves(ctx, c, CurveOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("curves: %v", err)
	}
	if _, err := Importance(ctx, c, make([]int32, c.Len())); !errors.Is(err, context.Canceled) {
		t.Errorf("importance: %v", err)
	}
}

func TestProgressReachesItsTotal(t *testing.T) {
	var last, total atomic.Int64
	o := quick()
	o.Progress = func(_ string, d, all int64) { last.Store(d); total.Store(all) }
	if _, err := Train(context.Background(), fourMoods(60), o); err != nil {
		t.Fatal(err)
	}
	if last.Load() != total.Load() || total.Load() == 0 {
		t.Errorf("ended at %d of %d", last.Load(), total.Load())
	}
}

func FuzzModelJSON(f *testing.F) {
	got, err := Train(context.Background(), fourMoods(24), Options{Restarts: 1})
	if err != nil {
		f.Fatal(err)
	}
	for _, m := range got.Models {
		data, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(bytes.Replace(data, []byte(`"k":4`), []byte(`"k":3`), 1))
		f.Add(bytes.Replace(data, []byte(`"covariances":[[[`), []byte(`"covariances":[[[-`), 1))
	}
	f.Add([]byte(`{"algorithm":"kmeans"}`))
	c := fourMoods(8)
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Model
		if json.Unmarshal(data, &m) != nil {
			return
		}
		// What was accepted computes without a panic.
		m.Labels(c)
		m.Memberships(c)
		m.MoodMembership(c.Features(0))
	})
}
