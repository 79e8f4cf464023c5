package stats

import (
	"fmt"
	"math"

	"segue"
)

const (
	sharesEqual = "both shares are equal"
	emptyGroup  = "a group has no observation"

	// exactTables is the most tables whose odds ratio is computed exactly.
	exactTables = 20_000
)

// TwoProportions compares k1 of n1 with k2 of n2, independent of each other, by the
// score test: z = (p1 − p2)/√(p(1 − p)(1/n1 + 1/n2)) with p the share of both
// together, whose square is Pearson's χ² without continuity correction. It is an
// approximation; where an expected count is below 5 a note points to Fisher.
//
// Effects: the difference p1 − p2 with Newcombe's hybrid score interval
// (NewcombeDifference), the ratio p1/p2 with the score interval of Koopman 1984
// (doi:10.2307/2531551), and the odds ratio with its exact conditional one (see
// Fisher). Without observations in a group, or where all or none succeeded, there is
// no P. It panics unless 0 ≤ k ≤ n in both.
func TwoProportions(k1, n1, k2, n2 int, o Options) Result {
	o = o.whole()
	effects := []Estimate{NewcombeDifference(k1, n1, k2, n2, o.Level), RatioOfShares(k1, n1, k2, n2, o.Level), oddsRatio(k1, n1, k2, n2, o.Level)}
	const method = "score test of two proportions (χ² without continuity correction)"
	n, k := n1+n2, k1+k2
	switch {
	case n1 == 0 || n2 == 0:
		return noResult(method, sharesEqual, o, n, emptyGroup, effects...)
	case k == 0 || k == n:
		return noResult(method, sharesEqual, o, n, "all outcomes are the same", effects...)
	}
	p := float64(k) / float64(n)
	z := (float64(k1)/float64(n1) - float64(k2)/float64(n2)) / math.Sqrt(p*(1-p)*(1/float64(n1)+1/float64(n2)))
	r := Result{
		Method: method, Null: sharesEqual, Alternative: o.Alternative,
		Statistic: segue.Number(z), StatisticName: "z", DF: segue.Missing(), P: segue.Number(normalP(z, o.Alternative)),
		N: n, Enough: min(n1, n2) >= Least, Effects: effects,
	}
	if least := float64(min(n1, n2)) * min(p, 1-p); least < 5 {
		r.Notes = append(r.Notes, fmt.Sprintf("the smallest expected count is %.1f, below 5: prefer Fisher's exact test", least))
	}
	return r
}

// normalP is the p of a standard normal z.
func normalP(z float64, alternative Alternative) float64 {
	switch alternative {
	case Less:
		return normal.CDF(z)
	case Greater:
		return normal.CDF(-z)
	}
	return 2 * normal.CDF(-math.Abs(z))
}

// NewcombeDifference returns p1 − p2 of independent groups with the hybrid score
// interval of Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I,
// method 10), which squares and adds the distances to both Wilson intervals [l, u]:
//
//	p1 − p2 − √((p1 − l1)² + (u2 − p2)²)  to  p1 − p2 + √((u1 − p1)² + (p2 − l2)²).
//
// It stays within [−1, 1] and works with counts of 0. Undefined if a group is empty.
func NewcombeDifference(k1, n1, k2, n2 int, level float64) Estimate {
	mustBeShare(k1, n1)
	mustBeShare(k2, n2)
	level = wholeLevel(level)
	const name, method = "difference of shares", "first less second share; hybrid score interval (Newcombe 1998)"
	if n1 == 0 || n2 == 0 {
		return Undefined(name, method, n1+n2, level, emptyGroup)
	}
	p1, p2, z := float64(k1)/float64(n1), float64(k2)/float64(n2), zOf(level)
	l1, u1 := wilson(k1, n1, z)
	l2, u2 := wilson(k2, n2, z)
	e := estimate(name, method, n1+n2, level, p1-p2, max(-1, p1-p2-math.Hypot(p1-l1, u2-p2)), min(1, p1-p2+math.Hypot(u1-p1, p2-l2)))
	e.Enough = min(n1, n2) >= Least
	return e
}

