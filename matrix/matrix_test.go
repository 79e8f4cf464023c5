package matrix_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"segue/matrix"

	"pgregory.net/rapid"
)

func TestRowsAndColumnsAreTheSameTable(t *testing.T) {
	rows := matrix.FromRows([][]float64{{1, 2, 3}, {4, 5, 6}})
	cols := matrix.FromColumns([]float64{1, 4}, []float64{2, 5}, []float64{3, 6})
	for _, m := range []matrix.Columns{rows, cols} {
		if n, d := m.Dims(); n != 2 || d != 3 {
			t.Fatalf("%d×%d, want 2×3", n, d)
		}
		if got := m.Row(nil, 1); !slices.Equal(got, []float64{4, 5, 6}) {
			t.Errorf("row 1 is %v", got)
		}
		if got := m.Col(2); !slices.Equal(got, []float64{3, 6}) {
			t.Errorf("column 2 is %v", got)
		}
		if m.At(0, 1) != 2 {
			t.Errorf("At(0, 1) = %v", m.At(0, 1))
		}
	}
}

func TestEmptyTables(t *testing.T) {
	for name, m := range map[string]matrix.Columns{"zero": {}, "no rows": matrix.FromRows[float64](nil), "no columns": matrix.New(0, 0)} {
		if n, d := m.Dims(); n != 0 || d != 0 {
			t.Errorf("%s: %d×%d", name, n, d)
		}
		if err := m.CheckFinite(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckFiniteNamesThePlace(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		m := matrix.New(3, 2)
		m.Col(1)[2] = bad
		err := m.CheckFinite()
		if !errors.Is(err, matrix.ErrNotFinite) {
			t.Fatalf("%v: %v", bad, err)
		}
		if want := "row 2, column 1: "; err.Error()[:len(want)] != want {
			t.Errorf("%q does not begin with %q", err, want)
		}
	}
}

func TestBadShapesPanic(t *testing.T) {
	for name, call := range map[string]func(){
		"Slice beyond n":  func() { matrix.FromColumns(make([]float64, 3, 9)).Slice(0, 4) },
		"Slice backwards": func() { matrix.New(3, 0).Slice(2, 1) },
		"negative":        func() { matrix.New(-1, 2) },
		"ragged rows":     func() { matrix.FromRows([][]float64{{1}, {1, 2}}) },
		"ragged columns":  func() { matrix.FromColumns([]float64{1}, []float64{1, 2}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

// TestSelectKeepsRows: row i of the selection is row rows[i] of the table, and
// the selection is a copy.
func TestSelectKeepsRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, d := rapid.IntRange(1, 20).Draw(t, "n"), rapid.IntRange(1, 5).Draw(t, "d")
		m := matrix.New(n, d)
		for j := range d {
			for i := range n {
				m.Col(j)[i] = float64(100*i + j)
			}
		}
		rows := rapid.SliceOf(rapid.IntRange(0, n-1)).Draw(t, "rows")
		s := m.Select(rows)
		for i, r := range rows {
			if !slices.Equal(s.Row(nil, i), m.Row(nil, r)) {
				t.Fatalf("row %d is not row %d", i, r)
			}
		}
		if len(rows) > 0 {
			s.Col(0)[0] = -1
			if m.At(rows[0], 0) == -1 {
				t.Fatal("the selection shares memory with the table")
			}
		}
	})
}

// Slice shares memory, To32 does not, and rounds.
func TestSliceAndTo32(t *testing.T) {
	m := matrix.FromRows([][]float64{{1, 0.1}, {2, 0.2}, {3, 1e300}})
	s := m.Slice(1, 3)
	if n, d := s.Dims(); n != 2 || d != 2 || s.At(0, 0) != 2 {
		t.Fatalf("Slice(1, 3) is %d×%d from %v", n, d, s.At(0, 0))
	}
	s.Col(0)[0] = 7
	if m.At(1, 0) != 7 {
		t.Error("a slice does not share memory with its table")
	}
	small := matrix.To32(m)
	if small.At(0, 1) != float32(0.1) || !math.IsInf(float64(small.At(2, 1)), 1) {
		t.Errorf("To32 holds %v and %v", small.At(0, 1), small.At(2, 1))
	}
	if err := small.CheckFinite(); !errors.Is(err, matrix.ErrNotFinite) {
		t.Errorf("an infinite float32 passes: %v", err)
	}
	if n, _ := m.Slice(3, 3).Dims(); n != 0 {
		t.Errorf("the empty slice has %d rows", n)
	}
}

// A table is a source of one piece: itself.
func TestTableIsASource(t *testing.T) {
	var src matrix.Source[float64] = matrix.FromRows([][]float64{{1}, {2}})
	pieces := 0
	err := src.Pieces(t.Context(), func(lo int, piece matrix.Columns) error {
		pieces++
		if n, _ := piece.Dims(); lo != 0 || n != 2 {
			t.Errorf("a piece of %d rows at %d", n, lo)
		}
		return nil
	})
	if err != nil || pieces != 1 {
		t.Errorf("%d pieces, %v", pieces, err)
	}
	stop := errors.New("stop")
	if err := src.Pieces(t.Context(), func(int, matrix.Columns) error { return stop }); err != stop {
		t.Errorf("the error of work came back as %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := src.Pieces(ctx, func(int, matrix.Columns) error { t.Error("a cancelled source gave a piece"); return nil }); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
	if err := (matrix.Columns{}).Pieces(t.Context(), func(int, matrix.Columns) error { return stop }); err != nil {
		t.Errorf("the empty table has a piece: %v", err)
	}
}
