package history

import (
	"errors"
	"strconv"

	"segue"
)

// The ways a value can fail to be read.
var (
	errShort  = errors.New("value continues beyond the buffer")
	errSyntax = errors.New("not JSON")
	errDepth  = errors.New("nested too deeply")
)

// A parser takes one JSON value apart in memory, forwards, without building
// it. Its error is sticky: after the first, every method answers nothing, so
// that callers look once, at the end. What it returns is valid until the
// buffer changes.
//
// Strings are decoded as encoding/json does: escapes, surrogate pairs, and the
// replacement character for lone surrogates and invalid UTF-8. Raw control
// characters in strings are accepted, for exports contain them.
type parser struct {
	b        []byte
	i        int
	err      error
	fresh    bool // just after an opening bracket: no comma is due
	depth    int
	maxDepth int
	scratch  []byte // decoded strings of the current row
}

func (p *parser) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// peek passes over white space and returns the next byte, or 0 after a fault
// or at the end of the buffer, which is errShort.
func (p *parser) peek() byte {
	if p.err != nil {
		return 0
	}
	for p.i < len(p.b) {
		switch c := p.b[p.i]; c {
		case ' ', '\n', '\t', '\r':
			p.i++
		case 0:
			p.fail(errSyntax)
			return 0
		default:
			return c
		}
	}
	p.fail(errShort)
	return 0
}

// enter consumes the opening bracket of an object or array.
func (p *parser) enter(open byte) bool {
	if c := p.peek(); c != open {
		if c != 0 {
			p.fail(errSyntax)
		}
		return false
	}
	if p.depth++; p.depth > p.maxDepth {
		p.fail(errDepth)
		return false
	}
	p.i++
	p.fresh = true
	return true
}

// next reports whether another member follows before the closing bracket, and
// consumes the comma or the bracket.
func (p *parser) next(end byte) bool {
	c := p.peek()
	if c == 0 {
		return false
	}
	if c == end {
		p.i++
		p.depth--
		p.fresh = false
		return false
	}
	if !p.fresh {
		if c != ',' {
			p.fail(errSyntax)
			return false
		}
		p.i++
		switch p.peek() {
		case 0:
			return false
		case end:
			p.fail(errSyntax)
			return false
		}
	}
	p.fresh = false
	return true
}

// key consumes a member's name and the colon.
func (p *parser) key() []byte {
	if c := p.peek(); c != '"' {
		if c != 0 {
			p.fail(errSyntax)
		}
		return nil
	}
	k := p.quoted()
	if c := p.peek(); c != ':' {
		if c != 0 {
			p.fail(errSyntax)
		}
		return nil
	}
	p.i++
	return k
}

// text consumes a value and returns it if it is a string; nil otherwise.
func (p *parser) text() []byte {
	if p.peek() == '"' {
		return p.quoted()
	}
	p.skip()
	return nil
}

// number consumes a value and returns it if it is a number, or a string that
// holds one, as Last.fm writes its times.
func (p *parser) number() (float64, bool) {
	var s []byte
	if c := p.peek(); c == '"' {
		s = p.quoted()
	} else {
		from := p.i
		p.skip()
		if p.err != nil || !(c == '-' || '0' <= c && c <= '9') {
			return 0, false
		}
		s = p.b[from:p.i]
	}
	if p.err != nil {
		return 0, false
	}
	return parseNumber(s)
}

// parseNumber reads a finite decimal number; a short whole one cheaply.
func parseNumber(s []byte) (float64, bool) {
	if len(s) > 0 && len(s) < 16 {
		n := 0
		for _, c := range s {
			if c < '0' || c > '9' {
				n = -1
				break
			}
			n = n*10 + int(c-'0')
		}
		if n >= 0 {
			return float64(n), true
		}
	}
	f, err := strconv.ParseFloat(string(s), 64)
	if err != nil || f-f != 0 {
		return 0, false
	}
	return f, true
}

// truth consumes a value and returns what it states: true and false, also as
// strings; anything else is Unknown.
func (p *parser) truth() segue.Tristate {
	switch p.peek() {
	case 't':
		p.skip()
		return segue.Yes
	case 'f':
		p.skip()
		return segue.No
	case '"':
		switch string(p.quoted()) {
		case "true":
			return segue.Yes
		case "false":
			return segue.No
		}
		return segue.Unknown
	}
	p.skip()
	return segue.Unknown
}

// skip consumes a value of any kind.
func (p *parser) skip() {
	switch c := p.peek(); c {
	case 0:
	case '"':
		p.pass()
	case '{':
		p.enter('{')
		for p.next('}') {
			p.key()
			p.skip()
		}
	case '[':
		p.enter('[')
		for p.next(']') {
			p.skip()
		}
	case 't':
		p.literal("true")
	case 'f':
		p.literal("false")
	case 'n':
		p.literal("null")
	default:
		p.digits()
	}
}

func (p *parser) literal(word string) {
	rest := p.b[p.i:]
	if len(rest) < len(word) {
		if string(rest) == word[:len(rest)] {
			p.fail(errShort)
		} else {
			p.fail(errSyntax)
		}
		return
	}
	if string(rest[:len(word)]) != word {
		p.fail(errSyntax)
		return
	}
	p.i += len(word)
}

// digits consumes a number. It accepts a little more than JSON does (leading
// zeros); parseNumber has the last word.
func (p *parser) digits() {
	from := p.i
	for p.i < len(p.b) {
		switch c := p.b[p.i]; {
		case '0' <= c && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
			p.i++
			continue
		}
		if p.i == from {
			p.fail(errSyntax)
		}
		return
	}
	p.fail(errShort) // the next buffer may continue it
}

// balanced returns the end of the object or array that starts at i by counting
// brackets outside strings, or -1 if it is not in the buffer: how to go on
// after a row that is not JSON.
func balanced(b []byte, i int) int {
	depth, in := 0, false
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case in && c == '\\':
			i++
		case c == '"':
			in = !in
		case in:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
