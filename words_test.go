package segue_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"segue/language"
)

// never are the words no text of Segue may use: it describes music and
// listening, never a person's health. (docs/science.md §8)
var never = regexp.MustCompile(language.NeverInEnglish)

// mayBeSaid are the passages in which such a word denies a claim, names a field
// of research, or is the rule itself. What is not listed is not said.
var mayBeSaid = []string{
	// denials
	"not therapy, not a medical device",
	"not therapy and not a medical device",
	"it is no therapy and no medical device",
	"It does not diagnose",
	"They offer and never diagnose",
	"not mental state",
	// research
	"music therapy",
	"intention-to-treat",
	// the rule
	`Never write "proven", "treats", "diagnoses" in product text`,
	`Never: depress*, disorder, symptom, diagnos*, patient, unstable, "mental state", risk score, "treats", "therapy" as a claim`,
	strings.Join(strings.Fields(language.NeverInEnglish), " "),
}

// neverInVietnamese are the same words in Vietnamese, as whole syllables: they may
// stand in the disclaimer alone.
var neverInVietnamese = regexp.MustCompile(language.NeverInVietnamese)

// mayBeSaidInVietnamese are the passages in which such a word denies a claim.
var mayBeSaidInVietnamese = []string{
	"không phải là trị liệu và không phải là thiết bị y tế",
}

// forbiddenInVietnamese is forbidden for a Vietnamese text, whichever way its marks
// are written.
func forbiddenInVietnamese(text string) string {
	text = strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(text))), " ")
	for _, p := range mayBeSaidInVietnamese {
		text = strings.ReplaceAll(text, p, "…")
	}
	if m := neverInVietnamese.FindStringSubmatch(text); m != nil {
		return m[1] + " in " + text
	}
	return ""
}

// forbidden returns the first forbidden word of a text that stands in no
// passage that may be said, with its surroundings.
func forbidden(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, p := range mayBeSaid {
		text = strings.ReplaceAll(text, p, "…")
	}
	at := never.FindStringIndex(text)
	if at == nil {
		return ""
	}
	return "…" + strings.ToValidUTF8(text[max(0, at[0]-40):min(len(text), at[1]+40)], "") + "…"
}

func TestWords(t *testing.T) {
	literals, files := 0, 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			// Dot folders are tools' own; test data are inputs, not texts.
			if path != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		switch filepath.Ext(name) {
		case ".go":
			if strings.HasSuffix(name, "_test.go") {
				return nil
			}
			n, err := eachLiteral(path, func(line int, text string) {
				if w := forbidden(text); w != "" {
					t.Errorf("%s:%d: %s", path, line, w)
				}
			})
			literals += n
			return err
		case ".templ", ".md", ".json", ".html", ".txt", ".svg", ".yml", ".yaml", ".toml", ".js", ".mjs", ".sql", ".py", ".sh":
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			if w := forbidden(string(b)); w != "" {
				t.Errorf("%s: %s", path, w)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if literals < 2000 || files < 10 {
		t.Errorf("only %d literals and %d files were read", literals, files)
	}
}

// TestVietnameseWords holds what stands for each English text to the same rule.
func TestVietnameseWords(t *testing.T) {
	all := new(strings.Builder)
	n := 0
	err := language.Each("vi", func(file, text, said string) error {
		n++
		all.WriteString(strings.ToLower(norm.NFC.String(said)) + "\n")
		if w := forbiddenInVietnamese(said); w != "" {
			t.Errorf("%s: %q: %s", file, text, w)
		}
		if !norm.NFC.IsNormalString(said) {
			t.Errorf("%s: %q: marks are written apart from their letters: %q", file, text, said)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 500 {
		t.Errorf("only %d texts were read", n)
	}
	for _, p := range mayBeSaidInVietnamese {
		if !strings.Contains(all.String(), p) {
			t.Errorf("%q may be said but nobody does: take it off the list", p)
		}
	}
}

// eachLiteral calls do for every string literal of a Go file, and returns how
// many there are. Literals joined by + are one text: a word may be cut in two.
func eachLiteral(path string, do func(line int, text string)) (int, error) {
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, path, nil, 0)
	if err != nil {
		return 0, err
	}
	n := 0
	var joined func(e ast.Expr) string
	joined = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.ParenExpr:
			return joined(e.X)
		case *ast.BinaryExpr:
			if e.Op == token.ADD {
				return joined(e.X) + joined(e.Y)
			}
		case *ast.BasicLit:
			if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
				return s
			}
		}
		return " "
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch e := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BinaryExpr:
			if e.Op == token.ADD {
				do(positions.Position(e.Pos()).Line, joined(e))
			}
		case *ast.BasicLit:
			if e.Kind == token.STRING {
				n++
				do(positions.Position(e.Pos()).Line, joined(e))
			}
		}
		return true
	})
	return n, nil
}

// The Vietnamese linter must be able to fail too.
func TestVietnameseWordsAreNoticed(t *testing.T) {
	for _, bad := range []string{
		"Trầm cảm?", "RỐI LOẠN", "một triệu chứng", "chẩn đoán bệnh", "dành cho bệnh nhân", "bệnh.", "để điều\u00a0trị", "chữa lành", "âm nhạc trị liệu",
		"một liệu\n pháp", "tâm thần", "đã được chứng minh", "sức khoẻ tinh thần", norm.NFD.String("trị liệu"), "Đây là trị liệu và không phải là thiết bị y tế",
	} {
		if forbiddenInVietnamese(bad) == "" {
			t.Errorf("%q passes", bad)
		}
	}
	for _, good := range []string{"chữ", "một chữ cái", "tâm trạng", "điều trái ngược", "Segue không phải là trị liệu\nvà không phải là thiết bị y tế.", "Không phải là trị liệu và không phải là thiết bị y tế"} {
		if w := forbiddenInVietnamese(good); w != "" {
			t.Errorf("%q: %s", good, w)
		}
	}
}

// The linter must be able to fail, and every exception must be in use.
func TestWordsAreNoticed(t *testing.T) {
	for _, bad := range []string{
		"Depressed?", "a depression in tempo", "a diagnosis", "two patients", "this treats stress", "music as therapy", "aromatherapy",
		"clinically proven", "your mental\n  state", "a risk score", "mood disorder", "symptoms", "an unstable mood", "DIAGNOSE",
	} {
		if forbidden(bad) == "" {
			t.Errorf("%q passes", bad)
		}
	}
	for _, good := range []string{"impatient", "an improvement", "a sweet treat", "treated likewise", "It is about music: not therapy,\nnot a medical device.", "Journal of Music and music therapy"} {
		if w := forbidden(good); w != "" {
			t.Errorf("%q: %s", good, w)
		}
	}
	all := new(bytes.Buffer)
	for _, glob := range []string{"*.md", "docs/*.md", "*/*.templ", "cmd/segue/*.go", "*/*.go"} {
		paths, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			if strings.HasSuffix(p, "_test.go") {
				continue
			}
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString(strings.Join(strings.Fields(string(b)), " ") + "\n")
		}
	}
	for _, p := range mayBeSaid {
		if p != "music therapy" && !strings.Contains(all.String(), p) { // titles of references may come to hold it
			t.Errorf("%q may be said but nobody does: take it off the list", p)
		}
	}
}
