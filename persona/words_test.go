package persona

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"segue/language"
)

func TestWords(t *testing.T) {
	texts := map[string][]string{}
	files, _ := filepath.Glob("*.go")
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				texts[name] = append(texts[name], l.Value)
			}
			return true
		})
	}
	data, _ := filepath.Glob("*/*.v1.json")
	if len(data) != 3 || len(texts["styles.go"]) == 0 {
		t.Fatalf("the linter looks at %v", data)
	}
	for _, name := range data {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = append(texts[name], string(b))
	}
	for name, all := range texts {
		for _, s := range all {
			if w := language.Never(s); w != "" {
				t.Errorf("%s says %q", name, w)
			}
		}
	}
	for _, s := range Styles() {
		if w := neverOnCard(s.Line + s.Text); w != "" {
			t.Errorf("the card of %s says %q", s.Name, w)
		}
	}
}

func TestTheLinterBites(t *testing.T) {
	for _, s := range []string{"Depressed?", "a diagnosis", "patients", "this treats stress", "music therapy", "clinically proven"} {
		if language.Never(s) == "" {
			t.Errorf("%q passes", s)
		}
	}
	for _, s := range []string{"impatient", "an improvement", "sweet treat"} {
		if language.Never(s) != "" {
			t.Errorf("%q does not pass", s)
		}
	}
}
