package kernel

import "segue/matrix"

// BoxFan is how many boxes Boxes measures at once.
const BoxFan = 16

// Boxes computes the squared distances from a point to BoxFan boxes of len(query)/2
// columns, 0 inside, and returns as bits those that are at most limit. bounds
// holds for each column the BoxFan lowest, then the BoxFan highest coordinates;
// query for each column two values between which the point lies; apart has
// BoxFan places. A distance is that of the nearest point query allows, rounded:
// off by at most (columns + 4)·2⁻²⁴ relative in float32, 2⁻⁵³ in float64.
func Boxes[F matrix.Float](bounds, query []F, limit F, apart []F) uint32 {
	return of[F]().boxes(bounds, query, limit, apart)
}

func boxes[F matrix.Float](bounds, query []F, limit F, apart []F) uint32 {
	apart = apart[:BoxFan]
	clear(apart)
	for len(query) >= 2 && len(bounds) >= 2*BoxFan {
		from, to := query[0], query[1]
		low, high := bounds[:BoxFan:BoxFan], bounds[BoxFan:2*BoxFan:2*BoxFan]
		for i := range apart {
			// Ifs, because max must see to NaN and −0 and takes three times as long.
			gap := low[i] - to
			if other := from - high[i]; other > gap {
				gap = other
			}
			if gap > 0 {
				apart[i] += gap * gap
			}
		}
		query, bounds = query[2:], bounds[2*BoxFan:]
	}
	near := uint32(0)
	for i, a := range apart {
		if a <= limit {
			near |= 1 << i
		}
	}
	return near
}

// CodeRows is how many rows one block of codes holds, CodeColumns how many columns
// Codes can sum without overflow, CodeBits the bits a query has below a code's
// lowest, and CodeReach the greatest difference Codes may meet, in those bits.
const (
	CodeRows    = 64
	CodeColumns = 16
	CodeBits    = 3
	CodeReach   = 11584 // 16·11584² < 2³¹
)

// Codes computes the squared distances from a query to blocks of CodeRows rows of
// len(query) pairs of columns, up to CodeColumns/2, given as codes of one byte:
//
//	sums[i] = Σ (code[i]·2^CodeBits − query)²
//
// and sets in near, one word a block, the bits of the rows where that is at most
// limit. A block holds, for each pair of columns, the two codes of row 0, of row
// 1, and so on; query holds, in the low and the high half of each word, the two
// signed coordinates of a pair. No difference may exceed CodeReach. The sums are
// integers: every version gives the same.
func Codes(codes []uint8, query []int32, limit int32, sums []int32, near []uint64) {
	codesOf(codes, query, limit, sums, near)
}

func codes(codes []uint8, query []int32, limit int32, sums []int32, near []uint64) {
	for b := range near {
		sum := (*[CodeRows]int32)(sums[b*CodeRows:])
		clear(sum[:])
		q := query
		for ; len(q) >= 2; q = q[2:] { // two pairs at a time: half as many sums to store
			w, x, y, z := int32(int16(q[0])), q[0]>>16, int32(int16(q[1])), q[1]>>16
			one, two := (*[2 * CodeRows]uint8)(codes), (*[2 * CodeRows]uint8)(codes[2*CodeRows:])
			for i := range sum {
				s := int32(one[2*i])<<CodeBits - w
				t := int32(one[2*i+1])<<CodeBits - x
				u := int32(two[2*i])<<CodeBits - y
				v := int32(two[2*i+1])<<CodeBits - z
				sum[i] += s*s + t*t + u*u + v*v
			}
			codes = codes[4*CodeRows:]
		}
		if len(q) == 1 {
			w, x := int32(int16(q[0])), q[0]>>16
			one := (*[2 * CodeRows]uint8)(codes)
			for i := range sum {
				s := int32(one[2*i])<<CodeBits - w
				t := int32(one[2*i+1])<<CodeBits - x
				sum[i] += s*s + t*t
			}
			codes = codes[2*CodeRows:]
		}
		bits := uint64(0)
		for i, s := range sum {
			if s <= limit {
				bits |= 1 << i
			}
		}
		near[b] = bits
	}
}
