package validity

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"segue/matrix"
)

var ctx = context.Background()

// The points 0, 2, 5 and 9 of the line, as clusters {0, 2} and {5, 9}:
//
//	row 0: a = 2, b = (5+9)/2 = 7,  s = 5/7
//	row 1: a = 2, b = (3+7)/2 = 5,  s = 3/5
//	row 2: a = 4, b = (5+3)/2 = 4,  s = 0
//	row 3: a = 4, b = (9+7)/2 = 8,  s = 1/2
//
// mean 127/280; cluster means 23/35 and 1/4.
// And as {0, 2, 5} and {9}, which is alone:
//
//	row 0: a = 7/2, b = 9, s = 11/18
//	row 1: a = 5/2, b = 7, s = 9/14
//	row 2: a = 4,   b = 4, s = 0
//	row 3: 0
var line = matrix.FromColumns([]float64{0, 2, 5, 9})

func TestSilhouettesByHand(t *testing.T) {
	got, err := Silhouettes(ctx, line, [][]int32{{0, 0, 1, 1}, {3, 3, 3, 1}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{5. / 7, 3. / 5, 0, 1. / 2} {
		near(t, "first labeling", got[0].Samples[i], want, 1e-12)
	}
	for i, want := range []float64{11. / 18, 9. / 14, 0, 0} {
		near(t, "second labeling", got[1].Samples[i], want, 1e-12)
	}
	near(t, "mean", got[0].Mean, 127./280, 1e-12)
	near(t, "mean of cluster 0", got[0].PerCluster[0], 23./35, 1e-12)
	near(t, "mean of cluster 1", got[0].PerCluster[1], 1./4, 1e-12)
	if p := got[1].PerCluster; len(p) != 4 || !math.IsNaN(p[0]) || p[1] != 0 || !math.IsNaN(p[2]) {
		t.Errorf("per cluster = %v, want NaN for labels 0 and 2, 0 for label 1", p)
	}
	if s := got[0]; s.N != 4 || s.Sampled || s.Lo != s.Mean || s.Hi != s.Mean || s.Rows != nil {
		t.Errorf("%+v: want 4 rows, exact, without an interval", s)
	}
}

func TestSilhouettesEdges(t *testing.T) {
	two := [][]int32{{0, 0, 1, 1}}
	for _, c := range []struct {
		name   string
		column []float64
		want   float64
	}{
		{"all rows equal", []float64{7, 7, 7, 7}, 0},
		{"two places", []float64{1, 1, 2, 2}, 1},
		{"the wrong way round", []float64{1, 2, 1, 2}, -1. / 2}, // a = 1, b = ½: s = −½ each
		{"huge", []float64{0, 2e307, 5e307, 9e307}, 127. / 280},
		{"tiny", []float64{0, 2e-307, 5e-307, 9e-307}, 127. / 280},
		{"both ends of the line", []float64{-math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}, 1},
	} {
		got, err := Silhouettes(ctx, matrix.FromColumns(c.column), two)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		near(t, c.name, got[0].Mean, c.want, 1e-12)
	}
	if got, err := Silhouettes(ctx, line, nil); len(got) != 0 || err != nil {
		t.Errorf("no labelings: %v, %v", got, err)
	}
}

// Every index refuses the same inputs in the same way.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		column []float64
		labels []int32
		want   error
		says   string
	}{
		{"empty", nil, nil, ErrUndefined, "0 clusters"},
		{"k = 1", []float64{0, 2, 5, 9}, []int32{2, 2, 2, 2}, ErrUndefined, "1 clusters of 4 rows"},
		{"k = n", []float64{0, 2, 5, 9}, []int32{3, 1, 0, 2}, ErrUndefined, "4 clusters of 4 rows"},
		{"NaN", []float64{0, 2, math.NaN(), 9}, []int32{0, 0, 1, 1}, matrix.ErrNotFinite, "row 2, column 0"},
		{"infinity", []float64{0, math.Inf(-1), 5, 9}, []int32{0, 0, 1, 1}, matrix.ErrNotFinite, "row 1, column 0"},
		{"negative label", []float64{0, 2, 5, 9}, []int32{0, 0, 1, -1}, ErrBadLabel, "row 3"},
		{"label ≥ n", []float64{0, 2, 5, 9}, []int32{0, 4, 1, 1}, ErrBadLabel, "row 1"},
	} {
		x := matrix.FromColumns(c.column)
		_, silhouette := Silhouettes(ctx, x, [][]int32{c.labels})
		_, db := DaviesBouldin(x, c.labels)
		_, ch := CalinskiHarabasz(x, c.labels)
		for index, err := range map[string]error{"silhouette": silhouette, "Davies–Bouldin": db, "Calinski–Harabasz": ch} {
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %s: error %v, want %v saying %q", c.name, index, err, c.want, c.says)
			}
		}
	}
}

