package catalog

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"math"
	"unicode/utf8"

	"segue"
	"segue/internal/table"
)

// reason says why a row was dropped.
type reason int

const (
	brokenQuotes reason = iota
	wrongFields
	noTitle
	noArtist
	noFeatures
	numReasons = int(iota)
)

// A row is what a file says of one track, before it is checked for what every
// row needs.
type row struct {
	text       [numTexts][]byte // by role; trimmed, any encoding
	duration   int32            // milliseconds, 0 unknown
	popularity int8             // −1 unknown
	explicit   segue.Tristate
	features   segue.Features
}

// A batch holds the kept rows of one block by column, and what is to be said
// of the others. It is filled by one goroutine, merged by another and filled
// again.
type batch struct {
	layout *layout
	file   string
	seed   maphash.Seed
	commas bool // a comma may be a decimal point
	utf8   bool // the block is known to be UTF-8

	rows    int // rows read
	kept    int // rows kept: the length of the columns
	lines   int // records and blank lines read
	dropped [numReasons]int
	bad     int // bad values
	recoded int // texts that were not UTF-8
	notes   []segue.InputError

	// Of kept row i, id, title, album and ISRC are text[textEnd[4i−1]:textEnd[4i]]
	// and so on.
	text    []byte
	textEnd []uint32
	idHash  []uint64

	// The artists of kept row i are pieces artistEnd[i−1] to artistEnd[i]: its
	// names, or, if whole[i], one cell that is still to be split.
	artists   pieces
	artistEnd []uint32
	whole     []bool

	// The genres of kept row i are cell genre[i] of genres, which holds each
	// distinct cell of the block once: there are few, and merging is then cheap.
	genres  pieces
	byGenre index
	genre   []int32

	duration   []int32
	popularity []int8
	explicit   []segue.Tristate
	feature    [segue.NumFeatures][]float32

	err error // the block cannot be read on

	limits [segue.NumFeatures]limit
}

// A limit is what segue.Feature says of a feature's values, at hand for every
// cell.
type limit struct {
	lo, hi             float64
	zeroMissing, whole bool
}

// newBatch returns an empty batch for a file.
func newBatch(l *layout, file string, seed maphash.Seed, commas bool) *batch {
	b := &batch{layout: l, file: file, seed: seed, commas: commas}
	for f := range b.limits {
		g := segue.Feature(f)
		lo, hi := g.Interval()
		b.limits[f] = limit{lo, hi, g.ZeroIsMissing(), g.Whole()}
	}
	return b
}

// reset empties the batch for the next block.
func (b *batch) reset() {
	b.rows, b.kept, b.lines, b.bad, b.recoded = 0, 0, 0, 0, 0
	b.dropped = [numReasons]int{}
	b.notes = nil
	b.text, b.textEnd, b.idHash = b.text[:0], b.textEnd[:0], b.idHash[:0]
	b.artists.reset()
	b.artistEnd, b.whole = b.artistEnd[:0], b.whole[:0]
	b.genres.reset()
	b.byGenre.reset()
	b.genre = b.genre[:0]
	b.duration, b.popularity, b.explicit = b.duration[:0], b.popularity[:0], b.explicit[:0]
	for f := range b.feature {
		b.feature[f] = b.feature[f][:0]
	}
	b.err = nil
}

// note keeps a problem of the row read last for the report, if it is among
// the first of the batch.
func (b *batch) note(column, problem string) {
	if len(b.notes) < MaxProblems {
		b.notes = append(b.notes, segue.InputError{File: b.file, Row: b.lines, Column: column, Problem: problem})
	}
}

// drop counts the row read last as dropped.
func (b *batch) drop(why reason) { b.dropped[why]++ }

// badValue counts a value that is treated as missing.
func (b *batch) badValue(r role, why string, value any) {
	b.bad++
	if len(b.notes) < MaxProblems {
		b.note(b.layout.column(r), fmt.Sprintf("%.60q is %s", fmt.Sprint(value), why))
	}
}

