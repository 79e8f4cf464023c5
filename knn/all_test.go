package knn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"segue/matrix"
)

// The law again, on trees of several levels and queries in and far from the table:
// with keep, as a subset, as float32, and in a batch, the answer is brute force.
func TestEveryWayEqualsBruteForce(t *testing.T) {
	for _, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				n := rapid.IntRange(1, 6000).Draw(t, "n")
				d := rapid.SampledFrom([]int{1, 2, 3, 12, 16, 17}).Draw(t, "d")
				k := rapid.IntRange(1, 60).Draw(t, "k")
				rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
				x := matrix.New(n, d)
				for j := range d {
					for i := range n {
						x.Col(j)[i] = shape.value(rng)
					}
				}
				away := rapid.SampledFrom([]float64{0, 1, 5, 30, 1e6, 1e100}).Draw(t, "away")
				queries := matrix.New(3, d)
				for j := range d {
					for i := range 3 {
						v := shape.value(rng)
						queries.Col(j)[i] = max(-math.MaxFloat64, min(v+away*v*rng.NormFloat64(), math.MaxFloat64))
					}
				}
				ix, err := New(x)
				if err != nil {
					t.Fatal(err)
				}
				m := rapid.SampledFrom([]int{1, 2, 50, 1000}).Draw(t, "keep one in")
				keep := func(row int) bool { return row*7919%m == 0 }
				subset := ix.Subset(keep)
				all, err := ix.NearestAll(context.Background(), queries, k, keep)
				if err != nil {
					t.Fatal(err)
				}
				for i := range 3 {
					query := queries.Row(nil, i)
					want := bruteForce(x, query, k, keep)
					if got := ix.Nearest(query, k, keep); !reflect.DeepEqual(got, want) {
						t.Fatalf("n=%d d=%d k=%d:\n got %v\nwant %v", n, d, k, got, want)
					}
					if !reflect.DeepEqual(all[i], want) {
						t.Fatalf("n=%d d=%d k=%d: in a batch\n got %v\nwant %v", n, d, k, all[i], want)
					}
					if got := subset.Nearest(query, k); len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
						t.Fatalf("n=%d d=%d k=%d: subset\n got %v\nwant %v", n, d, k, got, want)
					}
				}
				small := matrix.To32(x)
				if small.CheckFinite() != nil {
					return
				}
				wide := matrix.New(n, d)
				for j := range d {
					for i, v := range small.Col(j) {
						wide.Col(j)[i] = float64(v)
					}
				}
				ix, err = New32(small)
				if err != nil {
					t.Fatal(err)
				}
				query := queries.Row(nil, 0)
				if got, want := ix.Nearest(query, k, keep), bruteForce(wide, query, k, keep); !reflect.DeepEqual(got, want) {
					t.Fatalf("n=%d d=%d k=%d: float32\n got %v\nwant %v", n, d, k, got, want)
				}
			})
		})
	}
}

// Data of very unlike scales: clusters a millionth as wide as the table, columns
// of unlike units, and an outlier that makes nearly all of it one point.
func TestUnlikeScales(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for name, value := range map[string]func(i, j int) float64{
		"clusters": func(i, j int) float64 { return float64(i%7*(j+1)) + 1e-6*rng.NormFloat64() },
		"units":    func(_, j int) float64 { return math.Pow(10, float64(40*j-60)) * rng.NormFloat64() },
		"outlier": func(i, _ int) float64 {
			if i == 77 {
				return 1e13
			}
			return rng.NormFloat64()
		},
		"far outlier": func(i, _ int) float64 {
			if i == 77 {
				return 1e300
			}
			return rng.NormFloat64()
		},
		"denormal": func(_, _ int) float64 { return float64(rng.IntN(9)) * math.SmallestNonzeroFloat64 },
		"largest":  func(_, _ int) float64 { return math.MaxFloat64 * float64(rng.IntN(3)-1) },
	} {
		x := matrix.New(3000, 4)
		for j := range 4 {
			for i := range 3000 {
				x.Col(j)[i] = value(i, j)
			}
		}
		ix := mustNew(t, x)
		for range 40 {
			query := x.Row(nil, rng.IntN(3000))
			for j := range query {
				query[j] = max(-math.MaxFloat64, min(query[j]*(1+1e-7*rng.NormFloat64()), math.MaxFloat64))
			}
			k := 1 + rng.IntN(30)
			if got, want := ix.Nearest(query, k, nil), bruteForce(x, query, k, nil); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: k = %d:\n got %v\nwant %v", name, k, got, want)
			}
		}
	}
}

func TestSubsetByHand(t *testing.T) {
	// From 0: rows 1 and 3 of the odd ones are 2 and 4 away.
	ix := mustNew(t, matrix.FromRows([][]float64{{1}, {2}, {3}, {4}}))
	odd := ix.Subset(func(row int) bool { return row%2 == 1 })
	if got, want := odd.Nearest([]float64{0}, 9), []Neighbor{{1, 2}, {3, 4}}; !reflect.DeepEqual(got, want) || odd.Len() != 2 {
		t.Errorf("%v of %d, want %v of 2", got, odd.Len(), want)
	}
	all, err := odd.NearestAll(context.Background(), matrix.FromRows([][]float64{{5}, {0}}), 1)
	if want := [][]Neighbor{{{3, 1}}, {{1, 2}}}; err != nil || !reflect.DeepEqual(all, want) {
		t.Errorf("%v, %v, want %v", all, err, want)
	}
	none := ix.Subset(func(int) bool { return false })
	if got := none.Nearest([]float64{0}, 9); got != nil || none.Len() != 0 {
		t.Errorf("of none: %v", got)
	}
}

func TestNearestAllEnds(t *testing.T) {
	ix := mustNew(t, normal(2000, 3))
	ctx, cancel := context.WithCancel(context.Background())
	var once sync.Once
	got, err := ix.NearestAll(ctx, normal(2000, 3), 5, func(int) bool { once.Do(cancel); return true })
	if !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("cancelled: %d answers, %v", len(got), err)
	}
	bad := matrix.FromRows([][]float64{{0, 0, 0}, {0, math.NaN(), 0}})
	if _, err := ix.NearestAll(context.Background(), bad, 5, nil); !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "row 1, column 1") {
		t.Errorf("NaN: %v", err)
	}
	if got, err := ix.NearestAll(context.Background(), matrix.Columns{}, 5, nil); len(got) != 0 || err != nil {
		t.Errorf("no queries: %v, %v", got, err)
	}
	func() {
		defer func() {
			if p := fmt.Sprint(recover()); !strings.HasPrefix(p, "knn: NearestAll: ") {
				t.Errorf("panic %q", p)
			}
		}()
		_, _ = ix.NearestAll(context.Background(), normal(2, 2), 5, nil)
	}()
}

// Any number of goroutines may search one index, and the answers do not depend on
// how many do.
func TestConcurrent(t *testing.T) {
	x := normal(5000, 4)
	ix := mustNew(t, x)
	path, _ := saved(t, ix)
	opened := mustOpen(t, path)
	queries := x.Slice(0, 200)
	old := runtime.GOMAXPROCS(1)
	want, err := ix.NearestAll(context.Background(), queries, 9, nil)
	runtime.GOMAXPROCS(max(old, 4))
	defer runtime.GOMAXPROCS(old)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			which := ix
			if g%2 == 1 {
				which = opened
			}
			got, err := which.NearestAll(context.Background(), queries, 9, nil)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("goroutine %d: answers differ, %v", g, err)
			}
		})
	}
	wg.Wait()
}
