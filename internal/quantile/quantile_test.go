package quantile_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"segue/internal/quantile"
)

// Of 1 2 4 8 the 0.4-quantile is at rank 0.4·3 = 1.2: 2 + 0.2·(4 − 2) = 2.4.
func TestQuantileByHand(t *testing.T) {
	for p, want := range map[float64]float64{0: 1, 0.4: 2.4, 0.5: 3, 1: 8} {
		if got := quantile.Of([]float64{1, 2, 4, 8}, p); math.Abs(got-want) > 1e-15 {
			t.Errorf("%v-quantile is %v, want %v", p, got, want)
		}
		if got := quantile.Of([]float32{1, 2, 4, 8}, p); math.Abs(got-want) > 1e-15 {
			t.Errorf("%v-quantile of float32 is %v, want %v", p, got, want)
		}
	}
	if one := quantile.Of([]float64{7}, .9); one != 7 {
		t.Errorf("of one value %v", one)
	}
	if none := quantile.Of([]float64{}, .5); !math.IsNaN(none) {
		t.Errorf("of none %v", none)
	}
}

// A quantile lies within the values and does not fall as p rises.
func TestQuantileRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 1, 30).Draw(t, "values")
		slices.Sort(v)
		last := v[0]
		for i := range 21 {
			q := quantile.Of(v, float64(i)/20)
			if q < last-1e-6 || q > v[len(v)-1]+1e-6 {
				t.Fatalf("quantile %d/20 of %v is %v, the one before %v", i, v, q, last)
			}
			last = q
		}
	})
}
