package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"segue/matrix"
)

// Rows 1, 3 and 8 of weights 1, 1 and 2: mean (1+3+16)/4 = 5, squares
// 16 + 4 + 2·9 = 38, variance 9½; without weights mean 4, squares 9 + 1 + 16 = 26.
func TestSpreadByHand(t *testing.T) {
	x := matrix.FromColumns([]float64{7, 1, 3, 8, 7})
	s := NewSpread(1)
	SpreadOf(x, 1, 4, []float64{1, 1, 2}, s)
	if s.Mean[0] != 5 || s.Squares[0] != 38 || s.MeanVariance() != 9.5 {
		t.Errorf("weighted: %+v", s)
	}
	SpreadOf(x, 1, 4, nil, s)
	if s.Mean[0] != 4 || s.Squares[0] != 26 || s.Weight != 3 {
		t.Errorf("got %+v", s)
	}
	SpreadOf(x, 1, 4, []float64{0, 0, 0}, s)
	all := NewSpread(1)
	all.Merge(s)
	if all.Weight != 0 || all.Mean[0] != 0 {
		t.Errorf("of no weight: %+v", all)
	}
}

// TestSpreadMerges: chunks far from the origin merge to the spread of the whole.
func TestSpreadMerges(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	const n = 2*ChunkRows + 11
	x := matrix.New(n, 3)
	for j := range 3 {
		for i := range n {
			x.Col(j)[i] = 1e6*float64(j) + r.NormFloat64()*float64(1+i/ChunkRows)
		}
	}
	want := 0.0
	for j := range 3 {
		mean, squares := 0.0, 0.0
		for _, v := range x.Col(j) {
			mean += v / n
		}
		for _, v := range x.Col(j) {
			squares += (v - mean) * (v - mean) / n
		}
		want += squares / 3
	}
	if got := MeanVariance(x); math.Abs(got-want) > 1e-9*want {
		t.Errorf("mean variance %v, want %v", got, want)
	}
}
