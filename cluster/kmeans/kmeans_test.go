package kmeans_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segue/cluster/internal/sampletest"
	"segue/cluster/kmeans"
	"segue/internal/racetest"
	"segue/matrix"
)

func fit(t testing.TB, x matrix.Columns, o kmeans.Options) *kmeans.Model {
	t.Helper()
	m, err := kmeans.Fit(context.Background(), x, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Points 0, 1, 5, 9 from centers 0 and 1.
//
//	assignment: 0→0; 1, 5, 9→1       means 0 and 5
//	assignment: 0, 1→0; 5, 9→1       (1 is 1 from 0, 4 from 5) means ½ and 7
//	assignment: the same             inertia ¼+¼+4+4 = 8½
func TestFitByHand(t *testing.T) {
	x := matrix.FromColumns([]float64{0, 1, 5, 9})
	m := fit(t, x, kmeans.Options{Start: [][]float64{{0}, {1}}})
	if m.Inertia != 8.5 || m.Centers[0][0] != 0.5 || m.Centers[1][0] != 7 || !slices.Equal(m.Labels, []int32{0, 0, 1, 1}) {
		t.Errorf("got %+v, labels %v", m, m.Labels)
	}
	if !slices.Equal(m.Sizes, []int{2, 2}) || m.Iterations != 2 || !m.Converged || m.K != 2 {
		t.Errorf("got %+v", m)
	}
	if got := m.Nearest([]float64{3.75}); got != 0 { // 3¼ from both: ties go to the lowest
		t.Errorf("Nearest of a tie = %d, want 0", got)
	}
	if got := m.Predict(matrix.FromColumns([]float64{3.75, 3.76, math.NaN()})); !slices.Equal(got, []int32{0, 1, -1}) {
		t.Errorf("Predict = %v", got)
	}
}

func TestFitAgreesWithScikitLearn(t *testing.T) {
	for _, ref := range sampletest.References(t) {
		x := ref.Columns()
		one, want := fit(t, x, kmeans.Options{Start: ref.X[:ref.K], Tol: -1}), ref.KMeans.FromFirstRows
		if math.Abs(one.Inertia-want.Inertia) > 1e-9*want.Inertia || !slices.Equal(one.Labels, want.Labels) {
			t.Errorf("from the first rows: inertia %v, want %v", one.Inertia, want.Inertia)
		}
		sampletest.Near(t, one.Centers, want.Centers, 1e-9)
		best := fit(t, x, kmeans.Options{K: ref.K, Tol: -1, Restarts: 30})
		if math.Abs(best.Inertia-ref.KMeans.Best.Inertia) > 1e-9*best.Inertia {
			t.Errorf("best inertia %v, want %v", best.Inertia, ref.KMeans.Best.Inertia)
		}
		sampletest.Near(t, best.Centers, ref.KMeans.Best.Centers, 1e-9)
	}
}

func TestFitAtTheEdges(t *testing.T) {
	nan, same := math.NaN(), []float64{3, 3, 3, 3}
	for _, c := range []struct {
		name    string
		x       matrix.Columns
		k       int
		err     error
		says    string
		inertia float64
		sizes   []int // in increasing order
	}{
		{name: "empty", k: 1, err: kmeans.ErrTooFewRows},
		{name: "k = 0", x: matrix.FromColumns(same), err: kmeans.ErrTooFewRows},
		{name: "n < k", x: matrix.FromColumns(same), k: 5, err: kmeans.ErrTooFewRows},
		{name: "NaN", x: matrix.FromColumns(same, []float64{1, 2, nan, 4}), k: 2, err: matrix.ErrNotFinite, says: "row 2, column 1"},
		{name: "infinite", x: matrix.FromColumns([]float64{1, math.Inf(-1)}), k: 1, err: matrix.ErrNotFinite, says: "row 1, column 0"},
		{name: "huge", x: matrix.FromColumns([]float64{1, 1e200}), k: 2, err: matrix.ErrNotFinite, says: "row 1, column 0"},
		{name: "k = 1", x: matrix.FromColumns([]float64{0, 2, 4}), k: 1, inertia: 8, sizes: []int{3}},
		{name: "k = n", x: matrix.FromColumns([]float64{0, 2, 5}), k: 3, sizes: []int{1, 1, 1}},
		{name: "one distinct row", x: matrix.FromColumns(same), k: 3, sizes: []int{0, 0, 4}},
		{name: "constant column", x: matrix.FromColumns([]float64{0, 0, 9, 9}, same), k: 2, sizes: []int{2, 2}},
	} {
		m, err := kmeans.Fit(context.Background(), c.x, kmeans.Options{K: c.k})
		if !errors.Is(err, c.err) || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, want %v with %q", c.name, err, c.err, c.says)
		}
		if err != nil {
			continue
		}
		slices.Sort(m.Sizes)
		if m.Inertia != c.inertia || !slices.Equal(m.Sizes, c.sizes) || !m.Converged {
			t.Errorf("%s: got %+v", c.name, m)
		}
	}
}

// Center 100 is nearest to no row: it must take the farthest, 9, at once.
func TestFitFillsAnEmptyCluster(t *testing.T) {
	m := fit(t, matrix.FromColumns([]float64{0, 1, 2, 9}), kmeans.Options{Start: [][]float64{{1}, {100}}})
	if !slices.Equal(m.Labels, []int32{0, 0, 0, 1}) || m.Inertia != 2 {
		t.Errorf("got %+v, labels %v", m, m.Labels)
	}
}

func TestFitStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m, err := kmeans.Fit(ctx, matrix.FromColumns([]float64{1, 2}), kmeans.Options{K: 1})
	if m != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", m, err)
	}
}

