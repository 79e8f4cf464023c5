package gmm_test

import (
	"context"
	"testing"

	"segue/cluster/gmm"
	"segue/cluster/internal/sampletest"
)

func BenchmarkFit(b *testing.B) {
	x := sampletest.Grown(sampletest.Tracks(b), 90_000)
	for b.Loop() {
		if _, err := gmm.Fit(context.Background(), x, gmm.Options{K: 4, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
