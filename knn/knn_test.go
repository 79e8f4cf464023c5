package knn

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"segue/matrix"
)

// bruteForce compares with every row.
func bruteForce(x matrix.Columns, query []float64, k int, keep func(int) bool) []Neighbor {
	n, d := x.Dims()
	all := []Neighbor{}
	for i := range n {
		if keep != nil && !keep(i) {
			continue
		}
		sum := 0.0
		for j := range d {
			v := x.At(i, j) - query[j]
			sum += float64(v * v)
		}
		all = append(all, Neighbor{i, math.Sqrt(sum)})
	}
	slices.SortStableFunc(all, func(a, b Neighbor) int {
		if a.Distance != b.Distance {
			if a.Distance < b.Distance {
				return -1
			}
			return 1
		}
		return a.Row - b.Row
	})
	return all[:min(k, len(all))]
}

func mustNew(t testing.TB, x matrix.Columns) *Index {
	t.Helper()
	ix, err := New(x)
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

func TestByHand(t *testing.T) {
	// From (0, 0): row 0 at 5, row 1 at √2, row 2 at 5, row 3 at 13, row 4 at √2.
	x := matrix.FromRows([][]float64{{3, 4}, {1, 1}, {-5, 0}, {5, 12}, {-1, 1}})
	got := mustNew(t, x).Nearest([]float64{0, 0}, 3, nil)
	want := []Neighbor{{1, math.Sqrt2}, {4, math.Sqrt2}, {0, 5}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("nearest 3 = %v, want %v", got, want)
	}
	got = mustNew(t, x).Nearest([]float64{0, 0}, 2, func(row int) bool { return row != 1 && row != 0 })
	want = []Neighbor{{4, math.Sqrt2}, {2, 5}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("nearest 2 without rows 0 and 1 = %v, want %v", got, want)
	}
}

func TestEdges(t *testing.T) {
	x := matrix.FromRows([][]float64{{0, 0}, {1, 0}, {0, 0}})
	ix := mustNew(t, x)
	empty := mustNew(t, matrix.Columns{})
	for _, c := range []struct {
		name string
		got  []Neighbor
		want []Neighbor
	}{
		{"k = 0", ix.Nearest([]float64{0, 0}, 0, nil), nil},
		{"k above n", ix.Nearest([]float64{0, 0}, 9, nil), []Neighbor{{0, 0}, {2, 0}, {1, 1}}},
		{"tie takes the lowest row", ix.Nearest([]float64{0, 0}, 1, nil), []Neighbor{{0, 0}}},
		{"keep none", ix.Nearest([]float64{0, 0}, 2, func(int) bool { return false }), []Neighbor{}},
		{"fewer kept than k", ix.Nearest([]float64{0, 0}, 2, func(r int) bool { return r == 1 }), []Neighbor{{1, 1}}},
		{"empty table", empty.Nearest(nil, 3, nil), nil},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	if ix.Len() != 3 || empty.Len() != 0 {
		t.Errorf("Len = %d and %d, want 3 and 0", ix.Len(), empty.Len())
	}
}

func TestNotFinite(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := New(matrix.FromRows([][]float64{{0, 0}, {0, v}}))
		if !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "row 1, column 1") {
			t.Errorf("%v: error %v, want one naming row 1, column 1", v, err)
		}
	}
}

func TestBadCallsPanic(t *testing.T) {
	ix := mustNew(t, matrix.FromRows([][]float64{{0, 0}}))
	for name, call := range map[string]func(){
		"short query": func() { ix.Nearest([]float64{0}, 1, nil) },
		"NaN query":   func() { ix.Nearest([]float64{0, math.NaN()}, 1, nil) },
		"negative k":  func() { ix.Nearest([]float64{0, 0}, -1, nil) },
		"no columns":  func() { New(matrix.FromRows([][]float64{{}})) },
	} {
		func() {
			defer func() {
				if p := recover(); p == nil || !strings.HasPrefix(fmt.Sprint(p), "knn: ") {
					t.Errorf("%s: panic %v, want one starting with the package's name", name, p)
				}
			}()
			call()
		}()
	}
}

// shapes of data a k-d tree could stumble over.
var shapes = []struct {
	name  string
	value func(rng *rand.Rand) float64
}{
	{"normal", func(rng *rand.Rand) float64 { return rng.NormFloat64() }},
	{"grid, many ties", func(rng *rand.Rand) float64 { return float64(rng.IntN(4)) }},
	{"constant", func(*rand.Rand) float64 { return 2.5 }},
	{"mostly one value", func(rng *rand.Rand) float64 { return float64(rng.IntN(50) / 49) }},
	{"huge", func(rng *rand.Rand) float64 { return rng.NormFloat64() * 1e200 }},
	{"tiny", func(rng *rand.Rand) float64 { return rng.NormFloat64() * 1e-160 }},
	{"far from zero", func(rng *rand.Rand) float64 { return 1e9 + rng.Float64()*1e-6 }},
}

