package playlist

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"segue"
)

// Heard is what a listener played, counted by recording: reissues of one share
// their plays. It holds what was heard and nothing of the rest of the catalogue,
// and may be read by any number of goroutines.
type Heard struct {
	recording []int32 // the catalogue's
	heads     []int32 // a recording's lowest row, ascending
	counts    []heardCount
}

// A heardCount is a HeardCount in half the memory.
type heardCount struct{ plays, completed, recent int32 }

// A HeardCount says how often a track was heard.
type HeardCount struct {
	Plays     int // of MinimumPlay or longer, or skipped: all that were matched
	Completed int // those heard to the end, or near it: see CompletedShare
	Recent    int // plays not skipped in the last RecentDays of the history
}

// CompletedShare is how much of a track a play has to last, not being a skip, to
// count as completed. Where the track's length is unknown, MinimumPlay has to do.
// (docs/science.md §7; d)
const CompletedShare = .80

// completed reports whether a play of a track of a length, 0 if unknown, heard it
// out. A scrobble does not say how long it was heard; it counts as heard.
func completed(p segue.Play, length time.Duration) bool {
	if p.WasSkipped(length) {
		return false
	}
	return p.Scrobble || p.Played >= segue.MinimumPlay && float64(p.Played) >= CompletedShare*float64(length)
}

// RecentDays is the window of the rumination guard's top five. (docs/science.md §6)
const RecentDays = 28

// HeardOf counts plays. Matches has one entry a play. The last RecentDays end
// with the last play. O(plays + h·log h) for h recordings heard, whatever the size
// of the catalogue.
func HeardOf(c *segue.Catalog, plays []segue.Play, matches []segue.Match) *Heard {
	if len(plays) != len(matches) {
		panic("playlist: HeardOf: as many matches as plays are needed")
	}
	var last time.Time
	for _, p := range plays {
		if p.EndedAt.After(last) {
			last = p.EndedAt
		}
	}
	since := last.AddDate(0, 0, -RecentDays)
	counts := map[int32]HeardCount{}
	for i, m := range matches {
		if m.Rung == segue.Unmatched {
			continue
		}
		head := recordingOf(c.Recording, m.Row)
		n := counts[head]
		n.Plays++
		if length := c.Duration(int(m.Row)); !plays[i].WasSkipped(length) {
			if completed(plays[i], length) {
				n.Completed++
			}
			if plays[i].EndedAt.After(since) {
				n.Recent++
			}
		}
		counts[head] = n
	}
	return NewHeard(c, counts)
}

// mostHeard is more than anybody hears one track; counts of a recording's rows add up
// below 2³¹.
const mostHeard = 1_000_000

// NewHeard returns counts by catalogue row as a Heard. Those of one recording's
// rows are added up; a count without plays says nothing. It panics if there is no
// such row or a count is below 0 or above a million.
func NewHeard(c *segue.Catalog, counts map[int32]HeardCount) *Heard {
	type entry struct {
		head int32
		n    HeardCount
	}
	entries := make([]entry, 0, len(counts))
	for row, n := range counts {
		if row < 0 || int(row) >= c.Len() || min(n.Plays, n.Completed, n.Recent) < 0 || max(n.Plays, n.Completed, n.Recent) > mostHeard {
			panic(fmt.Sprintf("playlist: NewHeard: %+v of row %d of %d", n, row, c.Len()))
		}
		if n != (HeardCount{}) {
			entries = append(entries, entry{recordingOf(c.Recording, row), n})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.head, b.head) })
	h := &Heard{recording: c.Recording, heads: make([]int32, 0, len(entries)), counts: make([]heardCount, 0, len(entries))}
	for _, e := range entries {
		last := len(h.heads) - 1
		if last < 0 || h.heads[last] != e.head {
			h.heads, h.counts = append(h.heads, e.head), append(h.counts, heardCount{})
			last++
		}
		n := &h.counts[last]
		n.plays, n.completed, n.recent = n.plays+int32(e.n.Plays), n.completed+int32(e.n.Completed), n.recent+int32(e.n.Recent)
	}
	return h
}

// Bytes returns how much memory is taken, besides the catalogue's.
func (h *Heard) Bytes() int { return 128 + 4*cap(h.heads) + 12*cap(h.counts) }

// recordingOf returns the lowest row of a row's recording.
func recordingOf(recording []int32, row int32) int32 {
	if recording == nil {
		return row
	}
	return recording[row]
}

// Count returns how often the recording of a catalogue row was heard, zeros if
// never. O(log h).
func (h *Heard) Count(row int32) HeardCount {
	i, ok := slices.BinarySearch(h.heads, recordingOf(h.recording, row))
	if !ok {
		return HeardCount{}
	}
	n := h.counts[i]
	return HeardCount{Plays: int(n.plays), Completed: int(n.completed), Recent: int(n.recent)}
}

// Plays returns the Plays of Count.
func (h *Heard) Plays(row int32) int { return h.Count(row).Plays }

// Completed returns the Completed of Count.
func (h *Heard) Completed(row int32) int { return h.Count(row).Completed }

// Recent returns the Recent of Count.
func (h *Heard) Recent(row int32) int { return h.Count(row).Recent }

// Len returns how many recordings were heard.
func (h *Heard) Len() int { return len(h.heads) }

// topFive returns the lowest rows of the five recordings most played of late,
// ascending; of equals the lower row counts.
func (h *Heard) topFive() []int32 {
	var late []int
	for i, n := range h.counts {
		if n.recent > 0 {
			late = append(late, i)
		}
	}
	slices.SortStableFunc(late, func(a, b int) int { return cmp.Compare(h.counts[b].recent, h.counts[a].recent) })
	var top []int32
	for _, i := range late[:min(5, len(late))] {
		top = append(top, h.heads[i])
	}
	slices.Sort(top)
	return top
}
