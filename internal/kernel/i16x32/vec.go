//go:build goexperiment.simd && amd64

package i16x32

import "simd/archsimd"

// What this package computes with: 32 numbers of 16 bits, or sixteen of 32, at a
// time, AVX-512.
type (
	short = archsimd.Int16x32
	long  = archsimd.Int32x16
)

const lanes = 16 // of a long

// bytes returns the bytes of s as shorts.
func bytes(s []uint8) short { return archsimd.LoadUint8x32Slice(s).ExtendToUint16().AsInt16x32() }

func store(v long, s []int32)    { v.StoreSlice(s) }
func broadcast(x int32) long     { return archsimd.BroadcastInt32x16(x) }
func broadcast2(x int32) short   { return archsimd.BroadcastInt32x16(x).AsInt16x32() }
func above(v, limit long) uint64 { return uint64(v.Greater(limit).ToBits()) }

// leave is the last thing a kernel does: see package f64x8.
func leave() { archsimd.ClearAVXUpperBits() }
