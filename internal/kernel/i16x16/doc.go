// Package i16x16 is package i16x32 for AVX2.
package i16x16