func TestBadCallsPanic(t *testing.T) {
	for name, call := range map[string]func(){
		"labels too short":      func() { Silhouettes(ctx, line, [][]int32{{0, 1}}) },
		"sample of one":         func() { SilhouettesSampled(ctx, line, [][]int32{{0, 0, 1, 1}}, 1, 0) },
		"Davies–Bouldin":        func() { DaviesBouldin(line, []int32{0}) },
		"Calinski–Harabasz":     func() { CalinskiHarabasz(line, []int32{0}) },
		"adjusted Rand":         func() { AdjustedRand([]int32{0}, nil) },
		"information":           func() { FeatureInformation([]float64{0}, nil) },
		"correlation":           func() { Pearson([]float64{0}, nil) },
		"negative resamples":    func() { Bootstrap(1, -1, 0) },
		"stability of nothing":  func() { Stability(ctx, line, []int32{0, 0, 1, 1}, 0, 0, nil) },
		"stability, few labels": func() { Stability(ctx, line, []int32{0}, 1, 0, nil) },
		"stability, prediction": func() {
			Stability(ctx, line, []int32{0, 0, 1, 1}, 1, 0, func(context.Context, matrix.Columns, uint64) (func(matrix.Columns) []int32, error) {
				return func(matrix.Columns) []int32 { return nil }, nil
			})
		},
	} {
		func() {
			defer func() {
				if p, _ := recover().(string); !strings.HasPrefix(p, "validity: ") {
					t.Errorf("%s: panic %q, want one starting with the package's name", name, p)
				}
			}()
			call()
		}()
	}
}

// textbook is the silhouette as Rousseeuw defines it, distance by distance.
func textbook(x matrix.Columns, labels []int32) []float64 {
	n, d := x.Dims()
	out := make([]float64, n)
	for i := range n {
		sum, count := map[int32]float64{}, map[int32]int{}
		for j := range n {
			if j == i {
				continue
			}
			sq := 0.0
			for c := range d {
				sq += (x.At(i, c) - x.At(j, c)) * (x.At(i, c) - x.At(j, c))
			}
			sum[labels[j]] += math.Sqrt(sq)
			count[labels[j]]++
		}
		if count[labels[i]] == 0 {
			continue
		}
		a, b := sum[labels[i]]/float64(count[labels[i]]), math.Inf(1)
		for c := range sum {
			if c != labels[i] {
				b = min(b, sum[c]/float64(count[c]))
			}
		}
		if top := max(a, b); top > 0 {
			out[i] = (b - a) / top
		}
	}
	return out
}

// drawTable draws a table and labelings of it: normal values or a coarse grid
// full of duplicates.
func drawTable(t *rapid.T, labelings int) (matrix.Columns, [][]int32) {
	n := rapid.IntRange(8, 200).Draw(t, "n")
	d := rapid.IntRange(1, 6).Draw(t, "d")
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	grid := rapid.Bool().Draw(t, "grid")
	x := matrix.New(n, d)
	for j := range d {
		for i := range n {
			x.Col(j)[i] = rng.NormFloat64()*3 + 10
			if grid {
				x.Col(j)[i] = float64(rng.IntN(3))
			}
		}
	}
	labels := make([][]int32, labelings)
	for l := range labels {
		k := rapid.IntRange(2, 6).Draw(t, "k")
		labels[l] = make([]int32, n)
		for i := range labels[l] {
			labels[l][i] = int32(rng.IntN(k))
		}
		labels[l][0], labels[l][1] = 0, 1
	}
	return x, labels
}

func TestSilhouettesEqualTextbook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, labels := drawTable(t, 3)
		got, err := Silhouettes(ctx, x, labels)
		if err != nil {
			t.Fatal(err)
		}
		for l := range labels {
			for i, want := range textbook(x, labels[l]) {
				if math.Abs(got[l].Samples[i]-want) > 1e-12 {
					t.Fatalf("labeling %d, row %d: %v, want %v", l, i, got[l].Samples[i], want)
				}
			}
		}
	})
}

