//go:build goexperiment.simd && amd64

package f64x8

// sum adds the lanes by fours.
func sum(v vec) (total float) {
	var four [lanes]float
	store(v, four[:])
	for s := four[:]; len(s) >= 4; s = s[4:] {
		total += (s[0] + s[1]) + (s[2] + s[3])
	}
	return total
}
