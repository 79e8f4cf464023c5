package logistic_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"segue/matrix"
	"segue/regress/internal/sampletest"
	"segue/regress/logistic"
)

func fit(t testing.TB, x matrix.Columns, y []int32, o logistic.Options) *logistic.Model {
	t.Helper()
	m, err := logistic.Fit(context.Background(), x, y, o)
	if err != nil {
		t.Fatal(err)
	}
	if !m.Converged {
		t.Fatalf("%+v did not converge", o)
	}
	return m
}

// Without columns the classes' shares are the probabilities: of 3 and 1 rows ¾ and ¼,
// log-odds ln 3, intercepts ±½·ln 3; balanced, a half each. With one column of ±1, three
// of four rows at +1 of class 1 and three of four at −1 of class 0, the log-odds at ±1
// are ±ln 3, without a penalty.
func TestFitByHand(t *testing.T) {
	none, y := matrix.New(4, 0), []int32{0, 0, 0, 1}
	m := fit(t, none, y, logistic.Options{})
	if p := m.Probabilities(none).At(0, 0); math.Abs(p-.75) > 1e-6 || math.Abs(m.Intercept[0]-math.Log(3)/2) > 1e-5 {
		t.Errorf("probability %v, want 0.75; %+v", p, m)
	}
	if p := fit(t, none, y, logistic.Options{Balanced: true}).Probabilities(none).At(0, 0); math.Abs(p-.5) > 1e-6 {
		t.Errorf("balanced: %v, want 0.5", p)
	}
	x := matrix.FromColumns([]float64{1, 1, 1, 1, -1, -1, -1, -1})
	m = fit(t, x, []int32{1, 1, 1, 0, 0, 0, 0, 1}, logistic.Options{Tol: 1e-10})
	if s := m.Scores(x); math.Abs(s.At(0, 1)-s.At(0, 0)-math.Log(3)) > 1e-8 || math.Abs(s.At(7, 0)-s.At(7, 1)-math.Log(3)) > 1e-8 {
		t.Errorf("scores %v", s)
	}
}

func TestFitAgreesWithScikitLearn(t *testing.T) {
	ref := sampletest.Read(t)
	x := matrix.FromRows(ref.X)
	for _, want := range ref.Logistic {
		m := fit(t, x, ref.Y, logistic.Options{Lambda: want.Lambda, Balanced: want.Balanced, Tol: 1e-9})
		for c := range want.Weights {
			for j, w := range want.Weights[c] {
				if math.Abs(m.Weights[c][j]-w) > 2e-5 {
					t.Errorf("λ = %g, balanced %v: weight %d, %d = %v, want %v", want.Lambda, want.Balanced, c, j, m.Weights[c][j], w)
				}
			}
		}
		p := m.Probabilities(x)
		for i, row := range want.Probabilities {
			for c, v := range row {
				if math.Abs(p.At(i, c)-v) > 2e-5 {
					t.Errorf("λ = %g, balanced %v: probability %d, %d = %v, want %v", want.Lambda, want.Balanced, i, c, p.At(i, c), v)
				}
			}
		}
	}
}

func TestFitAtTheEdges(t *testing.T) {
	ctx, nan := context.Background(), math.NaN()
	for _, c := range []struct {
		name string
		x    matrix.Columns
		y    []int32
		want error
	}{
		{"no rows", matrix.New(0, 1), nil, logistic.ErrTooFewClasses},
		{"one class", matrix.New(2, 1), []int32{0, 0}, logistic.ErrTooFewClasses},
		{"a class of no row", matrix.New(2, 1), []int32{0, 2}, logistic.ErrEmptyClass},
		{"NaN", matrix.FromColumns([]float64{nan, 1}), []int32{0, 1}, matrix.ErrNotFinite},
		{"infinity", matrix.FromColumns([]float64{math.Inf(1), 1}), []int32{0, 1}, matrix.ErrNotFinite},
		{"a row of each", matrix.FromColumns([]float64{-1, 1}), []int32{0, 1}, nil},
		{"a constant column", matrix.FromColumns([]float64{2, 2, 2}, []float64{1, 2, 3}), []int32{0, 1, 0}, nil},
		{"twins", matrix.FromColumns([]float64{1, 2, 3}, []float64{1, 2, 3}), []int32{0, 1, 0}, nil},
		{"large values", matrix.FromColumns([]float64{1e6, -1e6, 3e6}), []int32{0, 1, 0}, nil},
	} {
		m, err := logistic.Fit(ctx, c.x, c.y, logistic.Options{Lambda: .1})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err != nil {
			continue
		}
		p := m.Probabilities(c.x)
		for i := range c.y {
			if sum := p.At(i, 0) + p.At(i, 1); !(math.Abs(sum-1) < 1e-12) {
				t.Errorf("%s: row %d adds up to %v", c.name, i, sum)
			}
		}
	}
	// What a plane divides has no end without a penalty, and says so.
	m, err := logistic.Fit(ctx, matrix.FromColumns([]float64{-1, 1}), []int32{0, 1}, logistic.Options{MaxIter: 3})
	if err != nil || m.Converged {
		t.Errorf("divided classes: %+v, %v", m, err)
	}
	ended, end := context.WithCancel(ctx)
	end()
	if _, err := logistic.Fit(ended, matrix.New(3, 1), []int32{0, 1, 0}, logistic.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("of an ended context: %v", err)
	}
}

