package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"segue/matrix"
)

func TestBoxesByHand(t *testing.T) {
	// Two columns. From (1, 1): box 0 is [2, 3]×[1, 2], so 1² + 0² away; box 1 is
	// [0, 2]×[0, 2], around it; all others are [1, 1]×[4, 4], so 3² away.
	bounds := make([]float64, 4*BoxFan)
	for i := range BoxFan {
		bounds[i], bounds[BoxFan+i], bounds[2*BoxFan+i], bounds[3*BoxFan+i] = 1, 1, 4, 4
	}
	bounds[0], bounds[BoxFan], bounds[2*BoxFan], bounds[3*BoxFan] = 2, 3, 1, 2
	bounds[1], bounds[BoxFan+1], bounds[2*BoxFan+1], bounds[3*BoxFan+1] = 0, 2, 0, 2
	var apart [BoxFan]float64
	if near := boxes(bounds, []float64{1, 1, 1, 1}, 1, apart[:]); near != 0b11 {
		t.Errorf("near = %b", near)
	}
	if apart[0] != 1 || apart[1] != 0 || apart[2] != 9 || apart[BoxFan-1] != 9 {
		t.Errorf("apart = %v", apart)
	}
}

func TestCodesByHand(t *testing.T) {
	// Three columns in two pairs, the last of one. The query is (10, −20, 30) in
	// eighths of a code. Row 0 is (1, 2, 3): (8−10)² + (16+20)² + (24−30)² = 1336.
	// The other rows are 0: 100 + 400 + 900 = 1400.
	block := make([]uint8, 4*CodeRows)
	block[0], block[1], block[2*CodeRows] = 1, 2, 3
	sums, near := make([]int32, CodeRows), make([]uint64, 1)
	query := []int32{10 | -20<<16, 30}
	codes(block, query, 1336, sums, near)
	if sums[0] != 1336 || sums[1] != 1400 || near[0] != 1 {
		t.Errorf("sums %v, near %b", sums[:2], near[0])
	}
}

// boxesInput makes boxes of d columns and a query, some of it hostile.
func boxesInput[F matrix.Float](rng *rand.Rand, d int, hostile bool) (bounds, query []F) {
	bounds, query = make([]F, 2*BoxFan*d+3)[3:], make([]F, 2*d+1)[1:] // at odd addresses
	for j := range d {
		for i := range BoxFan {
			a, b := F(rng.NormFloat64()), F(rng.NormFloat64())
			if hostile {
				a, b = pick[F](rng), pick[F](rng)
			}
			bounds[2*BoxFan*j+i], bounds[2*BoxFan*j+BoxFan+i] = min(a, b), max(a, b)
		}
		q := F(rng.NormFloat64())
		if hostile {
			q = pick[F](rng)
		}
		query[2*j], query[2*j+1] = q, q
	}
	return bounds, query
}

func pick[F matrix.Float](rng *rand.Rand) F {
	huge := F(1e18)
	if wide := 1e140; !math.IsInf(float64(F(wide)), 0) {
		huge = F(wide)
	}
	return []F{0, 1, -1, huge, -huge, F(math.SmallestNonzeroFloat32), F(math.Inf(1)), 0.5}[rng.IntN(8)]
}

func agreeOnBoxes[F matrix.Float](t *testing.T, name string, s set[F], eps float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 300 {
		d := []int{1, 2, 3, 5, 12, 16, 21}[round%7]
		bounds, query := boxesInput[F](rng, d, round%3 == 0)
		var got, want [BoxFan]F
		boxes(bounds, query, 0, want[:])
		limit := want[round%BoxFan]
		near := s.boxes(bounds, query, limit, got[:])
		for i := range got {
			g, w := float64(got[i]), float64(want[i])
			if math.IsNaN(w) || math.IsNaN(g) { // ∞ − ∞: no promise but to return
				continue
			}
			if g != w && !(math.Abs(g-w) <= float64(d+4)*eps*w+math.SmallestNonzeroFloat32) {
				t.Fatalf("%s: d=%d, box %d: %v, want %v", name, d, i, g, w)
			}
			if near>>i&1 == 1 != (got[i] <= limit) {
				t.Fatalf("%s: d=%d, box %d at %v, limit %v: bits %b", name, d, i, g, limit, near)
			}
		}
	}
}

