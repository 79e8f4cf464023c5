package persona

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"segue/language"
)

// Inspect reads a tree file as ParseTree does, of at most the given number of bytes,
// and tells everything that is wrong with it and in which line, at most MaxProblems
// of it; then also what ParseTree lets pass: keys written twice, and what Unsafe
// finds. The tree is nil unless there is no problem. It is for whoever edits a tree.
// Cost is linear in the file but for Unsafe's.
func Inspect(b []byte, most int) (*Tree, []Problem) {
	if len(b) > most {
		return nil, []Problem{{text: language.Text("the file has %d bytes; at most %d are read"), args: []any{len(b), most}}}
	}
	var f treeFile
	if p := decodeStrictly(b, &f); p != nil {
		return nil, []Problem{*p}
	}
	lines, problems := scan(b)
	t, wrong := checkTree(f)
	problems = append(problems, wrong...)
	if len(problems) == 0 {
		problems = t.Unsafe()
	}
	for i, p := range problems {
		if p.Line == 0 && p.At != "" {
			problems[i].Line = lines[p.At]
		}
	}
	slices.SortStableFunc(problems, func(p, q Problem) int { return p.Line - q.Line })
	if len(problems) > 0 {
		return nil, problems[:min(len(problems), MaxProblems)]
	}
	return t, nil
}

// decodeStrictly reads one object without fields v does not know; what it says names
// the line and nothing of the file but keys.
func decodeStrictly(b []byte, v any) *Problem {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &Problem{Line: lineAt(b, syntax.Offset), text: language.Text("this cannot be read as JSON: a quotation mark, a comma or a bracket may be missing here, or be one too many")}
	case errors.As(err, &kind):
		return &Problem{Line: lineAt(b, kind.Offset), text: language.Text("%q holds something of another kind here than the shipped trees, such as a text for a number"), args: []any{clip(kind.Field)}}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &Problem{Line: lineAt(b, int64(len(b))), text: language.Text("the file ends before its last bracket is closed")}
	case err != nil:
		// Only the words of this error name the field.
		field := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
		at := bytes.Index(b, []byte(`"`+field+`"`))
		return &Problem{Line: lineAt(b, int64(at)), text: language.Text("there is no field %q; remove it or correct its name"), args: []any{clip(field)}}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return &Problem{Line: lineAt(b, d.InputOffset()), text: language.Text("the file goes on after its closing bracket; keep one object")}
	}
	return nil
}

// lineAt returns the line of an offset, 0 for none.
func lineAt(b []byte, offset int64) int {
	if offset < 0 {
		return 0
	}
	return 1 + bytes.Count(b[:min(offset, int64(len(b)))], []byte("\n"))
}

// scan returns the line on which each node, leaf and feature of a file that can be
// read begins, and says which keys are written twice or in capitals: of two, encoding/json
// takes the last, and of capitals it makes nothing, so that the file would not mean
// what it seems to say.
func scan(b []byte) (lines map[string]int, problems []Problem) {
	lines = map[string]int{}
	type frame struct {
		object bool
		line   int             // on which it begins
		keys   map[string]bool // so far, of an object
		key    string          // whose value is next; empty where a key is next
	}
	var stack []frame
	d := json.NewDecoder(bytes.NewReader(b))
	line, upTo := 1, int64(0)
	for {
		token, err := d.Token()
		if err != nil {
			return lines, problems // the end: the file was read before
		}
		at := d.InputOffset()
		line += bytes.Count(b[upTo:at], []byte("\n"))
		upTo = at
		var top *frame
		if len(stack) > 0 {
			top = &stack[len(stack)-1]
		}
		delim, isDelim := token.(json.Delim)
		switch {
		case isDelim && (delim == '}' || delim == ']'):
			stack = stack[:len(stack)-1]
			if len(stack) > 0 {
				stack[len(stack)-1].key = ""
			}
			continue
		case isDelim:
			stack = append(stack, frame{object: delim == '{', line: line, keys: map[string]bool{}})
			continue
		}
		s, isText := token.(string)
		if top == nil || !top.object {
			continue
		}
		if top.key == "" {
			folded := strings.ToLower(s)
			switch {
			case folded != s || !plainKey(s):
				problems = append(problems, Problem{Line: line, text: language.Text("the field %q is not written as in the shipped trees; write it in small letters"), args: []any{clip(s)}})
			case top.keys[s]:
				problems = append(problems, Problem{Line: line, text: language.Text("the field %q is written twice; keep one"), args: []any{clip(s)}})
			}
			top.keys[s], top.key = true, s
			if s == "" {
				top.key = "?" // no field is called so; the file was refused
			}
			if len(problems) >= MaxProblems {
				return lines, problems
			}
			continue
		}
		if isText && len(stack) == 3 && (top.key == "id" || top.key == "name") {
			if top.key == "name" {
				s = atFeature(s)
			}
			if _, taken := lines[s]; !taken {
				lines[s] = top.line
			}
		}
		top.key = ""
	}
}

// plainKey reports whether a key has small letters, digits and underscores only.
func plainKey(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
