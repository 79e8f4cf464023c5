package pass_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"segue/cluster/internal/pass"
	"segue/cluster/internal/sampletest"
	"segue/internal/kernel"
	"segue/matrix"
)

func TestDrawIsASampleInOrder(t *testing.T) {
	often := make([]int, 10)
	for seed := range uint64(3000) {
		rows := pass.Draw(10, 3, seed)
		if len(rows) != 3 || !slices.IsSorted(rows) || len(slices.Compact(slices.Clone(rows))) != 3 {
			t.Fatalf("drew %v", rows)
		}
		for _, row := range rows {
			often[row]++
		}
	}
	for row, count := range often { // 900 expected, deviation 25
		if math.Abs(float64(count)-900) > 125 {
			t.Errorf("row %d was drawn %d times, want some 900", row, count)
		}
	}
	if got := pass.Draw(4, 9, 1); !slices.Equal(got, []int{0, 1, 2, 3}) {
		t.Errorf("9 of 4: %v", got)
	}
}

func TestLookIsTheSameInPieces(t *testing.T) {
	x := sampletest.Random(3*kernel.ChunkRows+50, 2, 1)
	n, _ := x.Dims()
	rows := pass.Draw(n, 700, 5)
	want, spread, err := pass.Look(context.Background(), x, rows, nil)
	if err != nil || spread.MeanVariance() != kernel.MeanVariance(x) {
		t.Fatal(err, spread)
	}
	got, again, err := pass.Look(context.Background(), sampletest.InPieces(x, 2, 1), rows, nil)
	if err != nil || again.MeanVariance() != spread.MeanVariance() {
		t.Fatal(err, again)
	}
	direct := x.Select(rows)
	for j := range 2 {
		if !slices.Equal(got.Col(j), want.Col(j)) || !slices.Equal(got.Col(j), direct.Col(j)) {
			t.Errorf("column %d of the sample differs", j)
		}
	}
}

// crooked gives its piece at the wrong row, or no piece at all.
type crooked struct {
	matrix.Columns
	lo    int
	empty bool
}

func (c crooked) Pieces(ctx context.Context, work func(int, matrix.Columns) error) error {
	if c.empty {
		return nil
	}
	return work(c.lo, c.Columns)
}

func TestChunksDistrustsSources(t *testing.T) {
	for says, src := range map[string]matrix.Source[float64]{
		"want row 0":             crooked{Columns: matrix.New(5, 2), lo: 1},
		"ends after 0 of 5 rows": crooked{Columns: matrix.New(5, 2), empty: true},
	} {
		if _, _, err := pass.Look(context.Background(), src, nil, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := pass.Look(ctx, matrix.New(5, 2), nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
