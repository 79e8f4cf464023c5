package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"segue/internal/kernel"
)

// TestMain lets tests start this binary as a worker.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "--worker" {
		if err := Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func begin(kernels string) (*Worker, error) {
	return NewWorker(context.Background(), kernels, "--worker")
}

// serve returns the answers to requests put to one server.
func serve(t *testing.T, requests ...Request) []Answer {
	t.Helper()
	var in, out bytes.Buffer
	for _, r := range requests {
		if err := json.NewEncoder(&in).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := Serve(context.Background(), &in, &out); err != nil {
		t.Fatal(err)
	}
	var answers []Answer
	for line := range bytes.Lines(out.Bytes()) {
		var a Answer
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(requests) {
		t.Fatalf("%d answers to %d requests", len(answers), len(requests))
	}
	return answers
}

// npy writes values, n×d, or of one dimension if d is 0, as NumPy would.
func npy(t *testing.T, kind string, n, d int, values any) string {
	t.Helper()
	shape := fmt.Sprintf("(%d, %d)", n, d)
	if d == 0 {
		shape = fmt.Sprintf("(%d,)", n)
	}
	head := fmt.Sprintf("{'descr': '<%s', 'fortran_order': False, 'shape': %s, }", kind, shape)
	head += strings.Repeat(" ", 117-len(head)) + "\n" // 10 + 118 is a multiple of 64
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	for _, v := range []any{uint16(len(head)), []byte(head), values} {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.npy")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Points 0, 1, 5, 9 from centers 0 and 1: k-means ends after two moves at ½ and 7
// with inertia ¼+¼+4+4. The silhouettes of {0, 1} and {5, 9} are
// 0: a 1, b 7 → 6/7; 1: a 1, b 6 → 5/6; 5: a 4, b 4½ → 1/9; 9: a 4, b 8½ → 9/17.
func TestServeByHand(t *testing.T) {
	path := npy(t, "f8", 4, 1, []float64{0, 1, 5, 9})
	answers := serve(t,
		Request{Do: "load", Table: "x", Path: path},
		Request{Do: "kmeans", Table: "x", Start: &Beginning{Centers: [][]float64{{0}, {1}}}, Iterations: 10, Labels: "found"},
		Request{Do: "silhouette", Table: "x", Labels: "found"},
		Request{Do: "labels", Labels: "read", Path: npy(t, "i4", 4, 0, []int32{0, 0, 1, 1})},
		Request{Do: "silhouette", Table: "x", Labels: "read"},
		Request{Do: "index", Table: "x"},
		Request{Do: "neighbours", Table: "x", Queries: "x", K: 2, From: 1, To: 3, Tell: true},
	)
	for i, a := range answers {
		if a.Error != "" || a.Kernels == "" {
			t.Fatalf("answer %d: %+v", i, a)
		}
	}
	if a := answers[0]; a.Rows != 4 || a.Columns != 1 {
		t.Errorf("load: %+v", a)
	}
	if a := answers[1]; a.Value != 8.5 || a.Centers[0][0] != 0.5 || a.Centers[1][0] != 7 || !(a.Seconds > 0) {
		t.Errorf("k-means: %+v", a)
	}
	want := (6.0/7 + 5.0/6 + 1.0/9 + 9.0/17) / 4
	for _, i := range []int{2, 4} {
		if got := answers[i].Value; math.Abs(got-want) > 1e-12 {
			t.Errorf("silhouette %v, want %v", got, want)
		}
	}
	// 1 is 1 from 0, 5 is 4 from 1 and from 9: the lower row is taken.
	if a := answers[6]; len(a.Latencies) != 2 || fmt.Sprint(a.Nearest) != "[[1 0] [2 1]]" || fmt.Sprint(a.Distances) != "[[0 1] [0 4]]" {
		t.Errorf("neighbours: %+v", a)
	}
}

// Every fit makes as many iterations as it was asked for, from where it was told.
func TestServeMakesAllIterations(t *testing.T) {
	for _, bits := range []int{64, 32} {
		answers := serve(t, Request{Do: "blobs", Table: "x", Float: bits, Rows: 6000, Columns: 3, Seed: 1},
			Request{Do: "kmeans", Table: "x", Float: bits, K: 5, Iterations: 3},
			Request{Do: "gmm", Table: "x", Float: bits, K: 5, Iterations: 3},
			Request{Do: "fcm", Table: "x", Float: bits, K: 5, Iterations: 3},
			Request{Do: "stream", Table: "x", Float: bits}, Request{Do: "work", Float: bits})
		for _, a := range answers[1:4] {
			if a.Error != "" || a.Iterations != 3 || len(a.Centers) != 5 || !(a.Seconds > 0) {
				t.Errorf("float%d: %+v", bits, a)
			}
		}
		for _, a := range answers[4:] {
			if !(a.Rate > 1e6) {
				t.Errorf("float%d: %+v", bits, a)
			}
		}
	}
}

// What cannot be done is said, and the next request is answered.
func TestServeGoesOnAfterAnError(t *testing.T) {
	good := npy(t, "f4", 2, 2, []float32{1, 2, 3, 4})
	short := npy(t, "f8", 3, 2, []float64{1})
	folder := t.TempDir()
	for name, text := range map[string]string{"empty": "", "text": "a,b\n1,2\n", "fortran": "\x93NUMPY\x01\x00\x3f\x00{'descr': '<f8', 'fortran_order': True, 'shape': (1, 1), }       "} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		r    Request
		says string
	}{
		{Request{Do: "load", Table: "y", Path: filepath.Join(folder, "none")}, "none"},
		{Request{Do: "load", Table: "y", Path: filepath.Join(folder, "empty")}, "not a NumPy array"},
		{Request{Do: "load", Table: "y", Path: filepath.Join(folder, "text")}, "not a NumPy array"},
		{Request{Do: "load", Table: "y", Path: filepath.Join(folder, "fortran")}, "row by row"},
		{Request{Do: "load", Table: "y", Path: short}, "row 0 of 3"},
		{Request{Do: "load", Table: "y", Path: npy(t, "b1", 1, 1, []byte{1})}, "want f4"},
		{Request{Do: "labels", Labels: "y", Path: good}, "labels are one column"},
		{Request{Do: "kmeans", Table: "nosuch"}, `no table "nosuch"`},
		{Request{Do: "kmeans", Table: "x", K: 3}, "first 3 of 2 rows"},
		{Request{Do: "kmeans", Table: "x", Start: &Beginning{Centers: [][]float64{{1}}}}, "kmeans: "},
		{Request{Do: "silhouette", Table: "x", Labels: "nosuch"}, "0 labels for 2 rows"},
		{Request{Do: "neighbours", Table: "x", Queries: "x"}, "no index"},
		{Request{Do: "dance", Table: "x"}, "nobody does that"},
	} {
		answers := serve(t, Request{Do: "load", Table: "x", Path: good}, c.r, Request{Do: "memory"})
		if !strings.HasPrefix(answers[1].Error, c.r.Do+": ") || !strings.Contains(answers[1].Error, c.says) || answers[2].Error != "" {
			t.Errorf("%+v: %q, then %q; want %q", c.r, answers[1].Error, answers[2].Error, c.says)
		}
	}
	if err := Serve(context.Background(), strings.NewReader("{]"), new(bytes.Buffer)); err == nil {
		t.Error("no error for what is no request")
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Serve(ended, strings.NewReader(`{"do": "memory"}`), new(bytes.Buffer)); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

func TestBlobs(t *testing.T) {
	ctx := context.Background()
	make := func(seed, part uint64) [][]float64 {
		x, err := Blobs[float64](ctx, 10_000, 2, seed, part)
		if err != nil {
			t.Fatal(err)
		}
		return [][]float64{x.Col(0), x.Col(1)}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := make(1, 0)
	runtime.GOMAXPROCS(3)
	if again := make(1, 0); !slices.Equal(one[0], again[0]) || !slices.Equal(one[1], again[1]) {
		t.Error("the same seed gave other rows on more processors")
	}
	if part := make(1, 1); slices.Equal(one[0], part[0]) {
		t.Error("another part has the same rows")
	}
	// Around 16 centers of variance 1 rows of variance 1 lie: 2 in all, more or less.
	for j, col := range one {
		sum, squares := 0.0, 0.0
		for _, v := range col {
			sum, squares = sum+v, squares+v*v
		}
		if variance := squares/1e4 - sum*sum/1e8; variance < 1.2 || variance > 4 {
			t.Errorf("column %d has variance %v", j, variance)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Blobs[float32](ended, 10_000, 2, 1, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

func TestSpreadAndQuantileByHand(t *testing.T) {
	if got := spread([]float64{3, 1, 2}); got != (Spread{2, 1, 3}) {
		t.Errorf("got %v", got)
	}
	if got := spread([]float64{4, 1, 2, 3}); got != (Spread{2.5, 1, 4}) {
		t.Errorf("got %v", got)
	}
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	for q, want := range map[float64]float64{0.5: 50, 0.99: 99, 1: 100} {
		if got := quantile(hundred, q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
}

// 100 rows of 3 columns and 4 clusters: 100·(3·4·3+3) steps; 100·(24+4) bytes read
// or written. Ten rows have 45 distances.
func TestCountsByHand(t *testing.T) {
	w := Work{"kmeans", 100, 3, 4, 64, 1}
	if items, of := w.items(); items != 100 || of != "rows" || w.flops() != 3900 || w.bytes() != 2800 {
		t.Errorf("%v %s, %v flops, %v bytes", items, of, w.flops(), w.bytes())
	}
	w = Work{"silhouette", 10, 3, 4, 64, 1}
	if items, of := w.items(); items != 45 || of != "distances" || w.flops() != 405 || w.bytes() != 0 {
		t.Errorf("%v %s, %v flops, %v bytes", items, of, w.flops(), w.bytes())
	}
}

// Each algorithm is measured at every level, by workers of their own.
func TestMeasure(t *testing.T) {
	for _, name := range Names() {
		if len(Works(name, false)) == 0 || len(Works(name, true)) == 0 {
			t.Fatalf("%s has no works", name)
		}
		w := Works(name, true)[0]
		w.Rows, w.Iterations = 500, min(w.Iterations, 100)
		steps := 0
		r, err := Measure(context.Background(), w, kernel.Levels(), 2, begin, func(done, total int) { steps = total - done })
		if err != nil {
			t.Fatal(err)
		}
		if steps != 0 || len(r.Runs) != len(kernel.Levels()) {
			t.Errorf("%s: %d steps left, %d runs", name, steps, len(r.Runs))
		}
		for i, l := range r.Runs {
			if l.Kernels != kernel.Levels()[i] || !(l.Seconds.Least > 0) || l.Seconds.Least > l.Seconds.Median || l.Seconds.Median > l.Seconds.Most || !(l.OverPortable.Median > 0) {
				t.Errorf("%s: %+v", name, l)
			}
			if (l.P99 != nil) != (name == "neighbours") || !(l.Bandwidth > 0) || !(l.Arithmetic > 0) {
				t.Errorf("%s: %+v", name, l)
			}
		}
	}
}

func TestGrow(t *testing.T) {
	works := Growing("fcm", 64, true)
	if len(works) != 4 || len(Growing("silhouette", 64, false)) != 0 {
		t.Fatalf("works %v", works)
	}
	g, err := Grow(context.Background(), works[3], begin)
	if err != nil {
		t.Fatal(err)
	}
	if g.Data != 20_000*12*8 || !(g.Seconds > 0) || math.Abs(g.SecondsARow*20_000/g.Seconds-1) > 1e-12 {
		t.Errorf("got %+v", g)
	}
	if runtime.GOOS == "linux" && !(g.Itself > 0 && g.Peak >= g.Data) {
		t.Errorf("no memory is known: %+v", g)
	}
}

func TestWorkersEndWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	w := Work{"kmeans", 3_000_000, 3, 10, 64, 1000}
	_, err := Measure(ctx, w, []string{"portable"}, 1, func(kernels string) (*Worker, error) {
		worker, err := NewWorker(ctx, kernels, "--worker")
		cancel()
		return worker, err
	}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := Measure(context.Background(), w, []string{"portable"}, 1, func(kernels string) (*Worker, error) {
		return NewWorker(context.Background(), kernels, "-nosuch")
	}, nil); err == nil || !strings.Contains(err.Error(), "a worker ended at blobs") {
		t.Errorf("a worker that does not work: %v", err)
	}
}
