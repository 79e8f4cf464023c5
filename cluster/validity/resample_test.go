package validity

import (
	"context"
	"errors"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"segue/matrix"
)

func TestPermutedColumns(t *testing.T) {
	x := matrix.New(5000, 3)
	for i := range 5000 {
		for j := range 3 {
			x.Col(j)[i] = float64(i) // columns that say the same
		}
	}
	p := PermutedColumns(x, 1)
	for j := range 3 {
		if !slices.Equal(slices.Sorted(slices.Values(p.Col(j))), x.Col(j)) {
			t.Errorf("column %d does not hold its values", j)
		}
		// Of unrelated columns r has standard deviation 1/√4999 = 0.014.
		if r, _ := Pearson(p.Col(j), p.Col((j+1)%3)); math.Abs(r) > 0.06 {
			t.Errorf("columns %d and %d are still related: r = %v", j, (j+1)%3, r)
		}
		if r, _ := Pearson(p.Col(j), x.Col(j)); math.Abs(r) > 0.06 {
			t.Errorf("column %d is not shuffled: r = %v", j, r)
		}
	}
	if !reflect.DeepEqual(p, PermutedColumns(x, 1)) || reflect.DeepEqual(p, PermutedColumns(x, 2)) {
		t.Error("the seed does not decide")
	}
	if !slices.Equal(PermutedColumns(matrix.FromColumns(x.Col(0)), 1).Col(0), p.Col(0)) {
		t.Error("column 0 depends on the others")
	}
}

func TestBootstrap(t *testing.T) {
	all := slices.Collect(Bootstrap(1000, 50, 3))
	if len(all) != 50 {
		t.Fatalf("%d resamples, want 50", len(all))
	}
	distinct := 0
	for _, rows := range all {
		seen := map[int]bool{}
		for _, r := range rows {
			if r < 0 || r >= 1000 {
				t.Fatalf("row %d of 1000", r)
			}
			seen[r] = true
		}
		distinct += len(seen)
	}
	// A resample holds 1 − (1 − 1/1000)^1000 = 63.2 % of the rows.
	near(t, "share of distinct rows", float64(distinct)/50000, 0.6323, 0.005)
	if fewer := slices.Collect(Bootstrap(1000, 2, 3)); !reflect.DeepEqual(fewer, all[:2]) {
		t.Error("the first resamples depend on how many follow")
	}
	for rows := range Bootstrap(3, 5, 1) { // leaving early is allowed
		if len(rows) != 3 {
			t.Errorf("%d rows, want 3", len(rows))
		}
		break
	}
	if none := slices.Collect(Bootstrap(0, 2, 1)); len(none) != 2 || len(none[0]) != 0 {
		t.Errorf("of no rows: %v", none)
	}
}

// halves labels a table by the mean of its first column.
func halves(_ context.Context, sample matrix.Columns, _ uint64) (func(matrix.Columns) []int32, error) {
	cut := mean(sample.Col(0))
	return func(x matrix.Columns) []int32 {
		labels := make([]int32, len(x.Col(0)))
		for i, v := range x.Col(0) {
			if v > cut {
				labels[i] = 1
			}
		}
		return labels
	}, nil
}

func TestStability(t *testing.T) {
	// Two far groups: every resample cuts between them.
	apart, blob := matrix.New(200, 1), matrix.New(200, 1)
	labels := make([]int32, 200)
	for i := range 200 {
		blob.Col(0)[i] = float64(i) / 200
		apart.Col(0)[i] = blob.Col(0)[i]
		if i >= 100 {
			labels[i] = 1
			apart.Col(0)[i] += 100
		}
	}
	got, err := Stability(ctx, apart, labels, 20, 1, halves)
	if err != nil {
		t.Fatal(err)
	}
	if got.ARIMean != 1 || got.ARIMin != 1 || got.Resamples != 20 || len(got.ARI) != 20 {
		t.Errorf("far groups: %+v, want 1 throughout", got)
	}
	// One even blob: the cut wanders, by 0.29/√200 = 0.02 of its width, about 4
	// rows, which takes 1 − 4·(4/200) = 0.92 off a perfect index.
	got, err = Stability(ctx, blob, labels, 50, 1, halves)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean for one blob", got.ARIMean, 0.93, 0.03)
	if got.ARIMin >= got.ARIMean || got.ARIMin != slices.Min(got.ARI) {
		t.Errorf("worst %v, mean %v, of %v", got.ARIMin, got.ARIMean, got.ARI)
	}
	if !(got.ARIMin <= got.Lo && got.Lo < got.ARIMean && got.ARIMean < got.Hi && got.Hi <= 1) {
		t.Errorf("interval [%v, %v] around %v, worst %v", got.Lo, got.Hi, got.ARIMean, got.ARIMin)
	}
	if again, _ := Stability(ctx, blob, labels, 50, 1, halves); !reflect.DeepEqual(got, again) {
		t.Error("the same seed gives another result")
	}
}

func TestStabilityErrors(t *testing.T) {
	labels := []int32{0, 0, 1, 1}
	broken := errors.New("no start")
	// Which seed a refit is given does not depend on the others, so the third and
	// the fifth can be told by theirs.
	var seeds []uint64
	was := runtime.GOMAXPROCS(1)
	_, err := Stability(ctx, line, labels, 5, 1, func(ctx context.Context, s matrix.Columns, seed uint64) (func(matrix.Columns) []int32, error) {
		seeds = append(seeds, seed)
		return halves(ctx, s, seed)
	})
	runtime.GOMAXPROCS(was)
	if err != nil || len(slices.Compact(slices.Sorted(slices.Values(seeds)))) != 5 {
		t.Fatalf("seeds %v, %v", seeds, err)
	}
	got, err := Stability(ctx, line, labels, 5, 1, func(_ context.Context, s matrix.Columns, seed uint64) (func(matrix.Columns) []int32, error) {
		if seed == seeds[2] || seed == seeds[4] {
			return nil, broken
		}
		return halves(ctx, s, seed)
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "resample 2") || !reflect.DeepEqual(got, Agreement{}) {
		t.Errorf("failing refit: %+v, %v", got, err)
	}
	stop, cancel := context.WithCancel(ctx)
	got, err = Stability(stop, line, labels, 5, 1, func(ctx context.Context, s matrix.Columns, seed uint64) (func(matrix.Columns) []int32, error) {
		cancel()
		return nil, ctx.Err()
	})
	if err != context.Canceled || !reflect.DeepEqual(got, Agreement{}) {
		t.Errorf("cancelled: %+v, %v", got, err)
	}
}
