package catalog

import (
	"hash/maphash"
	"math"
	"slices"
	"strings"

	"segue"
)

// maxTracks is how many rows a catalogue's int32 row numbers can count, with
// room for lists of several strings a row.
const maxTracks = math.MaxInt32 / 8

// A merger takes batches in the order of the files and builds the catalogue.
type merger struct {
	c       *segue.Catalog
	report  *Report
	ids     index
	artists cells
	genres  cells

	// The genres of a track are a linked list, because duplicates anywhere
	// in the files add to it.
	genreHead, genreTail []int32 // into genreLinks, -1 for none
	genreLinks           []genreLink

	fresh []int32   // reused by add
	lists [][]int32 // reused by add
}

type genreLink struct{ genre, next int32 }

func newMerger(seed maphash.Seed, splitArtists func(string) []string) *merger {
	return &merger{
		c:       &segue.Catalog{Artists: segue.Lists{Offset: []int32{0}}},
		report:  &Report{Dropped: map[string]int{}, Missing: map[string]int{}},
		artists: cells{names: nameSet{seed: seed}, split: splitArtists},
		genres:  cells{names: nameSet{seed: seed}, split: splitGenres},
	}
}

// ahead is how many rows' places in the indexes are read before they are asked
// for. (d)
const ahead = 64

// add merges the batch, whose first row has rowsBefore rows of the file before it.
func (m *merger) add(file *FileReport, b *batch, rowsBefore int) {
	m.report.count(file, b, rowsBefore)
	text, artists := string(b.text), string(b.artists.text)
	m.lists = m.lists[:0]
	for k, hash := range b.genres.hash {
		m.lists = append(m.lists, m.genres.list(hash, string(b.genres.at(k))))
	}
	c := m.c
	fresh := m.fresh[:0] // rows of the batch that are new tracks
	for i := range b.kept {
		if i%ahead == 0 {
			end := min(i+ahead, b.kept)
			m.ids.touch(b.idHash[i:end], c.ID)
			lo, _ := b.artistsOf(i)
			m.artists.names.byName.touch(b.artists.hash[lo:b.artistEnd[end-1]], m.artists.names.values)
		}
		id := b.in(text, i, 0)
		known, slot := m.ids.findKey(b.idHash[i], c.ID, id)
		if known >= 0 {
			m.addGenres(known, m.lists[b.genre[i]])
			file.Duplicates++
			if m.differs(int(known), len(c.DurationMS), fresh, b, i) {
				m.report.Conflicts++
			}
			continue
		}
		row := int32(len(c.ID))
		m.ids.insert(slot, b.idHash[i], row)
		fresh = append(fresh, int32(i))
		c.ID = append(c.ID, id)
		m.addArtists(b, artists, i)
		m.genreHead = append(m.genreHead, -1)
		m.genreTail = append(m.genreTail, -1)
		m.addGenres(row, m.lists[b.genre[i]])
	}
	file.Tracks += len(fresh)
	m.addColumns(b, text, fresh)
	m.fresh = fresh
}

// addArtists appends the artists of row i of b, whose names are parts of text.
func (m *merger) addArtists(b *batch, text string, i int) {
	l := &m.c.Artists
	start := len(l.Index)
	lo, hi := b.artistsOf(i)
	for k := lo; k < hi; k++ {
		from, to := b.artists.span(int(k))
		if b.whole[i] {
			l.Index = append(l.Index, m.artists.list(b.artists.hash[k], text[from:to])...)
		} else if n := m.artists.names.number(b.artists.hash[k], text[from:to]); !slices.Contains(l.Index[start:], n) {
			l.Index = append(l.Index, n)
		}
	}
	l.Offset = append(l.Offset, int32(len(l.Index)))
}

// addColumns appends the fresh rows of b to the columns that hold one value a
// track, column by column.
func (m *merger) addColumns(b *batch, text string, fresh []int32) {
	c := m.c
	for _, i := range fresh {
		c.Title = append(c.Title, b.in(text, int(i), 1))
		c.Album = append(c.Album, b.in(text, int(i), 2))
		isrc := b.in(text, int(i), 3)
		if isrc != "" && c.ISRC == nil {
			c.ISRC = make([]string, len(c.Title)-1, cap(c.Title))
		}
		if c.ISRC != nil {
			c.ISRC = append(c.ISRC, isrc)
		}
	}
	c.DurationMS = gather(c.DurationMS, b.duration, fresh)
	c.Popularity = gather(c.Popularity, b.popularity, fresh)
	c.Explicit = gather(c.Explicit, b.explicit, fresh)
	for f := range c.Feature {
		c.Feature[f] = gather(c.Feature[f], b.feature[f], fresh)
	}
}

// gather appends the chosen values of column to dst.
func gather[T any](dst, column []T, chosen []int32) []T {
	for _, i := range chosen {
		dst = append(dst, column[i])
	}
	return dst
}

// differs reports whether row i of b has another value of a feature than track
// known has. The tracks from done on are fresh rows of b.
func (m *merger) differs(known, done int, fresh []int32, b *batch, i int) bool {
	for f := range m.c.Feature {
		first := float32(0)
		if known < done {
			first = m.c.Feature[f][known]
		} else {
			first = b.feature[f][fresh[known-done]]
		}
		// Missing values are all the same NaN, so bits tell.
		if math.Float32bits(first) != math.Float32bits(b.feature[f][i]) {
			return true
		}
	}
	return false
}

