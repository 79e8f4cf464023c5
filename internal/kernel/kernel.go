package kernel

import "segue/matrix"

//go:generate go run ./gen

// ChunkRows is how many rows one partial result covers. Three columns of a chunk
// fit in a 96 KB second-level cache, and 90,000 rows make 22 chunks, enough to
// keep many cores busy. Changing it changes results in their last digits.
const ChunkRows = matrix.PieceRows

// block is how many rows go through all clusters before the next rows do: the
// block's distances to ten clusters (20 KB) stay in a first-level cache.
const block = 256

// padded returns n zeros of their own cache lines, so that chunks summed on
// different processors do not slow each other down.
func padded(n int) []float64 { return make([]float64, n+8, n+16)[:n] }

// Flatten returns the rows one after the other: k×d row by row.
func Flatten(rows [][]float64) []float64 {
	var flat []float64
	for _, r := range rows {
		flat = append(flat, r...)
	}
	return flat
}

// Unflatten is the inverse of Flatten for rows of length d.
func Unflatten(flat []float64, k, d int) [][]float64 {
	rows := make([][]float64, k)
	for c := range rows {
		rows[c] = append(make([]float64, 0, d), flat[c*d:(c+1)*d]...)
	}
	return rows
}
