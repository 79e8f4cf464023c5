//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"

	"segue/internal/kernel/f32x16"
	"segue/internal/kernel/f32x8"
	"segue/internal/kernel/f64x4"
	"segue/internal/kernel/f64x8"
)

// best is the highest level this processor runs.
func best() level {
	switch cpu := archsimd.X86; {
	case cpu.AVX512() && cpu.FMA():
		return avx512Level
	case cpu.AVX2() && cpu.FMA():
		return avx2Level
	}
	return portableLevel
}

// sets returns the kernels of a level. What has no vector version is portable.
func sets(l level) (set[float64], set[float32]) {
	doubles, singles := portable[float64](), portable[float32]()
	switch l {
	case avx512Level:
		doubles.pairs, singles.pairs = f64x8.Pairs3, f32x16.Pairs3
		doubles.total, singles.total = f64x8.Total, f32x16.Total
		doubles.work, singles.work = f64x8.Work, f32x16.Work
	case avx2Level:
		doubles.pairs, singles.pairs = f64x4.Pairs3, f32x8.Pairs3
		doubles.total, singles.total = f64x4.Total, f32x8.Total
		doubles.work, singles.work = f64x4.Work, f32x8.Work
	}
	return doubles, singles
}
