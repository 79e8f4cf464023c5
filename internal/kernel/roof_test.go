package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"segue/matrix"
)

// checkRoof holds total to the plain sum, relative to the sum of magnitudes, and
// work to its limit: x → x/2 + ¼ ends at ½, and twelve lanes of a vector add up.
func checkRoof[F matrix.Float](t *testing.T, s set[F], tolerance float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 1000, 4096} {
		col := make([]F, n+3)
		for i := range col {
			col[i] = F(r.NormFloat64())
		}
		col = col[3:]
		want, size := 0.0, 0.0
		for _, v := range col {
			want += float64(v)
			size += math.Abs(float64(v))
		}
		if got := float64(s.total(col)); math.Abs(got-want) > tolerance*size {
			t.Errorf("total of %d values: %v, want %v", n, got, want)
		}
	}
	if got := s.total([]F{1, F(math.NaN())}); got == got {
		t.Errorf("total with a NaN is %v", got)
	}
	made, result := s.work(100)
	if made%1200 != 0 || float64(result) != float64(made)/100*0.5 {
		t.Errorf("work made %d steps and came to %v", made, result)
	}
}

func TestRoofPortable(t *testing.T) {
	checkRoof(t, portable[float64](), 1e-12)
	checkRoof(t, portable[float32](), 1e-5)
}

func TestLevelsEndWithTheRunningOne(t *testing.T) {
	levels := Levels()
	name, _ := Running()
	if levels[0] != "portable" || levels[len(levels)-1] != name {
		t.Errorf("levels %v, running %s", levels, name)
	}
}

func BenchmarkTotal(b *testing.B) {
	col := make([]float64, 1<<12) // 32 KB
	b.SetBytes(int64(8 * len(col)))
	for b.Loop() {
		Total(col)
	}
}

func BenchmarkWork(b *testing.B) {
	made := 0
	for b.Loop() {
		made, _ = Work[float64](1000)
	}
	b.ReportMetric(2*float64(made)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gflops")
}
