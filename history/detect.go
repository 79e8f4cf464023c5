package history

import (
	"bytes"
	"encoding/csv"
	"strings"
	"time"
	"unicode/utf8"
)

// A format is one kind of export.
type format struct {
	name       string
	resolution time.Duration // of its times; 0 stands for a second or finer
	scrobbles  bool          // it records starts
	sniff      func(*head) bool
	read       func(*input, *sink) error
}

// formats lists what can be read, those first that say more of a play: of two
// records of one play, the earlier format's is kept. A new format is one file
// and one line here (see the package comment).
func formats() []format {
	return []format{
		spotifyExtended(),
		appleMusic(),
		spotifyAccount(),
		listenBrainz(),
		maloja(),
		lastfmJSON(),
		lastfmStats(),
		lastfmCSV(),
		lastfmBare(),
	}
}

// headSize is how much of a file is looked at to tell what it is.
const headSize = 64 << 10

// A head is the beginning of a file, and what can be told from it.
type head struct {
	raw     []byte // without a byte order mark
	whole   bool   // raw is the whole file
	json    bool   // begins as JSON does
	deep    bool   // JSON nested deeper than allowed
	keys    map[string]bool
	columns []string // of a table, lower case
	first   []string // its first record as written
	comma   rune
}

// look takes a file's first bytes apart.
func look(raw []byte, whole bool, maxDepth int) *head {
	h := &head{raw: bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), whole: whole, keys: map[string]bool{}, comma: ','}
	text := bytes.TrimLeft(h.raw, " \t\r\n")
	switch {
	case len(text) == 0:
	case text[0] == '[' || text[0] == '{':
		h.json = true
		p := &parser{b: text, maxDepth: maxDepth}
		for p.err == nil && p.i < len(text) {
			p.collect("", h.keys)
		}
		h.deep = p.err == errDepth
	case isText(text):
		h.table(text)
	}
	return h
}

// mostKeys bounds how many names of fields are collected from a head.
const mostKeys = 2000

// collect consumes a value and notes the names of all fields in it, those of
// objects in objects as outer.inner; arrays are seen through.
func (p *parser) collect(prefix string, into map[string]bool) {
	switch p.peek() {
	case '{':
		p.enter('{')
		for p.next('}') {
			key := p.key()
			if p.err != nil {
				return
			}
			name := prefix + string(key)
			if len(into) < mostKeys && len(name) < 200 {
				into[name] = true
			}
			p.collect(name+".", into)
		}
	case '[':
		p.enter('[')
		for p.next(']') {
			p.collect(prefix, into)
		}
	default:
		p.skip()
	}
}

// table reads the first record as a header, with the first separator that gives
// four columns, as many as any history has at least, or else the most.
func (h *head) table(text []byte) {
	for _, comma := range ",;\t" {
		if len(h.first) >= 4 {
			break
		}
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, true, -1
		if record, err := r.Read(); err == nil && len(record) > len(h.first) {
			h.first, h.comma = record, comma
		}
	}
	h.columns = make([]string, len(h.first))
	for i, c := range h.first {
		h.columns[i] = strings.ToLower(strings.TrimSpace(c))
	}
}

// has reports whether all these fields occur.
func (h *head) has(names ...string) bool {
	for _, name := range names {
		if !h.keys[name] {
			return false
		}
	}
	return true
}

// column returns the index of the first of these columns a table has, or -1.
func (h *head) column(names ...string) int {
	for _, name := range names {
		for i, c := range h.columns {
			if c == name {
				return i
			}
		}
	}
	return -1
}

// columnPrefix returns the index of the column that begins so, or -1.
func (h *head) columnPrefix(prefix string) int {
	for i, c := range h.columns {
		if strings.HasPrefix(c, prefix) {
			return i
		}
	}
	return -1
}

// format returns the format the head belongs to and its rank, -1 if none.
func (h *head) format() (format, int) {
	for rank, f := range formats() {
		if f.sniff(h) {
			return f, rank
		}
	}
	return format{}, -1
}

// empty reports whether the whole file is JSON without a single value in it.
func (h *head) empty() bool {
	return h.whole && h.json && len(bytes.Trim(h.raw, " \t\r\n[]{},")) == 0
}

// isText reports whether b looks like text: no NUL and hardly any byte that
// UTF-8 does not explain.
func isText(b []byte) bool {
	b = b[:min(len(b), 4096)]
	if bytes.IndexByte(b, 0) >= 0 {
		return false
	}
	bad := 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			bad++
		}
		i += n
	}
	return bad <= len(b)/20
}
