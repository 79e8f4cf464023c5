// Code generated from f64x8/near.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package f32x16

const boxFan = 16

// Boxes computes the squared distances from a point to sixteen boxes and returns
// as bits those that are at most limit.
func Boxes(bounds, query []float, limit float, apart []float) (near uint32) {
	apart = apart[:boxFan]
	atMost := broadcast(limit)
	for part := 0; part <= boxFan-lanes; part += lanes {
		var sum, zero vec
		rest := bounds
		for j := 0; j+2 <= len(query) && len(rest) >= 2*boxFan; j += 2 {
			from, to := broadcast(query[j]), broadcast(query[j+1])
			low, high := load(rest[part:part+lanes]), load(rest[boxFan+part:boxFan+part+lanes])
			gap := low.Sub(to).Max(from.Sub(high)).Max(zero)
			sum = gap.MulAdd(gap, sum)
			rest = rest[2*boxFan:]
		}
		store(sum, apart[part:part+lanes])
		near |= uint32(sum.LessEqual(atMost).ToBits()) << part
	}
	leave()
	return near
}
