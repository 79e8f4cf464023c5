package stats

import (
	"fmt"
	"math"
	"slices"

	"segue"
)

// MixedOptions are those of FitMixed.
type MixedOptions struct {
	Level float64 // confidence level of the intervals, in (0, 1); default Level
}

// Mixed is a linear model with a random intercept for each cluster.
type Mixed struct {
	Method       string        `json:"method"`
	N            int           `json:"n"`            // observations
	Clusters     int           `json:"clusters"`     //
	Coefficients []Coefficient `json:"coefficients"` // the intercept, then the terms in their order
	Between      Estimate      `json:"between"`      // standard deviation of the clusters' levels
	Within       Estimate      `json:"within"`       // standard deviation within clusters
	ICC          Estimate      `json:"icc"`          // between²/(between² + within²), [0, 1]
	SD           segue.Number  `json:"sd"`           // Within's value
	Criterion    segue.Number  `json:"criterion"`    // −2 log of the restricted likelihood at its maximum
	Boundary     bool          `json:"boundary"`     // the clusters differ no more than chance makes them: Between is 0
	LeftOut      []string      `json:"left_out"`     // terms that those before them already hold
	Note         string        `json:"note,omitempty"`
	Reason       string        `json:"reason,omitempty"`

	level        float64
	basis        *basis
	fit          []float64   // coefficients of Q
	covariance   [][]float64 // of fit, as Kenward & Roger correct it
	naive        [][]float64 // of fit, as if the variances were known
	slope        [2][][]float64
	uncertainty  [2][2]float64 // covariance of within² and between²
	undetermined bool
}

// FitMixed fits
//
//	y = intercept + terms + level of the cluster + rest,
//
// levels and rests drawn independently from normal distributions, by restricted
// maximum likelihood (REML; Patterson & Thompson 1971, doi:10.1093/biomet/58.3.545).
// With one grouping the likelihood depends on the data only through sums within
// clusters and, for each size of cluster, between them; profiled over all else it has
// one unknown, the ratio of the two variances, whose score is solved by bisection to
// rounding. O(n·p²) once, then O(K·p²) a step, K the number of different sizes.
//
// Standard errors and degrees of freedom of the coefficients are those of Kenward &
// Roger 1997 (doi:10.2307/2533558), with the expected information, for one
// coefficient or contrast at a time; there the method's scale factor is 1. Intervals
// of the variances and of the ICC are those of the profiled restricted likelihood,
// which need not be symmetric and may begin at 0.
//
// A variance between clusters of 0 is not an error: Boundary says so, and the model
// is then that of independent observations, with errors that still allow for the
// variance not being known. What cannot be fitted has a Reason: fewer than two
// clusters, clusters of one observation each, no variation within clusters, terms
// that tell every cluster from every other.
//
// Estimates are Enough from Least clusters. It panics if columns are not of one length or
// not finite.
func FitMixed(y []float64, terms []Term, clusters []int, o MixedOptions) *Mixed {
	if clusters == nil {
		panic("stats: a mixed model needs clusters")
	}
	mustFit(y, terms, clusters)
	m := &Mixed{Method: "random intercept, REML, Kenward–Roger errors", N: len(y), SD: segue.Missing(), Criterion: segue.Missing(), LeftOut: []string{}, level: wholeLevel(o.Level)}
	g := groupsOf(clusters)
	m.Clusters = g.count
	m.basis = newBasis(m.N, terms)
	m.Between = Undefined("standard deviation between clusters", "profiled restricted likelihood", m.N, m.level, "")
	m.Within = Undefined("standard deviation within clusters", "profiled restricted likelihood", m.N, m.level, "")
	m.ICC = Undefined("intra-class correlation", "profiled restricted likelihood", m.N, m.level, "")

	m.Reason = fitReason(y, terms)
	if m.Reason == "" && m.fits(y, g) {
		r := newRestricted(y, m.basis, g)
		m.solve(r)
	}
	if m.Reason != "" {
		m.undetermined = true
		for _, e := range []*Estimate{&m.Between, &m.Within, &m.ICC} {
			e.Reason = m.Reason
		}
	}
	for j := 0; j <= len(terms); j++ {
		name := "intercept"
		if j > 0 {
			name = terms[j-1].Name
		}
		if m.N > 0 && m.Reason != tooFar && m.basis.at[j] < 0 {
			m.LeftOut = append(m.LeftOut, name)
		}
		w := make([]float64, len(terms)+1)
		w[j] = 1
		m.Coefficients = append(m.Coefficients, m.Contrast(name, w))
	}
	return m
}

