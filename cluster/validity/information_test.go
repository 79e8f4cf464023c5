package validity

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"segue/matrix"
)

// Four rows make ⌈∛8⌉ = 2 bins: {1, 2} and {3, 4}. Against labels 0 0 1 1 every
// cell holds 2, so both entropies and the joint one are 1 bit + 1/(2·4) nats,
// which is also the mutual information: share 1. The mean is 2.5, the sum of
// squares 5, between the labels 2·1 + 2·1 = 4: η² = 0.8.
//
// Against 0 1 0 1 the four joint cells hold 1: 2 bits + 3/8 nats, so the
// information is 2·(1 bit + 1/8 nats) − that = −1/8 nats, cut to 0. The label
// means are 2 and 3: η² = 4·0.25/5 = 0.2.
func TestFeatureInformationByHand(t *testing.T) {
	got := FeatureInformation([]float64{1, 2, 3, 4}, []int32{0, 0, 1, 1})
	near(t, "bits", got.Bits, 1+math.Log2E/8, 1e-15)
	near(t, "share", got.Share, 1, 1e-15)
	near(t, "η²", got.EtaSquared, 0.8, 1e-15)
	got = FeatureInformation([]float64{1, 2, 3, 4}, []int32{0, 1, 0, 1})
	near(t, "crossed: bits", got.Bits, 0, 0)
	near(t, "crossed: η²", got.EtaSquared, 0.2, 1e-15)
}

func TestFeatureInformationEdges(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		values []float64
		labels []int32
		want   Information
	}{
		{"empty", nil, nil, Information{}},
		{"nothing but missing", []float64{nan, math.Inf(1), 3}, []int32{0, 1, -1}, Information{}},
		{"constant", []float64{.1, .1, .1}, []int32{0, 1, 1}, Information{N: 3}},
		{"one label", []float64{1, 2, 3}, []int32{4, 4, 4}, Information{N: 3}},
		{"one row", []float64{1}, []int32{0}, Information{N: 1}},
	} {
		if got := FeatureInformation(c.values, c.labels); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	with := FeatureInformation([]float64{1, nan, 2, 3, 4, 9}, []int32{0, 1, 0, 1, 1, -1})
	if without := FeatureInformation([]float64{1, 2, 3, 4}, []int32{0, 0, 1, 1}); with != without {
		t.Errorf("missing rows change %+v to %+v", without, with)
	}
}

// An unrelated variable says nothing, one that decides the label says all of
// it, and noise lies between; η² misses what the information sees.
func TestFeatureInformationRanks(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	const n = 20000
	var decides, noisy, unrelated, folded []float64
	var labels []int32
	for range n {
		v := rng.NormFloat64()
		l := int32(0)
		if v > 0 {
			l = 1
		}
		labels = append(labels, l)
		decides = append(decides, v)
		noisy = append(noisy, v+rng.NormFloat64())
		unrelated = append(unrelated, rng.NormFloat64())
		f := rng.NormFloat64() / 2 // inside for one label, outside for the other: equal means
		if l == 1 {
			f = math.Copysign(3, f) + f/4
		}
		folded = append(folded, f)
	}
	all, some, none := FeatureInformation(decides, labels), FeatureInformation(noisy, labels), FeatureInformation(unrelated, labels)
	if all.Share < 0.97 || some.Share > 0.6 || some.Share < 0.1 || none.Share > 0.003 {
		t.Errorf("shares %v, %v, %v: want about 1, between, about 0", all.Share, some.Share, none.Share)
	}
	if f := FeatureInformation(folded, labels); f.Share < 0.95 || f.EtaSquared > 0.01 {
		t.Errorf("folded: %+v, want all of the information and no η²", f)
	}
}

func TestFeatureInformationLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, labelings := drawTable(t, 1)
		values, labels := x.Col(0), labelings[0]
		got := FeatureInformation(values, labels)
		if got.Bits < 0 || got.Share < 0 || got.Share > 1 || got.EtaSquared < 0 || got.EtaSquared > 1 {
			t.Fatalf("%+v is out of range", got)
		}
		order := rand.New(rand.NewPCG(1, uint64(len(values)))).Perm(len(values))
		moved := make([]float64, len(values))
		renamed := make([]int32, len(values))
		for i, row := range order {
			moved[i] = 8*values[row] + 24
			renamed[i] = 1000 - labels[row]
		}
		again := FeatureInformation(moved, renamed)
		if math.Abs(again.Bits-got.Bits) > 1e-12 || math.Abs(again.EtaSquared-got.EtaSquared) > 1e-12 {
			t.Fatalf("row order, names, shift and scale change %+v to %+v", got, again)
		}
	})
}

