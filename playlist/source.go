package playlist

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"segue"
)

// The most a playlist file may hold. Real ones are far smaller; a file beyond is an
// error, not a long wait.
const (
	MaxFileBytes  = 16 << 20
	MaxFileTracks = 100_000
)

const (
	// maxLine is the longest line of an M3U8 or CSV file, in bytes.
	maxLine = 1 << 20
	// maxColumns is how many columns a table may have.
	maxColumns = 1000
	// maxDepth is how deep the elements of a file may be nested: five levels hold
	// a playlist, the rest is for other programs' extensions.
	maxDepth = 64
	// maxLengthMS is the longest a track may be: 31 days.
	maxLengthMS = 31 * 24 * 3600 * 1000
)

// source is the text of a file and the playlist read from it so far.
type source struct {
	format Format
	text   []byte // UTF-8 without a byte order mark
	p      *Playlist
}

// newSource reads the whole of a file of one format and checks that it is text in
// UTF-8.
func newSource(r io.Reader, f Format) (*source, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	s := &source{format: f, text: text, p: &Playlist{Tracks: []Track{}}}
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading a playlist: %w", err)
	case len(text) > MaxFileBytes:
		return nil, s.problem(0, "", fmt.Sprintf("it is over %d MB long", MaxFileBytes>>20), "give a playlist, not a library")
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return nil, s.problem(1, "", "it is text in UTF-16", "save it as UTF-8")
	}
	s.text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for i, rest := 0, s.text; len(rest) > 0; {
		c, n := utf8.DecodeRune(rest)
		if c == utf8.RuneError && n == 1 {
			return nil, s.problem(s.line(i), "", "it is not text in UTF-8", "save it as UTF-8")
		}
		if c == 0 {
			return nil, s.problem(s.line(i), "", "it is not text: it holds a NUL", "check that it is a playlist")
		}
		i, rest = i+n, rest[n:]
	}
	return s, nil
}

// line returns the line, from 1, of a byte of the text.
func (s *source) line(offset int) int {
	return 1 + bytes.Count(s.text[:min(max(0, offset), len(s.text))], []byte("\n"))
}

// checkLines refuses a line longer than maxLine.
func (s *source) checkLines() error {
	line := 0
	for row := range bytes.Lines(s.text) {
		if line++; len(row) > maxLine {
			return s.problem(line, "", fmt.Sprintf("the line is over %d MB long", maxLine>>20), "")
		}
	}
	return nil
}

// problem returns what is wrong with the file, where, and what to do; an empty hint
// stands for writing the file again.
func (s *source) problem(line int, column, problem, hint string) error {
	if hint == "" {
		hint = "export it again"
	}
	kind := "a playlist"
	if s.format != "" {
		kind += " in " + string(s.format)
	}
	return &segue.InputError{Row: line, Column: column, Problem: fmt.Sprintf("not %s: %s", kind, problem), Hint: hint}
}

// add appends a track that stands at a line of the file.
func (s *source) add(line int, t Track) error {
	switch {
	case len(s.p.Tracks) == MaxFileTracks:
		return s.problem(line, "", fmt.Sprintf("it has more than %d tracks", MaxFileTracks), "give a playlist, not a library")
	case t.DurationMS > maxLengthMS:
		return s.problem(line, "duration", "a track is longer than 31 days", "")
	}
	t.DurationMS = max(0, t.DurationMS) // −1 stands for unknown
	s.p.append(t)
	return nil
}

// append adds a track, which starts where the one before ends.
func (p *Playlist) append(t Track) {
	t.StartMS = 0
	if n := len(p.Tracks); n > 0 {
		t.StartMS = p.Tracks[n-1].StartMS + p.Tracks[n-1].DurationMS
	}
	if t.Artists == nil {
		t.Artists = []string{}
	}
	p.Tracks = append(p.Tracks, t)
	p.DurationMS = t.StartMS + t.DurationMS
}

// milliseconds reads a length in milliseconds, 0 if none is given and below 0 if it
// is said to be unknown.
func milliseconds(s string) (ms int64, problem string) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, ""
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(math.Abs(v) <= maxLengthMS) {
		return 0, fmt.Sprintf("%.40q is no length of a track in milliseconds", s)
	}
	return int64(math.Round(v)), ""
}

// checkPlace returns what is wrong with the numbers of a track, if something is,
// and where: places and shares lie in [0, 1], give or take a rounding, and a tempo
// above 0.
func (t *Track) checkPlace() (column, problem string) {
	for _, v := range [...]struct {
		name  string
		value *float64
	}{
		{"valence", &t.Valence}, {"arousal", &t.Arousal}, {"target_valence", &t.Target[0]}, {"target_arousal", &t.Target[1]},
		{"energy", t.Energy}, {"acousticness", t.Acousticness},
	} {
		if v.value != nil && !(*v.value >= -1e-9 && *v.value <= 1+1e-9) {
			return v.name, fmt.Sprintf("%v is not in 0 to 1", *v.value)
		}
	}
	if t.Tempo != nil && !(*t.Tempo > 0 && !math.IsInf(*t.Tempo, 0)) {
		return "tempo", fmt.Sprintf("%v is no tempo", *t.Tempo)
	}
	return "", ""
}

// Planned reports whether the track has a place on the plane, a mood and a plan.
// One read from a file that says nothing of them has none: its Valence, Arousal,
// Mood, Phase and Target mean nothing.
func (t Track) Planned() bool { return !t.bare }

// joinArtists writes artists as one name; splitArtists undoes it, but for a name
// that holds the mark itself.
func joinArtists(artists []string) string { return strings.Join(artists, "; ") }

func splitArtists(s string) []string {
	if s == "" {
		return []string{}
	}
	return strings.Split(s, "; ")
}
