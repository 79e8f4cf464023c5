//go:build goexperiment.simd && amd64

package kernel

import "testing"

func TestAssignVectors(t *testing.T) {
	for l := range best() + 1 {
		doubles, singles := sets(l)
		checkAssign(t, doubles, 1e-12)
		checkAssign(t, singles, 1e-5)
	}
}

func TestCloserVectors(t *testing.T) {
	for l := range best() + 1 {
		doubles, singles := sets(l)
		checkCloser(t, doubles, 1e-12)
		checkCloser(t, singles, 1e-5)
	}
}

func TestRelabelVectors(t *testing.T) {
	for l := range best() + 1 {
		doubles, singles := sets(l)
		checkRelabel(t, doubles)
		checkRelabel(t, singles)
	}
}

func BenchmarkAssignVectors(b *testing.B) {
	for l := avx2Level; l <= best(); l++ {
		doubles, singles := sets(l)
		b.Run(levelNames[l]+"/64", func(b *testing.B) { benchmarkAssign(b, &doubles) })
		b.Run(levelNames[l]+"/32", func(b *testing.B) { benchmarkAssign(b, &singles) })
	}
}
