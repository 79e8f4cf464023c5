package table

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"golang.org/x/text/encoding/unicode"

	"segue"
)

// errTooLarge is returned by an unpacker whose output passes its bounds.
var errTooLarge = errors.New("the gzip data unpacks to too much")

// maxRatio is how many times its size a gzip file may unpack to once it has
// passed ratioFrom bytes: tables shrink three to ten times. (d)
const (
	maxRatio  = 200
	ratioFrom = 64 << 20
)

// An unpacker reads gzip data within bounds.
type unpacker struct {
	in    *CountingReader
	out   *gzip.Reader
	n     int64
	limit int64
}

// Unpack returns the unpacked bytes of the gzip stream r, up to limit; count
// is told the packed bytes.
func Unpack(r io.Reader, limit int64, count func(int64)) (io.Reader, error) {
	in := NewCountingReader(r, count)
	out, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	return &unpacker{in: in, out: out, limit: limit}, nil
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.out.Read(p)
	u.n += int64(n)
	if u.n > u.limit || u.n > ratioFrom && u.n > maxRatio*u.in.n {
		return n, errTooLarge
	}
	return n, err
}

// ReadError says why reading a file failed half-way.
func ReadError(path string, err error) error {
	switch {
	case errors.Is(err, errTooLarge):
		return &segue.InputError{File: path, Problem: "the gzip data unpacks to far more than a table", Hint: "unpack it yourself if you trust it"}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &segue.InputError{File: path, Problem: "the gzip data is cut short", Hint: "copy or download the file again"}
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return &segue.InputError{File: path, Problem: "the gzip data is damaged", Hint: "copy or download the file again"}
	}
	var corrupt interface{ Error() string }
	if errors.As(err, &corrupt) && bytes.HasPrefix([]byte(err.Error()), []byte("flate: corrupt")) {
		return &segue.InputError{File: path, Problem: "the gzip data is damaged", Hint: "copy or download the file again"}
	}
	return fmt.Errorf("%s: cannot be read: %w", path, err)
}

var byteOrderMark = []byte("\uFEFF")

// asUTF8 returns a reader of the same text as UTF-8 lines if head says that
// it is UTF-16 or has the line ends of old Macintoshes, else nil.
func asUTF8(in io.Reader, head []byte) io.Reader {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in)
	case bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0:
		return &lineEnds{in}
	}
	return nil
}

// lineEnds reads \r as \n.
type lineEnds struct{ r io.Reader }

func (l *lineEnds) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// notText returns what is wrong with a file that is no delimited text, by its
// head, or nil.
func notText(file string, head []byte) *segue.InputError {
	problem, hint := "", ""
	has := func(s string) bool { return bytes.Contains(head, []byte(s)) }
	begins := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	text := bytes.TrimSpace(bytes.TrimPrefix(head, byteOrderMark))
	firstLine, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case len(text) == 0:
		problem, hint = "the file is empty", "export the table again"
	case begins("PK\x03\x04") && (has("[Content_Types].xml") || has("xl/")):
		problem, hint = "this is a spreadsheet", "save it as CSV"
	case begins("PK"):
		problem, hint = "this is a ZIP archive", "unpack the table in it; a ZIP of a listening history goes to --history"
	case begins("\x1f\x8b"), begins("BZh"), begins("\xfd7zXZ"), begins("\x28\xb5\x2f\xfd"):
		problem, hint = "this is packed in a way Segue does not read", "unpack it, or pack it once with gzip"
	case begins("SQLite format 3"):
		problem, hint = "this is a SQLite database", "export its table as CSV"
	case begins("%PDF"):
		problem, hint = "this is a PDF", "tables are CSV or Parquet"
	case bytes.IndexByte(firstLine, 0) >= 0:
		problem, hint = "this is a binary file, not a table", "tables are CSV or Parquet"
	case (text[0] == '[' || text[0] == '{') && (has("endTime") || has("msPlayed") || has("ms_played")):
		problem, hint = "this is no table but looks like a Spotify streaming history", "pass it to --history"
	case text[0] == '[' || text[0] == '{':
		problem, hint = "this is JSON", "tables are CSV or Parquet"
	case bytes.HasPrefix(text, []byte("#EXTM3U")):
		problem, hint = "this is a playlist", "tables are CSV or Parquet"
	case text[0] == '<':
		problem, hint = "this is a web page or XML", "the download may have failed; tables are CSV or Parquet"
	default:
		return nil
	}
	return &segue.InputError{File: file, Problem: problem, Hint: hint}
}
