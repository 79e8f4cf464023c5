// Package ridge fits linear regressions with a penalty on their weights.
//
// Least squares answers with the weights that fit best; where columns resemble one
// another, or are many, these are large, of opposite signs, and wrong on other rows.
// The ridge adds λ times their squared length to what is minimized, which shrinks
// all weights towards 0, those of directions the data say little of the most. The
// intercept is not penalized: shifting y shifts the prediction and nothing else.
//
// All that a fit needs of the rows are Sums, which add and subtract. So a
// cross-validation adds up each part of the rows once, and every fit of it, at every
// λ, costs what solving costs, whatever the number of rows.
package ridge

import (
	"context"
	"errors"
	"fmt"
	"math"

	"segue/matrix"
	"segue/regress/internal/gram"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// ErrTooFewRows reports that there is nothing to fit on.
var ErrTooFewRows = errors.New("too few rows")

// ErrSingular reports columns that depend on one another, so that without a
// penalty many weights fit equally well.
var ErrSingular = errors.New("columns depend on one another")

// Options say what Fit minimizes.
type Options struct {
	Lambda float64 // λ, ≥ 0; 0 is least squares
}

// A Model is a fitted regression of m outputs on d columns. It is plain data.
type Model struct {
	Weights   [][]float64 `json:"weights"`   // m×d
	Intercept []float64   `json:"intercept"` // length m
	Lambda    float64     `json:"lambda"`
}

// Fit finds for each output, a column of y, n×m, the weights w and the intercept b
// that minimize
//
//	1/(2n)·Σᵢ (yᵢ − b − w·xᵢ)² + λ/2·‖w‖²
//
// over the rows of x, n×d, by solving the normal equations: O(n·d·(d+m) + d³).
// scikit-learn's alpha is n·λ. Columns must be standardized first (package scale):
// the penalty compares their weights, and sums of products are about 0.
//
// It returns ErrTooFewRows if n < 1, matrix.ErrNotFinite, naming row and column,
// ErrSingular, and ctx.Err(). It panics if λ is negative or not finite, or if x and
// y differ in rows.
//
// Reference: Hoerl & Kennard 1970, doi:10.1080/00401706.1970.10488634.
func Fit(ctx context.Context, x, y matrix.Columns, o Options) (*Model, error) {
	s, err := SumsOf(ctx, x, y)
	if err != nil {
		return nil, err
	}
	return s.Solve(o)
}

// Sums are what some rows add to a fit: their number, and the sums and products of
// d columns and m outputs.
type Sums struct {
	n      float64
	x, y   []float64   // Σ xⱼ, Σ yₒ
	xx, xy [][]float64 // Σ xⱼ·xₗ, d×d; Σ xⱼ·yₒ, d×m
}

// SumsOf adds up the rows of x, n×d, and y, n×m, in O(n·d·(d+m)). Errors are Fit's.
func SumsOf(ctx context.Context, x, y matrix.Columns) (*Sums, error) {
	n, _ := x.Dims()
	if rows, _ := y.Dims(); rows != n {
		panic(fmt.Sprintf("ridge: %d rows of x and %d of y", n, rows))
	}
	for _, t := range []matrix.Columns{x, y} {
		if err := t.CheckFinite(); err != nil {
			return nil, fmt.Errorf("ridge: %w", err)
		}
	}
	s := &Sums{n: float64(n), x: gram.Sums(x), y: gram.Sums(y)}
	var err error
	if s.xx, err = gram.Products(ctx, x, x, true); err != nil {
		return nil, err
	}
	s.xy, err = gram.Products(ctx, x, y, false)
	return s, err
}

// Add returns the sums of both sets of rows. It panics if their columns differ.
func (s *Sums) Add(t *Sums) *Sums { return s.plus(1, t) }

// Sub returns the sums of the rows of s without those of t, which are among them.
func (s *Sums) Sub(t *Sums) *Sums { return s.plus(-1, t) }

// plus returns s + sign·t.
func (s *Sums) plus(sign float64, t *Sums) *Sums {
	if len(s.x) != len(t.x) || len(s.y) != len(t.y) {
		panic(fmt.Sprintf("ridge: sums of %d columns and %d outputs with some of %d and %d", len(s.x), len(s.y), len(t.x), len(t.y)))
	}
	join := func(a, b []float64) []float64 { return floats.AddScaledTo(make([]float64, len(a)), a, sign, b) }
	out := &Sums{n: s.n + sign*t.n, x: join(s.x, t.x), y: join(s.y, t.y)}
	for j := range s.xx {
		out.xx = append(out.xx, join(s.xx[j], t.xx[j]))
		out.xy = append(out.xy, join(s.xy[j], t.xy[j]))
	}
	return out
}

// Solve returns the fit to the rows added up, O(d³). Errors are ErrTooFewRows and
// ErrSingular; it panics as Fit does.
func (s *Sums) Solve(o Options) (*Model, error) {
	if !(o.Lambda >= 0) || math.IsInf(o.Lambda, 1) {
		panic(fmt.Sprintf("ridge: Lambda = %v: must be finite and not negative", o.Lambda))
	}
	if s.n < 1 {
		return nil, fmt.Errorf("ridge: %w: got none, need at least 1", ErrTooFewRows)
	}
	d, m := len(s.x), len(s.y)
	out := &Model{Weights: make([][]float64, m), Intercept: make([]float64, m), Lambda: o.Lambda}
	left, right := mat.NewSymDense(max(d, 1), nil), mat.NewDense(max(d, 1), max(m, 1), nil)
	for j := range d {
		for l := j; l < d; l++ {
			left.SetSym(j, l, (s.xx[j][l]-s.x[j]*s.x[l]/s.n)/s.n)
		}
		left.SetSym(j, j, left.At(j, j)+o.Lambda)
		for k := range m {
			right.Set(j, k, (s.xy[j][k]-s.x[j]*s.y[k]/s.n)/s.n)
		}
	}
	var solved mat.Dense
	if d > 0 && m > 0 {
		var chol mat.Cholesky
		if !chol.Factorize(left) || chol.Cond() > singular {
			return nil, fmt.Errorf("ridge: %w; give a penalty or leave one out", ErrSingular)
		}
		if err := chol.SolveTo(&solved, right); err != nil {
			return nil, fmt.Errorf("ridge: %w; give a penalty or leave one out", ErrSingular)
		}
	}
	for k := range m {
		out.Weights[k] = make([]float64, d)
		out.Intercept[k] = s.y[k] / s.n
		for j := range d {
			out.Weights[k][j] = solved.At(j, k)
			out.Intercept[k] -= out.Weights[k][j] * s.x[j] / s.n
		}
	}
	return out, nil
}

// singular is the condition number from which a solution has no digits to speak of.
const singular = 1e14

// Predict returns the outputs for the rows of x, n×d: n×m. O(n·d·m). It panics if x
// has another number of columns than the fit.
func (m *Model) Predict(x matrix.Columns) matrix.Columns {
	n, d := x.Dims()
	out := matrix.New(n, len(m.Weights))
	for k, w := range m.Weights {
		if len(w) != d {
			panic(fmt.Sprintf("ridge: Predict: %d columns, fitted on %d", d, len(w)))
		}
		to := out.Col(k)
		for i := range to {
			to[i] = m.Intercept[k]
		}
		for j, v := range w {
			floats.AddScaled(to, v, x.Col(j))
		}
	}
	return out
}
