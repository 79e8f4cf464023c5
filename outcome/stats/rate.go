package stats

import (
	"fmt"
	"math"

	"segue"
)

// Rate returns how many events come per unit of exposure (hours, listener-weeks),
// with the exact interval of Garwood 1936 (doi:10.1093/biomet/28.3-4.437) for a
// Poisson count. N is the number of events; Enough follows it. Where events come in
// bursts, by listener say, the interval is too narrow: bootstrap the clusters. It
// panics if events is negative or exposure negative or not finite.
func Rate(events int, exposure, level float64) Estimate {
	if events < 0 || !(exposure >= 0) || math.IsInf(exposure, 1) {
		panic("stats: events and exposure are not negative")
	}
	level = wholeLevel(level)
	const name, method = "rate", "events per unit of exposure; exact Poisson interval (Garwood 1936)"
	if exposure == 0 {
		return Undefined(name, method, events, level, "there is no exposure")
	}
	lo, hi := garwood(events, level)
	return estimate(name, method, events, level, float64(events)/exposure, lo/exposure, hi/exposure)
}

func garwood(k int, level float64) (lo, hi float64) {
	tail := (1 - level) / 2
	if k > 0 {
		lo = root(0, float64(k), func(m float64) float64 { return poissonAtLeast(k, m) - tail })
	}
	top := float64(k) + 10
	for poissonAtMost(k, top) > tail {
		top *= 2
	}
	return lo, root(float64(k), top, func(m float64) float64 { return poissonAtMost(k, m) - tail })
}

// PoissonRate tests exactly whether events in an exposure come at rate0 per unit; the
// two-sided P sums the probabilities of all counts no more probable than events (R's
// poisson.test). The effect is Rate. Without exposure there is no P. It panics if
// rate0 is not positive.
func PoissonRate(events int, exposure, rate0 float64, o Options) Result {
	if !(rate0 > 0) || math.IsInf(rate0, 1) {
		panic("stats: a rate to test is positive")
	}
	o = o.whole()
	null := fmt.Sprintf("the rate is %.4g", rate0)
	e := Rate(events, exposure, o.Level)
	if exposure == 0 {
		return noResult("exact Poisson test", null, o, events, e.Reason, e)
	}
	return Result{
		Method: "exact Poisson test", Null: null, Alternative: o.Alternative,
		Statistic: segue.Number(events), StatisticName: "events", DF: segue.Missing(), P: segue.Number(poissonP(events, exposure*rate0, o.Alternative)),
		Exact: true, N: events, Enough: events >= Least, Effects: []Estimate{e},
	}
}

func poissonP(k int, mean float64, alternative Alternative) float64 {
	switch alternative {
	case Less:
		return poissonAtMost(k, mean)
	case Greater:
		return poissonAtLeast(k, mean)
	}
	limit := poissonProb(k, mean) * sameProb
	rare := func(i int) bool { return poissonProb(i, mean) <= limit }
	below := int(math.Floor(mean))
	switch {
	case float64(k) == mean:
		return 1
	case float64(k) < mean:
		top := below + 1
		for !rare(top) {
			top *= 2
		}
		other := firstOf(below+1, top, rare)
		return sumOf(poissonAtMost(k, mean) + poissonAtLeast(other, mean))
	}
	other := below - firstOf(0, below+1, func(i int) bool { return rare(below - i) })
	return sumOf(poissonAtLeast(k, mean) + poissonAtMost(other, mean))
}

// RateRatio compares two Poisson rates exactly: given all events, those of the first
// are binomial with a share set by the exposures. The effect is the ratio of the
// first rate to the second with the interval that Clopper and Pearson's gives
// (Przyborowski & Wilenski 1940, doi:10.1093/biomet/31.3-4.313). Without an event or
// without exposure there is no P.
func RateRatio(events1 int, exposure1 float64, events2 int, exposure2 float64, o Options) Result {
	o = o.whole()
	Rate(events1, exposure1, o.Level) // panics on what cannot be
	Rate(events2, exposure2, o.Level)
	const test, null = "exact test of two Poisson rates", "both rates are equal"
	const name, method = "ratio of rates", "first by second rate; exact, conditional on all events (Przyborowski & Wilenski 1940)"
	n := events1 + events2
	switch {
	case exposure1 == 0 || exposure2 == 0:
		return noResult(test, null, o, n, "there is no exposure", Undefined(name, method, n, o.Level, "there is no exposure"))
	case n == 0:
		return noResult(test, null, o, n, "there is no event", Undefined(name, method, n, o.Level, "there is no event"))
	}
	share := exposure1 / (exposure1 + exposure2)
	p, mid := binomialP(events1, n, share, o.Alternative)
	lo, hi := clopperPearson(events1, n, o.Level)
	ratio := func(p float64) float64 { return p / (1 - p) * exposure2 / exposure1 }
	e := estimate(name, method, n, o.Level, ratio(float64(events1)/float64(n)), ratio(lo), ratio(hi))
	if events2 == 0 {
		e.Reason = "the second has no event: the ratio has no upper end"
	}
	return Result{
		Method: test, Null: null, Alternative: o.Alternative,
		Statistic: segue.Number(events1), StatisticName: "events of the first", DF: segue.Missing(), P: segue.Number(p), MidP: segue.Number(mid),
		Exact: true, N: n, Enough: n >= Least, Effects: []Estimate{e},
	}
}