// The law: Nearest is brute force, on any data, bit for bit.
func TestEqualsBruteForce(t *testing.T) {
	for _, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				n := rapid.IntRange(1, 700).Draw(t, "n")
				d := rapid.IntRange(1, 16).Draw(t, "d")
				k := rapid.IntRange(1, 80).Draw(t, "k")
				rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
				x := matrix.New(n, d)
				for j := range d {
					for i := range n {
						x.Col(j)[i] = shape.value(rng)
					}
				}
				ix, err := New(x)
				if err != nil {
					t.Fatal(err)
				}
				var keep func(int) bool
				if m := rapid.IntRange(1, 5).Draw(t, "keep one in"); m > 1 {
					keep = func(row int) bool { return row%m == 0 }
				}
				query := x.Row(nil, rng.IntN(n))
				if rapid.Bool().Draw(t, "query elsewhere") {
					for j := range query {
						query[j] = shape.value(rng)
					}
				}
				got, want := ix.Nearest(query, k, keep), bruteForce(x, query, k, keep)
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("n=%d d=%d k=%d:\n got %v\nwant %v", n, d, k, got, want)
				}
			})
		})
	}
}

// On a circle the squares differ in their last digits and often share a root:
// then the row decides, not the square.
func TestSquaresSharingARoot(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	x := matrix.New(300, 2)
	for i := range 300 {
		angle := rng.Float64() * 2 * math.Pi
		x.Col(0)[i], x.Col(1)[i] = math.Sqrt(1.5)*math.Cos(angle), math.Sqrt(1.5)*math.Sin(angle)
	}
	ix := mustNew(t, x)
	center := []float64{0, 0}
	for k := 1; k <= 300; k++ {
		if got, want := ix.Nearest(center, k, nil), bruteForce(x, center, k, nil); !reflect.DeepEqual(got, want) {
			t.Fatalf("k = %d: %v, want %v", k, got, want)
		}
	}
}

// Sorted, reversed and organ-pipe orders are the classic quickselect traps; the
// sizes pass the threshold of parallel building.
func TestLargeOrders(t *testing.T) {
	const n = 40000
	for name, value := range map[string]func(i int) float64{
		"ascending":  func(i int) float64 { return float64(i) },
		"descending": func(i int) float64 { return float64(-i) },
		"organ pipe": func(i int) float64 { return float64(min(i, n-i)) },
		"two values": func(i int) float64 { return float64(i & 1) },
	} {
		x := matrix.New(n, 2)
		for i := range n {
			x.Col(0)[i], x.Col(1)[i] = value(i), 1
		}
		ix := mustNew(t, x)
		for _, row := range []int{0, 1, n / 2, n - 1} {
			query := x.Row(nil, row)
			if got, want := ix.Nearest(query, 10, nil), bruteForce(x, query, 10, nil); !reflect.DeepEqual(got, want) {
				t.Errorf("%s, row %d: %v, want %v", name, row, got, want)
			}
		}
	}
}

// The tree itself does not depend on the number of processors, and holds what it
// claims: every row once, each inside the boxes of its node.
func TestTree(t *testing.T) {
	x := normal(30000, 3)
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	one := mustNew(t, x)
	runtime.GOMAXPROCS(4)
	four := mustNew(t, x)
	if !reflect.DeepEqual(one, four) {
		t.Error("the tree differs between 1 and 4 processors")
	}
	seen := make([]bool, 30000)
	for leaf := range one.leafN {
		lo, hi := one.places(leaf)
		if hi-lo > one.leafRows {
			t.Fatalf("leaf %d holds %d rows", leaf, hi-lo)
		}
		for _, row := range one.rows[lo:hi] {
			if seen[row] {
				t.Fatalf("row %d is in two leaves", row)
			}
			seen[row] = true
			up := leaf // the number of the row's leaf or node in the level below
			for lev, l := range one.levels {
				bounds := one.bounds[(l.first+up/fan)*one.boundsPerNode():]
				for j := range 3 {
					v := one.scaled(j, x.At(int(row), j))
					if v < float64(bounds[2*fan*j+up%fan]) || v > float64(bounds[2*fan*j+fan+up%fan]) {
						t.Fatalf("row %d lies outside of child %d of level %d", row, up, lev)
					}
				}
				up /= fan
			}
		}
	}
	if slices.Contains(seen, false) {
		t.Error("a row is in no leaf")
	}
}

// keep sees each row at most once.
func TestKeepOnce(t *testing.T) {
	x := normal(5000, 3)
	asked := make([]int, 5000)
	mustNew(t, x).Nearest([]float64{0, 0, 0}, 40, func(row int) bool {
		asked[row]++
		return row%3 == 0
	})
	if slices.Max(asked) > 1 {
		t.Error("a row was asked for twice")
	}
}

func normal(n, d int) matrix.Columns {
	rng := rand.New(rand.NewPCG(uint64(n), uint64(d)))
	x := matrix.New(n, d)
	for j := range d {
		for i := range n {
			x.Col(j)[i] = rng.NormFloat64()
		}
	}
	return x
}

func BenchmarkNearest(b *testing.B) {
	for _, size := range []struct{ n, d int }{{90000, 3}, {90000, 12}, {1200000, 3}, {1200000, 12}} {
		b.Run(fmt.Sprintf("n=%d/d=%d/k=50", size.n, size.d), func(b *testing.B) {
			x := normal(size.n, size.d)
			ix := mustNew(b, x)
			query := make([]float64, size.d)
			row := 0
			for b.Loop() {
				row = (row + 7919) % size.n
				ix.Nearest(x.Row(query, row), 50, nil)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for _, size := range []struct{ n, d int }{{90000, 3}, {1200000, 3}, {1200000, 12}} {
		b.Run(fmt.Sprintf("n=%d/d=%d", size.n, size.d), func(b *testing.B) {
			x := normal(size.n, size.d)
			b.SetBytes(int64(size.n * size.d * 8))
			for b.Loop() {
				if _, err := New(x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
