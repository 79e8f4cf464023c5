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

// A part is what one file gave, or what was known before.
type part struct {
	rank  int // of its format: lower says more
	plays []segue.Play

	// ranks holds a rank for each play of the part that was known before, whose
	// files are gone; nil for a file's.
	ranks []int32
}

// known reports whether the part was there before the files.
func (p part) known() bool { return p.ranks != nil }

// An item is a play under comparison. Times are nanoseconds
// since 1970.
type item struct {
	file, row, rank int32
	scrobbles       bool
	played          int64 // 0 for items without a known time heard, so that they compare equal
	at              int64 // end of the play; for items of scrobbling formats the start
	start           int64
}

// A merged is what merge makes of parts.
type merged struct {
	plays      []segue.Play // one for each that was made, in order of time
	of         []origin     // of each play
	duplicates []int        // of each part: rows that another row, or a play known before, already has
}

// An origin says where the records of a play stood.
type origin uint8

const (
	fromFile origin = 1 << iota
	fromKnown
)

// merge returns the plays of all parts. It takes O(n log n). The parts' plays
// take over what their duplicates knew.
//
// Plays that ended at one time, as an export's minute has many, stay in the order
// of their file: that is the order in which they were heard, and where a pause
// lies between them depends on it.
func merge(parts []part) merged {
	items, groups := number(parts)
	all, _ := precedence()
	m := &merger{parts: parts, formats: all, gone: make([][]bool, len(parts)), of: make([][]origin, len(parts)), places: places(parts)}
	for i, p := range parts {
		m.gone[i], m.of[i] = make([]bool, len(p.plays)), make([]origin, len(p.plays))
		from := fromFile
		if p.known() {
			from, m.knows = fromKnown, true
		}
		for r := range m.of[i] {
			m.of[i][r] = from
		}
	}
	lo := int32(0)
	for _, hi := range groups {
		if hi > lo+1 {
			if m.knows {
				m.recognise(items[lo:hi])
			}
			m.group(items[lo:hi])
		}
		lo = hi
	}
	return m.survivors()
}

// survivors collects the plays that are left, in order.
func (m *merger) survivors() (out merged) {
	type key struct {
		end, place int64
		file, row  int32
	}
	out.duplicates = make([]int, len(m.parts))
	var keys []key
	for f, p := range m.parts {
		keys = slices.Grow(keys, len(p.plays))
		for r := range p.plays {
			if m.gone[f][r] {
				out.duplicates[f]++
				continue
			}
			if !p.known() && m.of[f][r]&fromKnown != 0 {
				out.duplicates[f]++ // the row says more than what was known, but of a play that was
			}
			keys = append(keys, key{p.plays[r].EndedAt.UnixNano(), m.places[f][r], int32(f), int32(r)})
		}
	}
	// Rows come in order of time, mostly; what sorts them should profit.
	slices.SortFunc(keys, func(a, b key) int {
		if c := cmp.Compare(a.end, b.end); c != 0 {
			return c
		}
		return cmp.Compare(a.place, b.place)
	})
	out.plays, out.of = make([]segue.Play, len(keys)), make([]origin, len(keys))
	for i, k := range keys {
		out.plays[i], out.of[i] = m.parts[k.file].plays[k.row], m.of[k.file][k.row]
	}
	return out
}

// places returns where each play stands, by file and row: files in an order that
// depends on what they hold and not on how they were named, rows as written, or
// from the last to the first where a file begins with the latest.
func places(parts []part) [][]int64 {
	order := make([]int, len(parts))
	for f := range order {
		order[f] = f
	}
	slices.SortFunc(order, func(a, b int) int {
		p, q := parts[a], parts[b]
		return cmp.Or(cmp.Compare(p.rank, q.rank), slices.CompareFunc(p.plays, q.plays, func(a, b segue.Play) int {
			return cmp.Or(a.EndedAt.Compare(b.EndedAt), byContent(&a, &b))
		}), cmp.Compare(a, b))
	})
	out := make([][]int64, len(parts))
	for place, f := range order {
		plays := parts[f].plays
		steps := 0 // forward less backward
		for r := 1; r < len(plays); r++ {
			steps += plays[r].EndedAt.Compare(plays[r-1].EndedAt)
		}
		out[f] = make([]int64, len(plays))
		for r := range plays {
			row := r
			if steps < 0 {
				row = len(plays) - 1 - r
			}
			out[f][r] = int64(place)<<32 | int64(row)
		}
	}
	return out
}

