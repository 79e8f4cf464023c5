package survey

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"segue/internal/jsonwords"
)

// Schema is the version of questionnaire files that this package reads up to.
const Schema = 1

// Bounds of a questionnaire: it is to be short. (d)
const (
	MaxBytes   = 64 << 10
	MaxItems   = 30
	MaxOptions = 12
	MaxText    = 1000 // bytes of a question
)

// Kind is how an item is answered.
type Kind string

// The kinds.
const (
	Agree     Kind = "agree"      // agree or disagree
	FivePoint Kind = "five_point" // 1 … 5
	Choice    Kind = "choice"     // one of Options
	Text      Kind = "text"       // in the respondent's own words
)

// A Survey is a questionnaire.
type Survey struct {
	Schema  int    `json:"schema"`
	ID      string `json:"id"`      // small letters, digits, - and _; at most 64
	Version int    `json:"version"` // of the wording, from 1: answers to another wording are answers to another question
	Title   string `json:"title"`
	Intro   string `json:"intro,omitempty"` // said before the questions
	Items   []Item `json:"items"`
	Pairs   []Pair `json:"pairs,omitempty"`
}

// An Item is one question.
type Item struct {
	ID      string   `json:"id"` // small letters, digits, - and _; at most 40
	Kind    Kind     `json:"kind"`
	Text    string   `json:"text"`              // the question, or the statement to agree with
	Low     string   `json:"low,omitempty"`     // what 1 means, of a five-point item
	High    string   `json:"high,omitempty"`    // what 5 means
	Options []string `json:"options,omitempty"` // of a choice
	Against float64  `json:"against,omitempty"` // share that agreement is tested against, (0, 1); default ½
}

// A Pair is a five-point item asked before and after.
type Pair struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// item returns an item by its id, nil if there is none.
func (s *Survey) item(id string) *Item {
	for i := range s.Items {
		if s.Items[i].ID == id {
			return &s.Items[i]
		}
	}
	return nil
}

// Faults are everything that is wrong with a questionnaire.
type Faults []string

// Error says all faults in one line.
func (f Faults) Error() string {
	all := strings.Join(f, " · ")
	if len(f) > 1 {
		all = fmt.Sprintf("%d things are wrong: %s", len(f), all)
	}
	return all
}

// Parse reads a questionnaire: one JSON object of at most MaxBytes with no unknown
// fields. Its error is Faults.
func Parse(b []byte) (*Survey, error) {
	var s Survey
	if err := jsonwords.Strict(b, MaxBytes, &s); err != nil {
		return nil, Faults{err.Error()}
	}
	for i := range s.Items {
		if it := &s.Items[i]; it.Kind == Agree && it.Against == 0 {
			it.Against = .5
		}
	}
	if f := s.check(); len(f) > 0 {
		return nil, f
	}
	return &s, nil
}

// Hash returns the SHA-256 of the questionnaire with its defaults filled in.
func (s *Survey) Hash() string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("survey: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (s *Survey) check() (f Faults) {
	wrong := func(field, text string, args ...any) { f = append(f, field+": "+fmt.Sprintf(text, args...)) }
	text := func(field, v string, needed bool) {
		switch {
		case needed && strings.TrimSpace(v) == "":
			wrong(field, "missing")
		case len(v) > MaxText:
			wrong(field, "%d bytes; at most %d", len(v), MaxText)
		case strings.ContainsFunc(v, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
			wrong(field, "holds a control character; take it out")
		}
	}
	switch {
	case s.Schema > Schema:
		wrong("schema", "%d is newer than this program, which reads up to %d; use a newer one", s.Schema, Schema)
	case s.Schema < 1:
		wrong("schema", "missing or below 1; write \"schema\": %d", Schema)
	}
	if !isName(s.ID, 64) {
		wrong("id", "%.80q is no name; use 1 to 64 small letters, digits, - and _", s.ID)
	}
	if s.Version < 1 {
		wrong("version", "%d; number versions of the wording from 1", s.Version)
	}
	text("title", s.Title, true)
	text("intro", s.Intro, false)
	if len(s.Items) < 1 || len(s.Items) > MaxItems {
		wrong("items", "%d; ask 1 to %d", len(s.Items), MaxItems)
		return f
	}
	for i, it := range s.Items {
		field := fmt.Sprintf("items[%d].", i)
		if !isName(it.ID, 40) || it.ID == respondentColumn || it.ID == versionColumn {
			wrong(field+"id", "%.80q is no name of an item; use 1 to 40 small letters, digits, - and _, and not %q or %q", it.ID, respondentColumn, versionColumn)
		}
		if s.item(it.ID) != &s.Items[i] {
			wrong(field+"id", "%q is taken; give each item its own", it.ID)
		}
		text(field+"text", it.Text, true)
		text(field+"low", it.Low, it.Kind == FivePoint)
		text(field+"high", it.High, it.Kind == FivePoint)
		if it.Kind != FivePoint && it.Low+it.High != "" {
			wrong(field+"low", "only a five_point item has ends; leave low and high out")
		}
		switch it.Kind {
		case Agree, FivePoint, Choice, Text:
		default:
			wrong(field+"kind", "%.40q is none; use %s, %s, %s or %s", it.Kind, Agree, FivePoint, Choice, Text)
		}
		if it.Kind == Agree && !(it.Against > 0 && it.Against < 1) || it.Kind != Agree && it.Against != 0 {
			wrong(field+"against", "%v; an agree item has a share between 0 and 1, others have none", it.Against)
		}
		switch {
		case it.Kind != Choice && it.Options != nil:
			wrong(field+"options", "only a choice has them; leave them out")
		case it.Kind == Choice && (len(it.Options) < 2 || len(it.Options) > MaxOptions):
			wrong(field+"options", "%d; give 2 to %d", len(it.Options), MaxOptions)
		}
		for j, o := range it.Options {
			text(fmt.Sprintf("%soptions[%d]", field, j), o, true)
			if slices.Contains(it.Options[:j], o) {
				wrong(field+"options", "%.80q stands twice", o)
			}
		}
	}
	if len(s.Pairs) > MaxItems {
		wrong("pairs", "%d; at most %d", len(s.Pairs), MaxItems)
		return f
	}
	for i, p := range s.Pairs {
		field := fmt.Sprintf("pairs[%d]", i)
		for _, id := range []string{p.Before, p.After} {
			if it := s.item(id); it == nil || it.Kind != FivePoint {
				wrong(field, "%.80q is no five_point item", id)
			}
		}
		if p.Before == p.After {
			wrong(field, "%.80q is compared with itself", p.Before)
		}
	}
	return f
}

func isName(s string, longest int) bool {
	return s != "" && len(s) <= longest && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
}
