//go:build !(goexperiment.simd && amd64)

package kernel

func best() level { return portableLevel }

func sets(level) (set[float64], set[float32]) { return portable[float64](), portable[float32]() }
