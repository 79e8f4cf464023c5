package knn

import (
	"encoding/binary"
	"unsafe"
)

// number is what a file holds arrays of.
type number interface{ int32 | float32 | float64 }

// little says that this processor keeps numbers as files do.
var little = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// view returns b, little-endian, as numbers: the same memory if the processor can
// read it there, else a copy. A rest of b too short for a number is left out.
func view[T number](b []byte) []T {
	var zero T
	size := int(unsafe.Sizeof(zero))
	n := len(b) / size
	if n == 0 {
		return nil
	}
	if start := unsafe.Pointer(unsafe.SliceData(b)); little && uintptr(start)%uintptr(size) == 0 {
		// n·size bytes of b begin here, aligned, and every pattern of bits is a T.
		return unsafe.Slice((*T)(start), n)
	}
	s := make([]T, n)
	if _, err := binary.Decode(b, binary.LittleEndian, s); err != nil {
		panic("knn: view: " + err.Error()) // n numbers fit in b
	}
	return s
}

// eachBytes calls put with the bytes of s, little-endian, a part at a time.
func eachBytes[T number](s []T, put func([]byte)) {
	const part = 1 << 13
	var buf []byte
	for ; len(s) > 0; s = s[min(part, len(s)):] {
		buf, _ = binary.Append(buf[:0], binary.LittleEndian, s[:min(part, len(s))]) // numbers have a fixed size: no error
		put(buf)
	}
}
