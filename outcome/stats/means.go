package stats

import (
	"fmt"
	"math"
	"slices"

	"segue"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Why t tests have no P.
const (
	fewerThanTwo = "a spread takes at least two values"
	noSpread     = "all values are equal, which leaves no spread to judge by"
	tooFar       = "the values are too large or too close to 0 to be squared; measure them in another unit"
)

// tQuantile is the upper two-sided critical value of Student's t.
func tQuantile(level, df float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(1 - (1-level)/2)
}

// tP is the p of a t with df degrees of freedom.
func tP(t, df float64, alternative Alternative) float64 {
	d := distuv.StudentsT{Sigma: 1, Nu: df}
	switch alternative {
	case Less:
		return d.CDF(t)
	case Greater:
		return d.CDF(-t)
	}
	return min(1, 2*d.CDF(-math.Abs(t)))
}

// Mean returns the mean with Student's t interval, mean ± t(n−1)·s/√n, which takes the
// values to be independent and their mean to be nearly normal. Of equal values it is
// one point: that they are equal is all that is known of them. Below two values there
// is no interval. It panics on a value that is not finite.
func Mean(values []float64, level float64) Estimate {
	mustBeFinite(values)
	level = wholeLevel(level)
	const name, method = "mean", "mean; Student's t interval"
	n := len(values)
	switch n {
	case 0:
		return Undefined(name, method, 0, level, noShare)
	case 1:
		e := estimate(name, method, 1, level, values[0], math.NaN(), math.NaN())
		e.Reason = fewerThanTwo
		return e
	}
	mean, sd, reason := meanSD(values)
	if reason == tooFar {
		return Undefined(name, method, n, level, reason)
	}
	half := tQuantile(level, float64(n-1)) * sd / math.Sqrt(float64(n))
	return estimate(name, method, n, level, mean, mean-half, mean+half)
}

// meanSD returns mean and sample deviation, and in words why there is no deviation to
// judge by.
func meanSD(values []float64) (mean, sd float64, reason string) {
	if len(values) < 2 {
		return 0, 0, fewerThanTwo
	}
	if slices.Min(values) == slices.Max(values) {
		return values[0], 0, noSpread
	}
	mean, sd = stat.MeanStdDev(values, nil)
	if !(sd > 1e-150 && sd < 1e150) {
		return mean, sd, tooFar
	}
	return mean, sd, ""
}

// OneSampleT tests whether the mean of values is mean0 (Student 1908,
// doi:10.1093/biomet/6.1.1). Effects: the mean with its interval, and Cohen's d =
// (mean − mean0)/s, Hedges' g beside it, with the intervals of noncentral t. Below two
// values, or where all are equal, there is no P.
func OneSampleT(values []float64, mean0 float64, o Options) Result {
	return oneSampleT(values, mean0, o, "one-sample t test", fmt.Sprintf("the mean is %.4g", mean0), Mean, "Cohen's d")
}

// PairedT tests whether the mean of second less first is 0, for values paired by
// place. Effects: the mean difference, and d_z = mean/s of the differences, Hedges' g
// beside it, with the intervals of noncentral t. Below two pairs, or where all
// differences are equal, there is no P. It panics if the samples differ in length.
func PairedT(first, second []float64, o Options) Result {
	return oneSampleT(Differences(first, second), 0, o, "paired t test", "the mean difference is 0", func(v []float64, level float64) Estimate {
		e := Mean(v, level)
		e.Name, e.Method = "mean difference", "second less first; Student's t interval"
		return e
	}, "d_z")
}

// Differences returns second less first, for values paired by place. It panics if the
// samples differ in length.
func Differences(first, second []float64) []float64 {
	if len(first) != len(second) {
		panic("stats: paired samples are equally long")
	}
	d := make([]float64, len(first))
	for i := range d {
		d[i] = second[i] - first[i]
	}
	return d
}

func oneSampleT(values []float64, mean0 float64, o Options, method, null string, mean func([]float64, float64) Estimate, d string) Result {
	o = o.whole()
	m := mean(values, o.Level)
	n := len(values)
	const formula = "mean by standard deviation; noncentral t interval"
	_, sd, reason := meanSD(values)
	if reason != "" {
		return noResult(method, null, o, n, reason, m, Undefined(d, formula, n, o.Level, reason))
	}
	df, root := float64(n-1), math.Sqrt(float64(n))
	t := (float64(m.Value) - mean0) / sd * root
	return Result{
		Method: method, Null: null, Alternative: o.Alternative,
		Statistic: finite(t), StatisticName: "t", DF: segue.Number(df), P: finite(tP(t, df, o.Alternative)),
		Exact: false, N: n, Enough: n >= Least,
		Effects: append([]Estimate{m}, standardized(d, formula, t, df, 1/root, n, n >= Least, o.Level)...),
	}
}

// standardized returns d = t·scale and Hedges' g = J·d, J = Γ(df/2)/(√(df/2)·Γ((df−1)/2))
// (Hedges 1981, doi:10.3102/10769986006002107), with the interval of the noncentralities
// under which t is at either tail (Steiger & Fouladi 1997; Cumming & Finch 2001).
func standardized(d, formula string, t, df, scale float64, n int, enough bool, level float64) []Estimate {
	tail := (1 - level) / 2
	find := func(p float64) float64 {
		return rootFrom(t, 4+math.Abs(t)/2, func(u float64) float64 { return noncentralT(t, df, u) - p }) * scale
	}
	lo, hi := find(1-tail), find(tail)
	a, _ := math.Lgamma(df / 2)
	b, _ := math.Lgamma((df - 1) / 2)
	j := math.Exp(a-b) / math.Sqrt(df/2)
	e := estimate(d, formula, n, level, t*scale, lo, hi)
	g := estimate("Hedges' g", d+" without its small-sample bias (Hedges 1981); noncentral t interval", n, level, j*t*scale, j*lo, j*hi)
	if df <= 1 {
		g = Undefined(g.Name, g.Method, n, level, "the correction takes at least three values")
	}
	e.Enough, g.Enough = enough, enough
	return []Estimate{e, g}
}

// WelchT tests whether two independent samples have one mean, without assuming equal
// variances (Welch 1947, doi:10.1093/biomet/34.1-2.28), with the degrees of freedom of
// Satterthwaite 1946 (doi:10.2307/3002019). Effects: the difference of means, x less y;
// and Cohen's d = difference/pooled s, Hedges' g beside it, with the intervals of
// noncentral t, which do assume equal variances. Below two values in a sample, or
// without any spread, there is no P.
func WelchT(x, y []float64, o Options) Result { return twoSampleT(x, y, o, true) }

// StudentT is WelchT with the pooled variance, which assumes equal ones: Student's test.
func StudentT(x, y []float64, o Options) Result { return twoSampleT(x, y, o, false) }

func twoSampleT(x, y []float64, o Options, welch bool) Result {
	mustBeFinite(x, y)
	o = o.whole()
	method, interval := "Student's t test of two samples, equal variances", "first less second mean; Student's t interval, pooled variance"
	if welch {
		method, interval = "Welch's t test", "first less second mean; Welch's t interval"
	}
	const null, name, d, formula = "both means are equal", "difference of means", "Cohen's d", "difference of means by pooled standard deviation; noncentral t interval, equal variances"
	m, n := len(x), len(y)
	enough := min(m, n) >= Least
	mx, sx, noX := meanSD(x)
	my, sy, noY := meanSD(y)
	undefined := func(reason string) Result {
		return noResult(method, null, o, m+n, reason, Undefined(name, interval, m+n, o.Level, reason), Undefined(d, formula, m+n, o.Level, reason))
	}
	switch {
	case m < 2 || n < 2:
		return undefined(fewerThanTwo + " in each sample")
	case noX == tooFar || noY == tooFar:
		return undefined(tooFar)
	case noX != "" && noY != "":
		r := undefined(noSpread)
		r.Effects[0].Value, r.Effects[0].Enough = segue.Number(mx-my), enough
		return r
	}
	difference := mx - my
	a, b := float64(m), float64(n)
	pooled := math.Sqrt(((a-1)*sx*sx + (b-1)*sy*sy) / (a + b - 2))
	scale := math.Sqrt(1/a + 1/b)
	se, df := pooled*scale, a+b-2
	if welch {
		vx, vy := sx*sx/a, sy*sy/b
		c := vx / (vx + vy)
		se, df = math.Sqrt(vx+vy), 1/(c*c/(a-1)+(1-c)*(1-c)/(b-1))
	}
	t, half := difference/se, tQuantile(o.Level, df)*se
	e := estimate(name, interval, m+n, o.Level, difference, difference-half, difference+half)
	e.Enough = enough
	return Result{
		Method: method, Null: null, Alternative: o.Alternative,
		Statistic: finite(t), StatisticName: "t", DF: finite(df), P: finite(tP(t, df, o.Alternative)),
		N: m + n, Enough: enough,
		Effects: append([]Estimate{e}, standardized(d, formula, difference/(pooled*scale), a+b-2, scale, m+n, enough, o.Level)...),
	}
}
