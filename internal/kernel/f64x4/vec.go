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
func (roots) root(v vec) vec { return v.Sqrt() }
