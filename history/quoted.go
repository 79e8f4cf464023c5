package history

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted consumes a string and returns it decoded, not nil.
func (p *parser) quoted() []byte {
	start := p.i + 1
	q := bytes.IndexByte(p.b[start:], '"')
	if q < 0 {
		p.fail(errShort)
		return nil
	}
	s := p.b[start : start+q]
	if bytes.IndexByte(s, '\\') < 0 {
		p.i = start + q + 1
		if !utf8.Valid(s) {
			from := len(p.scratch)
			p.scratch = appendValid(p.scratch, s)
			return p.scratch[from:]
		}
		return s
	}
	return p.escaped(start)
}

// escaped decodes a string that holds a backslash.
func (p *parser) escaped(i int) []byte {
	from := len(p.scratch)
	for {
		n := bytes.IndexAny(p.b[i:], "\"\\")
		if n < 0 {
			p.fail(errShort)
			return nil
		}
		p.scratch = appendValid(p.scratch, p.b[i:i+n])
		i += n
		if p.b[i] == '"' {
			p.i = i + 1
			return p.scratch[from:]
		}
		if i+1 >= len(p.b) {
			p.fail(errShort)
			return nil
		}
		switch c := p.b[i+1]; c {
		case '"', '\\', '/':
			p.scratch = append(p.scratch, c)
		case 'b':
			p.scratch = append(p.scratch, '\b')
		case 'f':
			p.scratch = append(p.scratch, '\f')
		case 'n':
			p.scratch = append(p.scratch, '\n')
		case 'r':
			p.scratch = append(p.scratch, '\r')
		case 't':
			p.scratch = append(p.scratch, '\t')
		case 'u':
			if i+6 > len(p.b) {
				p.fail(errShort)
				return nil
			}
			r := hex4(p.b[i+2 : i+6])
			if r < 0 {
				p.fail(errSyntax)
				return nil
			}
			if utf16.IsSurrogate(r) {
				if i+8 > len(p.b) {
					p.fail(errShort)
					return nil
				}
				low := rune(-1)
				if p.b[i+6] == '\\' && p.b[i+7] == 'u' {
					if i+12 > len(p.b) {
						p.fail(errShort)
						return nil
					}
					low = hex4(p.b[i+8 : i+12])
				}
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					r, i = pair, i+6
				} else {
					r = utf8.RuneError
				}
			}
			p.scratch = utf8.AppendRune(p.scratch, r)
			i += 4
		default:
			p.fail(errSyntax)
			return nil
		}
		i += 2
	}
}

func hex4(b []byte) rune {
	var r rune
	for _, c := range b {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// appendValid appends s with each invalid byte replaced by U+FFFD.
func appendValid(dst, s []byte) []byte {
	if utf8.Valid(s) {
		return append(dst, s...)
	}
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		dst = utf8.AppendRune(dst, r)
		s = s[n:]
	}
	return dst
}

// pass consumes a string without decoding it, though it checks its escapes.
func (p *parser) pass() {
	i := p.i + 1
	for {
		n := bytes.IndexByte(p.b[i:], '"')
		if n < 0 {
			p.fail(errShort)
			return
		}
		e := bytes.IndexByte(p.b[i:i+n], '\\')
		if e < 0 {
			p.i = i + n + 1
			return
		}
		i += e + 2
		if i > len(p.b) {
			p.fail(errShort)
			return
		}
		switch p.b[i-1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		case 'u':
			if i+4 > len(p.b) {
				p.fail(errShort)
				return
			}
			if hex4(p.b[i:i+4]) < 0 {
				p.fail(errSyntax)
				return
			}
			i += 4
		default:
			p.fail(errSyntax)
			return
		}
	}
}
