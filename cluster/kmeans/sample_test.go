package kmeans_test

import (
	"context"
	"math"
	"testing"
	"time"

	"segue/cluster/internal/sampletest"
	"segue/cluster/kmeans"
)

// The public 11,400-track sample, deduplicated; the figures are scikit-learn
// 1.2.1's: inertia/n 0.889, second local optimum 0.951. The centers are a
// published study's on ten times as many tracks, hence the 0.1.
func TestFitOnRealTracks(t *testing.T) {
	x := sampletest.Tracks(t)
	n, _ := x.Dims()
	began := time.Now()
	m, err := kmeans.Fit(context.Background(), x, kmeans.Options{K: 4, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows in %v, %d iterations, inertia/n %.4f, sizes %v", n, time.Since(began), m.Iterations, m.Inertia/float64(n), m.Sizes)
	if got := m.Inertia / float64(n); math.Abs(got-0.889) > 0.0005 {
		t.Errorf("inertia/n = %.4f, want 0.889", got)
	}
	sampletest.Near(t, m.Centers, [][]float64{
		{0.470, -0.688, -0.758}, // angry
		{-0.351, 0.860, 0.719},  // calm
		{-1.485, 1.427, -0.875}, // sad
		{0.605, -0.627, 0.937},  // happy
	}, 0.1)
}
