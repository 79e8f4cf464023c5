package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// stirlingError is ln n! − ln(√(2πn)·(n/e)^n), for n ≥ 0.
func stirlingError(n float64) float64 {
	if n < 16 {
		if n == 0 {
			return 0
		}
		g, _ := math.Lgamma(n + 1)
		return g - (n+.5)*math.Log(n) + n - .5*math.Log(2*math.Pi)
	}
	s := n * n
	return (1./12 - (1./360-(1./1260-(1./1680-1./1188/s)/s)/s)/s) / n
}

// deviance is x·ln(x/m) + m − x, without cancellation where x is near m.
func deviance(x, m float64) float64 {
	if math.Abs(x-m) < .1*(x+m) {
		v := (x - m) / (x + m)
		s, e := (x-m)*v, 2*x*v
		for j := 1; j < 1000; j++ {
			e *= v * v
			next := s + e/float64(2*j+1)
			if next == s {
				return next
			}
			s = next
		}
	}
	return x*math.Log(x/m) + m - x
}

// binomialProb is the probability of k successes in n trials of probability p, by
// the saddle-point expansion of Loader 2000 (Fast and accurate computation of
// binomial probabilities): about 14 digits for every n.
func binomialProb(k, n int, p float64) float64 {
	q := 1 - p
	switch {
	case k < 0 || k > n:
		return 0
	case p == 0:
		return truth(k == 0)
	case q == 0:
		return truth(k == n)
	case k == 0:
		return math.Exp(float64(n) * math.Log1p(-p))
	case k == n:
		return math.Exp(float64(n) * math.Log(p))
	}
	x, m := float64(k), float64(n)
	lc := stirlingError(m) - stirlingError(x) - stirlingError(m-x) - deviance(x, m*p) - deviance(m-x, m*q)
	return math.Exp(lc) * math.Sqrt(m/(2*math.Pi*x*(m-x)))
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// sumOf is a sum of probabilities without the rounding that keeps all of them from 1.
func sumOf(p float64) float64 {
	if p > 1-1e-12 {
		return 1
	}
	return p
}

// binomialAtMost is P(X ≤ k) and binomialAtLeast P(X ≥ k) of n trials of
// probability p.
func binomialAtMost(k, n int, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n:
		return 1
	}
	return mathext.RegIncBeta(float64(n-k), float64(k+1), 1-p)
}

func binomialAtLeast(k, n int, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > n:
		return 0
	}
	return mathext.RegIncBeta(float64(k), float64(n-k+1), p)
}

// poissonProb is the probability of k events where mean are expected (Loader 2000).
func poissonProb(k int, mean float64) float64 {
	switch {
	case mean == 0:
		return truth(k == 0)
	case k == 0:
		return math.Exp(-mean)
	}
	x := float64(k)
	return math.Exp(-stirlingError(x)-deviance(x, mean)) / math.Sqrt(2*math.Pi*x)
}

// poissonAtMost is P(X ≤ k) and poissonAtLeast P(X ≥ k) where mean are expected.
func poissonAtMost(k int, mean float64) float64 {
	if k < 0 {
		return 0
	}
	return mathext.GammaIncRegComp(float64(k+1), mean)
}

func poissonAtLeast(k int, mean float64) float64 {
	if k <= 0 {
		return 1
	}
	return mathext.GammaIncReg(float64(k), mean)
}

// hypergeometricProb is the probability that of m drawn from white + black balls
// without putting back k are white (Loader 2000).
func hypergeometricProb(k, white, black, m int) float64 {
	if k < 0 || k > white || m-k < 0 || m-k > black {
		return 0
	}
	if m == 0 {
		return 1
	}
	p := float64(m) / float64(white+black)
	if p == 1 {
		return truth(k == white)
	}
	return binomialProb(k, white, p) * binomialProb(m-k, black, p) / binomialProb(m, white+black, p)
}

// noncentralT is P(T ≤ t) of Student's t with df > 0 degrees of freedom and
// noncentrality d: E Φ(t·S − d), S² a χ² with df over df. The expectation is a sum
// over panels of Gauss–Legendre nodes, fine where either factor turns; absolute
// error below 1e-12. Unlike series it does not lose digits for large d.
func noncentralT(t, df, d float64) float64 {
	if math.IsInf(df, 1) {
		return normal.CDF(t - d)
	}
	// The density of S is c·s^(df−1)·exp(−df·s²/2).
	lg, _ := math.Lgamma(df / 2)
	c := math.Ln2 + df/2*math.Log(df/2) - lg
	density := func(s float64) float64 { return math.Exp(c + (df-1)*math.Log(s) - df*s*s/2) }
	// The range that holds all but 1e-17 of it: S − √((df−1)/df) is sub-Gaussian with
	// variance 1/df.
	mode, width := math.Sqrt(max(0, df-1)/df), 9/math.Sqrt(df)
	lo, hi := max(0, mode-width), mode+width
	total := 0.
	for _, cut := range cuts(lo, hi, t, d) {
		total += gauss(cut[0], cut[1], func(s float64) float64 { return normal.CDF(t*s-d) * density(s) })
	}
	return min(1, max(0, total))
}

