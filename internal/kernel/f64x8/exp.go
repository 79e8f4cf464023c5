//go:build goexperiment.simd && amd64

package f64x8

import "math"

// exponential holds the constants of exp. A function that computes many makes
// one, on its stack.
type exponential struct {
	low, high, log2e, magic, half, one, ln2, ln2Low vec // the last two negated
	c                                               [10]vec
}

// set fills in the constants for this package's float. c is q in eʳ = 1 + r +
// r²q(r), interpolated at the Chebyshev nodes of |r| ≤ ½ ln 2: the error of eʳ is
// 1.7e-17 with the ten coefficients and 1.0e-8 with the five, a sixth of half a
// unit in the last place of either float.
func (e *exponential) set() {
	c := [...]float64{
		0.5000000000000001, 0.16666666666666669, 0.041666666666623824, 0.008333333333330039, 0.0013888888917367081,
		0.00019841269863171557, 2.4801521057868204e-05, 2.7557268276905696e-06, 2.7620201591031547e-07, 2.5100472505694996e-08,
	}
	if fraction == 23 {
		c = [...]float64{0.5, 0.16666576666119928, 0.04166655421298415, 0.008363232883682618, 0.0013926250831497611, 9: 0}
	}
	for i, v := range c {
		e.c[i] = broadcast(float(v))
	}
	e.low, e.high, e.log2e, e.magic = broadcast(expLow), broadcast(expHigh), broadcast(math.Log2E), broadcast(3<<(fraction-1)+bias)
	e.half, e.one, e.ln2, e.ln2Low = broadcast(0.5), broadcast(1), broadcast(-math.Ln2), broadcast(-ln2Low)
}

// exp is e to the power v, to 1 unit in the last place: 0 of −Inf and of what is
// too small for a float, denormal where that is near, +Inf of what is too large,
// NaN of NaN.
//
// With n the whole number nearest to v/ln 2 and r = v − n·ln 2, eᵛ = 2ⁿeʳ.
// Adding 1½·2⁵² (in float32 1½·2²³) rounds to a whole number and leaves it in the
// low bits; the exponent's bias is added with it, so that they are 2ⁿ's.
func (e *exponential) exp(v vec) vec {
	v = e.low.Merge(v, v.Less(e.low)) // not Max, which may lose a NaN
	v = e.high.Merge(v, v.Greater(e.high))
	t := v.MulAdd(e.log2e, e.magic)
	n := t.Sub(e.magic)
	return scale(e.series(n.MulAdd(e.ln2Low, n.MulAdd(e.ln2, v))), t, n, e.magic, e.half)
}

// series is eʳ for |r| ≤ ½ ln 2.
func (e *exponential) series(r vec) vec {
	q := e.c[4]
	if fraction > 23 {
		q = e.c[9].MulAdd(r, e.c[8]).MulAdd(r, e.c[7]).MulAdd(r, e.c[6]).MulAdd(r, e.c[5]).MulAdd(r, q)
	}
	q = q.MulAdd(r, e.c[3]).MulAdd(r, e.c[2]).MulAdd(r, e.c[1]).MulAdd(r, e.c[0])
	return r.Mul(r).MulAdd(q, r).Add(e.one)
}

// Exp replaces the numbers in x by their exponentials, as far as whole vectors
// go, and returns how many.
func Exp(x []float) (done int) {
	var e exponential
	e.set()
	for ; done+lanes <= len(x); done += lanes {
		store(e.exp(load(x[done:done+lanes])), x[done:done+lanes])
	}
	leave()
	return done
}
