package mood

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"segue"
)

// The chord of 10 4 2 1 falls by 3 a step: 10 7 4 1. The curve lies 3 below it
// at k = 2 and 2 below at k = 3.
func TestElbowByHand(t *testing.T) {
	for want, curve := range map[int][]float64{2: {10, 4, 2, 1}, 3: {10, 8, 1, 0}} {
		if got := elbow(curve); got != want {
			t.Errorf("elbow of %v is %d, want %d", curve, got, want)
		}
	}
	for _, curve := range [][]float64{nil, {3}, {3, 1}, {2, 2, 2}, {3, 2, 1}, {4, 4, 1}} {
		if got := elbow(curve); got != 0 {
			t.Errorf("elbow of %v is %d, want none", curve, got)
		}
	}
}

func TestCurvesOnClearGroups(t *testing.T) {
	got, err := Curves(context.Background(), fourMoods(400), CurveOptions{KMax: 7})
	if err != nil {
		t.Fatal(err)
	}
	s := got.Suggested
	if s.KMeans.Silhouette != 4 || s.FCM.FPC != 4 || s.GMM.BIC != 4 || s.GMM.AtEdge {
		t.Errorf("suggested %+v, want 4 of four clear groups", s)
	}
	if len(got.KMeans) != 7 || len(got.GMM) != 7 || len(got.FCM) != 6 || got.Sampled || got.Rows != 400 || got.KMeans[0].Silhouette.Known() {
		t.Errorf("%+v", got)
	}
	for i := 1; i < 7; i++ {
		if got.KMeans[i].Inertia > got.KMeans[i-1].Inertia {
			t.Errorf("inertia rises at k = %d", i+1)
		}
		if i > 1 && got.FCM[i-1].Objective > got.FCM[i-2].Objective {
			t.Errorf("the objective of fuzzy c-means rises at k = %d", i+1)
		}
	}
	data, err := json.Marshal(got)
	if err != nil || !strings.Contains(string(data), `"silhouette":null`) {
		t.Errorf("%s, %v", data, err)
	}
	if few, err := Curves(context.Background(), fourMoods(5), CurveOptions{}); err != nil || len(few.GMM) != 5 {
		t.Errorf("five tracks: %+v, %v", few, err)
	}
	for _, k := range []int{-1, 1, MaxCurveK + 1} {
		if _, err := Curves(context.Background(), fourMoods(60), CurveOptions{KMax: k}); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("kmax %d: %v", k, err)
		}
	}
}

// Of many tracks a sample is fitted, and of those a sample measured, with its
// interval; the same curves come of any number of processors.
func TestCurvesOfManyTracks(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: fits 20,000 tracks, and tests are to be short")
	}
	o := CurveOptions{KMax: 3, Seed: 3}
	got, err := Curves(context.Background(), fourMoods(21_000), o)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Sampled || got.Rows != curveRows || got.SilhouetteRows != curveSilhouette {
		t.Errorf("%d rows, %d measured", got.Rows, got.SilhouetteRows)
	}
	for name, w := range map[string]Width{KMeans: got.KMeans[2].Width, GMM: got.GMM[2].Width, FCM: got.FCM[1].Width} {
		if r := w.SilhouetteInterval; r == nil || !(r.Lo < w.Silhouette && w.Silhouette < r.Hi && r.Hi-r.Lo < .03) {
			t.Errorf("%s: %v, interval %v", name, w.Silhouette, r)
		}
	}
	was := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(was)
	again, err := Curves(context.Background(), fourMoods(21_000), o)
	if err != nil {
		t.Fatal(err)
	}
	one, _ := json.Marshal(again)
	several, _ := json.Marshal(got)
	if !bytes.Equal(one, several) {
		t.Errorf("on one processor\n%s\non several\n%s", one, several)
	}
}

