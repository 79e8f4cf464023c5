//go:build goexperiment.simd && amd64

package f64x8

import "simd/archsimd"

// What this package computes with: eight float64 at a time, AVX-512.
type (
	float = float64
	vec   = archsimd.Float64x8
	mask  = archsimd.Mask64x8
)

const lanes = 8

func load(s []float) vec     { return archsimd.LoadFloat64x8Slice(s) }
func store(v vec, s []float) { v.StoreSlice(s) }
func broadcast(x float) vec  { return archsimd.BroadcastFloat64x8(x) }

// roots holds the constants of root, in registers while a loop runs: with less one
// and less half each step of root is one multiply-add.
type roots struct{ tiny, lessOne, lessHalf, three8 vec }

func newRoots() roots {
	return roots{broadcast(0x1p-1000), broadcast(-1), broadcast(-0.5), broadcast(0.375)}
}

// root is the square root of v ≥ 0 to 2⁻⁴⁰ relative, 0 of 0: the processor's
// reciprocal root, good to 14 bits, and one step of third order. The processor's
// own square root has every bit and takes longer.
func (r roots) root(v vec) vec {
	y := v.Max(r.tiny).ReciprocalSqrt()
	d := v.Mul(y)
	e := d.MulAdd(y, r.lessOne)
	return d.Mul(e).MulAdd(e.MulAdd(r.three8, r.lessHalf), d)
}

// other is root by the unit that root leaves idle: the processor's own root. A
// kernel that takes every other root by it is faster than with either alone.
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
type ints = archsimd.Int64x8

func bits(v vec) ints       { return v.AsInt64x8() }
func fromBits(b ints) vec   { return b.AsFloat64x8() }
func whole(x int64) ints    { return archsimd.BroadcastInt64x8(x) }
func exponents(b ints) ints { return b.AsUint64x8().ShiftAllRight(fraction).AsInt64x8() }

// scale is p·2ⁿ. The rest is for processors without the instruction.
func scale(p, _, n, _, _ vec) vec { return p.Scale(n) }

// What lies between smallest and largest has a reciprocal, and many of them a sum.
// Of two no further apart than widest the quotient is not denormal.
const (
	smallest, largest = 0x1p-1000, 0x1p1000
	widest            = 0x1p-1000
)

// flush adds v to the sums in to, one per lane.
func flush(v vec, to []float64) { store(load(to).Add(v), to) }

// Labels are small whole numbers: int32 outside, floats in a vec.
func loadLabels(s []int32) vec     { return archsimd.LoadInt32x8Slice(s).ConvertToFloat64() }
func storeLabels(v vec, s []int32) { v.ConvertToInt32().StoreSlice(s) }
