package playlist

import (
	"fmt"
	"io"
	"net/url"
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
	CSV  Format = "csv"  // a table, all that is known of each track
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

// Write writes a playlist. The location of a track is its id made into a URI a
// player can open where that is possible: see locationOf. It returns the
// writer's error, or one wrapping segue.ErrUsage for an unknown format.
func Write(w io.Writer, f Format, p *Playlist) error {
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
	return fmt.Errorf("%w: no playlist format is called %q; there are m3u8, xspf, jspf and csv", segue.ErrUsage, string(f))
}

// Read reads the tracks of a playlist file: as much of each as its format
// holds. M3U8 keeps id, title, artists, album and length to the second; XSPF,
// JSPF and CSV keep the plan of each track too. What is wrong with a file is a
// *segue.InputError.
func Read(r io.Reader, f Format) (*Playlist, error) {
	switch f {
	case M3U8:
		return readM3U8(r)
	case XSPF:
		return readXSPF(r)
	case JSPF:
		return readJSPF(r)
	case CSV:
		return readCSV(r)
	}
	return nil, fmt.Errorf("%w: no playlist format is called %q; there are m3u8, xspf, jspf and csv", segue.ErrUsage, string(f))
}

// title returns what a file calls the playlist. It names places of the plane,
// which say what the music sounds like.
func (p *Playlist) title() string {
	from, to := p.From.word(), p.To.word()
	if p.From == p.To {
		return fmt.Sprintf("Segue: %s, %d minutes", to, p.Minutes)
	}
	return fmt.Sprintf("Segue: %s to %s, %d minutes", from, to, p.Minutes)
}

// word returns a place's name, or the mood's word where it has none.
func (p Place) word() string {
	if p.Name != "" {
		return p.Name
	}
	return segue.LabelOf(p.Affect).String()
}

// locationOf returns a track id as a URI reference: 22 letters and digits are a
// Spotify id and become spotify:track:…; an id that is a URI with a host or a
// file path ("https://…", "file:///…") stays as it is; anything else is a name or
// a path, percent-encoded where a URI could not hold it, which players resolve by
// name.
func locationOf(id string) string {
	if isSpotify(id) {
		return "spotify:track:" + id
	}
	if isURI(id) {
		return id
	}
	return escape(id)
}

// idOf is the inverse of locationOf.
func idOf(location string) string {
	if id, ok := strings.CutPrefix(location, "spotify:track:"); ok && isSpotify(id) {
		return id
	}
	if isURI(location) {
		return location
	}
	if id, err := url.PathUnescape(location); err == nil {
		return id
	}
	return location
}

// isURI reports whether s is a scheme, "://" and characters a URI may hold. An id
// with others in it, or a stray percent sign, is not one, and is encoded,
// its colon too, lest it be taken for one when it is read back.
func isURI(s string) bool {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || scheme == "" {
		return false
	}
	for i, c := range []byte(scheme) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && (c >= '0' && c <= '9' || strings.IndexByte("+-.", c) >= 0)) {
			return false
		}
	}
	for i, c := range []byte(rest) {
		switch {
		case c == '%':
			if _, err := url.PathUnescape(rest[i:min(i+3, len(rest))]); err != nil {
				return false
			}
		case c == '#' || c == '[' || c == ']' || isPlain(c):
		default:
			return false
		}
	}
	return true
}

func isSpotify(id string) bool {
	if len(id) != 22 {
		return false
	}
	for _, c := range []byte(id) {
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z') {
			return false
		}
	}
	return true
}

// escape percent-encodes what may not stand in the path of a URI reference (RFC
// 3986), and "://", which would make it one with a host.
func escape(s string) string {
	var b strings.Builder
	for i, c := range []byte(s) {
		if isPlain(c) && !(c == ':' && strings.HasPrefix(s[i:], "://")) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// isPlain reports whether a byte stands for itself in the path of a URI reference.
func isPlain(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || strings.IndexByte("-._~:/?@!$&'()*+,;=", c) >= 0
}

// problemIn returns the error of a file of one format.
func problemIn(f Format, row int, column, problem string) error {
	return &segue.InputError{Row: row, Column: column, Problem: fmt.Sprintf("not a playlist in %s: %s", f, problem), Hint: "export it again"}
}
