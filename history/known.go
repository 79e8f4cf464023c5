package history

import (
	"cmp"
	"slices"
	"time"

	"segue"
)

// precedence returns the formats as items are ranked by them: those of files, and
// two of scrobbles known before, whose service is forgotten. Those that have a
// time to the second and a length come before all other scrobbles, so that what
// is known stays; the others come last. of gives a file's rank its place.
func precedence() (all []format, of func(rank int) int32) {
	files := formats()
	first := slices.IndexFunc(files, func(f format) bool { return f.scrobbles })
	all = slices.Insert(files, first, format{name: "known scrobbles", scrobbles: true})
	all = append(all, format{name: "known scrobbles to the minute", scrobbles: true, resolution: time.Minute})
	return all, func(rank int) int32 {
		if rank >= first {
			rank++
		}
		return int32(rank)
	}
}

// withKnown adds plays known before as one more part. Of which format each was is
// not stored, so it is told from the play; recognise corrects that for plays of
// which a file has the very record.
func withKnown(parts []part, known []segue.Play) []part {
	if len(known) == 0 {
		return parts
	}
	all, _ := precedence()
	is := func(scrobbles bool, resolution time.Duration) int32 {
		return int32(slices.IndexFunc(all, func(f format) bool { return f.scrobbles == scrobbles && f.resolution == resolution }))
	}
	exact, minute, scrobble, coarse := is(false, 0), is(false, time.Minute), is(true, 0), int32(len(all)-1)
	p := part{rank: -1, plays: slices.Clone(known), ranks: make([]int32, len(known))}
	whole := func(t time.Time) bool { return t.UnixNano()%int64(time.Minute) == 0 }
	for i, play := range known {
		switch {
		case play.Scrobble && (play.Played == segue.ScrobbleLength || whole(play.StartedAt())):
			p.ranks[i] = coarse
		case play.Scrobble:
			p.ranks[i] = scrobble
		case play.Skipped == segue.Unknown && whole(play.EndedAt):
			p.ranks[i] = minute
		default:
			p.ranks[i] = exact
		}
	}
	return append(slices.Clone(parts), p)
}

// recognise finds, among the items of one artist and title, plays known before of
// which a file has the very record, and gives them the format of that file: an
// export that is brought again is compared with itself.
func (m *merger) recognise(items []item) {
	end := func(it *item) int64 { return it.start + int64(m.play(it).Played) }
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(end(&a), end(&b)), cmp.Compare(a.start, b.start), cmp.Compare(a.rank, b.rank))
	})
	for lo := 0; lo < len(items); {
		hi, rank := lo, int32(-1) // of the file that says most
		for ; hi < len(items) && items[hi].start == items[lo].start && end(&items[hi]) == end(&items[lo]); hi++ {
			if rank < 0 && !m.parts[items[hi].file].known() {
				rank = items[hi].rank
			}
		}
		for i := lo; i < hi; i++ {
			if it := &items[i]; rank >= 0 && m.parts[it.file].known() {
				*it = newItem(int(it.file), int(it.row), rank, m.formats[rank].scrobbles, m.play(it))
			}
		}
		lo = hi
	}
}
