package metric

import (
	"math"

	"segue"
	"segue/outcome/stats"

	"gonum.org/v1/gonum/stat/distuv"
)

// A ratio gathers Σy/Σx over listeners, such as tracks skipped of tracks begun, as the
// moments that its interval needs. y and x of a listener are sums over what is theirs;
// listeners with x = 0 do not count.
type ratio struct {
	n           int // listeners
	y, x        float64
	yy, xy, xx  float64
	least, most float64 // of y/x over listeners
}

func (r *ratio) add(y, x float64) {
	if x == 0 {
		return
	}
	own := y / x
	if r.n == 0 {
		r.least, r.most = own, own
	}
	r.n++
	r.y += y
	r.x += x
	r.yy += y * y
	r.xy += x * y
	r.xx += x * x
	r.least, r.most = min(r.least, own), max(r.most, own)
}

// value returns the ratio; NaN if there is none.
func (r *ratio) value() float64 { return r.y / r.x }

// variance returns the variance of the ratio with listeners as clusters,
//
//	n/(n − 1) · Σ(y_i − R·x_i)² / (Σx_i)²
//
// by linearization. It is what stats.CR1 gives for the mean of single records with
// listeners as clusters.
func (r *ratio) variance() float64 {
	if r.least == r.most {
		return 0 // where the moments leave rounding
	}
	R, n := r.value(), float64(r.n)
	return n / (n - 1) * max(0, r.yy-2*R*r.xy+R*R*r.xx) / (r.x * r.x)
}

const ratioMethod = "sum over sum; interval by linearization with listeners as clusters, Student's t with listeners − 1 degrees of freedom"

// estimate returns the ratio with its interval, cut to [lo, hi]. A share of which all
// listeners have the same has no spread to tell an interval from: it gets Wilson's of as
// many listeners as if each said yes or no, which vary more than any shares.
func (r *ratio) estimate(name string, lo, hi float64, share bool) stats.Estimate {
	if r.n == 0 {
		return stats.Undefined(name, ratioMethod, 0, stats.Level, "")
	}
	e := stats.Estimate{Name: name, Value: segue.Number(r.value()), Lo: segue.Missing(), Hi: segue.Missing(), Level: stats.Level, N: r.n, Enough: r.n >= stats.Least, Method: ratioMethod}
	switch {
	case share && r.least == r.most:
		return sameForAll(name, r.n, float64(e.Value))
	case r.n == 1:
		e.Reason = oneListener
	case r.least == r.most:
		e.Reason = noSpread
	default:
		half := tOf(float64(r.n-1)) * math.Sqrt(r.variance())
		e.Lo, e.Hi = segue.Number(max(lo, r.value()-half)), segue.Number(min(hi, r.value()+half))
	}
	return e
}

const (
	oneListener = "one listener: how listeners differ cannot be told from them, so there is no interval"
	noSpread    = "all listeners have the same: there is no spread to tell an interval from"
)

// sameForAll is the estimate of a share that all n listeners have.
func sameForAll(name string, n int, share float64) stats.Estimate {
	w := stats.Wilson(int(math.Round(share*float64(n))), n, stats.Level)
	w.Name, w.Value = name, segue.Number(share)
	w.Lo, w.Hi = min(w.Lo, w.Value), max(w.Hi, w.Value)
	w.Method = "all listeners have the same share; score interval of as many listeners (Wilson 1927)"
	return w
}

// meanShare is the mean of listeners' shares, [0, 1] each.
func meanShare(name string, shares []float64) stats.Estimate {
	e := stats.Mean(shares, stats.Level)
	e.Name = name
	if len(shares) == 0 {
		e.Reason = ""
		return e
	}
	least, most := shares[0], shares[0]
	for _, s := range shares {
		least, most = min(least, s), max(most, s)
	}
	if least == most {
		return sameForAll(name, len(shares), least)
	}
	e.Method = "mean of listeners' shares; Student's t interval"
	e.Lo, e.Hi = max(e.Lo, 0), min(e.Hi, 1)
	return e
}

// difference returns a − b, two ratios over different listeners, with the interval of
// Welch's t: the variances add up, and degrees of freedom are Satterthwaite's.
func difference(name string, a, b *ratio) stats.Estimate {
	const method = "difference of two ratios; listeners as clusters, Welch's t"
	e := stats.Undefined(name, method, a.n+b.n, stats.Level, "")
	e.Value = segue.Number(a.value() - b.value())
	e.Enough = min(a.n, b.n) >= stats.Least
	va, vb := a.variance(), b.variance()
	return spread(e, va, vb, a.n, b.n)
}

// spread adds the interval of a difference of independent parts with variances va and vb
// of na and nb listeners.
func spread(e stats.Estimate, va, vb float64, na, nb int) stats.Estimate {
	switch {
	case na < 2 || nb < 2:
		e.Reason = "one side has a single listener: how listeners differ cannot be told, so there is no interval"
	case va+vb == 0:
		e.Reason = noSpread
	default:
		df := (va + vb) * (va + vb) / (va*va/float64(na-1) + vb*vb/float64(nb-1))
		half := tOf(df) * math.Sqrt(va+vb)
		e.Lo, e.Hi = e.Value-segue.Number(half), e.Value+segue.Number(half)
	}
	return e
}

// tOf is the two-sided critical value of Student's t.
func tOf(df float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile((1 + stats.Level) / 2)
}
