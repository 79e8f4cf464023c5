package metric

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"segue"
)

// MaxFacts is how many rows a table of facts may have. (d)
const MaxFacts = 10_000_000

// Facts are what listeners declared of themselves, such as an age band or the group of a
// study they are in. They are made by ReadFacts.
type Facts struct {
	names    map[string]int           // of the facts that are kept, folded
	values   map[string]int32         // folded
	said     map[string][]factAndWhat // by listener
	declared map[int32]bool           // facts that anybody declared
	rows     int
}

type factAndWhat struct{ fact, value int32 }

// ReadFacts reads a table of facts: CSV with the columns listener, fact and value, in any
// order, a fact a row. A listener may have several values of a fact. Only facts that the
// cohorts ask for are kept, about 100 bytes each.
//
// It returns a *segue.InputError with the row for a table without these columns, a row
// with other ones, an empty or too long entry, or more than MaxFacts rows.
func ReadFacts(r io.Reader, cohorts *Cohorts) (*Facts, error) {
	f := &Facts{names: map[string]int{}, values: map[string]int32{}, said: map[string][]factAndWhat{}, declared: map[int32]bool{}}
	if cohorts != nil {
		f.names = cohorts.facts
	}
	rows, err := columns(r, "listener", "fact", "value")
	if err != nil {
		return nil, err
	}
	for {
		row, line, err := rows.next()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return nil, err
		}
		if f.rows++; f.rows > MaxFacts {
			return nil, &segue.InputError{Row: line, Problem: "there are more than %d facts", Args: []any{MaxFacts}}
		}
		for i, v := range row {
			switch {
			case strings.TrimSpace(v) == "":
				return nil, &segue.InputError{Row: line, Column: rows.wants[i], Problem: "it is empty"}
			case len(v) > MaxText:
				return nil, &segue.InputError{Row: line, Column: rows.wants[i], Problem: "it is longer than %d bytes", Args: []any{MaxText}}
			}
		}
		fact, ok := f.names[fold(row[1])]
		if !ok {
			continue
		}
		f.declared[int32(fact)] = true
		value, ok := f.values[fold(row[2])]
		if !ok {
			value = int32(len(f.values))
			f.values[strings.Clone(fold(row[2]))] = value
		}
		who, one := strings.TrimSpace(row[0]), factAndWhat{int32(fact), value}
		if !slices.Contains(f.said[who], one) {
			f.said[strings.Clone(who)] = append(f.said[who], one)
		}
	}
}

// says reports whether a listener declared a value of a fact.
func (f *Facts) says(listener, fact, value string) bool {
	if f == nil {
		return false
	}
	name, known := f.names[fold(fact)]
	v, met := f.values[fold(value)]
	return known && met && slices.Contains(f.said[listener], factAndWhat{int32(name), v})
}

// A csvTable reads the wanted columns of a CSV with a header.
type csvTable struct {
	r     *csv.Reader
	wants []string
	at    []int
	row   []string
}

// columns reads the header of a CSV. Optional columns are marked by a leading "?".
func columns(r io.Reader, wants ...string) (*csvTable, error) {
	t := &csvTable{r: csv.NewReader(&boundedLines{r: r}), row: make([]string, len(wants))}
	t.r.ReuseRecord = true
	head, err := t.r.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &segue.InputError{Problem: "the table is empty", Hint: "begin with a row of columns: %s", HintArgs: []any{strings.ReplaceAll(strings.Join(wants, ","), "?", "")}}
		}
		return nil, csvProblem(err)
	}
	for _, want := range wants {
		name, optional := strings.CutPrefix(want, "?")
		at := slices.IndexFunc(head, func(h string) bool { return fold(strings.TrimPrefix(h, "\ufeff")) == name })
		if at < 0 && !optional {
			return nil, &segue.InputError{Row: 1, Problem: "there is no column %q", Args: []any{name}, Hint: "begin with a row of columns: %s", HintArgs: []any{strings.ReplaceAll(strings.Join(wants, ","), "?", "")}}
		}
		t.wants, t.at = append(t.wants, name), append(t.at, at)
	}
	return t, nil
}

// next returns the wanted columns of the next row, "" for an optional one that is not
// there, with its line; io.EOF after the last. The row is overwritten by the next.
func (t *csvTable) next() ([]string, int, error) {
	all, err := t.r.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, 0, io.EOF
		}
		return nil, 0, csvProblem(err)
	}
	for i, at := range t.at {
		t.row[i] = ""
		if at >= 0 {
			t.row[i] = all[at]
		}
	}
	line, _ := t.r.FieldPos(0)
	return t.row, line, nil
}

// csvProblem words what package csv says.
func csvProblem(err error) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return err
	}
	what := "it cannot be read as CSV"
	switch {
	case errors.Is(p.Err, csv.ErrFieldCount):
		what = "it has more or fewer columns than the first row"
	case errors.Is(p.Err, csv.ErrQuote), errors.Is(p.Err, csv.ErrBareQuote):
		what = "a quotation mark is missing, or one too many"
	}
	return &segue.InputError{Row: p.Line, Problem: what}
}

// maxCSVLine bounds what a quotation mark that is never closed can take. (d)
const maxCSVLine = 1 << 16

// boundedLines ends a table whose line is too long to be one.
type boundedLines struct {
	r    io.Reader
	line int // bytes since the last line break
	row  int
}

func (b *boundedLines) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	for _, c := range p[:n] {
		b.line++
		if c == '\n' {
			b.line = 0
			b.row++
		}
		if b.line > maxCSVLine {
			return 0, &segue.InputError{Row: b.row + 1, Problem: "the line is longer than %d KB", Args: []any{maxCSVLine >> 10}}
		}
	}
	return n, err
}
