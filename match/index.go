package match

import (
	"context"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"segue"
	"segue/internal/parallel"
	"segue/internal/titles"
)

// An Index finds the rows of a catalogue by id, ISRC, artist and title. It
// holds 64-bit hashes of the keys and row numbers, about 20 bytes and for each of
// a track's artists 50 more, and looks the strings up in the catalogue; every hit
// is verified against them. It is immutable and safe for many goroutines.
type Index struct {
	catalog *segue.Catalog
	ids     table      // id
	isrcs   table      // ISRC
	titles  table      // artist, folded title
	plains  table      // artist, folded plain title, version
	artists table      // artist
	credits [][]string // by distinct artist string: its folded whole and parts
	length  []uint8    // runes of the folded plain title, at most 255
}

// NewIndex indexes a catalogue: O(tracks), about a microsecond a track. It
// keeps a reference to c. An empty catalogue gives an index that finds nothing.
func NewIndex(c *segue.Catalog) *Index {
	n := c.Len()
	x := &Index{catalog: c, length: make([]uint8, n)}
	x.credits = make([][]string, len(c.Artists.Values))
	ctx := context.Background()
	_ = parallel.Chunks(ctx, len(x.credits), buildChunk, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			x.credits[i] = artistKeys(c.Artists.Values[i])
		}
	})

	type keys struct{ ids, isrcs, titles, plains, artists []entry }
	parts := make([]keys, parallel.Count(n, buildChunk))
	_ = parallel.Chunks(ctx, n, buildChunk, func(p, lo, hi int) {
		k := &parts[p]
		for i := lo; i < hi; i++ {
			row := int32(i)
			if c.ID[i] != "" {
				k.ids = append(k.ids, entry{hash(c.ID[i]), row})
			}
			if c.ISRC != nil {
				if s := isrcKey(c.ISRC[i]); s != "" {
					k.isrcs = append(k.isrcs, entry{hash(s), row})
				}
			}
			title := titles.Fold(c.Title[i])
			if title == "" {
				continue
			}
			plain := title
			if p := titles.Plain(c.Title[i]); p != c.Title[i] {
				plain = titles.Fold(p)
			}
			version := titles.Version(c.Title[i])
			x.length[i] = uint8(min(255, utf8.RuneCountInString(plain)))
			first := len(k.artists)
			for _, v := range c.Artists.Indices(i) {
				for _, a := range x.credits[v] {
					e := entry{hash(a), row}
					if slices.Contains(k.artists[first:], e) {
						continue
					}
					k.artists = append(k.artists, e)
					k.titles = append(k.titles, entry{hash(a, title), row})
					k.plains = append(k.plains, entry{hash(a, plain, version), row})
				}
			}
		}
	})
	collect := func(of func(*keys) []entry) table {
		total := 0
		for i := range parts {
			total += len(of(&parts[i]))
		}
		all := make([]entry, 0, total)
		for i := range parts {
			all = append(all, of(&parts[i])...)
		}
		return newTable(all)
	}
	x.ids = collect(func(k *keys) []entry { return k.ids })
	x.isrcs = collect(func(k *keys) []entry { return k.isrcs })
	x.titles = collect(func(k *keys) []entry { return k.titles })
	x.plains = collect(func(k *keys) []entry { return k.plains })
	x.artists = collect(func(k *keys) []entry { return k.artists })
	return x
}

// buildChunk is how many rows a goroutine indexes at a time.
const buildChunk = 4096

