package fcm_test

import (
	"context"
	"testing"

	"segue/cluster/fcm"
	"segue/cluster/internal/sampletest"
)

func BenchmarkFit(b *testing.B) {
	x := sampletest.Grown(sampletest.Tracks(b), 90_000)
	for b.Loop() {
		if _, err := fcm.Fit(context.Background(), x, fcm.Options{K: 4, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
