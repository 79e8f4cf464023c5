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
	Problem string // what is wrong
	Hint    string // what to do; may be empty
}

// Error returns the one line.
func (e *InputError) Error() string {
	var b strings.Builder
	if e.File != "" {
		fmt.Fprintf(&b, "%s: ", e.File)
	}
	switch {
	case e.Row > 0 && e.Column != "":
		fmt.Fprintf(&b, "row %d, column %s: ", e.Row, e.Column)
	case e.Row > 0:
		fmt.Fprintf(&b, "row %d: ", e.Row)
	case e.Column != "":
		fmt.Fprintf(&b, "column %s: ", e.Column)
	}
	b.WriteString(e.Problem)
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

// Progress is told how far a long piece of work has come. Done and total are
// in the same unit (bytes, rows, tracks); total is 0 while unknown. A nil
// Progress is never called. Implementations must be safe for many goroutines.
type Progress func(stage string, done, total int64)
