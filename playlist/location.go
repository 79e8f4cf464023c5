package playlist

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// recordingURI begins the address MusicBrainz gives a recording.
const recordingURI = "https://musicbrainz.org/recording/"

// locationOf returns a track id as a URI reference for XSPF and JSPF: 22 letters
// and digits are a Spotify id and become spotify:track:…; an id that is a URI
// ("https://…", "file:///…") stays one; a path of Windows becomes a file URI; anything
// else is a name or a path, percent-encoded where a URI could not hold it, which
// players resolve by name.
func locationOf(id string) string {
	switch {
	case isSpotify(id):
		return "spotify:track:" + id
	case isURI(id):
		return escapeURI(id)
	case len(id) > 2 && isLetter(id[0]) && id[1] == ':' && (id[2] == '\\' || id[2] == '/'):
		return "file:///" + id[:2] + escape(strings.ReplaceAll(id[2:], `\`, "/"))
	}
	return escape(id)
}

// idOf is the inverse of locationOf, but for a path of Windows, a URI with characters
// it may not have, and an id that itself begins spotify:track:. Segue's extension
// keeps those.
func idOf(location string) string {
	if id, ok := strings.CutPrefix(location, "spotify:track:"); ok && isSpotify(id) {
		return id
	}
	if isURI(location) {
		return location
	}
	if id, err := url.PathUnescape(location); err == nil && utf8.ValidString(id) {
		return id
	}
	return location
}

// identifiers returns the names a track has everywhere: the address of its
// recording at MusicBrainz if that is its id, and its ISRC as a URN. An id that
// merely has the form of MusicBrainz' is not taken for one.
func identifiers(t Track) []string {
	var out []string
	if isRecording(t.ID) {
		out = append(out, t.ID)
	}
	if isISRC(t.ISRC) {
		out = append(out, "urn:isrc:"+t.ISRC)
	}
	return out
}

// identify puts what the locations and identifiers of a file say into a track: its
// id is where it is found, or else its first name that is no ISRC.
func identify(t *Track, locations, identifiers []string) {
	for _, l := range locations {
		if l = strings.TrimSpace(l); t.ID == "" {
			t.ID = idOf(l)
		}
	}
	for _, i := range identifiers {
		i = strings.TrimSpace(i)
		if code, ok := cutISRC(i); ok {
			if t.ISRC == "" {
				t.ISRC = code
			}
		} else if t.ID == "" {
			t.ID = idOf(i)
		}
	}
}

// cutISRC returns the code of an identifier urn:isrc:… or isrc:….
func cutISRC(identifier string) (string, bool) {
	lower := strings.ToLower(identifier)
	for _, prefix := range [...]string{"urn:isrc:", "isrc:"} {
		if code := identifier[min(len(prefix), len(identifier)):]; strings.HasPrefix(lower, prefix) && isISRC(code) {
			return code, true
		}
	}
	return "", false
}

// isISRC reports whether s is a code of ISO 3901: country, registrant, year and
// number, 12 letters and digits. Another code stands in Segue's extension alone.
func isISRC(s string) bool {
	return len(s) == 12 && isAlphanumeric(s) && isLetter(s[0]) && isLetter(s[1])
}

func isSpotify(id string) bool { return len(id) == 22 && isAlphanumeric(id) }

// isRecording reports whether s is the address of a recording: the prefix and a
// UUID.
func isRecording(s string) bool {
	id, ok := strings.CutPrefix(s, recordingURI)
	if !ok || len(id) != 36 {
		return false
	}
	for i, c := range []byte(id) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}

func isAlphanumeric(s string) bool {
	for _, c := range []byte(s) {
		if !(isLetter(c) || c >= '0' && c <= '9') {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

// isScheme reports whether s may stand before the first colon of a URI. One letter
// is the drive of a path.
func isScheme(s string) bool {
	for i, c := range []byte(s) {
		if !(isLetter(c) || i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.')) {
			return false
		}
	}
	return len(s) > 1
}

// isURI reports whether s begins with a scheme and "://".
func isURI(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && isScheme(scheme)
}

// escapeURI percent-encodes what may not stand in a URI, such as letters beyond
// ASCII and stray percent signs, and leaves the rest as it is.
func escapeURI(s string) string {
	start := strings.Index(s, "://") + len("://")
	host, hash := len(s), false
	if i := strings.IndexAny(s[start:], "/?#"); i >= 0 {
		host = start + i
	}
	var b strings.Builder
	b.WriteString(s[:start])
	for i, c := range []byte(s[start:]) {
		i += start
		plain := isPlain(c) || c == '?' || (c == '[' || c == ']') && i < host || c == '#' && !hash
		if c == '%' {
			_, err := url.PathUnescape(s[i:min(i+3, len(s))])
			plain = err == nil
		}
		hash = hash || c == '#'
		if plain {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// escape percent-encodes what may not stand in the path of a URI reference (RFC
// 3986), the first of a leading "//", which would make it one with a host, and a
// colon that would end a scheme which is none (§4.2).
func escape(s string) string {
	first, _, _ := strings.Cut(s, "/")
	scheme, _, colon := strings.Cut(first, ":")
	bare := colon && !isScheme(scheme) // its first part may hold no colon
	var b strings.Builder
	for i, c := range []byte(s) {
		switch {
		case !isPlain(c), c == ':' && bare && i < len(first), i == 0 && strings.HasPrefix(s, "//"):
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// isPlain reports whether a byte stands for itself in the path of a URI reference.
func isPlain(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || strings.IndexByte("-._~:/@!$&'()*+,;=", c) >= 0
}
