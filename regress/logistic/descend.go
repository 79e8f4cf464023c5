package logistic

import (
	"context"
	"math"

	"segue/internal/parallel"
	"segue/matrix"
	"segue/regress/internal/gram"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// chunkRows is how many rows are looked at together: what is computed of them stays
// in the first cache between the columns.
const chunkRows = 512

// problem is what one fit minimizes, as a function of k·(d+1) parameters: for each
// class its d weights and then its intercept.
type problem struct {
	x      matrix.Columns
	y      []int32
	weight []float64 // of a row of each class, over n
	lambda float64
	n, d   int
	k      int

	parts []part // of each chunk of rows
}

// part is what a chunk of rows adds to the objective and its gradient.
type part struct {
	loss     float64
	gradient []float64
	scores   [][]float64 // room for its rows' scores, a slice a class
}

func newProblem(x matrix.Columns, y []int32, counts []int, o Options) *problem {
	n, d := x.Dims()
	p := &problem{x: x, y: y, lambda: o.Lambda, n: n, d: d, k: len(counts), weight: make([]float64, len(counts))}
	for c, rows := range counts {
		p.weight[c] = 1 / float64(n)
		if o.Balanced {
			p.weight[c] = 1 / (float64(p.k) * float64(rows))
		}
	}
	p.parts = make([]part, parallel.Count(n, chunkRows))
	for i := range p.parts {
		p.parts[i].gradient = make([]float64, p.size())
		for range p.k {
			p.parts[i].scores = append(p.parts[i].scores, make([]float64, min(chunkRows, n-i*chunkRows)))
		}
	}
	return p
}

func (p *problem) size() int { return p.k * (p.d + 1) }

// of returns the weights and the intercept of class c in a flat parameter, sharing
// memory.
func (p *problem) of(flat []float64, c int) (weights []float64, intercept *float64) {
	lo := c * (p.d + 1)
	return flat[lo : lo+p.d : lo+p.d], &flat[lo+p.d]
}

// score writes the scores of rows [lo, hi) of x to dst, one slice a class.
func score(dst [][]float64, x matrix.Columns, lo, hi int, of func(c int) (weights []float64, intercept float64)) {
	for c := range dst {
		w, b := of(c)
		for i := range dst[c] {
			dst[c][i] = b
		}
		for j, v := range w {
			floats.AddScaled(dst[c], v, x.Col(j)[lo:hi])
		}
	}
}

// evaluate returns the objective at theta and writes its gradient.
func (p *problem) evaluate(ctx context.Context, theta, gradient []float64) (float64, error) {
	err := parallel.Chunks(ctx, p.n, chunkRows, func(chunk, lo, hi int) {
		at := &p.parts[chunk]
		scores := at.scores
		score(scores, p.x, lo, hi, func(c int) ([]float64, float64) {
			w, b := p.of(theta, c)
			return w, *b
		})
		at.loss = p.residuals(scores, p.y[lo:hi])
		for c := range scores {
			w, b := p.of(at.gradient, c)
			for j := range w {
				w[j] = floats.Dot(scores[c], p.x.Col(j)[lo:hi])
			}
			*b = floats.Sum(scores[c])
		}
	})
	if err != nil {
		return 0, err
	}
	clear(gradient)
	loss := 0.0
	for i := range p.parts {
		loss += p.parts[i].loss
		floats.Add(gradient, p.parts[i].gradient)
	}
	for c := range p.k {
		w, _ := p.of(theta, c)
		g, _ := p.of(gradient, c)
		loss += p.lambda / 2 * floats.Dot(w, w)
		floats.AddScaled(g, p.lambda, w)
	}
	return loss, nil
}

// residuals turns the scores of rows of classes y into what their gradients are
// made of, weight·(probability − 1 of the own class), and returns their loss.
func (p *problem) residuals(scores [][]float64, y []int32) (loss float64) {
	row := make([]float64, p.k)
	for i, own := range y {
		for c := range row {
			row[c] = scores[c][i]
		}
		weight := p.weight[own]
		loss += weight * (Softmax(row) - scores[own][i])
		for c, v := range row {
			scores[c][i] = weight * v
		}
		scores[own][i] -= weight
	}
	return loss
}

// curvature is the first guess of the objective's second derivatives: for each class
// a quarter of the columns' second moments, the intercept's among them, and the
// penalty. Half of them would be a bound (Böhning); a quarter is the truth for two
// equal classes, and L-BFGS mends its scale.
type curvature struct{ factor mat.Cholesky }

func newCurvature(ctx context.Context, x matrix.Columns, k int, lambda float64) (*curvature, error) {
	n, d := x.Dims()
	products, err := gram.Products(ctx, x, x, true)
	if err != nil {
		return nil, err
	}
	sums := gram.Sums(x)
	guess := mat.NewSymDense(d+1, nil)
	for j := range d {
		for l := j; l < d; l++ {
			guess.SetSym(j, l, products[j][l]/float64(n)/4)
		}
		guess.SetSym(j, d, sums[j]/float64(n)/4)
		// A column that follows from others has no curvature of its own: a little
		// keeps the factors apart.
		guess.SetSym(j, j, guess.At(j, j)*(1+1e-9)+lambda+1e-12)
	}
	guess.SetSym(d, d, 0.25*(1+1e-9))
	c := &curvature{}
	if !c.factor.Factorize(guess) { // rounding: go without what columns share
		for j := range d + 1 {
			for l := j + 1; l < d+1; l++ {
				guess.SetSym(j, l, 0)
			}
		}
		c.factor.Factorize(guess)
	}
	return c, nil
}

// divide divides v, k·(d+1), by the guess, in place.
func (c *curvature) divide(v []float64) error {
	d := c.factor.SymmetricDim()
	for lo := 0; lo < len(v); lo += d {
		part := mat.NewVecDense(d, v[lo:lo+d])
		if err := c.factor.SolveVecTo(part, part); err != nil {
			if _, poor := err.(mat.Condition); !poor { // poor is good enough for a guess
				return err
			}
		}
	}
	return nil
}

// remembered is how many steps L-BFGS learns the curvature from.
const remembered = 10

// Of a line search: the share of the promised fall that is enough (Armijo), and how
// often a step is shortened before rounding must be what stands in the way.
const (
	enough  = 1e-4
	shorten = 40
)

// rounding is how much of the objective its last digits may be.
const rounding = 1e-13

// descend goes down from the start to where no slope is steeper than the tolerance.
func (p *problem) descend(ctx context.Context, h *curvature, o Options) (*Model, error) {
	theta := make([]float64, p.size())
	if o.Start != nil {
		for c := range p.k {
			w, b := p.of(theta, c)
			copy(w, o.Start.Weights[c])
			*b = o.Start.Intercept[c]
		}
	}
	gradient := make([]float64, len(theta))
	value, err := p.evaluate(ctx, theta, gradient)
	if err != nil {
		return nil, err
	}
	m := &Model{Lambda: o.Lambda, Balanced: o.Balanced}
	var past memory
	next, slope := make([]float64, len(theta)), make([]float64, len(theta))
	for m.Converged = steepest(gradient) <= o.Tol; !m.Converged && m.Iterations < o.MaxIter; {
		direction, err := past.direction(gradient, h)
		if err != nil {
			return nil, err
		}
		fall := floats.Dot(direction, gradient)
		if !(fall < 0) { // only rounding points uphill
			break
		}
		step, moved := 1.0, false
		var at float64
		for range shorten {
			floats.AddScaledTo(next, theta, step, direction)
			if at, err = p.evaluate(ctx, next, slope); err != nil {
				return nil, err
			}
			// Close to the end the fall is less than the value's rounding; the slope
			// still tells (the approximate Wolfe condition of Hager & Zhang 2005).
			flat := at <= value+rounding*math.Abs(value) && floats.Dot(direction, slope) <= (2*enough-1)*fall
			if at <= value+enough*step*fall || flat {
				moved = true
				break
			}
			step /= 2
		}
		if !moved {
			break
		}
		m.Iterations++
		past.learn(theta, next, gradient, slope)
		theta, next, gradient, slope, value = next, theta, slope, gradient, at
		m.Converged = steepest(gradient) <= o.Tol
	}
	m.Objective = value
	for c := range p.k {
		w, b := p.of(theta, c)
		m.Weights, m.Intercept = append(m.Weights, append([]float64{}, w...)), append(m.Intercept, *b)
	}
	return m, nil
}

// steepest returns the largest slope.
func steepest(gradient []float64) float64 {
	most := 0.0
	for _, g := range gradient {
		most = max(most, math.Abs(g))
	}
	return most
}

// memory holds the last steps and what they changed of the slopes.
type memory struct {
	steps, changes [][]float64
	inner          []float64 // step·change, > 0
}

func (m *memory) learn(from, to, before, after []float64) {
	step, change := floats.SubTo(make([]float64, len(from)), to, from), floats.SubTo(make([]float64, len(from)), after, before)
	inner := floats.Dot(step, change)
	if !(inner > 0) { // of a convex function: rounding
		return
	}
	m.steps, m.changes, m.inner = append(m.steps, step), append(m.changes, change), append(m.inner, inner)
	if len(m.steps) > remembered {
		m.steps, m.changes, m.inner = m.steps[1:], m.changes[1:], m.inner[1:]
	}
}

// direction returns the step that the curvature so far learned asks for at a slope,
// by the two loops of L-BFGS.
func (m *memory) direction(gradient []float64, h *curvature) ([]float64, error) {
	q := make([]float64, len(gradient))
	floats.SubTo(q, q, gradient)
	share := make([]float64, len(m.steps))
	for i := len(m.steps) - 1; i >= 0; i-- {
		share[i] = floats.Dot(m.steps[i], q) / m.inner[i]
		floats.AddScaled(q, -share[i], m.changes[i])
	}
	if err := h.divide(q); err != nil {
		return nil, err
	}
	if last := len(m.steps) - 1; last >= 0 {
		// The guess's scale: what the last change would have it be.
		divided := append([]float64{}, m.changes[last]...)
		if err := h.divide(divided); err != nil {
			return nil, err
		}
		floats.Scale(m.inner[last]/floats.Dot(m.changes[last], divided), q)
	}
	for i := range m.steps {
		back := floats.Dot(m.changes[i], q) / m.inner[i]
		floats.AddScaled(q, share[i]-back, m.steps[i])
	}
	return q, nil
}
