package scale_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"segue/matrix"
	"segue/scale"
)

// 2, 4, 4, 4, 5, 5, 7, 9 have mean 5 and squared deviations 9+1+1+1+0+0+4+16 =
// 32, so population variance 4 and standard deviation 2. The second column is
// constant.
func TestStandardizeByHand(t *testing.T) {
	x := matrix.FromColumns([]float64{2, 4, 4, 4, 5, 5, 7, 9}, []float64{.1, .1, .1, .1, .1, .1, .1, .1})
	s, err := scale.FitStandardizer(x)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Mean, []float64{5, .1}) || !slices.Equal(s.SD, []float64{2, 0}) {
		t.Fatalf("got %+v", s)
	}
	z := s.Transform(x)
	if !slices.Equal(z.Col(0), []float64{-1.5, -.5, -.5, -.5, 0, 0, 1, 2}) || slices.Max(z.Col(1)) != 0 || x.At(0, 0) != 2 {
		t.Errorf("got %v, %v", z.Col(0), z.Col(1))
	}
	row := []float64{9, 7}
	if got := s.TransformRow(row, row); !slices.Equal(got, []float64{2, 0}) {
		t.Errorf("TransformRow = %v", got)
	}
	if got := s.Inverse(nil, row); !slices.Equal(got, []float64{9, .1}) {
		t.Errorf("Inverse = %v", got)
	}
}

func TestFitStandardizerAtTheEdges(t *testing.T) {
	for _, c := range []struct {
		name     string
		x        matrix.Columns
		err      error
		says     string
		mean, sd float64
	}{
		{name: "empty", err: scale.ErrTooFewRows},
		{name: "NaN", x: matrix.FromColumns([]float64{1}, []float64{math.NaN()}), err: matrix.ErrNotFinite, says: "row 0, column 1"},
		{name: "one row", x: matrix.FromColumns([]float64{7}), mean: 7},
		{name: "huge", x: matrix.FromColumns([]float64{-1e300, 1e300}), sd: 1e300},
		{name: "tiny", x: matrix.FromColumns([]float64{-1e-300, 1e-300}), sd: 1e-300},
		{name: "far off", x: matrix.FromColumns([]float64{1e15, 1e15 + 2}), mean: 1e15 + 1, sd: 1},
	} {
		s, err := scale.FitStandardizer(c.x)
		if !errors.Is(err, c.err) || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, want %v with %q", c.name, err, c.err, c.says)
		}
		if err == nil && (s.Mean[0] != c.mean || math.Abs(s.SD[0]-c.sd) > 1e-15*c.sd) {
			t.Errorf("%s: got %+v", c.name, s)
		}
	}
}

func TestFitStandardizerTooWide(t *testing.T) {
	wide := make([]float64, 10)
	for i := range wide {
		wide[i] = -1.5e308
	}
	wide[9] = 1.5e308
	if s, err := scale.FitStandardizer(matrix.FromColumns([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, wide)); !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "column 1") {
		t.Errorf("got %v, error %v", s, err)
	}
}

func TestBadWidthsPanic(t *testing.T) {
	s := scale.Standardizer{Mean: []float64{0, 0}, SD: []float64{1, 1}}
	for name, call := range map[string]func(){
		"Transform":    func() { s.Transform(matrix.FromColumns([]float64{1})) },
		"TransformRow": func() { s.TransformRow(nil, []float64{1}) },
		"Inverse":      func() { s.Inverse(make([]float64, 3), []float64{1, 2}) },
	} {
		func() {
			defer func() {
				if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "scale: "+name) {
					t.Errorf("%s: recovered %v", name, r)
				}
			}()
			call()
		}()
	}
}

// What is standardized has mean 0 and standard deviation 1, comes back by
// Inverse, and agrees with gonum.
func TestStandardizerLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		col := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 2, 200).Draw(rt, "column")
		s, err := scale.FitStandardizer(matrix.FromColumns(col))
		if err != nil {
			rt.Fatal(err)
		}
		mean, variance := stat.PopMeanVariance(col, nil)
		if slices.Min(col) < slices.Max(col) && (math.Abs(s.Mean[0]-mean) > 1e-8 || math.Abs(s.SD[0]-math.Sqrt(variance)) > 1e-8) {
			rt.Errorf("got %+v, gonum %v, %v", s, mean, math.Sqrt(variance))
		}
		for _, v := range col {
			if back := s.Inverse(nil, s.TransformRow(nil, []float64{v}))[0]; math.Abs(back-v) > 1e-9 {
				rt.Errorf("%v came back as %v", v, back)
			}
		}
	})
}

