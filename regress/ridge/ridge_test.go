package ridge_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"segue/matrix"
	"segue/regress/internal/sampletest"
	"segue/regress/ridge"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within*max(1, math.Abs(want))) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// x = −1, 0, 1 and y = 1, 2, 6: means 0 and 3, Σxy/n = 5/3, Σx²/n = 2/3. Without a
// penalty the slope is 5/2; with λ = 1 it is (5/3)/(2/3 + 1) = 1.
func TestFitByHand(t *testing.T) {
	x, y := matrix.FromColumns([]float64{-1, 0, 1}), matrix.FromColumns([]float64{1, 2, 6})
	for _, c := range []struct{ lambda, slope float64 }{{0, 2.5}, {1, 1}} {
		m, err := ridge.Fit(context.Background(), x, y, ridge.Options{Lambda: c.lambda})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "slope", m.Weights[0][0], c.slope, 1e-14)
		near(t, "intercept", m.Intercept[0], 3, 1e-14)
		near(t, "prediction at 1", m.Predict(x).At(2, 0), 3+c.slope, 1e-14)
	}
}

func TestFitAgreesWithScikitLearn(t *testing.T) {
	ref := sampletest.Read(t)
	for _, want := range ref.Ridge {
		m, err := ridge.Fit(context.Background(), matrix.FromRows(ref.X), matrix.FromRows(ref.Targets), ridge.Options{Lambda: want.Lambda})
		if err != nil {
			t.Fatal(err)
		}
		for o := range want.Weights {
			near(t, "intercept", m.Intercept[o], want.Intercept[o], 1e-10)
			for j, w := range want.Weights[o] {
				near(t, "weight", m.Weights[o][j], w, 1e-9)
			}
		}
	}
}

func TestFitAtTheEdges(t *testing.T) {
	ctx, nan := context.Background(), math.NaN()
	for _, c := range []struct {
		name   string
		x, y   matrix.Columns
		lambda float64
		want   error
	}{
		{"no rows", matrix.New(0, 2), matrix.New(0, 1), 1, ridge.ErrTooFewRows},
		{"NaN", matrix.FromColumns([]float64{1, nan}), matrix.FromColumns([]float64{1, 2}), 1, matrix.ErrNotFinite},
		{"NaN to predict", matrix.FromColumns([]float64{1, 2}), matrix.FromColumns([]float64{1, nan}), 1, matrix.ErrNotFinite},
		{"twins", matrix.FromColumns([]float64{1, 2, 4}, []float64{1, 2, 4}), matrix.FromColumns([]float64{1, 2, 3}), 0, ridge.ErrSingular},
		{"constant column", matrix.FromColumns([]float64{2, 2}), matrix.FromColumns([]float64{1, 2}), 0, ridge.ErrSingular},
		{"twins with a penalty", matrix.FromColumns([]float64{1, 2, 4}, []float64{1, 2, 4}), matrix.FromColumns([]float64{1, 2, 3}), .1, nil},
		{"one row", matrix.FromColumns([]float64{2}), matrix.FromColumns([]float64{5}), 1, nil},
		{"no columns", matrix.New(2, 0), matrix.FromColumns([]float64{1, 3}), 0, nil},
	} {
		m, err := ridge.Fit(ctx, c.x, c.y, ridge.Options{Lambda: c.lambda})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err == nil && c.name == "no columns" && m.Intercept[0] != 2 {
			t.Errorf("%s: %+v", c.name, m)
		}
	}
	ended, end := context.WithCancel(ctx)
	end()
	if _, err := ridge.Fit(ended, matrix.New(3, 1), matrix.New(3, 1), ridge.Options{Lambda: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("of an ended context: %v", err)
	}
	for _, lambda := range []float64{-1, nan, math.Inf(1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("λ = %v does not panic", lambda)
				}
			}()
			ridge.Fit(ctx, matrix.New(3, 1), matrix.New(3, 1), ridge.Options{Lambda: lambda})
		}()
	}
}

// drawn returns rows of standard normals.
func drawn(n, d int, seed uint64) matrix.Columns {
	rng, x := rand.New(rand.NewPCG(seed, 1)), matrix.New(n, d)
	for j := range d {
		for i := range x.Col(j) {
			x.Col(j)[i] = rng.NormFloat64()
		}
	}
	return x
}

// At the optimum every derivative of what is minimized is 0, written out plainly.
func TestFitMinimizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, d := rapid.IntRange(2, 40).Draw(t, "n"), rapid.IntRange(1, 5).Draw(t, "d")
		lambda, seed := rapid.Float64Range(.01, 3).Draw(t, "lambda"), rapid.Uint64().Draw(t, "seed")
		x, y := drawn(n, d, seed), drawn(n, 1, seed+1)
		m, err := ridge.Fit(context.Background(), x, y, ridge.Options{Lambda: lambda})
		if err != nil {
			t.Fatal(err)
		}
		of, mean := m.Predict(x), 0.0
		for i := range n {
			mean += (of.At(i, 0) - y.At(i, 0)) / float64(n)
		}
		if math.Abs(mean) > 1e-10 {
			t.Errorf("residuals have mean %g", mean)
		}
		for j := range d {
			slope := lambda * m.Weights[0][j]
			for i := range n {
				slope += (of.At(i, 0) - y.At(i, 0)) * x.At(i, j) / float64(n)
			}
			if math.Abs(slope) > 1e-10 {
				t.Errorf("slope %g of weight %d", slope, j)
			}
		}
	})
}

// Sums of two parts, and of all less one part, are those of the rows themselves.
func TestSumsAddAndSubtract(t *testing.T) {
	x, y, ctx := drawn(3000, 3, 1), drawn(3000, 2, 2), context.Background()
	sums := func(lo, hi int) *ridge.Sums {
		s, err := ridge.SumsOf(ctx, x.Slice(lo, hi), y.Slice(lo, hi))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	want, err := ridge.Fit(ctx, x.Slice(0, 2000), y.Slice(0, 2000), ridge.Options{Lambda: .1})
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*ridge.Sums{"added": sums(0, 700).Add(sums(700, 2000)), "subtracted": sums(0, 3000).Sub(sums(2000, 3000))} {
		got, err := s.Solve(ridge.Options{Lambda: .1})
		if err != nil {
			t.Fatal(err)
		}
		for o := range want.Weights {
			near(t, name, got.Intercept[o], want.Intercept[o], 1e-12)
			for j := range want.Weights[o] {
				near(t, name, got.Weights[o][j], want.Weights[o][j], 1e-12)
			}
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one, err := ridge.Fit(ctx, x.Slice(0, 2000), y.Slice(0, 2000), ridge.Options{Lambda: .1})
	if err != nil || one.Weights[1][2] != want.Weights[1][2] {
		t.Errorf("on one processor %v, on several %v (%v)", one, want, err)
	}
}
