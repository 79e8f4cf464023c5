package validity

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"segue/matrix"
)

// The points 0, 2, 5 and 9 as {0, 2} and {5, 9}: centers 1 and 7, spreads 1 and
// 2, so Davies–Bouldin is (1+2)/6 = 1/2. The mean is 4, so B = 2·9 + 2·9 = 36,
// W = 2·1 + 2·4 = 10, and Calinski–Harabasz (36/1)/(10/2) = 7.2.
func TestSeparationByHand(t *testing.T) {
	labels := []int32{3, 3, 1, 1}
	db, err := DaviesBouldin(line, labels)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Davies–Bouldin", db, 0.5, 1e-15)
	ch, err := CalinskiHarabasz(line, labels)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Calinski–Harabasz", ch, 7.2, 1e-15)
}

// Three clusters at 0±1, 10±1 and 14±2 (spreads 1, 1, 2): the worst ratios are
// max(2/10, 3/14), max(2/10, 3/4) and 3/4, mean (3/14 + 3/2)/3 = 4/7.
func TestDaviesBouldinTakesTheWorst(t *testing.T) {
	x := matrix.FromColumns([]float64{-1, 1, 9, 11, 12, 16})
	db, err := DaviesBouldin(x, []int32{0, 0, 1, 1, 2, 2})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Davies–Bouldin", db, 4./7, 1e-15)
}

func TestSeparationUndefined(t *testing.T) {
	for name, column := range map[string][]float64{
		"same centers":              {-1, 1, -2, 2},
		"same centers, to rounding": {0.1, 0.3, 0.1 + 0.2, 0.1},
		"constant":                  {.1, .1, .1, .1},
	} {
		if v, err := DaviesBouldin(matrix.FromColumns(column), []int32{0, 0, 1, 1}); !errors.Is(err, ErrUndefined) {
			t.Errorf("Davies–Bouldin, %s: %v, %v; want ErrUndefined", name, v, err)
		}
	}
	for name, column := range map[string][]float64{
		"no spread": {.1, .1, .7, .7},
		"constant":  {.1, .1, .1, .1},
	} {
		if v, err := CalinskiHarabasz(matrix.FromColumns(column), []int32{0, 0, 1, 1}); !errors.Is(err, ErrUndefined) {
			t.Errorf("Calinski–Harabasz, %s: %v, %v; want ErrUndefined", name, v, err)
		}
	}
	if v, err := DaviesBouldin(matrix.FromColumns([]float64{.1, .1, .7, .7}), []int32{0, 0, 1, 1}); v != 0 || err != nil {
		t.Errorf("Davies–Bouldin without spread: %v, %v; want 0", v, err)
	}
}

func TestSeparationExtremes(t *testing.T) {
	for _, unit := range []float64{1e307, 1e-300} {
		x := matrix.FromColumns([]float64{0, 2 * unit, 5 * unit, 9 * unit})
		labels := []int32{0, 0, 1, 1}
		db, errDB := DaviesBouldin(x, labels)
		ch, errCH := CalinskiHarabasz(x, labels)
		if errDB != nil || errCH != nil {
			t.Fatal(errDB, errCH)
		}
		near(t, "Davies–Bouldin", db, 0.5, 1e-14)
		near(t, "Calinski–Harabasz", ch, 7.2, 1e-14)
		if math.IsInf(ch, 0) {
			t.Error("overflow")
		}
	}
}

// Far from zero, a mean by plain summing loses the digits the indices live on.
func TestSeparationFarFromZero(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	at, far := matrix.New(50000, 1), matrix.New(50000, 1)
	labels := make([]int32, 50000)
	for i := range labels {
		v := float64(rng.IntN(1<<20)) / (1 << 20) // so that adding 2³⁰ is exact
		at.Col(0)[i], far.Col(0)[i] = v, v+1<<30
		if v > 0.5 {
			labels[i] = 1
		}
	}
	for name, index := range map[string]func(matrix.Columns, []int32) (float64, error){
		"Davies–Bouldin": DaviesBouldin, "Calinski–Harabasz": CalinskiHarabasz,
	} {
		want, err := index(at, labels)
		if err != nil {
			t.Fatal(err)
		}
		got, err := index(far, labels)
		if err != nil {
			t.Fatal(err)
		}
		// A mean near 2³⁰ has digits down to 2⁻²³, of an index of about 1.
		near(t, name, got/want, 1, 0x1p-21)
	}
}