// artistKeys returns the folded names under which a credit can be found: the
// whole, then its parts.
func artistKeys(credit string) []string {
	whole := titles.Fold(credit)
	if whole == "" {
		return nil
	}
	keys := []string{whole}
	for _, part := range titles.SplitArtists(credit) {
		if k := titles.Fold(part); k != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// isrcKey writes an ISRC without hyphens, in capitals.
func isrcKey(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(s))
}

// byID returns the rows of the reference's id, or else of its ISRC.
func (x *Index) byID(t segue.TrackRef) []int32 {
	c := x.catalog
	if id := strings.TrimPrefix(t.ID, "spotify:track:"); id != "" {
		if rows := x.ids.find(hash(id), func(r int32) bool { return c.ID[r] == id }); len(rows) > 0 {
			return rows
		}
	}
	if isrc := isrcKey(t.ISRC); isrc != "" {
		return x.isrcs.find(hash(isrc), func(r int32) bool { return isrcKey(c.ISRC[r]) == isrc })
	}
	return nil
}

// byTitle returns the rows of a folded artist and title.
func (x *Index) byTitle(artist, title string) []int32 {
	return x.mainFirst(artist, x.titles.find(hash(artist, title), func(r int32) bool {
		return titles.Fold(x.catalog.Title[r]) == title && x.creditedTo(r, artist)
	}))
}

// byPlain returns the rows of a folded artist, plain title and version.
func (x *Index) byPlain(artist, plain, version string) []int32 {
	return x.mainFirst(artist, x.plains.find(hash(artist, plain, version), func(r int32) bool {
		t := x.catalog.Title[r]
		return titles.Version(t) == version && titles.Fold(titles.Plain(t)) == plain && x.creditedTo(r, artist)
	}))
}

// ofAlbum returns those of rows whose album folds to album; none if it is "".
func (x *Index) ofAlbum(rows []int32, album string) []int32 {
	var same []int32
	for _, r := range rows {
		if album != "" && titles.Fold(x.catalog.Album[r]) == album {
			same = append(same, r)
		}
	}
	return same
}

// creditedTo reports whether one of the row's artists has the folded name.
func (x *Index) creditedTo(row int32, artist string) bool {
	for _, v := range x.catalog.Artists.Indices(int(row)) {
		if slices.Contains(x.credits[v], artist) {
			return true
		}
	}
	return false
}

// mainFirst keeps the rows on which the artist is the main one, if there are
// any: exports name the main artist.
func (x *Index) mainFirst(artist string, rows []int32) []int32 {
	if len(rows) < 2 {
		return rows
	}
	var main []int32
	for _, r := range rows {
		if ix := x.catalog.Artists.Indices(int(r)); len(ix) > 0 && x.credits[ix[0]][0] == artist {
			main = append(main, r)
		}
	}
	if len(main) > 0 {
		return main
	}
	return rows
}

func (x *Index) popularity(row int32) int8 {
	if x.catalog.Popularity == nil {
		return -1
	}
	return x.catalog.Popularity[row]
}

// recording returns the row's group of reissues.
func (x *Index) recording(row int32) int32 {
	if x.catalog.Recording == nil {
		return row
	}
	return x.catalog.Recording[row]
}

// entry is a key's hash and a row that has it.
type entry struct {
	hash uint64
	row  int32
}

// table is a multimap from hash to rows: entries in buckets of the hash's
// leading bits, two to four a bucket.
type table struct {
	shift  uint
	start  []int32 // bucket b is [start[b], start[b+1])
	hashes []uint64
	rows   []int32
}

// newTable puts entries into buckets by counting, keeping their order; O(n).
func newTable(entries []entry) table {
	width := bits.Len(uint(len(entries) / 2))
	t := table{
		shift:  uint(64 - width),
		start:  make([]int32, 1<<width+1),
		hashes: make([]uint64, len(entries)),
		rows:   make([]int32, len(entries)),
	}
	for _, e := range entries {
		t.start[t.bucket(e.hash)+1]++
	}
	for b := 1; b < len(t.start); b++ {
		t.start[b] += t.start[b-1]
	}
	next := slices.Clone(t.start)
	for _, e := range entries {
		b := t.bucket(e.hash)
		t.hashes[next[b]], t.rows[next[b]] = e.hash, e.row
		next[b]++
	}
	return t
}

// bucket returns the hash's bucket; a shift by 64, of an empty table, gives 0.
func (t table) bucket(h uint64) uint64 { return h >> t.shift }

// find returns the rows of a hash that verify accepts, in order of row.
func (t table) find(h uint64, verify func(row int32) bool) []int32 {
	b := t.bucket(h)
	var rows []int32
	for i := t.start[b]; i < t.start[b+1]; i++ {
		if t.hashes[i] == h && verify(t.rows[i]) {
			rows = append(rows, t.rows[i])
		}
	}
	return rows
}

// hash is 64-bit FNV-1a over the parts, each ended by a byte that no UTF-8 text
// holds, with a final mix because buckets take the leading bits.
func hash(parts ...string) uint64 {
	h := uint64(14695981039346656037)
	for _, s := range parts {
		for i := 0; i < len(s); i++ {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	return h
}
