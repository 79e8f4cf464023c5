package fcm

import (
	"segue/internal/kernel"
	"segue/matrix"
)

// outline is what a model says of its memberships without storing them: over a
// chunk of rows, or over all.
type outline[F matrix.Float] struct {
	squares, entropy float64 // Σu², −Σu·ln u
	sizes            []int   // k, rows per label
	labels           []int32 // room for those of a chunk
	room             *kernel.Pulls[F]
}

func newOutline[F matrix.Float](k, d int) *outline[F] {
	return &outline[F]{sizes: make([]int, k), labels: make([]int32, kernel.ChunkRows), room: kernel.NewPulls[F](k, d)}
}

// outlineRows sets part to the outline of rows [lo, hi) of x, at most a chunk, and
// writes their labels to labels unless it is nil.
func outlineRows[F matrix.Float](part *outline[F], x matrix.Table[F], lo, hi int, centers []float64, m float64, labels []int32) {
	if labels == nil {
		labels = part.labels
	}
	labels = labels[:hi-lo]
	part.squares, part.entropy = kernel.Memberships(x, lo, hi, centers, m, part.room, nil)
	kernel.Assign(x, lo, hi, kernel.As[F](centers), nil, labels, nil)
	clear(part.sizes)
	for _, label := range labels {
		part.sizes[label]++
	}
}

// merge adds part to all.
func (all *outline[F]) merge(part *outline[F]) {
	all.squares += part.squares
	all.entropy += part.entropy
	for c, size := range part.sizes {
		all.sizes[c] += size
	}
}

// describe fills in what m says of its memberships over n rows.
func (all *outline[F]) describe(m *Model, n int) {
	m.Sizes = all.sizes
	m.FPC = all.squares / float64(n)
	m.PE = all.entropy / float64(n)
}
