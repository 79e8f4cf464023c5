package gmm_test

import (
	"context"
	"math"
	"testing"
	"time"

	"segue/cluster/gmm"
	"segue/cluster/internal/sampletest"
)

// scikit-learn 1.9.1, GaussianMixture(4, random_state=0…4), ends at a mean
// log-likelihood of −2.8687 (four seeds, 42 iterations) or −3.0222 (one seed); stopping one iteration
// earlier costs 0.001. The
// centers are a published study's on ten times as many tracks, hence the 0.1.
func TestFitOnRealTracks(t *testing.T) {
	x := sampletest.Tracks(t)
	n, _ := x.Dims()
	began := time.Now()
	m, err := gmm.Fit(context.Background(), x, gmm.Options{K: 4, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows in %v: mean log-likelihood %.5f, BIC %.1f, %d iterations, sizes %v, means %.3f", n, time.Since(began), m.LogLikelihood/float64(n), m.BIC, m.Iterations, m.Sizes, m.Means)
	if got := m.LogLikelihood / float64(n); math.Abs(got+2.8687) > 0.002 {
		t.Errorf("mean log-likelihood = %.5f, want −2.8687", got)
	}
	if len(m.Degenerate) > 0 {
		t.Errorf("degenerate components %v", m.Degenerate)
	}
	sampletest.Near(t, m.Means, [][]float64{
		{0.974, -0.942, -0.263}, // angry
		{-1.592, 1.711, -0.565}, // sad
		{0.426, -0.781, 0.158},  // happy
		{-0.146, 0.336, 0.209},  // calm
	}, 0.1)
}
