package language_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"segue"
	"segue/language"
	"segue/persona"
	"segue/session"
)

// shown are the keys of a tree's file whose strings a page shows; "about" is for
// whoever reads the file.
var shown = []string{"label", "title", "text", "yes_text", "no_text"}

// eachShown calls do for every string that stands at such a key.
func eachShown(v any, do func(text string)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			eachShown(e, do)
		}
	case map[string]any:
		for key, e := range v {
			if text, ok := e.(string); ok && slices.Contains(shown, key) {
				do(text)
			} else {
				eachShown(e, do)
			}
		}
	}
}

// The decision trees are data, and so are the styles, the habits they look at and
// the names of the gates: TestComplete cannot see their texts in the code.
func TestCompleteTrees(t *testing.T) {
	texts := map[string]string{} // text to where it stands
	paths, err := filepath.Glob("../persona/trees/*.json")
	if err != nil || len(paths) < 2 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(b, &tree); err != nil {
			t.Fatal(err)
		}
		eachShown(tree, func(text string) { texts[text] = filepath.Base(path) })
	}
	for _, s := range persona.Styles() {
		for _, text := range []string{s.Name, s.Colour, s.Line, s.Text} {
			texts[text] = "the style " + s.Name
		}
	}
	for _, d := range persona.Dimensions() {
		texts[d.LabelOf(segue.Habits{})] = "the habit " + d.String()
		texts[d.LabelOf(segue.Habits{ExplorationRarefied: true})] = "the habit " + d.String()
	}
	g, h := session.DefaultGates(), segue.Habits{}
	gates := slices.Concat(g.Usual(h), g.Persona(h), g.Trend(0))
	p, err := persona.PersonaOf(t.Context(), h, nil, persona.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range append(gates, p.Gates...) {
		if _, what, ok := strings.Cut(g.Name, ": "); !ok || what == "" {
			t.Errorf("the gate %q does not name its claim and what it counts", g.Name)
		} else {
			texts[what] = "the gate " + g.Name
		}
	}
	if len(texts) < 90 {
		t.Fatalf("only %d texts were found", len(texts))
	}
	for _, tongue := range language.All()[1:] {
		for text, where := range texts {
			if !tongue.Has(text) {
				t.Errorf("%s lacks %s: %q", tongue.Code(), where, text)
			}
		}
	}
}
