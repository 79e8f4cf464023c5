package history

import (
	"errors"
	"io"

	"segue"
)

// A stream walks the rows of a JSON file of any size within a buffer that
// never holds much more than one row.
type stream struct {
	in     *input
	p      parser
	eof    bool
	broken error // what reading ended with, if not io.EOF
	row    int   // rows met
	base   int64 // bytes of the file before the buffer
}

const block = 256 << 10 // bytes asked of the file at once

// fill makes room and reads on, keeping everything from index keep, which
// becomes index 0. It reports whether there are new bytes.
func (s *stream) fill(keep int) bool {
	if s.eof || s.broken != nil {
		return false
	}
	held := len(s.p.b) - keep
	if need := held + block/2; need > cap(s.p.b) {
		grown := make([]byte, held, max(2*cap(s.p.b), block))
		copy(grown, s.p.b[keep:])
		s.p.b = grown
	} else {
		copy(s.p.b, s.p.b[keep:])
		s.p.b = s.p.b[:held]
	}
	s.p.i -= keep
	s.base += int64(keep)
	for range 100 {
		n, err := s.in.r.Read(s.p.b[held:cap(s.p.b)])
		s.p.b = s.p.b[:held+n]
		switch {
		case err == io.EOF:
			s.eof = true
		case err != nil:
			s.broken = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.broken = io.ErrNoProgress
	return false
}

// peek returns the next byte that is not white space; ok is false at the end.
func (s *stream) peek() (c byte, ok bool) {
	for {
		s.p.err = nil
		if c := s.p.peek(); c != 0 {
			return c, true
		}
		if s.p.err == errSyntax { // a NUL byte
			return 0, true
		}
		if !s.fill(s.p.i) {
			return 0, false
		}
	}
}

// take runs parse on the value at hand until it lies whole in the buffer.
// parse starts anew each time, so it may only set what it later overwrites.
// A value that is no JSON is passed over, and ok is false.
func (s *stream) take(depth int, parse func(*parser)) (ok bool, err error) {
	start := s.p.i
	for {
		s.p.i, s.p.err, s.p.depth, s.p.scratch = start, nil, depth, s.p.scratch[:0]
		parse(&s.p)
		if s.p.err == nil {
			return true, nil
		}
		if s.p.err == errDepth {
			return false, s.in.fault(s.row, "is nested deeper than any listening history", "check that this is the file the service gave you")
		}
		if s.p.err == errSyntax {
			if c := s.p.b[start]; c != '{' && c != '[' {
				return false, s.in.fault(s.row, "is not JSON here", "download the file again")
			}
			if end := balanced(s.p.b, start); end >= 0 {
				s.p.i, s.p.err = end, nil
				return false, nil
			}
		}
		if len(s.p.b)-start > s.in.o.MaxRow {
			return false, s.in.fault(s.row, "is larger than any row of a listening history", "check that this is the file the service gave you")
		}
		if !s.fill(start) {
			return false, s.ended()
		}
		start = 0
	}
}

// ended is the error of a file that stops inside a value.
func (s *stream) ended() error {
	if s.broken != nil {
		return s.in.unreadable(s.row, s.broken)
	}
	return s.in.truncated(s.row)
}

// walk visits the value at hand. Arrays are seen through; objects are rows
// where path is empty, and otherwise the member named path[0] is walked with
// the rest of the path.
func (s *stream) walk(paths [][]string, depth int, row func(depth int) error) error {
	if depth > s.in.o.MaxDepth {
		return s.in.fault(s.row, "is nested deeper than any listening history", "check that this is the file the service gave you")
	}
	c, ok := s.peek()
	if !ok {
		return s.ended()
	}
	switch {
	case c == '[':
		return s.members(']', func() error { return s.walk(paths, depth+1, row) })
	case c == '{' && len(paths[0]) > 0:
		return s.members('}', func() error { return s.member(paths, depth+1, row) })
	}
	return row(depth)
}

// members visits what stands between two brackets.
func (s *stream) members(end byte, visit func() error) error {
	s.p.i++
	for first := true; ; first = false {
		c, ok := s.peek()
		if !ok {
			return s.ended()
		}
		if c == end {
			s.p.i++
			return nil
		}
		if !first {
			if c != ',' {
				return s.in.fault(s.row, "is not JSON here", "download the file again")
			}
			s.p.i++
		}
		if err := visit(); err != nil {
			return err
		}
	}
}

// member visits one member of an object on the way to the rows.
func (s *stream) member(paths [][]string, depth int, row func(depth int) error) error {
	if c, ok := s.peek(); !ok {
		return s.ended()
	} else if c != '"' {
		return s.in.fault(s.row, "is not JSON here", "download the file again")
	}
	var key string
	if _, err := s.take(depth, func(p *parser) { key = string(p.key()) }); err != nil {
		return err
	}
	var rest [][]string
	for _, path := range paths {
		if path[0] == key {
			rest = append(rest, path[1:])
		}
	}
	if c, ok := s.peek(); !ok {
		return s.ended()
	} else if len(rest) > 0 && (c == '[' || c == '{') {
		return s.walk(rest, depth, row)
	}
	_, err := s.take(depth, (*parser).skip)
	return err
}

// readJSON hands every row found at one of the paths to parse and then, whole,
// to keep. All paths are equally long or lead through different members; an
// empty path means that rows stand at the top, in an array or one after the
// other. What parse is given starts as T's zero value.
func readJSON[T any](in *input, out *sink, paths [][]string, parse func(*parser, *T), keep func(*T)) error {
	s := &stream{in: in}
	s.p.maxDepth = in.o.MaxDepth
	var v, zero T
	row := func(depth int) error {
		s.row++
		c, _ := s.peek()
		ok, err := s.take(depth, func(p *parser) {
			v = zero
			if c != '{' {
				p.skip()
				return
			}
			parse(p, &v)
		})
		if err != nil {
			return err
		}
		out.row()
		if !ok || c != '{' {
			out.drop(Unreadable)
			return nil
		}
		keep(&v)
		out.expect(in.size, s.base+int64(s.p.i))
		return nil
	}
	for {
		if _, ok := s.peek(); !ok {
			break
		}
		if err := s.walk(paths, 0, row); err != nil {
			return err
		}
	}
	if s.broken != nil {
		return in.unreadable(s.row, s.broken)
	}
	return nil
}

// An input is one file, or one entry of a ZIP, being read.
type input struct {
	name string
	size int64 // bytes it is expected to have, 0 if unknown
	r    io.Reader
	head *head
	o    Options
}

// fault returns the error of a file that cannot be read on.
func (in *input) fault(row int, problem, hint string, args ...any) error {
	return &segue.InputError{File: in.name, Row: row, Problem: problem, Args: args, Hint: hint}
}

// truncated returns the error of a file that stops in the middle.
func (in *input) truncated(row int) error {
	return in.fault(row, "the file stops in the middle", "nothing was imported; download it again")
}

// unreadable turns what a Read ended with into a line for people.
func (in *input) unreadable(row int, err error) error {
	var known *segue.InputError
	switch {
	case errors.As(err, &known), isContext(err):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return in.truncated(row)
	}
	return in.fault(row, "the file is damaged (%s)", "nothing was imported; download it again", err.Error())
}
