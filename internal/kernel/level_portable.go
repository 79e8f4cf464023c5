//go:build !(goexperiment.simd && amd64)

package kernel

func best() level { return portableLevel }

func sets(level) (set[float64], set[float32]) { return portable[float64](), portable[float32]() }

func integers(level) func(codes []uint8, query []int32, limit int32, sums []int32, near []uint64) {
	return codes
}