// fits reports whether there is anything to fit, and sets Reason if not.
func (m *Mixed) fits(y []float64, g grouping) bool {
	switch {
	case m.N == 0:
		m.Reason = "no observations"
	case m.Clusters == 1:
		m.Reason = "one cluster: how clusters differ cannot be told from it"
	case m.Clusters == m.N:
		m.Reason = "each cluster has one observation: what lies between clusters cannot be told from what lies within"
	case m.N <= m.basis.rank():
		m.Reason = fmt.Sprintf("%s for %s: nothing is left to tell errors from", several(m.N, "observation"), several(m.basis.rank(), "coefficient"))
	}
	return m.Reason == ""
}

// restricted is what the restricted likelihood needs of the data. Its columns are
// those of Q and, last, the residuals of least squares.
type restricted struct {
	n, p    int
	start   []float64   // Q'y: what the residuals leave out
	logR    float64     // log |R|, twice
	within  [][]float64 // (p+1)²: Σ (v − mean of its cluster)(…)'
	between []sizes     // by size of cluster, ascending
}

// sizes are the clusters of one size.
type sizes struct {
	size  float64
	count float64
	sum   [][]float64 // (p+1)²: Σ size·mean·mean'
}

func newRestricted(y []float64, b *basis, g grouping) *restricted {
	p := b.rank()
	r := &restricted{n: b.n, p: p, start: b.along(y), within: square(p + 1)}
	for k := range p {
		r.logR += 2 * math.Log(b.r[k][k])
	}
	rest := append([]float64(nil), y...)
	for k, q := range b.q {
		for i := range rest {
			rest[i] -= r.start[k] * q[i]
		}
	}
	columns := append(append([][]float64(nil), b.q...), rest)
	at := map[int]int{}
	mean, v := make([]float64, p+1), make([]float64, p+1)
	for _, rows := range g.rows() {
		clear(mean)
		for k, c := range columns {
			for _, i := range rows {
				mean[k] += c[i]
			}
			mean[k] /= float64(len(rows))
		}
		for _, i := range rows {
			for k, c := range columns {
				v[k] = c[i] - mean[k]
			}
			addOuter(r.within, v, 1)
		}
		k, ok := at[len(rows)]
		if !ok {
			k = len(r.between)
			at[len(rows)] = k
			r.between = append(r.between, sizes{size: float64(len(rows)), sum: square(p + 1)})
		}
		r.between[k].count++
		addOuter(r.between[k].sum, mean, r.between[k].size)
	}
	slices.SortFunc(r.between, func(a, b sizes) int { return int(a.size - b.size) })
	return r
}

func addOuter(to [][]float64, v []float64, w float64) {
	for j := range v {
		for k := range v {
			to[j][k] += w * v[j] * v[k]
		}
	}
}

// at is the likelihood at one ratio γ = between²/within².
type at struct {
	beta    []float64   // of Q, beside start
	inverse [][]float64 // A⁻¹, A = Q'(I + γZZ')⁻¹Q
	logs    float64     // log|I + γZZ'| + log|A| + 2·log|R|
	rss     float64     // weighted residual sum of squares
}

func (r *restricted) at(gamma float64) at {
	p := r.p
	s := square(p + 1)
	for j := range s {
		copy(s[j], r.within[j])
	}
	a := at{logs: r.logR}
	for _, k := range r.between {
		d := 1 + gamma*k.size
		a.logs += k.count * math.Log(d)
		addScaled(s, k.sum, 1/d)
	}
	inverse, logDet := invert(s, p)
	a.inverse = inverse
	a.logs += logDet
	a.beta = make([]float64, p)
	for j := range p {
		a.beta[j] = dot(inverse[j], s[p][:p])
	}
	a.rss = s[p][p] - dot(a.beta, s[p][:p])
	return a
}

// criterion is −2 log of the restricted likelihood, the variance within profiled out.
func (r *restricted) criterion(a at) float64 {
	df := float64(r.n - r.p)
	return a.logs + df*(1+math.Log(2*math.Pi*a.rss/df))
}

// score is its derivative by γ.
func (r *restricted) score(gamma float64) float64 {
	a := r.at(gamma)
	v := make([]float64, r.p+1)
	for j, b := range a.beta {
		v[j] = -b
	}
	v[r.p] = 1
	logs, rss := 0.0, 0.0
	for _, k := range r.between {
		d := 1 + gamma*k.size
		w := k.size / (d * d)
		logs += k.count * k.size / d
		rss -= w * quadratic(k.sum, v)
		for i := range r.p {
			logs -= w * dot(a.inverse[i], k.sum[i][:r.p])
		}
	}
	return logs + float64(r.n-r.p)*rss/a.rss
}

