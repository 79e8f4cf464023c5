package history

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"segue"
	"segue/internal/titles"
)

// sameStart is how far apart two services may place the start of one play: a
// minute for the coarser resolution, the rest for their clocks. (d)
const sameStart = 90 * time.Second

// A part is what one file gave.
type part struct {
	rank  int // of its format: lower says more
	plays []segue.Play
}

// An item is a play under comparison. Times are nanoseconds since 1970.
type item struct {
	artist, title   int32 // numbers of the folded names
	file, row, rank int32
	scrobbles       bool
	played          int64 // 0 for items without a known time heard, so that they compare equal
	at              int64 // end of the play; for items of scrobbling formats the start
	start           int64
	gone            bool // merged into another
	taken           int32
}

// merge returns the plays of all parts, one for each that was made, in order of
// time, and how many of each part were merged into others. It takes
// O(n log n).
func merge(parts []part) (plays []segue.Play, duplicates []int) {
	items := number(parts)
	byNames := func(a, b item) int { return cmp.Or(cmp.Compare(a.artist, b.artist), cmp.Compare(a.title, b.title)) }
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(byNames(a, b), cmp.Compare(a.rank, b.rank), cmp.Compare(a.played, b.played), cmp.Compare(a.at, b.at),
			cmp.Compare(a.file, b.file), cmp.Compare(a.row, b.row))
	})
	m := &merger{parts: parts, formats: formats()}
	for lo := 0; lo < len(items); {
		hi := lo + 1
		for hi < len(items) && byNames(items[lo], items[hi]) == 0 {
			hi++
		}
		m.group(items[lo:hi])
		lo = hi
	}
	duplicates = make([]int, len(parts))
	for _, it := range items {
		if it.gone {
			duplicates[it.file]++
		} else {
			plays = append(plays, parts[it.file].plays[it.row])
		}
	}
	slices.SortStableFunc(plays, byTime)
	return plays, duplicates
}

// number makes items of all plays; equal folded names get equal numbers.
func number(parts []part) []item {
	folded, raw := map[string]int32{}, map[string]int32{}
	id := func(s string) int32 {
		n, ok := raw[s]
		if !ok {
			f := titles.Fold(s)
			if n, ok = folded[f]; !ok {
				n = int32(len(folded))
				folded[f] = n
			}
			raw[s] = n
		}
		return n
	}
	total := 0
	for _, p := range parts {
		total += len(p.plays)
	}
	items := make([]item, 0, total)
	all := formats()
	for f, part := range parts {
		scrobbles := all[part.rank].scrobbles
		for r, p := range part.plays {
			it := item{
				artist: id(p.Track.Artist), title: id(p.Track.Title), file: int32(f), row: int32(r), rank: int32(part.rank),
				scrobbles: scrobbles, at: p.EndedAt.UnixNano(), start: p.StartedAt().UnixNano(), taken: -1,
			}
			if scrobbles {
				it.at = it.start
			} else {
				it.played = int64(p.Played)
			}
			items = append(items, it)
		}
	}
	return items
}

// byTime is the order of plays: by end, and for equal ends by all they say.
func byTime(a, b segue.Play) int {
	return cmp.Or(a.EndedAt.Compare(b.EndedAt), strings.Compare(a.Track.Artist, b.Track.Artist), strings.Compare(a.Track.Title, b.Track.Title),
		cmp.Compare(a.Played, b.Played), content(a, b))
}

// content orders equal plays by how much they say, most first, then by what.
func content(a, b segue.Play) int {
	says := func(p segue.Play) int {
		n := 0
		for _, known := range []bool{p.Track.ID != "", p.Track.ISRC != "", p.Track.Album != "", p.Skipped != segue.Unknown, !p.Scrobble} {
			if known {
				n++
			}
		}
		return n
	}
	return cmp.Or(-cmp.Compare(says(a), says(b)), strings.Compare(a.Track.Artist, b.Track.Artist), strings.Compare(a.Track.Title, b.Track.Title),
		strings.Compare(a.Track.ID, b.Track.ID), strings.Compare(a.Track.ISRC, b.Track.ISRC),
		strings.Compare(a.Track.Album, b.Track.Album), cmp.Compare(a.Skipped, b.Skipped), cmp.Compare(a.Played, b.Played))
}