// Of 1, 2, 2, 5: below 1 none; at 1 ½ of 4; between 1 and 2 one; at 2 1+½·2; up to
// 5 three; at 5 3½.
func TestECDFByHand(t *testing.T) {
	e, err := scale.NewECDF([]float64{5, 2, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range map[float64]float64{
		0: 0, 1: 0.125, 1.5: 0.25, 2: 0.5, 3: 0.75, 5: 0.875, 6: 1, math.Inf(1): 1, math.Inf(-1): 0,
	} {
		if got := e.At(v); got != want {
			t.Errorf("F(%v) = %v, want %v", v, got, want)
		}
	}
	if e.Len() != 4 || !math.IsNaN(e.At(math.NaN())) || !math.IsNaN((scale.ECDF{}).At(1)) {
		t.Errorf("Len = %d, F(NaN) = %v", e.Len(), e.At(math.NaN()))
	}
	if _, err := scale.NewECDF(nil); !errors.Is(err, scale.ErrTooFewRows) {
		t.Errorf("empty: %v", err)
	}
	if _, err := scale.NewECDF([]float64{1, math.NaN()}); !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "row 1") {
		t.Errorf("NaN: %v", err)
	}
}

// definition counts.
func definition(values []float64, v float64) float64 {
	less, equal := 0, 0
	for _, w := range values {
		if w < v {
			less++
		} else if w == v {
			equal++
		}
	}
	return (float64(less) + float64(equal)/2) / float64(len(values))
}

func TestECDFLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(rapid.OneOf(rapid.Float64(), rapid.Map(rapid.IntRange(0, 9), func(i int) float64 { return float64(i) })), 1, 100).Draw(rt, "values")
		e, err := scale.NewECDF(values)
		if err != nil {
			rt.Fatal(err)
		}
		mean := 0.0
		for _, v := range values {
			mean += e.At(v) / float64(len(values))
			if e.At(v) != definition(values, v) {
				rt.Errorf("F(%v) = %v, want %v", v, e.At(v), definition(values, v))
			}
		}
		if math.Abs(mean-0.5) > 1e-12 {
			rt.Errorf("mean of F over the sample = %v, want ½", mean)
		}
		if v := rapid.Float64().Draw(rt, "v"); e.At(v) != definition(values, v) {
			rt.Errorf("F(%v) = %v, want %v", v, e.At(v), definition(values, v))
		}
	})
}

// Past 4096 distinct values the table is thinned: its error stays within the
// documented bound, even beside a value that a third of the sample shares, and
// F still never falls.
func TestLargeECDF(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	values := make([]float64, 50_000)
	for i := range values {
		if values[i] = random.NormFloat64(); i%3 == 0 {
			values[i] = 0.25
		}
	}
	e, err := scale.NewECDF(values)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Knots []float64 }
	if err := json.Unmarshal(data, &file); err != nil || len(file.Knots) > 4096 || len(file.Knots) < 2048 {
		t.Errorf("%d knots, %v", len(file.Knots), err)
	}
	var back scale.ECDF
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	worst, last := 0.0, 0.0
	for i := 0; i < len(sorted); i += 7 {
		v := sorted[i]
		if e.At(v) < last || back.At(v) != e.At(v) {
			t.Fatalf("F(%v) = %v after %v, read back %v", v, e.At(v), last, back.At(v))
		}
		last = e.At(v)
		lo, _ := slices.BinarySearch(sorted, v)
		hi, _ := slices.BinarySearch(sorted, math.Nextafter(v, math.Inf(1)))
		worst = max(worst, math.Abs(last-float64(lo+hi)/2/float64(len(sorted))))
	}
	if bound := 1./4094 + 1./50_000; worst > bound {
		t.Errorf("largest error %v, documented %v", worst, bound)
	}
	t.Logf("%d knots, %d bytes, largest error %.2g", len(file.Knots), len(data), worst)
	if e.At(0.25) != definition(values, 0.25) {
		t.Errorf("F(0.25) = %v, want %v", e.At(0.25), definition(values, 0.25))
	}
}

func TestECDFRefusesBrokenTables(t *testing.T) {
	for _, text := range []string{
		`{"n":2,"knots":[1],"less":[],"at_most":[2]}`,
		`{"n":2,"knots":[],"less":[],"at_most":[]}`,
		`{"n":2,"knots":[1,1],"less":[0,1],"at_most":[1,2]}`,
		`{"n":2,"knots":[1,2],"less":[0,0],"at_most":[1,2]}`,
		`{"n":2,"knots":[1,2],"less":[0,1],"at_most":[1,3]}`,
		`{"n":2,"knots":"x"}`,
	} {
		var e scale.ECDF
		if err := json.Unmarshal([]byte(text), &e); err == nil || e.Len() != 0 {
			t.Errorf("%s: accepted", text)
		}
	}
}

// Reading any bytes gives an error or a function into [0, 1] that never falls.
func FuzzECDF(f *testing.F) {
	f.Add([]byte(`{"n":4,"knots":[1,2,5],"less":[0,1,3],"at_most":[1,3,4]}`), 1.5, 3.0)
	f.Add([]byte(`{"n":9,"knots":[-1e308,1e308],"less":[0,8],"at_most":[1,9]}`), -0.5, 1e308)
	f.Fuzz(func(t *testing.T, data []byte, a, b float64) {
		var e scale.ECDF
		if json.Unmarshal(data, &e) != nil || e.Len() == 0 || math.IsNaN(a) || math.IsNaN(b) {
			return
		}
		fa, fb := e.At(min(a, b)), e.At(max(a, b))
		if !(0 <= fa && fa <= fb && fb <= 1) {
			t.Errorf("F(%v) = %v, F(%v) = %v", min(a, b), fa, max(a, b), fb)
		}
	})
}

func BenchmarkECDFAt(b *testing.B) {
	values := make([]float64, 100_000)
	for i := range values {
		values[i] = rand.New(rand.NewPCG(uint64(i), 0)).Float64()
	}
	e, err := scale.NewECDF(values)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, v := range values[:1000] {
			e.At(v)
		}
	}
}
