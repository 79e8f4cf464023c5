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
type roots struct{ tiny, one, half vec }

func newRoots() roots { return roots{broadcast(0x1p-120), broadcast(1), broadcast(0.5)} }

// root is the square root of v ≥ 0 to 2⁻²³ relative, 0 of 0: the processor's
// reciprocal root, good to 14 bits, and one step of Newton's.
func (r roots) root(v vec) vec {
	y := v.Max(r.tiny).ReciprocalSqrt()
	d := v.Mul(y)
	e := r.one.Sub(d.Mul(y))
	return d.Mul(e).MulAdd(r.half, d)
}
