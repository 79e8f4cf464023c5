package stats

import (
	"fmt"
	"math"

	"segue"

	"gonum.org/v1/gonum/stat/distuv"
)

// GoodnessOfFit tests whether counts come from the expected shares, which are
// positive and sum to 1, by Pearson's χ² with len(counts) − 1 degrees of freedom. The
// effect is Cohen's w = √(χ²/n) with the interval of noncentral χ². An approximation;
// a note says where an expected count is below 5. Less than two counts or nothing
// counted has no P. It panics on negative counts and on shares that are none.
func GoodnessOfFit(counts []int, shares []float64, o Options) Result {
	o = o.whole()
	if len(counts) != len(shares) {
		panic("stats: as many shares as counts are needed")
	}
	n, sum := 0, 0.
	for i, c := range counts {
		if c < 0 || !(shares[i] > 0 && shares[i] <= 1) {
			panic("stats: counts are not negative and expected shares positive")
		}
		n += c
		sum += shares[i]
	}
	const method, null = "χ² goodness of fit", "the counts come from the expected shares"
	o.Alternative = TwoSided
	switch {
	case len(counts) < 2:
		return noResult(method, null, o, n, "there are less than two counts")
	case n == 0:
		return noResult(method, null, o, 0, noShare)
	case math.Abs(sum-1) > 1e-9:
		panic("stats: expected shares sum to 1")
	}
	x, least := 0., math.Inf(1)
	for i, c := range counts {
		e := float64(n) * shares[i]
		x += (float64(c) - e) * (float64(c) - e) / e
		least = min(least, e)
	}
	df := float64(len(counts) - 1)
	return chi2Result(method, null, o, x, df, n, least, "Cohen's w", "√(χ²/n)", float64(n))
}

// chi2Result is the result of χ² = x with the effect √(x/scale). Its interval is that
// of the noncentrality (Steiger 2004, doi:10.1037/1082-989X.9.2.164), widened to
// hold the estimate, which lies above it where the counts fit better than chance.
func chi2Result(method, null string, o Options, x, df float64, n int, least float64, effect, formula string, scale float64) Result {
	lo, hi := noncentrality(x, df, o.Level)
	size := func(x float64) float64 { return math.Sqrt(x / scale) }
	e := estimate(effect, formula+"; interval of the noncentral χ² (Steiger 2004)", n, o.Level, size(x), size(min(lo, x)), size(max(hi, x)))
	r := Result{
		Method: method, Null: null, Alternative: o.Alternative,
		Statistic: segue.Number(x), StatisticName: "χ²", DF: segue.Number(df), P: segue.Number(distuv.ChiSquared{K: df}.Survival(x)),
		N: n, Enough: n >= Least, Effects: []Estimate{e},
	}
	if least < 5 {
		r.Notes = append(r.Notes, fmt.Sprintf("the smallest expected count is %.1f, below 5: χ² is a rough approximation", least))
	}
	return r
}

// noncentrality is the interval of the noncentrality of a χ² of df that came out as x.
func noncentrality(x, df, level float64) (lo, hi float64) {
	tail := (1 - level) / 2
	find := func(want float64) float64 {
		if noncentralChi2(x, df, 0) <= want {
			return 0
		}
		top := x + 10
		for noncentralChi2(x, df, top) > want {
			top *= 2
		}
		return root(0, top, func(d float64) float64 { return noncentralChi2(x, df, d) - want })
	}
	return find(1 - tail), find(tail)
}

// SampleRatioAlpha is the p below which a sample ratio stops an experiment from being
// read: its arms did not get the shares they were to get, so something other than
// chance decides who is counted. (docs/science.md §7)
const SampleRatioAlpha = .001

// SampleRatio checks that arms got the shares of units that the design gave them, by
// GoodnessOfFit. Stop is true where P is below SampleRatioAlpha: then nothing may be
// read from the experiment until the reason is found.
func SampleRatio(counts []int, shares []float64) (r Result, stop bool) {
	r = GoodnessOfFit(counts, shares, Options{})
	r.Method, r.Null = "sample-ratio check (χ² goodness of fit)", "every arm got its share"
	return r, r.P.Known() && float64(r.P) < SampleRatioAlpha
}

// Contingency tests whether the rows of a table of counts have the same distribution
// over its columns, by Pearson's χ² with (rows − 1)(columns − 1) degrees of freedom,
// without continuity correction. The effect is Cramér's V = √(χ²/(n·(min(rows,
// columns) − 1))), [0, 1], with the interval of noncentral χ². Rows and columns
// without any count are left out, and a note says so; less than two of either has no
// P. It panics on negative counts and uneven rows. For 2×2 Fisher is exact.
func Contingency(table [][]int, o Options) Result {
	o = o.whole()
	o.Alternative = TwoSided
	const method, null = "χ² test of independence", "rows and columns are independent"
	var rows, cols []float64
	n := 0
	for i, row := range table {
		if len(row) != len(table[0]) {
			panic("stats: rows of a table are equally long")
		}
		if i == 0 {
			cols = make([]float64, len(row))
		}
		sum := 0
		for j, c := range row {
			if c < 0 {
				panic("stats: a count is not negative")
			}
			sum += c
			cols[j] += float64(c)
		}
		rows = append(rows, float64(sum))
		n += sum
	}
	x, least := 0., math.Inf(1)
	used := func(sums []float64) (k int) {
		for _, s := range sums {
			if s > 0 {
				k++
			}
		}
		return k
	}
	r, c := used(rows), used(cols)
	if r < 2 || c < 2 {
		return noResult(method, null, o, n, "less than two rows or columns hold anything")
	}
	for i, row := range table {
		for j, k := range row {
			if e := rows[i] * cols[j] / float64(n); e > 0 {
				x += (float64(k) - e) * (float64(k) - e) / e
				least = min(least, e)
			}
		}
	}
	result := chi2Result(method, null, o, x, float64((r-1)*(c-1)), n, least, "Cramér's V", "√(χ²/(n·(min(rows, columns) − 1)))", float64(n*(min(r, c)-1)))
	if e := &result.Effects[0]; e.Hi > 1 {
		e.Hi = 1
	}
	if r < len(rows) || c < len(cols) {
		result.Notes = append(result.Notes, "empty rows or columns were left out")
	}
	return result
}
