package catalog

// An index finds the row of a key by the key's hash: a hash table of open
// addressing that holds 8 bytes a slot and no keys. What equality means, the
// caller says. Its zero value is an empty index.
type index struct {
	slots []uint64 // the hash's upper 32 bits, then the row + 1; 0 is free
	used  int
}

// reset empties the index but keeps its room.
func (x *index) reset() {
	clear(x.slots)
	x.used = 0
}

// find returns the row for which same(row) holds among those of the hash, or
// -1. The slot is where a new row of this hash belongs, for insert.
func (x *index) find(hash uint64, same func(row int32) bool) (row int32, slot int) {
	if 4*(x.used+1) > 3*len(x.slots) {
		x.resize(max(1024, 2*len(x.slots)))
	}
	mask := len(x.slots) - 1
	tag := hash >> 32
	for i := int(tag) & mask; ; i = (i + 1) & mask {
		s := x.slots[i]
		if s == 0 {
			return -1, i
		}
		if s>>32 == tag {
			if r := int32(uint32(s) - 1); same(r) {
				return r, i
			}
		}
	}
}

// findKey is find for rows whose keys are strings, without a call per row.
func (x *index) findKey(hash uint64, keys []string, key string) (row int32, slot int) {
	if 4*(x.used+1) > 3*len(x.slots) {
		x.resize(max(1024, 2*len(x.slots)))
	}
	mask := len(x.slots) - 1
	tag := hash >> 32
	for i := int(tag) & mask; ; i = (i + 1) & mask {
		s := x.slots[i]
		if s == 0 {
			return -1, i
		}
		if s>>32 == tag {
			if r := int32(uint32(s) - 1); keys[r] == key {
				return r, i
			}
		}
	}
}

// touchAhead is how many rows touch reads at most.
const touchAhead = 128

// touch reads, for hashes that find will soon be asked for, their places and
// the keys that key gives for the rows there. The reads do not wait for each
// other, as those of successive finds would, so that tables beyond the caches
// cost a fraction of the time. Only the first touchAhead hashes count; the sum is of no use
// but to keep the reads.
func (x *index) touch(hashes []uint64, keys []string) (sum int) {
	if len(x.slots) == 0 {
		return 0
	}
	mask := len(x.slots) - 1
	var rows [touchAhead]int32
	n := 0
	for _, h := range hashes[:min(len(hashes), touchAhead)] {
		if s := x.slots[int(h>>32)&mask]; s>>32 == h>>32 {
			rows[n] = int32(uint32(s) - 1)
			n++
		}
	}
	for _, r := range rows[:n] {
		if key := keys[r]; key != "" {
			sum += int(key[0])
		}
	}
	return sum
}

// insert puts a row where find said, before any other find.
func (x *index) insert(slot int, hash uint64, row int32) {
	x.slots[slot] = hash>>32<<32 | uint64(uint32(row)+1)
	x.used++
}

// reserve makes room for that many rows in all.
func (x *index) reserve(rows int) {
	size := max(1024, len(x.slots))
	for 4*rows > 3*size {
		size *= 2
	}
	if size > len(x.slots) {
		x.resize(size)
	}
}

// resize moves every row to a table of that many slots, a power of two.
func (x *index) resize(size int) {
	old := x.slots
	x.slots = make([]uint64, size)
	mask := len(x.slots) - 1
	for _, s := range old {
		if s == 0 {
			continue
		}
		i := int(s>>32) & mask
		for x.slots[i] != 0 {
			i = (i + 1) & mask
		}
		x.slots[i] = s
	}
}
