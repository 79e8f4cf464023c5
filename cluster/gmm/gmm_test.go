package gmm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"segue/cluster/gmm"
	"segue/cluster/internal/sampletest"
	"segue/matrix"
)

var kinds = []gmm.Covariance{gmm.Full, gmm.Diag, gmm.Tied, gmm.Spherical}

func fit(t testing.TB, x matrix.Columns, o gmm.Options) *gmm.Model {
	t.Helper()
	m, err := gmm.Fit(context.Background(), x, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// One component has a closed form. Rows −1, 0, 1, 4 have mean 1 and population
// variance (4+1+0+9)/4 = 3½; the log-likelihood is −n/2·(ln 2π·3½ + 1), and
// there are 2 parameters.
func TestOneComponentByHand(t *testing.T) {
	x := matrix.FromColumns([]float64{-1, 0, 1, 4})
	for _, kind := range kinds {
		m := fit(t, x, gmm.Options{K: 1, Covariance: kind, Regularization: 1e-12})
		want := -2 * (math.Log(2*math.Pi*3.5) + 1)
		if m.Means[0][0] != 1 || math.Abs(m.Covariances[0][0][0]-3.5) > 1e-11 || m.Weights[0] != 1 || math.Abs(m.LogLikelihood-want) > 1e-9 {
			t.Errorf("%s: got %+v, want log-likelihood %v", kind, m, want)
		}
		if math.Abs(m.AIC-(4-2*want)) > 1e-9 || math.Abs(m.BIC-(2*math.Log(4)-2*want)) > 1e-9 || m.Parameters != 2 {
			t.Errorf("%s: got AIC %v, BIC %v, %d parameters", kind, m.AIC, m.BIC, m.Parameters)
		}
	}
}

// Two standard normals at ±1 of weight ¾ and ¼: at x the odds are
// 3·exp(−(x+1)²/2+(x−1)²/2) = 3·exp(−2x); at 0 they are 3 to 1, at ½·ln 3 even.
func TestMembershipByHand(t *testing.T) {
	one := [][]float64{{1}}
	m := gmm.Model{K: 2, Weights: []float64{.75, .25}, Means: [][]float64{{-1}, {1}}, Covariances: [][][]float64{one, one}}
	for x, want := range map[float64]float64{0: .75, math.Log(3) / 2: .5, 400: 0, -400: 1} {
		if got := m.Membership(nil, []float64{x}); math.Abs(got[0]-want) > 1e-12 || math.Abs(got[0]+got[1]-1) > 1e-12 {
			t.Errorf("membership of %v = %v, want %v first", x, got, want)
		}
	}
	if got := m.Predict(matrix.FromColumns([]float64{0, 3, math.NaN()})); !slices.Equal(got, []int32{0, 1, -1}) {
		t.Errorf("Predict = %v", got)
	}
}

// scikit-learn kept the best of 30 k-means starts. Our starts are drawn otherwise,
// so ours may be better; but one of the first twenty must end where it ended.
func TestFitAgreesWithScikitLearn(t *testing.T) {
	for _, ref := range sampletest.References(t) {
		for _, kind := range kinds {
			want := ref.GMM[string(kind)]
			o := gmm.Options{K: ref.K, Covariance: kind, Tol: 1e-12, MaxIter: 20_000, Restarts: 1}
			var m *gmm.Model
			best := math.Inf(-1)
			for ; o.Seed < 20; o.Seed++ {
				r := fit(t, ref.Columns(), o)
				best = max(best, r.LogLikelihood)
				if math.Abs(r.LogLikelihood-want.LogLikelihood) < 1e-9*math.Abs(want.LogLikelihood) {
					m = r
				}
			}
			if m == nil {
				t.Errorf("%s, k = %d: no start ends at log-likelihood %v; the best at %v", kind, ref.K, want.LogLikelihood, best)
				continue
			}
			if math.Abs(m.AIC-want.AIC) > 1e-5 || math.Abs(m.BIC-want.BIC) > 1e-5 || m.Parameters != want.Parameters {
				t.Errorf("%s: AIC %v, BIC %v, %d parameters; want %v, %v, %d", kind, m.AIC, m.BIC, m.Parameters, want.AIC, want.BIC, want.Parameters)
			}
			sampletest.Near(t, m.Means, want.Means, 1e-4)
			o.Restarts, o.Seed = 30, 0
			if all := fit(t, ref.Columns(), o); all.LogLikelihood < want.LogLikelihood-1e-6 {
				t.Errorf("%s, k = %d: best of 30 starts %v, want at least %v", kind, ref.K, all.LogLikelihood, want.LogLikelihood)
			}
		}
	}
}

func TestFitAtTheEdges(t *testing.T) {
	nan, same := math.NaN(), []float64{3, 3, 3, 3}
	for _, c := range []struct {
		name       string
		x          matrix.Columns
		k          int
		err        error
		says       string
		degenerate int // how many components
	}{
		{name: "empty", k: 1, err: gmm.ErrTooFewRows},
		{name: "k = 0", x: matrix.FromColumns(same), err: gmm.ErrTooFewRows},
		{name: "n < k", x: matrix.FromColumns(same), k: 5, err: gmm.ErrTooFewRows},
		{name: "NaN", x: matrix.FromColumns(same, []float64{1, 2, nan, 4}), k: 2, err: matrix.ErrNotFinite, says: "row 2, column 1"},
		{name: "huge", x: matrix.FromColumns([]float64{1, 1e200}), k: 2, err: matrix.ErrNotFinite, says: "row 1, column 0"},
		{name: "k = 1", x: matrix.FromColumns([]float64{0, 2, 4}), k: 1},
		{name: "k = n", x: matrix.FromColumns([]float64{0, 2, 5}), k: 3, degenerate: 3},
		{name: "one distinct row", x: matrix.FromColumns(same), k: 2, degenerate: 2},
		{name: "constant column", x: matrix.FromColumns([]float64{0, 1, 8, 9}, same), k: 1, degenerate: 1},
		{name: "far from the origin", x: matrix.FromColumns([]float64{1e9, 1e9 + 1, 1e9 + 2}), k: 1},
	} {
		for _, kind := range kinds {
			m, err := gmm.Fit(context.Background(), c.x, gmm.Options{K: c.k, Covariance: kind})
			if !errors.Is(err, c.err) || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: error %v, want %v with %q", c.name, err, c.err, c.says)
			}
			if err != nil {
				continue
			}
			if math.IsNaN(m.LogLikelihood) || math.IsInf(m.LogLikelihood, 0) || (kind == gmm.Full && len(m.Degenerate) != c.degenerate) {
				t.Errorf("%s, %s: got %+v", c.name, kind, m)
			}
		}
	}
}

func TestFitStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m, err := gmm.Fit(ctx, matrix.FromColumns([]float64{1, 2}), gmm.Options{K: 1})
	if m != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", m, err)
	}
}

