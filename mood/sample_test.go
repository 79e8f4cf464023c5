package mood

import (
	"context"
	"encoding/csv"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"segue"
)

// sampleCatalog reads the real tracks sample beside the repository, one row a
// track id, the first wins; it skips the test where there is none.
func sampleCatalog(t testing.TB) *segue.Catalog {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: the real tracks take seconds, and tests are to be short")
	}
	_, here, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(here), "../../shared/data/catalog/tracks_sample.csv")
	file, err := os.Open(path)
	if err != nil {
		t.Skipf("SKIPPED: the real tracks sample is not on this machine: %v", err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range header {
		at[h] = i
	}
	seen := map[string]bool{}
	var tracks []segue.Features
	for {
		rec, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if id := rec[at["track_id"]]; seen[id] {
			continue
		} else {
			seen[id] = true
		}
		v := segue.NoFeatures()
		for _, f := range segue.AllFeatures() {
			if x, err := strconv.ParseFloat(rec[at[f.String()]], 32); err == nil {
				v[f] = float32(x)
			}
		}
		tracks = append(tracks, v)
	}
	c := catalogOf(tracks...)
	c.Version = "sample"
	return c
}

// catalogOf makes a catalogue that has features only.
func catalogOf(tracks ...segue.Features) *segue.Catalog {
	c := &segue.Catalog{ID: make([]string, len(tracks)), Version: "test"}
	for f := range c.Feature {
		c.Feature[f] = make([]float32, len(tracks))
		for i := range tracks {
			c.Feature[f][i] = tracks[i][f]
		}
	}
	for i := range c.ID {
		c.ID[i] = strconv.Itoa(i)
	}
	return c
}

// grown repeats a catalogue's rows, jittered, up to n.
func grown(c *segue.Catalog, n int) *segue.Catalog {
	rng := rand.New(rand.NewPCG(1, 2))
	tracks := make([]segue.Features, n)
	for i := range tracks {
		tracks[i] = c.Features(rng.IntN(c.Len()))
		for f := range tracks[i] {
			lo, hi := segue.Feature(f).Interval()
			v := float64(tracks[i][f]) + 0.02*(hi-lo)*rng.NormFloat64()
			tracks[i][f] = float32(min(max(v, lo), hi))
		}
	}
	return catalogOf(tracks...)
}

// What an independent implementation gives on the sample (scikit-learn 1.2.1;
// figures in the data folder's README) and the published study's centers on ten
// times as many tracks, hence the 0.1.
func TestTrainOnRealTracks(t *testing.T) {
	c := sampleCatalog(t)
	began := time.Now()
	got, err := Train(context.Background(), c, DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d tracks in %v", got.N, time.Since(began))
	want := map[string]struct {
		silhouette, daviesBouldin, silhouette2D, daviesBouldin2D, margin float64
		centers                                                          [][]float64 // angry, sad, calm, happy
	}{
		KMeans: {.359, .976, .406, .832, .40, [][]float64{{0.470, -0.688, -0.758}, {-1.485, 1.427, -0.875}, {-0.351, 0.860, 0.719}, {0.605, -0.627, 0.937}}},
		GMM:    {.112, 1.98, .115, 2.03, .27, [][]float64{{0.974, -0.942, -0.263}, {-1.592, 1.711, -0.565}, {-0.146, 0.336, 0.209}, {0.426, -0.781, 0.158}}},
		FCM:    {.354, 1.014, .405, .856, .41, [][]float64{{0.656, -0.763, -0.744}, {-1.556, 1.535, -0.859}, {-0.353, 0.592, 0.423}, {0.631, -0.609, 0.935}}},
	}
	for _, m := range got.Models {
		t.Logf("%s: silhouette %.4f, Davies–Bouldin %.4f, projected %.4f, null %+v, stability %+v, margins %+v, centers %.3f",
			m.Algorithm, m.Silhouette, m.DaviesBouldin, m.Projection2D, m.Null, m.Stability, m.Moods, m.Centers)
		w := want[m.Algorithm]
		// EM stopped by tolerance is an end of no great precision.
		within := map[string]float64{KMeans: .01, GMM: .02, FCM: .01}[m.Algorithm]
		near := func(what string, got segue.Number, want float64) {
			if !(math.Abs(float64(got)-want) <= within) {
				t.Errorf("%s: %s = %.4f, want %.3f", m.Algorithm, what, got, want)
			}
		}
		near("silhouette", m.Silhouette, w.silhouette)
		near("Davies–Bouldin", m.DaviesBouldin, w.daviesBouldin)
		near("projected silhouette", m.Projection2D.Silhouette, w.silhouette2D)
		near("projected Davies–Bouldin", m.Projection2D.DaviesBouldin, w.daviesBouldin2D)
		least := segue.Number(math.Inf(1))
		for k, mood := range segue.Moods() {
			least = min(least, m.Moods[k].Margin)
			if m.Moods[k].Name != mood.String() {
				t.Errorf("%s: cluster %d is %+v, want %s", m.Algorithm, k, m.Moods[k], mood)
			}
			for d, v := range m.Centers[k] {
				if math.Abs(v-w.centers[k][d]) > 0.1 {
					t.Errorf("%s: %s center %.3f, want %.3f", m.Algorithm, mood, m.Centers[k], w.centers[k])
				}
			}
		}
		near("least margin", least, w.margin)
	}
}

func BenchmarkTrain90000(b *testing.B) {
	c := grown(sampleCatalog(b), 90_000)
	for b.Loop() {
		got, err := Train(context.Background(), c, DefaultOptions())
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range got.Models {
			b.Logf("%s %+v", m.Algorithm, m.Seconds)
		}
	}
}

func BenchmarkPlane(b *testing.B) {
	c := grown(sampleCatalog(b), 1_200_000)
	p, err := NewPlane(c)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("New", func(b *testing.B) {
		for b.Loop() {
			if _, err := NewPlane(c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Positions", func(b *testing.B) {
		for b.Loop() {
			p.Positions(c)
		}
	})
}

// The partition coefficients are those an independent implementation gives on
// the sample (the data folder's README).
func TestCurvesOnRealTracks(t *testing.T) {
	c := sampleCatalog(t)
	began := time.Now()
	got, err := Curves(context.Background(), c, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v: %v %v %v suggested %+v", time.Since(began), got.KMeans, got.GMM, got.FCM, got.Suggested)
	for i, want := range []float64{.731, .616, .544, .495, .448, .425, .403, .386, .365} {
		if p := got.FCM[i]; p.K != i+2 || math.Abs(float64(p.FPC)-want) > .01 {
			t.Errorf("FPC %+v, want %.3f", p, want)
		}
	}
	if got.Suggested.FCM.FPC != 2 || !got.Suggested.GMM.AtEdge {
		t.Errorf("suggested %+v, want FPC 2 and a BIC that keeps falling", got.Suggested)
	}
	if v := float64(got.KMeans[3].Inertia) / float64(got.N); math.Abs(v-.889) > .001 {
		t.Errorf("inertia/n at 4 = %.4f, want .889", v)
	}
}

func BenchmarkCurves90000(b *testing.B) {
	c := grown(sampleCatalog(b), 90_000)
	for b.Loop() {
		if _, err := Curves(context.Background(), c, CurveOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
