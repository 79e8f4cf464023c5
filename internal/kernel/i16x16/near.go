// Code generated from i16x32/near.go; DO NOT EDIT.

//go:build goexperiment.simd && amd64

package i16x16

const (
	codeRows = 64
	codeBits = 3
)

// Codes computes the squared distances from a query to blocks of rows given as
// codes, and the bits of those that are at most limit.
func Codes(codes []uint8, query []int32, limit int32, sums []int32, near []uint64) {
	atMost := broadcast(limit)
	for b := range near {
		far := uint64(0)
		for part := 0; part < codeRows; part += 4 * lanes {
			var s0, s1, s2, s3 long
			rest := codes[2*part:]
			for _, q := range query {
				// A block has 2·codeRows bytes for each pair of columns; the last
				// pair of its last part just reaches its end.
				at := rest[: 8*lanes : 8*lanes]
				x := broadcast2(q)
				d0 := bytes(at[0*lanes : 2*lanes]).ShiftAllLeft(codeBits).Sub(x)
				d1 := bytes(at[2*lanes : 4*lanes]).ShiftAllLeft(codeBits).Sub(x)
				d2 := bytes(at[4*lanes : 6*lanes]).ShiftAllLeft(codeBits).Sub(x)
				d3 := bytes(at[6*lanes : 8*lanes]).ShiftAllLeft(codeBits).Sub(x)
				s0 = s0.Add(d0.DotProductPairs(d0))
				s1 = s1.Add(d1.DotProductPairs(d1))
				s2 = s2.Add(d2.DotProductPairs(d2))
				s3 = s3.Add(d3.DotProductPairs(d3))
				rest = rest[min(2*codeRows, len(rest)):]
			}
			sum := sums[part : part+4*lanes]
			store(s0, sum[0*lanes:1*lanes])
			store(s1, sum[1*lanes:2*lanes])
			store(s2, sum[2*lanes:3*lanes])
			store(s3, sum[3*lanes:4*lanes])
			bits := above(s0, atMost) | above(s1, atMost)<<lanes | above(s2, atMost)<<(2*lanes) | above(s3, atMost)<<(3*lanes)
			far |= bits << part
		}
		near[b] = ^far
		codes, sums = codes[2*codeRows*len(query):], sums[codeRows:]
	}
	leave()
}