// The laws of every index: neither the order of the rows, nor the names of the
// clusters, nor a common shift and factor change it.
func TestIndexLaws(t *testing.T) {
	indices := map[string]func(matrix.Columns, []int32) (float64, error){
		"silhouette": func(x matrix.Columns, labels []int32) (float64, error) {
			s, err := Silhouettes(ctx, x, [][]int32{labels})
			if err != nil {
				return 0, err
			}
			return s[0].Mean, nil
		},
		"Davies–Bouldin":    DaviesBouldin,
		"Calinski–Harabasz": CalinskiHarabasz,
		"adjusted Rand with the first column's halves": func(x matrix.Columns, labels []int32) (float64, error) {
			half := make([]int32, len(labels))
			m := mean(x.Col(0)) * (1 + 1e-9)
			for i, v := range x.Col(0) {
				if v > m {
					half[i] = 1
				}
			}
			return AdjustedRand(half, labels), nil
		},
	}
	for name, index := range indices {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				x, labelings := drawTable(t, 1)
				labels := labelings[0]
				n, d := x.Dims()
				want, err := index(x, labels)
				if errors.Is(err, ErrUndefined) {
					t.Skip("grid data can put two centers in one place")
				}
				if err != nil {
					t.Fatal(err)
				}
				rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
				order, names := rng.Perm(n), rng.Perm(n)
				shuffled, renamed := make([]int32, n), make([]int32, n)
				for i, row := range order {
					shuffled[i] = labels[row]
				}
				for i, l := range labels {
					renamed[i] = int32(names[l])
				}
				moved := matrix.New(n, d)
				for j := range d {
					for i, v := range x.Col(j) {
						moved.Col(j)[i] = 8*v + 24 // exact up to the last few digits
					}
				}
				for law, of := range map[string]func() (float64, error){
					"row order":    func() (float64, error) { return index(x.Select(order), shuffled) },
					"cluster name": func() (float64, error) { return index(x, renamed) },
					"shift, scale": func() (float64, error) { return index(moved, labels) },
				} {
					got, err := of()
					if err != nil || math.Abs(got-want) > 1e-12*max(1, math.Abs(want)) {
						t.Fatalf("%s changes %v to %v (%v)", law, want, got, err)
					}
				}
			})
		})
	}
}

func TestSilhouettesSameOnAnyProcessors(t *testing.T) {
	x, labels := cloud(3000, 3, 2, 5)
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	one, err := Silhouettes(ctx, x, labels)
	if err != nil {
		t.Fatal(err)
	}
	oneSampled, err := SilhouettesSampled(ctx, x, labels, 500, 3)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GOMAXPROCS(4)
	four, _ := Silhouettes(ctx, x, labels)
	fourSampled, _ := SilhouettesSampled(ctx, x, labels, 500, 3)
	if !reflect.DeepEqual(one, four) || !reflect.DeepEqual(oneSampled, fourSampled) {
		t.Error("1 and 4 processors give different bits")
	}
}

// A sampled row's silhouette is that of the exact computation, and of many
// samples about 95 % hold the exact mean in their interval.
func TestSampledCoversExact(t *testing.T) {
	x, labels := cloud(2000, 2, 1, 3)
	for i, v := range x.Col(0) { // clusters with some truth to them
		labels[0][i] = int32(min(max(v+1.5, 0), 2))
	}
	exact, err := Silhouettes(ctx, x, labels)
	if err != nil {
		t.Fatal(err)
	}
	const draws, m = 400, 1000
	held, half := 0, 0.0
	var means []float64
	for seed := range uint64(draws) {
		s, err := SilhouettesSampled(ctx, x, labels, m, seed)
		if err != nil {
			t.Fatal(err)
		}
		if !s[0].Sampled || s[0].N != m || len(s[0].Rows) != m || len(s[0].Samples) != m {
			t.Fatalf("seed %d: not labelled as a sample of %d", seed, m)
		}
		for i, row := range s[0].Rows {
			if math.Abs(s[0].Samples[i]-exact[0].Samples[row]) > 1e-11 {
				t.Fatalf("seed %d, row %d: %v, exactly %v", seed, row, s[0].Samples[i], exact[0].Samples[row])
			}
		}
		if s[0].Lo <= exact[0].Mean && exact[0].Mean <= s[0].Hi {
			held++
		}
		means = append(means, s[0].Mean)
		half += (s[0].Hi - s[0].Lo) / 2 / draws
	}
	// Of 400 draws at 95 %, 380 hold; 4 standard deviations of 4.36 are 17.4.
	if held < 362 || held > 398 {
		t.Errorf("%d of %d intervals hold the exact mean, want about 380", held, draws)
	}
	// half is 1.96 standard errors of one draw, so /√400 · 4/1.96 is 4 of their mean.
	near(t, "mean of sampled means", mean(means), exact[0].Mean, half*4/1.96/math.Sqrt(draws))
	// The draws scatter as much as the intervals say: 400 give a deviation to
	// 3.5 %; to forget that half of all rows were measured would be 41 %.
	squares := 0.0
	for _, v := range means {
		squares += (v - mean(means)) * (v - mean(means))
	}
	near(t, "deviation of sampled means over its claim", math.Sqrt(squares/(draws-1))*1.96/half, 1, 0.15)
}

