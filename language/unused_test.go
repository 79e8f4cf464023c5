package language_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"segue/language"
)

// TestNoneUnsaid finds texts of the files that nothing says any more: no string in
// the code is one, as a whole or added up, and neither is any of a tree. It asks for
// less than TestComplete, which follows each to the call that says it.
func TestNoneUnsaid(t *testing.T) {
	texts := map[string]bool{}
	take := func(s string) {
		texts[s] = true
		// What a file looks like is said without its hint in a list, a gate by what it
		// counts, and a reason for many rows with an s.
		what, _, _ := strings.Cut(s, ";")
		_, counts, _ := strings.Cut(s, ": ")
		texts[what], texts[counts], texts[s+"s"] = true, true, true
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (strings.HasPrefix(name, ".") && name != ".." || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		switch {
		case strings.HasSuffix(name, "_test.go"):
		case strings.HasSuffix(name, ".go"):
			return eachString(path, take)
		case filepath.Base(filepath.Dir(path)) == "trees" && strings.HasSuffix(name, ".json"):
			return eachTreeString(path, take)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) < 1000 {
		t.Fatalf("only %d strings were found", len(texts))
	}
	for _, tongue := range language.All()[1:] {
		err := language.Each(tongue.Code(), func(file, text, _ string) error {
			if !texts[text] {
				t.Errorf("%s: nothing says %q", file, text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// eachString calls do for every string of a file, those that are added up whole and
// in their parts.
func eachString(path string, do func(string)) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			if s, ok := literal(e); ok {
				do(s)
			}
		}
		return true
	})
	return nil
}

// eachTreeString calls do for every string of a tree's file.
func eachTreeString(path string, do func(string)) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for s := string(b); ; {
		at := strings.IndexByte(s, '"')
		if at < 0 {
			return nil
		}
		quoted, err := strconv.QuotedPrefix(s[at:])
		if err != nil {
			return err
		}
		text, err := strconv.Unquote(quoted)
		if err != nil {
			return err
		}
		do(text)
		s = s[at+len(quoted):]
	}
}
