package stats

import (
	"fmt"
	"math"

	"segue"
)

// sameProb is how much larger than the observed one a probability may come out and
// still count as equal, so that outcomes as probable as the observed one belong to
// "at least as extreme" whatever the rounding (as R's binom.test and fisher.test).
const sameProb = 1 + 1e-7

// noShare is the reason of a share of nothing.
const noShare = "there is no observation"

func mustBeShare(k, n int) {
	if k < 0 || k > n {
		panic("stats: a share has 0 ≤ k ≤ n")
	}
}

// Wilson returns k of n with the score interval of Wilson 1927
// (doi:10.1080/01621459.1927.10502953),
//
//	(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n),
//
// whose level holds on the average over p even for small n; it stays within [0, 1].
// Without observations it is undefined. It panics unless 0 ≤ k ≤ n.
func Wilson(k, n int, level float64) Estimate {
	mustBeShare(k, n)
	level = wholeLevel(level)
	const method = "score interval (Wilson 1927)"
	if n == 0 {
		return Undefined("share", method, 0, level, noShare)
	}
	lo, hi := wilson(k, n, zOf(level))
	return estimate("share", method, n, level, float64(k)/float64(n), lo, hi)
}

func wilson(k, n int, z float64) (lo, hi float64) {
	p, m := float64(k)/float64(n), float64(n)
	middle, half, whole := p+z*z/(2*m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m)), 1+z*z/m
	lo, hi = max(0, (middle-half)/whole), min(1, (middle+half)/whole)
	// The ends are exact where the formula leaves rounding.
	if k == 0 {
		lo = 0
	}
	if k == n {
		hi = 1
	}
	return lo, hi
}

// ClopperPearson returns k of n with the exact interval of Clopper & Pearson 1934
// (doi:10.1093/biomet/26.4.404): the shares that neither one-sided binomial test
// rejects at (1 − level)/2. It covers at least its level for every n and share, and
// mostly more. Without observations it is undefined. It panics unless 0 ≤ k ≤ n.
func ClopperPearson(k, n int, level float64) Estimate {
	mustBeShare(k, n)
	level = wholeLevel(level)
	const method = "exact interval (Clopper & Pearson 1934)"
	if n == 0 {
		return Undefined("share", method, 0, level, noShare)
	}
	lo, hi := clopperPearson(k, n, level)
	return estimate("share", method, n, level, float64(k)/float64(n), lo, hi)
}

func clopperPearson(k, n int, level float64) (lo, hi float64) {
	tail := (1 - level) / 2
	lo, hi = 0, 1
	if k > 0 {
		lo = root(0, 1, func(p float64) float64 { return binomialAtLeast(k, n, p) - tail })
	}
	if k < n {
		hi = root(0, 1, func(p float64) float64 { return binomialAtMost(k, n, p) - tail })
	}
	return lo, hi
}

// Binomial tests whether k of n are a share p0, exactly. The two-sided P sums the
// probabilities of all counts no more probable than k (Sterne's rule; R's
// binom.test); MidP counts those as probable as k half. Effects are the share with
// the Clopper–Pearson interval and with Wilson's. O(log n).
//
// Without observations there is no P. It panics unless 0 ≤ k ≤ n and p0 ∈ [0, 1].
func Binomial(k, n int, p0 float64, o Options) Result {
	mustBeShare(k, n)
	if !(p0 >= 0 && p0 <= 1) {
		panic("stats: a share lies in 0 to 1")
	}
	o = o.whole()
	null := fmt.Sprintf("the share is %.4g", p0)
	effects := []Estimate{ClopperPearson(k, n, o.Level), Wilson(k, n, o.Level)}
	if n == 0 {
		return noResult("exact binomial test", null, o, 0, noShare, effects...)
	}
	p, mid := binomialP(k, n, p0, o.Alternative)
	return Result{
		Method: "exact binomial test", Null: null, Alternative: o.Alternative,
		Statistic: segue.Number(k), StatisticName: "k, successes", DF: segue.Missing(), P: segue.Number(p), MidP: segue.Number(mid),
		Exact: true, N: n, Enough: n >= Least, Effects: effects,
	}
}

// binomialP is the exact p and the mid-p of k of n under p0.
func binomialP(k, n int, p0 float64, alternative Alternative) (p, mid float64) {
	at := binomialProb(k, n, p0)
	switch alternative {
	case Less:
		p = binomialAtMost(k, n, p0)
		return p, p - at/2
	case Greater:
		p = binomialAtLeast(k, n, p0)
		return p, p - at/2
	}
	mean := float64(n) * p0
	if float64(k) == mean {
		return 1, 1 - at/2
	}
	// The other tail: how many counts beyond the mean are no more probable. The
	// probabilities fall from the mean outwards, so that its end is found by halves.
	limit := at * sameProb
	rare := func(i int) bool { return binomialProb(i, n, p0) <= limit }
	var other int
	if float64(k) < mean {
		other = firstOf(int(math.Ceil(mean)), n+1, rare)
		p = binomialAtMost(k, n, p0) + binomialAtLeast(other, n, p0)
	} else {
		below := int(math.Floor(mean))
		other = below - firstOf(0, below+1, func(i int) bool { return rare(below - i) })
		p = binomialAtLeast(k, n, p0) + binomialAtMost(other, n, p0)
	}
	p = sumOf(p)
	mid = p - at/2
	if e := binomialProb(other, n, p0); e*sameProb >= at {
		mid -= e / 2 // as probable as the observed count
	}
	return p, mid
}

// firstOf is the first i in [lo, hi) that is so, where all after it are, else hi.
func firstOf(lo, hi int, so func(int) bool) int {
	for lo < hi {
		m := lo + (hi-lo)/2
		if so(m) {
			hi = m
		} else {
			lo = m + 1
		}
	}
	return lo
}