// The partition nearest to the start, settled, is where the one climb begins,
// whatever the seed.
func TestStart(t *testing.T) {
	x := matrix.FromColumns([]float64{0, 1, 2, 10, 11, 12, 30, 31})
	a := fit(t, x, gmm.Options{Start: [][]float64{{5}, {11}, {12}}, Seed: 1})
	b := fit(t, x, gmm.Options{Start: [][]float64{{5}, {11}, {12}}, Seed: 2, Restarts: 9, Rough: 3})
	if a.K != 3 || a.Restarts != 1 || a.LogLikelihood != b.LogLikelihood || !slices.Equal(a.Labels, []int32{0, 0, 0, 1, 1, 1, 2, 2}) {
		t.Errorf("%+v, %+v", a, b)
	}
}

func TestStartsMustBeNumbers(t *testing.T) {
	x := sampletest.Random(50, 2, 1)
	fitted, err := gmm.Fit(context.Background(), x, gmm.Options{K: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), -1e200} {
		from := *fitted
		from.Means = [][]float64{fitted.Means[0], {0, bad}}
		if _, err := gmm.FitStream(context.Background(), x, gmm.StreamOptions{Resume: &from}); !errors.Is(err, matrix.ErrNotFinite) {
			t.Errorf("Resume with %v: error %v", bad, err)
		}
		for name, o := range map[string]gmm.Options{"Start": {Start: [][]float64{{0, 0}, {1, bad}}}, "From": {From: &from}} {
			if _, err := gmm.Fit(context.Background(), x, o); !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "row 1, column 1") {
				t.Errorf("%s with %v: error %v", name, bad, err)
			}
			if _, err := gmm.FitStream(context.Background(), x, gmm.StreamOptions{Options: o}); !errors.Is(err, matrix.ErrNotFinite) {
				t.Errorf("stream, %s with %v: error %v", name, bad, err)
			}
		}
	}
}

