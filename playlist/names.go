package playlist

import (
	"segue"
	"segue/internal/titles"
)

// names numbers the strings of a column of lists, spellings of one name alike, so
// that asking about a track's artists or genres compares numbers.
type names struct {
	of    []int32          // the number of each of the column's Values
	ids   map[string]int32 // by folded name
	spelt segue.Lists
}

// newNames numbers the names of a column in order of first sight.
func newNames(l segue.Lists) *names {
	n := &names{of: make([]int32, len(l.Values)), ids: make(map[string]int32, len(l.Values)), spelt: l}
	for i, v := range l.Values {
		key := titles.Fold(v)
		id, is := n.ids[key]
		if !is {
			id = int32(len(n.ids))
			n.ids[key] = id
		}
		n.of[i] = id
	}
	return n
}

// indices returns the cell of a row as indices into of.
func (n *names) indices(row int32) []int32 {
	if n.spelt.Len() == 0 {
		return nil
	}
	return n.spelt.Indices(int(row))
}

// set returns the numbers of the names of a list that occur; nil if none does.
func (n *names) set(list []string) bits {
	var s bits
	for _, name := range list {
		if id, is := n.ids[titles.Fold(name)]; is {
			if s == nil {
				s = newBits(len(n.ids))
			}
			s.add(id)
		}
	}
	return s
}

// anyOf reports whether a row has one of a set of names.
func (n *names) anyOf(row int32, set bits) bool {
	if set == nil {
		return false
	}
	for _, i := range n.indices(row) {
		if set.has(n.of[i]) {
			return true
		}
	}
	return false
}

// bits is a set of small numbers.
type bits []uint64

func newBits(n int) bits        { return make(bits, (n+63)/64) }
func (b bits) has(i int32) bool { return b[uint32(i)/64]>>(uint32(i)%64)&1 == 1 }
func (b bits) add(i int32)      { b[uint32(i)/64] |= 1 << (uint32(i) % 64) }
func (b bits) remove(i int32)   { b[uint32(i)/64] &^= 1 << (uint32(i) % 64) }
