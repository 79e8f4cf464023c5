package table

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"

	"segue"
)

// Squeeze lower-cases a header name and keeps its ASCII letters and digits.
func Squeeze(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteByte(c)
		}
	}
	return b.String()
}

// IsValue reports whether a cell holds a number, a date or a time of day, as
// the cells of a header do not.
func IsValue(cell string) bool {
	cell = strings.TrimSpace(cell)
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return true
	}
	digits := strings.Count(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, cell), "0")
	return digits >= 4 && strings.ContainsAny(cell, "-:/")
}

// Delimiters are those that may separate fields, in order of preference.
const Delimiters = ",;\t|"

// Header reads up to and including the header line and returns the names in it, the
// delimiter and the number of lines read. It splits the line with each delimiter and
// keeps the names of which found, told them, recognizes most; of equals the most names.
func Header(path string, in *bufio.Reader, found func(names []string) int) (names []string, delimiter byte, lines int, err error) {
	for lines := 1; ; lines++ {
		line, err := in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			return nil, 0, 0, &segue.InputError{File: path, Row: lines, Problem: "the first line is too long for a header", Hint: "tables are CSV or Parquet"}
		}
		if err != nil && err != io.EOF {
			return nil, 0, 0, ReadError(path, err)
		}
		text := bytes.TrimSpace(bytes.TrimPrefix(line, byteOrderMark))
		if len(text) == 0 && err == nil || bytes.HasPrefix(text, []byte("sep=")) {
			continue // a blank line, or a spreadsheet's note of the delimiter
		}
		names, delimiter := splitHeader(bytes.TrimRight(bytes.TrimPrefix(line, byteOrderMark), "\r\n"), found)
		return names, delimiter, lines, nil
	}
}

func splitHeader(line []byte, found func(names []string) int) (best []string, delimiter byte) {
	most := -1
	for i := range len(Delimiters) {
		s := Splitter{Buf: line, Delimiter: Delimiters[i]}
		s.Next()
		names := make([]string, len(s.Fields))
		for j, f := range s.Fields {
			names[j] = string(ToUTF8(bytes.TrimSpace(f)))
		}
		if n := found(names); n > most || n == most && len(names) > len(best) {
			best, delimiter, most = names, Delimiters[i], n
		}
	}
	return best, delimiter
}