func TestEqualFrequencyBins(t *testing.T) {
	// Three bins of two places each. In order of size the two 3s take places 2 to
	// 4 of 6; their middle, 3, lies in the second bin, and takes both there.
	bin, bins := equalFrequencyBins([]float64{9, 3, 3, 1, 2, 7}, 3)
	if want := []int32{2, 1, 1, 0, 0, 2}; !slices.Equal(bin, want) || bins != 3 {
		t.Errorf("%v of %d, want %v of 3", bin, bins, want)
	}
	// A value of three quarters of the rows fills one bin, and none is left empty.
	bin, bins = equalFrequencyBins([]float64{0, 0, 0, 0, 0, 0, 1, 2}, 4)
	if want := []int32{0, 0, 0, 0, 0, 0, 1, 1}; !slices.Equal(bin, want) || bins != 2 {
		t.Errorf("%v of %d, want %v of 2", bin, bins, want)
	}
}

// (1, 2), (2, 1), (3, 3): deviations −1, 0, 1 and 0, −1, 1; r = 1/(√2·√2).
func TestPearson(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		a, b []float64
		r    float64
		n    int
	}{
		{"by hand", []float64{1, 2, 3}, []float64{2, 1, 3}, 0.5, 3},
		{"pairwise complete", []float64{1, nan, 2, 3, 5}, []float64{2, 9, 1, 3, inf}, 0.5, 3},
		{"a line", []float64{1, 2, 3}, []float64{-0.1, -0.2, -0.3}, -1, 3},
		{"huge", []float64{1e308, -1e308, 0}, []float64{1e-308, -1e-308, 0}, 1, 3},
		{"constant", []float64{.1, .1, .1}, []float64{1, 2, 3}, nan, 3},
		{"one row", []float64{1}, []float64{1}, nan, 1},
		{"none", nil, nil, nan, 0},
	} {
		r, n := Pearson(c.a, c.b)
		if n != c.n || math.IsNaN(r) != math.IsNaN(c.r) || math.Abs(r-c.r) > 1e-15 {
			t.Errorf("%s: %v of %d, want %v of %d", c.name, r, n, c.r, c.n)
		}
	}
}

// Points on the line y = x with a little across it: the first component is
// (1, 1)/√2, its sign set by the first of two equal loadings.
func TestProject2DByHand(t *testing.T) {
	x := matrix.FromRows([][]float64{{2, 2}, {-2, -2}, {1, -1}, {-1, 1}})
	p, err := Project2D(x)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][2]float64{{2 * math.Sqrt2, 0}, {-2 * math.Sqrt2, 0}, {0, math.Sqrt2}, {0, -math.Sqrt2}} {
		near(t, "first component", p.At(i, 0), want[0], 1e-14)
		near(t, "second component", p.At(i, 1), want[1], 1e-14)
	}
}

func TestProject2DEdges(t *testing.T) {
	for name, x := range map[string]matrix.Columns{
		"one row":    matrix.FromRows([][]float64{{1, 2}}),
		"one column": line,
		"constant":   matrix.FromRows([][]float64{{.1, .2}, {.1, .2}, {.1, .2}}),
	} {
		if _, err := Project2D(x); !errors.Is(err, ErrUndefined) {
			t.Errorf("%s: %v, want ErrUndefined", name, err)
		}
	}
	if _, err := Project2D(matrix.FromRows([][]float64{{1, 2}, {math.NaN(), 3}})); !errors.Is(err, matrix.ErrNotFinite) {
		t.Errorf("NaN: %v", err)
	}
	for _, unit := range []float64{1e300, 1e-300} {
		x := matrix.FromRows([][]float64{{2 * unit, 2 * unit}, {-2 * unit, -2 * unit}, {unit, -unit}, {-unit, unit}})
		p, err := Project2D(x)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "first component", p.At(0, 0)/unit, 2*math.Sqrt2, 1e-14)
	}
}

// A projection never moves two rows apart, and two columns lose nothing.
func TestProject2DLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, _ := drawTable(t, 1)
		n, d := x.Dims()
		p, err := Project2D(x)
		if errors.Is(err, ErrUndefined) {
			t.Skip("one column")
		}
		for i := range n - 1 {
			before := 0.0
			for j := range d {
				before = math.Hypot(before, x.At(i, j)-x.At(i+1, j))
			}
			after := math.Hypot(p.At(i, 0)-p.At(i+1, 0), p.At(i, 1)-p.At(i+1, 1))
			if after > before+1e-10 || d == 2 && after < before-1e-10 {
				t.Fatalf("rows %d and %d: %v apart, projected %v", i, i+1, before, after)
			}
		}
		if r, _ := Pearson(p.Col(0), p.Col(1)); math.Abs(r) > 1e-9 {
			t.Fatalf("components are related: r = %v", r)
		}
	})
}
