package jsonwords

import (
	"strings"
	"testing"
)

func TestStrict(t *testing.T) {
	type inner struct {
		Name string `json:"name"`
	}
	type outer struct {
		N     int     `json:"n"`
		Inner []inner `json:"inner"`
	}
	for _, c := range []struct{ name, file, fault string }{
		{"whole", "{\"n\": 1,\n\"inner\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}\n", ""},
		{"empty object", "{}", ""},
		{"empty file", "", "line 1: the file ends before its last bracket is closed"},
		{"a list", "[]", "line 1: the file does not hold an object: it begins with {"},
		{"cut short", "{\"n\":\n1", "line 2: the file ends before its last bracket is closed"},
		{"a comma too many", "{\"n\": 1,\n}", "line 2: this cannot be read as JSON: a quotation mark, a comma or a bracket may be missing here, or be one too many"},
		{"twice", "{\"n\": 1,\n\n\"n\": 2}", `line 3: the field "n" is written twice; keep one`},
		{"twice, deep", "{\"inner\": [{\"name\": \"a\",\n\"name\": \"b\"}]}", `line 2: the field "name" is written twice; keep one`},
		{"capitals", "{\"N\": 1}", `line 1: the field "N" is written in capitals; write it in small letters`},
		{"unknown", "{\n\"m\": 1}", `line 2: there is no field "m"; remove it or correct its name`},
		{"text for a number", "{\n\"n\": \"1\"}", `line 2: "n" is text, and a whole number is needed`},
		{"after the object", "{}\n{}", "line 2: the file goes on after its closing bracket; keep one object"},
		{"not UTF-8", "{\"n\": \"\xff\"}", "the file is not UTF-8; save it as UTF-8"},
		{"deep", strings.Repeat(`{"n":`, 40), "line 1: objects and lists lie more than 32 deep in one another"},
		{"large", "{" + strings.Repeat(" ", 200) + "}", "the file has 202 bytes; at most 200 are read"},
	} {
		var v outer
		err := Strict([]byte(c.file), 200, &v)
		switch {
		case c.fault == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.fault != "" && (err == nil || err.Error() != c.fault):
			t.Errorf("%s: got %v, want %s", c.name, err, c.fault)
		}
	}
}
