package playlist

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// csvHeader is the first row of a CSV file.
func csvHeader() []string {
	return []string{
		"id", "track", "artist", "album", "isrc", "start_ms", "duration_ms", "phase", "mood",
		"energy", "acousticness", "valence", "arousal", "target_valence", "target_arousal", "tempo", "familiar", "reason",
	}
}

// writeCSV writes a table (RFC 4180) with one row a track: valence and arousal are
// the position on the plane. A cell that a spreadsheet would run as a formula gets an
// apostrophe before it: one that begins, spaces aside, with = + - @, also in their
// full width, or with a tab or line break. (OWASP, CSV injection.)
func writeCSV(w io.Writer, p *Playlist) error {
	var row bytes.Buffer
	c := csv.NewWriter(&row)
	// The RFC ends a record with CRLF. The writer's own way to do so would change the
	// line breaks within cells as well.
	write := func(cells []string) error {
		row.Reset()
		if err := c.Write(cells); err != nil {
			return err
		}
		c.Flush()
		_, err := w.Write(append(bytes.TrimSuffix(row.Bytes(), []byte("\n")), "\r\n"...))
		return err
	}
	if err := write(csvHeader()); err != nil {
		return err
	}
	for _, t := range p.Tracks {
		familiar, mood := "", ""
		place := [4]string{} // none
		if t.Familiar != nil {
			familiar = strconv.FormatBool(*t.Familiar)
		}
		if !t.bare {
			mood = t.Mood.String()
			place = [...]string{decimal(&t.Valence), decimal(&t.Arousal), decimal(&t.Target[0]), decimal(&t.Target[1])}
		}
		if err := write([]string{
			guard(t.ID), guard(t.Title), guard(joinArtists(t.Artists)), guard(t.Album), guard(t.ISRC),
			strconv.FormatInt(t.StartMS, 10), strconv.FormatInt(t.DurationMS, 10), guard(string(t.Phase)), mood,
			decimal(t.Energy), decimal(t.Acousticness), place[0], place[1], place[2], place[3],
			decimal(t.Tempo), familiar, guard(t.Reason),
		}); err != nil {
			return err
		}
	}
	return nil
}

func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

// guard makes a cell safe for spreadsheets; unguard undoes it. A CRLF is written as
// the reader would give it back, LF, and no control characters, which the RFC does
// not allow.
func guard(s string) string {
	for s = strings.ReplaceAll(xmlText(s), "\x7f", "\ufffd"); strings.Contains(s, "\r\n"); {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	if formula(s) {
		return "'" + s
	}
	return s
}

func unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && formula(rest) {
		return rest
	}
	return s
}

// formula reports whether a cell, its apostrophes and spaces aside, begins like a
// formula.
func formula(s string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "' \u00a0\u3000\ufeff"))
	return strings.ContainsRune("=+-@\t\r\n＝＋－＠", first)
}

// readCSV reads a table with the columns of csvHeader in any order. A spreadsheet or
// a person may have dropped some and added others; the id or the track must be
// there. Where a track starts follows from the order.
func readCSV(s *source) (*Playlist, error) {
	if err := s.checkLines(); err != nil {
		return nil, err
	}
	c := csv.NewReader(bytes.NewReader(s.text))
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, s.problem(1, "", "it is empty", "")
	}
	if err != nil {
		return nil, s.badCSV(err)
	}
	if len(header) > maxColumns {
		return nil, s.problem(1, "", fmt.Sprintf("it has more than %d columns", maxColumns), "")
	}
	c.ReuseRecord = true
	at := map[string]int{} // of a column
	known := map[string]bool{}
	for _, h := range csvHeader() {
		known[h] = true
	}
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(h))
		if !known[h] {
			continue
		}
		if _, twice := at[h]; twice {
			return nil, s.problem(1, h, "the column stands twice", "")
		}
		at[h] = i
	}
	_, id := at["id"]
	if _, track := at["track"]; !id && !track {
		return nil, s.problem(1, "", "it has neither a column id nor a column track", "name the columns as Segue does, with commas between")
	}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return s.p, nil
		}
		if err != nil {
			return nil, s.badCSV(err)
		}
		line, _ := c.FieldPos(0)
		t, column, problem := csvTrack(func(name string) string {
			if i, ok := at[name]; ok {
				return unguard(row[i])
			}
			return ""
		})
		if problem != "" {
			return nil, s.problem(line, column, problem, "")
		}
		if err := s.add(line, t); err != nil {
			return nil, err
		}
	}
}

// badCSV returns the error of a decoder with its line.
func (s *source) badCSV(err error) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return s.problem(at.Line, "", at.Err.Error(), "")
	}
	return s.problem(0, "", err.Error(), "")
}

// csvTrack reads a row from the cells of its columns, or returns what is wrong and
// in which.
func csvTrack(cell func(column string) string) (t Track, column, problem string) {
	number := func(name string) *float64 {
		text := strings.TrimSpace(cell(name))
		if text == "" || problem != "" {
			return nil
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			column, problem = name, fmt.Sprintf("%.40q is not a number", text)
			return nil
		}
		return &v
	}
	t = Track{
		ID: cell("id"), Title: cell("track"), Artists: splitArtists(cell("artist")), Album: cell("album"), ISRC: cell("isrc"),
		Phase: Phase(cell("phase")), Reason: cell("reason"),
		Energy: number("energy"), Acousticness: number("acousticness"), Tempo: number("tempo"),
	}
	valence, arousal, planValence, planArousal := number("valence"), number("arousal"), number("target_valence"), number("target_arousal")
	if problem != "" {
		return t, column, problem
	}
	if t.DurationMS, problem = milliseconds(cell("duration_ms")); problem != "" {
		return t, "duration_ms", problem
	}
	switch word := cell("familiar"); strings.ToLower(word) {
	case "":
	case "true", "false": // a spreadsheet writes TRUE
		known := strings.EqualFold(word, "true")
		t.Familiar = &known
	default:
		return t, "familiar", fmt.Sprintf("%.40q is neither true nor false", word)
	}
	column, problem = t.place(valence, arousal, planValence, planArousal, cell("mood"))
	return t, column, problem
}
