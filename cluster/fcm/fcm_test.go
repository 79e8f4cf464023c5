package fcm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segue/cluster/fcm"
	"segue/cluster/internal/sampletest"
	"segue/matrix"
)

func fit(t testing.TB, x matrix.Columns, o fcm.Options) *fcm.Model {
	t.Helper()
	m, err := fcm.Fit(context.Background(), x, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Centers 0 and 3, row 1, m = 2: squared distances 1 and 4, so memberships
// 1/(1+¼) = 0.8 and 0.2. At m = 3 the exponent is ½: 1/(1+½) = ⅔ and ⅓. Row 0
// lies on a center. With centers 0, 0, 3 it belongs half to each of the first two.
func TestMembershipByHand(t *testing.T) {
	two := fcm.Model{K: 2, M: 2, Centers: [][]float64{{0}, {3}}}
	three := fcm.Model{K: 2, M: 3, Centers: [][]float64{{0}, {3}}}
	twin := fcm.Model{K: 3, M: 1.5, Centers: [][]float64{{0}, {0}, {3}}}
	for _, c := range []struct {
		m    fcm.Model
		row  float64
		want []float64
	}{
		{two, 1, []float64{0.8, 0.2}},
		{two, 0, []float64{1, 0}},
		{two, 1.5, []float64{0.5, 0.5}},
		{three, 1, []float64{2. / 3, 1. / 3}},
		{twin, 0, []float64{0.5, 0.5, 0}},
		{twin, 3, []float64{0, 0, 1}},
	} {
		got := c.m.Membership(nil, []float64{c.row})
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-15 {
				t.Errorf("m = %g, row %g: %v, want %v", c.m.M, c.row, got, c.want)
				break
			}
		}
	}
	for _, u := range two.Membership(nil, []float64{math.NaN()}) {
		if !math.IsNaN(u) {
			t.Errorf("membership of NaN = %v", u)
		}
	}
}

func TestFitAgreesWithScikitFuzzy(t *testing.T) {
	for _, ref := range sampletest.References(t) {
		for fuzzifier, want := range ref.FCM {
			m, _ := strconv.ParseFloat(fuzzifier, 64)
			got := fit(t, ref.Columns(), fcm.Options{K: ref.K, M: m, Tol: 1e-12, MaxIter: 10_000, Restarts: 20})
			if math.Abs(got.Objective-want.Objective) > 1e-8*want.Objective || math.Abs(got.FPC-want.FPC) > 1e-7 {
				t.Errorf("m = %g: objective %v, FPC %v; want %v, %v", m, got.Objective, got.FPC, want.Objective, want.FPC)
			}
			sampletest.Near(t, got.Centers, want.Centers, 1e-6)
		}
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
		fpc, pe float64
	}{
		{name: "empty", k: 1, err: fcm.ErrTooFewRows},
		{name: "k = 0", x: matrix.FromColumns(same), err: fcm.ErrTooFewRows},
		{name: "n < k", x: matrix.FromColumns(same), k: 5, err: fcm.ErrTooFewRows},
		{name: "NaN", x: matrix.FromColumns(same, []float64{1, 2, nan, 4}), k: 2, err: matrix.ErrNotFinite, says: "row 2, column 1"},
		{name: "huge", x: matrix.FromColumns([]float64{1, 1e200}), k: 2, err: matrix.ErrNotFinite, says: "row 1, column 0"},
		{name: "k = 1", x: matrix.FromColumns([]float64{0, 2, 4}), k: 1, fpc: 1},
		{name: "k = n", x: matrix.FromColumns([]float64{0, 2, 5}), k: 3, fpc: 1},
		{name: "one distinct row", x: matrix.FromColumns(same), k: 2, fpc: 0.5, pe: math.Ln2},
		{name: "constant column", x: matrix.FromColumns([]float64{0, 0, 9, 9}, same), k: 2, fpc: 1},
	} {
		m, err := fcm.Fit(context.Background(), c.x, fcm.Options{K: c.k})
		if !errors.Is(err, c.err) || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, want %v with %q", c.name, err, c.err, c.says)
		}
		if err == nil && (math.Abs(m.FPC-c.fpc) > 1e-12 || math.Abs(m.PE-c.pe) > 1e-12 || !m.Converged) {
			t.Errorf("%s: got %+v", c.name, m)
		}
	}
}

func TestFitStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m, err := fcm.Fit(ctx, matrix.FromColumns([]float64{1, 2}), fcm.Options{K: 1})
	if m != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", m, err)
	}
}

// A start is where the one run begins, whatever the seed, and the end of a fit is
// its own.
func TestStart(t *testing.T) {
	x := matrix.FromColumns([]float64{0, 1, 2, 10, 11, 12, 30, 31})
	a := fit(t, x, fcm.Options{Start: [][]float64{{1}, {11}, {30}}, Seed: 1})
	b := fit(t, x, fcm.Options{Start: [][]float64{{1}, {11}, {30}}, Seed: 2, Restarts: 9})
	if a.K != 3 || a.Restarts != 1 || a.Iterations != b.Iterations || !slices.Equal(a.Labels, []int32{0, 0, 0, 1, 1, 1, 2, 2}) {
		t.Errorf("%+v, %+v", a, b)
	}
	if again := fit(t, x, fcm.Options{Start: a.Centers}); again.Iterations > 1 || math.Abs(again.Objective-a.Objective) > 1e-9*a.Objective {
		t.Errorf("from its end: %d iterations to %v, was %v", again.Iterations, again.Objective, a.Objective)
	}
}

func TestStartMustBeNumbers(t *testing.T) {
	x := sampletest.Random(50, 2, 1)
	for _, bad := range []float64{math.NaN(), math.Inf(1), -1e200} {
		o := fcm.Options{Start: [][]float64{{0, 0}, {1, bad}}}
		if _, err := fcm.Fit(context.Background(), x, o); !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "row 1, column 1") {
			t.Errorf("start with %v: error %v", bad, err)
		}
		if _, err := fcm.FitStream(context.Background(), x, fcm.StreamOptions{Options: o}); !errors.Is(err, matrix.ErrNotFinite) {
			t.Errorf("stream, start with %v: error %v", bad, err)
		}
		resumed := &fcm.Model{K: 2, M: 2, Centers: o.Start, Restarts: 1}
		if _, err := fcm.FitStream(context.Background(), x, fcm.StreamOptions{Resume: resumed}); !errors.Is(err, matrix.ErrNotFinite) {
			t.Errorf("resumed with %v: error %v", bad, err)
		}
	}
}

func TestBadCallsPanic(t *testing.T) {
	x := matrix.FromColumns([]float64{1, 2}, []float64{3, 4})
	m := fit(t, x, fcm.Options{K: 1})
	for name, call := range map[string]func(){
		"Predict":        func() { m.Predict(matrix.FromColumns([]float64{1})) },
		"Membership row": func() { m.Membership(nil, []float64{1}) },
		"Membership dst": func() { m.Membership(make([]float64, 2), []float64{1, 2}) },
		"Memberships":    func() { m.Memberships(matrix.FromColumns([]float64{1})) },
		"M = 1":          func() { fit(t, x, fcm.Options{K: 1, M: 1}) },
		"M is NaN":       func() { fit(t, x, fcm.Options{K: 1, M: math.NaN()}) },
		"Start":          func() { fit(t, x, fcm.Options{Start: [][]float64{{1}}}) },
		"K, Start":       func() { fit(t, x, fcm.Options{K: 2, Start: [][]float64{{1, 2}}}) },
		"MaxIter":        func() { fit(t, x, fcm.Options{K: 1, MaxIter: -1}) },
		"Sample":         func() { stream(t, x, fcm.StreamOptions{Options: fcm.Options{K: 1}, Sample: -1}) },
		"K, Resume":      func() { stream(t, x, fcm.StreamOptions{Options: fcm.Options{K: 2}, Resume: m}) },
		"M, Resume":      func() { stream(t, x, fcm.StreamOptions{Options: fcm.Options{M: 3}, Resume: m}) },
		"Resume":         func() { stream(t, matrix.FromColumns([]float64{1}), fcm.StreamOptions{Resume: m}) },
	} {
		func() {
			defer func() {
				if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "fcm: ") {
					t.Errorf("%s: recovered %v, want a panic of package fcm", name, r)
				}
			}()
			call()
		}()
	}
}

func TestModelSurvivesJSON(t *testing.T) {
	x := sampletest.References(t)[0].Columns()
	m := fit(t, x, fcm.Options{K: 4, M: 1.7})
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back fcm.Model
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(back.Predict(x), m.Labels) || !slices.Equal(back.Membership(nil, x.Row(nil, 5)), m.Memberships(x)[5]) {
		t.Error("the model read back predicts differently")
	}
}

