// Code generated from f64x8/log.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x8

import "math"

// logarithm holds the constants of log. A function that computes many makes one,
// on its stack.
type logarithm struct {
	one, two, half, ln2, ln2Low, offset          vec
	least, huge, logHuge, inf, negInf, nan, zero vec // for log alone
	rest, shift, root, tiny                      ints
	c                                            [7]vec
}

// set fills in the constants for this package's float. c is R of FreeBSD's
// e_log.c and, four coefficients, e_logf.c: log(1+f) = f − f²/2 + s(f²/2 + R(s²))
// with s = f/(2+f), to less than a unit in the last place.
func (l *logarithm) set() {
	c := [...]float64{
		6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
		1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01,
	}
	if fraction == 23 {
		c = [...]float64{0xaaaaaa.0p-24, 0xccce13.0p-25, 0x91e9ee.0p-25, 0xf89e26.0p-26, 6: 0}
	}
	for i, v := range c {
		l.c[i] = broadcast(float(v))
	}
	l.one, l.two, l.half, l.offset = broadcast(1), broadcast(2), broadcast(0.5), broadcast(1<<fraction+bias)
	l.ln2, l.ln2Low = broadcast(math.Ln2), broadcast(ln2Low)
	l.rest, l.tiny, l.root = whole(1<<fraction-1), bits(broadcast(1<<fraction)), bits(broadcast(math.Sqrt2/2))
	l.shift = bits(l.one).Sub(l.root)
	l.least, l.huge, l.logHuge = broadcast(leastNormal), broadcast(1<<fraction), broadcast(fraction*math.Ln2)
	l.inf, l.negInf, l.nan = broadcast(float(math.Inf(1))), broadcast(float(math.Inf(-1))), broadcast(float(math.NaN()))
}

// log is the natural logarithm of v, to 1 unit in the last place: −Inf of 0, NaN
// of what is below 0 and of NaN, +Inf of +Inf.
func (l *logarithm) log(v vec) vec {
	small := v.Less(l.least)
	y := l.logNormal(v.Mul(l.huge).Merge(v, small))
	y = y.Sub(l.logHuge.Masked(small))
	y = y.Merge(v, v.Less(l.inf)) // infinity and NaN are their own
	y = y.Merge(l.nan, v.GreaterEqual(l.zero))
	return y.Merge(l.negInf, v.NotEqual(l.zero))
}

// logNormal is log of what is positive, finite and not denormal, inlined.
//
// v = 2ⁿm with m in [√½, √2), so that log v = n·ln 2 + log m.
func (l *logarithm) logNormal(v vec) vec {
	b := bits(v).Add(l.shift)
	n := fromBits(exponents(b).Or(l.tiny)).Sub(l.offset)
	f := fromBits(b.And(l.rest).Add(l.root)).Sub(l.one)
	s := f.Div(l.two.Add(f))
	z := s.Mul(s)
	square := f.Mul(f).Mul(l.half)
	low := s.MulAdd(l.series(z).MulAdd(z, square), n.Mul(l.ln2Low))
	return n.MulAdd(l.ln2, f.Sub(square.Sub(low)))
}

// series is R(z)/z.
func (l *logarithm) series(z vec) vec {
	r := l.c[3]
	if fraction > 23 {
		r = l.c[6].MulAdd(z, l.c[5]).MulAdd(z, l.c[4]).MulAdd(z, r)
	}
	return r.MulAdd(z, l.c[2]).MulAdd(z, l.c[1]).MulAdd(z, l.c[0])
}

// Log replaces the numbers in x by their logarithms, as far as whole vectors go,
// and returns how many.
func Log(x []float) (done int) {
	var l logarithm
	l.set()
	for ; done+lanes <= len(x); done += lanes {
		store(l.log(load(x[done:done+lanes])), x[done:done+lanes])
	}
	leave()
	return done
}
