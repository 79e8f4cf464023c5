package playlist

import (
	"cmp"
	"hash/maphash"
	"iter"
	"slices"
	"sync"

	"segue"
)

// rowsOf finds the rows of recordings and of ids. It may be used by any number
// of goroutines.
type rowsOf struct {
	catalog  *segue.Catalog
	reissues []int32 // rows that are not the lowest of their recording, by recording, then ascending

	byID  sync.Once // most plans look up no id: the table is made for the first that does
	seed  maphash.Seed
	table []int32 // open addressing: a row + 1, 0 if free; a power of two long
}

func newRowsOf(c *segue.Catalog) *rowsOf {
	r := &rowsOf{catalog: c, seed: maphash.MakeSeed()}
	for row, head := range c.Recording {
		if head != int32(row) {
			r.reissues = append(r.reissues, int32(row))
		}
	}
	slices.SortStableFunc(r.reissues, func(a, b int32) int { return cmp.Compare(c.Recording[a], c.Recording[b]) })
	return r
}

// of returns the rows of the recording whose lowest row is head, that one first.
func (r *rowsOf) of(head int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		if !yield(head) {
			return
		}
		recording := r.catalog.Recording
		i, _ := slices.BinarySearchFunc(r.reissues, head, func(row, head int32) int { return cmp.Compare(recording[row], head) })
		for ; i < len(r.reissues) && recording[r.reissues[i]] == head; i++ {
			if !yield(r.reissues[i]) {
				return
			}
		}
	}
}

// Has reports whether a track of the catalogue bears the id. The first call takes
// O(tracks), others O(1).
func (l *Library) Has(id string) bool {
	_, ok := l.row(id)
	return ok
}

// Row returns the catalogue row of an id, and whether there is one. The first call takes
// O(tracks), others O(1).
func (l *Library) Row(id string) (int32, bool) { return l.row(id) }

// row returns the catalogue row of an id. The first call takes O(tracks), others
// O(1).
func (l *Library) row(id string) (int32, bool) { return l.rows.row(id) }

func (r *rowsOf) row(id string) (int32, bool) {
	r.byID.Do(r.hash)
	mask := uint64(len(r.table) - 1)
	for at := maphash.String(r.seed, id) & mask; r.table[at] != 0; at = (at + 1) & mask {
		if row := r.table[at] - 1; r.catalog.ID[row] == id {
			return row, true
		}
	}
	return 0, false
}

// hash fills the table of ids, at most two thirds of it.
func (r *rowsOf) hash() {
	size := 1
	for 2*size < 3*(r.catalog.Len()+1) {
		size *= 2
	}
	r.table = make([]int32, size)
	mask := uint64(size - 1)
	for row, id := range r.catalog.ID {
		at := maphash.String(r.seed, id) & mask
		for r.table[at] != 0 {
			at = (at + 1) & mask
		}
		r.table[at] = int32(row) + 1
	}
}
