package gmm_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"segue/cluster/gmm"
	"segue/cluster/internal/sampletest"
	"segue/matrix"
)

// counted counts how often a table is read.
type counted[F matrix.Float] struct {
	matrix.Source[F]
	passes *int
}

func (c counted[F]) Pieces(ctx context.Context, work func(lo int, piece matrix.Table[F]) error) error {
	*c.passes++
	return c.Source.Pieces(ctx, work)
}

func stream[F matrix.Float](t testing.TB, x matrix.Source[F], o gmm.StreamOptions) *gmm.Model {
	t.Helper()
	m, err := gmm.FitStream(context.Background(), x, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func bytesOf(t testing.TB, m *gmm.Model) string {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func testStreamIsFit[F matrix.Float](t *testing.T, x matrix.Table[F]) {
	for _, kind := range kinds {
		o := gmm.Options{K: 3, Covariance: kind, Restarts: 3, MaxIter: 8}
		whole, err := gmm.Fit(context.Background(), x, o)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := bytesOf(t, stream(t, sampletest.InPieces(x, 2), gmm.StreamOptions{Options: o})), bytesOf(t, whole); got != want {
			t.Errorf("%s, drawn:\n%s\nin memory:\n%s", kind, got, want)
		}
		from := gmm.Options{From: whole, MaxIter: 4, Tol: -1}
		again, err := gmm.Fit(context.Background(), x, from)
		if err != nil {
			t.Fatal(err)
		}
		if again.Iterations != 4 || again.Converged || again.LogLikelihood < whole.LogLikelihood-1e-3*math.Abs(whole.LogLikelihood) {
			t.Errorf("%s: going on from %+v: %+v", kind, whole, again)
		}
		passes := 0
		got := stream(t, counted[F]{sampletest.InPieces(x, 1), &passes}, gmm.StreamOptions{Options: from})
		if got, want := bytesOf(t, got), bytesOf(t, again); got != want {
			t.Errorf("%s, from a model:\n%s\nin memory:\n%s", kind, got, want)
		}
		if passes != 1+4+1+1 { // check, iterations, likelihood, sizes
			t.Errorf("%s: %d passes", kind, passes)
		}
	}
}

// A table read in pieces ends in the bytes of the same table in memory, drawn
// sample and all, in either float.
func TestStreamIsFit(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	testStreamIsFit(t, sampletest.Random(20_503, 5, 1))
	testStreamIsFit(t, matrix.To32(sampletest.Random(20_503, 3, 2)))
}

// A small table is searched in memory, and the likelihood that of all rows.
func TestStreamOfASmallTableIsFit(t *testing.T) {
	x := sampletest.References(t)[0].Columns()
	o := gmm.Options{K: 4, MaxIter: 3, Tol: 1e-12}
	if got, want := bytesOf(t, stream(t, x, gmm.StreamOptions{Options: o})), bytesOf(t, fit(t, x, o)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	m := fit(t, x, o)
	if m.Converged || m.Iterations != 3 {
		t.Errorf("stopped by MaxIter: %+v", m)
	}
}

// Stopped after any iteration, sent through JSON and resumed, a fit ends in the
// bytes of one that was not; stopped by MaxIter too.
func TestResume(t *testing.T) {
	x := sampletest.InPieces(sampletest.Random(9_000, 2, 3), 1)
	rivals := false
	for _, kind := range kinds {
		o := gmm.StreamOptions{Options: gmm.Options{K: 5, Covariance: kind, Restarts: 6, MaxIter: 12, Tol: 1e-5}, Sample: 300}
		var saved [][]byte
		o.Checkpoint = func(m *gmm.Model) error {
			data, err := json.Marshal(m)
			saved = append(saved, data)
			rivals = rivals || len(m.Rivals) > 0
			return err
		}
		want := bytesOf(t, stream(t, x, o))
		o.Checkpoint = nil
		for i, data := range saved {
			o.Resume = new(gmm.Model)
			if err := json.Unmarshal(data, o.Resume); err != nil {
				t.Fatal(err)
			}
			if got := bytesOf(t, stream(t, x, o)); got != want {
				t.Errorf("%s: resumed after %d iterations:\n%s\nnot stopped:\n%s", kind, i+1, got, want)
			}
		}
		o.Resume, o.Sample, o.Restarts, o.MaxIter = nil, 0, 1, 3
		o.Resume = stream(t, x, o)
		o.MaxIter = 6
		want = bytesOf(t, stream(t, x, gmm.StreamOptions{Options: o.Options}))
		if got := bytesOf(t, stream(t, x, o)); got != want {
			t.Errorf("%s: with more iterations:\n%s\nat once:\n%s", kind, got, want)
		}
	}
	if !rivals {
		t.Error("no checkpoint had more than one run")
	}
}

func TestStreamAtTheEdges(t *testing.T) {
	bad := sampletest.Random(9_000, 2, 3)
	bad.Col(1)[8_500] = math.NaN()
	if _, err := gmm.FitStream(context.Background(), sampletest.InPieces(bad, 1), gmm.StreamOptions{Options: gmm.Options{K: 2}}); !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "row 8500, column 1") {
		t.Errorf("NaN: %v", err)
	}
	if _, err := gmm.FitStream(context.Background(), bad.Slice(0, 3), gmm.StreamOptions{Options: gmm.Options{K: 4}}); !errors.Is(err, gmm.ErrTooFewRows) {
		t.Errorf("too few rows: %v", err)
	}
	x := sampletest.InPieces(sampletest.Random(9_000, 2, 3), 1)
	stop := errors.New("stop")
	o := gmm.StreamOptions{Options: gmm.Options{K: 2}, Sample: 100, Checkpoint: func(*gmm.Model) error { return stop }}
	if m, err := gmm.FitStream(context.Background(), x, o); m != nil || err != stop {
		t.Errorf("checkpoint: %v, %v", m, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.Checkpoint = func(*gmm.Model) error { cancel(); return nil }
	if m, err := gmm.FitStream(ctx, x, o); m != nil || err != context.Canceled {
		t.Errorf("cancelled: %v, %v", m, err)
	}
}

// In float32 the likelihood, which is what is maximized, is that of float64 to
// six digits, and rows go where they went.
func TestFloat32(t *testing.T) {
	x := sampletest.Random(3_000, 3, 5)
	x32 := matrix.To32(x)
	for _, kind := range kinds {
		o := gmm.Options{K: 3, Covariance: kind, Restarts: 2}
		m := fit(t, x, o)
		small, err := gmm.Fit(context.Background(), x32, o)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(small.LogLikelihood-m.LogLikelihood) > 1e-5*math.Abs(m.LogLikelihood) {
			t.Errorf("%s: log-likelihood %v in float32, %v in float64", kind, small.LogLikelihood, m.LogLikelihood)
		}
		labels, all := gmm.Predict(m, x32), gmm.Responsibilities(m, x32)
		differ := 0
		for i, label := range m.Predict(x) {
			if labels[i] != label {
				differ++
			}
			if sum := all[i][0] + all[i][1] + all[i][2]; math.Abs(sum-1) > 1e-6 {
				t.Fatalf("%s: row %d: %v", kind, i, all[i])
			}
		}
		if differ > 3 {
			t.Errorf("%s: %d labels differ", kind, differ)
		}
	}
	huge := matrix.FromColumns([]float32{1, 2, 1e18})
	if _, err := gmm.Fit(context.Background(), huge, gmm.Options{K: 1}); !errors.Is(err, matrix.ErrNotFinite) {
		t.Errorf("1e18 in float32: %v", err)
	}
}
