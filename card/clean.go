package card

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean returns the card with texts that can be set: composed, on one line, and
// of letters that the font holds. A name and a brand must not be empty.
func clean(c Card, l *letters) (Card, error) {
	for _, t := range []struct {
		field string
		most  int
		text  *string
		needs bool
		face  *face
	}{
		{"Name", MaxRunes, &c.Name, true, l.display}, {"Line", MaxRunes, &c.Line, false, l.text}, {"Fact", MaxRunes, &c.Fact, false, l.text},
		{"Campaign", MaxRunes, &c.Campaign, false, l.text}, {"Brand", MaxBrand, &c.Brand, true, l.text},
	} {
		s, err := cleanText(*t.text, t.field, t.most, t.face)
		if err != nil {
			return Card{}, err
		}
		if t.needs && s == "" {
			return Card{}, fmt.Errorf("card: %w: %s is empty", ErrText, t.field)
		}
		*t.text = s
	}
	return c, nil
}

func cleanText(s, field string, most int, f *face) (string, error) {
	// Before the text is walked: norm would turn megabytes over first.
	if len(s) > MaxRunes*4*4 {
		return "", fmt.Errorf("card: %w: %s has more than %d letters", ErrText, field, most)
	}
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("card: %w: %s is not UTF-8", ErrText, field)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f': // these keep words together, and stay
			return r
		case unicode.IsSpace(r):
			return ' '
		case r == '\u2011': // as hyphens are drawn, and no line breaks at either
			return '\u2010'
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == '\ufe0e' || r == '\ufe0f':
			return -1 // directions, joiners and the like change nothing in Latin
		}
		return r
	}, s)
	s = strings.Join(strings.FieldsFunc(norm.NFC.String(s), func(r rune) bool { return r == ' ' }), " ")
	if utf8.RuneCountInString(s) > most {
		return "", fmt.Errorf("card: %w: %s has more than %d letters", ErrText, field, most)
	}
	for _, r := range s {
		// A mark that NFC could not join would need placing that sfnt knows not.
		if !f.has(r) || unicode.Is(unicode.M, r) {
			return "", &LacksError{Field: field, Rune: r}
		}
	}
	return s, nil
}
