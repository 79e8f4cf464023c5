// Package i16x32 holds the vector versions of the kernels that compute in whole
// numbers of 16 bits. Its files but vec.go and this one are copied, word for word,
// into i16x16: see package f64x8, which does the same for floats.
package i16x32