// criterionOf is −2 log of the restricted likelihood at both variances.
func (r *restricted) criterionOf(within, between float64) float64 {
	a := r.at(between / within)
	return a.logs + float64(r.n-r.p)*math.Log(2*math.Pi*within) + a.rss/within
}

// ratios are where a maximum is looked for first: 0, and 10⁻⁸ to 10⁸ by quarters of a
// power of ten.
func ratios() []float64 {
	g := []float64{0}
	for e := -32; e <= 32; e++ {
		g = append(g, math.Pow(10, float64(e)/4))
	}
	return g
}

// solve finds the maximum and all that follows from it.
func (m *Mixed) solve(r *restricted) {
	p := r.p
	total := r.within[p][p]
	for _, k := range r.between {
		total += k.sum[p][p]
	}
	size := dot(r.start, r.start) + total
	if total <= 1e-24*size {
		m.Reason = "the outcome is constant, or the model fits without a rest: nothing is left to tell errors from"
		return
	}
	if left := r.restWithin(); left <= 1e-20*size {
		m.Reason = "nothing varies within clusters: what lies between cannot be told from what lies within"
		return
	}
	grid := ratios()
	values := make([]float64, len(grid))
	best := 0
	for i, g := range grid {
		values[i] = r.criterion(r.at(g))
		if values[i] < values[best] {
			best = i
		}
	}
	if best == len(grid)-1 {
		m.Reason = "next to nothing varies within clusters: what lies between cannot be told from what lies within"
		return
	}
	gamma := 0.0
	if best > 0 || r.score(0) < 0 {
		lo, hi := grid[max(0, best-1)], grid[best+1]
		for range 200 {
			mid := (lo + hi) / 2
			if mid == lo || mid == hi {
				break
			}
			if r.score(mid) < 0 {
				lo = mid
			} else {
				hi = mid
			}
		}
		gamma = (lo + hi) / 2
	}
	a := r.at(gamma)
	within := a.rss / float64(r.n-p)
	between := gamma * within
	m.inform(r, a, within, between)
	if m.Reason != "" {
		return
	}
	m.Boundary = gamma == 0
	if m.Boundary {
		m.Note = "the clusters differ no more than chance makes them: the variance between them is estimated as 0"
	}
	m.SD, m.Criterion = finite(math.Sqrt(within)), finite(r.criterion(a))
	m.fit = make([]float64, p)
	for k := range p {
		m.fit[k] = r.start[k] + a.beta[k]
	}
	m.profile(r, gamma, within, between)
}

// restWithin is what the columns leave of the outcome within clusters.
func (r *restricted) restWithin() float64 {
	p := r.p
	s := square(p + 1)
	for j := range s {
		copy(s[j], r.within[j])
	}
	// Columns that do not vary within clusters are nothing but rounding there: sweep the
	// others, the largest first.
	done := make([]bool, p)
	for range p {
		at := -1
		for j := range p {
			if !done[j] && s[j][j] > 1e-12 && (at < 0 || s[j][j] > s[at][at]) {
				at = j
			}
		}
		if at < 0 {
			break
		}
		done[at] = true
		for i := range s {
			if i == at || (i < p && done[i]) {
				continue
			}
			f := s[i][at] / s[at][at]
			for j := range s {
				s[i][j] -= f * s[at][j]
			}
		}
	}
	return s[p][p]
}

