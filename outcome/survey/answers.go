package survey

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"segue"
	"segue/internal/jsonwords"
)

// Bounds of answers. (d)
const (
	MaxAnswers      = 64 << 20 // bytes of a file
	MaxRespondents  = 100_000
	MaxAnswerText   = 10_000 // bytes of one answer
	maxRespondentID = 128
)

// Columns of a CSV table beside the items'.
const (
	respondentColumn = "respondent"
	versionColumn    = "version"
)

// Answers are what respondents said.
type Answers struct {
	survey      *Survey
	respondents map[string]bool
	said        [][]answer // by item, one a respondent
}

// An answer is to one item: a number of it, or a text.
type answer struct {
	given bool
	n     int // 1 agree, 0 disagree; 1 … 5; index of the option
}

// N returns how many respondents there are.
func (a *Answers) N() int { return len(a.respondents) }

func newAnswers(s *Survey) *Answers {
	return &Answers{survey: s, respondents: map[string]bool{}, said: make([][]answer, len(s.Items))}
}

// add takes a respondent's row; cells are by item, empty where nothing was answered.
// The error is an InputError with its column.
func (a *Answers) add(row int, respondent string, cells []string) error {
	bad := func(column, problem, hint string) error {
		return &segue.InputError{Row: row, Column: column, Problem: problem, Hint: hint}
	}
	switch {
	case respondent == "" || len(respondent) > maxRespondentID:
		return bad(respondentColumn, fmt.Sprintf("1 to %d characters are needed", maxRespondentID), "give each respondent a number of their own")
	case a.respondents[respondent]:
		return bad(respondentColumn, "this respondent has answered before", "keep one row for each")
	case len(a.respondents) == MaxRespondents:
		return bad("", fmt.Sprintf("more than %d respondents", MaxRespondents), "split the file")
	}
	parsed := make([]answer, len(cells))
	for i, cell := range cells {
		it := a.survey.Items[i]
		got, problem := it.parse(cell)
		if problem != "" {
			return bad(it.ID, problem, "leave it empty where nothing was answered")
		}
		parsed[i] = got
	}
	a.respondents[respondent] = true
	for i := range parsed {
		a.said[i] = append(a.said[i], parsed[i])
	}
	return nil
}

// parse reads one answer.
func (it *Item) parse(cell string) (a answer, problem string) {
	cell = strings.TrimSpace(cell)
	if cell == "" {
		return a, ""
	}
	if len(cell) > MaxAnswerText || !utf8.ValidString(cell) {
		return a, fmt.Sprintf("the answer has %d bytes or is not UTF-8; at most %d are read", len(cell), MaxAnswerText)
	}
	switch it.Kind {
	case Agree:
		switch strings.ToLower(cell) {
		case "agree", "yes", "1":
			return answer{true, 1}, ""
		case "disagree", "no", "0":
			return answer{true, 0}, ""
		}
		return a, fmt.Sprintf("%.40q is neither agree nor disagree", cell)
	case FivePoint:
		n, err := strconv.Atoi(cell)
		if err != nil || n < 1 || n > 5 {
			return a, fmt.Sprintf("%.40q is none of 1 to 5", cell)
		}
		return answer{true, n}, ""
	case Choice:
		if i := slices.Index(it.Options, cell); i >= 0 {
			return answer{true, i}, ""
		}
		return a, fmt.Sprintf("%.40q is none of %s", cell, strings.Join(it.Options, ", "))
	default:
		return answer{given: true}, ""
	}
}

