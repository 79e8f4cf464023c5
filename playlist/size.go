package playlist

import "segue/knn"

// ListenersBytes returns how much memory the library takes beyond that of the
// catalogue, which its listeners share, and of what Heard holds; about. Places of their
// own take most of it: see FeltAs.
func (l *Library) ListenersBytes() int {
	const itself = 1 << 10
	n := itself + 4*cap(l.own) + 4*cap(l.topFive) + 8*cap(l.moods)
	if l.familiar != nil {
		n += 4*cap(l.familiar.rows) + indexBytes(l.familiar.index)
	}
	if l.everybodys != nil {
		n += 16*cap(l.Positions) + 4*cap(l.plane.rows) + indexBytes(l.plane.index) + 8*cap(l.usual) + 32*(len(l.never)+len(l.said))
	}
	return n + indexBytes(l.keeps)
}

// indexBytes is what an index of neighbours takes, as knn.New says.
func indexBytes(x *knn.Index) int {
	if x == nil {
		return 0
	}
	n, d := x.Dims()
	return 512 + n*(9*d+5)
}
