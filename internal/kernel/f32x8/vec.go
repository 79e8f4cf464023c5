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
func (roots) root(v vec) vec { return v.Sqrt() }
