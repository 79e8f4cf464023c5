package event

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"segue"
)

// slowEvent is a record as encoding/json reads it: the slow, obvious version of parser.
type slowEvent struct {
	Schema     int         `json:"schema"`
	ID         string      `json:"id"`
	Listener   string      `json:"listener"`
	Kind       Kind        `json:"kind"`
	At         *time.Time  `json:"at"`
	Offset     int         `json:"offset"`
	Source     Source      `json:"source"`
	Hour       string      `json:"hour"`
	Track      string      `json:"track"`
	Place      int         `json:"place"`
	PlannedMS  int64       `json:"planned_ms"`
	MS         *int64      `json:"ms"`
	Reason     Reason      `json:"reason"`
	Adjusted   bool        `json:"adjusted"`
	Cell       *segue.Cell `json:"cell"`
	Target     *segue.Cell `json:"target"`
	Feel       *int        `json:"feel"`
	Words      string      `json:"words"`
	Experiment string      `json:"experiment"`
	Arm        string      `json:"arm"`
	Propensity float64     `json:"propensity"`

	Context      string `json:"context"`
	Propensities string `json:"propensities"`
}

func slow(line []byte) (Event, error) {
	var s slowEvent
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Event{}, err
	}
	e := Event{s.Schema, s.ID, s.Listener, s.Kind, time.Time{}, s.Offset, s.Source, s.Hour, s.Track, s.Place, s.PlannedMS, 0, s.Reason, s.Adjusted, s.Cell, s.Target, s.Feel, s.Words, s.Experiment, s.Arm, s.Propensity, s.Context, s.Propensities}
	if s.At != nil {
		e.At = time.UnixMilli(s.At.UnixMilli()).UTC()
	}
	if s.MS != nil {
		e.MS = *s.MS
	} else if s.Kind == TrackEnd {
		e.MS = -1
	}
	return e, e.Validate()
}

// FuzzReadLines: reading ends in records or in an error of the input; a record that is
// read is what encoding/json reads, and is the same when written and read again.
func FuzzReadLines(f *testing.F) {
	f.Add(lines(f, examples()...))
	for _, e := range examples() {
		f.Add(lines(f, e))
	}
	f.Add([]byte(`{"schema":2}`))
	f.Add([]byte(`{ "schema" : 1 , "id":"\u00e9\ud83c\udfa7","listener":"l","kind":"exposure","at":"2026-05-06T21:30:00+02:00","source":"api","experiment":"e","arm":"a","propensity":2.5e-1,"hour":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows := map[int]bool{}
		var got []Event
		err := ReadLines(context.Background(), bytes.NewReader(data), ReadOptions{Bad: func(e *segue.InputError) error {
			if e.Row < 1 || rows[e.Row] || !utf8.ValidString(e.Error()) && utf8.Valid(data) {
				t.Fatalf("%d %v", e.Row, e)
			}
			rows[e.Row] = true
			return nil
		}}, func(events []Event) error {
			got = append(got, events...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for row, line := range bytes.Split(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\n")) {
			if len(bytes.TrimSpace(line)) == 0 || rows[row+1] {
				continue
			}
			if i == len(got) {
				t.Fatalf("row %d is lost", row+1)
			}
			want, err := slow(line)
			if err != nil || !reflect.DeepEqual(got[i], want) {
				t.Fatalf("%s: read\n%+v, encoding/json\n%+v: %v", line, got[i], want, err)
			}
			i++
		}
		if i != len(got) {
			t.Fatalf("%d records of %d lines", len(got), i)
		}
		again, err := readAll(t, bytes.NewReader(lines(t, got...)))
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Fatalf("written and read again:\n%+v, was\n%+v: %v", again, got, err)
		}
		var first *segue.InputError
		if _, err := readAll(t, bytes.NewReader(data)); (err != nil) != (len(rows) > 0) || err != nil && !errors.As(err, &first) {
			t.Fatalf("%v, with %d bad rows", err, len(rows))
		}
	})
}

// What encoding/json refuses is refused, too; what it takes and this does not is a
// matter of stricter rules: names of fields in other case, twice, or bad UTF-8.
func FuzzStrict(f *testing.F) {
	for _, e := range examples() {
		f.Add(bytes.TrimSpace(lines(f, e)))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var e Event
		err := newParser().event(line, &e)
		want, slowly := slow(line)
		if err == nil && (slowly != nil || !reflect.DeepEqual(e, want)) {
			t.Fatalf("%+v, and slowly %+v %v", e, want, slowly)
		}
		if err != nil && slowly == nil && utf8.Valid(line) {
			text := err.Error()
			for _, stricter := range []string{"there is no field", "stands twice", "UTF-8", "is not what is expected", "is not a probability above 0", "MB", "not in 0 to"} {
				if strings.Contains(text, stricter) {
					return
				}
			}
			t.Fatalf("refused: %v", err)
		}
	})
}