// Seeds are rows, spread over the groups before any group has two; a fit from
// them is the fit of that seed and start.
func TestSeeds(t *testing.T) {
	x := matrix.FromColumns([]float64{0, 1, 2, 1000, 1001, 1002, 3000, 3001})
	for start := range 5 {
		seeds, err := kmeans.Seeds(context.Background(), x, 5, 7, start)
		if err != nil || len(seeds) != 5 {
			t.Fatal(seeds, err)
		}
		groups := map[int]bool{}
		for _, s := range seeds[:3] {
			groups[int(s[0])/900] = true
			if !slices.Contains(x.Col(0), s[0]) {
				t.Errorf("seed %v is no row", s)
			}
		}
		if len(groups) != 3 {
			t.Errorf("the first three of %v are in %d groups", seeds, len(groups))
		}
		if start > 0 {
			continue
		}
		a, b := fit(t, x, kmeans.Options{K: 5, Seed: 7, Restarts: 1}), fit(t, x, kmeans.Options{Start: seeds})
		if !slices.Equal(a.Labels, b.Labels) || a.Inertia != b.Inertia {
			t.Errorf("from the seeds %+v, from the seed %+v", b, a)
		}
	}
	if _, err := kmeans.Seeds(context.Background(), x, 9, 7, 0); !errors.Is(err, kmeans.ErrTooFewRows) {
		t.Errorf("9 of 8 rows: %v", err)
	}
}

func TestBadCallsPanic(t *testing.T) {
	x := matrix.FromColumns([]float64{1, 2}, []float64{3, 4})
	m := fit(t, x, kmeans.Options{K: 1})
	for name, call := range map[string]func(){
		"Predict":  func() { m.Predict(matrix.FromColumns([]float64{1})) },
		"Nearest":  func() { m.Nearest([]float64{1}) },
		"Start":    func() { fit(t, x, kmeans.Options{Start: [][]float64{{1}}}) },
		"K, Start": func() { fit(t, x, kmeans.Options{K: 2, Start: [][]float64{{1, 2}}}) },
		"Restarts": func() { fit(t, x, kmeans.Options{K: 1, Restarts: -1}) },
	} {
		func() {
			defer func() {
				if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "kmeans: ") {
					t.Errorf("%s: recovered %v, want a panic of package kmeans", name, r)
				}
			}()
			call()
		}()
	}
}

func TestModelSurvivesJSON(t *testing.T) {
	ref := sampletest.References(t)[0]
	x := ref.Columns()
	m := fit(t, x, kmeans.Options{K: 4})
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("abels")) {
		t.Errorf("labels are in the file: %s", data)
	}
	var back kmeans.Model
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(back.Predict(x), m.Labels) {
		t.Error("the model read back predicts differently")
	}
}

