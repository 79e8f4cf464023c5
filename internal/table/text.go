package table

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Trimmed returns s without white space around it.
func Trimmed(s []byte) []byte {
	if n := len(s); n > 0 && s[0] > ' ' && s[0] < 0x80 && s[n-1] > ' ' && s[n-1] < 0x80 {
		return s
	}
	return bytes.TrimSpace(s)
}

// ToUTF8 returns s as UTF-8. Text that is not UTF-8 is taken to be Windows-1252,
// in which spreadsheets of Western languages save, and of which Latin-1's
// letters are a part.
func ToUTF8(s []byte) []byte {
	if utf8.Valid(s) {
		return s
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(s)
	if err != nil { // the decoder has a rune for every byte
		return bytes.ToValidUTF8(s, []byte("\uFFFD"))
	}
	return out
}
