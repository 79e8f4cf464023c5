package validity

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"segue/cluster/kmeans"
	"segue/matrix"
)

// inertia is an Inertia of k-means.
func inertia(ctx context.Context, _ int, x matrix.Columns, k int) (float64, error) {
	m, err := kmeans.Fit(ctx, x, kmeans.Options{K: k, Seed: 1})
	if err != nil {
		return 0, err
	}
	return m.Inertia, nil
}

// gapReference is testdata/gap.json, which gap.py beside it wrote.
type gapReference struct {
	Sides        []float64
	Given, Drawn struct {
		Table      []float64
		References [][]float64
		Gap, S     []float64
		K, Best    int
	}
}

func TestGapReference(t *testing.T) {
	data, err := os.ReadFile("testdata/gap.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref gapReference
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	given := newGap(ref.Given.Table, ref.Given.References)
	if given.K != ref.Given.K || given.Best != ref.Given.Best || given.References != 5 {
		t.Errorf("of given inertias: k %d and %d, want %d and %d", given.K, given.Best, ref.Given.K, ref.Given.Best)
	}
	for i, p := range given.Points {
		near(t, "gap of given inertias", p.Gap, ref.Given.Gap[i], 1e-13)
		near(t, "S of given inertias", p.S, ref.Given.S[i], 1e-13)
	}

	x, _, _ := readReference(t)
	b, err := newBox(x)
	if err != nil {
		t.Fatal(err)
	}
	for a, want := range ref.Sides {
		near(t, "side of the box", b.hi[a]-b.lo[a], want, 1e-12)
	}
	const references = 100
	got, err := GapStatistic(ctx, x, 6, references, 7, inertia)
	if err != nil {
		t.Fatal(err)
	}
	if got.K != ref.Drawn.K || got.Best != ref.Drawn.Best {
		t.Errorf("k = %d, best %d; want %d and %d", got.K, got.Best, ref.Drawn.K, ref.Drawn.Best)
	}
	for i, p := range got.Points {
		if p.K != i+1 {
			t.Errorf("point %d is of %d clusters", i, p.K)
		}
		near(t, "log W", p.LogW, ref.Drawn.Table[i], 1e-3) // ten starts each: not always the same partition
		// Two means of deviation S, of 100 and 400 tables: 5 standard errors.
		if off := math.Abs(p.Gap - ref.Drawn.Gap[i]); off > 5*ref.Drawn.S[i]*math.Sqrt(1./references+1./400) {
			t.Errorf("gap of %d: %v, want about %v", p.K, p.Gap, ref.Drawn.Gap[i])
		}
		// A deviation of 100 values is good to 7 %, one of 400 to 3.5 %.
		near(t, "S relative to NumPy's", p.S/ref.Drawn.S[i], 1, 0.32)
	}
}

// One table, logarithms 3, 1, 1/2; two references 4, 3, 5/2 and 4, 3, 3/2, so that
// means are 4, 3, 2, gaps 1, 2, 3/2, deviations 0, 0, 1/2 and S = √(3/2)/2 at 3.
// 1 < 2 − 0, and 2 ≥ 3/2 − S: the rule says 2, and so does the maximum.
func TestGapByHand(t *testing.T) {
	g := newGap([]float64{3, 1, 0.5}, [][]float64{{4, 3, 2.5}, {4, 3, 1.5}})
	for i, want := range []GapPoint{{1, 3, 4, 1, 0}, {2, 1, 3, 2, 0}, {3, 0.5, 2, 1.5, math.Sqrt(1.5) / 2}} {
		got := g.Points[i]
		near(t, "reference", got.Reference, want.Reference, 1e-15)
		near(t, "gap", got.Gap, want.Gap, 1e-15)
		near(t, "S", got.S, want.S, 1e-15)
	}
	if g.K != 2 || g.Best != 2 {
		t.Errorf("k = %d, best %d, want 2", g.K, g.Best)
	}
	if g := newGap([]float64{3, 1}, [][]float64{{4, 4}}); g.K != 0 || g.Best != 2 {
		t.Errorf("gaps that grow to the end: k = %d, best %d, want 0 and 2", g.K, g.Best)
	}
}

// Clusters far apart are counted, and where there are none the answer is 1. The
// same seed gives the same bytes on any number of processors.
func TestGapCounts(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	apart, even := matrix.New(150, 2), matrix.New(150, 2)
	for i := range 150 {
		for j := range 2 {
			apart.Col(j)[i] = 10*float64((i%3+1)*(j+i%3)) + rng.NormFloat64()
			even.Col(j)[i] = rng.Float64()
		}
	}
	for want, x := range map[int]matrix.Columns{3: apart, 1: even} {
		one, err := GapStatistic(ctx, x, 5, 10, 1, inertia)
		if err != nil || one.K != want {
			t.Fatalf("k = %d, want %d (%v)", one.K, want, err)
		}
		old := runtime.GOMAXPROCS(1)
		again, _ := GapStatistic(ctx, x, 5, 10, 1, inertia)
		runtime.GOMAXPROCS(old)
		if !reflect.DeepEqual(one, again) {
			t.Error("the same seed gives another result")
		}
	}
}

// Reference rows lie in the box, evenly: in each tenth of a side a tenth of them.
func TestGapBox(t *testing.T) {
	x, _, _ := readReference(t)
	b, err := newBox(x)
	if err != nil {
		t.Fatal(err)
	}
	const n = 10_000
	table := b.draw(n, 1, 0)
	for a, loading := range b.axes.loadings {
		var tenths [10]int
		for i := range n {
			s := 0.0
			for j, l := range loading {
				s += l * table.At(i, j)
			}
			tenths[int(10*(s-b.lo[a])/(b.hi[a]-b.lo[a]))]++
		}
		// The deviation of each is √(n·0.1·0.9) = 30.
		if slices.Min(tenths[:]) < 880 || slices.Max(tenths[:]) > 1120 {
			t.Errorf("axis %d: %v of %d rows in tenths", a, tenths, n)
		}
	}
	if reflect.DeepEqual(table, b.draw(n, 1, 1)) || !reflect.DeepEqual(table, b.draw(n, 1, 0)) {
		t.Error("the number of the table does not decide")
	}
}

func TestGapErrors(t *testing.T) {
	broken := errors.New("no start")
	for _, c := range []struct {
		name string
		x    matrix.Columns
		fit  Inertia
		want error
		says string
	}{
		{"two rows", matrix.FromColumns([]float64{0, 1}), inertia, ErrUndefined, "2 rows of 1 columns"},
		{"fewer rows than clusters", matrix.FromColumns([]float64{0, 1, 2}), inertia, ErrUndefined, "4 clusters of 3 rows"},
		{"no columns", matrix.New(9, 0), inertia, ErrUndefined, "columns"},
		{"duplicates only", matrix.FromColumns([]float64{7, 7, 7, 7, 7}), inertia, ErrUndefined, "spread"},
		{"three places", matrix.FromColumns([]float64{1, 1, 2, 2, 5}), inertia, ErrUndefined, "3 clusters of the table leave an inertia of 0"},
		{"NaN", matrix.FromColumns([]float64{0, 2, math.NaN(), 9, 9}), inertia, matrix.ErrNotFinite, "row 2, column 0"},
		{"failing fit", line, func(context.Context, int, matrix.Columns, int) (float64, error) { return 0, broken }, broken, "1 clusters of the table: no start"},
		{"inertia of nothing", line, func(context.Context, int, matrix.Columns, int) (float64, error) { return math.NaN(), nil }, ErrUndefined, "NaN"},
	} {
		got, err := GapStatistic(ctx, c.x, 4, 3, 1, c.fit)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || !reflect.DeepEqual(got, Gap{}) {
			t.Errorf("%s: %+v, %v; want %v saying %q", c.name, got, err, c.want, c.says)
		}
	}
	stop, cancel := context.WithCancel(ctx)
	got, err := GapStatistic(stop, line, 3, 3, 1, func(ctx context.Context, _ int, _ matrix.Columns, _ int) (float64, error) {
		cancel()
		return 0, ctx.Err()
	})
	if err != context.Canceled || !reflect.DeepEqual(got, Gap{}) {
		t.Errorf("cancelled: %+v, %v", got, err)
	}
	for _, bad := range [][2]int{{1, 5}, {5, 0}} {
		func() {
			defer func() {
				if p, _ := recover().(string); !strings.HasPrefix(p, "validity: ") {
					t.Errorf("kmax %d, b %d: panic %q", bad[0], bad[1], p)
				}
			}()
			GapStatistic(ctx, line, bad[0], bad[1], 1, inertia)
		}()
	}
}
