//go:build goexperiment.simd && amd64

package f32x8

import "simd/archsimd"

// What this package computes with: eight float32 at a time, AVX2 and FMA.
type (
	float = float32
	vec   = archsimd.Float32x8
	mask  = archsimd.Mask32x8
)

const lanes = 8

func load(s []float) vec     { return archsimd.LoadFloat32x8Slice(s) }
func store(v vec, s []float) { v.StoreSlice(s) }
func broadcast(x float) vec  { return archsimd.BroadcastFloat32x8(x) }

// roots holds the constants of root: here none.
type roots struct{}

func newRoots() roots { return roots{} }

// root is the square root of v ≥ 0.
func (roots) root(v vec) vec  { return v.Sqrt() }
func (roots) other(v vec) vec { return v.Sqrt() }

// What exp and log need to know of the float.
const (
	fraction    = 23 // bits behind the binary point
	bias        = 127
	leastNormal = 0x1p-126
	ln2Low      = -1.904654299957768e-09 // ln 2 − float(ln 2)
	expLow      = -104                   // eˣ is 0
	expHigh     = 89                     // eˣ is infinite
)

// ints are the bits of a vec.
type ints = archsimd.Int32x8

func bits(v vec) ints       { return v.AsInt32x8() }
func fromBits(b ints) vec   { return b.AsFloat32x8() }
func whole(x int32) ints    { return archsimd.BroadcastInt32x8(x) }
func exponents(b ints) ints { return b.AsUint32x8().ShiftAllRight(fraction).AsInt32x8() }

// scale is p·2ⁿ, where t = n + magic holds n + bias in its low bits. 2ⁿ is made
// of exponents alone, in two factors because it may be no float where p·2ⁿ is one.
func scale(p, t, n, magic, half vec) vec {
	h := n.MulAdd(half, magic)
	a := h.AsInt32x8().ShiftAllLeft(fraction).AsFloat32x8()
	return p.Mul(a).Mul(t.Sub(h.Sub(magic)).AsInt32x8().ShiftAllLeft(fraction).AsFloat32x8())
}

// What lies between smallest and largest has a reciprocal, and many of them a sum.
// Of two no further apart than widest the quotient is not denormal.
const (
	smallest, largest = 0x1p-100, 0x1p100
	widest            = 0x1p-120
)

// flush adds v to the sums in to, one per lane.
func flush(v vec, to []float64) {
	low, high := to[:lanes/2], to[lanes/2:lanes]
	v.GetLo().ConvertToFloat64().Add(archsimd.LoadFloat64x4Slice(low)).StoreSlice(low)
	v.GetHi().ConvertToFloat64().Add(archsimd.LoadFloat64x4Slice(high)).StoreSlice(high)
}

// Labels are small whole numbers: int32 outside, floats in a vec.
func loadLabels(s []int32) vec     { return archsimd.LoadInt32x8Slice(s).ConvertToFloat32() }
func storeLabels(v vec, s []int32) { v.ConvertToInt32().StoreSlice(s) }
