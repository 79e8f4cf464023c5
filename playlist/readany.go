package playlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"segue"
)

// ReadAny reads a playlist of any of the formats, or the JSON of a Playlist itself,
// which brings the whole of it: it knows them by their content, or, where that could
// be several, by the extension of name, which may be empty. The limits and errors
// are those of Read; a *segue.InputError names the file as name.
func ReadAny(r io.Reader, name string) (*Playlist, error) {
	p, err := readAny(r, name)
	var bad *segue.InputError
	if errors.As(err, &bad) {
		bad.File = name
	}
	return p, err
}

func readAny(r io.Reader, name string) (*Playlist, error) {
	s, err := newSource(r, "")
	if err != nil {
		return nil, err
	}
	first := bytes.TrimLeft(s.text, " \t\r\n")
	switch {
	case len(first) == 0:
		return nil, s.problem(0, "", "the file is empty", "")
	case first[0] == '<':
		s.format = XSPF
		return readXSPF(s)
	case first[0] == '{':
		return readObject(s)
	case len(first) >= 7 && strings.EqualFold(string(first[:7]), "#EXTM3U"):
		s.format = M3U8
		return readM3U8(s)
	}
	switch s.format, _ = FormatOf(name); s.format {
	case M3U8:
		return readM3U8(s)
	case CSV:
		return readCSV(s)
	}
	header, _, _ := strings.Cut(string(first[:min(len(first), 4096)]), "\n")
	if header = strings.TrimRight(header, "\r"); header == strings.Join(csvHeader(), ",") {
		s.format = CSV
		return readCSV(s)
	}
	s.format = ""
	return nil, s.problem(0, "", "it is of no kind that is known", "give M3U8, XSPF, JSPF, CSV or what segue playlist --json prints")
}

// readObject reads a JSON object: JSPF has a "playlist", a Playlist has "tracks".
func readObject(s *source) (*Playlist, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(s.text, &keys); err != nil {
		return nil, s.badJSON(err)
	}
	switch {
	case keys["playlist"] != nil:
		s.format = JSPF
		return readJSPF(s)
	case keys["tracks"] != nil:
		return readJSON(s)
	}
	return nil, s.problem(0, "", `this JSON has neither "playlist" nor "tracks"`, "")
}
