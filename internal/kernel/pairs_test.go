package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"segue/matrix"
)

// pairsOf is one version of Pairs.
type pairsOf[F matrix.Float] func(a, b [][]F, rows, cols []F)

// scattered returns d columns of n values, cut from longer ones so that they begin
// at odd places, drawn by next.
func scattered[F matrix.Float](n, d int, next func() float64) [][]F {
	table := make([][]F, d)
	for c := range table {
		whole := make([]F, n+3)
		for i := range whole {
			whole[i] = F(next())
		}
		table[c] = whole[c%3+1 : c%3+1+n][:n:n]
	}
	return table
}

// plainPairs is Pairs as its comment says, summed in float64.
func plainPairs[F matrix.Float](a, b [][]F, n, m int) (rows, cols []float64) {
	rows, cols = make([]float64, n), make([]float64, m)
	for i := range rows {
		for j := range cols {
			square := 0.0
			for c := range a {
				v := float64(a[c][i]) - float64(b[c][j])
				square += v * v
			}
			rows[i] += math.Sqrt(square)
			cols[j] += math.Sqrt(square)
		}
	}
	return rows, cols
}

// checkPairs holds a version of Pairs to plainPairs within a relative tolerance.
func checkPairs[F matrix.Float](t *testing.T, pairs pairsOf[F], tolerance, huge, tiny float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	values := map[string]func() float64{
		"normal":     rng.NormFloat64,
		"duplicates": func() float64 { return float64(rng.IntN(3)) },
		"constant":   func() float64 { return 0.1 },
		"far":        func() float64 { return 1000 + rng.NormFloat64() },
		"huge":       func() float64 { return huge * rng.NormFloat64() },
		"denormal":   func() float64 { return tiny * rng.NormFloat64() },
	}
	sizes := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 517}
	for name, next := range values {
		for _, d := range []int{1, 2, 3, 5, 12, 16} {
			for _, n := range []int{0, 1, 2, 3, 4, 5, 9} {
				for _, m := range sizes {
					a, b := scattered[F](n, d, next), scattered[F](m, d, next)
					if name == "duplicates" && n > 0 && m > 0 {
						for c := range a {
							a[c][0] = b[c][m-1]
						}
					}
					where := fmt.Sprintf("%s, %d columns, %d×%d rows", name, d, n, m)
					rows, cols, alone := make([]F, n), make([]F, m), make([]F, n)
					pairs(a, b, rows, cols)
					pairs(a, b, alone, nil)
					wantRows, wantCols := plainPairs(a, b, n, m)
					for i, want := range wantRows {
						closePair(t, where+", row", float64(rows[i]), want, tolerance)
						closePair(t, where+", row alone", float64(alone[i]), want, tolerance)
					}
					for j, want := range wantCols {
						closePair(t, where+", column", float64(cols[j]), want, tolerance)
					}
					if t.Failed() {
						return
					}
				}
			}
		}
	}
}

// closePair lets a sum be off by tolerance of itself, or be one of the distances
// too short to be right.
func closePair(t *testing.T, where string, got, want, tolerance float64) {
	t.Helper()
	short := 1e-147
	if tolerance > 1e-9 {
		short = 1e-15
	}
	if want == 0 && got != 0 || !(math.Abs(got-want) <= tolerance*want+short) {
		t.Errorf("%s: %.17g, want %.17g", where, got, want)
	}
}

const (
	tolerance64 = 1e-12
	tolerance32 = 1e-5
)

func TestPairsOfEveryLevel(t *testing.T) {
	for l := portableLevel; l <= best(); l++ {
		doubles, singles := sets(l)
		t.Run(levelNames[l]+" float64", func(t *testing.T) { checkPairs(t, doubles.pairs, tolerance64, 1e140, 1e-310) })
		t.Run(levelNames[l]+" float32", func(t *testing.T) { checkPairs(t, singles.pairs, tolerance32, 1e15, 1e-40) })
	}
}

// Pairs adds to what is there, and to nothing beside it.
func TestPairsAdds(t *testing.T) {
	// Distances of (0, 0) and (3, 4): 0 and 5; of (0, 8) and the same: 8 and 5.
	a := [][]float64{{0, 0}, {0, 8}}
	b := [][]float64{{0, 3}, {0, 4}}
	rows, cols := []float64{1, 2, 77}, []float64{10, 20, 77}
	Pairs(a, b, rows[:2], cols[:2])
	for i, want := range []float64{1 + 5, 2 + 13, 77} {
		if math.Abs(rows[i]-want) > 1e-12 {
			t.Errorf("row %d: %v, want %v", i, rows[i], want)
		}
	}
	for j, want := range []float64{10 + 8, 20 + 10, 77} {
		if math.Abs(cols[j]-want) > 1e-11 {
			t.Errorf("column %d: %v, want %v", j, cols[j], want)
		}
	}
	Pairs(nil, nil, rows, cols) // rows without columns are all in one place
	if rows[2] != 77 || cols[2] != 77 {
		t.Error("no columns: distances appeared")
	}
}

// benchPairs compares tiles of 1024 rows, as the silhouette does.
func benchPairs[F matrix.Float](b *testing.B, pairs pairsOf[F], d int, both bool) {
	const n = 1024
	rng := rand.New(rand.NewPCG(1, 2))
	x, y := scattered[F](n, d, rng.NormFloat64), scattered[F](n, d, rng.NormFloat64)
	rows, cols := make([]F, n), make([]F, n)
	if !both {
		cols = nil
	}
	for b.Loop() {
		pairs(x, y, rows, cols)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n/n, "ns/pair")
}

func BenchmarkPairs(b *testing.B) {
	for _, d := range []int{2, 3, 12} {
		for l := portableLevel; l <= best(); l++ {
			doubles, singles := sets(l)
			for _, both := range []bool{true, false} {
				name := fmt.Sprintf("%d columns/%s", d, levelNames[l])
				if !both {
					name += ", rows alone"
				}
				b.Run(name+"/float64", func(b *testing.B) { benchPairs(b, doubles.pairs, d, both) })
				b.Run(name+"/float32", func(b *testing.B) { benchPairs(b, singles.pairs, d, both) })
			}
		}
	}
}
