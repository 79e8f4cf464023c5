package persona

import (
	"fmt"
	"unicode/utf8"

	"segue/language"
)

// MaxProblems is how many problems are told of a tree file: nobody mends more at
// once. (d)
const MaxProblems = 50

// A Problem is one thing that is wrong with a tree file.
type Problem struct {
	Line int    // where in the file, from 1; 0 where that is not known
	At   string // id of the node or leaf, or "feature NAME"; "" for the tree itself

	text string // a format of package fmt
	args []any
}

// atFeature is where a feature's problems are.
func atFeature(name string) string { return "feature " + name }

// Error says the problem in English, in one line.
func (p *Problem) Error() string { return p.In(nil) }

// In says the problem in a language; nil is English.
func (p *Problem) In(t *language.Tongue) string {
	s := t.Say(p.text, p.args...)
	if p.Line > 0 {
		s = t.Say("line %d: %s", p.Line, s)
	}
	return s
}

// clip shortens a text of somebody's file that an error quotes.
func clip(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return fmt.Sprintf("%s…", s[:cut])
}

// Wrong is a problem of the tree as a whole; text is a format of package fmt that
// language.Text marks.
func Wrong(text string, args ...any) Problem { return Problem{text: text, args: args} }