func TestFitIsTheSameOnAnyNumberOfProcessors(t *testing.T) {
	x := sampletest.Random(20_000, 3, 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := fit(t, x, kmeans.Options{K: 5, Restarts: 2})
	runtime.GOMAXPROCS(4)
	four := fit(t, x, kmeans.Options{K: 5, Restarts: 2})
	a, _ := json.Marshal(one)
	b, _ := json.Marshal(four)
	if !bytes.Equal(a, b) || !slices.Equal(one.Labels, four.Labels) {
		t.Errorf("on one: %s\non four: %s", a, b)
	}
}

// Laws of k-means: neither the order of the rows, nor where the origin lies, nor
// the unit of length changes which rows belong together.
// TestFitAgainstEveryPartition tries all partitions of a few rows: no inertia is
// below the least, and ten starts find it almost always.
func TestFitAgainstEveryPartition(t *testing.T) {
	racetest.Alone(t)
	const n, k, tables = 8, 3, 100
	found := 0
	for seed := range uint64(tables) {
		x := sampletest.Random(n, 2, seed)
		least := math.Inf(1)
		for code := range 6561 { // 3⁸
			var sum [k][2]float64
			var size [k]float64
			label := [n]int{}
			for i, c := 0, code; i < n; i, c = i+1, c/k {
				label[i] = c % k
				size[c%k]++
				for j := range 2 {
					sum[c%k][j] += x.At(i, j)
				}
			}
			inertia := 0.0
			for i, c := range label {
				for j := range 2 {
					inertia += math.Pow(x.At(i, j)-sum[c][j]/size[c], 2)
				}
			}
			least = min(least, inertia)
		}
		got := fit(t, x, kmeans.Options{K: k, Seed: seed, Tol: -1}).Inertia
		if got < least-1e-9 {
			t.Fatalf("table %d: inertia %v below the least, %v", seed, got, least)
		}
		if got < least+1e-9 {
			found++
		}
	}
	if found < 95 {
		t.Errorf("the best partition was found %d times in %d", found, tables)
	}
}

func TestLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, k := rapid.IntRange(1, 4).Draw(rt, "d"), rapid.IntRange(1, 5).Draw(rt, "k")
		x := sampletest.Random(rapid.IntRange(k, 300).Draw(rt, "n"), d, rapid.Uint64().Draw(rt, "seed"))
		n, _ := x.Dims()
		var start [][]float64
		for c := range k {
			start = append(start, x.Row(nil, c))
		}
		m := fit(t, x, kmeans.Options{Start: start, Tol: -1})

		order := rand.New(rand.NewPCG(1, 2)).Perm(n)
		p := fit(t, x.Select(order), kmeans.Options{Start: start, Tol: -1})
		same := true
		for i, from := range order {
			same = same && p.Labels[i] == m.Labels[from]
		}
		if !same || math.Abs(p.Inertia-m.Inertia) > 1e-9*(1+m.Inertia) {
			rt.Errorf("permuted: inertia %v, was %v, same labels %v", p.Inertia, m.Inertia, same)
		}

		const shift, unit = 1024, 8
		moved := matrix.New(n, d)
		for j := range d {
			for i, v := range x.Col(j) {
				moved.Col(j)[i] = v*unit + shift
			}
		}
		for _, c := range start {
			for j := range c {
				c[j] = c[j]*unit + shift
			}
		}
		q := fit(t, moved, kmeans.Options{Start: start, Tol: -1})
		if !slices.Equal(q.Labels, m.Labels) || math.Abs(q.Inertia-unit*unit*m.Inertia) > 1e-9*(1+q.Inertia) {
			rt.Errorf("moved and scaled: inertia %v, want %v", q.Inertia, unit*unit*m.Inertia)
		}

		checkIsLocalOptimum(rt, x, m)
	})
}

// checkIsLocalOptimum recomputes everything a model claims, the slow way.
func checkIsLocalOptimum(t *rapid.T, x matrix.Columns, m *kmeans.Model) {
	n, d := x.Dims()
	inertia, sizes := 0.0, make([]int, m.K)
	means := matrix.New(m.K, d)
	for i := range n {
		nearest, least := 0, math.Inf(1)
		for c, center := range m.Centers {
			distance := 0.0
			for j, v := range center {
				distance += math.Pow(x.At(i, j)-v, 2)
			}
			if distance < least-1e-12 {
				nearest, least = c, distance
			}
		}
		if int(m.Labels[i]) != nearest {
			t.Errorf("row %d has label %d, nearest is %d", i, m.Labels[i], nearest)
		}
		inertia += least
		sizes[nearest]++
		for j := range d {
			means.Col(j)[nearest] += x.At(i, j)
		}
	}
	if math.Abs(inertia-m.Inertia) > 1e-9*(1+inertia) || !slices.Equal(sizes, m.Sizes) {
		t.Errorf("inertia %v, sizes %v; want %v, %v", m.Inertia, m.Sizes, inertia, sizes)
	}
	for c, size := range sizes {
		for j := range d {
			if mean := means.At(c, j) / float64(size); size > 0 && math.Abs(mean-m.Centers[c][j]) > 1e-9 {
				t.Errorf("center %d is %v, the mean of its rows %v", c, m.Centers[c][j], mean)
			}
		}
	}
}
