package jsonwords

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// MaxDepth is how many objects and lists may lie in one another. (d)
const MaxDepth = 32

// A Fault is why a file is not the object that is needed.
type Fault struct {
	Line int    // from 1; 0 where that is not known
	Text string // one line, without the place
}

// Error says the fault with its line.
func (f *Fault) Error() string {
	if f.Line > 0 {
		return fmt.Sprintf("line %d: %s", f.Line, f.Text)
	}
	return f.Text
}

// Strict reads the one JSON object of a file of at most the given number of bytes
// into v. It refuses, as a *Fault, what encoding/json lets pass and what would make a
// file mean something else than it seems to say: fields that v does not know, keys
// written twice or in capitals, text after the object, bytes that are not UTF-8; and
// nesting beyond MaxDepth. Cost is linear in the file.
func Strict(b []byte, most int, v any) error {
	if len(b) > most {
		return &Fault{Text: fmt.Sprintf("the file has %d bytes; at most %d are read", len(b), most)}
	}
	if !utf8.Valid(b) {
		return &Fault{Text: "the file is not UTF-8; save it as UTF-8"}
	}
	if fault := scan(b); fault != nil {
		return fault
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return &Fault{lineAt(b, kind.Offset), Mismatch(kind)}
	case err != nil && strings.HasPrefix(err.Error(), unknownField):
		// Only the words of this error name the field.
		field := strings.Trim(strings.TrimPrefix(err.Error(), unknownField), `"`)
		return &Fault{lineAt(b, int64(bytes.Index(b, []byte(`"`+field+`"`)))), fmt.Sprintf("there is no field %.80q; remove it or correct its name", field)}
	case err != nil:
		return &Fault{Text: err.Error()}
	}
	return nil
}

const unknownField = "json: unknown field "

// lineAt returns the line of an offset, 0 for none.
func lineAt(b []byte, offset int64) int {
	if offset < 0 {
		return 0
	}
	return 1 + bytes.Count(b[:min(offset, int64(len(b)))], []byte("\n"))
}

// scan walks through the tokens of a file.
func scan(b []byte) *Fault {
	type frame struct {
		keys  map[string]bool // so far, of an object; nil for a list
		value bool            // a value is next, not a key
	}
	var stack []frame
	d := json.NewDecoder(bytes.NewReader(b))
	for began := false; ; began = true {
		token, err := d.Token()
		line := lineAt(b, d.InputOffset())
		var syntax *json.SyntaxError
		switch {
		case errors.As(err, &syntax):
			return &Fault{lineAt(b, syntax.Offset), "this cannot be read as JSON: a quotation mark, a comma or a bracket may be missing here, or be one too many"}
		case errors.Is(err, io.EOF) && began && len(stack) == 0:
			return nil
		case err != nil:
			return &Fault{line, "the file ends before its last bracket is closed"}
		case began && len(stack) == 0:
			return &Fault{line, "the file goes on after its closing bracket; keep one object"}
		case !began && token != json.Delim('{'):
			return &Fault{line, "the file does not hold an object: it begins with {"}
		}
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			stack = stack[:len(stack)-1]
			continue
		}
		if len(stack) > 0 {
			if top := &stack[len(stack)-1]; top.keys != nil && !top.value {
				key := token.(string)
				switch {
				case strings.ToLower(key) != key:
					return &Fault{line, fmt.Sprintf("the field %.80q is written in capitals; write it in small letters", key)}
				case top.keys[key]:
					return &Fault{line, fmt.Sprintf("the field %.80q is written twice; keep one", key)}
				}
				top.keys[key], top.value = true, true
				continue
			} else {
				top.value = false
			}
		}
		switch token {
		case json.Delim('{'):
			stack = append(stack, frame{keys: map[string]bool{}})
		case json.Delim('['):
			stack = append(stack, frame{})
		}
		if len(stack) > MaxDepth {
			return &Fault{line, fmt.Sprintf("objects and lists lie more than %d deep in one another", MaxDepth)}
		}
	}
}
