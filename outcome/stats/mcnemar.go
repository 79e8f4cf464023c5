package stats

import (
	"fmt"
	"math"

	"segue"
)

// McNemar compares two answers of the same n = a + b + c + d units: a gave yes both
// times, b yes only the first time, c yes only the second time, d never. It is the
// exact binomial test of b among the b + c that changed; MidP is the one that Fagerland,
// Lydersen & Laake 2013 (doi:10.1186/1471-2288-13-91) recommend.
//
// Effects: the difference of the shares of yes, first less second, with the interval
// for paired shares of Newcombe 1998 (Stat. Med. 17:2635, method 10), and the ratio b/c,
// the conditional odds ratio, with its exact interval. Where nobody changed there is no
// P. It panics on a negative count.
func McNemar(a, b, c, d int, o Options) Result {
	if min(a, b, c, d) < 0 {
		panic("stats: a count is not negative")
	}
	o = o.whole()
	const method, null = "exact McNemar test", "as many change one way as the other"
	n := a + b + c + d
	effects := []Estimate{PairedDifference(a, b, c, d, o.Level), pairedOdds(b, c, n, o.Level)}
	switch {
	case n == 0:
		return noResult(method, null, o, 0, "there is no pair", effects...)
	case b+c == 0:
		return noResult(method, null, o, n, "nobody changed between the two answers", effects...)
	}
	p, mid := binomialP(b, b+c, .5, o.Alternative)
	return Result{
		Method: method, Null: null, Alternative: o.Alternative,
		Statistic: segue.Number(b), StatisticName: "b, those with yes the first time only", DF: segue.Missing(), P: segue.Number(p), MidP: segue.Number(mid),
		Exact: true, N: n, Enough: n >= Least, Effects: effects,
		Notes: []string{fmt.Sprintf("the test rests on the %d that changed", b+c)},
	}
}

// PairedDifference returns the share of yes the first time less that of the second
// time, (b − c)/n, of paired answers counted as in McNemar, with the square-and-add
// interval of Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C,
// method 10): that of NewcombeDifference with the correlation φ of both answers, which
// is lessened by half an observation where it is positive.
func PairedDifference(a, b, c, d int, level float64) Estimate {
	level = wholeLevel(level)
	const name, method = "difference of shares", "first less second, paired; square-and-add score interval (Newcombe 1998)"
	n := a + b + c + d
	if n == 0 {
		return Undefined(name, method, 0, level, "there is no pair")
	}
	m, z := float64(n), zOf(level)
	p1, p2 := float64(a+b)/m, float64(a+c)/m
	l1, u1 := wilson(a+b, n, z)
	l2, u2 := wilson(a+c, n, z)
	phi := 0.
	if sides := float64(a+b) * float64(c+d) * float64(a+c) * float64(b+d); sides > 0 {
		cross := float64(a)*float64(d) - float64(b)*float64(c)
		if cross > 0 {
			cross = max(0, cross-m/2)
		}
		phi = cross / math.Sqrt(sides)
	}
	within := func(x, y float64) float64 { return math.Sqrt(max(0, x*x-2*phi*x*y+y*y)) }
	return estimate(name, method, n, level, p1-p2, max(-1, p1-p2-within(p1-l1, u2-p2)), min(1, p1-p2+within(u1-p1, p2-l2)))
}

// pairedOdds is b/c with the interval that Clopper and Pearson's of b of b + c gives.
func pairedOdds(b, c, n int, level float64) Estimate {
	const name, method = "odds ratio", "those who left yes by those who came to it; exact, conditional on change (Clopper & Pearson 1934)"
	if b+c == 0 {
		return Undefined(name, method, n, level, "nobody changed between the two answers")
	}
	lo, hi := clopperPearson(b, b+c, level)
	e := estimate(name, method, n, level, float64(b)/float64(c), lo/(1-lo), hi/(1-hi))
	if c == 0 {
		e.Reason = "all changes go one way: the ratio has no upper end"
	}
	return e
}
