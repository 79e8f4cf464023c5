//go:build goexperiment.simd && amd64

package kernel

import "testing"

func TestRoofVectors(t *testing.T) {
	for l := range best() + 1 {
		doubles, singles := sets(l)
		checkRoof(t, doubles, 1e-12)
		checkRoof(t, singles, 1e-5)
	}
}
