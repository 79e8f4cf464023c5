package quantile_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"segue/internal/quantile"
)

// Select is Of of the sorted values, bit for bit, also among many equal ones.
func TestSelect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.OneOf(rapid.Float64Range(-1e6, 1e6), rapid.Map(rapid.IntRange(0, 3), func(i int) float64 { return float64(i) }))
		values := rapid.SliceOfN(of, 1, 400).Draw(t, "values")
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		want := quantile.Of(slices.Sorted(slices.Values(values)), p)
		same := slices.Sorted(slices.Values(values))
		got := quantile.Select(values, p)
		if got != want {
			t.Fatalf("Select %v, Of %v", got, want)
		}
		slices.Sort(values)
		if !slices.Equal(values, same) {
			t.Fatal("Select lost a value")
		}
	})
}

// Orders that make bad pivots end all the same.
func TestSelectAtWorst(t *testing.T) {
	const n = 100_000
	for name, at := range map[string]func(i int) float64{
		"ascending": func(i int) float64 { return float64(i) }, "descending": func(i int) float64 { return float64(-i) },
		"equal": func(int) float64 { return 1 }, "organ pipe": func(i int) float64 { return float64(min(i, n-i)) },
	} {
		values := make([]float64, n)
		for i := range values {
			values[i] = at(i)
		}
		want := quantile.Of(slices.Sorted(slices.Values(values)), .5)
		if got := quantile.Select(values, .5); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
