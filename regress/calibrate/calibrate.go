// Package calibrate makes probabilities mean what they say, and measures how far
// they are from it.
//
// A classifier is calibrated if of all rows to which it gives a class 70 %, seven in
// ten are of it. One that tells classes apart well can be far from that: weights that
// are a little too large make every answer too sure, and one trained to take all
// classes for equally frequent finds the rare ones too often. Neither has to be
// trained again. A Scaling has few parameters, fitted to scores of rows that the
// classifier was not trained on: one temperature by which all scores are divided,
// and an offset for each class.
//
// A Reliability sets what was promised beside what came true, in bins, and sums up
// their distance: the expected calibration error. With few rows in a bin it is above
// 0 by chance alone, so Expected says what it would be for a model without fault.
package calibrate

import (
	"errors"
	"fmt"
	"math"

	"segue/matrix"
	"segue/regress/logistic"

	"gonum.org/v1/gonum/mat"
)

// ErrTooFewRows reports that there is nothing to fit on.
var ErrTooFewRows = errors.New("too few rows")

// Options say what FitScaling fits.
type Options struct {
	Offsets bool // an offset for each class, besides the temperature
}

// A Scaling turns scores into probabilities, p ∝ exp(score/Temperature + Offset). It
// is plain data.
type Scaling struct {
	Temperature float64   `json:"temperature"` // > 0; above 1 makes answers less sure
	Offsets     []float64 `json:"offsets"`     // length k, adding up to 0
	Converged   bool      `json:"converged"`
}

// The least and the largest 1/Temperature: scores that say nothing, or are never
// wrong, would want 0 or infinity.
const (
	flattest = 1e-3
	sharpest = 1e3
)

// calibrateIterations is more steps than Newton's method needs from anywhere.
const calibrateIterations = 100

// FitScaling finds the temperature, and the offsets if asked for, that minimize the
// log-loss of scores, n×k, of rows of classes y, 0…k−1, by Newton's method: O(n·k²) a
// step, about six. The rows must be others than those the scores' model was fitted
// on. The temperature is kept in [0.001, 1000].
//
// It returns ErrTooFewRows if n < 1, matrix.ErrNotFinite, naming row and column, and
// an error if a class of no row should have an offset. It panics if y is not of
// length n or has a class that is no column.
//
// References: Guo, Pleiss, Sun & Weinberger 2017, On calibration of modern neural
// networks (temperature); Alexandari, Kundaje & Shrikumar 2020, Maximum likelihood
// with bias-corrected calibration is hard-to-beat at label shift adaptation (with
// offsets).
func FitScaling(scores matrix.Columns, y []int32, o Options) (*Scaling, error) {
	n, k := scores.Dims()
	checkClasses("FitScaling", y, n, k)
	if n < 1 {
		return nil, fmt.Errorf("calibrate: %w: got none, need at least 1", ErrTooFewRows)
	}
	if err := scores.CheckFinite(); err != nil {
		return nil, fmt.Errorf("calibrate: %w", err)
	}
	f := &scaler{scores: scores, y: y, n: n, k: k, size: 1}
	if o.Offsets {
		f.size = 1 + k
		seen := make([]bool, k)
		for _, c := range y {
			seen[c] = true
		}
		for c, ok := range seen {
			if !ok {
				return nil, fmt.Errorf("calibrate: %w: none is of class %d, which so has no offset", ErrTooFewRows, c)
			}
		}
	}
	return f.fit(), nil
}

// scaler is one fit of 1/Temperature and offsets, in this order.
type scaler struct {
	scores     matrix.Columns
	y          []int32
	n, k, size int
}

// offset returns the offset of class c.
func offset(theta []float64, c int) float64 {
	if len(theta) == 1 {
		return 0
	}
	return theta[1+c]
}

func (f *scaler) loss(theta []float64) float64 {
	row, sum := make([]float64, f.k), 0.0
	for i, own := range f.y {
		for c := range row {
			row[c] = theta[0]*f.scores.At(i, c) + offset(theta, c)
		}
		score := row[own]
		sum += logistic.Softmax(row) - score
	}
	return sum / float64(f.n)
}

