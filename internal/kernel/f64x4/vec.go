//go:build goexperiment.simd && amd64

package f64x4

import "simd/archsimd"

// What this package computes with: four float64 at a time, AVX2 and FMA.
type (
	float = float64
	vec   = archsimd.Float64x4
	mask  = archsimd.Mask64x4
)

const lanes = 4

func load(s []float) vec     { return archsimd.LoadFloat64x4Slice(s) }
func store(v vec, s []float) { v.StoreSlice(s) }
func broadcast(x float) vec  { return archsimd.BroadcastFloat64x4(x) }

// roots holds the constants of root: here none.
type roots struct{}

func newRoots() roots { return roots{} }

// root is the square root of v ≥ 0.
func (roots) root(v vec) vec  { return v.Sqrt() }
func (roots) other(v vec) vec { return v.Sqrt() }

// What exp and log need to know of the float.
const (
	fraction    = 52 // bits behind the binary point
	bias        = 1023
	leastNormal = 0x1p-1022
	ln2Low      = 2.3190468138462996e-17 // ln 2 − float(ln 2)
	expLow      = -746                   // eˣ is 0
	expHigh     = 710                    // eˣ is infinite
)

// ints are the bits of a vec.
type ints = archsimd.Int64x4

func bits(v vec) ints       { return v.AsInt64x4() }
func fromBits(b ints) vec   { return b.AsFloat64x4() }
func whole(x int64) ints    { return archsimd.BroadcastInt64x4(x) }
func exponents(b ints) ints { return b.AsUint64x4().ShiftAllRight(fraction).AsInt64x4() }

// scale is p·2ⁿ, where t = n + magic holds n + bias in its low bits. 2ⁿ is made
// of exponents alone, in two factors because it may be no float where p·2ⁿ is one.
func scale(p, t, n, magic, half vec) vec {
	h := n.MulAdd(half, magic)
	a := h.AsInt64x4().ShiftAllLeft(fraction).AsFloat64x4()
	return p.Mul(a).Mul(t.Sub(h.Sub(magic)).AsInt64x4().ShiftAllLeft(fraction).AsFloat64x4())
}

// What lies between smallest and largest has a reciprocal, and many of them a sum.
// Of two no further apart than widest the quotient is not denormal.
const (
	smallest, largest = 0x1p-1000, 0x1p1000
	widest            = 0x1p-1000
)

// flush adds v to the sums in to, one per lane.
func flush(v vec, to []float64) { store(load(to).Add(v), to) }

// Labels are small whole numbers: int32 outside, floats in a vec.
func loadLabels(s []int32) vec     { return archsimd.LoadInt32x4Slice(s).ConvertToFloat64() }
func storeLabels(v vec, s []int32) { v.ConvertToInt32().StoreSlice(s) }
