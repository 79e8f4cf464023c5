package taste

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"segue"
	"segue/internal/jsonwords"
)

// Bounds of a file of corrections. (d)
const (
	MaxFile        = 4 << 20 // bytes
	MaxCorrections = 10_000
)

// A line is one correction as a file has it.
type line struct {
	Track string          `json:"track"`
	At    *time.Time      `json:"at,omitempty"`
	Feels json.RawMessage `json:"feels,omitempty"`
	Cell  *segue.Cell     `json:"cell,omitempty"`
	Never *segue.Mood     `json:"never,omitempty"`
}

// Read reads corrections as JSON:
//
//	{"corrections": [
//	  {"track": "ID", "feels": "calm"},
//	  {"track": "ID", "feels": {"valence": .7, "arousal": .2}, "at": "2026-05-01T20:00:00Z"},
//	  {"track": "ID", "cell": [7, 2]},
//	  {"track": "ID", "never": "sad"}
//	]}
//
// feels is a mood, "valence,arousal" or both as an object; cell is column and row of the
// Affect Grid, 1 to 9; never is one of the four moods. at says when it was said; without
// it, it counts as earlier than those with one. What cannot be read is a
// *segue.InputError that names the correction by its number. At most MaxFile bytes are
// read.
func Read(r io.Reader) ([]Correction, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > MaxFile {
		return nil, &segue.InputError{Problem: "it is larger than 4 MB", Hint: "a file of corrections holds 10,000 at most"}
	}
	var doc struct {
		Corrections []json.RawMessage `json:"corrections"`
	}
	if err := strictly(b, &doc); err != nil {
		return nil, &segue.InputError{Problem: plainly(err), Hint: `a file of corrections is an object with a list "corrections"`}
	}
	if doc.Corrections == nil {
		return nil, &segue.InputError{Problem: "there is no list of corrections in it", Hint: `a file of corrections is an object with a list "corrections"`}
	}
	if len(doc.Corrections) > MaxCorrections {
		return nil, &segue.InputError{Problem: "it holds more than 10,000 corrections", Hint: "keep the latest"}
	}
	out := make([]Correction, 0, len(doc.Corrections))
	for i, raw := range doc.Corrections {
		c, err := read(raw)
		if err != nil {
			return nil, &segue.InputError{Row: i + 1, Problem: plainly(err), Hint: "rows count the corrections from 1"}
		}
		out = append(out, c)
	}
	return out, nil
}

func read(raw []byte) (Correction, error) {
	var l line
	if err := strictly(raw, &l); err != nil {
		return Correction{}, err
	}
	c := Correction{Track: l.Track, Cell: l.Cell, Never: l.Never}
	if l.At != nil {
		c.When = *l.At
	}
	if len(l.Feels) > 0 && !bytes.Equal(l.Feels, []byte("null")) {
		at, err := point(l.Feels)
		if err != nil {
			return Correction{}, fmt.Errorf("feels: %w", err)
		}
		c.Feels = &at
	}
	return c, c.Check()
}

// point reads a place: in words, or as an object.
func point(raw []byte) (segue.Affect, error) {
	if raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return segue.Affect{}, err
		}
		return segue.ParseAffect(s)
	}
	var at struct {
		Valence *float64 `json:"valence"`
		Arousal *float64 `json:"arousal"`
	}
	if err := strictly(raw, &at); err != nil {
		return segue.Affect{}, err
	}
	if at.Valence == nil || at.Arousal == nil {
		return segue.Affect{}, errors.New("give both valence and arousal")
	}
	return segue.Affect{Valence: *at.Valence, Arousal: *at.Arousal}, nil
}

// strictly reads one JSON value, all of whose keys are known, and nothing after it.
func strictly(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows its end")
	}
	return nil
}

// plainly words what is wrong with JSON.
func plainly(err error) string {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind):
		return jsonwords.Mismatch(kind)
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "it is not whole JSON"
	}
	return err.Error()
}
