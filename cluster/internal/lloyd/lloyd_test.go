package lloyd

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"segue/cluster/internal/sampletest"
	"segue/internal/kernel"
	"segue/matrix"
)

// TestBoundsChangeNothing runs the same descents with bounds, without, and on
// a stream: the results must be the same to the last bit.
func TestBoundsChangeNothing(t *testing.T) {
	for _, d := range []int{1, 3, 5, 12} {
		for _, k := range []int{1, 2, 7, 40} {
			x := sampletest.Random(4096+19, d, uint64(k))
			checkBounds(t, x, k)
			checkBounds(t, matrix.To32(x), k)
		}
	}
}

// TestBoundsOutlastBatches has more rows than are merged at once on one processor:
// what a chunk added up last must be found again whatever other chunks came since.
func TestBoundsOutlastBatches(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	x := sampletest.Random(40*kernel.ChunkRows+19, 2, 3)
	n, d := x.Dims()
	for i := range n { // eight groups, so that the labels of most chunks rest early
		x.Col(0)[i] += float64(4 * (i % 4))
		x.Col(1)[i] += float64(5 * (i % 8 / 4))
	}
	o := Descent{MaxIter: 40, Tolerance: -1}
	for c := range 8 {
		o.Centers = append(o.Centers, x.Row(nil, c)...)
	}
	plain, err := descend(context.Background(), x, o, make([]int32, n), false)
	if err != nil {
		t.Fatal(err)
	}
	bounded, err := descend(context.Background(), x, o, make([]int32, n), true)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(plain, bounded) {
		t.Errorf("%d×%d: after %d iterations inertia %v with bounds, after %d %v without", n, d, bounded.Iterations, bounded.Inertia, plain.Iterations, plain.Inertia)
	}
}

func checkBounds[F matrix.Float](t *testing.T, x matrix.Table[F], k int) {
	t.Helper()
	n, d := x.Dims()
	r := rand.New(rand.NewPCG(uint64(k), uint64(d)))
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = float64(r.IntN(3))
	}
	centers := make([]float64, 0, k*d)
	for c := range k {
		for j := range d {
			centers = append(centers, float64(x.At(c, j)))
		}
	}
	if k > 2 { // two centers in one place, so that one is empty at first
		copy(centers[d:], centers[:d])
	}
	for _, w := range [][]float64{nil, weights} {
		for _, most := range []int{0, 25} {
			o := Descent{Centers: centers, Weights: w, MaxIter: most, Tolerance: -1}
			plain, err := descend(context.Background(), x, o, make([]int32, n), false)
			if err != nil {
				t.Fatal(err)
			}
			bounded, err := descend(context.Background(), x, o, make([]int32, n), true)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(plain, bounded) {
				t.Errorf("%d×%d, k = %d: after %d iterations inertia %v with bounds, after %d %v without", n, d, k, bounded.Iterations, bounded.Inertia, plain.Iterations, plain.Inertia)
			}
			stream, err := Stream(context.Background(), sampletest.InPieces(x, 1), o)
			if err != nil {
				t.Fatal(err)
			}
			if plain.Labels = nil; !reflect.DeepEqual(plain, stream) {
				t.Errorf("%d×%d, k = %d: inertia %v of the stream, %v of the table", n, d, k, stream.Inertia, plain.Inertia)
			}
		}
	}
}

// BenchmarkDescend compares what pays must tell apart: CPU time of 20 iterations.
func BenchmarkDescend(b *testing.B) {
	for _, d := range []int{2, 3, 6, 12, 16} {
		for _, k := range []int{4, 10, 20, 64} {
			x := sampletest.Random(90_000, d, 1)
			var centers []float64
			for c := range k {
				centers = append(centers, x.Row(nil, c)...)
			}
			for name, bounded := range map[string]bool{"all": false, "bounds": true} {
				b.Run(fmt.Sprintf("d=%d/k=%d/%s", d, k, name), func(b *testing.B) {
					labels := make([]int32, 90_000)
					for b.Loop() {
						if _, err := descend(context.Background(), x, Descent{Centers: centers, MaxIter: 20, Tolerance: -1}, labels, bounded); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