func drawn(n, d int, seed uint64) (matrix.Columns, []int32) {
	rng, x, y := rand.New(rand.NewPCG(seed, 1)), matrix.New(n, d), make([]int32, n)
	for i := range y {
		for j := range d {
			x.Col(j)[i] = rng.NormFloat64()
		}
		y[i] = int32(i % 3)
		if i >= 3 && x.At(i, 0) > .5 && rng.Float64() < .7 {
			y[i] = 2
		}
	}
	return x, y
}

// objective is what Fit minimizes, as its comment says it.
func objective(x matrix.Columns, y []int32, m *logistic.Model) float64 {
	n, d := x.Dims()
	counts, k := map[int32]float64{}, float64(len(m.Weights))
	for _, c := range y {
		counts[c]++
	}
	sum := 0.0
	for i, own := range y {
		total, mine := 0.0, 0.0
		for c := range m.Weights {
			s := m.Intercept[c]
			for j := range d {
				s += m.Weights[c][j] * x.At(i, j)
			}
			total += math.Exp(s)
			if int32(c) == own {
				mine = s
			}
		}
		weight := 1 / float64(n)
		if m.Balanced {
			weight = 1 / (k * counts[own])
		}
		sum += weight * (math.Log(total) - mine)
	}
	for _, w := range m.Weights {
		for _, v := range w {
			sum += m.Lambda / 2 * v * v
		}
	}
	return sum
}

// No weight can be moved for the better, the value is the plain one, weights add up to
// 0, and neither the order of the rows, nor the start, nor the number of processors
// moves the end.
func TestFitMinimizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, d := rapid.IntRange(6, 60).Draw(t, "n"), rapid.IntRange(1, 4).Draw(t, "d")
		o := logistic.Options{Lambda: rapid.Float64Range(.01, 1).Draw(t, "lambda"), Balanced: rapid.Bool().Draw(t, "balanced"), Tol: 1e-9}
		x, y := drawn(n, d, rapid.Uint64().Draw(t, "seed"))
		ctx := context.Background()
		m, err := logistic.Fit(ctx, x, y, o)
		if err != nil || !m.Converged {
			t.Fatal(m, err)
		}
		if at := objective(x, y, m); math.Abs(at-m.Objective) > 1e-12 {
			t.Errorf("objective %v, plainly %v", m.Objective, at)
		}
		const step = 1e-5
		slope := func(v *float64) float64 {
			was := *v
			*v = was + step
			up := objective(x, y, m)
			*v = was - step
			down := objective(x, y, m)
			*v = was
			return (up - down) / (2 * step)
		}
		for c := range m.Weights {
			if s := slope(&m.Intercept[c]); math.Abs(s) > 1e-7 {
				t.Errorf("slope %g of intercept %d", s, c)
			}
			for j := range m.Weights[c] {
				if s := slope(&m.Weights[c][j]); math.Abs(s) > 1e-7 {
					t.Errorf("slope %g of weight %d, %d", s, c, j)
				}
			}
		}
		for j := range d {
			sum := 0.0
			for c := range m.Weights {
				sum += m.Weights[c][j]
			}
			if math.Abs(sum) > 1e-9 {
				t.Errorf("weights of column %d add up to %g", j, sum)
			}
		}
		reversed, of := make([]int, n), make([]int32, n)
		for i := range reversed {
			reversed[i], of[i] = n-1-i, y[n-1-i]
		}
		from := o
		from.Start = m
		from.Start.Weights[0][0] += .5
		for name, again := range map[string]func() (*logistic.Model, error){
			"reversed":     func() (*logistic.Model, error) { return logistic.Fit(ctx, x.Select(reversed), of, o) },
			"begun nearby": func() (*logistic.Model, error) { return logistic.Fit(ctx, x, y, from) },
		} {
			got, err := again()
			if err != nil || math.Abs(got.Objective-m.Objective) > 1e-9 {
				t.Errorf("%s: %+v, want objective %v (%v)", name, got, m.Objective, err)
			}
		}
	})
}

func TestFitDoesNotDependOnProcessors(t *testing.T) {
	x, y := drawn(5000, 6, 3)
	write := func() []byte {
		b, err := json.Marshal(fit(t, x, y, logistic.Options{Lambda: .01}))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	many := write()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if one := write(); !bytes.Equal(one, many) {
		t.Errorf("on one processor %s, on several %s", one, many)
	}
}

// A dozen passes are what the package promises.
func TestFitIsQuick(t *testing.T) {
	x, y := drawn(3000, 20, 4)
	if m := fit(t, x, y, logistic.Options{Lambda: .01}); m.Iterations > 20 {
		t.Errorf("%d iterations", m.Iterations)
	}
}

func TestSoftmaxOfAnySize(t *testing.T) {
	s := []float64{1e300, 0, -1e300}
	if sum := logistic.Softmax(s); s[0] != 1 || s[1] != 0 || sum != 1e300 {
		t.Errorf("%v, %v", s, sum)
	}
}

func BenchmarkFit(b *testing.B) {
	x, y := drawn(20_000, 11, 5)
	for b.Loop() {
		fit(b, x, y, logistic.Options{Lambda: .01})
	}
}
