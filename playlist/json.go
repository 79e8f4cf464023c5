package playlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"segue/internal/jsonwords"
)

// scanJSON walks a JSON document before it is decoded: it refuses one that is nested
// more than maxDepth deep or has a name twice in one object, of which a decoder
// would take the last or a mixture. It returns the line of each element of the list
// called tracks of the document, or of its "playlist". O(bytes).
func (s *source) scanJSON(tracks string) (lines []int, err error) {
	type level struct {
		names map[string]bool // of an object; nil in a list
		name  string          // last read
		value bool            // a value comes next, not a name
		list  bool            // the tracks
	}
	d := json.NewDecoder(bytes.NewReader(s.text))
	d.UseNumber()
	var open []*level
	line, counted := 1, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return lines, nil
		}
		if err != nil {
			return nil, s.badJSON(err)
		}
		at := int(d.InputOffset())
		line, counted = line+bytes.Count(s.text[counted:at], []byte("\n")), at
		mark, isMark := token.(json.Delim)
		if isMark && (mark == '}' || mark == ']') {
			open = open[:len(open)-1]
			continue
		}
		name := ""
		if len(open) > 0 {
			in := open[len(open)-1]
			if in.names != nil && !in.value {
				in.name, in.value = token.(string), true
				if in.names[in.name] {
					return nil, s.problem(line, "", fmt.Sprintf("%.80q stands twice", in.name), "")
				}
				in.names[in.name] = true
				continue
			}
			if in.value = false; in.list {
				lines = append(lines, line)
			}
			name = in.name
		}
		if !isMark {
			continue
		}
		if len(open) == maxDepth {
			return nil, s.problem(line, "", fmt.Sprintf("it is nested more than %d deep", maxDepth), "")
		}
		next := &level{}
		if mark == '{' {
			next.names = map[string]bool{}
		} else {
			next.list = name == tracks && (len(open) == 1 || len(open) == 2 && open[0].name == "playlist")
		}
		open = append(open, next)
	}
}

// lineOf returns the line of the i-th track, 0 if it is not known: a decoder takes
// names in any case, the scan as they are.
func lineOf(lines []int, i int) int {
	if i < len(lines) {
		return lines[i]
	}
	return 0
}

// readJSON reads what MarshalJSON of a Playlist wrote.
func readJSON(s *source) (*Playlist, error) {
	lines, err := s.scanJSON("tracks")
	if err != nil {
		return nil, err
	}
	var doc struct {
		Playlist
		Tracks []json.RawMessage `json:"tracks"`
	}
	if err := json.Unmarshal(s.text, &doc); err != nil {
		return nil, s.badJSON(err)
	}
	doc.Playlist.Tracks = s.p.Tracks
	*s.p = doc.Playlist
	for i, raw := range doc.Tracks {
		line := lineOf(lines, i)
		var t Track
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, s.problem(line, "", fmt.Sprintf("track %d: %.200s", i+1, plainly(err)), "")
		}
		if column, problem := t.checkPlace(); problem != "" {
			return nil, s.problem(line, column, fmt.Sprintf("track %d: %s", i+1, problem), "")
		}
		if err := s.add(line, t); err != nil {
			return nil, err
		}
	}
	return s.p, nil
}

// badJSON returns the error of a decoder with its line.
func (s *source) badJSON(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	line := 0
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && strings.HasPrefix(syntax.Error(), "unexpected end"):
		line, err = s.line(len(s.text)), errors.New("it ends in the middle")
	case errors.As(err, &syntax):
		line = s.line(int(syntax.Offset))
	case errors.As(err, &kind):
		line = s.line(int(kind.Offset))
	}
	return s.problem(line, "", fmt.Sprintf("%.200s", plainly(err)), "")
}

// plainly words a decoder's error without the names of Go's types.
func plainly(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return errors.New(jsonwords.Mismatch(kind))
	}
	return err
}