func TestFromMustBeAMixture(t *testing.T) {
	x := sampletest.Random(50, 2, 1)
	for name, spoil := range map[string]func(m *gmm.Model){
		"a weight NaN":           func(m *gmm.Model) { m.Weights[0] = math.NaN() },
		"a weight infinite":      func(m *gmm.Model) { m.Weights[0] = math.Inf(1) },
		"a weight below 0":       func(m *gmm.Model) { m.Weights = []float64{-1, 2} },
		"weights of 2":           func(m *gmm.Model) { m.Weights = []float64{1, 1} },
		"a weight too few":       func(m *gmm.Model) { m.Weights = m.Weights[:1] },
		"a mean too few":         func(m *gmm.Model) { m.Means = m.Means[:1] },
		"a covariance too few":   func(m *gmm.Model) { m.Covariances = m.Covariances[:1] },
		"a covariance NaN":       func(m *gmm.Model) { m.Covariances[0][0][0] = math.NaN() },
		"a covariance infinite":  func(m *gmm.Model) { m.Covariances[0][0][0] = math.Inf(1) },
		"a covariance not d×d":   func(m *gmm.Model) { m.Covariances[1] = m.Covariances[1][:1] },
		"a covariance of rank 0": func(m *gmm.Model) { m.Covariances[1] = [][]float64{{0, 0}, {0, 0}} },
	} {
		m, err := gmm.Fit(context.Background(), x, gmm.Options{K: 2})
		if err != nil {
			t.Fatal(err)
		}
		spoil(m)
		for call, fit := range map[string]func() (*gmm.Model, error){
			"Fit": func() (*gmm.Model, error) { return gmm.Fit(context.Background(), x, gmm.Options{From: m}) },
			"FitStream": func() (*gmm.Model, error) {
				return gmm.FitStream(context.Background(), x, gmm.StreamOptions{Resume: m})
			},
		} {
			func() {
				defer func() {
					if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "gmm: ") {
						t.Errorf("%s from %s: recovered %v, want a panic of package gmm", call, name, r)
					}
				}()
				_, err := fit()
				t.Errorf("%s from %s: error %v", call, name, err)
			}()
		}
	}
}

func TestBadCallsPanic(t *testing.T) {
	x := matrix.FromColumns([]float64{1, 2}, []float64{3, 4})
	m := fit(t, x, gmm.Options{K: 1})
	for name, call := range map[string]func(){
		"Predict":          func() { m.Predict(matrix.FromColumns([]float64{1})) },
		"Membership row":   func() { m.Membership(nil, []float64{1}) },
		"Membership dst":   func() { m.Membership(make([]float64, 2), []float64{1, 2}) },
		"Responsibilities": func() { m.Responsibilities(matrix.FromColumns([]float64{1})) },
		"Covariance":       func() { fit(t, x, gmm.Options{K: 1, Covariance: "round"}) },
		"Start":            func() { fit(t, x, gmm.Options{Start: [][]float64{{1}}}) },
		"K, Start":         func() { fit(t, x, gmm.Options{K: 2, Start: [][]float64{{1, 2}}}) },
		"From":             func() { fit(t, x, gmm.Options{From: m, K: 2}) },
		"From, columns":    func() { fit(t, matrix.FromColumns([]float64{1, 2}), gmm.Options{From: m}) },
		"From, covariance": func() { fit(t, x, gmm.Options{From: m, Covariance: gmm.Tied}) },
		"Resume": func() {
			_, _ = gmm.FitStream(context.Background(), x, gmm.StreamOptions{Options: gmm.Options{K: 2}, Resume: m})
		},
		"Sample": func() {
			_, _ = gmm.FitStream(context.Background(), x, gmm.StreamOptions{Options: gmm.Options{K: 1}, Sample: -1})
		},
		"Rough":          func() { fit(t, x, gmm.Options{K: 1, Rough: 11}) },
		"Regularization": func() { fit(t, x, gmm.Options{K: 1, Regularization: -1}) },
		"infinite":       func() { fit(t, x, gmm.Options{K: 1, Regularization: math.Inf(1)}) },
	} {
		func() {
			defer func() {
				if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "gmm: ") {
					t.Errorf("%s: recovered %v, want a panic of package gmm", name, r)
				}
			}()
			call()
		}()
	}
}

func TestModelSurvivesJSON(t *testing.T) {
	x := sampletest.References(t)[0].Columns()
	for _, kind := range kinds {
		m := fit(t, x, gmm.Options{K: 4, Covariance: kind})
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back gmm.Model
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(back.Predict(x), m.Labels) || !slices.Equal(back.Membership(nil, x.Row(nil, 5)), m.Responsibilities(x)[5]) {
			t.Errorf("%s: the model read back predicts differently", kind)
		}
	}
}

