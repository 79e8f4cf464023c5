package language_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"segue/language"
)

func vietnamese(t *testing.T) *language.Tongue {
	t.Helper()
	vi, ok := language.Of("vi")
	if !ok {
		t.Fatal("there is no Vietnamese")
	}
	return vi
}

func TestSay(t *testing.T) {
	var none *language.Tongue
	vi := vietnamese(t)
	for _, c := range []struct{ got, want string }{
		{none.Say("A step of %.2f", .5), "A step of 0.50"},
		{none.Code(), "en"},
		{none.Of(1, "play", "plays"), "1\u00a0play"},
		{none.Of(1200, "play", "plays"), "1\u202f200\u00a0plays"},
		{none.Percent(.0004), "under 0.1\u202f%"},
		{vi.Percent(.0004), "dưới 0,1\u202f%"},
		{vi.Say("not in any file: %.2f and %d", 1.25, 3), "not in any file: 1,25 and 3"},
		{vi.Decimal(-1234.5, 1), "−1\u202f234,5"},
		{none.List([]string{"a", "b", "c"}), "a, b and c"},
		{vi.List([]string{"a", "b"}), "a và b"},
		{none.Day(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)), "Sat 28 Nov 2026"},
		{vi.Day(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)), "T7, 28/11/2026"},
		{vi.Span(72 * time.Minute), "1\u00a0giờ 12\u00a0phút"},
		{none.Exact(3616 * time.Second), "60\u00a0min 16\u00a0s"},
		{language.Clock(208 * time.Second), "3:28"},
		{language.Upper("it's"), "It’s"},
		{language.Upper("đã"), "Đã"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestPreferred(t *testing.T) {
	for accept, want := range map[string]string{
		"": "en", "vi": "vi", "vi-VN,vi;q=0.9,en;q=0.8": "vi", "de,en;q=0.5": "en", "en-GB, vi;q=0.9": "en", "xx": "en", ";;;": "en", "fr;q=0.9, vi;q=0.1": "vi",
		strings.Repeat("vi,", 5000): "vi",
	} {
		if got := language.Preferred(accept).Code(); got != want {
			t.Errorf("%.40q: got %s, want %s", accept, got, want)
		}
	}
}

// A number stands right before its verb: "%.2[3]f".
var (
	verb    = regexp.MustCompile(`%[-+# 0-9.]*(?:\[(\d+)\])?([a-zA-Z%])`)
	indexed = regexp.MustCompile(`%[-+# 0-9.]*\[`)
)

// verbs returns which arguments a format reads and how: "1d 2s".
func verbs(format string) []string {
	var out []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		out = append(out, fmt.Sprint(next, m[2]))
		next++
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// arguments returns such arguments as verbs read.
func arguments(verbs []string) []any {
	var out []any
	for _, v := range verbs {
		at, _ := strconv.Atoi(v[:len(v)-1])
		for len(out) < at {
			out = append(out, nil)
		}
		switch v[len(v)-1] {
		case 'd':
			out[at-1] = 7
		case 'f', 'g':
			out[at-1] = 1.5
		default:
			out[at-1] = "x"
		}
	}
	return out
}

// TestFiles holds every text of every language against the English it stands for:
// it must read no argument that the English one is not given or is of another
// kind, and, unless it numbers its verbs, all of them.
func TestFiles(t *testing.T) {
	for _, tongue := range language.All()[1:] {
		n := 0
		err := language.Each(tongue.Code(), func(file, text, said string) error {
			n++
			if strings.TrimSpace(said) == "" {
				t.Errorf("%s: %q has no translation", file, text)
			}
			have, want := verbs(said), verbs(text)
			numbered := indexed.MatchString(said)
			for _, v := range have {
				if !slices.Contains(want, v) && !(numbered && strings.HasSuffix(v, "d") && indexed.MatchString(text)) {
					t.Errorf("%s: %q reads argument %s, which %q does not", file, said, v, text)
				}
			}
			if !numbered && len(have) != len(want) {
				t.Errorf("%s: %q reads %d arguments of the %d of %q; number its verbs if that is meant", file, said, len(have), len(want), text)
			}
			if args := arguments(append(want, have...)); len(args) > 0 && strings.Contains(fmt.Sprintf(said, args...), "%!") {
				t.Errorf("%s: %q does not read as a format: %q", file, said, fmt.Sprintf(said, args...))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n < 50 {
			t.Errorf("%s: only %d texts were read", tongue.Code(), n)
		}
	}
}

// A key written twice in one file would hide the first; encoding/json lets it pass.
func TestNoKeyTwice(t *testing.T) {
	paths, err := filepath.Glob("*/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatal("no files", err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		dec := json.NewDecoder(bytes.NewReader(b))
		for i := 0; ; i++ {
			token, err := dec.Token()
			if err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if key, ok := token.(string); ok && i%2 == 1 {
				if seen[key] {
					t.Errorf("%s: %q stands twice", path, key)
				}
				seen[key] = true
			}
		}
	}
}

// spoken are the folders whose texts a page can show.
var spoken = []string{"language", "chart", "tell", "web", "persona", "playlist", "recommend", "history", "outcome", "card", "account", "mood", "lab"}

// said are the functions whose first literal is a text, and counted those whose
// second and third are words for one and many.
var (
	said    = map[string]bool{"Say": true, "say": true, "Text": true}
	counted = map[string]bool{"Of": true, "of": true}
)

// TestComplete reads the code for every text that is said, and expects each of
// them in every language.
func TestComplete(t *testing.T) {
	texts := map[string]string{} // text to where it stands
	for _, folder := range spoken {
		err := filepath.WalkDir(filepath.Join("..", folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				if os.IsNotExist(err) {
					return nil
				}
				return err
			}
			return eachText(path, func(line int, text string) {
				if _, ok := texts[text]; !ok {
					texts[text] = fmt.Sprintf("%s:%d", strings.TrimPrefix(path, "../"), line)
				}
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(texts) < 40 {
		t.Fatalf("only %d texts were found", len(texts))
	}
	for _, tongue := range language.All()[1:] {
		var missing []string
		for text, where := range texts {
			if !tongue.Has(text) {
				missing = append(missing, fmt.Sprintf("%s: %q", where, text))
			}
		}
		slices.Sort(missing)
		for _, m := range missing {
			t.Errorf("%s lacks %s", tongue.Code(), m)
		}
	}
}

// eachText calls do for every text that a file says.
func eachText(path string, do func(line int, text string)) error {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, path, nil, 0)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := ""
		switch f := call.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		from, to := 0, 0
		switch {
		case said[name] && len(call.Args) > 0:
			to = 1
		case counted[name] && len(call.Args) == 3:
			from, to = 2, 3 // the word for many; that for one may be the same
		}
		for _, a := range call.Args[from:to] {
			if text, ok := literal(a); ok {
				do(positions.Position(a.Pos()).Line, text)
			}
		}
		return true
	})
	return nil
}

// literal returns the string that an expression of literals is.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.ParenExpr:
		return literal(e.X)
	case *ast.BinaryExpr:
		a, okA := literal(e.X)
		b, okB := literal(e.Y)
		return a + b, okA && okB && e.Op == token.ADD
	}
	return "", false
}