// addGenres adds those genres to the track that it does not have.
func (m *merger) addGenres(row int32, genres []int32) {
next:
	for _, g := range genres {
		for l := m.genreHead[row]; l >= 0; l = m.genreLinks[l].next {
			if m.genreLinks[l].genre == g {
				continue next
			}
		}
		link := int32(len(m.genreLinks))
		m.genreLinks = append(m.genreLinks, genreLink{g, -1})
		if tail := m.genreTail[row]; tail >= 0 {
			m.genreLinks[tail].next = link
		} else {
			m.genreHead[row] = link
		}
		m.genreTail[row] = link
	}
}

// tracks returns how many tracks the catalogue has so far.
func (m *merger) tracks() int { return m.c.Len() }

// reserve makes room for that many tracks in all.
func (m *merger) reserve(tracks int) {
	c := m.c
	more := tracks - len(c.ID)
	if more <= 0 {
		return
	}
	m.ids.reserve(tracks)
	c.ID = grow(c.ID, more)
	c.Title = grow(c.Title, more)
	c.Album = grow(c.Album, more)
	c.Artists.Index = grow(c.Artists.Index, more+more/3)
	c.Artists.Offset = grow(c.Artists.Offset, more)
	c.DurationMS = grow(c.DurationMS, more)
	c.Popularity = grow(c.Popularity, more)
	c.Explicit = grow(c.Explicit, more)
	for f := range c.Feature {
		c.Feature[f] = grow(c.Feature[f], more)
	}
	m.genreHead = grow(m.genreHead, more)
	m.genreTail = grow(m.genreTail, more)
	m.genreLinks = grow(m.genreLinks, more)
}

// grow is slices.Grow without its rounding up to twice the size.
func grow[T any](s []T, more int) []T {
	if cap(s)-len(s) >= more {
		return s
	}
	out := make([]T, len(s), len(s)+more)
	copy(out, s)
	return out
}

// finish completes the catalogue but for its recordings and its version.
func (m *merger) finish() *segue.Catalog {
	c := m.c
	c.Artists.Values = m.artists.names.values
	c.Genres = m.genreLists()
	m.report.Tracks = c.Len()
	for i := range m.report.Files {
		m.report.Duplicates += m.report.Files[i].Duplicates
	}
	for f := range c.Feature {
		n := 0
		for _, v := range c.Feature[f] {
			if v != v {
				n++
			}
		}
		m.report.Missing[segue.Feature(f).String()] = n
	}
	return c
}

// genreLists lays the linked lists out, genres numbered in the order in which
// the laid-out lists first name them: the order must not tell where in the
// files a duplicate stood, or the table read back would differ.
func (m *merger) genreLists() segue.Lists {
	number := make([]int32, len(m.genres.names.values))
	for i := range number {
		number[i] = -1
	}
	l := segue.Lists{
		Index:  make([]int32, 0, len(m.genreLinks)),
		Offset: make([]int32, 1, len(m.genreHead)+1),
	}
	for _, at := range m.genreHead {
		for ; at >= 0; at = m.genreLinks[at].next {
			g := m.genreLinks[at].genre
			if number[g] < 0 {
				number[g] = int32(len(l.Values))
				l.Values = append(l.Values, m.genres.names.values[g])
			}
			l.Index = append(l.Index, number[g])
		}
		l.Offset = append(l.Offset, int32(len(l.Index)))
	}
	return l
}

// cells turns the cells of a column of lists into numbers of strings, and
// splits each distinct cell once.
type cells struct {
	split  func(string) []string
	byCell index
	texts  []string   // distinct cells
	lists  [][2]int32 // their lists, as ranges of flat
	flat   []int32
	names  nameSet
}

// list returns the numbers of the cell's strings.
func (t *cells) list(hash uint64, cell string) []int32 {
	known, slot := t.byCell.findKey(hash, t.texts, cell)
	if known < 0 {
		known = int32(len(t.texts))
		t.byCell.insert(slot, hash, known)
		t.texts = append(t.texts, strings.Clone(cell)) // not to hold on to the block
		start := int32(len(t.flat))
		for _, name := range splitCell(cell, t.split) {
			t.flat = append(t.flat, t.names.number(maphash.String(t.names.seed, name), name))
		}
		t.lists = append(t.lists, [2]int32{start, int32(len(t.flat))})
	}
	at := t.lists[known]
	return t.flat[at[0]:at[1]]
}

// A nameSet numbers distinct strings.
type nameSet struct {
	seed   maphash.Seed
	byName index
	values []string // in order of first sight
	kept   strings.Builder
}

// nameBlock is how many bytes of names are kept in one piece of memory. (d)
const nameBlock = 64 << 10

// number returns the number of name, a new one if it has none.
func (t *nameSet) number(hash uint64, name string) int32 {
	n, slot := t.byName.findKey(hash, t.values, name)
	if n < 0 {
		n = int32(len(t.values))
		t.byName.insert(slot, hash, n)
		t.values = append(t.values, t.keep(name))
	}
	return n
}

// keep returns a copy of name that shares its memory with other names, and not
// with the block it was read in.
func (t *nameSet) keep(name string) string {
	if t.kept.Cap()-t.kept.Len() < len(name) {
		t.kept.Reset() // the names in it stay what they are
		t.kept.Grow(max(nameBlock, len(name)))
	}
	start := t.kept.Len()
	t.kept.WriteString(name)
	return t.kept.String()[start:]
}
