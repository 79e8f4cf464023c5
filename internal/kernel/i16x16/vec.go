//go:build goexperiment.simd && amd64

package i16x16

import "simd/archsimd"

// What this package computes with: sixteen numbers of 16 bits, or eight of 32, at
// a time, AVX2.
type (
	short = archsimd.Int16x16
	long  = archsimd.Int32x8
)

const lanes = 8 // of a long

// bytes returns the bytes of s as shorts.
func bytes(s []uint8) short { return archsimd.LoadUint8x16Slice(s).ExtendToUint16().AsInt16x16() }

func store(v long, s []int32)    { v.StoreSlice(s) }
func broadcast(x int32) long     { return archsimd.BroadcastInt32x8(x) }
func broadcast2(x int32) short   { return archsimd.BroadcastInt32x8(x).AsInt16x16() }
func above(v, limit long) uint64 { return uint64(v.Greater(limit).ToBits()) }

// leave is the last thing a kernel does: see package f64x8.
func leave() { archsimd.ClearAVXUpperBits() }