// inform finds the errors of the coefficients after Kenward & Roger: with
// V = within·I + between·ZZ', and for the two variances i and j
//
//	P_i = −Q'V⁻¹V_iV⁻¹Q and Q_ij = Q'V⁻¹V_iV⁻¹V_jV⁻¹Q,
//
// sums over sizes of cluster, since V has the eigenvalues within and
// within + size·between.
func (m *Mixed) inform(r *restricted, a at, within, between float64) {
	p := r.p
	phi := square(p)
	for i := range p {
		for j := range p {
			phi[i][j] = within * a.inverse[i][j]
		}
	}
	var first [2][][]float64
	var second [2][2][][]float64
	var traces [2][2]float64
	for i := range 2 {
		first[i] = square(p)
		for j := range 2 {
			second[i][j] = square(p)
		}
	}
	clusters := 0.0
	addScaled(first[0], r.within, -1/(within*within))
	addScaled(second[0][0], r.within, 1/(within*within*within))
	for _, k := range r.between {
		d := within + k.size*between
		clusters += k.count
		power := [3]float64{1, k.size, k.size * k.size}
		for i := range 2 {
			addScaled(first[i], k.sum, -power[i]/(d*d))
			for j := range 2 {
				addScaled(second[i][j], k.sum, power[i+j]/(d*d*d))
				traces[i][j] += k.count * power[i+j] / (d * d)
			}
		}
	}
	traces[0][0] += (float64(r.n) - clusters) / (within * within)

	var information [2][2]float64
	var firstPhi [2][][]float64
	for i := range 2 {
		firstPhi[i] = product(first[i], phi)
	}
	for i := range 2 {
		for j := range 2 {
			information[i][j] = (traces[i][j] - 2*traceOf(second[i][j], phi) + traceOf(firstPhi[i], firstPhi[j])) / 2
		}
	}
	det := information[0][0]*information[1][1] - information[0][1]*information[1][0]
	if !(det > 1e-10*information[0][0]*information[1][1]) || !(information[1][1] > 1e-10*traces[1][1]) {
		m.Reason = "the terms tell every cluster from every other: what lies between clusters cannot be told"
		return
	}
	m.uncertainty = [2][2]float64{{information[1][1] / det, -information[0][1] / det}, {-information[1][0] / det, information[0][0] / det}}

	inner := square(p)
	for i := range 2 {
		for j := range 2 {
			addScaled(inner, second[i][j], m.uncertainty[i][j])
			addScaled(inner, product(firstPhi[i], first[j]), -m.uncertainty[i][j])
		}
	}
	m.naive = phi
	m.covariance = product(product(phi, inner), phi)
	for i := range p {
		for j := range p {
			m.covariance[i][j] = phi[i][j] + 2*m.covariance[i][j]
		}
	}
	for i := range 2 {
		m.slope[i] = product(product(phi, first[i]), phi)
	}
}

// Contrast returns the estimate of Σ weights·coefficients, the intercept's weight
// first, with the error and the degrees of freedom of Kenward & Roger.
func (m *Mixed) Contrast(name string, weights []float64) Coefficient {
	if len(weights) != len(m.basis.at) {
		panic("stats: a contrast has a weight for the intercept and for each term")
	}
	out := Coefficient{Estimate: Undefined(name, m.Method, m.N, m.level, m.Reason), SE: segue.Missing(), DF: segue.Missing(), T: segue.Missing(), P: segue.Missing()}
	if m.undetermined {
		return out
	}
	c, ok := m.basis.turn(weights)
	if !ok {
		out.Reason = "it cannot be told apart from the terms before it, or does not vary"
		return out
	}
	out.Value, out.Enough = finite(dot(c, m.fit)), m.Clusters >= Least
	naive := quadratic(m.naive, c)
	a := 0.0
	for i := range 2 {
		for j := range 2 {
			a += m.uncertainty[i][j] * quadratic(m.slope[i], c) * quadratic(m.slope[j], c)
		}
	}
	out.conclude(math.Sqrt(quadratic(m.covariance, c)), 2*naive*naive/a)
	return out
}

// profile finds the intervals of the two standard deviations and the ICC.
func (m *Mixed) profile(r *restricted, gamma, within, between float64) {
	bound := float64(m.Criterion) + zOf(m.level)*zOf(m.level)
	fill := func(e *Estimate, value, lo, hi float64) {
		e.Value, e.Lo, e.Hi, e.Enough = finite(value), finite(lo), finite(hi), m.Clusters >= Least
		if !e.Hi.Known() {
			e.Reason = "the likelihood does not bound it from above"
		}
	}
	icc := func(g float64) float64 { return g / (1 + g) }
	byRatio := func(g float64) float64 { return r.criterion(r.at(g)) }
	lo := below(byRatio, gamma, bound)
	hi := above(byRatio, max(gamma, 1e-3), bound)
	fill(&m.ICC, icc(gamma), icc(lo), 1)
	if !math.IsInf(hi, 1) {
		m.ICC.Hi = finite(icc(hi))
	}

	scale := math.Log(within)
	byBetween := func(v float64) float64 {
		return lowest(func(l float64) float64 { return r.criterionOf(math.Exp(l), v) }, scale)
	}
	fill(&m.Between, math.Sqrt(between), math.Sqrt(below(byBetween, between, bound)), math.Sqrt(above(byBetween, max(between, 1e-3*within), bound)))

	byWithin := func(v float64) float64 {
		best := r.criterionOf(v, 0)
		free := lowest(func(l float64) float64 { return r.criterionOf(v, math.Exp(l)) }, math.Log(max(between, 1e-3*within)))
		return min(best, free)
	}
	fill(&m.Within, math.Sqrt(within), math.Sqrt(below(byWithin, within, bound)), math.Sqrt(above(byWithin, within, bound)))
}

