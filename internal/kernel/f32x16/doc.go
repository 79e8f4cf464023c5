// Package f32x16 is package f64x8 for another vector: see there. All its files but
// vec.go are copies.
package f32x16
