package scale_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"segue/matrix"
	"segue/scale"
)

// pieces is a table read by so many rows at a time.
type pieces[F matrix.Float] struct {
	matrix.Table[F]
	rows int
}

func (p pieces[F]) Pieces(ctx context.Context, work func(lo int, piece matrix.Table[F]) error) error {
	n, _ := p.Dims()
	for lo := 0; lo < n; lo += p.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := work(lo, p.Slice(lo, min(lo+p.rows, n))); err != nil {
			return err
		}
	}
	return nil
}

func drawn(n int, mean, sd float64) []float64 {
	random := rand.New(rand.NewPCG(uint64(n), 7))
	col := make([]float64, n)
	for i := range col {
		col[i] = mean + sd*random.NormFloat64()
	}
	return col
}

// Read in pieces of any size, on any number of processors, a table has the bits
// it has in memory, and what it is transformed to as well.
func TestStreamIsTheSameAsInMemory(t *testing.T) {
	const n = 30_001
	constant := make([]float64, n)
	for i := range constant {
		constant[i] = 0.1
	}
	x := matrix.FromColumns(drawn(n, 3, 2), drawn(n, -1e9, 1e-3), constant)
	want, err := scale.FitStandardizer(x)
	if err != nil {
		t.Fatal(err)
	}
	z := want.Transform(x)
	for _, processors := range []int{1, 3} {
		old := runtime.GOMAXPROCS(processors)
		for _, rows := range []int{4096, 12_288, 40_960} {
			src := pieces[float64]{x, rows}
			got, err := scale.FitStandardizerStream(context.Background(), src)
			if err != nil || !slices.Equal(got.Mean, want.Mean) || !slices.Equal(got.SD, want.SD) {
				t.Errorf("by %d rows: %v, %v; in memory %v", rows, got, err, want)
			}
			at := 0
			err = got.TransformSource(src).Pieces(context.Background(), func(lo int, piece matrix.Columns) error {
				m, _ := piece.Dims()
				for j := range 3 {
					if lo != at || !slices.Equal(piece.Col(j), z.Col(j)[lo:lo+m]) {
						t.Errorf("by %d rows: piece at %d differs", rows, lo)
					}
				}
				at += m
				return nil
			})
			if err != nil || at != n {
				t.Errorf("by %d rows: %d transformed, %v", rows, at, err)
			}
		}
		runtime.GOMAXPROCS(old)
	}
}

// Merging keeps the digits that whole columns have: those of gonum's corrected two
// passes, and where squares leave the range of floats those of another unit.
func TestStreamKeepsDigits(t *testing.T) {
	const n = 100_000
	for _, c := range []struct{ mean, sd, unit float64 }{{0, 1, 1}, {1e6, 1, 1}, {-1e9, 1e-3, 1}, {0, 1, 0x1p900}, {5, 1, 0x1p-1000}, {1e6, 1, 0x1p-500}} {
		col := drawn(n, c.mean, c.sd)
		mean, variance := stat.PopMeanVariance(col, nil)
		for i := range col {
			col[i] *= c.unit
		}
		s, err := scale.FitStandardizerStream(context.Background(), pieces[float64]{matrix.FromColumns(col), 8192})
		if err != nil {
			t.Fatal(err)
		}
		if sd := math.Sqrt(variance); math.Abs(s.Mean[0]/c.unit-mean) > 1e-12*(math.Abs(mean)+sd) || math.Abs(s.SD[0]/c.unit-sd) > 1e-12*sd*(1+math.Abs(mean)/sd*1e-3) {
			t.Errorf("mean %g, SD %g, unit %g: got %v; gonum %v, %v", c.mean, c.sd, c.unit, s, mean, sd)
		}
	}
}

