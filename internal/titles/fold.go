// Package titles turns the names of tracks, albums and artists, as people and
// services write them, into keys that can be compared: Fold for spelling, Plain
// and Version for the suffixes of titles, SplitArtists for credits.
//
// The same song is called "Song - 2011 Remaster", "Song (feat. X)" and "Song";
// those may be taken for one another. "Song - Live" and "Song (Remix)" are other
// recordings that sound and feel different, and are never merged. Names in any
// script survive: nothing is transliterated, and marks are dropped only where
// they are accents and not letters.
package titles

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// asciiFold maps an ASCII byte to its folded byte; 0 drops it, ' ' separates
// words, '&' becomes the word "and". Symbols that titles consist of ("=", "+",
// "$") stay.
func asciiFold(c byte) byte {
	switch {
	case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		return c
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	}
	switch c {
	case '\'', '`':
		return 0 // don't = dont
	case '$', '+', '=', '<', '>', '&':
		return c
	}
	return ' '
}

// Fold returns the key under which spellings of one name meet: compatibility
// decomposition (NFKD), accents dropped from Latin, Greek and Cyrillic letters,
// case folded, "&" read as "and", apostrophes dropped, other punctuation turned
// to spaces, and spaces squeezed; the result is in NFC. Marks of other scripts,
// such as vowel signs and voicing marks, are letters and stay. If nothing is
// left ("???"), Fold returns the trimmed raw string. Cost O(len(s)); an ASCII
// string costs one allocation at most, and none if it is folded already.
//
// Fold is idempotent. Source: Unicode Standard Annex 15 (normalization) and
// Unicode 3.13 (default case folding), by golang.org/x/text.
func Fold(s string) string {
	if folded(s) {
		return s
	}
	var stack [128]byte
	b := stack[:0]
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return foldUnicode(s)
		}
		b = appendASCII(b, s[i])
	}
	return keyOr(b, s)
}

// keyOr returns the key b without its last space, or s trimmed if b is empty.
func keyOr(b []byte, s string) string {
	if n := len(b); n > 0 && b[n-1] == ' ' {
		b = b[:n-1]
	}
	if len(b) == 0 {
		return strings.TrimSpace(s)
	}
	return string(b)
}

// folded reports whether s is its own key: lower-case ASCII words parted by
// single spaces.
func folded(s string) bool {
	space := true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			space = false
		case c == ' ' && !space:
			space = true
		default:
			return false
		}
	}
	return !space
}

// appendASCII appends the fold of one ASCII byte to the key b.
func appendASCII(b []byte, c byte) []byte {
	switch c = asciiFold(c); c {
	case 0:
		return b
	case ' ':
		return appendSpace(b)
	case '&':
		return append(appendSpace(b), "and "...)
	}
	return append(b, c)
}

// appendSpace ends the word that b ends with.
func appendSpace(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] != ' ' {
		return append(b, ' ')
	}
	return b
}

// foldUnicode is Fold for strings beyond ASCII.
func foldUnicode(s string) string {
	b := make([]byte, 0, len(s)+8)
	accents := false // the last letter takes accents, not marks that are letters
	// Folding can yield characters that decompose further, and the other way
	// round, so decomposition is applied on both sides of it (Unicode 3.13, D146).
	// Lower case follows because Cherokee folds to capitals.
	d := norm.NFKD.String(strings.ToLower(cases.Fold().String(norm.NFKD.String(s))))
	for _, r := range d {
		if r < 0x80 {
			if r != '\'' && r != '`' {
				b = appendASCII(b, byte(r))
				accents = 'a' <= r && r <= 'z'
			}
			continue
		}
		switch {
		case r == '’' || r == '‘' || r == 'ʼ' || r == '´':
			// an apostrophe
		case unicode.Is(unicode.Mn, r):
			if !accents && !(0xFE00 <= r && r <= 0xFE0F) { // variation selectors choose a glyph only
				b = append(b, string(r)...)
			}
		case unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			// invisible, or broken
		case unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsControl(r) ||
			unicode.Is(unicode.Sk, r) || r == '®' || r == '©':
			b = appendSpace(b)
		default:
			if latin := plainLatin(r); latin != "" {
				b = append(b, latin...)
			} else {
				b = append(b, string(r)...)
			}
			accents = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
		}
	}
	return keyOr(norm.NFC.Bytes(b), s)
}

// plainLatin returns the ASCII spelling of Latin letters that have no
// decomposition but are commonly typed without their stroke, or "".
func plainLatin(r rune) string {
	switch r {
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'ħ':
		return "h"
	case 'ı':
		return "i"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'þ':
		return "th"
	}
	return ""
}