// below returns where f, under the bound at from, comes up to it left of from: 0 if it
// does not.
func below(f func(float64) float64, from, bound float64) float64 {
	out := from
	for f(out) <= bound {
		if out < 1e-12*from || out == 0 {
			return 0
		}
		out /= 4
	}
	return crossing(f, out, min(from, out*4), bound)
}

// above returns where f comes up to the bound right of from: +Inf if it does not.
func above(f func(float64) float64, from, bound float64) float64 {
	out := from
	for f(out) <= bound {
		if out > 1e12*from {
			return math.Inf(1)
		}
		out *= 4
	}
	if out == from {
		return crossing(f, from, 0, bound)
	}
	return crossing(f, out, out/4, bound)
}

// crossing returns where f comes to the bound, between outside, where it is above, and
// inside, by false position (the Illinois variant).
func crossing(f func(float64) float64, outside, inside, bound float64) float64 {
	fo, fi := f(outside)-bound, f(inside)-bound
	side := 0
	for range 200 {
		next := (outside*fi - inside*fo) / (fi - fo)
		if !(next > min(outside, inside) && next < max(outside, inside)) {
			next = (outside + inside) / 2
		}
		fn := f(next) - bound
		if math.Abs(fn) < 1e-9 || math.Abs(outside-inside) <= 1e-13*math.Abs(next) {
			return next
		}
		if fn > 0 {
			outside, fo = next, fn
			if side == 1 {
				fi /= 2
			}
			side = 1
		} else {
			inside, fi = next, fn
			if side == -1 {
				fo /= 2
			}
			side = -1
		}
	}
	return (outside + inside) / 2
}

// lowest returns the minimum of f near from, by widening steps and golden section. The
// value is good to the square of the place's error.
func lowest(f func(float64) float64, from float64) float64 {
	step := 1.0
	a, b := from-step, from+step
	fm, fa, fb := f(from), f(a), f(b)
	for range 60 {
		switch {
		case fa < fm:
			b, fb = from, fm
			from, fm = a, fa
			step *= 1.6
			a = from - step
			fa = f(a)
		case fb < fm:
			a, fa = from, fm
			from, fm = b, fb
			step *= 1.6
			b = from + step
			fb = f(b)
		default:
			return golden(f, a, b)
		}
	}
	return fm
}

func golden(f func(float64) float64, a, b float64) float64 {
	const ratio = .6180339887498949
	x, y := b-ratio*(b-a), a+ratio*(b-a)
	fx, fy := f(x), f(y)
	for b-a > 1e-6 {
		if fx < fy {
			b, y, fy = y, x, fx
			x = b - ratio*(b-a)
			fx = f(x)
		} else {
			a, x, fx = x, y, fy
			y = a + ratio*(b-a)
			fy = f(y)
		}
	}
	return min(fx, fy)
}

// addScaled adds w times the upper left of m to the matrix to.
func addScaled(to, m [][]float64, w float64) {
	for i := range to {
		for j := range to[i] {
			to[i][j] += w * m[i][j]
		}
	}
}

// invert returns the inverse of the p × p upper left of s, symmetric and positive
// definite, and the logarithm of its determinant, by Cholesky.
func invert(s [][]float64, p int) (inverse [][]float64, logDet float64) {
	l := square(p)
	for i := range p {
		for j := 0; j <= i; j++ {
			d := s[i][j] - dot(l[i][:j], l[j][:j])
			if i == j {
				l[i][i] = math.Sqrt(max(d, math.SmallestNonzeroFloat64))
				logDet += 2 * math.Log(l[i][i])
			} else {
				l[i][j] = d / l[j][j]
			}
		}
	}
	inverse = square(p)
	column := make([]float64, p)
	for c := range p {
		for i := range p {
			column[i] = -dot(l[i][:i], column[:i])
			if i == c {
				column[i]++
			}
			column[i] /= l[i][i]
		}
		for i := p - 1; i >= 0; i-- {
			for j := i + 1; j < p; j++ {
				column[i] -= l[j][i] * inverse[j][c]
			}
			inverse[i][c] = column[i] / l[i][i]
		}
	}
	return inverse, logDet
}

func product(a, b [][]float64) [][]float64 {
	out := square(len(a))
	for i := range a {
		for k := range a {
			for j := range a {
				out[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return out
}

// traceOf is tr(a·b).
func traceOf(a, b [][]float64) float64 {
	t := 0.0
	for i := range a {
		for k := range a {
			t += a[i][k] * b[k][i]
		}
	}
	return t
}

func quadratic(m [][]float64, v []float64) float64 {
	q := 0.0
	for i := range v {
		q += v[i] * dot(m[i][:len(v)], v)
	}
	return q
}
