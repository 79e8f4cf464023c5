package kmeans_test

import (
	"context"
	"testing"

	"segue/cluster/internal/sampletest"
	"segue/cluster/kmeans"
)

func BenchmarkFit(b *testing.B) {
	x := sampletest.Grown(sampletest.Tracks(b), 90_000)
	for b.Loop() {
		if _, err := kmeans.Fit(context.Background(), x, kmeans.Options{K: 4, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
