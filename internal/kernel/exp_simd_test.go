//go:build goexperiment.simd && amd64

package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"segue/internal/kernel/f32x16"
	"segue/internal/kernel/f32x8"
	"segue/internal/kernel/f64x4"
	"segue/internal/kernel/f64x8"
	"segue/matrix"
)

// math.Exp and math.Log are within 1 unit in the last place, so that 2 units of
// difference are allowed in float64; in float32 they are as good as exact.
func TestExpAndLog(t *testing.T) {
	if best() >= avx2Level {
		t.Run("f64x4", func(t *testing.T) { testExpAndLog(t, f64x4.Exp, f64x4.Log, 0x1p-1074, 52, 2) })
		t.Run("f32x8", func(t *testing.T) { testExpAndLog(t, f32x8.Exp, f32x8.Log, 0x1p-149, 23, 1) })
	}
	if best() >= avx512Level {
		t.Run("f64x8", func(t *testing.T) { testExpAndLog(t, f64x8.Exp, f64x8.Log, 0x1p-1074, 52, 2) })
		t.Run("f32x16", func(t *testing.T) { testExpAndLog(t, f32x16.Exp, f32x16.Log, 0x1p-149, 23, 1) })
	}
}

func testExpAndLog[F matrix.Float](t *testing.T, exp, log func([]F) int, least float64, fraction int, allowed float64) {
	inf, nan := math.Inf(1), math.NaN()
	huge := float64(F(least)) // the largest finite number
	for w := float64(1); !math.IsInf(float64(F(w)), 0); w *= 2 {
		huge = w * (2 - math.Ldexp(1, -fraction))
	}
	both := []float64{0, math.Copysign(0, -1), 1, -1, inf, -inf, nan, huge, -huge, least, -least, 3 * least, 1e3 * least, math.Ln2, 0.5, 2, 10}
	exps, logs := both, both
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		logs = append(logs, math.Ldexp(1+r.Float64(), r.IntN(2*1100)-1100), 1+math.Ldexp(r.Float64()-0.5, -r.IntN(60)))
		exps = append(exps, 1500*(r.Float64()-0.5), 250*(r.Float64()-0.5), math.Ldexp(r.Float64()-0.5, -r.IntN(60)), math.Ln2*(float64(r.IntN(300)-150)+0.5))
	}
	check := func(name string, slow func(float64) float64, fast func([]F) int, of []float64) {
		values := make([]F, len(of)&^15)
		for i := range values {
			values[i] = F(of[i])
		}
		got := append([]F(nil), values...)
		if done := fast(got); done != len(values) {
			t.Fatalf("%s: %d of %d done", name, done, len(values))
		}
		worst, at := 0.0, F(0)
		for i, x := range values {
			want, have := slow(float64(x)), float64(got[i])
			if F(want) == got[i] || math.IsNaN(want) && math.IsNaN(have) {
				continue
			}
			_, e := math.Frexp(want)
			unit := max(math.Ldexp(1, e-1-fraction), least)
			if math.IsInf(float64(F(want)), 0) || math.IsInf(have, 0) || math.IsNaN(have) || math.IsNaN(want) {
				t.Errorf("%s(%v) = %v, want %v", name, x, have, want)
			} else if units := math.Abs(have-want) / unit; units > worst {
				worst, at = units, x
			}
		}
		t.Logf("%s: at most %.2f units in the last place, at %v", name, worst, at)
		if worst > allowed {
			t.Errorf("%s(%v) is %.2f units in the last place off", name, at, worst)
		}
	}
	check("exp", slowExp, exp, exps)
	check("log", slowLog, log, logs)
}

// slowExp is math.Exp, which is infinite a little too early on some processors,
// away from there.
func slowExp(x float64) float64 {
	if !(math.Abs(x) > 600) {
		return math.Exp(x)
	}
	n := math.Round(max(-3000, min(3000, x)) / math.Ln2)
	return math.Ldexp(math.Exp(math.FMA(-n, math.Ln2, x))*(1-n*2.3190468138462996e-17), int(n))
}

// slowLog is math.Log, which some processors get wrong for denormal numbers, away
// from there.
func slowLog(x float64) float64 {
	if !(0 < x && x < 0x1p-1000) {
		return math.Log(x)
	}
	return math.Log(x*0x1p60) - 60*math.Ln2
}
