package fcm

import (
	"segue/internal/kernel"
	"segue/matrix"
)

// outline is what a model says of its memberships without storing them: over a
// chunk of rows, or over all.
type outline[F matrix.Float] struct {
	squares, entropy float64          // Σu², −Σu·ln u
	sums             *kernel.Sums[F]  // of which Count, the rows per label, is wanted
	labels           []int32          // room for those of a chunk
	room             *kernel.Pulls[F] // for its memberships
}

func newOutline[F matrix.Float](k, d int) *outline[F] {
	return &outline[F]{sums: kernel.NewSums[F](k, d), room: kernel.NewPulls[F](k, d)}
}

// outlineRows sets part to the outline of rows [lo, hi) of x, at most a chunk, and
// writes their labels to labels unless it is nil. rounded are the centers as F.
func outlineRows[F matrix.Float](part *outline[F], x matrix.Table[F], lo, hi int, centers []float64, rounded []F, m float64, labels []int32) {
	if labels == nil {
		if part.labels == nil {
			part.labels = make([]int32, kernel.ChunkRows)
		}
		labels = part.labels
	}
	labels = labels[:hi-lo]
	part.squares, part.entropy = kernel.Memberships(x, lo, hi, centers, m, part.room, nil)
	part.sums.Reset()
	kernel.Assign(x, lo, hi, rounded, nil, labels, part.sums)
}

// merge adds part to all.
func (all *outline[F]) merge(part *outline[F]) {
	all.squares += part.squares
	all.entropy += part.entropy
	all.sums.Merge(part.sums)
}

// describe fills in what m says of its memberships over n rows.
func (all *outline[F]) describe(m *Model, n int) {
	m.Sizes = all.sums.Count
	m.FPC = all.squares / float64(n)
	m.PE = all.entropy / float64(n)
}
