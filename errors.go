package segue

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUsage marks an error of the call, not of the data: an unknown option, a
// missing mood. Commands exit with 2.
var ErrUsage = errors.New("usage")

// An InputError says what is wrong with somebody's file, where, and what to
// do. Its text is one line: "FILE: row 12, column tempo: PROBLEM; HINT".
type InputError struct {
	File    string // as the person named it; empty if not from a file
	Row     int    // 1-based line or record, 0 if none
	Column  string // empty if none
	Problem string // what is wrong; a format of package fmt where there are Args
	Hint    string // what to do; may be empty; a format where there are HintArgs

	// What stands in Problem and in Hint. Kept apart, both can be said in another
	// language: see Line.
	Args     []any
	HintArgs []any
}

// Error returns the one line.
func (e *InputError) Error() string { return e.Line(asWritten) }

// Line returns the one line in the language of say, which is given an English text
// and what stands in it.
func (e *InputError) Line(say func(english string, args ...any) string) string {
	var b strings.Builder
	if e.File != "" {
		fmt.Fprintf(&b, "%s: ", e.File)
	}
	switch {
	case e.Row > 0 && e.Column != "":
		b.WriteString(say("row %d, column %s: ", e.Row, e.Column))
	case e.Row > 0:
		b.WriteString(say("row %d: ", e.Row))
	case e.Column != "":
		b.WriteString(say("column %s: ", e.Column))
	}
	b.WriteString(Phrase{e.Problem, e.Args}.in(say))
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(Phrase{e.Hint, e.HintArgs}.in(say))
	}
	return b.String()
}

// A Phrase is a text that stands in another, such as among an InputError's Args, and
// what stands in it.
type Phrase struct {
	Text string // a format of package fmt where there are Args
	Args []any
}

// String returns the phrase in English.
func (p Phrase) String() string { return p.in(asWritten) }

// in says the phrase, and the phrases in it.
func (p Phrase) in(say func(english string, args ...any) string) string {
	args := make([]any, len(p.Args))
	for i, a := range p.Args {
		switch a := a.(type) {
		case Phrase:
			args[i] = a.in(say)
		case Phrases:
			args[i] = a.in(say)
		default:
			args[i] = a
		}
	}
	return say(p.Text, args...)
}

// Phrases are said with commas between them.
type Phrases []Phrase

// String returns the phrases in English.
func (p Phrases) String() string { return p.in(asWritten) }

func (p Phrases) in(say func(english string, args ...any) string) string {
	said := make([]string, len(p))
	for i, one := range p {
		said[i] = one.in(say)
	}
	return strings.Join(said, ", ")
}

// asWritten says a text in English.
func asWritten(english string, args ...any) string {
	if len(args) == 0 {
		return english
	}
	return fmt.Sprintf(english, args...)
}

// Progress is told how far a long piece of work has come. Done and total are
// in the same unit (bytes, rows, tracks); total is 0 while unknown. A nil
// Progress is never called. Implementations must be safe for many goroutines.
type Progress func(stage string, done, total int64)
