package validity

import (
	"context"
	"math/rand/v2"
	"testing"

	"segue/matrix"
)

// cloud returns n×d normal values and labelings of k clusters, unrelated to them.
func cloud(n, d, labelings, k int) (matrix.Columns, [][]int32) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := matrix.New(n, d)
	for j := range d {
		for i := range x.Col(j) {
			x.Col(j)[i] = rng.NormFloat64()
		}
	}
	labels := make([][]int32, labelings)
	for l := range labels {
		labels[l] = make([]int32, n)
		for i := range labels[l] {
			labels[l][i] = int32(rng.IntN(k))
		}
	}
	return x, labels
}

func BenchmarkSilhouettesExact20000x3(b *testing.B) { benchExact(b, 20000, 3) }
func BenchmarkSilhouettesExact5000x3(b *testing.B)  { benchExact(b, 5000, 3) }
func BenchmarkSilhouettesExact5000x2(b *testing.B)  { benchExact(b, 5000, 2) }
func BenchmarkSilhouettesExact5000x12(b *testing.B) { benchExact(b, 5000, 12) }

func benchExact(b *testing.B, n, d int) {
	x, labels := cloud(n, d, 3, 4)
	for b.Loop() {
		if _, err := Silhouettes(context.Background(), x, labels); err != nil {
			b.Fatal(err)
		}
	}
	perDistance(b, n, n)
}

// The worst case for grouping: nine unrelated labelings, as many groups as rows.
func BenchmarkSilhouettesExact5000x3NineLabelings(b *testing.B) {
	x, labels := cloud(5000, 3, 9, 10)
	for b.Loop() {
		if _, err := Silhouettes(context.Background(), x, labels); err != nil {
			b.Fatal(err)
		}
	}
	perDistance(b, 5000, 5000)
}

func BenchmarkSilhouettesSampled90000x3(b *testing.B) {
	x, labels := cloud(90000, 3, 3, 4)
	for b.Loop() {
		if _, err := SilhouettesSampled(context.Background(), x, labels, DefaultSample, 1); err != nil {
			b.Fatal(err)
		}
	}
	perDistance(b, DefaultSample, 90000)
}

func perDistance(b *testing.B, m, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(m)/float64(n), "ns/distance")
}

func BenchmarkFeatureInformation90000(b *testing.B) {
	x, labels := cloud(90000, 1, 1, 4)
	for b.Loop() {
		FeatureInformation(x.Col(0), labels[0])
	}
}

func BenchmarkDaviesBouldin90000x3(b *testing.B) {
	x, labels := cloud(90000, 3, 1, 4)
	for b.Loop() {
		if _, err := DaviesBouldin(x, labels[0]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAdjustedRand1000000(b *testing.B) {
	_, labels := cloud(1_000_000, 1, 2, 20)
	for b.Loop() {
		AdjustedRand(labels[0], labels[1])
	}
}

// A resample, its table and the comparison, without a fit.
func BenchmarkStability1000000(b *testing.B) {
	x, labels := cloud(1_000_000, 3, 2, 20)
	same := func(context.Context, matrix.Columns, uint64) (func(matrix.Columns) []int32, error) {
		return func(matrix.Columns) []int32 { return labels[1] }, nil
	}
	for b.Loop() {
		if _, err := Stability(context.Background(), x, labels[0], 2, 1, same); err != nil {
			b.Fatal(err)
		}
	}
}