// splitRow reads a row from the fields of a record. It returns false if the
// row was dropped.
func (b *batch) splitRow(fields [][]byte, r *row) bool {
	for i := range r.text {
		if at := b.layout.at[i]; at >= 0 {
			r.text[i] = table.Trimmed(fields[at])
		} else {
			r.text[i] = nil
		}
	}
	if !b.named(r) {
		return false
	}
	r.duration, r.popularity, r.explicit = 0, -1, segue.Unknown
	if at := b.layout.at[roleDuration]; at >= 0 {
		if v, _, ok := b.number(roleDuration, table.Trimmed(fields[at])); ok {
			r.duration = b.checkDuration(v)
		}
	}
	if at := b.layout.at[rolePopularity]; at >= 0 {
		if v, _, ok := b.number(rolePopularity, table.Trimmed(fields[at])); ok {
			r.popularity = b.checkPopularity(v)
		}
	}
	if at := b.layout.at[roleExplicit]; at >= 0 {
		r.explicit = b.tristate(table.Trimmed(fields[at]))
	}
	for f := range r.features {
		at := b.layout.at[int(roleFeature)+f]
		if at < 0 {
			r.features[f] = missing()
			continue
		}
		v, text, ok := b.number(roleFeature+role(f), table.Trimmed(fields[at]))
		if ok {
			ok = b.checkFeature(segue.Feature(f), v)
		}
		if ok {
			r.features[f] = table.Narrow(v, text)
		} else {
			r.features[f] = missing()
		}
	}
	return true
}

// missing is the value of a missing feature: always the same NaN.
func missing() float32 { return math.Float32frombits(0x7fc00000) }

// named reports whether the row has a title and an artist, and drops it if
// not.
func (b *batch) named(r *row) bool {
	switch {
	case len(r.text[roleTitle]) == 0:
		b.drop(noTitle)
	case len(bytes.Trim(r.text[roleArtists], " ;,|[]\x1f")) == 0:
		b.drop(noArtist)
	default:
		return true
	}
	return false
}

// number parses the cell of r. An empty cell is not ok, silently; one that is
// no finite number is not ok, and noted.
func (b *batch) number(r role, s []byte) (v float64, text []byte, ok bool) {
	if len(s) == 0 {
		return 0, nil, false
	}
	v, text, ok = table.ParseDecimal(s, b.commas)
	if !ok || v-v != 0 { // NaN, for NaN and the infinities
		b.badValue(r, "not a finite number", string(s))
		return 0, nil, false
	}
	return v, text, true
}

// checkFeature reports whether v may be a value of f. See the package comment.
func (b *batch) checkFeature(f segue.Feature, v float64) bool {
	l := &b.limits[f]
	if v == 0 && l.zeroMissing || v == -1 && f == segue.Key {
		return false
	}
	if !(v >= l.lo && v <= l.hi) {
		b.badValue(roleFeature+role(f), fmt.Sprintf("outside [%g, %g]", l.lo, l.hi), v)
		return false
	}
	if l.whole && v != math.Trunc(v) {
		b.badValue(roleFeature+role(f), "not a whole number", v)
		return false
	}
	return true
}

// maxDurationMS is the length above which a track's length is no length: 24 h. (d)
const maxDurationMS = 24 * 60 * 60 * 1000

// checkDuration returns v in whole milliseconds, 0 if v may not be a length.
func (b *batch) checkDuration(v float64) int32 {
	if v < 0 || v > maxDurationMS {
		b.badValue(roleDuration, "outside 0 to 24 hours in milliseconds", v)
		return 0
	}
	return int32(math.Round(v))
}

// checkPopularity returns v, −1 if it may not be a popularity.
func (b *batch) checkPopularity(v float64) int8 {
	if v < 0 || v > 100 {
		b.badValue(rolePopularity, "outside [0, 100]", v)
		return -1
	}
	return int8(math.Round(v))
}

// tristate reads a yes-or-no cell.
func (b *batch) tristate(s []byte) segue.Tristate {
	switch string(s) {
	case "":
		return segue.Unknown
	case "False", "false", "FALSE", "0", "f", "0.0":
		return segue.No
	case "True", "true", "TRUE", "1", "t", "1.0":
		return segue.Yes
	}
	b.badValue(roleExplicit, "neither True nor False", string(s))
	return segue.Unknown
}

