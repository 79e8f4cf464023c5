// Code generated from f64x8/leave.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x16

import "simd/archsimd"

// leave is the last thing a kernel does: it clears the upper halves of the
// registers. While they hold something, the processor carries it along through
// every scalar instruction on floats, and plain Go runs at a fifth of its speed,
// until someone clears them.
func leave() { archsimd.ClearAVXUpperBits() }
