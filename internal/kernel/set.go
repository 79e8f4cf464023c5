package kernel

import (
	"fmt"
	"os"
	"slices"

	"segue/matrix"
)

// A set is one version of every kernel for one type of float. The portable set is
// the definition; the others must agree with it to 1e-12 relative in float64,
// and to the bounds each kernel states in float32.
type set[F matrix.Float] struct {
	pairs func(a, b [][]F, rows, cols []F)
	boxes func(bounds, query []F, limit F, apart []F) uint32
	total func(col []F) F
	work  func(rounds int) (int, F)

	// These two do as many rows as they can; nil does none.
	pull        func(x [][]F, centers []F, m float64, room [][block]F, partial, weight, shift []float64) (done int, objective float64)
	memberships func(x [][]F, centers []F, m float64, room [][block]F, to []float64) (done int, squares, entropy float64)

	lanes   int // rows per vector, 0 without
	nearest func(x [][]F, lo int, centers []F, labels []int32, least []F) bool
	addRows func(x [][]F, lo int, labels []int32, room, sums, counts []float64)
	closer  func(x [][]F, lo int, center, from, to []F) (int, F)
	relabel func(x [][]F, lo int, centers []F, moved, slack F, labels []int32, hold []F) (changed, done bool)

	mixture mixtureSet[F]
}

// portable returns the set that every processor runs.
func portable[F matrix.Float]() set[F] {
	return set[F]{
		pairs: pairs[F],
		boxes: boxes[F],
		total: total[F],
		work:  work[F],

		nearest: nearest[F],
		addRows: addRows[F],
		closer:  closer[F],
		relabel: relabel[F],

		mixture: portableMixture[F](),
	}
}

// A level names the sets of one kind of processor.
type level int

const (
	portableLevel level = iota
	avx2Level           // AVX2 and FMA
	avx512Level         // AVX-512 F, CD, BW, DQ, VL
)

var levelNames = [...]string{"portable", "avx2", "avx512"}

// Variable is the environment variable that asks for slower kernels than the
// processor could run: portable, avx2 or avx512.
const Variable = "SEGUE_KERNELS"

// What this process runs, chosen once.
var (
	running, asked = choose(best(), os.Getenv(Variable))
	set64, set32   = sets(running)
	codesOf        = integers(running)
)

// choose returns the level to run and an error if that is not what was asked for.
func choose(best level, ask string) (level, error) {
	if ask == "" {
		return best, nil
	}
	for l, name := range levelNames {
		if name != ask {
			continue
		}
		if level(l) > best {
			return best, fmt.Errorf("%s=%s: this build and processor run up to %s; ask for that or less", Variable, ask, levelNames[best])
		}
		return level(l), nil
	}
	return best, fmt.Errorf("%s=%q: ask for portable, avx2 or avx512", Variable, ask)
}

// Running names the kernels this process runs: portable, avx2 or avx512. The
// error says that the environment asked for something else than it got.
func Running() (string, error) { return levelNames[running], asked }

// Levels names the kernels this process could run, slowest first: what Running
// says comes last.
func Levels() []string { return slices.Clone(levelNames[:running+1]) }

// of returns the set this process runs for F.
func of[F matrix.Float]() *set[F] {
	var s any = &set64
	if _, small := any(F(0)).(float32); small {
		s = &set32
	}
	return s.(*set[F])
}
