package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"segue"
	"segue/language"

	"golang.org/x/text/unicode/norm"
)

// MaxName is how long a sign-in name and its key may be, in characters after NFKC: "ß"
// is two in a key.
const MaxName = 64

// maxName bounds a name and its key in bytes, as the store does: 64 characters of any
// living script, or 50 of the rarest.
const maxName = 200

// ParseName reads a sign-in name: 1 to 64 characters of any script, with single
// spaces within. It returns the name as it is to be shown, in NFC and without
// spaces around, and its key, under which all spellings meet that differ in case or
// in compatible forms of a character ("Ａnna" and "anna"). Names with one key are
// one name. Its error is a *segue.InputError whose texts are language's.
//
// Characters that show nothing or move others about are refused, since they make
// names that look alike. Letters of different scripts that look alike (Latin a,
// Cyrillic а) are not told apart: people come by invitation, and a name gives no
// right to anything.
func ParseName(typed string) (name, key string, err error) {
	if len(typed) > maxTyped {
		return "", "", tooLong()
	}
	if !utf8.ValidString(typed) {
		return "", "", unfit()
	}
	name = strings.TrimFunc(norm.NFC.String(typed), unicode.IsSpace)
	key = folded(name)
	if strings.Trim(key, " ") == "" {
		return "", "", &segue.InputError{Problem: language.Text("There is no name"), Hint: language.Text("type the name to sign in with")}
	}
	if strings.ContainsFunc(key, hidden) || strings.Trim(key, " ") != key || strings.Contains(key, "  ") {
		return "", "", unfit()
	}
	if max(utf8.RuneCountInString(norm.NFKC.String(name)), utf8.RuneCountInString(key)) > MaxName || max(len(name), len(key)) > maxName {
		return "", "", tooLong()
	}
	return name, key, nil
}

// hidden reports whether a character of a key shows nothing, moves others about, or
// may mean something else tomorrow: controls, formats, private and unassigned ones,
// every separator but the space, which most others become by NFKC.
func hidden(r rune) bool {
	if r == ' ' {
		return false
	}
	return unicode.In(r, unicode.C, unicode.Z, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		r == utf8.RuneError || r == '\u2800' // the blank of Braille
}

func tooLong() error {
	return &segue.InputError{Problem: language.Text("The name is too long"), Hint: language.Text("take one of at most %d characters"), HintArgs: []any{MaxName}}
}

func unfit() error {
	return &segue.InputError{Problem: language.Text("The name holds a character that cannot be seen, or two spaces in a row"),
		Hint: language.Text("leave out what is too much")}
}
