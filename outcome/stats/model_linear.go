package stats

import (
	"fmt"
	"math"

	"segue"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// StandardErrors names how the standard errors of a model's coefficients are found.
type StandardErrors string

const (
	// Classical takes the residuals to be independent and of one variance; degrees of
	// freedom n − p.
	Classical StandardErrors = "classical"
	// HC2 lets each observation have a variance of its own (MacKinnon & White 1985,
	// doi:10.1016/0304-4076(85)90158-7), with the degrees of freedom of Bell & McCaffrey
	// 2002. For two arms and nothing else it is the error of Welch's t, with degrees of
	// freedom from the design alone. The default without clusters.
	HC2 StandardErrors = "HC2"
	// HC3 divides the residuals by 1 − h instead of its root; degrees of freedom n − p.
	HC3 StandardErrors = "HC3"
	// CR1 lets the observations of a cluster depend on each other in any way (Liang &
	// Zeger 1986, doi:10.1093/biomet/73.1.13), times G/(G − 1)·(n − 1)/(n − p); degrees of
	// freedom G − 1 for G clusters. It is too sure of itself with fewer than some fifty
	// clusters, or unequal ones, and is here to compare with others' figures.
	CR1 StandardErrors = "CR1"
	// CR2 corrects the residuals of each cluster, so that the variance is unbiased where
	// the classical model holds, with degrees of freedom by Satterthwaite's rule (Bell &
	// McCaffrey 2002, "Bias reduction in standard errors for linear regression with
	// multi-stage samples", Survey Methodology 28; Pustejovsky & Tipton 2018,
	// doi:10.1080/07350015.2016.1247004). It holds its level with few and unequal clusters,
	// where CR1 does not: the default with clusters.
	CR2 StandardErrors = "CR2"
	// RandomIntercept takes each cluster to have a level of its own, drawn from a normal
	// distribution: see FitMixed. Of Ancova alone.
	RandomIntercept StandardErrors = "random intercept"
)

// LinearOptions are those of FitLinear. The zero value is HC2 at 95 %.
type LinearOptions struct {
	Errors   StandardErrors // default CR2 with Clusters, else HC2
	Clusters []int          // which cluster each observation is of, by any label; nil: none
	Level    float64        // confidence level of the intervals, in (0, 1); default Level
}

// A Coefficient is an estimate of a model, with the t test of its being 0.
type Coefficient struct {
	Estimate
	SE segue.Number `json:"se"` // standard error
	DF segue.Number `json:"df"` // degrees of freedom of t
	T  segue.Number `json:"t"`  // Value/SE
	P  segue.Number `json:"p"`  // two-sided, of the coefficient being 0
}

// Linear is a linear model fitted by least squares.
type Linear struct {
	Method       string        `json:"method"`
	N            int           `json:"n"`            // observations
	Clusters     int           `json:"clusters"`     // 0: none asked for
	Coefficients []Coefficient `json:"coefficients"` // the intercept, then the terms in their order
	SD           segue.Number  `json:"sd"`           // of the residuals, with n − p degrees of freedom
	R2           segue.Number  `json:"r2"`           // share of the outcome's variance, [0, 1]; missing if the outcome is constant
	LeftOut      []string      `json:"left_out"`     // terms that those before them already hold
	Reason       string        `json:"reason,omitempty"`

	level  float64
	errors StandardErrors
	basis  *basis
	fit    []float64 // Q'y
	rss    float64
	exact  bool        // nothing is left to tell errors from
	beyond bool        // nothing can be computed
	parts  []part      // what the robust errors are made of
	meat   [][]float64 // Σ of the parts' scores, rank × rank
}

// A part is a cluster as the robust errors see it: Q_g'Q_g = V·diag(λ)·V'.
type part struct {
	lambda []float64
	v      []float64 // rank × len(lambda), by row
}

// FitLinear fits y on an intercept and the terms by least squares, through a QR
// decomposition, O(n·p²), with standard errors as the options say, + O(G·p³) for G
// clusters.
//
// A term that the intercept and the terms before it already hold is left out and
// named; its coefficient is missing with a reason. So are intervals where nothing is
// left to tell errors from: a constant outcome, as many coefficients as observations,
// one cluster, a coefficient that hangs on a single cluster. An estimate is Enough if
// there are at least Least observations, or clusters.
//
// It panics if the columns are not of one length or hold what is not finite.
func FitLinear(y []float64, terms []Term, o LinearOptions) *Linear {
	mustFit(y, terms, o.Clusters)
	if o.Errors == "" {
		o.Errors = HC2
		if o.Clusters != nil {
			o.Errors = CR2
		}
	}
	m := &Linear{N: len(y), SD: segue.Missing(), R2: segue.Missing(), LeftOut: []string{}, level: wholeLevel(o.Level), errors: o.Errors}
	var g grouping
	switch o.Errors {
	case Classical, HC2, HC3:
		if o.Clusters != nil {
			panic("stats: clusters need CR1 or CR2 errors")
		}
	case CR1, CR2:
		if o.Clusters == nil {
			panic("stats: CR1 and CR2 errors need clusters")
		}
		g = groupsOf(o.Clusters)
		m.Clusters = g.count
	default:
		panic("stats: the errors of a linear model are classical, HC2, HC3, CR1 or CR2")
	}
	m.Method = "least squares, " + string(o.Errors) + " errors"
	m.basis = newBasis(m.N, terms)
	m.measure(y, g, fitReason(y, terms))

	for j := 0; j <= len(terms); j++ {
		name := "intercept"
		if j > 0 {
			name = terms[j-1].Name
		}
		if m.N > 0 && !m.beyond && m.basis.at[j] < 0 {
			m.LeftOut = append(m.LeftOut, name)
		}
		w := make([]float64, len(terms)+1)
		w[j] = 1
		m.Coefficients = append(m.Coefficients, m.Contrast(name, w))
	}
	return m
}

// measure finds residuals and what their errors are made of.
func (m *Linear) measure(y []float64, g grouping, reason string) {
	if m.N == 0 {
		m.Reason = "no observations"
		return
	}
	if m.beyond = reason != ""; m.beyond {
		m.Reason = reason
		return
	}
	b := m.basis
	m.fit = b.along(y)
	e := append([]float64(nil), y...)
	for k, q := range b.q {
		for i := range e {
			e[i] -= m.fit[k] * q[i]
		}
	}
	m.rss = dot(e, e)
	// What the intercept leaves of y: Q's first column is the intercept's.
	mean, tss := m.fit[0]*b.q[0][0], 0.0
	for _, v := range y {
		tss += (v - mean) * (v - mean)
	}
	size := dot(y, y)
	constant := tss <= 1e-24*size
	m.exact = constant || m.rss <= 1e-24*size
	df := m.N - b.rank()
	switch {
	case df == 0:
		m.Reason = fmt.Sprintf("%s for %s: nothing is left to tell errors from", several(m.N, "observation"), several(b.rank(), "coefficient"))
		m.exact = true
	case constant:
		m.Reason = "the outcome is constant: nothing is left to tell errors from"
	case m.exact:
		m.Reason = "the model fits without a rest: nothing is left to tell errors from"
	case g.count == 1:
		m.Reason = "one cluster: how clusters differ cannot be told from it"
		m.exact = true
	}
	if df > 0 {
		m.SD = finite(math.Sqrt(m.rss / float64(df)))
	}
	if !constant {
		m.R2 = finite(max(0, 1-m.rss/tss))
	}
	if m.exact || m.errors == Classical {
		return
	}
	if m.errors == HC2 || m.errors == HC3 {
		m.observe(e)
	} else {
		m.cluster(e, g)
	}
}

// full is how near to 1 a leverage is 1.
const full = 1 - 1e-9

// observe makes each observation a part of its own.
func (m *Linear) observe(e []float64) {
	b, p := m.basis, m.basis.rank()
	m.meat = square(p)
	m.parts = make([]part, m.N)
	numbers := make([]float64, m.N*(p+1))
	score := make([]float64, p)
	for i := range e {
		own := numbers[i*(p+1) : (i+1)*(p+1)]
		h := 0.0
		for k := range p {
			score[k] = b.q[k][i]
			h += score[k] * score[k]
		}
		h = min(h, 1)
		own[p] = h
		norm := math.Sqrt(h)
		for k := range p {
			if norm > 0 {
				own[k] = score[k] / norm
			}
		}
		m.parts[i] = part{lambda: own[p:], v: own[:p]}
		if h > full {
			continue
		}
		w := e[i] * e[i] / (1 - h)
		if m.errors == HC3 {
			w /= 1 - h
		}
		for j := range p {
			for k := range p {
				m.meat[j][k] += w * score[j] * score[k]
			}
		}
	}
}

// cluster makes each cluster a part. With Q_g'Q_g = V·diag(λ)·V' the corrected
// score Q_g'(I − Q_gQ_g')^(−1/2)·e_g is V·diag((1 − λ)^(−1/2))·V'·Q_g'e_g, so that no
// matrix of the size of a cluster is made.
func (m *Linear) cluster(e []float64, g grouping) {
	b, p := m.basis, m.basis.rank()
	m.meat = square(p)
	m.parts = make([]part, g.count)
	numbers := make([]float64, g.count*p*(p+1))
	score, turned := make([]float64, p), make([]float64, p)
	factor := float64(g.count) / float64(g.count-1) * float64(m.N-1) / float64(m.N-p)
	eigen := newEigen(p)
	for k, rows := range g.rows() {
		own := numbers[k*p*(p+1) : (k+1)*p*(p+1)]
		lambda, v := own[:p], own[p:]
		for s := range p {
			score[s] = 0
			for _, i := range rows {
				score[s] += b.q[s][i] * e[i]
			}
			for t := s; t < p; t++ {
				sum := 0.0
				for _, i := range rows {
					sum += b.q[s][i] * b.q[t][i]
				}
				v[s*p+t], v[t*p+s] = sum, sum
			}
		}
		eigen.of(v, lambda)
		m.parts[k] = part{lambda: lambda, v: v}
		if m.errors == CR2 {
			clear(turned)
			for s, l := range lambda {
				if l > full {
					continue
				}
				along := 0.0
				for t := range p {
					along += v[t*p+s] * score[t]
				}
				along /= math.Sqrt(1 - l)
				for t := range p {
					turned[t] += v[t*p+s] * along
				}
			}
			copy(score, turned)
		}
		for s := range p {
			for t := range p {
				m.meat[s][t] += score[s] * score[t]
			}
		}
	}
	if m.errors == CR1 {
		for s := range p {
			for t := range p {
				m.meat[s][t] *= factor
			}
		}
	}
}

// Contrast returns the estimate of Σ weights·coefficients, the intercept's weight
// first, with the same errors as the coefficients.
func (m *Linear) Contrast(name string, weights []float64) Coefficient {
	if len(weights) != len(m.basis.at) {
		panic("stats: a contrast has a weight for the intercept and for each term")
	}
	n := m.N
	if m.Clusters > 0 {
		n = m.Clusters
	}
	out := Coefficient{Estimate: Undefined(name, m.Method, m.N, m.level, m.Reason), SE: segue.Missing(), DF: segue.Missing(), T: segue.Missing(), P: segue.Missing()}
	if m.N == 0 || m.beyond {
		return out
	}
	c, ok := m.basis.turn(weights)
	if !ok {
		out.Reason = "it cannot be told apart from the terms before it, or does not vary"
		return out
	}
	out.Value = finite(dot(c, m.fit))
	out.Enough = n >= Least
	if m.exact {
		return out
	}
	size := dot(c, c)
	var variance, df float64
	if m.errors == Classical {
		df = float64(m.N - m.basis.rank())
		variance = m.rss / df * size
	} else {
		alone := 0.0
		df, alone = m.freedom(c)
		if alone > 1e-6*size {
			out.Reason = "it hangs on a single observation, whose error cannot be told"
			if m.Clusters > 0 {
				out.Reason = "it hangs on a single cluster, whose error cannot be told"
			}
			return out
		}
		for s := range c {
			variance += c[s] * dot(m.meat[s], c)
		}
		switch m.errors {
		case HC3:
			df = float64(m.N - m.basis.rank())
		case CR1:
			df = float64(m.Clusters - 1)
		}
	}
	out.conclude(math.Sqrt(max(0, variance)), df)
	return out
}

// freedom returns the degrees of freedom of Bell & McCaffrey for the combination c of
// Q's coefficients, and how much of c'c rests on parts of leverage 1. With
// a_g = A_g·Q_g·c and u_g = Q_g'a_g they are
//
//	(Σ_g a_g'a_g − u_g'u_g)² / Σ_gh ([g = h]·a_g'a_g − u_g'u_h)²,
//
// where the double sum is Σ_g (a_g'a_g − u_g'u_g)² − (u_g'u_g)² + ‖Σ_g u_g·u_g'‖².
func (m *Linear) freedom(c []float64) (df, alone float64) {
	p := len(c)
	u := make([]float64, p)
	outer := square(p)
	trace, squares := 0.0, 0.0
	for _, part := range m.parts {
		width := len(part.lambda)
		clear(u)
		aa := 0.0
		for s, l := range part.lambda {
			along := 0.0
			for t := range p {
				along += part.v[t*width+s] * c[t]
			}
			if l > full {
				alone += along * along
				continue
			}
			l = max(l, 0)
			aa += along * along * l / (1 - l)
			w := along * l / math.Sqrt(1-l)
			for t := range p {
				u[t] += part.v[t*width+s] * w
			}
		}
		uu := dot(u, u)
		trace += aa - uu
		squares += (aa-uu)*(aa-uu) - uu*uu
		for s := range p {
			for t := range p {
				outer[s][t] += u[s] * u[t]
			}
		}
	}
	for s := range p {
		squares += dot(outer[s], outer[s])
	}
	return trace * trace / squares, alone
}

// conclude fills in interval and test of a value whose standard error has df degrees
// of freedom.
func (c *Coefficient) conclude(se, df float64) {
	if !(se > 0) || math.IsInf(se, 0) || !(df > 0) {
		if c.Reason == "" {
			c.Reason = "nothing is left to tell its error from"
		}
		return
	}
	c.SE, c.DF = segue.Number(se), finite(df)
	t := float64(c.Value) / se
	// Beyond, t is normal to all digits.
	df = min(df, 1e8)
	half := tQuantile(c.Level, df) * se
	c.T, c.P = finite(t), finite(tP(t, df, TwoSided))
	c.Lo, c.Hi = finite(float64(c.Value)-half), finite(float64(c.Value)+half)
	if !c.Lo.Known() || !c.Hi.Known() {
		c.Lo, c.Hi = segue.Missing(), segue.Missing()
		c.Reason = "its error has next to no degrees of freedom"
	}
}

// eigen decomposes small symmetric matrices in one workspace.
type eigen struct {
	p    int
	work []float64
}

func newEigen(p int) *eigen {
	size := make([]float64, 1)
	a := blas64.Symmetric{N: p, Stride: p, Data: make([]float64, p*p), Uplo: blas.Upper}
	lapack64.Syev(lapack.EVCompute, a, make([]float64, p), size, -1)
	return &eigen{p: p, work: make([]float64, int(size[0]))}
}

// of replaces a, p × p by row, by its eigenvectors, a column each, and fills in the
// eigenvalues in ascending order.
func (e *eigen) of(a, values []float64) {
	if !lapack64.Syev(lapack.EVCompute, blas64.Symmetric{N: e.p, Stride: e.p, Data: a, Uplo: blas.Upper}, values, e.work, len(e.work)) {
		panic("stats: a symmetric matrix has no eigenvalues")
	}
}

func square(p int) [][]float64 {
	rows, all := make([][]float64, p), make([]float64, p*p)
	for i := range rows {
		rows[i] = all[i*p : (i+1)*p]
	}
	return rows
}

// several is "1 pair", "2 pairs".
func several(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// Test returns the t test of the coefficient being 0, whose null hypothesis in words is
// null, so that it is read as any other (Result.Reading).
func (c Coefficient) Test(null string) Result {
	r := Result{Method: c.Method, Null: null, Alternative: TwoSided, Statistic: c.T, StatisticName: "t", DF: c.DF, P: c.P, N: c.N, Enough: c.Enough, Effects: []Estimate{c.Estimate}}
	if !c.P.Known() {
		r.Reason = c.Reason
	}
	return r
}