func TestFitIsTheSameOnAnyNumberOfProcessors(t *testing.T) {
	x := sampletest.Random(20_000, 3, 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := fit(t, x, fcm.Options{K: 5, Restarts: 1, MaxIter: 30})
	runtime.GOMAXPROCS(4)
	four := fit(t, x, fcm.Options{K: 5, Restarts: 1, MaxIter: 30})
	a, _ := json.Marshal(one)
	b, _ := json.Marshal(four)
	if !bytes.Equal(a, b) || !slices.Equal(one.Labels, four.Labels) {
		t.Errorf("on one: %s\non four: %s", a, b)
	}
}

// Laws of fuzzy c-means: memberships add up to 1 and label by the highest; the
// model's figures are what the slow definition gives; another iteration never
// raises the objective; origin and unit do not matter.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, k := rapid.IntRange(1, 4).Draw(rt, "d"), rapid.IntRange(1, 5).Draw(rt, "k")
		x := sampletest.Random(rapid.IntRange(k, 400).Draw(rt, "n"), d, rapid.Uint64().Draw(rt, "seed"))
		n, _ := x.Dims()
		o := fcm.Options{K: k, M: rapid.SampledFrom([]float64{1.3, 2, 2.5}).Draw(rt, "m"), Restarts: 1}
		last := math.Inf(1)
		for o.MaxIter = 1; o.MaxIter < 6; o.MaxIter++ {
			m := fit(t, x, o)
			if m.Objective > last*(1+1e-12) {
				rt.Errorf("objective rose from %v to %v at iteration %d", last, m.Objective, o.MaxIter)
			}
			last = m.Objective
		}
		m := fit(t, x, o)
		u := m.Memberships(x)
		var objective, fpc, pe float64
		for i := range n {
			want := definition(x.Row(nil, i), m)
			sum := 0.0
			for c, v := range u[i] {
				sum += v
				if math.Abs(v-want[c]) > 1e-12 {
					rt.Errorf("row %d: memberships %v, want %v", i, u[i], want)
				}
				objective += math.Pow(v, m.M) * distance(x.Row(nil, i), m.Centers[c])
				fpc += v * v / float64(n)
				if v > 0 {
					pe -= v * math.Log(v) / float64(n)
				}
			}
			if math.Abs(sum-1) > 1e-12 || u[i][m.Labels[i]] < slices.Max(u[i])-1e-12 {
				rt.Errorf("row %d: memberships %v add up to %v, label %d", i, u[i], sum, m.Labels[i])
			}
		}
		if math.Abs(objective-m.Objective) > 1e-9*(1+objective) || math.Abs(fpc-m.FPC) > 1e-9 || math.Abs(pe-m.PE) > 1e-9 {
			rt.Errorf("objective %v, FPC %v, PE %v; want %v, %v, %v", m.Objective, m.FPC, m.PE, objective, fpc, pe)
		}
		const shift, unit = 1024, 8
		moved := matrix.New(n, d)
		for j := range d {
			for i, v := range x.Col(j) {
				moved.Col(j)[i] = v*unit + shift
			}
		}
		if q := fit(t, moved, o); math.Abs(q.Objective-unit*unit*m.Objective) > 1e-6*(1+q.Objective) {
			rt.Errorf("moved and scaled: objective %v, want %v", q.Objective, unit*unit*m.Objective)
		}
	})
}

// definition is Bezdek's formula word by word: 1 / Σⱼ (d_c/d_j)^(2/(m−1)).
func definition(row []float64, m *fcm.Model) []float64 {
	u := make([]float64, m.K)
	onCenter := 0.0
	for c := range u {
		if distance(row, m.Centers[c]) == 0 {
			u[c] = 1
			onCenter++
		}
	}
	for c := range u {
		if onCenter > 0 {
			u[c] /= onCenter
			continue
		}
		sum := 0.0
		for _, center := range m.Centers {
			sum += math.Pow(distance(row, m.Centers[c])/distance(row, center), 1/(m.M-1))
		}
		u[c] = 1 / sum
	}
	return u
}

func distance(a, b []float64) (squared float64) {
	for j := range a {
		squared += (a[j] - b[j]) * (a[j] - b[j])
	}
	return squared
}