// 4096 zeros and 4096 twos: mean 1, SD 1; 4096 zeros and as many 6e-200 beside
// 6e200: constant chunks, and a unit that changes from chunk to chunk.
func TestStreamOfConstantChunks(t *testing.T) {
	steps := func(values ...float64) []float64 {
		var col []float64
		for _, v := range values {
			col = append(col, slices.Repeat([]float64{v}, 4096)...)
		}
		return col
	}
	s, err := scale.FitStandardizer(matrix.FromColumns(steps(0, 2), steps(0, 6e-200), steps(-3e200, 3e200)))
	if err != nil || !slices.Equal(s.Mean, []float64{1, 3e-200, 0}) || !slices.Equal(s.SD, []float64{1, 3e-200, 3e200}) {
		t.Errorf("%v, %v", s, err)
	}
	if s, err = scale.FitStandardizer(matrix.FromColumns(steps(1e-200, 2e-200, 3))); err != nil || math.Abs(s.SD[0]-math.Sqrt2) > 1e-15 {
		t.Errorf("%v, %v", s, err)
	}
	if _, err = scale.FitStandardizer(matrix.FromColumns(steps(-1.5e308, 1.5e308))); !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "column 0") {
		t.Errorf("too wide: %v", err)
	}
}

func TestStreamOfFloat32(t *testing.T) {
	x := matrix.To32(matrix.FromColumns(drawn(10_000, 3, 2)))
	wide := matrix.New(10_000, 1)
	for i, v := range x.Col(0) {
		wide.Col(0)[i] = float64(v)
	}
	want, _ := scale.FitStandardizer(wide)
	got, err := scale.FitStandardizerStream(context.Background(), pieces[float32]{x, 4096})
	if err != nil || got.Mean[0] != want.Mean[0] || got.SD[0] != want.SD[0] {
		t.Errorf("%v, %v; float64 %v", got, err, want)
	}
	z := want.Transform(wide)
	err = scale.Transformed(got, pieces[float32]{x, 4096}).Pieces(context.Background(), func(lo int, piece matrix.Columns32) error {
		for i, v := range piece.Col(0) {
			if v != float32(z.Col(0)[lo+i]) {
				t.Fatalf("row %d: %v, want %v", lo+i, v, z.Col(0)[lo+i])
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// late is a source that begins at the wrong row; short ends too early.
type (
	late  struct{ matrix.Columns }
	short struct{ matrix.Columns }
)

func (s late) Pieces(_ context.Context, work func(int, matrix.Columns) error) error {
	return work(1, s.Columns)
}
func (s short) Pieces(context.Context, func(int, matrix.Columns) error) error { return nil }

func TestStreamAtTheEdges(t *testing.T) {
	ctx := context.Background()
	col := drawn(9000, 0, 1)
	col[8500] = math.Inf(-1)
	bad := matrix.FromColumns(drawn(9000, 0, 1), col)
	_, err := scale.FitStandardizerStream(ctx, pieces[float64]{bad, 4096})
	if !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "row 8500, column 1") {
		t.Errorf("infinite: %v", err)
	}
	x := matrix.FromColumns([]float64{1, 2})
	for _, src := range []matrix.Source[float64]{late{x}, short{x}} {
		if _, err := scale.FitStandardizerStream(ctx, src); err == nil {
			t.Errorf("%T: no error", src)
		}
	}
	if _, err := scale.FitStandardizerStream(ctx, matrix.Source[float64](matrix.Columns{})); !errors.Is(err, scale.ErrTooFewRows) {
		t.Errorf("empty: %v", err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := scale.FitStandardizerStream(done, matrix.Source[float64](x)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	defer func() {
		if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "scale: Transformed") {
			t.Errorf("recovered %v", r)
		}
	}()
	(scale.Standardizer{Mean: []float64{0}, SD: []float64{1}}).TransformSource(bad)
}

func BenchmarkFitStandardizer(b *testing.B) {
	x := matrix.FromColumns(drawn(90_000, 0, 1), drawn(90_000, 5, 2), drawn(90_000, -1, 3))
	for b.Loop() {
		if _, err := scale.FitStandardizer(x); err != nil {
			b.Fatal(err)
		}
	}
}
