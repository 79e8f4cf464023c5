package stats

import (
	"fmt"
	"math"
	"slices"

	"segue"
)

// exactWork is the most steps that the exact distribution of the rank sum may take:
// a third of a second.
const exactWork = 300_000_000

// MannWhitney tests whether two independent samples come from one distribution, by
// ranks (Mann & Whitney 1947, doi:10.1214/aoms/1177730491). The statistic U counts the
// pairs in which x is above y, ties half. P is exact given the ranks as they are, ties
// included, up to about 100 in each sample; beyond, or on request, normal with the
// variance corrected for ties and a continuity correction of ½. The two-sided exact P
// is the chance of a U at least as far from its mean.
//
// Effects: the Hodges–Lehmann shift, the median of the differences x_i − y_j, with the
// interval of the tie-free test, which covers more than its level with ties; and
// Cliff's delta 2U/(mn) − 1, [−1, 1] (Cliff 1993, doi:10.1037/0033-2909.114.3.494) with
// the interval of Newcombe 2006 (doi:10.1002/sim.2324, method 5).
//
// An empty sample, or values all equal, have no P. It panics on a value that is not
// finite.
func MannWhitney(x, y []float64, o RankOptions) Result {
	mustBeFinite(x, y)
	o.Options = o.whole()
	const null = "both samples come from one distribution"
	m, n := len(x), len(y)
	doubled, ties := doubledRanks(append(slices.Clone(x), y...))
	sum := 0
	for _, r := range doubled[:m] {
		sum += r
	}
	u2 := sum - m*(m+1) // twice U
	effects := []Estimate{Shift(x, y, o.Level), cliff(u2, m, n, o.Level)}
	switch {
	case m == 0 || n == 0:
		return noResult("Mann–Whitney test", null, o.Options, m+n, "a sample is empty", effects...)
	case len(ties) == 1:
		return noResult("Mann–Whitney test", null, o.Options, m+n, "all values are equal", effects...)
	}
	r := Result{
		Null: null, Alternative: o.Alternative, Statistic: segue.Number(float64(u2) / 2), StatisticName: "U, pairs in which the first is above, ties half",
		DF: segue.Missing(), N: m + n, Enough: min(m, n) >= Least, Effects: effects,
	}
	whole, _ := halved(doubled)
	small := min(m, n)
	// The smaller sample's sum is as good, and shifting all ranks down by the least
	// shortens the table.
	least := slices.Min(whole)
	top := 0
	shifted := make([]int, len(whole))
	for i, v := range whole {
		shifted[i] = v - least
		top = max(top, shifted[i])
	}
	if work := float64(m+n) * float64(small) * float64(small*top); !o.Approximate && work <= exactWork {
		r.Method, r.Exact = "exact Mann–Whitney test", true
		at, alternative := 0, o.Alternative
		group := shifted[:m]
		if small < m {
			group = shifted[m:]
			alternative = opposite(alternative)
		}
		all := 0
		for _, v := range group {
			at += v
		}
		for _, v := range shifted {
			all += v
		}
		r.P = segue.Number(tailsOf(subsetSums(shifted, small), at, float64(all)*float64(small)/float64(m+n), alternative))
	} else {
		r.Method = "Mann–Whitney test, normal approximation with continuity correction"
		N, cubes := float64(m+n), 0.
		for _, t := range ties {
			cubes += float64(t) * (float64(t)*float64(t) - 1)
		}
		sd := math.Sqrt(float64(m) * float64(n) / 12 * (N + 1 - cubes/(N*(N-1))))
		r.P = segue.Number(correctedP(float64(u2)/2-float64(m)*float64(n)/2, sd, .5, o.Alternative))
	}
	if len(ties) < m+n {
		r.Notes = append(r.Notes, "equal values share the mean of their ranks")
	}
	return r
}

func opposite(a Alternative) Alternative {
	switch a {
	case Less:
		return Greater
	case Greater:
		return Less
	}
	return a
}

// Shift returns the Hodges–Lehmann shift of x against y, the median of all differences
// x_i − y_j, with the interval by inverting the Mann–Whitney test. O((m + n) log(m + n)).
// (Hodges & Lehmann 1963, doi:10.1214/aoms/1177704172)
func Shift(x, y []float64, level float64) Estimate {
	mustBeFinite(x, y)
	level = wholeLevel(level)
	const name, method = "Hodges–Lehmann shift", "median of pairwise differences; interval by inverting the Mann–Whitney test (Hodges & Lehmann 1963)"
	m, n := len(x), len(y)
	if m == 0 || n == 0 {
		return Undefined(name, method, m+n, level, "a sample is empty")
	}
	x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	kth := func(k int) float64 { return kthDifference(x, y, k) }
	e := estimate(name, method, m+n, level, middle(m*n, kth), math.NaN(), math.NaN())
	e.Enough = min(m, n) >= Least
	k, small := 0, min(m, n)
	if float64(m+n)*float64(small)*float64(small)*float64(m+n) <= exactWork {
		ranks := make([]int, m+n)
		for i := range ranks {
			ranks[i] = i
		}
		p := subsetSums(ranks, small)
		k = critical(p[small*(small-1)/2:], (1-level)/2)
	} else {
		a, b := float64(m), float64(n)
		k = max(0, int(math.Floor(a*b/2-zOf(level)*math.Sqrt(a*b*(a+b+1)/12))))
	}
	if k == 0 {
		e.Reason = fmt.Sprintf("%d and %s have no %.4g %% interval of ranks", m, count(n, "value"), 100*level)
		return e
	}
	e.Lo, e.Hi = segue.Number(kth(k)), segue.Number(kth(m*n+1-k))
	return e
}

// cliff is Cliff's delta of twice U. Its interval solves |θ̂ − θ| = z·√V(θ) for
// θ = U/(mn), with V(θ) = θ(1 − θ)(1 + N*((1 − θ)/(2 − θ) + θ/(1 + θ)))/(mn) and
// N* = (m + n)/2 − 1, which stays within [0, 1] and has a width at its ends too.
func cliff(u2, m, n int, level float64) Estimate {
	const name, method = "Cliff's delta", "2U/(mn) − 1; score-like interval (Newcombe 2006, method 5)"
	if m == 0 || n == 0 {
		return Undefined(name, method, m+n, level, "a sample is empty")
	}
	pairs := float64(m) * float64(n)
	theta, star, z := float64(u2)/2/pairs, float64(m+n)/2-1, zOf(level)
	excess := func(t float64) float64 {
		v := t * (1 - t) * (1 + star*((1-t)/(2-t)+t/(1+t))) / pairs
		return (theta-t)*(theta-t) - z*z*v
	}
	// At θ̂ itself the excess is at most 0 and at the ends of [0, 1] at least 0.
	lo, hi := 0., 1.
	if theta > 0 {
		lo = root(0, inside(theta), excess)
	}
	if theta < 1 {
		hi = root(inside(theta), 1, excess)
	}
	e := estimate(name, method, m+n, level, 2*theta-1, 2*lo-1, 2*hi-1)
	e.Enough = min(m, n) >= Least
	return e
}

// inside moves a share off the ends of [0, 1], where the variance is 0.
func inside(t float64) float64 { return min(1-1e-12, max(1e-12, t)) }
