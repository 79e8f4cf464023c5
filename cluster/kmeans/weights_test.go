package kmeans_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segue/cluster/internal/sampletest"
	"segue/cluster/kmeans"
	"segue/matrix"
)

// Points 0, 1, 5, 9 of weights 1, 3, 1, 0 from centers 0 and 1.
//
//	assignment: 0→0; 1, 5, 9→1     means 0 and (3·1+5)/4 = 2
//	assignment: 0→0; 1→0 or 1 (tie of 1 with 1: the lowest), 5, 9→1   means 3/4 and 5
//	assignment: the same            inertia (3/4)² + 3·(1/4)² = 3/4; 9 has a label and no say
func TestFitWeightsByHand(t *testing.T) {
	x := matrix.FromColumns([]float64{0, 1, 5, 9})
	m := fit(t, x, kmeans.Options{Start: [][]float64{{0}, {1}}, Weights: []float64{1, 3, 1, 0}})
	if m.Inertia != 0.75 || m.Centers[0][0] != 0.75 || m.Centers[1][0] != 5 || !slices.Equal(m.Labels, []int32{0, 0, 1, 1}) || !slices.Equal(m.Sizes, []int{2, 1}) {
		t.Errorf("got %+v, labels %v", m, m.Labels)
	}
}

func TestBadWeights(t *testing.T) {
	x := matrix.FromColumns([]float64{0, 1, 5, 9})
	for _, c := range []struct {
		weights []float64
		err     error
		says    string
	}{
		{[]float64{1, 2, -1, 0}, nil, "row 2: weight is -1"},
		{[]float64{1, math.NaN(), 1, 0}, nil, "row 1: weight is NaN"},
		{[]float64{math.Inf(1), 1, 1, 0}, nil, "row 0: weight is +Inf"},
		{[]float64{1, 2}, nil, "2 weights for 4 rows"},
		{[]float64{}, nil, "0 weights for 4 rows"},
		{make([]float64, 4), kmeans.ErrTooFewRows, "0 of weight above 0"},
		{[]float64{1, 0, 0, 0}, kmeans.ErrTooFewRows, "1 of weight above 0 for 2 clusters"},
	} {
		for name, err := range map[string]error{
			"Fit":       second(kmeans.Fit(context.Background(), x, kmeans.Options{K: 2, Weights: c.weights})),
			"FitStream": second(kmeans.FitStream(context.Background(), x, kmeans.StreamOptions{Options: kmeans.Options{K: 2, Weights: c.weights}})),
		} {
			if err == nil || !strings.Contains(err.Error(), c.says) || c.err != nil && !errors.Is(err, c.err) {
				t.Errorf("%s with weights %v: %v, want %q", name, c.weights, err, c.says)
			}
		}
	}
}

func second(_ *kmeans.Model, err error) error { return err }

// Laws of weights: a weight is so many copies, rows of weight 0 might as well not
// be there, and no unit of weight matters.
func TestWeightLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, k := rapid.IntRange(1, 4).Draw(rt, "d"), rapid.IntRange(1, 5).Draw(rt, "k")
		n := rapid.IntRange(4*k, 300).Draw(rt, "n")
		x := sampletest.Random(n, d, rapid.Uint64().Draw(rt, "seed"))
		times := rapid.SliceOfN(rapid.IntRange(0, 3), n, n).Draw(rt, "times")
		for c := range k {
			times[c] = 1
		}
		var weights []float64
		var repeated, present []int
		for i, m := range times {
			weights = append(weights, 4*float64(m))
			for range m {
				repeated = append(repeated, i)
			}
			if m > 0 {
				present = append(present, i)
			}
		}
		start := firstRows(x, k, false)
		m := fit(t, x, kmeans.Options{Start: start, Tol: -1, Weights: weights})
		copies := fit(t, x.Select(repeated), kmeans.Options{Start: start, Tol: -1})
		for i, row := range repeated {
			if copies.Labels[i] != m.Labels[row] {
				rt.Fatalf("row %d has label %d, its copy %d", row, m.Labels[row], copies.Labels[i])
			}
		}
		if math.Abs(m.Inertia-4*copies.Inertia) > 1e-9*(1+m.Inertia) {
			rt.Errorf("inertia %v, of copies 4 × %v", m.Inertia, copies.Inertia)
		}
		var own []float64
		for _, row := range present {
			own = append(own, weights[row])
		}
		without := fit(t, x.Select(present), kmeans.Options{Start: start, Tol: -1, Weights: own})
		if !slices.Equal(without.Sizes, m.Sizes) || math.Abs(m.Inertia-without.Inertia) > 1e-9*(1+m.Inertia) {
			rt.Errorf("sizes %v, inertia %v; without rows of weight 0: %v, %v", m.Sizes, m.Inertia, without.Sizes, without.Inertia)
		}
	})
}

// Center 100 is nearest to no row: it takes the farthest that weighs something.
func TestWeightsAndAnEmptyCluster(t *testing.T) {
	x := matrix.FromColumns([]float64{0, 1, 2, 9, 50})
	o := kmeans.Options{Start: [][]float64{{1}, {100}}, Weights: []float64{1, 1, 1, 2, 0}, MaxIter: 1}
	m := fit(t, x, o)
	if m.Centers[0][0] != 1 || m.Centers[1][0] != 9 || !slices.Equal(m.Sizes, []int{3, 1}) || m.Labels[4] != 1 {
		t.Errorf("got %+v, labels %v", m, m.Labels)
	}
}

func TestFitSingles(t *testing.T) {
	x := sampletest.Random(5000, 3, 3)
	o := kmeans.Options{Start: firstRows(x, 4, false), Tol: -1}
	double := fit(t, x, o)
	single, err := kmeans.Fit(context.Background(), matrix.To32(x), o)
	if err != nil {
		t.Fatal(err)
	}
	sampletest.Near(t, single.Centers, double.Centers, 1e-4)
	if !slices.Equal(kmeans.Predict(single, matrix.To32(x)), single.Labels) {
		t.Error("predicts other labels")
	}
	far := matrix.FromColumns([]float32{1, 2, 1e18})
	if _, err := kmeans.Fit(context.Background(), far, kmeans.Options{K: 1}); !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "row 2, column 0") {
		t.Errorf("1e18: %v", err)
	}
	if _, err := kmeans.Fit(context.Background(), x, kmeans.Options{Start: [][]float64{{1, 2, math.NaN()}}}); !errors.Is(err, matrix.ErrNotFinite) {
		t.Errorf("a NaN to start from: %v", err)
	}
}
