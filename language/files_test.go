package language_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"segue"
	"segue/catalog"
	"segue/history"
	"segue/labels"
	"segue/language"
	"segue/recommend"
)

// eachComplaint calls do for every text that a package says of a person's file: what
// its errors take as problem and hint, the phrases in them, and the names of formats.
func eachComplaint(t *testing.T, folder string, do func(where, text string)) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no files", err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		positions := token.NewFileSet()
		file, err := parser.ParseFile(positions, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		take := func(e ast.Expr) {
			if text, ok := literal(e); ok && text != "" {
				do(fmt.Sprintf("%s:%d", strings.TrimPrefix(path, "../"), positions.Position(e.Pos()).Line), text)
			}
		}
		name := func(e ast.Expr) string {
			switch e := e.(type) {
			case *ast.Ident:
				return e.Name
			case *ast.SelectorExpr:
				return e.Sel.Name
			}
			return ""
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if slices.Contains([]string{"Problem", "Hint", "Text", "name"}, name(n.Key)) {
					take(n.Value)
				}
			case *ast.AssignStmt:
				for i, to := range n.Lhs {
					if i < len(n.Rhs) && slices.Contains([]string{"Problem", "Hint", "problem", "hint"}, name(to)) {
						take(n.Rhs[i])
					}
				}
			case *ast.CallExpr:
				switch name(n.Fun) {
				case "fault":
					for _, a := range n.Args {
						take(a)
					}
				case "is", "say", "Text", "unsure":
					take(n.Args[0])
				}
			case *ast.ValueSpec:
				if n.Names[0].Name == "whatToGive" {
					take(n.Values[0])
				}
			}
			return true
		})
	}
}

// What is said of a file that cannot be read stands in errors, whose words are put
// together late: TestComplete cannot see them.
func TestCompleteFiles(t *testing.T) {
	texts := map[string]string{} // text to where it stands
	for _, folder := range []string{"history", "catalog", "labels", "internal/table", "recommend"} {
		eachComplaint(t, folder, func(where, text string) {
			texts[text] = where
			// A list of what files look like says no more than that.
			if what, _, more := strings.Cut(text, ";"); more && (strings.HasPrefix(where, "history/lookalike.go") || what == "a spreadsheet") {
				texts[what] = where + ", in a list"
			}
		})
	}
	for _, reason := range []string{
		history.Podcast, history.Audiobook, history.Video, history.NoTitle, history.NowPlaying, history.OtherEvent, history.BadTime, history.BadDuration, history.Unreadable,
		history.Podcast + "s", history.Audiobook + "s", history.Video + "s", history.Unreadable + "s",
		catalog.BrokenQuotes, catalog.WrongFields, catalog.NoTitle, catalog.NoArtist, catalog.NoFeatures,
		labels.NoTrack, labels.NoLabel, labels.BadNumber, labels.UnknownWord, recommend.LabelUnmatched, recommend.LabelContradicts,
		"row %d, column %s: ", "row %d: ", "column %s: ",
	} {
		texts[reason] = "a reason"
	}
	// These say the same in every language.
	for _, same := range []string{"%s (%d)", "%d %s"} {
		delete(texts, same)
	}
	if len(texts) < 110 {
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

// An error about a file is one line in every language, whatever stands in it.
func TestFileLine(t *testing.T) {
	e := &segue.InputError{
		File: "mine.zip", Row: 3,
		Problem: "holds no listening history; what is there looks like %s",
		Args:    []any{segue.Phrases{{Text: "%s (%d)", Args: []any{segue.Phrase{Text: "a picture"}, 2}}, {Text: "others"}}},
		Hint:    "check the path",
	}
	if got, want := e.Error(), "mine.zip: row 3: holds no listening history; what is there looks like a picture (2), others; check the path"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := e.Line(vietnamese(t).Say), "mine.zip: dòng 3: không chứa lịch sử nghe nào; những gì có ở đó trông giống một bức ảnh (2), những thứ khác; hãy kiểm tra đường dẫn"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