// add checks that r has a feature and appends it to the columns.
func (b *batch) add(r *row) {
	known := 0
	for f := range r.features {
		if r.features.Has(segue.Feature(f)) {
			known++
		}
	}
	if known == 0 {
		b.drop(noFeatures)
		return
	}
	for i := range r.text {
		if !b.utf8 && !utf8.Valid(r.text[i]) {
			r.text[i] = table.ToUTF8(r.text[i])
			b.recoded++
		}
	}
	start := len(b.text)
	if id := trackID(r.text[roleID]); len(id) > 0 {
		b.text = append(b.text, id...)
	} else {
		b.text = appendMadeID(b.text, r)
	}
	b.idHash = append(b.idHash, maphash.Bytes(b.seed, b.text[start:]))
	b.textEnd = append(b.textEnd, uint32(len(b.text)))
	for _, t := range [...]role{roleTitle, roleAlbum, roleISRC} {
		b.text = append(b.text, r.text[t]...)
		b.textEnd = append(b.textEnd, uint32(len(b.text)))
	}
	b.addArtists(r.text[roleArtists])
	b.addGenres(r.text[roleGenres])
	b.duration = append(b.duration, r.duration)
	b.popularity = append(b.popularity, r.popularity)
	b.explicit = append(b.explicit, r.explicit)
	for f, v := range r.features {
		b.feature[f] = append(b.feature[f], v)
	}
	b.kept++
}

// in returns id, title, album or ISRC (k = 0 … 3) of row i, as a part of text,
// which is b.text as a string.
func (b *batch) in(text string, i, k int) string {
	k += 4 * i
	start := uint32(0)
	if k > 0 {
		start = b.textEnd[k-1]
	}
	return text[start:b.textEnd[k]]
}

// addArtists appends a cell of artists. If the column is exact, semicolons and
// nothing else part the names, unless the cell says itself what its elements
// are, and the names are found here, on all processors.
func (b *batch) addArtists(cell []byte) {
	whole := !b.layout.exact || cell[0] == '[' || bytes.IndexByte(cell, listMark) >= 0
	if whole {
		b.artists.add(cell, maphash.Bytes(b.seed, cell))
	}
	for more := !whole; more; {
		var name []byte
		name, cell, more = bytes.Cut(cell, semicolon)
		if name = table.Trimmed(name); len(name) > 0 {
			b.artists.add(name, maphash.Bytes(b.seed, name))
		}
	}
	b.whole = append(b.whole, whole)
	b.artistEnd = append(b.artistEnd, uint32(len(b.artists.end)))
}

var semicolon = []byte(";")

// addGenres appends a cell of genres.
func (b *batch) addGenres(cell []byte) {
	hash := maphash.Bytes(b.seed, cell)
	known, slot := b.byGenre.find(hash, func(i int32) bool { return bytes.Equal(b.genres.at(int(i)), cell) })
	if known < 0 {
		known = int32(len(b.genres.end))
		b.byGenre.insert(slot, hash, known)
		b.genres.add(cell, hash)
	}
	b.genre = append(b.genre, known)
}

// artistsOf returns which pieces of artists row i has, from lo to below hi.
func (b *batch) artistsOf(i int) (lo, hi uint32) {
	if i > 0 {
		lo = b.artistEnd[i-1]
	}
	return lo, b.artistEnd[i]
}

// pieces are texts laid end to end, and their hashes.
type pieces struct {
	text []byte
	end  []uint32
	hash []uint64
}

func (p *pieces) reset() { p.text, p.end, p.hash = p.text[:0], p.end[:0], p.hash[:0] }

func (p *pieces) add(s []byte, hash uint64) {
	p.text = append(p.text, s...)
	p.end = append(p.end, uint32(len(p.text)))
	p.hash = append(p.hash, hash)
}

// span returns where in the text piece i lies.
func (p *pieces) span(i int) (start, end uint32) {
	if i > 0 {
		start = p.end[i-1]
	}
	return start, p.end[i]
}

// at returns piece i.
func (p *pieces) at(i int) []byte {
	start, end := p.span(i)
	return p.text[start:end]
}
