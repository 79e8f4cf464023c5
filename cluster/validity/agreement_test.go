package validity

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestAdjustedRandByHand(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []int32
		want float64
	}{
		// Pairs together in a: 2, in b: 3, in both: 1, of 6:
		// (1 − 2·3/6)/((2+3)/2 − 2·3/6) = 0.
		{"chance", []int32{0, 0, 1, 1}, []int32{0, 0, 0, 1}, 0},
		// In a: 2, in b: 1, both 1: (1 − 1/3)/(3/2 − 1/3) = 4/7.
		{"one split", []int32{0, 0, 1, 1}, []int32{0, 0, 1, 2}, 4. / 7},
		// In a: 2, in b: 2, both 0: (0 − 2/3)/(2 − 2/3) = −1/2.
		{"crossed", []int32{0, 0, 1, 1}, []int32{0, 1, 0, 1}, -1. / 2},
		{"renamed", []int32{0, 0, 1, 1}, []int32{-7, -7, math.MaxInt32, math.MaxInt32}, 1},
		{"one cluster against all apart", []int32{5, 5, 5}, []int32{0, 1, 2}, 0},
		{"one cluster twice", []int32{5, 5, 5}, []int32{0, 0, 0}, 1},
		{"all apart twice", []int32{1, 2, 3}, []int32{3, 2, 1}, 1},
		{"one row", []int32{1}, []int32{2}, 1},
		{"no rows", nil, nil, 1},
	} {
		near(t, c.name, AdjustedRand(c.a, c.b), c.want, 1e-15)
	}
}

// pairwise is the index from its definition: every pair of rows is looked at.
func pairwise(a, b []int32) float64 {
	var total, inA, inB, both float64
	for i := range a {
		for j := range i {
			total++
			if a[i] == a[j] {
				inA++
			}
			if b[i] == b[j] {
				inB++
			}
			if a[i] == a[j] && b[i] == b[j] {
				both++
			}
		}
	}
	if inA == both && inB == both {
		return 1
	}
	expected := inA * inB / total
	return (both - expected) / ((inA+inB)/2 - expected)
}

func TestAdjustedRandLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "n")
		label := rapid.Int32Range(-2, 4)
		a := rapid.SliceOfN(label, n, n).Draw(t, "a")
		b := rapid.SliceOfN(label, n, n).Draw(t, "b")
		got := AdjustedRand(a, b)
		if want := pairwise(a, b); math.Abs(got-want) > 1e-12 {
			t.Fatalf("%v, by pairs %v", got, want)
		}
		if got != AdjustedRand(b, a) {
			t.Fatal("not symmetric")
		}
		if AdjustedRand(a, a) != 1 {
			t.Fatal("a labeling does not agree with itself")
		}
		if got < -0.5 || got > 1 {
			t.Fatalf("%v is out of range", got)
		}
	})
}

// Counts of pairs of a million rows leave no digit behind.
func TestAdjustedRandLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("a million rows")
	}
	rng := rand.New(rand.NewPCG(1, 1))
	a, b := make([]int32, 1_000_000), make([]int32, 1_000_000)
	for i := range a {
		a[i], b[i] = int32(rng.IntN(4)), int32(rng.IntN(4))
	}
	if got := AdjustedRand(a, b); math.Abs(got) > 1e-4 {
		t.Errorf("of unrelated labels: %v, want about 0", got)
	}
	if got := AdjustedRand(a, a); got != 1 {
		t.Errorf("with itself: %v, want 1", got)
	}
}