// ReadCSV reads answers from a table: a header with the column respondent, a column for
// each item that was answered, and version where answers of several versions may have
// been put together; then a row for each respondent. Errors are *segue.InputError with
// row and column. At most MaxAnswers bytes are read.
func ReadCSV(s *Survey, r io.Reader) (*Answers, error) {
	limited := &io.LimitedReader{R: r, N: MaxAnswers + 1}
	in := csv.NewReader(limited)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return nil, &segue.InputError{Problem: "no header row could be read", Hint: "give a CSV table whose first row names respondent and the items"}
	}
	column := make([]int, len(header)) // index of the item; −1 respondent, −2 version
	seen := map[string]bool{}
	for i, name := range header {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if seen[name] {
			return nil, &segue.InputError{Row: 1, Column: name, Problem: "the column stands twice"}
		}
		seen[name] = true
		switch name {
		case respondentColumn:
			column[i] = -1
		case versionColumn:
			column[i] = -2
		default:
			if column[i] = slices.IndexFunc(s.Items, func(it Item) bool { return it.ID == name }); column[i] < 0 {
				return nil, &segue.InputError{Row: 1, Column: name, Problem: "the questionnaire has no such item", Hint: "its columns are respondent and " + itemNames(s)}
			}
		}
	}
	if !seen[respondentColumn] {
		return nil, &segue.InputError{Row: 1, Problem: "there is no column respondent", Hint: "number the respondents, so that nobody is counted twice"}
	}
	a := newAnswers(s)
	for row := 2; ; row++ {
		record, err := in.Read()
		if limited.N <= 0 {
			return nil, &segue.InputError{Problem: fmt.Sprintf("the file has more than %d MB", MaxAnswers>>20), Hint: "split it"}
		}
		if errors.Is(err, io.EOF) {
			return a, nil
		}
		if err != nil {
			var parse *csv.ParseError
			if errors.As(err, &parse) {
				return nil, &segue.InputError{Row: row, Problem: "the row cannot be read: " + parse.Err.Error()}
			}
			return nil, err
		}
		respondent, cells := "", make([]string, len(s.Items))
		for i, cell := range record {
			switch at := column[i]; {
			case at >= 0:
				cells[at] = cell
			case at == -1:
				respondent = strings.Clone(strings.TrimSpace(cell))
			case strings.TrimSpace(cell) != strconv.Itoa(s.Version):
				return nil, &segue.InputError{Row: row, Column: versionColumn, Problem: fmt.Sprintf("%.20q, and the questionnaire has version %d", cell, s.Version), Hint: "read answers with the wording they were given to"}
			}
		}
		if err := a.add(row, respondent, cells); err != nil {
			return nil, err
		}
	}
}

func itemNames(s *Survey) string {
	var all []string
	for _, it := range s.Items {
		all = append(all, it.ID)
	}
	return strings.Join(all, ", ")
}

// ReadJSON reads answers from one JSON object: survey and version, which have to be the
// questionnaire's, and answers, a list of {"respondent": "…", "items": {"ID": answer}}
// with a text or a number for each item answered. Errors are *segue.InputError, whose row
// counts the respondents. At most MaxAnswers bytes are read.
func ReadJSON(s *Survey, r io.Reader) (*Answers, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxAnswers+1))
	if err != nil {
		return nil, err
	}
	var file struct {
		Survey  string `json:"survey"`
		Version int    `json:"version"`
		Answers []struct {
			Respondent string                     `json:"respondent"`
			Items      map[string]json.RawMessage `json:"items"`
		} `json:"answers"`
	}
	if err := jsonwords.Strict(b, MaxAnswers, &file); err != nil {
		return nil, &segue.InputError{Problem: err.Error()}
	}
	if file.Survey != s.ID || file.Version != s.Version {
		return nil, &segue.InputError{Problem: fmt.Sprintf("the answers are to %.80q, version %d, and the questionnaire is %q, version %d", file.Survey, file.Version, s.ID, s.Version), Hint: "read answers with the wording they were given to"}
	}
	a := newAnswers(s)
	for row, one := range file.Answers {
		cells := make([]string, len(s.Items))
		for id, value := range one.Items {
			at := slices.IndexFunc(s.Items, func(it Item) bool { return it.ID == id })
			if at < 0 {
				return nil, &segue.InputError{Row: row + 1, Column: id, Problem: "the questionnaire has no such item", Hint: "its items are " + itemNames(s)}
			}
			var text string
			switch err := json.Unmarshal(value, &text); {
			case err == nil:
				cells[at] = text
			case len(value) > 0 && (value[0] == '{' || value[0] == '['):
				return nil, &segue.InputError{Row: row + 1, Column: id, Problem: "an answer is a text or a number"}
			default:
				cells[at] = string(value)
			}
		}
		if err := a.add(row+1, one.Respondent, cells); err != nil {
			return nil, err
		}
	}
	return a, nil
}
