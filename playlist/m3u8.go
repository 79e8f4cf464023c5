package playlist

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// writeM3U8 writes extended M3U in UTF-8: #PLAYLIST names the list, and each
// track has #EXTINF (seconds, artists and title), #EXTART, #EXTALB and its
// location. The format is one of lines: line breaks in names become spaces.
func writeM3U8(w io.Writer, p *Playlist) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "#EXTM3U\n#EXTENC:UTF-8\n#PLAYLIST:%s\n", oneLine(p.title()))
	for _, t := range p.Tracks {
		artists := oneLine(strings.Join(t.Artists, "; "))
		name := oneLine(t.Title)
		if artists != "" {
			name = artists + " - " + name
		}
		fmt.Fprintf(b, "#EXTINF:%d,%s\n", int64(math.Round(float64(t.DurationMS)/1000)), name)
		if artists != "" {
			fmt.Fprintf(b, "#EXTART:%s\n", artists)
		}
		if t.Album != "" {
			fmt.Fprintf(b, "#EXTALB:%s\n", oneLine(t.Album))
		}
		fmt.Fprintln(b, locationOf(t.ID))
	}
	return b.Flush()
}

// oneLine turns every run of white space and control characters into one space.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029
	}), " ")
}

func readM3U8(r io.Reader) (*Playlist, error) {
	p := &Playlist{}
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	var t Track
	for line := 1; s.Scan(); line++ {
		text := strings.TrimPrefix(strings.TrimRight(s.Text(), "\r"), "\ufeff")
		switch {
		case strings.HasPrefix(text, "#EXTINF:"):
			seconds, name, ok := strings.Cut(text[len("#EXTINF:"):], ",")
			length, err := strconv.ParseFloat(strings.TrimSpace(seconds), 64)
			if !ok || err != nil || !(math.Abs(length) < 1e9) {
				return nil, problemIn(M3U8, line, "", fmt.Sprintf("%q has no length and name", text))
			}
			t.DurationMS = int64(max(0, length) * 1000) // −1 stands for unknown
			t.Title = name
		case strings.HasPrefix(text, "#EXTART:"):
			artists := text[len("#EXTART:"):]
			t.Artists = strings.Split(artists, "; ")
			t.Title = strings.TrimPrefix(t.Title, artists+" - ")
		case strings.HasPrefix(text, "#EXTALB:"):
			t.Album = text[len("#EXTALB:"):]
		case text == "" || text[0] == '#':
		default:
			t.ID = idOf(text)
			p.append(t)
			t = Track{}
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("reading m3u8: %w", err)
	}
	return p, nil
}

// append adds a track that was read, filling in where it starts.
func (p *Playlist) append(t Track) {
	if n := len(p.Tracks); n > 0 {
		t.StartMS = p.Tracks[n-1].StartMS + p.Tracks[n-1].DurationMS
	}
	if t.Artists == nil {
		t.Artists = []string{}
	}
	p.Tracks = append(p.Tracks, t)
}
