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

	"segue/cluster/internal/sampletest"
	"segue/cluster/kmeans"
	"segue/matrix"
)

func stream[F matrix.Float](t testing.TB, src matrix.Source[F], o kmeans.StreamOptions) *kmeans.Model {
	t.Helper()
	m, err := kmeans.FitStream(context.Background(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func text(t testing.TB, m *kmeans.Model) string {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// firstRows are k rows of x, and one place far from all if astray.
func firstRows(x matrix.Columns, k int, astray bool) [][]float64 {
	var start [][]float64
	for c := range k {
		start = append(start, x.Row(nil, c))
	}
	if astray {
		start[k-1][0] = 1e6
	}
	return start
}

func TestFitStreamIsFit(t *testing.T) {
	const n = 5*4096 + 77
	x := sampletest.Random(n, 3, 11)
	weights := make([]float64, n)
	r := rand.New(rand.NewPCG(8, 9))
	for i := range weights {
		weights[i] = max(0, r.NormFloat64())
	}
	for _, astray := range []bool{false, true} {
		for _, w := range [][]float64{nil, weights} {
			o := kmeans.Options{Start: firstRows(x, 5, astray), Tol: -1, MaxIter: 20, Weights: w}
			want := text(t, fit(t, x, o))
			for _, sizes := range [][]int{{1}, {3, 1}, {2}, {100}} {
				got := stream(t, sampletest.InPieces(x, sizes...), kmeans.StreamOptions{Options: o})
				if got.Labels != nil || text(t, got) != want {
					t.Errorf("pieces %v, astray %v: %s\nin memory: %s", sizes, astray, text(t, got), want)
				}
			}
			small := matrix.To32(x)
			m, err := kmeans.Fit(context.Background(), small, o)
			if err != nil {
				t.Fatal(err)
			}
			if got := stream(t, sampletest.InPieces(small, 2), kmeans.StreamOptions{Options: o}); text(t, got) != text(t, m) {
				t.Errorf("float32: %s\nin memory: %s", text(t, got), text(t, m))
			}
		}
	}
}

func TestFitStreamFromASample(t *testing.T) {
	x := sampletest.Random(3*4096+5, 2, 5)
	o := kmeans.StreamOptions{Options: kmeans.Options{K: 3, Seed: 4}, Sample: 500}
	one := stream(t, sampletest.InPieces(x, 1), o)
	if two := stream(t, sampletest.InPieces(x, 2, 1), o); text(t, one) != text(t, two) {
		t.Errorf("pieces of one: %s\nof two and one: %s", text(t, one), text(t, two))
	}
	if best := fit(t, x, o.Options); math.Abs(one.Inertia-best.Inertia) > 1e-3*best.Inertia {
		t.Errorf("inertia %v, in memory %v", one.Inertia, best.Inertia)
	}
	if one.Restarts != 10 || one.Seed != 4 || one.K != 3 {
		t.Errorf("got %+v", one)
	}
}

// TestResume stops a fit at each of its checkpoints and goes on from the file.
func TestResume(t *testing.T) {
	x := sampletest.Random(2*4096+9, 3, 6)
	src := sampletest.InPieces(x, 1)
	for _, o := range []kmeans.Options{
		{K: 6, Seed: 2, Restarts: 1, Tol: -1},
		{Start: firstRows(x, 4, true), MaxIter: 5},
		{Start: firstRows(x, 4, false)},
		{K: 3, Seeding: kmeans.Parallel, Restarts: 1},
	} {
		var files [][]byte
		want := stream(t, src, kmeans.StreamOptions{Options: o, Sample: 50, Checkpoint: func(m *kmeans.Model) error {
			data, err := json.Marshal(m)
			files = append(files, data)
			return err
		}})
		if len(files) != want.Iterations || len(files) == 0 {
			t.Errorf("%d checkpoints of %d iterations", len(files), want.Iterations)
		}
		for _, file := range append(files, []byte(text(t, want))) {
			var m kmeans.Model
			if err := json.Unmarshal(file, &m); err != nil {
				t.Fatal(err)
			}
			if got := stream(t, src, kmeans.StreamOptions{Options: kmeans.Options{MaxIter: o.MaxIter, Tol: o.Tol}, Resume: &m}); text(t, got) != text(t, want) {
				t.Errorf("resumed from %s: %s\nnever stopped: %s", file, text(t, got), text(t, want))
			}
		}
	}
}

func TestFitStreamStops(t *testing.T) {
	x := sampletest.Random(4*4096, 3, 6)
	o := kmeans.StreamOptions{Options: kmeans.Options{Start: firstRows(x, 4, false), Tol: -1}}
	want := text(t, stream(t, sampletest.InPieces(x, 1), o))
	ctx, cancel := context.WithCancel(context.Background())
	var last *kmeans.Model
	o.Checkpoint = func(m *kmeans.Model) error {
		if last = m; m.Iterations == 3 {
			cancel()
		}
		return nil
	}
	m, err := kmeans.FitStream(ctx, sampletest.InPieces(x, 1), o)
	if m != nil || !errors.Is(err, context.Canceled) || last.Iterations != 3 {
		t.Fatalf("got %v, %v after %d iterations", m, err, last.Iterations)
	}
	if got := text(t, stream(t, sampletest.InPieces(x, 1), kmeans.StreamOptions{Options: kmeans.Options{Tol: -1}, Resume: last})); got != want {
		t.Errorf("resumed: %s\nnever stopped: %s", got, want)
	}
	full := errors.New("disk full")
	o.Checkpoint = func(*kmeans.Model) error { return full }
	if m, err := kmeans.FitStream(context.Background(), sampletest.InPieces(x, 1), o); m != nil || !errors.Is(err, full) {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestFitStreamNamesTheBadValue(t *testing.T) {
	x := sampletest.Random(2*4096+10, 3, 6)
	x.Col(1)[5000] = math.NaN()
	_, err := kmeans.FitStream(context.Background(), sampletest.InPieces(x, 1), kmeans.StreamOptions{Options: kmeans.Options{K: 2}})
	if !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "row 5000, column 1") {
		t.Errorf("got %v", err)
	}
	_, err = kmeans.FitStream(context.Background(), sampletest.InPieces(matrix.New(0, 3), 1), kmeans.StreamOptions{Options: kmeans.Options{K: 2}})
	if !errors.Is(err, kmeans.ErrTooFewRows) {
		t.Errorf("no rows: %v", err)
	}
}

// Rows 0 and 6 from centers 0 and 6, then 2 and 8: v is 2 for both, so that
// they move to (0+2)/2 and (6+8)/2. Batches are whole chunks, so each row is there
// 4096 times.
func TestFitMiniBatchByHand(t *testing.T) {
	col := make([]float64, 2*4096)
	for i := range col {
		col[i] = float64(6*(i%2) + 2*(i/4096))
	}
	x := matrix.FromColumns(col)
	m, err := kmeans.FitMiniBatch(context.Background(), sampletest.InPieces(x, 1), kmeans.BatchOptions{Options: kmeans.Options{Start: [][]float64{{0}, {6}}}, Passes: 1})
	if err != nil || m.Centers[0][0] != 1 || m.Centers[1][0] != 7 || m.Iterations != 2 || m.Inertia != 2*4096 || !slices.Equal(m.Sizes, []int{4096, 4096}) {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestFitMiniBatchComesNearFit(t *testing.T) {
	x := sampletest.Random(20*4096+100, 3, 6)
	weights := slices.Repeat([]float64{2}, 20*4096+100)
	var want string
	for i, sizes := range [][]int{{1}, {5, 2}, {100}} {
		o := kmeans.BatchOptions{Options: kmeans.Options{K: 3, Weights: weights}, Batch: 10_000}
		m, err := kmeans.FitMiniBatch(context.Background(), sampletest.InPieces(x, sizes...), o)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			want = text(t, m)
		}
		if got := text(t, m); got != want {
			t.Errorf("pieces %v: %s, want %s", sizes, got, want)
		}
		if best := fit(t, x, o.Options); m.Inertia < best.Inertia*(1-1e-4) || m.Inertia > 1.01*best.Inertia {
			t.Errorf("inertia %v, of Fit %v", m.Inertia, best.Inertia)
		}
	}
}

func TestSeedingInParallel(t *testing.T) {
	x := sampletest.Random(30_000, 3, 12)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := fit(t, x, kmeans.Options{K: 8, Seeding: kmeans.Parallel, Restarts: 3})
	runtime.GOMAXPROCS(4)
	four := fit(t, x, kmeans.Options{K: 8, Seeding: kmeans.Parallel, Restarts: 3})
	if text(t, one) != text(t, four) || !bytes.Contains([]byte(text(t, one)), []byte(`"seeding":"k-means||"`)) {
		t.Errorf("on one: %s\non four: %s", text(t, one), text(t, four))
	}
	if plus := fit(t, x, kmeans.Options{K: 8, Restarts: 3}); one.Inertia > 1.02*plus.Inertia {
		t.Errorf("inertia %v, from k-means++ %v", one.Inertia, plus.Inertia)
	}
	few := fit(t, matrix.FromColumns([]float64{1, 1, 1, 2, 5}), kmeans.Options{K: 3, Seeding: kmeans.Parallel})
	if few.Inertia != 0 {
		t.Errorf("three places, three clusters: inertia %v", few.Inertia)
	}
}
