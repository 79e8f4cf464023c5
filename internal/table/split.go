package table

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A Splitter splits a block of whole records into fields, after RFC 4180 and
// as encoding/csv reads it: a field that begins with a quotation mark ends
// with one, two in a row stand for one, and \r\n is \n. It is more lenient in
// one point: a quotation mark inside a field that does not begin with one
// (7" Single) is itself.
type Splitter struct {
	Buf       []byte
	Delimiter byte
	Pos       int
	Lines     int      // records and blank lines so far
	Fields    [][]byte // the last record's fields, valid until the next call
	Broken    bool     // the last record has text after a closing quotation mark
	Open      bool     // the last record's last quotation mark is never closed
	start     int      // of the last record
	scratch   []byte   // quoted fields that had to be rewritten
}

// Reset makes s split a block from its beginning.
func (s *Splitter) Reset(block []byte, delimiter byte) {
	s.Buf, s.Delimiter, s.Pos, s.Lines = block, delimiter, 0, 0
}

// Next splits the next record and reports whether there was one. Blank lines
// are passed over.
func (s *Splitter) Next() bool {
	for s.Pos < len(s.Buf) {
		s.Lines++
		if end := s.blank(); end > 0 {
			s.Pos += end
			continue
		}
		s.start = s.Pos
		s.record()
		return true
	}
	return false
}

// blank returns the length of the blank line at the position, 0 if there is
// a record.
func (s *Splitter) blank() int {
	rest := s.Buf[s.Pos:]
	switch {
	case rest[0] == '\n':
		return 1
	case rest[0] == '\r' && len(rest) == 1:
		return 1
	case rest[0] == '\r' && rest[1] == '\n':
		return 2
	}
	return 0
}

// record splits the record at the position and moves past its end.
func (s *Splitter) record() {
	s.Fields, s.scratch = s.Fields[:0], s.scratch[:0]
	s.Broken, s.Open = false, false
	buf, delimiter, p := s.Buf, s.Delimiter, s.Pos
	for {
		if p < len(buf) && buf[p] == '"' {
			p = s.quoted(p)
		} else {
			start := p
			p = fieldEnd(buf, p, delimiter)
			end := p
			if end > start && buf[end-1] == '\r' && (p == len(buf) || buf[p] == '\n') {
				end--
			}
			s.Fields = append(s.Fields, buf[start:end:end])
		}
		if p >= len(buf) {
			s.Pos = len(buf)
			return
		}
		p++
		if buf[p-1] == '\n' {
			s.Pos = p
			return
		}
	}
}

// quoted reads the field whose opening quotation mark is at p and returns the
// position of the delimiter or line end after it.
func (s *Splitter) quoted(p int) int {
	buf := s.Buf
	p++
	start, from := p, len(s.scratch)
	rewritten := false
	for {
		q := bytes.IndexByte(buf[p:], '"')
		if q < 0 {
			s.Open = true
			s.Fields = append(s.Fields, buf[start:])
			return len(buf)
		}
		q += p
		if q+1 < len(buf) && buf[q+1] == '"' {
			rewritten = true
			s.scratch = append(s.scratch, buf[start:q+1]...)
			p, start = q+2, q+2
			continue
		}
		field := buf[start:q:q]
		if rewritten {
			s.scratch = append(s.scratch, field...)
			field = s.scratch[from:len(s.scratch):len(s.scratch)]
		}
		if bytes.Contains(field, []byte("\r\n")) {
			field = bytes.ReplaceAll(field, []byte("\r\n"), []byte("\n"))
		}
		s.Fields = append(s.Fields, field)
		p = q + 1
		break
	}
	if p == len(buf) || buf[p] == s.Delimiter || buf[p] == '\n' {
		return p
	}
	if buf[p] == '\r' && (p+1 == len(buf) || buf[p+1] == '\n') {
		return p + 1
	}
	s.Broken = true
	return fieldEnd(buf, p, s.Delimiter)
}

// fieldEnd returns the position of the first delimiter or line end from p on,
// len(buf) if there is none. It looks at eight bytes at a time, most fields
// being shorter than that: what is zero in a word xor the byte sought gets its
// high bit set, and below the first such byte nothing does (Warren, Hacker's
// Delight, 2nd ed., 6-1).
func fieldEnd(buf []byte, p int, delimiter byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; p+8 <= len(buf); p += 8 {
		word := binary.LittleEndian.Uint64(buf[p:])
		a, b := word^ones*uint64(delimiter), word^ones*'\n'
		if found := ((a-ones)&^a | (b-ones)&^b) & highs; found != 0 {
			return p + bits.TrailingZeros64(found)/8
		}
	}
	for p < len(buf) && buf[p] != delimiter && buf[p] != '\n' {
		p++
	}
	return p
}

// Cut returns the length of the longest beginning of buf that consists of
// whole records, 0 if there is none. The records begin where buf does. It
// jumps from quotation mark to quotation mark, so that it costs next to
// nothing where there are few.
func Cut(buf []byte, delimiter byte) int {
	end, p := 0, 0 // end of the last whole record; start of unquoted text
	for {
		open := nextOpening(buf, p, delimiter)
		if i := bytes.LastIndexByte(buf[p:open], '\n'); i >= 0 {
			end = p + i + 1
		}
		if open == len(buf) {
			return end
		}
		p = open + 1
		for {
			q := bytes.IndexByte(buf[p:], '"')
			if q < 0 || p+q+1 == len(buf) { // a last quotation mark may be half of two
				return end
			}
			p += q + 1
			if buf[p] != '"' {
				break
			}
			p++
		}
	}
}

// nextOpening returns the position of the first quotation mark from p on that
// begins a field, len(buf) if there is none.
func nextOpening(buf []byte, p int, delimiter byte) int {
	for p < len(buf) {
		q := bytes.IndexByte(buf[p:], '"')
		if q < 0 {
			break
		}
		p += q
		if p == 0 || buf[p-1] == delimiter || buf[p-1] == '\n' {
			return p
		}
		p++
	}
	return len(buf)
}