func TestSampledWholeIsExact(t *testing.T) {
	x, labels := cloud(300, 3, 2, 4)
	want, err := Silhouettes(ctx, x, labels)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []int{300, 301} {
		if got, err := SilhouettesSampled(ctx, x, labels, m, 1); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("a sample of %d of 300 rows is not the exact result (%v)", m, err)
		}
	}
}

// Exact is monotone, and draws its line at 150,000 rows of three columns.
func TestExact(t *testing.T) {
	for _, c := range []struct {
		n, d int
		want bool
	}{
		{0, 0, true}, {3, 2, true}, {150_000, 1, true}, {150_000, 3, true}, {150_001, 3, false},
		{94_868, 12, true}, // 150,000/√(15/6) = 94,868.3
		{94_869, 12, false},
		{10_000_000, 2, false},
	} {
		if got := Exact(c.n, c.d); got != c.want {
			t.Errorf("Exact(%d, %d) = %v", c.n, c.d, got)
		}
	}
}

func TestSilhouettesAuto(t *testing.T) {
	if testing.Short() {
		t.Skip("measures 5,000 of 150,001 rows")
	}
	const n = 150_001
	x, labels := cloud(n, 1, 1, 2)
	for i, v := range x.Col(0) {
		labels[0][i] = int32(min(max(v+1, 0), 1))
	}
	above, err := SilhouettesAuto(ctx, x, labels, 7)
	if err != nil {
		t.Fatal(err)
	}
	if s := above[0]; !s.Sampled || s.N != DefaultSample || !(s.Lo < s.Mean && s.Mean < s.Hi) {
		t.Errorf("above the limit: sampled %v, n %d, [%v, %v]", s.Sampled, s.N, s.Lo, s.Hi)
	}
	at, err := SilhouettesAuto(ctx, x.Slice(0, 8000), [][]int32{labels[0][:8000]}, 7)
	if err != nil {
		t.Fatal(err)
	}
	if s := at[0]; s.Sampled || s.N != 8000 {
		t.Errorf("below the limit: sampled %v, n %d", s.Sampled, s.N)
	}
	near(t, "sample of the whole and a part of it", above[0].Mean, at[0].Mean, 0.02)
}

func TestSilhouettesCancelled(t *testing.T) {
	done, cancel := context.WithCancel(ctx)
	cancel()
	if s, err := Silhouettes(done, line, [][]int32{{0, 0, 1, 1}}); s != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v, %v", s, err)
	}
}

func TestInputsUnchanged(t *testing.T) {
	x, labels := cloud(50, 3, 1, 3)
	before := x.Select(identity(50))
	Silhouettes(ctx, x, labels)
	DaviesBouldin(x, labels[0])
	CalinskiHarabasz(x, labels[0])
	Project2D(x)
	PermutedColumns(x, 1)
	Pearson(x.Col(0), x.Col(1))
	FeatureInformation(x.Col(0), labels[0])
	for j := range 3 {
		if !reflect.DeepEqual(x.Col(j), before.Col(j)) {
			t.Errorf("column %d was changed", j)
		}
	}
}

// endsAfter is a context that ends when it has been asked so often.
type endsAfter struct {
	context.Context
	left atomic.Int64
}

func (c *endsAfter) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// However far a call has come, it ends with the context's error; and a sample is
// measured in many steps between which it can.
func TestSilhouettesEndAnywhere(t *testing.T) {
	x, labels := cloud(3000, 2, 3, 5)
	for name, measure := range map[string]func(ctx context.Context) ([]Silhouette, error){
		"all":     func(ctx context.Context) ([]Silhouette, error) { return Silhouettes(ctx, x, labels) },
		"sampled": func(ctx context.Context) ([]Silhouette, error) { return SilhouettesSampled(ctx, x, labels, 200, 1) },
	} {
		times := 0
		for ; ; times++ {
			ended := &endsAfter{Context: ctx}
			ended.left.Store(int64(times))
			s, err := measure(ended)
			if err == nil {
				break
			}
			if s != nil || !errors.Is(err, context.Canceled) {
				t.Fatalf("%s, ended after %d: %v, %v", name, times, s, err)
			}
		}
		if times < 10 {
			t.Errorf("%s: the context was asked %d times", name, times)
		}
	}
}