// number makes items of all plays, those of one artist and title, folded, side
// by side; groups holds where each such group ends.
func number(parts []part) (items []item, groups []int32) {
	folded, raw := map[string]uint32{}, map[string]uint32{}
	id := func(s string) uint32 {
		n, ok := raw[s]
		if !ok {
			f := titles.Fold(s)
			if n, ok = folded[f]; !ok {
				n = uint32(len(folded))
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
	group := make([]int32, 0, total) // of each play, in order
	seen := map[uint64]int32{}
	for _, part := range parts {
		for i := range part.plays {
			track := &part.plays[i].Track
			names := uint64(id(track.Artist))<<32 | uint64(id(track.Title))
			g, ok := seen[names]
			if !ok {
				g = int32(len(groups))
				seen[names] = g
				groups = append(groups, 0)
			}
			groups[g]++
			group = append(group, g)
		}
	}
	from := int32(0)
	for g, n := range groups { // counts to starts
		groups[g] = from
		from += n
	}
	items = make([]item, total)
	all, precedes := precedence()
	i := 0
	for f, part := range parts {
		rank := precedes(part.rank)
		for r := range part.plays {
			if part.known() {
				rank = part.ranks[r]
			}
			items[groups[group[i]]] = newItem(f, r, rank, all[rank].scrobbles, &part.plays[r])
			groups[group[i]]++ // starts to ends
			i++
		}
	}
	return items, groups
}

func newItem(file, row int, rank int32, scrobbles bool, p *segue.Play) item {
	end := p.EndedAt.UnixNano()
	it := item{file: int32(file), row: int32(row), rank: rank, scrobbles: scrobbles, at: end, start: end - int64(p.Played)}
	if scrobbles {
		it.at = it.start
	} else {
		it.played = int64(p.Played)
	}
	return it
}

// byContent orders plays by what they say, whenever they ended.
func byContent(a, b *segue.Play) int {
	if c := strings.Compare(a.Track.Artist, b.Track.Artist); c != 0 {
		return c
	}
	if c := strings.Compare(a.Track.Title, b.Track.Title); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Played, b.Played), content(a, b))
}

// content orders records of one play by how much they say, most first, then by
// what.
func content(a, b *segue.Play) int {
	says := func(p *segue.Play) int {
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
	knows   bool       // one part was known before
	gone    [][]bool   // by file and row: merged into another
	of      [][]origin // by file and row: of all records of a play that were merged into it
	places  [][]int64  // by file and row: order among plays that ended at one time; of a merged play, its first record's
	kept    []*item    // of the group at hand, of formats already done
}

func (m *merger) play(it *item) *segue.Play { return &m.parts[it.file].plays[it.row] }

func (m *merger) isGone(it *item) bool { return m.gone[it.file][it.row] }

// group works through the items of one artist and title, format by format.
func (m *merger) group(items []item) {
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.played, b.played), cmp.Compare(a.at, b.at), cmp.Compare(a.file, b.file), cmp.Compare(a.row, b.row))
	})
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
			if !m.isGone(&own[i]) {
				m.kept = append(m.kept, &own[i])
			}
		}
		lo = hi
	}
}

// equal merges a run of items of one format that say the same, sorted by file:
// into the one that says most if nobody can have heard it twice at that time;
// otherwise the items of the file that has the most stay, and those of other
// files are merged into them one by one.
func (m *merger) equal(run []item) {
	byContent := func(a, b *item) int { return content(m.play(a), m.play(b)) }
	var files [][]*item
	for i := range run {
		if i == 0 || run[i].file != run[i-1].file {
			files = append(files, nil)
		}
		last := &files[len(files)-1]
		*last = append(*last, &run[i])
	}
	resolution := max(m.formats[run[0].rank].resolution, time.Second)
	if run[0].scrobbles || time.Duration(run[0].played) > resolution {
		if m.knows && m.intoKnown(run) {
			return
		}
		files = [][]*item{slices.Concat(files...)}
		slices.SortStableFunc(files[0], byContent)
		for _, it := range files[0][1:] {
			m.into(it, files[0][0])
		}
		return
	}
	for _, items := range files {
		slices.SortStableFunc(items, byContent)
	}
	slices.SortStableFunc(files, func(a, b []*item) int {
		return cmp.Or(-cmp.Compare(len(a), len(b)), slices.CompareFunc(a, b, byContent))
	})
	for _, items := range files[1:] {
		for i, it := range items {
			m.into(it, files[0][i])
		}
	}
}

// intoKnown merges a run that says the same into the first of its plays known
// before, if there are several: they are several plays, and stay.
func (m *merger) intoKnown(run []item) bool {
	first, several := -1, false
	for i := range run {
		if m.parts[run[i].file].known() {
			several = first >= 0
			if first < 0 {
				first = i
			}
		}
	}
	for i := range run {
		if several && !m.parts[run[i].file].known() {
			m.into(&run[i], &run[first])
		}
	}
	return several
}

// into merges it into winner, which takes over what it did not know.
func (m *merger) into(it, winner *item) {
	m.gone[it.file][it.row] = true
	m.of[winner.file][winner.row] |= m.of[it.file][it.row]
	place := &m.places[winner.file][winner.row]
	*place = min(*place, m.places[it.file][it.row])
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
		if !m.isGone(&own[i]) {
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
		return cmp.Or(cmp.Compare(length(a), length(b)), cmp.Compare(a.start, b.start), content(m.play(a), m.play(b)))
	}
	slices.SortStableFunc(kept, order)
	slices.SortStableFunc(rest, order)
	early, late := m.window(rank, scrobbles)
	pair := func(rest, kept []*item) (free []*item) {
		k := 0
		for _, it := range rest {
			for k < len(kept) && (length(kept[k]) < length(it) || length(kept[k]) == length(it) && kept[k].start < it.start-early) {
				free = append(free, kept[k])
				k++
			}
			if k < len(kept) && length(kept[k]) == length(it) && kept[k].start <= it.start+late {
				m.into(it, kept[k])
				k++
			}
		}
		return append(free, kept[k:]...)
	}
	if !m.knows {
		pair(rest, kept)
		return
	}
	// Two plays known before were compared when they became known, and are two.
	wasKnown := func(it *item) bool { return m.of[it.file][it.row]&fromKnown != 0 }
	var known, fresh []*item
	for _, it := range rest {
		if wasKnown(it) {
			known = append(known, it)
		} else {
			fresh = append(fresh, it)
		}
	}
	pair(known, slices.DeleteFunc(pair(fresh, kept), wasKnown))
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
