// Code generated from f64x8/sum.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x16

// sum adds the lanes in pairs.
func sum(v vec) (total float) {
	var s [lanes]float
	store(v, s[:])
	for width := lanes / 2; width > 0; width /= 2 {
		for i := range width {
			s[i] += s[i+width]
		}
	}
	return s[0]
}
