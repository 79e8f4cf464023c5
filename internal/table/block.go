package table

import (
	"fmt"
	"io"

	"segue"
)

const (
	blockSize = 1 << 20 // bytes of text parsed at a time (d)
	MaxField  = 1 << 20 // longest field in bytes: longer is an error (d)
	maxRecord = 4 << 20 // longest record in bytes (d)
)

// errLongRecord is returned for a record of over maxRecord bytes.
var errLongRecord = fmt.Errorf("record of over %d bytes", maxRecord)

// Blocks cuts the text of in into blocks of whole records and hands them on. take
// gives the memory for a block, of any length, and false to end quietly; it is called
// once more before send is given a block, in that memory or in what took its place.
func Blocks(in io.Reader, delimiter byte, take func() ([]byte, bool), send func(memory, block []byte)) error {
	buf, ok := take()
	n := 0 // bytes in buf
	for ok {
		if n == len(buf) {
			buf = resize(buf, n, min(max(blockSize, 2*n), maxRecord))
		}
		read, last, err := fill(in, buf[n:])
		n += read
		if err != nil {
			return err
		}
		end := n
		if !last {
			end = Cut(buf[:n], delimiter)
		}
		if end == 0 && !last {
			if n >= maxRecord {
				return errLongRecord
			}
			continue
		}
		if last {
			send(buf, buf[:end])
			return nil
		}
		next, more := take()
		if !more {
			return nil
		}
		if rest := n - end; len(next) <= rest {
			next = resize(next, 0, min(max(blockSize, 2*rest), maxRecord))
		}
		n = copy(next, buf[end:n])
		send(buf, buf[:end])
		buf = next
	}
	return nil
}

// BlockError says why Blocks failed in a file, lines of which were read before.
func BlockError(path string, lines int, err error) error {
	if err == errLongRecord {
		return &segue.InputError{File: path, Row: lines + 1, Problem: "the row is over %d MB long", Args: []any{maxRecord >> 20}, Hint: "look for a quotation mark that is never closed"}
	}
	return ReadError(path, err)
}

// fill reads until buf is full or in at its end. Unlike io.ReadFull it tells
// the end from the io.ErrUnexpectedEOF of gzip data that is cut short.
func fill(in io.Reader, buf []byte) (n int, last bool, err error) {
	for n < len(buf) && err == nil {
		var read int
		read, err = in.Read(buf[n:])
		n += read
	}
	if err == io.EOF {
		return n, true, nil
	}
	return n, false, err
}

// resize returns a buffer of the given size that begins with buf[:keep].
func resize(buf []byte, keep, size int) []byte {
	if size <= len(buf) {
		return buf
	}
	out := make([]byte, size)
	copy(out, buf[:keep])
	return out
}

// Fatal returns why a file cannot be read on after the record that Next split last,
// as an error in its line of the block, or nil.
func (s *Splitter) Fatal(file string) error {
	switch {
	case s.Open:
		return &segue.InputError{File: file, Row: s.Lines, Problem: "a quotation mark is opened and never closed", Hint: "close it, or export the table again"}
	case s.Pos-s.start > MaxField && longest(s.Fields) > MaxField:
		return &segue.InputError{File: file, Row: s.Lines, Problem: "a field is over %d MB long", Args: []any{MaxField >> 20}, Hint: "look for a quotation mark that is never closed"}
	}
	return nil
}

// Below moves an InputError's row down by lines.
func Below(err error, lines int) error {
	if e, ok := err.(*segue.InputError); ok && e.Row > 0 {
		moved := *e
		moved.Row += lines
		return &moved
	}
	return err
}

// Fits reports whether a record has as many fields as the header, empty ones
// at its end apart.
func Fits(fields [][]byte, columns int) bool {
	if len(fields) < columns {
		return false
	}
	return longest(fields[columns:]) == 0
}

func longest(fields [][]byte) int {
	n := 0
	for _, f := range fields {
		n = max(n, len(f))
	}
	return n
}
