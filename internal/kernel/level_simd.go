//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"

	"segue/internal/kernel/f32x16"
	"segue/internal/kernel/f32x8"
	"segue/internal/kernel/f64x4"
	"segue/internal/kernel/f64x8"
	"segue/internal/kernel/i16x16"
	"segue/internal/kernel/i16x32"
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
		doubles.pairs, singles.pairs = f64x8.Pairs, f32x16.Pairs
		doubles.boxes, singles.boxes = f64x8.Boxes, f32x16.Boxes
		doubles.total, singles.total = f64x8.Total, f32x16.Total
		doubles.pull, singles.pull = f64x8.Pull, f32x16.Pull
		doubles.memberships, singles.memberships = f64x8.Memberships, f32x16.Memberships
		doubles.lanes, singles.lanes = f64x8.Lanes, f32x16.Lanes
		doubles.nearest, singles.nearest = f64x8.Nearest, f32x16.Nearest
		doubles.addRows, singles.addRows = f64x8.AddRows, f32x16.AddRows
		doubles.closer, singles.closer = f64x8.Closer, f32x16.Closer
		doubles.relabel, singles.relabel = f64x8.Relabel, f32x16.Relabel
		doubles.work, singles.work = f64x8.Work, f32x16.Work
		doubles.mixture, singles.mixture = mixtures512()
	case avx2Level:
		doubles.pairs, singles.pairs = f64x4.Pairs, f32x8.Pairs
		doubles.boxes, singles.boxes = f64x4.Boxes, f32x8.Boxes
		doubles.total, singles.total = f64x4.Total, f32x8.Total
		doubles.pull, singles.pull = f64x4.Pull, f32x8.Pull
		doubles.memberships, singles.memberships = f64x4.Memberships, f32x8.Memberships
		doubles.lanes, singles.lanes = f64x4.Lanes, f32x8.Lanes
		doubles.nearest, singles.nearest = f64x4.Nearest, f32x8.Nearest
		doubles.addRows, singles.addRows = f64x4.AddRows, f32x8.AddRows
		doubles.closer, singles.closer = f64x4.Closer, f32x8.Closer
		doubles.relabel, singles.relabel = f64x4.Relabel, f32x8.Relabel
		doubles.work, singles.work = f64x4.Work, f32x8.Work
		doubles.mixture, singles.mixture = mixtures2()
	}
	return doubles, singles
}

// integers returns Codes of a level.
func integers(l level) func(codes []uint8, query []int32, limit int32, sums []int32, near []uint64) {
	switch l {
	case avx512Level:
		return i16x32.Codes
	case avx2Level:
		return i16x16.Codes
	}
	return codes
}