// cuts splits [lo, hi] into 24 panels, and again around where t·s − d passes 0
// within eight widths of Φ.
func cuts(lo, hi, t, d float64) [][2]float64 {
	var edges []float64
	for i := 0; i <= 24; i++ {
		edges = append(edges, lo+(hi-lo)*float64(i)/24)
	}
	if t != 0 {
		for i := -8; i <= 8; i++ {
			if e := (d + float64(i)) / t; e > lo && e < hi {
				edges = append(edges, e)
			}
		}
	}
	slices.Sort(edges)
	panels := make([][2]float64, 0, len(edges))
	for i := 1; i < len(edges); i++ {
		if edges[i] > edges[i-1] {
			panels = append(panels, [2]float64{edges[i-1], edges[i]})
		}
	}
	return panels
}

// gauss integrates f over [a, b] with the 16 nodes of Gauss–Legendre.
func gauss(a, b float64, f func(float64) float64) float64 {
	mid, half, sum := (a+b)/2, (b-a)/2, 0.
	for i, x := range gaussNodes {
		sum += gaussWeights[i] * (f(mid-half*x) + f(mid+half*x))
	}
	return half * sum
}

// Abramowitz & Stegun 1964, table 25.4, n = 16.
var (
	gaussNodes = [8]float64{
		.095012509837637440185, .281603550779258913230, .458016777657227386342, .617876244402643748447,
		.755404408355003033895, .865631202387831743880, .944575023073232576078, .989400934991649932596,
	}
	gaussWeights = [8]float64{
		.189450610455068496285, .182603415044923588867, .169156519395002538189, .149595988816576732081,
		.124628971255533872052, .095158511682492784810, .062253523938647892863, .027152459411754094852,
	}
)

// noncentralChi2 is P(X ≤ x) of χ² with df degrees of freedom and noncentrality d:
// the Poisson mixture of central ones, summed from its middle outwards, and beyond a d
// of 20,000, where it would take long, by Sankaran 1963 (doi:10.1093/biomet/50.1-2.199),
// there within 1e-7.
func noncentralChi2(x, df, d float64) float64 {
	if x <= 0 {
		return 0
	}
	if d == 0 {
		return mathext.GammaIncReg(df/2, x/2)
	}
	if d > 20_000 {
		k := df + d
		p := (df + 2*d) / (k * k)
		h := 1 - 2*k*(df+3*d)/(3*(df+2*d)*(df+2*d))
		m := (h - 1) * (1 - 3*h)
		return normal.CDF((math.Pow(x/k, h) - (1 + h*p*(h-1-.5*(2-h)*m*p))) / (h * math.Sqrt(2*p) * (1 + .5*m*p)))
	}
	middle := int(d / 2)
	total := 0.
	for j, weight := middle, 1.; j >= 0 && weight > 1e-18; j-- {
		weight = poissonProb(j, d/2)
		total += weight * mathext.GammaIncReg(df/2+float64(j), x/2)
	}
	for j, weight := middle+1, 1.; weight > 1e-18; j++ {
		weight = poissonProb(j, d/2)
		total += weight * mathext.GammaIncReg(df/2+float64(j), x/2)
	}
	return min(1, total)
}

// root returns where f, monotone and of one sign at lo and the other at hi, is 0: by
// Brent's method (Brent 1973, chapter 4) to the last digits. Where the signs do not
// differ it returns the end with the smaller |f|.
func root(lo, hi float64, f func(float64) float64) float64 {
	a, b := lo, hi
	fa, fb := f(a), f(b)
	if fa == 0 {
		return a
	}
	if fb == 0 {
		return b
	}
	if (fa > 0) == (fb > 0) {
		if math.Abs(fa) < math.Abs(fb) {
			return a
		}
		return b
	}
	c, fc := a, fa
	d, e := b-a, b-a
	for range 200 {
		if (fb > 0) == (fc > 0) {
			c, fc = a, fa
			d, e = b-a, b-a
		}
		if math.Abs(fc) < math.Abs(fb) {
			a, b, c = b, c, b
			fa, fb, fc = fb, fc, fb
		}
		tol := 2*0x1p-52*math.Abs(b) + 1e-300
		m := (c - b) / 2
		if math.Abs(m) <= tol || fb == 0 {
			return b
		}
		if math.Abs(e) < tol || math.Abs(fa) <= math.Abs(fb) {
			d, e = m, m
		} else {
			var p, q float64
			s := fb / fa
			if a == c {
				p, q = 2*m*s, 1-s
			} else {
				r, t := fb/fc, fa/fc
				p, q = s*(2*m*t*(t-r)-(b-a)*(r-1)), (t-1)*(r-1)*(s-1)
			}
			if p > 0 {
				q = -q
			} else {
				p = -p
			}
			if 2*p < min(3*m*q-math.Abs(tol*q), math.Abs(e*q)) {
				d, e = p/q, d
			} else {
				d, e = m, m
			}
		}
		a, fa = b, fb
		if math.Abs(d) > tol {
			b += d
		} else {
			b += math.Copysign(tol, m)
		}
		fb = f(b)
	}
	return b
}

// rootFrom is root for a falling f on (−∞, ∞), bracketed from start by doubling.
func rootFrom(start, step float64, f func(float64) float64) float64 {
	lo, hi := start-step, start+step
	for range 60 {
		if f(lo) >= 0 {
			break
		}
		lo -= start - lo
	}
	for range 60 {
		if f(hi) <= 0 {
			break
		}
		hi += hi - start
	}
	return root(lo, hi, f)
}
