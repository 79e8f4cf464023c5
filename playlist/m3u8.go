package playlist

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// idDirective names the id of a track whose line cannot: to players it is a
// comment.
const idDirective = "#SEGUE-ID:"

// writeM3U8 writes extended M3U in UTF-8: #PLAYLIST names the list, and each
// track has #EXTINF (seconds, artists and title; −1 for an unknown length), #EXTART,
// #EXTALB and its line. No standard governs the format: players take a line for a
// path as it is written or for a URI. It is one of lines: line breaks in names
// become spaces, and spaces at their ends are dropped.
func writeM3U8(w io.Writer, p *Playlist) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "#EXTM3U\n#EXTENC:UTF-8\n#PLAYLIST:%s\n", oneLine(p.title()))
	for _, t := range p.Tracks {
		artists := oneLine(joinArtists(t.Artists))
		name := oneLine(t.Title)
		mark := artists != "" || strings.Contains(name, " - ") // else the title would be parted there
		if artists != "" {
			name = artists + " - " + name
		}
		seconds := int64(-1)
		if t.DurationMS > 0 {
			seconds = max(1, int64(math.Round(float64(t.DurationMS)/1000)))
		}
		fmt.Fprintf(b, "#EXTINF:%d,%s\n", seconds, name)
		if mark {
			fmt.Fprintf(b, "#EXTART:%s\n", artists)
		}
		if album := oneLine(t.Album); album != "" {
			fmt.Fprintf(b, "#EXTALB:%s\n", album)
		}
		line, exact := m3u8Line(t)
		if !exact {
			fmt.Fprintf(b, "%s%s\n", idDirective, escape(t.ID))
		}
		fmt.Fprintln(b, line)
	}
	return b.Flush()
}

// m3u8Line returns the line of a track, and whether its id can be read from it: a
// Spotify id is a URI, a path or URI stands as it is if it can stand on a line, and
// any other is percent-encoded.
func m3u8Line(t Track) (line string, exact bool) {
	_, uri := strings.CutPrefix(t.ID, "spotify:track:")
	switch {
	case isSpotify(t.ID):
		return "spotify:track:" + t.ID, true
	case t.ID == "": // a line is what makes a track
		return "unknown", false
	case t.ID == oneLine(t.ID) && t.ID[0] != '#' && len(t.ID) < maxLine:
		return t.ID, !uri
	}
	return locationOf(t.ID), false
}

// oneLine turns line breaks and control characters, runs of them into one space, and
// drops the spaces at the ends. What is not UTF-8 becomes U+FFFD.
func oneLine(s string) string {
	var b strings.Builder
	broken := false
	for _, r := range s {
		if r < ' ' && r != '\t' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			if !broken {
				b.WriteByte(' ')
			}
			broken = true
			continue
		}
		broken = false
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// readM3U8 reads M3U, extended or not, of any line endings. Without #EXTART the
// name is parted at its first " - ", as players do.
func readM3U8(s *source) (*Playlist, error) {
	if err := s.checkLines(); err != nil {
		return nil, err
	}
	text := string(s.text)
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	var e m3u8Entry
	line := 0
	for row := range strings.Lines(text) {
		line++
		row = strings.TrimRight(row, "\r\n")
		name, value, _ := strings.Cut(row, ":")
		switch name = strings.ToUpper(name); {
		case name == "#EXTINF":
			if e.line > 0 {
				return nil, s.problem(e.line, "", "no track follows #EXTINF", "")
			}
			e.line = line
			if problem := e.info(value); problem != "" {
				return nil, s.problem(line, "", problem, "")
			}
		case name == "#EXTART":
			e.artists, e.marked = strings.TrimSpace(value), true
		case name == "#EXTALB":
			e.album = strings.TrimSpace(value)
		case name == "#PLAYLIST":
			s.p.name = strings.TrimSpace(value)
		case name+":" == idDirective:
			id, err := url.PathUnescape(value)
			if err != nil || !utf8.ValidString(id) {
				return nil, s.problem(line, "", fmt.Sprintf("%.80q is no id", value), "")
			}
			e.id = &id
		case name == "#EXT-X-TARGETDURATION", name == "#EXT-X-STREAM-INF":
			return nil, s.problem(line, "", "it lists the parts of a stream (HLS), not tracks", "give a playlist of tracks")
		case strings.TrimSpace(row) == "" || row[0] == '#':
		default:
			if err := s.add(line, e.track(row)); err != nil {
				return nil, err
			}
			e = m3u8Entry{}
		}
	}
	if e.line > 0 {
		return nil, s.problem(e.line, "", "no track follows #EXTINF", "")
	}
	return s.p, nil
}

// m3u8Entry is what the directives before a line say of it.
type m3u8Entry struct {
	line           int // of #EXTINF, 0 if there is none
	ms             int64
	name           string
	artists, album string
	marked         bool // the artists are given by themselves
	id             *string
}

// info reads what follows #EXTINF: a length in seconds, perhaps attributes of
// television lists (key="value"), a comma and a name. It returns what is wrong.
func (e *m3u8Entry) info(s string) (problem string) {
	s = strings.TrimLeft(s, " \t")
	end := strings.IndexAny(s, ", \t")
	if end < 0 {
		end = len(s)
	}
	seconds, rest := s[:end], s[end:]
	if seconds != "" {
		v, err := strconv.ParseFloat(seconds, 64)
		if err != nil || !(math.Abs(v) <= maxLengthMS/1000) {
			return fmt.Sprintf("%.40q is no length of a track in seconds", seconds)
		}
		e.ms = int64(math.Round(v * 1000))
	}
	quoted := false
	for i, c := range []byte(rest) {
		if c == '"' {
			quoted = !quoted
		} else if c == ',' && !quoted {
			e.name = strings.TrimLeft(rest[i+1:], " \t")
			break
		}
	}
	return ""
}

// track returns the track of a line.
func (e *m3u8Entry) track(line string) Track {
	t := Track{ID: line, Title: e.name, Album: e.album, DurationMS: e.ms}
	_, _ = t.place(nil, nil, nil, nil, "") // no place cannot be wrong
	if id, ok := strings.CutPrefix(line, "spotify:track:"); ok && isSpotify(id) {
		t.ID = id
	}
	if e.id != nil {
		t.ID = *e.id
	}
	artists := e.artists
	switch {
	case artists != "":
		t.Title = strings.TrimPrefix(t.Title, artists+" - ")
	case !e.marked:
		if before, after, ok := strings.Cut(e.name, " - "); ok {
			artists, t.Title = before, after
		}
	}
	t.Title, t.Artists = strings.TrimSpace(t.Title), splitArtists(strings.TrimSpace(artists))
	return t
}
