package playlist

import (
	"encoding/csv"
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

// writeCSV writes a table with one row a track: valence and arousal are the
// position on the plane. A cell that a spreadsheet would run as a formula gets an
// apostrophe before it: one that begins, spaces aside, with = + - @, also in their
// full width, or with a tab or line break. (OWASP, CSV injection.)
func writeCSV(w io.Writer, p *Playlist) error {
	c := csv.NewWriter(w)
	rows := [][]string{csvHeader()}
	for _, t := range p.Tracks {
		familiar := ""
		if t.Familiar != nil {
			familiar = strconv.FormatBool(*t.Familiar)
		}
		rows = append(rows, []string{
			guard(t.ID), guard(t.Title), guard(strings.Join(t.Artists, "; ")), guard(t.Album), guard(t.ISRC),
			strconv.FormatInt(t.StartMS, 10), strconv.FormatInt(t.DurationMS, 10), guard(string(t.Phase)), t.Mood.String(),
			decimal(t.Energy), decimal(t.Acousticness), decimal(&t.Valence), decimal(&t.Arousal),
			decimal(&t.Target[0]), decimal(&t.Target[1]), decimal(t.Tempo), familiar, guard(t.Reason),
		})
	}
	return c.WriteAll(rows)
}

func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

// guard makes a cell safe for spreadsheets; unguard undoes it. Line breaks are
// written the one way the reader gives them back.
func guard(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
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

func readCSV(r io.Reader) (*Playlist, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = len(csvHeader())
	p := &Playlist{}
	for line := 0; ; line++ {
		row, err := c.Read()
		if err == io.EOF {
			return p, nil
		}
		if err != nil {
			return nil, problemIn(CSV, line+1, "", fmt.Sprint(err))
		}
		if line == 0 {
			for i, h := range csvHeader() {
				if strings.TrimPrefix(row[i], "\ufeff") != h {
					return nil, problemIn(CSV, 1, h, fmt.Sprintf("%q stands in its place", row[i]))
				}
			}
			continue
		}
		t, column, err := csvTrack(row)
		if err != nil {
			return nil, problemIn(CSV, line+1, column, fmt.Sprint(err))
		}
		p.append(t)
	}
}

// csvTrack reads a row, naming the column that is wrong if one is.
func csvTrack(row []string) (t Track, column string, err error) {
	cell := map[string]string{}
	for i, h := range csvHeader() {
		cell[h] = unguard(row[i])
	}
	num := func(name string) *float64 {
		if cell[name] == "" || err != nil {
			return nil
		}
		v, e := strconv.ParseFloat(cell[name], 64)
		if e == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
			e = fmt.Errorf("%q is not a number", cell[name])
		}
		if e != nil {
			column, err = name, e
			return nil
		}
		return &v
	}
	value := func(name string) float64 {
		if v := num(name); v != nil {
			return *v
		}
		return 0
	}
	t = Track{
		ID: cell["id"], Title: cell["track"], Album: cell["album"], ISRC: cell["isrc"], Reason: cell["reason"],
		DurationMS: int64(min(1e12, max(0, value("duration_ms")))), Phase: Phase(cell["phase"]),
		Energy: num("energy"), Acousticness: num("acousticness"), Tempo: num("tempo"),
		Valence: value("valence"), Arousal: value("arousal"),
		Target: [2]float64{value("target_valence"), value("target_arousal")},
	}
	if cell["artist"] != "" {
		t.Artists = strings.Split(cell["artist"], "; ")
	}
	if f := cell["familiar"]; f != "" {
		known := f == "true"
		t.Familiar = &known
	}
	if e := t.Mood.UnmarshalText([]byte(cell["mood"])); e != nil && err == nil {
		column, err = "mood", e
	}
	return t, column, err
}
