package matrix_test

import (
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
		"negative":       func() { matrix.New(-1, 2) },
		"ragged rows":    func() { matrix.FromRows([][]float64{{1}, {1, 2}}) },
		"ragged columns": func() { matrix.FromColumns([]float64{1}, []float64{1, 2}) },
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
