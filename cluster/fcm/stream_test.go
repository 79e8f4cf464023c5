package fcm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"segue/cluster/fcm"
	"segue/cluster/internal/sampletest"
	"segue/matrix"
)

func stream[F matrix.Float](t testing.TB, x matrix.Source[F], o fcm.StreamOptions) *fcm.Model {
	t.Helper()
	m, err := fcm.FitStream(context.Background(), x, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func bytesOf(t testing.TB, m *fcm.Model) string {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// From the same start a table read in pieces ends in the bytes of the same table
// in memory, on any number of processors, in either float.
func TestStreamIsFit(t *testing.T) {
	x := sampletest.Random(20_001, 3, 1)
	for _, m := range []float64{2, 1.4} {
		o := fcm.Options{M: m, MaxIter: 12, Start: [][]float64{x.Row(nil, 0), x.Row(nil, 1), x.Row(nil, 2)}}
		inMemory, err := fcm.Fit(context.Background(), x, o)
		if err != nil {
			t.Fatal(err)
		}
		single, err := fcm.Fit(context.Background(), matrix.To32(x), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, processors := range []int{1, 3} {
			old := runtime.GOMAXPROCS(processors)
			for _, size := range []int{1, 2, 10} {
				if got := stream(t, sampletest.InPieces(x, size), fcm.StreamOptions{Options: o}); bytesOf(t, got) != bytesOf(t, inMemory) || got.Labels != nil {
					t.Errorf("m = %g, by %d×4096 rows: %s\nin memory: %s", m, size, bytesOf(t, got), bytesOf(t, inMemory))
				}
				if got := stream(t, sampletest.InPieces(matrix.To32(x), size), fcm.StreamOptions{Options: o}); bytesOf(t, got) != bytesOf(t, single) {
					t.Errorf("m = %g, float32 by %d×4096 rows: %s\nin memory: %s", m, size, bytesOf(t, got), bytesOf(t, single))
				}
			}
			runtime.GOMAXPROCS(old)
		}
		if math.Abs(single.Objective-inMemory.Objective) > 1e-6*inMemory.Objective || math.Abs(single.FPC-inMemory.FPC) > 1e-6 || math.Abs(single.PE-inMemory.PE) > 1e-6 {
			t.Errorf("m = %g: float32 %s\nfloat64 %s", m, bytesOf(t, single), bytesOf(t, inMemory))
		}
		sampletest.Near(t, single.Centers, inMemory.Centers, 1e-5)
	}
}

// Without a start, the best of the starts on the sample goes on to all rows, and
// finds what Fit finds.
func TestStreamFindsItsStart(t *testing.T) {
	ref := sampletest.References(t)[0]
	x := ref.Columns()
	want := fit(t, x, fcm.Options{K: ref.K})
	for _, sample := range []int{0, 100} {
		got := stream(t, sampletest.InPieces(x, 1), fcm.StreamOptions{Options: fcm.Options{K: ref.K}, Sample: sample})
		if math.Abs(got.Objective-want.Objective) > 1e-4*want.Objective || !got.Converged {
			t.Errorf("sample of %d: objective %v, want %v", sample, got.Objective, want.Objective)
		}
	}
}

// A fit that stopped at any checkpoint, and whose model was read back from JSON,
// ends in the bytes of one that never stopped.
func TestStreamResumes(t *testing.T) {
	x := sampletest.InPieces(sampletest.Random(9000, 2, 2), 1)
	o := fcm.StreamOptions{Options: fcm.Options{K: 3, M: 1.8, Seed: 5, Tol: 1e-3}, Sample: 500}
	var kept []string
	o.Checkpoint = func(m *fcm.Model) error {
		kept = append(kept, bytesOf(t, m))
		return nil
	}
	whole := stream(t, x, o)
	if len(kept) != whole.Iterations || whole.Iterations < 3 {
		t.Fatalf("%d checkpoints, %d iterations", len(kept), whole.Iterations)
	}
	stop := errors.New("stop")
	o.Checkpoint = func(*fcm.Model) error { return stop }
	if m, err := fcm.FitStream(context.Background(), x, o); m != nil || !errors.Is(err, stop) {
		t.Errorf("a checkpoint that fails: %v, %v", m, err)
	}
	for i, text := range kept {
		var back fcm.Model
		if err := json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&back); err != nil {
			t.Fatal(err)
		}
		got := stream(t, x, fcm.StreamOptions{Options: fcm.Options{Tol: 1e-3}, Resume: &back})
		if bytesOf(t, got) != bytesOf(t, whole) {
			t.Errorf("resumed at %d: %s\nnever stopped: %s", i+1, bytesOf(t, got), bytesOf(t, whole))
		}
	}
}

func TestStreamAtTheEdges(t *testing.T) {
	nan := matrix.FromColumns([]float64{1, 2, 3}, []float64{1, 2, math.NaN()})
	if _, err := fcm.FitStream(context.Background(), nan, fcm.StreamOptions{Options: fcm.Options{K: 1}}); !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "row 2, column 1") {
		t.Errorf("NaN: %v", err)
	}
	if _, err := fcm.FitStream(context.Background(), nan, fcm.StreamOptions{Options: fcm.Options{K: 4}}); !errors.Is(err, fcm.ErrTooFewRows) {
		t.Errorf("n < k: %v", err)
	}
	x := matrix.FromColumns([]float64{0, 2, 5})
	if m := stream(t, x, fcm.StreamOptions{Options: fcm.Options{K: 3}, Sample: 1}); math.Abs(m.FPC-1) > 1e-12 {
		t.Errorf("k = n: %s", bytesOf(t, m))
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err := fcm.FitStream(ctx, x, fcm.StreamOptions{Options: fcm.Options{K: 2, Tol: -1}, Checkpoint: func(*fcm.Model) error {
		cancel()
		return nil
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Every fuzzifier above 1 gives a partition, however near to 1 or large, and
// one negative tolerance exactly MaxIter iterations.
func TestExtremeFuzzifiers(t *testing.T) {
	x := sampletest.Random(1000, 3, 4)
	hard := fit(t, x, fcm.Options{K: 4, M: 1.0001})
	if hard.FPC < 0.99 || hard.PE > 0.02 {
		t.Errorf("m near 1: FPC %v, PE %v", hard.FPC, hard.PE)
	}
	soft := fit(t, x, fcm.Options{K: 4, M: 50})
	if math.Abs(soft.FPC-0.25) > 0.01 || math.Abs(soft.PE-math.Log(4)) > 0.02 {
		t.Errorf("m = 50: FPC %v, PE %v", soft.FPC, soft.PE)
	}
	same := matrix.FromColumns([]float64{3, 3, 3, 3})
	for _, table := range []matrix.Columns{x, same} {
		if m := fit(t, table, fcm.Options{K: 2, Tol: -1, MaxIter: 7, Restarts: 1}); m.Iterations != 7 || m.Converged {
			t.Errorf("Tol < 0: %d iterations, converged %v", m.Iterations, m.Converged)
		}
	}
	for _, m := range []float64{1.0001, 1.2, 2, 50} {
		a := fit(t, x, fcm.Options{K: 4, M: m, Restarts: 1, MaxIter: 20})
		b, err := fcm.Fit(context.Background(), matrix.To32(x), fcm.Options{K: 4, M: m, Restarts: 1, MaxIter: 20})
		if err != nil || math.Abs(a.FPC-b.FPC) > 1e-4 || math.Abs(a.Objective-b.Objective) > 1e-4*a.Objective {
			t.Errorf("m = %g: float32 %+v, float64 %+v, %v", m, b, a, err)
		}
	}
}
