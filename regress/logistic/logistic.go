// Package logistic learns from labelled observations how probable each of k classes
// is for another one.
//
// The model is linear in the log-odds: class c has the score b꜀ + w꜀·x, and the
// probabilities are the scores' softmax. A penalty on the weights keeps them small
// where the data say little, which is what makes the model good on rows it has not
// seen; how large it should be, the data do not say but a cross-validation does.
// The intercepts are not penalized, so that without any column the model answers
// with the classes' shares.
//
// What is minimized is convex with one optimum. It is found by L-BFGS, whose
// first guess of the curvature is a bound that holds everywhere (Böhning's): a dozen
// passes over the rows end within rounding of it, where plain steps take a hundred.
package logistic

import (
	"context"
	"errors"
	"fmt"
	"math"

	"segue/matrix"
)

// ErrEmptyClass reports a class that no row bears: its probability would be 0 and
// its score −∞. The wrapping error names it.
var ErrEmptyClass = errors.New("no row is of the class")

// ErrTooFewClasses reports labels of one class, or none.
var ErrTooFewClasses = errors.New("too few classes")

// Options say what Fit minimizes and how long. The zero value is a usable default
// but for the penalty, which it leaves out.
type Options struct {
	Lambda   float64 // λ, ≥ 0
	Balanced bool    // every class weighs as much as any other, however many rows are of it
	MaxIter  int     // 0 means 200
	Tol      float64 // stop when no partial derivative is larger; 0 means 1e-6

	// Start, if given, is a model of as many classes and columns to begin from: of
	// a neighbouring λ, say. It changes how long the fit takes and not, within Tol,
	// where it ends.
	Start *Model
}

func (o Options) withDefaults(k, d int) Options {
	if !(o.Lambda >= 0) || math.IsInf(o.Lambda, 1) {
		panic(fmt.Sprintf("logistic: Fit: Lambda = %v: must be finite and not negative", o.Lambda))
	}
	if o.MaxIter < 0 || o.Tol < 0 {
		panic(fmt.Sprintf("logistic: Fit: MaxIter = %d, Tol = %g: must not be negative", o.MaxIter, o.Tol))
	}
	if o.MaxIter == 0 {
		o.MaxIter = 200
	}
	if o.Tol == 0 {
		o.Tol = 1e-6
	}
	if o.Start != nil && (len(o.Start.Weights) != k || len(o.Start.Weights[0]) != d) {
		panic(fmt.Sprintf("logistic: Fit: a start of %d classes, and there are %d on %d columns", len(o.Start.Weights), k, d))
	}
	return o
}

// A Model is a fitted regression of k classes on d columns. It is plain data.
// Weights of one column add up to 0 over the classes, as intercepts do: adding one
// number to all would change no probability.
type Model struct {
	Weights    [][]float64 `json:"weights"`   // k×d
	Intercept  []float64   `json:"intercept"` // length k
	Lambda     float64     `json:"lambda"`
	Balanced   bool        `json:"balanced"`
	Objective  float64     `json:"objective"` // what was minimized, in nats
	Iterations int         `json:"iterations"`
	Converged  bool        `json:"converged"` // false: MaxIter stopped it, or rounding did, with a steeper slope than Tol
}

// Fit finds weights w, k×d, and intercepts b that minimize
//
//	−1/n·Σᵢ vᵢ·log p(yᵢ|xᵢ) + λ/2·Σ꜀ ‖w꜀‖²,   p(c|x) ∝ exp(b꜀ + w꜀·x)
//
// over the rows of x, n×d, with classes y, 0…k−1, k the largest plus 1. vᵢ is 1, or
// n/(k·rows of the class) if Balanced. scikit-learn's C is 1/(n·λ). O(n·d·k) a
// pass, about a dozen passes, and O(n·d²) once. Columns must be standardized first
// (package scale): the penalty compares their weights.
//
// It returns ErrTooFewClasses for fewer than two classes, ErrEmptyClass,
// matrix.ErrNotFinite, naming row and column, and ctx.Err(). It panics if y is not of
// length n or negative somewhere, and on options that cannot be meant. Reaching
// MaxIter is not an error: see Model.Converged. Without a penalty, classes that a
// plane divides never converge: the weights grow for ever.
//
// References: Liu & Nocedal 1989, doi:10.1007/BF01589116; Böhning 1992,
// doi:10.1007/BF00048682.
func Fit(ctx context.Context, x matrix.Columns, y []int32, o Options) (*Model, error) {
	n, d := x.Dims()
	if len(y) != n {
		panic(fmt.Sprintf("logistic: Fit: %d rows and %d classes", n, len(y)))
	}
	counts, err := count(y)
	if err != nil {
		return nil, err
	}
	if err := x.CheckFinite(); err != nil {
		return nil, fmt.Errorf("logistic: %w", err)
	}
	o = o.withDefaults(len(counts), d)
	p := newProblem(x, y, counts, o)
	h, err := newCurvature(ctx, x, len(counts), o.Lambda)
	if err != nil {
		return nil, err
	}
	return p.descend(ctx, h, o)
}

// count returns how many rows each class has.
func count(y []int32) ([]int, error) {
	var counts []int
	for i, c := range y {
		if c < 0 {
			panic(fmt.Sprintf("logistic: Fit: row %d is of class %d", i, c))
		}
		for int(c) >= len(counts) {
			counts = append(counts, 0)
		}
		counts[c]++
	}
	if len(counts) < 2 {
		return nil, fmt.Errorf("logistic: %w: %d; there is nothing to tell apart", ErrTooFewClasses, len(counts))
	}
	for c, rows := range counts {
		if rows == 0 {
			return nil, fmt.Errorf("logistic: %w: %d", ErrEmptyClass, c)
		}
	}
	return counts, nil
}

// Scores returns the scores b + w·x of the rows of x, n×d: n×k. O(n·d·k). It panics
// if x has another number of columns than the fit.
func (m *Model) Scores(x matrix.Columns) matrix.Columns {
	n, d := x.Dims()
	if len(m.Weights[0]) != d {
		panic(fmt.Sprintf("logistic: Scores: %d columns, fitted on %d", d, len(m.Weights[0])))
	}
	out := matrix.New(n, len(m.Weights))
	columns := make([][]float64, len(m.Weights))
	for c := range columns {
		columns[c] = out.Col(c)
	}
	for lo := 0; lo < n; lo += chunkRows {
		hi := min(lo+chunkRows, n)
		part := make([][]float64, len(columns))
		for c := range part {
			part[c] = columns[c][lo:hi]
		}
		score(part, x, lo, hi, func(c int) ([]float64, float64) { return m.Weights[c], m.Intercept[c] })
	}
	return out
}

// Probabilities returns the probability of each class for the rows of x, n×d: n×k,
// rows adding up to 1. It panics as Scores does.
func (m *Model) Probabilities(x matrix.Columns) matrix.Columns {
	p := m.Scores(x)
	n, k := p.Dims()
	row := make([]float64, k)
	for i := range n {
		Softmax(p.Row(row, i))
		for c, v := range row {
			p.Col(c)[i] = v
		}
	}
	return p
}

// Softmax turns scores into the probabilities in proportion to their exponentials,
// in place, and returns the logarithm of the sum of these: log Σ exp(s). Scores of
// any finite size are fine.
func Softmax(s []float64) (logSum float64) {
	top := s[0]
	for _, v := range s[1:] {
		top = max(top, v)
	}
	sum := 0.0
	for c, v := range s {
		s[c] = math.Exp(v - top)
		sum += s[c]
	}
	for c := range s {
		s[c] /= sum
	}
	return top + math.Log(sum)
}
