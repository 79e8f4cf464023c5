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

// roots holds the constants of root, in registers while a loop runs.
type roots struct{ tiny, one, half, three8 vec }

func newRoots() roots {
	return roots{broadcast(0x1p-1000), broadcast(1), broadcast(0.5), broadcast(0.375)}
}

// root is the square root of v ≥ 0 to 2⁻⁴⁰ relative, 0 of 0: the processor's
// reciprocal root, good to 14 bits, and one step of third order. The processor's
// own square root has every bit and takes longer.
func (r roots) root(v vec) vec {
	y := v.Max(r.tiny).ReciprocalSqrt()
	d := v.Mul(y)
	e := r.one.Sub(d.Mul(y))
	return d.Mul(e).MulAdd(e.MulAdd(r.three8, r.half), d)
}
