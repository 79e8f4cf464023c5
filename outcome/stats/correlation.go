package stats

import (
	"math"

	"segue"

	"gonum.org/v1/gonum/stat"
)

// exactPermutations is the most pairs of which all permutations are tried: 9, 362,880
// of them.
const exactPermutations = 9

// Pearson returns the correlation of x and y, paired by place, with the t test of
// r·√((n−2)/(1−r²)), exact where both are normal, and the interval tanh(atanh r ±
// z/√(n−3)) of Fisher 1921. Below three pairs, or where x or y is constant, it is
// undefined; below four there is no interval. It panics if the samples differ in
// length.
func Pearson(x, y []float64, o Options) Result {
	mustBeFinite(x, y)
	o = o.whole()
	return correlation(x, y, o, "Pearson correlation, t test", "x and y are not linearly correlated", "Pearson's r", "product-moment correlation; interval on Fisher's scale (Fisher 1921)", func(float64) float64 { return 1 })
}

// Spearman returns the correlation of the mid-ranks of x and y. Up to nine pairs P is
// exact, from all permutations, ties included; beyond it is that of the t test. The
// interval is Fisher's with the variance (1 + r²/2)/(n − 3) of Bonett & Wright 2000
// (doi:10.1007/BF02294183). Else as Pearson.
func Spearman(x, y []float64, o Options) Result {
	mustBeFinite(x, y)
	o = o.whole()
	a, _ := doubledRanks(x)
	b, _ := doubledRanks(y)
	r := correlation(floats(a), floats(b), o, "Spearman rank correlation, t approximation", "x and y are not monotonically associated", "Spearman's rho", "correlation of ranks; interval on Fisher's scale (Bonett & Wright 2000)", func(r float64) float64 { return 1 + r*r/2 })
	if r.Reason == "" && len(a) <= exactPermutations {
		r.Method, r.Exact = "Spearman rank correlation, exact permutation test", true
		r.P = segue.Number(permutationP(a, b, o.Alternative))
	}
	return r
}

func floats(v []int) []float64 {
	f := make([]float64, len(v))
	for i, x := range v {
		f[i] = float64(x)
	}
	return f
}

func correlation(x, y []float64, o Options, method, null, name, formula string, variance func(r float64) float64) Result {
	if len(x) != len(y) {
		panic("stats: paired samples are equally long")
	}
	n := len(x)
	undefined := func(reason string) Result {
		return noResult(method, null, o, n, reason, Undefined(name, formula, n, o.Level, reason))
	}
	if n < 3 {
		return undefined("a correlation takes at least three pairs")
	}
	for i, sample := range [][]float64{x, y} {
		switch _, _, reason := meanSD(sample); reason {
		case noSpread:
			return undefined([]string{"the first of both is constant", "the second of both is constant"}[i])
		case tooFar:
			return undefined(tooFar)
		}
	}
	r := max(-1, min(1, stat.Correlation(x, y, nil)))
	if 1-math.Abs(r) < 1e-15 {
		r = math.Round(r) // what rounding leaves of a straight line
	}
	df := float64(n - 2)
	t := r * math.Sqrt(df/((1-r)*(1+r))) // infinite on a straight line, where p is 0
	e := estimate(name, formula, n, o.Level, r, math.NaN(), math.NaN())
	switch {
	case n < 4:
		e.Reason = "an interval takes at least four pairs"
	case math.Abs(r) == 1:
		e.Lo, e.Hi = segue.Number(r), segue.Number(r)
	default:
		half := zOf(o.Level) * math.Sqrt(variance(r)/float64(n-3))
		e.Lo, e.Hi = segue.Number(math.Tanh(math.Atanh(r)-half)), segue.Number(math.Tanh(math.Atanh(r)+half))
	}
	p := tP(t, df, o.Alternative)
	if math.IsInf(t, 0) {
		p = truth(o.Alternative == Less && t > 0 || o.Alternative == Greater && t < 0)
	}
	result := Result{
		Method: method, Null: null, Alternative: o.Alternative,
		Statistic: finite(t), StatisticName: "t", DF: segue.Number(df), P: segue.Number(p),
		N: n, Enough: n >= Least, Effects: []Estimate{e},
	}
	if math.IsInf(t, 0) {
		result.Notes = []string{"all pairs lie on a line, so t is infinite"}
	}
	return result
}

// permutationP is the share of all pairings of a and b whose sum of products is as
// extreme as that of the pairing at hand.
func permutationP(a, b []int, alternative Alternative) float64 {
	n := len(a)
	sum, suma, sumb := 0, 0, 0
	for i := range a {
		sum += a[i] * b[i]
		suma += a[i]
		sumb += b[i]
	}
	// n·Σab − Σa·Σb is a whole number, so that equal pairings are equal.
	observed := n*sum - suma*sumb
	all, extreme := 0, 0
	order := append([]int(nil), b...)
	var walk func(i, so int)
	walk = func(i, so int) {
		if i == n {
			all++
			c := n*so - suma*sumb
			if alternative == Less && c <= observed || alternative == Greater && c >= observed || alternative == TwoSided && abs(c) >= abs(observed) {
				extreme++
			}
			return
		}
		for j := i; j < n; j++ {
			order[i], order[j] = order[j], order[i]
			walk(i+1, so+a[i]*order[i])
			order[i], order[j] = order[j], order[i]
		}
	}
	walk(0, 0)
	return float64(extreme) / float64(all)
}

func abs(i int) int { return max(i, -i) }
