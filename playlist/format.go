package playlist

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"segue"
)

// Format is a kind of playlist file, named by its extension.
type Format string

// The formats.
const (
	M3U8 Format = "m3u8" // what nearly every player reads; ids, names, lengths
	XSPF Format = "xspf" // XML (https://xspf.org/spec), with Segue's extension
	JSPF Format = "jspf" // the same as JSON, with MusicBrainz' and Segue's extensions
	CSV  Format = "csv"  // a table (RFC 4180), all that is known of each track
)

// Formats returns the formats in order of how many players read them.
func Formats() []Format { return []Format{M3U8, XSPF, JSPF, CSV} }

// FormatOf returns the format of a file by its extension, ignoring case, or an
// error wrapping segue.ErrUsage.
func FormatOf(path string) (Format, error) {
	ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	if ext == "m3u" {
		return M3U8, nil // UTF-8 either way
	}
	for _, f := range Formats() {
		if ext == string(f) {
			return f, nil
		}
	}
	return "", fmt.Errorf("%w: %q is no kind of playlist file; use .m3u8, .xspf, .jspf or .csv", segue.ErrUsage, path)
}

// Write writes a playlist, the same bytes for the same playlist: a file bears no
// date. Where a track is found is its id as a player can open it, see locationOf.
// Characters a format cannot hold, such as control characters in XML, become
// U+FFFD. It returns the writer's error, or one wrapping segue.ErrUsage for an
// unknown format.
func Write(w io.Writer, f Format, p *Playlist) error {
	p = p.inUTF8()
	switch f {
	case M3U8:
		return writeM3U8(w, p)
	case XSPF:
		return writeXSPF(w, p)
	case JSPF:
		return writeJSPF(w, p)
	case CSV:
		return writeCSV(w, p)
	}
	return unknownFormat(f)
}

// Read reads the tracks of a playlist file, Segue's or another program's: as much
// of each as its format holds, each starting where the one before ends.
//
//	M3U8  id, title, artists, album, length to the second; line breaks in names are spaces
//	XSPF  all of that exactly, ISRC, and what the plan says of each track and was asked
//	JSPF  the same
//	CSV   the tracks as in XSPF; CRLF in a name becomes LF, and "; " in one artist's name makes two
//
// A track another program wrote, and any of an M3U8 file, has no place on the
// plane and no plan: see Track.Planned.
//
// What is wrong with a file is a *segue.InputError with its line: text that is not
// UTF-8, a value that is no value, an element that stands twice, more than
// MaxFileBytes or MaxFileTracks. The reader's error comes back wrapped, and an
// unknown format wraps segue.ErrUsage. What was read and is written gives the same
// bytes when it is read and written again.
func Read(r io.Reader, f Format) (*Playlist, error) {
	var read func(*source) (*Playlist, error)
	switch f {
	case M3U8:
		read = readM3U8
	case XSPF:
		read = readXSPF
	case JSPF:
		read = readJSPF
	case CSV:
		read = readCSV
	default:
		return nil, unknownFormat(f)
	}
	s, err := newSource(r, f)
	if err != nil {
		return nil, err
	}
	return read(s)
}

// inUTF8 returns the playlist as files can hold it: U+FFFD stands for what is not
// UTF-8.
func (p *Playlist) inUTF8() *Playlist {
	valid := func(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
	out := *p
	out.name, out.From.Name, out.To.Name = valid(p.name), valid(p.From.Name), valid(p.To.Name)
	out.Tracks = make([]Track, len(p.Tracks))
	for i, t := range p.Tracks {
		t.ID, t.Title, t.Album, t.ISRC = valid(t.ID), valid(t.Title), valid(t.Album), valid(t.ISRC)
		t.Phase, t.Reason = Phase(valid(string(t.Phase))), valid(t.Reason)
		artists := make([]string, len(t.Artists))
		for j, a := range t.Artists {
			artists[j] = valid(a)
		}
		t.Artists = artists
		out.Tracks[i] = t
	}
	return &out
}

func unknownFormat(f Format) error {
	return fmt.Errorf("%w: no playlist format is called %q; there are m3u8, xspf, jspf and csv", segue.ErrUsage, string(f))
}

// title returns what a file calls the playlist: what the file it was read from
// called it, else the places of the plane it leads from and to, which say what the
// music sounds like. It is never empty.
func (p *Playlist) title() string {
	switch {
	case oneLine(p.name) != "":
		return p.name
	case p.Minutes == 0: // nothing planned
		return "Playlist"
	case p.From == p.To:
		return fmt.Sprintf("Segue: %s, %d minutes", p.To.word(), p.Minutes)
	}
	return fmt.Sprintf("Segue: %s to %s, %d minutes", p.From.word(), p.To.word(), p.Minutes)
}

// word returns a place's name, or the mood's word where it has none.
func (p Place) word() string {
	if p.Name != "" {
		return p.Name
	}
	return segue.LabelOf(p.Affect).String()
}
