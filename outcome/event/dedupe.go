package event

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// MaxDistinct is how many different records a Dedupe holds: their hashes take at most
// 1.4 GB then, and 16 to 40 bytes each before. (d)
const MaxDistinct = 32 << 20

// ErrTooMany is what Dedupe returns when it has met MaxDistinct different records.
var ErrTooMany = errors.New("there are more than 33,554,432 different records; split the file by listener and take one part at a time")

// A Dedupe keeps the first record of each id of a listener. It remembers hashes of 128
// bits, of SHA-256, and no text. So two different ids may be taken for one: among n
// records with a probability below n²/2¹²⁹, 2·10⁻²⁵ at ten million. The zero value is
// ready for use.
type Dedupe struct {
	shards     [256]shard
	distinct   int
	duplicates int
	buf        []byte
}

// A shard is an open hash set of the hashes that begin with one byte. Shards grow one at
// a time, so that growing takes no memory to speak of.
type shard struct {
	slots [][2]uint64 // a power of two of them, {0, 0} where empty
	n     int
}

// Keep moves the records that were not met before to the front of events, in order, and
// returns them. It returns ErrTooMany with those up to there when there are too many.
// O(1) a record.
func (d *Dedupe) Keep(events []Event) ([]Event, error) {
	kept := 0
	for i := range events {
		e := &events[i]
		first, err := d.First(e.Listener, e.ID)
		if err != nil {
			return events[:kept], err
		}
		if !first {
			continue
		}
		if kept != i {
			events[kept] = *e
		}
		kept++
	}
	return events[:kept], nil
}

// First reports whether an id of a listener was not met before, and remembers it.
func (d *Dedupe) First(listener, id string) (bool, error) {
	d.buf = append(append(append(d.buf[:0], listener...), 0), id...)
	sum := sha256.Sum256(d.buf)
	key := [2]uint64{binary.LittleEndian.Uint64(sum[0:]), binary.LittleEndian.Uint64(sum[8:])}
	if key == ([2]uint64{}) {
		key[0] = 1 // {0, 0} marks what is empty
	}
	s := &d.shards[sum[16]]
	if s.holds(key) {
		d.duplicates++
		return false, nil
	}
	if d.distinct == MaxDistinct {
		return false, ErrTooMany
	}
	s.add(key)
	d.distinct++
	return true, nil
}

// Counts returns how many records were met first, and how many again.
func (d *Dedupe) Counts() (distinct, duplicates int) { return d.distinct, d.duplicates }

// find returns the slot of a key: its own, or the empty one where it belongs.
func (s *shard) find(key [2]uint64) int {
	mask := len(s.slots) - 1
	at := int(key[0]) & mask
	for s.slots[at] != key && s.slots[at] != ([2]uint64{}) {
		at = (at + 1) & mask
	}
	return at
}

func (s *shard) holds(key [2]uint64) bool {
	return len(s.slots) > 0 && s.slots[s.find(key)] == key
}

func (s *shard) add(key [2]uint64) {
	if 5*(s.n+1) > 4*len(s.slots) { // at most four fifths full
		old := s.slots
		s.slots = make([][2]uint64, max(16, 2*len(old)))
		for _, k := range old {
			if k != ([2]uint64{}) {
				s.slots[s.find(k)] = k
			}
		}
	}
	s.slots[s.find(key)] = key
	s.n++
}

// Compare orders records by time, then listener, then id: the order of Sort. Clocks that
// were set back put records before those they followed; nothing corrects that.
func Compare(a, b Event) int {
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Listener, b.Listener), strings.Compare(a.ID, b.ID))
}

// Sort puts records in the order of Compare. They have to be in memory, 300 bytes and
// their texts each: gather what belongs to a listener or an experiment, not a file.
func Sort(events []Event) { slices.SortStableFunc(events, Compare) }