// slope returns the loss's gradient and second derivatives.
func (f *scaler) slope(theta []float64) (gradient []float64, hessian *mat.SymDense) {
	gradient, hessian = make([]float64, f.size), mat.NewSymDense(f.size, nil)
	row, s := make([]float64, f.k), make([]float64, f.k)
	for i, own := range f.y {
		f.scores.Row(s, i)
		for c := range row {
			row[c] = theta[0]*s[c] + offset(theta, c)
		}
		logistic.Softmax(row)
		mean := 0.0
		for c, p := range row {
			mean += p * s[c]
		}
		gradient[0] += mean - s[own]
		spread := 0.0
		for c, p := range row {
			spread += p * (s[c] - mean) * (s[c] - mean)
		}
		hessian.SetSym(0, 0, hessian.At(0, 0)+spread)
		if f.size == 1 {
			continue
		}
		for c, p := range row {
			gradient[1+c] += p
			hessian.SetSym(0, 1+c, hessian.At(0, 1+c)+p*(s[c]-mean))
			for e := c; e < f.k; e++ {
				v := -p * row[e]
				if e == c {
					v += p
				}
				hessian.SetSym(1+c, 1+e, hessian.At(1+c, 1+e)+v)
			}
		}
		gradient[1+own]--
	}
	for a := range f.size {
		gradient[a] /= float64(f.n)
		for b := a; b < f.size; b++ {
			hessian.SetSym(a, b, hessian.At(a, b)/float64(f.n))
		}
		// Offsets may all grow alike, and scores all be equal: a little keeps every
		// direction curved.
		hessian.SetSym(a, a, hessian.At(a, a)+1e-9)
	}
	return gradient, hessian
}

func (f *scaler) fit() *Scaling {
	theta := make([]float64, f.size)
	theta[0] = 1
	value, converged := f.loss(theta), false
	for range calibrateIterations {
		gradient, hessian := f.slope(theta)
		if theta[0] == flattest && gradient[0] > 0 || theta[0] == sharpest && gradient[0] < 0 {
			// At an end of the range only the offsets move.
			gradient[0] = 0
			for a := 1; a < f.size; a++ {
				hessian.SetSym(0, a, 0)
			}
		}
		steepest := 0.0
		for _, g := range gradient {
			steepest = max(steepest, math.Abs(g))
		}
		var chol mat.Cholesky
		step := mat.NewVecDense(f.size, nil)
		if converged = steepest < 1e-10; converged || !chol.Factorize(hessian) || chol.SolveVecTo(step, mat.NewVecDense(f.size, gradient)) != nil {
			break
		}
		next, moved := make([]float64, f.size), false
		for size := 1.0; size > 1e-9 && !moved; size /= 2 {
			for a := range next {
				next[a] = theta[a] - size*step.AtVec(a)
			}
			next[0] = min(max(next[0], flattest), sharpest)
			if v := f.loss(next); v < value {
				value, theta, moved = v, next, true
			}
		}
		if !moved { // rounding, or an end of the range
			converged = true
			break
		}
	}
	out := &Scaling{Temperature: 1 / theta[0], Offsets: make([]float64, f.k), Converged: converged}
	mean := 0.0
	for c := range out.Offsets {
		out.Offsets[c] = offset(theta, c)
		mean += out.Offsets[c] / float64(f.k)
	}
	for c := range out.Offsets {
		out.Offsets[c] -= mean
	}
	return out
}

// Probabilities returns the probabilities of scores, n×k: n×k, rows adding up to 1.
// It panics if scores has another number of columns than the fit.
func (s *Scaling) Probabilities(scores matrix.Columns) matrix.Columns {
	n, k := scores.Dims()
	if k != len(s.Offsets) {
		panic(fmt.Sprintf("calibrate: Probabilities: %d classes, fitted on %d", k, len(s.Offsets)))
	}
	out, row := matrix.New(n, k), make([]float64, k)
	for i := range n {
		s.Probability(scores.Row(row, i))
		for c, p := range row {
			out.Col(c)[i] = p
		}
	}
	return out
}

// Probability turns the scores of one row, length k, into probabilities, in place,
// and returns them.
func (s *Scaling) Probability(scores []float64) []float64 {
	for c := range scores {
		scores[c] = scores[c]/s.Temperature + s.Offsets[c]
	}
	logistic.Softmax(scores)
	return scores
}

// checkClasses panics if y are not classes of n rows.
func checkClasses(caller string, y []int32, n, k int) {
	if len(y) != n {
		panic(fmt.Sprintf("calibrate: %s: %d rows and %d classes", caller, n, len(y)))
	}
	for i, c := range y {
		if c < 0 || int(c) >= k {
			panic(fmt.Sprintf("calibrate: %s: row %d is of class %d of %d", caller, i, c, k))
		}
	}
}