// A merger marks the items of one artist and title that are one play.
type merger struct {
	parts   []part
	formats []format
	kept    []*item
}

func (m *merger) play(it *item) *segue.Play { return &m.parts[it.file].plays[it.row] }

// group works through items of one artist and title, sorted by rank, time
// heard and time.
func (m *merger) group(items []item) {
	m.kept = m.kept[:0]
	for lo := 0; lo < len(items); {
		hi := lo + 1
		for hi < len(items) && items[hi].rank == items[lo].rank {
			hi++
		}
		own := items[lo:hi]
		for i := 0; i < len(own); {
			j := i + 1
			for j < len(own) && own[j].played == own[i].played && own[j].at == own[i].at {
				j++
			}
			if j > i+1 {
				m.equal(own[i:j])
			}
			i = j
		}
		if lo > 0 {
			m.between(own)
		}
		for i := range own {
			if !own[i].gone {
				m.kept = append(m.kept, &own[i])
			}
		}
		lo = hi
	}
}

// equal merges a run of items of one format that say the same: into one if
// nobody can have heard it twice at that time, otherwise into as many as the
// file with the most has.
func (m *merger) equal(run []item) {
	keep := 1
	resolution := max(m.formats[run[0].rank].resolution, time.Second)
	if !run[0].scrobbles && time.Duration(run[0].played) <= resolution {
		for i := 0; i < len(run); {
			j := i + 1
			for j < len(run) && run[j].file == run[i].file {
				j++
			}
			keep = max(keep, j-i)
			i = j
		}
	}
	order := make([]*item, len(run))
	for i := range run {
		order[i] = &run[i]
	}
	slices.SortStableFunc(order, func(a, b *item) int { return content(*m.play(a), *m.play(b)) })
	for i, it := range order[keep:] {
		m.into(it, order[i%keep])
	}
}

// into merges it into winner, which takes over what it did not know.
func (m *merger) into(it, winner *item) {
	it.gone = true
	from, to := m.play(it), &m.play(winner).Track
	if to.ID == "" {
		to.ID = from.Track.ID
	}
	if to.ISRC == "" {
		to.ISRC = from.Track.ISRC
	}
	if to.Album == "" {
		to.Album = from.Track.Album
	}
}

// between merges items of one format into those kept of formats that say more,
// each of which takes at most one. Both are walked in order of time heard and
// time, or of time alone when a scrobble is among them.
func (m *merger) between(own []item) {
	rank, scrobbles := own[0].rank, own[0].scrobbles
	var kept, rest []*item
	for _, k := range m.kept {
		if scrobbles || !k.scrobbles {
			kept = append(kept, k)
		}
	}
	for i := range own {
		if !own[i].gone {
			rest = append(rest, &own[i])
		}
	}
	length := func(it *item) int64 {
		if scrobbles {
			return 0
		}
		return it.played
	}
	order := func(a, b *item) int {
		return cmp.Or(cmp.Compare(length(a), length(b)), cmp.Compare(a.start, b.start), content(*m.play(a), *m.play(b)))
	}
	slices.SortStableFunc(kept, order)
	slices.SortStableFunc(rest, order)
	early, late := m.window(rank, scrobbles)
	k := 0
	for _, it := range rest {
		for k < len(kept) && (length(kept[k]) < length(it) || length(kept[k]) == length(it) && kept[k].start < it.start-early) {
			k++
		}
		if k < len(kept) && length(kept[k]) == length(it) && kept[k].start <= it.start+late {
			m.into(it, kept[k])
			k++
		}
	}
}

// window returns how much earlier and later than an item of this format the
// kept record of the same play may be. The account export's minute is the
// extended export's time cut to the minute, or, in case it was rounded, up to
// half a minute after it.
func (m *merger) window(rank int32, scrobbles bool) (early, late int64) {
	switch {
	case scrobbles:
		return int64(sameStart), int64(sameStart)
	case m.formats[rank].resolution >= time.Minute:
		return int64(30 * time.Second), int64(time.Minute - 1)
	}
	return int64(2 * time.Second), int64(2 * time.Second)
}