type codesFunc = func(codes []uint8, query []int32, limit int32, sums []int32, near []uint64)

func agreeOnCodes(t *testing.T, name string, f codesFunc) {
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 300 {
		d, blocks := 1+round%CodeColumns, round%4
		pairs := (d + 1) / 2
		block := make([]uint8, 2*CodeRows*pairs*blocks+1)[1:]
		coords := make([]int32, 2*pairs)
		for i := range block {
			if i&1 == 0 || d&1 == 0 || (i/(2*CodeRows))%pairs != pairs-1 {
				block[i] = uint8(rng.Uint32())
			}
		}
		for j := range d {
			coords[j] = int32(rng.IntN(2*CodeReach-255<<CodeBits)) - CodeReach + 255<<CodeBits
			switch rng.IntN(8) {
			case 0:
				coords[j] = CodeReach
			case 1:
				coords[j] = 255<<CodeBits - CodeReach
			}
		}
		query := make([]int32, pairs)
		for p := range query {
			query[p] = int32(uint16(coords[2*p])) | coords[2*p+1]<<16
		}
		want := make([]int32, blocks*CodeRows)
		for i := range want { // slow and obvious
			for j, q := range coords {
				at := i/CodeRows*2*CodeRows*pairs + j/2*2*CodeRows + i%CodeRows*2 + j%2
				u := int32(block[at])*(1<<CodeBits) - q
				want[i] += u * u
			}
		}
		limit := int32(rng.Uint32() >> 1)
		if blocks > 0 {
			limit = want[rng.IntN(len(want))]
		}
		got, near := make([]int32, len(want)), make([]uint64, blocks)
		f(block, query, limit, got, near)
		if !slices.Equal(got, want) {
			t.Fatalf("%s: d=%d, %d blocks: sums %v, want %v", name, d, blocks, got, want)
		}
		for i, sum := range want {
			if near[i/CodeRows]>>(i%CodeRows)&1 == 1 != (sum <= limit) {
				t.Fatalf("%s: row %d at %d, limit %d: %b", name, i, sum, limit, near)
			}
		}
	}
}

func TestBoxesAgree(t *testing.T) {
	agreeOnBoxes(t, "portable", portable[float64](), 0x1p-53)
	agreeOnBoxes(t, "portable", portable[float32](), 0x1p-24)
	for l := portableLevel; l <= best(); l++ {
		doubles, singles := sets(l)
		agreeOnBoxes(t, levelNames[l], doubles, 0x1p-52)
		agreeOnBoxes(t, levelNames[l], singles, 0x1p-23)
	}
}

func TestCodesAgree(t *testing.T) {
	for l := portableLevel; l <= best(); l++ {
		agreeOnCodes(t, levelNames[l], integers(l))
	}
}

func BenchmarkBoxes(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, d := range []int{3, 12} {
		bounds, query := boxesInput[float32](rng, d, false)
		var apart [BoxFan]float32
		for l := portableLevel; l <= best(); l++ {
			_, singles := sets(l)
			b.Run(fmt.Sprintf("d=%d/%s", d, levelNames[l]), func(b *testing.B) {
				for b.Loop() {
					singles.boxes(bounds, query, 1, apart[:])
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/BoxFan, "ns/box")
			})
		}
	}
}

func BenchmarkCodes(b *testing.B) {
	for _, d := range []int{3, 12} {
		for _, rows := range []int{128, 1 << 20} {
			pairs, blocks := (d+1)/2, 2
			codes := make([]uint8, 2*pairs*rows)
			for i := range codes {
				codes[i] = uint8(i * 7)
			}
			query := make([]int32, pairs)
			sums, near := make([]int32, blocks*CodeRows), make([]uint64, blocks)
			for l := portableLevel; l <= best(); l++ {
				f := integers(l)
				b.Run(fmt.Sprintf("d=%d/rows=%d/%s", d, rows, levelNames[l]), func(b *testing.B) {
					for b.Loop() {
						for leaf := codes; len(leaf) > 0; leaf = leaf[blocks*CodeRows*2*pairs:] {
							f(leaf, query, 100, sums, near)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
				})
			}
		}
	}
}