// RatioOfShares returns p1/p2 of independent groups with the asymptotic score
// interval of Koopman 1984 (doi:10.2307/2531551): the ratios φ whose χ², at the
// likeliest shares with p1 = φ·p2, does not exceed z². Where none of the second group
// succeeded the ratio has no upper end and no value; where none of either did it is
// undefined.
func RatioOfShares(k1, n1, k2, n2 int, level float64) Estimate {
	mustBeShare(k1, n1)
	mustBeShare(k2, n2)
	level = wholeLevel(level)
	const name, method = "ratio of shares", "first by second share; score interval (Koopman 1984)"
	switch {
	case n1 == 0 || n2 == 0:
		return Undefined(name, method, n1+n2, level, emptyGroup)
	case k1 == 0 && k2 == 0:
		return Undefined(name, method, n1+n2, level, "nothing succeeded in either group")
	}
	z := zOf(level)
	x, y, m, n := float64(k1), float64(k2), float64(n1), float64(n2)
	// Koopman's χ² at φ, with the constrained p1 the smaller root of its quadratic.
	score := func(logPhi float64) float64 {
		phi := math.Exp(logPhi)
		b := phi*(m+y) + x + n
		p1 := (b - math.Sqrt(max(0, b*b-4*phi*(m+n)*(x+y)))) / (2 * (m + n))
		if p1 <= 0 || p1 >= 1 {
			return math.Inf(1)
		}
		d := x - m*p1
		return d * d / (m * p1 * (1 - p1)) * (1 + m*(phi-p1)/(n*(1-p1)))
	}
	outside := func(u float64) float64 { return score(u) - z*z }
	// The estimate, or a ratio inside the interval where it is not finite.
	mid := math.Log((x + .5) / (m + .5) / ((y + .5) / (n + .5)))
	if k1 > 0 && k2 > 0 {
		mid = math.Log(x / m / (y / n))
	}
	e := estimate(name, method, n1+n2, level, x/m/(y/n), 0, math.Inf(1))
	e.Enough = min(n1, n2) >= Least
	if k1 > 0 {
		e.Lo = finite(math.Exp(endOf(mid, -1, outside)))
	}
	if k2 > 0 {
		e.Hi = finite(math.Exp(endOf(mid, 1, outside)))
	} else {
		e.Reason = "nothing succeeded in the second group: the ratio has no upper end"
	}
	return e
}

// endOf returns where outside, below 0 at mid, rises through 0 in direction dir.
func endOf(mid, dir float64, outside func(float64) float64) float64 {
	step := .5
	for outside(mid+dir*step) < 0 && step < 1e3 {
		step *= 2
	}
	return root(mid, mid+dir*step, func(u float64) float64 { return math.Max(-1e300, math.Min(1e300, outside(u))) })
}

// Fisher tests exactly whether k1 of n1 and k2 of n2 have one share, given how many
// succeeded together. The two-sided P sums the probabilities of all tables no more
// probable than the observed one (R's fisher.test). The effect is the conditional
// odds ratio with its exact interval (Fisher 1935, doi:10.2307/2342435; Cornfield
// 1956), then difference and ratio as in TwoProportions. O(k1 + k2).
//
// Without observations in a group, or where all or none succeeded, there is no P.
// It panics unless 0 ≤ k ≤ n in both.
func Fisher(k1, n1, k2, n2 int, o Options) Result {
	mustBeShare(k1, n1)
	mustBeShare(k2, n2)
	o = o.whole()
	effects := []Estimate{oddsRatio(k1, n1, k2, n2, o.Level), NewcombeDifference(k1, n1, k2, n2, o.Level), RatioOfShares(k1, n1, k2, n2, o.Level)}
	const method = "Fisher's exact test"
	n, k := n1+n2, k1+k2
	switch {
	case n1 == 0 || n2 == 0:
		return noResult(method, sharesEqual, o, n, emptyGroup, effects...)
	case k == 0 || k == n:
		return noResult(method, sharesEqual, o, n, "all outcomes are the same", effects...)
	}
	at := hypergeometricProb(k1, n1, n2, k)
	p, mid := 0., -at/2
	for x := max(0, k-n2); x <= min(k, n1); x++ {
		px := hypergeometricProb(x, n1, n2, k)
		switch {
		case o.Alternative == Less && x <= k1, o.Alternative == Greater && x >= k1:
			p += px
		case o.Alternative == TwoSided && px <= at*sameProb:
			p += px
			if x != k1 && px*sameProb >= at {
				mid -= px / 2
			}
		}
	}
	p = sumOf(p)
	return Result{
		Method: method, Null: sharesEqual, Alternative: o.Alternative,
		Statistic: segue.Number(k1), StatisticName: "successes in the first group", DF: segue.Missing(), P: segue.Number(p), MidP: segue.Number(max(0, p+mid)),
		Exact: true, N: n, Enough: min(n1, n2) >= Least, Effects: effects,
	}
}

