//go:build goexperiment.simd && amd64

package f32x16

import "simd/archsimd"

// What this package computes with: sixteen float32 at a time, AVX-512.
type (
	float = float32
	vec   = archsimd.Float32x16
	mask  = archsimd.Mask32x16
)

const lanes = 16

func load(s []float) vec     { return archsimd.LoadFloat32x16Slice(s) }
func store(v vec, s []float) { v.StoreSlice(s) }
func broadcast(x float) vec  { return archsimd.BroadcastFloat32x16(x) }

// roots holds the constants of root, in registers while a loop runs.
type roots struct{ tiny, lessOne, lessHalf vec }

func newRoots() roots { return roots{broadcast(0x1p-120), broadcast(-1), broadcast(-0.5)} }

// root is the square root of v ≥ 0 to 2⁻²³ relative, 0 of 0: the processor's
// reciprocal root, good to 14 bits, and one step of Newton's.
func (r roots) root(v vec) vec {
	y := v.Max(r.tiny).ReciprocalSqrt()
	d := v.Mul(y)
	e := d.MulAdd(y, r.lessOne)
	return d.Mul(e).MulAdd(r.lessHalf, d)
}

// other is root by the unit that root leaves idle: the processor's own root.
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
type ints = archsimd.Int32x16

func bits(v vec) ints       { return v.AsInt32x16() }
func fromBits(b ints) vec   { return b.AsFloat32x16() }
func whole(x int32) ints    { return archsimd.BroadcastInt32x16(x) }
func exponents(b ints) ints { return b.AsUint32x16().ShiftAllRight(fraction).AsInt32x16() }

// scale is p·2ⁿ. The rest is for processors without the instruction.
func scale(p, _, n, _, _ vec) vec { return p.Scale(n) }

// What lies between smallest and largest has a reciprocal, and many of them a sum.
// Of two no further apart than widest the quotient is not denormal.
const (
	smallest, largest = 0x1p-100, 0x1p100
	widest            = 0x1p-120
)

// flush adds v to the sums in to, one per lane.
func flush(v vec, to []float64) {
	low, high := to[:lanes/2], to[lanes/2:lanes]
	v.GetLo().ConvertToFloat64().Add(archsimd.LoadFloat64x8Slice(low)).StoreSlice(low)
	v.GetHi().ConvertToFloat64().Add(archsimd.LoadFloat64x8Slice(high)).StoreSlice(high)
}

// Labels are small whole numbers: int32 outside, floats in a vec.
func loadLabels(s []int32) vec     { return archsimd.LoadInt32x16Slice(s).ConvertToFloat32() }
func storeLabels(v vec, s []int32) { v.ConvertToInt32().StoreSlice(s) }