// 30,000 rows, so that the starts run on a draw of 20,000 and finish on all.
func TestFitIsTheSameOnAnyNumberOfProcessors(t *testing.T) {
	x := sampletest.Random(30_000, 3, 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := fit(t, x, gmm.Options{K: 3, Restarts: 2})
	runtime.GOMAXPROCS(4)
	four := fit(t, x, gmm.Options{K: 3, Restarts: 2})
	a, _ := json.Marshal(one)
	b, _ := json.Marshal(four)
	if !bytes.Equal(a, b) || !slices.Equal(one.Labels, four.Labels) {
		t.Errorf("on one: %s\non four: %s", a, b)
	}
}

// Laws of EM: another iteration never lowers the likelihood; responsibilities add
// up to 1, label by the highest, and are what the densities give by Bayes' rule; the likelihood is that of the densities; where the origin lies does not
// matter.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, k := rapid.IntRange(1, 4).Draw(rt, "d"), rapid.IntRange(1, 4).Draw(rt, "k")
		x := sampletest.Random(rapid.IntRange(40, 300).Draw(rt, "n"), d, rapid.Uint64().Draw(rt, "seed"))
		n, _ := x.Dims()
		o := gmm.Options{
			K: k, Covariance: rapid.SampledFrom(kinds).Draw(rt, "covariance"), Restarts: 1,
			Rough: rapid.IntRange(0, 1).Draw(rt, "rough"), Tol: 1e-9, Regularization: 1e-9,
		}
		last := math.Inf(-1)
		for o.MaxIter = 1; o.MaxIter < 6; o.MaxIter++ {
			m := fit(t, x, o)
			if m.LogLikelihood < last-1e-5 {
				rt.Errorf("log-likelihood fell from %v to %v at iteration %d", last, m.LogLikelihood, o.MaxIter)
			}
			last = m.LogLikelihood
		}
		m := fit(t, x, o)
		r := m.Responsibilities(x)
		total := 0.0
		for i := range n {
			want, logLikelihood := definition(x.Row(nil, i), m)
			total += logLikelihood
			sum := 0.0
			for c, v := range r[i] {
				sum += v
				if math.Abs(v-want[c]) > 1e-7 {
					rt.Fatalf("row %d: responsibilities %v, want %v", i, r[i], want)
				}
			}
			if math.Abs(sum-1) > 1e-12 || r[i][m.Labels[i]] < slices.Max(r[i])-1e-12 {
				rt.Errorf("row %d: responsibilities %v add up to %v, label %d", i, r[i], sum, m.Labels[i])
			}
		}
		if math.Abs(total-m.LogLikelihood) > 1e-6*(1+math.Abs(total)) {
			rt.Errorf("log-likelihood %v, want %v", m.LogLikelihood, total)
		}
		moved := matrix.New(n, d)
		for j := range d {
			for i, v := range x.Col(j) {
				moved.Col(j)[i] = v + 1024
			}
		}
		if q := fit(t, moved, o); math.Abs(q.LogLikelihood-m.LogLikelihood) > 1e-5*(1+math.Abs(total)) {
			rt.Errorf("moved: log-likelihood %v, want %v", q.LogLikelihood, m.LogLikelihood)
		}
	})
}

// definition evaluates the mixture by the density's formula, with gonum's Cholesky factor.
func definition(row []float64, m *gmm.Model) (responsibilities []float64, logLikelihood float64) {
	logs := make([]float64, m.K)
	for c := range logs {
		sigma := mat.NewSymDense(len(row), nil)
		for j, line := range m.Covariances[c] {
			for l, v := range line {
				sigma.SetSym(j, l, v)
			}
		}
		var factor mat.Cholesky
		if !factor.Factorize(sigma) {
			panic("covariance is not positive definite")
		}
		deviation, solved := mat.NewVecDense(len(row), nil), mat.NewVecDense(len(row), nil)
		deviation.SubVec(mat.NewVecDense(len(row), row), mat.NewVecDense(len(row), m.Means[c]))
		if err := factor.SolveVecTo(solved, deviation); err != nil {
			panic(err)
		}
		logs[c] = math.Log(m.Weights[c]) - (float64(len(row))*math.Log(2*math.Pi)+factor.LogDet()+mat.Dot(deviation, solved))/2
	}
	top, sum := slices.Max(logs), 0.0
	for _, v := range logs {
		sum += math.Exp(v - top)
	}
	for _, v := range logs {
		responsibilities = append(responsibilities, math.Exp(v-top)/sum)
	}
	return responsibilities, top + math.Log(sum)
}