// oddsRatio is the conditional maximum-likelihood odds ratio of k1 of n1 against k2
// of n2 with the exact interval of the noncentral hypergeometric distribution.
func oddsRatio(k1, n1, k2, n2 int, level float64) Estimate {
	const name, method = "odds ratio", "first by second odds; conditional, with its exact interval (Fisher 1935; Cornfield 1956)"
	n, k := n1+n2, k1+k2
	lo, hi := max(0, k-n2), min(k, n1)
	switch {
	case n1 == 0 || n2 == 0:
		return Undefined(name, method, n, level, emptyGroup)
	case lo == hi:
		return Undefined(name, method, n, level, "all outcomes are the same")
	}
	if hi-lo > exactTables {
		// Woolf 1955 (doi:10.1111/j.1469-1809.1955.tb01348.x): at such counts the same.
		a, b, c, d := float64(k1), float64(n1-k1), float64(k2), float64(n2-k2)
		if min(a, b, c, d) > 100 {
			u, half := math.Log(a*d/(b*c)), zOf(level)*math.Sqrt(1/a+1/b+1/c+1/d)
			e := estimate(name, "first by second odds; interval of its logarithm (Woolf 1955)", n, level, math.Exp(u), math.Exp(u-half), math.Exp(u+half))
			e.Enough = min(n1, n2) >= Least
			return e
		}
	}
	central := make([]float64, hi-lo+1) // log probabilities at odds ratio 1
	for i := range central {
		central[i] = math.Log(hypergeometricProb(lo+i, n1, n2, k))
	}
	// at returns mean, P(X ≤ k1) and P(X ≥ k1) where the log odds ratio is u.
	at := func(u float64) (mean, most, least float64) {
		top := math.Inf(-1)
		for i, l := range central {
			top = max(top, l+u*float64(i))
		}
		sum := 0.
		for i, l := range central {
			w := math.Exp(l + u*float64(i) - top)
			sum += w
			mean += w * float64(lo+i)
			if lo+i <= k1 {
				most += w
			}
			if lo+i >= k1 {
				least += w
			}
		}
		return mean / sum, most / sum, least / sum
	}
	tail := (1 - level) / 2
	e := estimate(name, method, n, level, 0, 0, math.Inf(1))
	e.Enough = min(n1, n2) >= Least
	switch {
	case k1 == hi:
		e.Value, e.Reason = segue.Missing(), "a count of 0 leaves the odds ratio without an upper end"
	case k1 > lo:
		e.Value = segue.Number(math.Exp(rootFrom(0, 1, func(u float64) float64 { m, _, _ := at(u); return float64(k1) - m })))
	}
	if k1 > lo {
		e.Lo = segue.Number(math.Exp(rootFrom(0, 1, func(u float64) float64 { _, _, l := at(u); return tail - l })))
	}
	if k1 < hi {
		e.Hi = segue.Number(math.Exp(rootFrom(0, 1, func(u float64) float64 { _, m, _ := at(u); return m - tail })))
	}
	return e
}
