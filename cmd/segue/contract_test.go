package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

// A contract holds, by command, the JSON that docs/architecture.md promises:
// scripts rely on these names. A command may print more, never less.
type contract map[string]*shape

// A shape is a documented JSON value.
type shape struct {
	fields map[string]*shape // of an object
	values *shape            // of an object whose keys are data, such as {reason:n}
	items  *shape            // of an array

	mayBeNull bool
}

// readContract reads the table of commands.
func readContract(t testing.TB) contract {
	b, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	c := contract{}
	row := regexp.MustCompile("(?m)^\\| (`segue .*`) \\| `(\\{.*\\})` \\|$")
	name := regexp.MustCompile("`segue ([a-z]+(?: [a-z]+)?)")
	for _, m := range row.FindAllStringSubmatch(string(b), -1) {
		s, rest, err := parseShape(m[2])
		if err != nil || strings.TrimSpace(rest) != "" {
			t.Fatalf("docs/architecture.md: %q: %v, left %q", m[2], err, rest)
		}
		for _, n := range name.FindAllStringSubmatch(m[1], -1) {
			c[n[1]] = s
		}
	}
	parts := &shape{fields: map[string]*shape{}}
	for _, n := range []string{"catalog show", "train", "curves", "history", "sessions", "profile", "playlist"} {
		if c[n] == nil {
			t.Fatalf("docs/architecture.md documents no JSON of %q", n)
		}
		parts.fields[strings.TrimSuffix(n, " show")] = c[n]
	}
	c["run"], c["demo"] = parts, parts // "all of the below in one object"
	return c
}

// parseShape reads the notation of the table: {a, b:[{c}], d:{reason:n}, e (a
// note), f:{g}?, …}; ? for what may be null.
func parseShape(s string) (_ *shape, rest string, err error) {
	s = strings.TrimLeft(s, " ")
	switch {
	case strings.HasPrefix(s, "["):
		item, rest, err := parseShape(s[1:])
		if err != nil {
			return nil, "", err
		}
		end := strings.IndexByte(rest, ']') // [v,a]: two items, one shape
		if end < 0 {
			return nil, "", fmt.Errorf("no ] in %q", s)
		}
		return &shape{items: item}, rest[end+1:], nil
	case strings.HasPrefix(s, "{"):
		return parseObject(s[1:])
	}
	end := strings.IndexAny(s, ",]} ")
	if end < 0 {
		return nil, "", fmt.Errorf("no end in %q", s)
	}
	return &shape{}, s[end:], nil
}

func parseObject(s string) (*shape, string, error) {
	o := &shape{fields: map[string]*shape{}}
	for {
		s = strings.TrimLeft(s, " ,")
		if strings.HasPrefix(s, "}") {
			if v := o.isMap(); v != nil {
				return &shape{values: v}, s[1:], nil
			}
			return o, s[1:], nil
		}
		end := strings.IndexAny(s, ",:}( ")
		if end < 0 {
			return nil, "", fmt.Errorf("no end in %q", s)
		}
		key := strings.Trim(s[:end], `"`)
		s = strings.TrimLeft(s[end:], " ")
		if strings.HasPrefix(s, "(") {
			_, s, _ = strings.Cut(s, ")")
		}
		value := &shape{}
		if strings.HasPrefix(s, ":") {
			var err error
			if value, s, err = parseShape(s[1:]); err != nil {
				return nil, "", err
			}
			s, value.mayBeNull = strings.CutPrefix(s, "?")
		}
		if key != "…" {
			o.fields[key] = value
		}
	}
}

// isMap returns the shape of the values of an object such as {reason:n}, whose
// one key stands for data.
func (s *shape) isMap() *shape {
	if len(s.fields) == 1 {
		for _, key := range []string{"reason", "feature", "name"} {
			if v := s.fields[key]; v != nil {
				return v
			}
		}
	}
	return nil
}

// check reports where b is not exactly one JSON object of the command's shape.
func (c contract) check(name string, b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return fmt.Errorf("not a JSON object: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("more than one JSON object")
	}
	if err := snakeCase("", v); err != nil {
		return err
	}
	if name == "-" { // any object
		return nil
	}
	s := c[name]
	if s == nil {
		return fmt.Errorf("docs/architecture.md documents no JSON of %q", name)
	}
	return s.check(name, v)
}

func (s *shape) check(path string, v any) error {
	switch {
	case s.mayBeNull && v == nil:
	case s.fields != nil:
		o, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is no object but %.60v", path, v)
		}
		for key, field := range s.fields {
			x, ok := o[key]
			if !ok {
				return fmt.Errorf("%s has no %q", path, key)
			}
			if err := field.check(path+"."+key, x); err != nil {
				return err
			}
		}
	case s.values != nil:
		o, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is no object but %.60v", path, v)
		}
		for key, x := range o {
			if err := s.values.check(path+"."+key, x); err != nil {
				return err
			}
		}
	case s.items != nil:
		a, ok := v.([]any)
		if !ok {
			return fmt.Errorf("%s is no array but %.60v", path, v)
		}
		if len(a) == 0 && s.items.fields != nil {
			return fmt.Errorf("%s is empty: nothing is checked", path)
		}
		for i, x := range a {
			if err := s.items.check(fmt.Sprintf("%s[%d]", path, i), x); err != nil {
				return err
			}
		}
	}
	return nil
}

var snake = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)

// snakeCase checks every key but the reasons for which rows are dropped.
func snakeCase(parent string, v any) error {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			if parent != "dropped" && !snake.MatchString(key) {
				return fmt.Errorf("key %q below %q is not in snake_case", key, parent)
			}
			if err := snakeCase(key, x); err != nil {
				return err
			}
		}
	case []any:
		for _, x := range v {
			if err := snakeCase(parent, x); err != nil {
				return err
			}
		}
	}
	return nil
}

// The check must be able to fail.
func TestContractNotices(t *testing.T) {
	c := contract{}
	var err error
	c["x"], _, err = parseShape(`{a, b:[{c (a note, of two parts), dropped:{reason:n}}], e:[v,a], "15m":n, f:{g}?, …}`)
	if err != nil {
		t.Fatal(err)
	}
	good := `{"a": null, "b": [{"c": 1, "dropped": {"no title": 2}}], "e": [1, 2], "15m": 3, "f": null, "more": 4}`
	if err := c.check("x", []byte(good)); err != nil {
		t.Errorf("%s: %v", good, err)
	}
	for _, bad := range []string{
		``, `[]`, `{}`, good + good, good + " x",
		strings.Replace(good, `"a"`, `"A"`, 1),
		strings.Replace(good, `"c": 1, `, ``, 1),
		strings.Replace(good, `{"no title": 2}`, `null`, 1),
		strings.Replace(good, `[1, 2]`, `{"v": 1}`, 1),
		strings.Replace(good, `"15m"`, `"16m"`, 1),
		strings.Replace(good, `"f": null`, `"f": {}`, 1),
		strings.Replace(good, `"f": null`, `"f": 1`, 1),
		strings.Replace(good, `[{"c": 1, "dropped": {"no title": 2}}]`, `[]`, 1),
		strings.Replace(good, `more`, `moreOver`, 1),
	} {
		if c.check("x", []byte(bad)) == nil {
			t.Errorf("%s passes", bad)
		}
	}
}