// Against tables without clusters, four clear groups are four; tracks all alike
// but for two have no gap to speak of.
func TestGap(t *testing.T) {
	var fits, total atomic.Int64
	o := CurveOptions{KMax: 6, References: 5, Progress: func(_ string, done, all int64) { fits.Store(done); total.Store(all) }}
	got, err := Curves(context.Background(), fourMoods(400), o)
	if err != nil {
		t.Fatal(err)
	}
	g := got.Gap
	if g == nil || g.References != 5 || g.Rows != 400 || len(g.Points) != 6 || got.Suggested.KMeans.Gap != 4 || got.Suggested.KMeans.GapBest != 4 {
		t.Fatalf("%+v, suggested %+v", g, got.Suggested)
	}
	if fits.Load() != total.Load() {
		t.Errorf("ended at %d of %d", fits.Load(), total.Load())
	}
	for i, p := range g.Points {
		if p.K != i+1 || !(p.S > 0) || math.Abs(float64(p.Gap-(p.Reference-p.LogW))) > 1e-12 {
			t.Errorf("%+v", p)
		}
		// The tracks' inertia is that of the curve.
		if w := math.Exp(float64(p.LogW)); math.Abs(w/float64(got.KMeans[i].Inertia)-1) > .01 {
			t.Errorf("k = %d: inertia %v, on the curve %v", p.K, w, got.KMeans[i].Inertia)
		}
	}
	few := catalogOf(slices.Repeat([]segue.Features{track(.1, -9, .2, .3), track(.9, -2, .4, .8)}, 10)...)
	if none, err := Curves(context.Background(), few, o); err != nil || none.Gap != nil {
		t.Errorf("two distinct tracks: %+v, %v", none, err)
	}
	for _, n := range []int{-1, 1} { // one table has no spread to tell an error from
		if _, err := Curves(context.Background(), fourMoods(60), CurveOptions{References: n}); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("%d references: %v", n, err)
		}
	}
}

// Two distinct tracks have no more than two clusters, whatever k is.
func TestCurvesOfFewDistinctTracks(t *testing.T) {
	c := catalogOf(slices.Repeat([]segue.Features{track(.1, -9, .2, .3), track(.9, -2, .4, .8)}, 10)...)
	got, err := Curves(context.Background(), c, CurveOptions{KMax: 5})
	if err != nil {
		t.Fatal(err)
	}
	if p := got.KMeans[4]; p.Inertia > 1e-9 || p.Silhouette != 1 || p.SilhouetteInterval != nil || got.SilhouetteRows != 20 {
		t.Errorf("%+v", p)
	}
}

// A labeling by valence alone is settled by valence, and the rest is silent.
func TestImportance(t *testing.T) {
	c := fourMoods(400)
	labels := make([]int32, 400)
	for i := range labels {
		labels[i] = -1
		if i < 300 {
			labels[i] = int32(i*7919%3) + 10
		}
	}
	c.Feature[segue.Liveness] = slices.Clone(c.Feature[segue.Energy])
	for i, l := range labels {
		c.Feature[segue.Liveness][i] = float32(l) / 10
	}
	got, err := Importance(context.Background(), c, labels)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != segue.NumFeatures || got[0].Feature != segue.Liveness || got[0].Share < .99 || got[0].N != 300 {
		t.Errorf("%+v", got)
	}
	if second := got[1]; second.Share > .2 {
		t.Errorf("an unrelated feature says %+v", second)
	}
	if last := got[len(got)-1]; last.N != 0 || last.Share.Known() {
		t.Errorf("a feature nobody has: %+v", last)
	}
}

func TestParseAlgorithms(t *testing.T) {
	for text, want := range map[string][]string{"all": Algorithms(), " GMM , kmeans": {GMM, KMeans}, "fcm": {FCM}} {
		if got, err := ParseAlgorithms(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "kmeans,", "k-means", "fcm,fcm"} {
		if _, err := ParseAlgorithms(text); !errors.Is(err, segue.ErrUsage) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestComparisonTellsAllAlgorithms(t *testing.T) {
	var named []string
	for _, p := range Comparison() {
		named = append(named, p.Algorithm)
		if len(p.Strengths) == 0 || len(p.Limits) == 0 || p.Clusters == "" || p.ReadingNote == "" {
			t.Errorf("%+v", p)
		}
	}
	if !slices.Equal(named, Algorithms()) {
		t.Errorf("%v", named)
	}
	// The study had these two the wrong way round.
	if !strings.Contains(Comparison()[1].Membership, "posterior probability") || !strings.Contains(Comparison()[2].Membership, "no probabilities") {
		t.Error("whose memberships are probabilities?")
	}
}
